"""What a tool call passes, in this order, before it does anything.

In: a call as a model wrote it, and what the rows said when its intent was committed.
Out: None to go on, or the outcome that ends the call here. Never: I/O, a clock; a gate left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from outrider.agents.toolbox.breaker import Breaker
from outrider.agents.toolbox.provenance import Trust
from outrider.agents.toolbox.types import (
    ACTING,
    DRY_RUN,
    PLAN,
    CallStatus,
    Effect,
    Outcome,
    Takes,
    Tool,
    refusal,
    told_by,
)
from outrider.agents.types import AgentSpec, RequestStatus, ToolRequest

REQUIRES_APPROVAL = frozenset(
    {
        "docusign_send_envelope",
        "docusign_void_envelope",
        "deal_update_stage",
        "sf_close_won",
        "stripe_create_checkout",
    }
)
"""A person says yes before these are done (A-51)."""

SENDS_OUTBOUND = frozenset(
    {
        "gmail_send",
        "gmail_reply",
        "linkedin_create_post",
        "outreach_enroll_contact",
        "outbound_send_email",
        "x_post_tweet",
        "youtube_upload_video",
    }
)
"""Blocked in a dry run (A-52), besides every tool whose effect somebody else sees."""

LONGEST_INPUT = 200_000
"""Characters of one call's arguments."""


@dataclass
class Call:
    """One call on its way through the gates."""

    name: str
    raw: Any
    spec: AgentSpec
    tools: Mapping[str, Tool]
    trust: Trust
    breaker: Breaker
    now: datetime
    is_dry_run: bool = False
    switch: str | None = None
    """Why nothing may be done now: the kill switch that is on."""
    request: ToolRequest | None = None
    """What a person was asked about this very call, and said."""
    set_aside_usd: Decimal = Decimal(0)
    """Money that was set aside for it when its intent was committed."""
    over: str = ""
    """The limit that left nothing to set aside."""
    found: Outcome | None = None
    """What an earlier run was told by the same call, where that still holds."""
    earlier: Outcome | None = None
    """What the same call came to earlier in this run."""
    asked: Takes = field(default_factory=Takes)

    @property
    def tool(self) -> Tool:
        """The tool; there is one once the first gate is passed."""
        return self.tools[self.name]


Gate = Callable[[Call], Outcome | None]


def allowlist(call: Call) -> Outcome | None:
    """The agent has this tool (A-12)."""
    if call.name in call.spec.tools and call.name in call.tools:
        return None
    mine = ", ".join(call.spec.tools) or "none"
    return refusal(
        "not_allowed", f"The agent {call.spec.name} has no tool {call.name!r}; it has: {mine}."
    )


def schema(call: Call) -> Outcome | None:
    """The input is what the tool declares; an extra field is refused."""
    try:
        call.asked = call.tool.takes.model_validate(call.raw)
    except ValidationError as error:
        return _unfit(call, error)
    return None


def sanitising(call: Call) -> Outcome | None:
    """No argument carries what a person cannot see, and none is endless."""
    try:
        call.asked = seen(call.asked)
    except ValidationError as error:
        # What is left once nothing unseen is in it may be too little, e.g. no words at all.
        return _unfit(call, error)
    if len(str(call.asked.model_dump(mode="json"))) > LONGEST_INPUT:
        return refusal("invalid_input", f"{call.name}: the input is too long; say it shorter.")
    return None


def _unfit(call: Call, error: ValidationError) -> Outcome:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "input"
    return refusal("invalid_input", f"{call.name}: `{where}`: {first['msg']}.", field=where)


def seen(asked: Takes) -> Takes:
    """The same input without what a person cannot see.

    Raises:
        ValidationError: what is left is not what the tool takes.
    """
    before = asked.model_dump(mode="json")
    cleaned = _clean(before)
    return asked if cleaned == before else type(asked).model_validate(cleaned)


def dry_run(call: Call) -> Outcome | None:
    """In a dry run nobody else sees anything of it; the agent is told and goes on (A-53)."""
    is_seen = call.name in SENDS_OUTBOUND or call.tool.effect in ACTING
    if not call.is_dry_run or not is_seen:
        return None
    return Outcome(CallStatus.DRY_RUN, {"message": DRY_RUN.format(name=call.name)})


def kill_switch(call: Call) -> Outcome | None:
    """No switch is on: global, workspace, campaign, agent or tool."""
    return refusal("switched_off", f"Nothing was done: {call.switch}.") if call.switch else None


def approval(call: Call) -> Outcome | None:
    """What needs a person has one: the call waits for the answer, or carries it back (A-51)."""
    asked = call.request
    if asked is not None and asked.status is RequestStatus.DENIED:
        why = f": {asked.note}" if asked.note else ""
        return refusal("denied", f"A person said no to this call{why}.")
    if asked is not None and asked.status is RequestStatus.DONE:
        return told_by(call.tool, asked.output or {})
    if asked is not None and asked.status is RequestStatus.FAILED:
        failed = f"A person agreed, and it failed: {asked.error}"
        # What a foreign tool said when it failed is as foreign as what it gives.
        return replace(
            refusal("failed", failed, CallStatus.FAILED), provenance=call.tool.provenance
        )
    if asked is not None and asked.status is RequestStatus.UNKNOWN:
        return refusal(
            "interrupted",
            "A person agreed, and whether it was done is not known; a person has to look.",
            CallStatus.FAILED,
        )
    if call.name in REQUIRES_APPROVAL or call.tool.needs_person or asked is not None:
        return pending(f"{call.name} needs a person's approval")
    return None


def provenance(call: Call) -> Outcome | None:
    """Rows are named by us, and no acting call says what only a stranger said."""
    asked = call.asked.model_dump(mode="json", exclude_none=True)
    if call.name == PLAN and call.trust.has_read_strangers:
        return refusal(
            "too_late", "A plan counts only before anything untrusted is read; go on without one."
        )
    unnamed = call.trust.unnamed(call.tool, asked)
    if unnamed is not None:
        return refusal(
            "unknown_reference",
            f"{call.name}: `{unnamed}` is nothing that a tool of ours has told in this run; "
            "look it up first.",
            field=unnamed,
        )
    if call.trust.is_unplanned(call.tool):
        return pending(f"{call.name} was not planned before untrusted text was read")
    derived = call.trust.derived(call.tool, asked)
    if derived is not None:
        return pending(f"`{derived}` of {call.name} may come from untrusted text")
    return None


def budget(call: Call) -> Outcome | None:
    """The money for the call was set aside before it is spent; what was found before costs nothing."""
    cost = call.tool.cost_usd
    if cost <= call.set_aside_usd or call.found is not None:
        return None
    why = call.over or "nothing is set aside for it"
    return refusal("budget_exceeded", f"{call.name} costs ${cost}, and {why}.")


def circuit(call: Call) -> Outcome | None:
    """The tool is not left alone after failures, and its limit a minute holds."""
    wait = call.breaker.wait(call.name, call.now)
    if wait is not None:
        return _later(
            "circuit_open", f"{call.name} failed five times in a row", wait.total_seconds()
        )
    over = call.breaker.over_rate(call.name, call.tool.per_minute, call.now)
    if over is not None:
        limit = f"{call.name} takes {call.tool.per_minute} calls a minute"
        return _later("rate_limit_exceeded", limit, over.total_seconds())
    return None


def idempotency(call: Call) -> Outcome | None:
    """The same effect is not made twice in a run: the earlier result is told again."""
    return call.earlier if call.tool.effect is not Effect.READ else None


def configured(call: Call) -> Outcome | None:
    """The room or the vendor behind the tool is there."""
    if call.tool.work is not None:
        return None
    return refusal(
        "not_configured",
        f"{call.name} is not set up: {call.tool.needs or 'nothing is connected to it'}.",
        CallStatus.NOT_CONFIGURED,
    )


GATES: tuple[Gate, ...] = (
    allowlist,
    schema,
    sanitising,
    dry_run,
    kill_switch,
    approval,
    provenance,
    budget,
    circuit,
    idempotency,
    configured,
)
"""Every call passes all of them, in this order; then it is made, its output checked and recorded."""


def judged(call: Call) -> Outcome | None:
    """The first gate's outcome that ends the call; None when it may be made."""
    for gate in GATES:
        outcome = gate(call)
        if outcome is not None:
            return outcome
    return None


def pending(reason: str) -> Outcome:
    """The call waits for a person."""
    message = f"A person is asked: {reason}. Do not repeat the call; finish what else there is."
    return Outcome(
        CallStatus.PENDING, {"status": "pending_approval", "reason": reason, "message": message}
    )


def _later(code: str, message: str, seconds: float) -> Outcome:
    return refusal(
        code, f"{message}.", CallStatus.FAILED, retry_after_seconds=max(1, round(seconds))
    )


def _clean(node: Any) -> Any:
    """The same without control characters, unpaired surrogates and invisible tags."""
    if isinstance(node, str):
        return node if node.isascii() and node.isprintable() else _seen(node)
    if isinstance(node, Mapping):
        return {key: _clean(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_clean(value) for value in node]
    return node


def _seen(text: str) -> str:
    return "".join(
        c
        for c in text
        if c in "\n\t" or (unicodedata.category(c) not in _UNSEEN and not _is_tag(c))
    )


_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories: control, surrogate, private use, unassigned. Format characters stay, for
they join letters in Persian and emoji; only tags among them (U+E0000 on) carry hidden words."""


def _is_tag(character: str) -> bool:
    return 0xE0000 <= ord(character) <= 0xE007F
