"""How a run ends on the record: its row, its event in the log, and what is told of it (A-62).

In: the open transaction, a run, what it did. Out: its report, kept with the row. Never: an address or
the text of a mail in the log; an end that is told in other words than it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from outrider.agents import store
from outrider.agents.states import run_after
from outrider.agents.types import Action, ActionKind, Run, RunId, RunReport, RunStatus
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx

DRAFTING = "draft_for_approval"
LONGEST = 300
"""Characters of an agent's own words in a summary."""

_ENDS = {
    ActionKind.FINISHED: "finished",
    ActionKind.ESCALATED: "asks for a person",
    ActionKind.HANDED_OFF: "handed off",
}


async def skip(
    tx: Tx, fresh: Run, briefing: Mapping[str, Any], reason: str, met: RunId | None = None
) -> RunReport:
    """Keep a run that did nothing, with the reason and the run that it met."""
    status = run_after(RunStatus.RUNNING, "skip")
    skipped = fresh.model_copy(
        update={"status": status, "error": reason, "completed_at": tx.now, "met_run_id": met}
    )
    told = skipped.model_copy(update={"summary": summary(skipped)})
    await store.add_run(tx, told, briefing)
    body = {"reason": reason} | ({"met": str(met)} if met else {})
    await record(tx, "agents.skipped", f"run:{skipped.id}", body)
    return RunReport(run=told, summary=told.summary or "")


async def close(
    tx: Tx, run_id: RunId, event: str, actions: Sequence[Action], error: str | None
) -> RunReport:
    """Close a run's row, tell the log, and keep what is told of it."""
    status = run_after(RunStatus.RUNNING, event)
    await store.end_run(tx, run_id, status, actions, error)
    ended = await store.run_by_id(tx, run_id)
    assert ended is not None
    drafted = sum(action.kind is ActionKind.DRAFTED for action in actions)
    is_counted = drafted or DRAFTING not in ended.tools_used
    by_tool = 0 if is_counted else await store.uses(tx, run_id, DRAFTING)
    text = summary(ended, drafted_by_tool=by_tool)
    await store.tell_run(tx, run_id, text)
    body = {"status": status.value, "drafted": drafted or by_tool, "actions": len(actions)}
    await record(tx, "agents.run_ended", f"run:{run_id}", body)
    return RunReport(run=ended.model_copy(update={"summary": text}), summary=text)


def summary(run: Run, *, drafted_by_tool: int = 0) -> str:
    """What is told when a run ended (A-62): headline, tools, cost, time, tokens, failures."""
    if run.status is RunStatus.SKIPPED:
        return f"{run.agent_name} did nothing: {run.error}"
    actions = run.actions_taken
    is_list = run.request.get("kind") != "loop"
    lines = [f"{run.agent_name} {_headline(actions, drafted_by_tool, is_list=is_list)}."]
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
    lines += [f"Waits: {a.text}" for a in actions if a.kind is ActionKind.ASKED]
    lines += [f"Failed: {a.text}" for a in actions if a.kind is ActionKind.FAILED]
    said = [a.text for a in actions if a.kind in _ENDS]
    return "\n".join(lines + [text[:LONGEST] for text in said])


def _headline(actions: Sequence[Action], by_tool: int, *, is_list: bool) -> str:
    """A run by priorities tells what A-62 names even where it is nought; one that thinks does not."""
    count = Counter(action.kind for action in actions)
    drafted = [action for action in actions if action.kind is ActionKind.DRAFTED]
    blocked = sum(action.is_blocked for action in drafted)
    follow_ups = sum(action.priority == "P2" for action in drafted)
    parts = [f"{words}" for kind, words in _ENDS.items() if count[kind]]
    mails = len(drafted) + by_tool
    if is_list or mails:
        parts.append(f"drafted {_many(mails, 'mail')}")
    if follow_ups:
        parts.append(f"of them {_many(follow_ups, 'follow-up')}")
    if blocked:
        parts.append(f"{blocked} blocked by checks")
    if is_list or count[ActionKind.REPLY_HANDLED]:
        parts.append(f"handled {_many(count[ActionKind.REPLY_HANDLED], 'reply', 'replies')}")
    if is_list or count[ActionKind.MEETING]:
        parts.append(_many(count[ActionKind.MEETING], "meeting"))
    if count[ActionKind.RESEARCHED]:
        parts.append(f"researched {_many(count[ActionKind.RESEARCHED], 'account')}")
    if count[ActionKind.EXHAUSTED]:
        parts.append(f"exhausted {_many(count[ActionKind.EXHAUSTED], 'account')}")
    return ", ".join(parts or ["stopped"])


def _many(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"
