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
    outrider = outrider_of(request)
    async with outrider.database.connection() as conn:
        await conn.exec_driver_sql("select 1")
    return {"status": "ready", "version": __version__}
