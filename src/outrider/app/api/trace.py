"""The story of one mail over HTTP. In: a Message-ID. Out: everything that led to it. Never: a change."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from outrider.app.api.entry import Person, needs
from outrider.app.jobs.tell import traced
from outrider.kernel.access import Permission

router = APIRouter(prefix="/api", tags=["trace"])


@router.get("/trace/{message_id}", dependencies=[needs(Permission.TRACE_READ)])
async def trace_mail(person: Person, message_id: str) -> dict[str, Any]:
    """Approver, hash, versions, run, blueprint, evidence, and proofs from the sealed log."""
    return await traced(person.outrider, message_id)
