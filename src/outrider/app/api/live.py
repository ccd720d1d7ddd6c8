"""What happens, as it happens: server-sent events for open screens.

In: a session. Out: one event for each change that was committed, by its action and subject.
Never: the content of a change; a screen asks for what it shows, under its own permission.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from outrider.app.api.entry import Caller, Person, caller, needs
from outrider.app.views import happened
from outrider.kernel.access.permissions import Permission
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import OutriderError
from outrider.kernel.ids import WorkspaceId

router = APIRouter(prefix="/api/live", tags=["live"])

EVERY_SECONDS = 0.7
LATE = timedelta(seconds=15)
"""A transaction may commit so long after its own instant and is still told."""
BEAT_SECONDS = 15.0
"""Between signs of life; then, and before anything is told, the session is looked at again."""


@router.get("", response_class=StreamingResponse, dependencies=[needs(Permission.DRAFTS_READ)])
async def live_events(request: Request, person: Person) -> StreamingResponse:
    """A stream of `change` events; it ends with the session, and with Outrider."""
    return StreamingResponse(
        _events(request, person),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


@dataclass
class _Ear:
    """What the last look at the log found: one look serves every open screen of this process."""

    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    heard: list[happened.Happened] = field(default_factory=list)
    looked: float = float("-inf")


_EARS: WeakKeyDictionary[Database, dict[WorkspaceId, _Ear]] = WeakKeyDictionary()


async def _heard(person: Caller) -> list[happened.Happened]:
    """What happened a moment ago, at most half a round old."""
    outrider = person.outrider
    ear = _EARS.setdefault(outrider.database, {}).setdefault(outrider.workspace, _Ear())
    clock = asyncio.get_running_loop().time
    async with ear.one:
        if clock() - ear.looked > EVERY_SECONDS / 2:
            async with person.begin() as tx:
                ear.heard = await happened.since(tx, tx.now - LATE)
            ear.looked = clock()
        return ear.heard


async def _events(request: Request, person: Caller) -> AsyncIterator[str]:
    """Look at the log, tell what is new, rest; until nobody listens."""
    seen: dict[UUID, datetime] = {}
    started = False
    quiet = 0.0
    yield "retry: 2000\n\n"
    while not getattr(request.app.state, "is_ending", False):
        try:
            found = await _heard(person)
            fresh = [one for one in found if one.id not in seen]
            # Whoever was logged out a moment ago is told nothing more.
            if quiet >= BEAT_SECONDS or (started and fresh):
                await caller(request)
        except OutriderError:
            return
        if quiet >= BEAT_SECONDS:
            quiet = 0.0
            yield ": here\n\n"
        for one in fresh:
            seen[one.id] = one.at
            if started:
                yield f"event: change\ndata: {json.dumps(one.told())}\n\n"
        if not started:
            started = True
            yield "event: ready\ndata: {}\n\n"
        oldest = min((one.at for one in found), default=None)
        seen = {} if oldest is None else {k: at for k, at in seen.items() if at >= oldest}
        await asyncio.sleep(EVERY_SECONDS)
        quiet += EVERY_SECONDS
