"""A person answers a request; what was agreed to is done once.

In: a person's yes or no; hands of the application. Out: the settled request, later its result.
Never: reached from what an agent runs, an answer without a person's name, an effect done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from pydantic import ValidationError

from outrider.agents import overrides, store_line, store_requests
from outrider.agents.ports import Env
from outrider.agents.steps import sentence
from outrider.agents.toolbox.gates import seen
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.seam import checked
from outrider.agents.toolbox.types import CallStatus, Tool
from outrider.agents.types import (
    AgentSpec,
    Assignment,
    RequestId,
    RequestStatus,
    RunId,
    ToolRequest,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refused,
    SwitchedOff,
)
from outrider.kernel.switches import halted

LONGEST_NOTE = 500
MOST_TAKEN_UP = 100

INTERRUPTED = (
    "its process ended during the call; look outside whether it was done, then answer again: yes does "
    "it once more, no leaves it"
)

NO_ANSWER = (
    "Look outside whether it was done, then answer again: yes does it once more, no leaves it."
)


async def settle(
    tx: Tx, request_id: RequestId, *, is_approved: bool, note: str | None = None
) -> ToolRequest:
    """Say yes or no to a request that is still open, or whose end is not known.

    Raises:
        NotAllowed: it is not a person who answers.
        NotFound: there is no such request.
        Conflict: it was answered already; the sentence says how.
        InvalidInput: the note is too long.
    """
    if tx.actor.kind is not ActorKind.PERSON:
        raise NotAllowed("Only a person can settle a request of an agent.")
    if note is not None and len(note) > LONGEST_NOTE:
        raise InvalidInput(f"The note has {len(note)} characters: give {LONGEST_NOTE} at most.")
    status = RequestStatus.APPROVED if is_approved else RequestStatus.DENIED
    before = await _found(tx, request_id)
    # What nobody knows the end of is asked about once more: yes does it again, no leaves it.
    open_now = (
        RequestStatus.UNKNOWN if before.status is RequestStatus.UNKNOWN else RequestStatus.PENDING
    )
    moved = await store_requests.move(
        tx, request_id, open_now, status, person=UUID(tx.actor.id), note=note
    )
    if not moved:
        now = await _found(tx, request_id)
        when = f" since {now.settled_at:%Y-%m-%d %H:%M} UTC" if now.settled_at else ""
        raise Conflict(f"The request for {now.tool} is {now.status}{when}.")
    body = {
        "tool_name": before.tool,
        "tool_input": before.input_sha256,
        "agent": before.agent_name,
        "person": tx.actor.id,
        "outcome": status.value,
    }
    await record(tx, "agents.settle", f"request:{request_id}", body)
    return await _found(tx, request_id)


async def perform(
    request_id: RequestId, env: Env, spec: AgentSpec, tools: Mapping[str, Tool]
) -> ToolRequest:
    """Do what a person agreed to; its effect and its end are one transaction.

    Raises:
        Conflict: it is not approved, or somebody else does it.
        SwitchedOff: a kill switch is on; it stays approved.
    """
    async with _claim(env, request_id) as is_ours:
        async with env.begin() as tx:
            asked = await _found(tx, request_id)
            await _not_halted(tx, asked)
            claimed = is_ours and await store_requests.move(
                tx, request_id, RequestStatus.APPROVED, RequestStatus.RUNNING
            )
            if not claimed:
                raise Conflict(f"The request for {asked.tool} is {asked.status}; nothing was done.")
            tool = tools.get(asked.tool)
            if tool is not None and tool.work is not None and tool.cost_usd:
                await store_requests.count(tx, asked.id, tool.cost_usd)
        return await _ended(asked, env, spec, tools)


async def take_up(env: Env, tools: Mapping[str, Tool]) -> list[ToolRequest]:
    """Bring to an end what a process that died was doing with a person's yes.

    The effect on our own rows and the end of the request are one transaction: a call that still
    runs has not done it, and it is done now. A call that asks the world outside is repeated where
    its tool says so; else it becomes `unknown`, and a person looks.

    Returns:
        The requests that ended here; what somebody is doing now is left to him.
    """
    async with env.begin() as tx:
        running = await store_requests.listing(tx, RequestStatus.RUNNING, MOST_TAKEN_UP)
    ended: list[ToolRequest] = []
    for one in running:
        async with _claim(env, one.id) as is_ours:
            if not is_ours:
                continue
            async with env.begin() as tx:
                now = await _found(tx, one.id)
                if now.status is not RequestStatus.RUNNING or await _halts(tx, one):
                    continue
                spec = await overrides.spec_of(tx, one.agent_name)
            tool = tools.get(one.tool)
            # Of a tool that is gone nobody can say how far it came.
            if tool is not None and (tool.fetch is None or tool.is_repeatable):
                ended.append(await _ended(one, env, spec, tools))
            else:
                ended.append(await _unknown(one, env, INTERRUPTED))
    return ended


@asynccontextmanager
async def _claim(env: Env, request_id: RequestId) -> AsyncIterator[bool]:
    """Hold a request while it is done; the server lets go of it when this process dies."""
    async with env.begin() as tx:
        lock = store_line.held(tx, f"request {request_id}")
    async with lock as is_ours:
        yield is_ours


async def _halts(tx: Tx, asked: ToolRequest) -> str | None:
    switch = await halted(tx, [("agent", asked.agent_name), ("tool", asked.tool)])
    return switch.sentence() if switch else None


async def _not_halted(tx: Tx, asked: ToolRequest) -> None:
    why = await _halts(tx, asked)
    if why is not None:
        raise SwitchedOff(f"Nothing was done: {why}.")


async def _unknown(asked: ToolRequest, env: Env, why: str) -> ToolRequest:
    async with env.begin() as tx:
        await store_requests.move(
            tx, asked.id, RequestStatus.RUNNING, RequestStatus.UNKNOWN, error=why
        )
        body = {"tool_name": asked.tool, "tool_input": asked.input_sha256, "outcome": "unknown"}
        await record(tx, "agents.interrupted", f"request:{asked.id}", body)
        return await _found(tx, asked.id)


async def _ended(
    asked: ToolRequest, env: Env, spec: AgentSpec, tools: Mapping[str, Tool]
) -> ToolRequest:
    """Do it, and keep its end, good or bad, or that nobody knows it."""
    tool = tools.get(asked.tool)
    try:
        await _do(asked, env, spec, tool)
    except Exception as error:  # noqa: BLE001 - a tool is a stranger's code; its trouble is kept
        is_outside = tool is not None and tool.fetch is not None and not tool.is_repeatable
        if is_outside and not isinstance(error, Refused):
            # The call went out, and what came of it did not come back.
            return await _unknown(asked, env, f"{sentence(error).rstrip('.')}. {NO_ANSWER}")
        async with env.begin() as tx:
            await store_requests.move(
                tx, asked.id, RequestStatus.RUNNING, RequestStatus.FAILED, error=sentence(error)
            )
    async with env.begin() as tx:
        return await _found(tx, asked.id)


async def _do(asked: ToolRequest, env: Env, spec: AgentSpec, tool: Tool | None) -> None:
    if tool is None or tool.work is None:
        needs = tool.needs if tool else "there is no such tool"
        raise Refused(f"{asked.tool} is not set up: {needs}.")
    try:
        # The request has the model's own words; what a person could not see was not agreed to.
        given = seen(tool.takes.model_validate(asked.input))
    except ValidationError:
        raise Refused(f"The input of {asked.tool} is no longer what the tool takes.") from None
    hands = Hands(env, spec, RunId(asked.run_id), Assignment(task="settled by a person"))
    if tool.fetch is not None:
        async with asyncio.timeout(tool.timeout.total_seconds()):
            hands = replace(hands, fetched=await tool.fetch(hands, given))
    async with env.begin() as tx:
        outcome = checked(tool, await tool.work(replace(hands, open_tx=tx), given))
        if outcome.status is not CallStatus.OK:
            raise Refused(str(outcome.content.get("message", outcome.status)))
        content = dict(outcome.content)
        done = await store_requests.move(
            tx, asked.id, RequestStatus.RUNNING, RequestStatus.DONE, output=content
        )
        if not done:
            raise Conflict(f"The request for {asked.tool} was changed by somebody else.")
        body = {"tool_name": asked.tool, "tool_input": asked.input_sha256, "outcome": "done"}
        await record(tx, "agents.performed", f"request:{asked.id}", body)


async def _found(tx: Tx, request_id: RequestId) -> ToolRequest:
    found = await store_requests.by_id(tx, request_id)
    if found is None:
        raise NotFound(f"There is no request {request_id} in this workspace: list them first.")
    return found
