"""The audit log over HTTP: search it, and take proofs away.

In: a session and what to look for. Out: events of the workspace, inclusion and consistency proofs, the
signed checkpoint. Never: a change of the log, or another workspace's event.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from outrider.app.api.entry import Person, needs
from outrider.app.views import audit as view
from outrider.kernel.access import Permission
from outrider.kernel.audit import prove
from outrider.kernel.errors import NotFound

router = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[needs(Permission.AUDIT_READ)])

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
    """Events, newest first; `next` is the `before` of the following page."""
    async with asker.begin() as tx:
        found = await view.search(tx, asked, before=asked.before, limit=asked.limit)
    return {"items": found, "next": found[-1]["id"] if len(found) == asked.limit else None}


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
    key = asker.outrider.signer.public.public_bytes_raw().hex()
    return {
        "checkpoint": seal.note(),
        "size": seal.size,
        "sealed_at": seal.sealed_at.isoformat(),
        "public_key": key,
    }
