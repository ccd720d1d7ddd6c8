"""What the routes that take files in pieces share: their bodies, and a person's own name for them.

In: a request's body. Out: an upload. Never: a body beyond one piece in memory, a route of its own.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request
from pydantic import Field, StrictInt

from outrider.app.api.entry import Caller
from outrider.app.api.login import Strict
from outrider.app.jobs import uploads
from outrider.app.jobs.uploads import Kind, Upload
from outrider.kernel.errors import InvalidInput

At = Annotated[int, Path(ge=0, le=max(uploads.MOST_BYTES.values()))]

PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""How a route that takes one piece describes its body."""


class FileWanted(Strict):
    """A file that will come in pieces."""

    name: str = Field(min_length=1, max_length=255)
    size_bytes: StrictInt = Field(ge=1, le=max(uploads.MOST_BYTES.values()))


async def begin(person: Caller, kind: Kind, wanted: FileWanted) -> Upload:
    """Make room for a file of this person."""
    return await asyncio.to_thread(
        uploads.begin, person.outrider, kind, person.principal, wanted.name, wanted.size_bytes
    )


async def add(request: Request, person: Caller, kind: Kind, id_: UUID, at: int) -> Upload:
    """Take the body as the piece that begins at byte `at`."""
    piece = await request.body()
    if len(piece) > uploads.PIECE:
        raise InvalidInput(f"A piece has at most {uploads.PIECE:,} bytes; this has {len(piece):,}.")
    return await asyncio.to_thread(
        uploads.add, person.outrider, kind, person.principal, id_, at, piece
    )


async def remove(person: Caller, kind: Kind, id_: UUID) -> None:
    """Forget a file."""
    await asyncio.to_thread(uploads.remove, person.outrider, kind, person.principal, id_)
