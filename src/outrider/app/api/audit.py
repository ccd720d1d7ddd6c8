"""The audit log over HTTP: search it, take a search and proofs away, see how far it is sealed.

In: a session and what to look for. Out: events of the workspace, inclusion and consistency proofs, the
signed checkpoint. Never: a change of the log, or another workspace's event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from outrider.app.api.entry import Caller, Person, caller, needs
from outrider.app.views import audit as view
from outrider.app.views import log_state
from outrider.app.views.log_state import LogState
from outrider.kernel.access import Permission
from outrider.kernel.audit import prove
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound, OutriderError
from outrider.kernel.telemetry import get_logger

router = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[needs(Permission.AUDIT_READ)])

_log = get_logger("audit")

LINES = "application/x-ndjson"
Size = Annotated[int, Query(ge=1, le=2**62)]


class Page(view.Asked):
    """What to look for, and which page of it."""

    before: UUID | None = None
    """Only events older than this one."""
    limit: int = Field(default=50, ge=1, le=500)


@router.get("/events")
async def find_audit_events(
    asker: Person,
    asked: Annotated[Page, Query()],
) -> dict[str, Any]:
    """Events, newest first; `next` is the `before` of the following page.

    `contact` is opened for those who may read what is kept of a person.
    """
    async with asker.begin() as tx:
        found = await view.search(
            tx, asked, before=asked.before, limit=asked.limit, reader=_reader(asker)
        )
    return {"items": found, "next": found[-1]["id"] if len(found) == asked.limit else None}


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
)
async def export_audit_events(
    request: Request, asker: Person, asked: Annotated[view.Asked, Query()]
) -> StreamingResponse:
    """Every event that fits as a line of JSON, newest first; the log keeps who took them.

    Proofs come with `outrider audit export`.
    """
    reader = _reader(asker)
    page = await log_state.first_page(asker.begin, asked, reader)
    async with asker.begin() as tx:
        told = {"by": sorted(asked.model_fields_set), "opens_people": reader.may_open}
        await record(tx, "audit.export", f"workspace:{tx.workspace}", told)
    return StreamingResponse(
        _or_cut_off(log_state.lines(_while_let_in(request), asked, reader, page)),
        media_type=LINES,
        headers={"Content-Disposition": 'attachment; filename="outrider-audit.jsonl"'},
    )


def _while_let_in(request: Request) -> log_state.Begin:
    """Opens transactions for whoever may read the log at that moment: a long answer outlives no session."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Tx]:
        asker = await caller(request)
        asker.must(Permission.AUDIT_READ)
        async with asker.begin() as tx:
            yield tx

    return begin


async def _or_cut_off(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    """The lines; what ends them early is told in the log, and the answer has no end that looks whole."""
    try:
        async for line in lines:
            yield line
    except OutriderError as error:
        _log.warning("export_cut_off", code=error.code, reason=error.message)
        raise


@router.get("/state")
async def show_audit_state(asker: Person) -> LogState:
    """How far the log is sealed, and whether it agrees with the checkpoint kept elsewhere."""
    return await log_state.state(asker.outrider, asker.begin)


def _reader(asker: Caller) -> view.Reader:
    may_open = Permission.PRIVACY_READ in asker.permissions
    return view.Reader(asker.outrider.log_of_people, may_open)


@router.get("/events/{event_id}/proof")
async def prove_audit_event(asker: Person, event_id: UUID) -> dict[str, Any]:
    """The proof that one event is in the sealed log (RFC 9162 inclusion proof)."""
    async with asker.begin() as tx:
        return await prove.inclusion(tx, event_id)


@router.get("/consistency")
async def prove_audit_consistency(
    asker: Person, old: Size, new: Size | None = None
) -> dict[str, Any]:
    """The proof that the log at `old` leaves is the start of the log at `new` leaves."""
    async with asker.begin() as tx:
        return await prove.consistency(tx, old, new)


@router.get("/checkpoint")
async def newest_audit_checkpoint(asker: Person) -> dict[str, Any]:
    """The newest signed checkpoint and the public key; keep both where this machine cannot write."""
    async with asker.begin() as tx:
        seal = await prove.newest_seal(tx)
        if seal is None:
            raise NotFound("Nothing is sealed yet: ask again in a second.")
        signed_by = await log_state.key_of(tx, asker.outrider.signer, seal)
    key = (signed_by or asker.outrider.signer.public).public_bytes_raw().hex()
    return {
        "checkpoint": seal.note(),
        "size": seal.size,
        "sealed_at": seal.sealed_at.isoformat(),
        "public_key": key,
    }
