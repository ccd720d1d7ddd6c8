"""The one place where a tool is used: through every gate, within its time, checked, recorded.

In: a call, its step, the run in hand. Out: its outcome. Never: an effect that is not in the same
transaction as its record, a stranger's error message taken for ours, an output of any size.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from outrider.agents.journal import Journal
from outrider.agents.message_types import storable
from outrider.agents.toolbox.gates import Call, judged
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.types import CallStatus, Effect, Outcome, Tool, refusal, told_by
from outrider.agents.types import Ended, Step
from outrider.kernel.errors import Broken, DatabaseUnavailable, OutriderError
from outrider.prospects.types import Provenance

LARGEST_OUTPUT = 200_000
"""Characters of one result as JSON; beyond it the tool should have asked for less."""


@dataclass(frozen=True)
class Used:
    """What became of a use, and whether its record is written already."""

    outcome: Outcome
    is_recorded: bool = False
    is_found: bool = False
    """An earlier run paid for it."""
    is_made: bool = False
    """It passed the gates; what it costs is owed, however it went."""


async def use(call: Call, hands: Hands, journal: Journal, step: Step) -> Used:
    """Let a call pass the gates, and make it.

    Raises:
        DatabaseUnavailable: nothing can be recorded any more.
    """
    refused = judged(call)
    if refused is not None:
        return Used(refused)
    if call.found is not None:
        return Used(call.found, is_found=True)
    tool = call.tool
    try:
        used = await _made(call, hands, journal, step)
    except DatabaseUnavailable:
        raise
    except TimeoutError:
        seconds = tool.timeout.total_seconds()
        used = Used(_failed(tool, "timeout", f"{tool.name} did not answer in {seconds:g} s."))
    except OutriderError as error:
        used = Used(_failed(tool, error.code, error.message))
    except Exception as error:  # noqa: BLE001 - a tool is a stranger's code, one call's trouble
        used = Used(_failed(tool, "failed", f"{tool.name} failed: {type(error).__name__}."))
    if used.outcome.status is CallStatus.FAILED:
        call.breaker.failed(tool.name, call.now)
    else:
        call.breaker.succeeded(tool.name)
    return replace(used, is_made=True)


async def _made(call: Call, hands: Hands, journal: Journal, step: Step) -> Used:
    tool = call.tool
    assert tool.work is not None
    if tool.fetch is not None:
        async with asyncio.timeout(tool.timeout.total_seconds()):
            hands = replace(hands, fetched=await tool.fetch(hands, call.asked))
    async with asyncio.timeout(tool.timeout.total_seconds()):
        if not tool.needs_rows:
            return Used(checked(tool, await tool.work(hands, call.asked)))
        async with hands.env.begin() as tx:
            outcome = checked(tool, await tool.work(replace(hands, open_tx=tx), call.asked))
            if tool.effect is Effect.READ:
                return Used(outcome)
            await journal.write(tx, step, ended(outcome, tool, is_made=True))
    return Used(outcome, is_recorded=True)


def checked(tool: Tool, given: Any) -> Outcome:
    """The output as JSON, if it is what the tool declares and of a size one can read.

    Raises:
        Broken: it is something else.
    """
    try:
        content = tool.gives.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "output"
        raise Broken(f"{tool.name} gave something else than it declares: `{where}`.") from None
    length = len(json.dumps(content, default=str))
    if length > LARGEST_OUTPUT:
        return refusal(
            "output_too_large",
            f"{tool.name} gave {length} characters; {LARGEST_OUTPUT} is the most: ask for less.",
            CallStatus.FAILED,
        )
    return told_by(tool, storable(content))


def ended(
    outcome: Outcome, tool: Tool | None, *, is_found: bool = False, is_made: bool = False
) -> Ended:
    """The outcome as its step keeps it. A call that was made is paid for, also when it failed."""
    return Ended(
        output={
            "status": outcome.status.value,
            "content": dict(outcome.content),
            "provenance": outcome.provenance.value,
        }
        | ({"found_before": True} if is_found else {}),
        cost_usd=tool.cost_usd if tool is not None and is_made else Ended().cost_usd,
    )


def outcome_of(kept: Mapping[str, Any], tool: Tool | None) -> Outcome:
    """The outcome that `ended` kept."""
    status, content = CallStatus(kept["status"]), kept["content"]
    provenance = Provenance(kept["provenance"])
    if tool is None or status is not CallStatus.OK:
        return Outcome(status, content, provenance)
    return replace(told_by(tool, content), provenance=provenance)


def _failed(tool: Tool, code: str, message: str) -> Outcome:
    """A failure; what a tool that asks outside says may be a stranger's words."""
    found = refusal(code, storable(message[:1000]), CallStatus.FAILED)
    from_outside = tool.is_untrusted or tool.fetch is not None
    whose = tool.provenance if tool.is_untrusted else Provenance.WEB
    return replace(found, provenance=whose) if from_outside else found
