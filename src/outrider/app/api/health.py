"""Health: alive, and ready for work. In: nothing. Out: a word. Never: a secret, a path."""

from __future__ import annotations

from fastapi import APIRouter, Request

from outrider import __version__
from outrider.app.api.entry import outrider_of
from outrider.kernel.errors import Unavailable

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """The database answers as the application's login, and stored secrets can be opened."""
    outrider = outrider_of(request)
    await outrider.database.answers()
    if outrider.given.trouble:
        raise Unavailable("Stored secrets cannot be opened: `outrider secrets check` says why.")
    return {"status": "ready", "version": __version__}
