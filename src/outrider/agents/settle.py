"""A person answers a request; what was agreed to is done once.

In: a person's yes or no; hands of the application. Out: the settled request, later its result.
Never: reached from what an agent runs, an answer without a person's name, an effect done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from pydantic import ValidationError

from outrider.agents import store_requests
from outrider.agents.ports import Env
from outrider.agents.steps import sentence
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


async def settle(
    tx: Tx, request_id: RequestId, *, is_approved: bool, note: str | None = None
) -> ToolRequest:
    """Say yes or no to a request that is still open.

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
    moved = await store_requests.move(
        tx, request_id, RequestStatus.PENDING, status, person=UUID(tx.actor.id), note=note
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
    async with env.begin() as tx:
        asked = await _found(tx, request_id)
        switch = await halted(tx, [("agent", asked.agent_name), ("tool", asked.tool)])
        if switch is not None:
            raise SwitchedOff(f"Nothing was done: {switch.sentence()}.")
        claimed = await store_requests.move(
            tx, request_id, RequestStatus.APPROVED, RequestStatus.RUNNING
        )
        if not claimed:
            raise Conflict(f"The request for {asked.tool} is {asked.status}; nothing was done.")
    try:
        await _do(asked, env, spec, tools.get(asked.tool))
    except Exception as error:  # noqa: BLE001 - a tool is a stranger's code; its trouble is kept
        async with env.begin() as tx:
            await store_requests.move(
                tx,
                request_id,
                RequestStatus.RUNNING,
                RequestStatus.FAILED,
                error=sentence(error),
            )
    async with env.begin() as tx:
        return await _found(tx, request_id)


async def _do(asked: ToolRequest, env: Env, spec: AgentSpec, tool: Tool | None) -> None:
    if tool is None or tool.work is None:
        needs = tool.needs if tool else "there is no such tool"
        raise Refused(f"{asked.tool} is not set up: {needs}.")
    try:
        given = tool.takes.model_validate(asked.input)
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
