"""Health: alive, and ready for work. In: nothing. Out: a word. Never: a secret, a path."""

from __future__ import annotations

from fastapi import APIRouter, Request

from outrider import __version__
from outrider.app.api.entry import outrider_of

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """The database answers as the application's login."""
    await outrider_of(request).database.answers()
    return {"status": "ready", "version": __version__}
