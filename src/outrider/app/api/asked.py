"""What agents may not do alone, over HTTP: the calls that wait for a person, and the answer.

In: a session and JSON. Out: typed JSON. Never: an answer in an agent's name, a call done twice.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from outrider.agents import request, settle
from outrider.agents.types import RequestId, RequestStatus, ToolRequest
from outrider.app.api.entry import Person, needs
from outrider.app.jobs import think
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api/requests", tags=["agents"])


class Requests(BaseModel):
    """Calls of agents, oldest first."""

    items: list[ToolRequest]


class RequestAnswer(BaseModel):
    """A person's answer."""

    model_config = ConfigDict(extra="forbid")

    is_approved: StrictBool = Field(description="Yes does it at once, and once only")
    note: str | None = Field(
        default=None, max_length=settle.LONGEST_NOTE, description="A word to the agent"
    )


@router.get("", dependencies=[needs(Permission.RUNS_READ)])
async def list_requests(
    person: Person,
    status: RequestStatus = RequestStatus.PENDING,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Requests:
    """Calls of agents that wait for a person, or are in another state."""
    async with person.begin() as tx:
        await think.collect(person.outrider, tx)
        return Requests(items=await request.listing(tx, status, limit))


@router.post("/{request_id}/answer", dependencies=[needs(Permission.DRAFTS_DECIDE)])
async def answer_request(
    person: Person,
    request_id: Annotated[UUID, Path(description="Id of the request")],
    word: RequestAnswer,
) -> ToolRequest:
    """Say yes or no to a call; whoever comes second learns who was first."""
    return await think.answer(
        person.outrider,
        RequestId(request_id),
        person.actor,
        is_approved=word.is_approved,
        note=word.note,
    )
