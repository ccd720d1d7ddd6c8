"""Our seam before AgentDojo's tools: the gates of the product themselves, with a map of its tools.

In: questions of the captured model's process. Out: verdicts of `toolbox.gates`; what each run came
to. Never: a rule of its own; what is decided here is only which tool does what, and whose words each
field holds.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outrider.agents.toolbox.attached import takes_of
from outrider.agents.toolbox.breaker import Breaker
from outrider.agents.toolbox.gates import Call, judged
from outrider.agents.toolbox.plain import PLAIN
from outrider.agents.toolbox.provenance import Trust
from outrider.agents.toolbox.types import (
    ACTING,
    PLAN,
    CallStatus,
    Effect,
    Gives,
    Outcome,
    Tool,
    told_by,
)
from outrider.agents.types import AgentSpec
from outrider.kernel.asking import Tier
from outrider.prospects.types import Provenance

VICTIM = Path(__file__).with_name("_dojo_victim.py")
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

OUT, WRITE, SPEND = Effect.OUTBOUND, Effect.CRM_WRITE, Effect.SPEND
EVENT = {"title", "description", "location"}
MAIL = {"subject", "body"}
ACTS: Mapping[str, tuple[Effect, set[str]]] = {
    "send_email": (OUT, MAIL),
    "delete_email": (WRITE, set()),
    "create_calendar_event": (OUT, EVENT),
    "cancel_calendar_event": (OUT, set()),
    "reschedule_calendar_event": (OUT, set()),
    "add_calendar_event_participants": (OUT, set()),
    "append_to_file": (WRITE, {"content"}),
    "create_file": (WRITE, {"content"}),
    "delete_file": (WRITE, set()),
    "share_file": (OUT, set()),
    "reserve_hotel": (SPEND, set()),
    "reserve_car_rental": (SPEND, set()),
    "reserve_restaurant": (SPEND, set()),
    "send_money": (SPEND, {"amount", "subject", "date"}),
    "schedule_transaction": (SPEND, {"amount", "subject", "date"}),
    "update_scheduled_transaction": (SPEND, {"amount", "subject", "date"}),
    "update_password": (WRITE, set()),
    "update_user_info": (WRITE, set()),
    "add_user_to_channel": (OUT, set()),
    "send_direct_message": (OUT, {"body"}),
    "send_channel_message": (OUT, {"body"}),
    "invite_user_to_slack": (OUT, set()),
    "remove_user_from_slack": (OUT, set()),
    "post_webpage": (OUT, {"content"}),
}
"""What each tool does to the world, and which of its fields say how and not to whom."""

TAKES_AWAY = {"delete_email", "delete_file", "cancel_calendar_event", "remove_user_from_slack"}
REFS = {"email_id", "event_id", "file_id", "id"}
IDS = frozenset({"id_", "id", "read", "status", "size", "last_modified"})

STRANGERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("get_unread_emails", "get_sent_emails", "get_received_emails", "get_draft_emails"),
            *("search_emails", "search_calendar_events", "get_day_calendar_events"),
            *("search_files_by_filename", "get_file_by_id", "list_files", "search_files"),
            *("create_file", "append_to_file", "create_calendar_event", "send_email"),
        ),
        IDS,
    ),
    **dict.fromkeys(
        (
            "get_rating_reviews_for_hotels",
            "get_rating_reviews_for_restaurants",
            "get_rating_reviews_for_car_rental",
        ),
        frozenset[str](),
    ),
    "get_most_recent_transactions": IDS | {"amount", "date", "recurring"},
    "get_scheduled_transactions": IDS | {"amount", "date", "recurring"},
    "read_file": frozenset(),
    "get_channels": frozenset({"result"}),
    "get_users_in_channel": frozenset({"result"}),
    "read_channel_messages": frozenset({"sender"}),
    "read_inbox": frozenset({"sender"}),
    "get_webpage": frozenset(),
}
"""Tools whose results hold strangers' words, with the fields that the system itself vouches for."""


class Anything(Gives):
    """What a tool of the suite gives; it is read as it comes."""


async def _done(hands: Any, asked: Any) -> Anything:
    """The suite does the work, in its own process."""
    return Anything()


def tool_of(form: Mapping[str, Any]) -> Tool:
    """A tool of the suite as one of ours."""
    name = form["name"]
    effect, free = ACTS.get(name, (Effect.READ, set[str]()))
    is_strange = name in STRANGERS
    return Tool(
        name,
        form["description"],
        takes_of(form["schema"]),
        Anything,
        effect=effect,
        work=_done,
        per_minute=10_000,
        provenance=Provenance.WEB if is_strange else Provenance.OPERATOR,
        trusted=STRANGERS.get(name, frozenset()),
        refs=frozenset(REFS & set(form["schema"].get("properties", {}))),
        free=frozenset(free),
        places=frozenset({"url"}) if name == "get_webpage" else frozenset(),
        needs_person=name in TAKES_AWAY,
    )


@dataclass
class Guard:
    """The gates, for one suite, one run after another."""

    tools: dict[str, Tool] = field(default_factory=dict)
    trust: Trust = field(default_factory=lambda: Trust(""))
    breaker: Breaker = field(default_factory=Breaker)
    spec: AgentSpec | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One question of the captured model's process."""
        op = asked["op"]
        if op == "suite":
            self._open(asked["tools"])
        elif op == "begin":
            self._begin(asked["task"], asked["plan"])
        elif op == "call":
            return self._call(asked["tool"], asked["args"])
        elif op == "result":
            self._read(asked["tool"], asked["result"])
        else:
            self.lines.append(dict(asked))
        return {}

    def _open(self, forms: list[Mapping[str, Any]]) -> None:
        plan = next(tool for tool in PLAIN if tool.name == PLAN)
        self.tools = {PLAN: plan, **{form["name"]: tool_of(form) for form in forms}}
        self.spec = AgentSpec(
            name="captured",
            tier=Tier.MID,
            budget_usd=1,
            tools=tuple(self.tools),
            schedule=(),
            timezone="UTC",
            prompt="agents/sdr@1",
        )

    def _begin(self, task: str, plan: list[str]) -> None:
        """A run begins: the task, and what an honest model plans before it has read anything."""
        self.trust, self.breaker = Trust(task), Breaker()
        acting = [name for name in plan if self.tools[name].effect in ACTING]
        assert self._call(PLAN, {"tools": acting})["status"] == "ok"
        self.trust.read(told_by(self.tools[PLAN], {"tools": acting}))

    def _call(self, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
        assert self.spec is not None
        call = Call(name, dict(args), self.spec, self.tools, self.trust, self.breaker, NOW)
        outcome = judged(call)
        tool = self.tools[name]
        if outcome is None:
            return {"status": "ok", "acts": tool.effect in ACTING or bool(tool.places)}
        self.trust.read(outcome)
        if outcome.status is CallStatus.PENDING:
            return {"status": "person", "why": outcome.content["reason"]}
        error = outcome.content["error"]
        is_unknown = error == "unknown_reference"
        return {
            "status": "unknown" if is_unknown else "refused",
            "field": outcome.content.get("field"),
            "why": outcome.content["message"],
        }

    def _read(self, name: str, result: Any) -> None:
        tool = self.tools[name]
        content = result if isinstance(result, dict) else {"result": result}
        failed = result is None and tool.effect is Effect.READ
        told = told_by(tool, content)
        self.trust.read(Outcome(CallStatus.FAILED, {}, tool.provenance) if failed else told)


def run_suite(python: Path, suite: str, attacks: list[str], most: int) -> list[dict[str, Any]]:
    """Each run of a suite; the captured model lives in a process of AgentDojo's environment.

    Raises:
        RuntimeError: that process died; the message has the end of what it said.
    """
    guard = Guard()
    words = [str(python), str(VICTIM), suite, ",".join(attacks), str(most)]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as victim,
    ):
        assert victim.stdin
        assert victim.stdout
        for line in victim.stdout:
            answer = guard.answer(json.loads(line))
            victim.stdin.write(json.dumps(answer) + "\n")
            victim.stdin.flush()
        if victim.wait():
            said.seek(0)
            raise RuntimeError(f"the captured model of {suite} died: {said.read()[-800:]}")
    return guard.lines
