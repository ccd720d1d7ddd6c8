"""Decisions of the room: whom to write to first, and what a run says when it ends.

In: contacts, a run. Out: an order, a text. Never: I/O, a clock, chance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from outrider.agents.types import Action, ActionKind, Run, RunStatus
from outrider.prospects.types import Contact

PREFERRED_TITLES: tuple[str, ...] = (
    r"chief accounting|controller|principal accounting",
    r"\bcfo\b|chief financial|finance director|head of finance|vp,? (?:of )?finance",
    r"accounting|accountant|lease|reporting|tax",
    r"finance|financial|treasur|audit",
    r"real estate|facilities|property|procurement",
    r"\bceo\b|\bcoo\b|founder|owner|president|operations",
)
"""Who is asked first, best first; of equal titles the order that the room below gives is kept."""


def best_first(contacts: Iterable[Contact]) -> list[Contact]:
    """The people of one account, the one whose work it is first."""
    return sorted(contacts, key=lambda contact: _rank_of(contact.title))


def _rank_of(title: str) -> int:
    known = enumerate(PREFERRED_TITLES)
    return next(
        (rank for rank, words in known if re.search(words, title, re.I)), len(PREFERRED_TITLES)
    )


def summary(run: Run) -> str:
    """What is told when a run ended (A-62): headline, tools, cost, time, tokens, failures."""
    if run.status is RunStatus.SKIPPED:
        return f"{run.agent_name} did nothing: {run.error}"
    actions = run.actions_taken
    lines = [f"{run.agent_name} {_headline(actions)}."]
    if run.status is RunStatus.FAILED:
        lines.append(f"The run failed: {run.error}")
    tools = Counter(run.tools_used)
    if tools:
        named = ", ".join(f"{tool} ({count}x)" for tool, count in sorted(tools.items()))
        lines.append(f"Tools: {named}")
    seconds = run.duration.total_seconds() if run.duration else 0
    cost = f"${run.cost_estimate:.2f}"
    lines.append(f"Cost: {cost}. Duration: {seconds:.1f} s. Tokens: {run.api_tokens_used}.")
    lines += [f"Stopped: {a.text}" for a in actions if a.kind is ActionKind.STOPPED]
    lines += [f"Failed: {a.text}" for a in actions if a.kind is ActionKind.FAILED]
    return "\n".join(lines)


def _headline(actions: Sequence[Action]) -> str:
    count = Counter(action.kind for action in actions)
    drafted = [action for action in actions if action.kind is ActionKind.DRAFTED]
    blocked = sum(action.is_blocked for action in drafted)
    follow_ups = sum(action.priority == "P2" for action in drafted)
    parts = [f"drafted {_many(len(drafted), 'mail')}"]
    if follow_ups:
        parts.append(f"of them {_many(follow_ups, 'follow-up')}")
    if blocked:
        parts.append(f"{blocked} blocked by checks")
    if count[ActionKind.RESEARCHED]:
        parts.append(f"researched {_many(count[ActionKind.RESEARCHED], 'account')}")
    if count[ActionKind.EXHAUSTED]:
        parts.append(f"exhausted {_many(count[ActionKind.EXHAUSTED], 'account')}")
    return ", ".join(parts)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
