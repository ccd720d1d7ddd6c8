"""Lists of people over HTTP: hand one over in pieces, see how it would be read, take it in.

In: a session, a file, a column map. Out: a preview, work that goes on, the rejected rows as a file.
Never: a list half taken in without saying so, the rejected rows of somebody else.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from pydantic import Field

from outrider.app.api import files
from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.jobs import long_work, uploads
from outrider.app.jobs.long_work import Telling, Work
from outrider.app.jobs.uploads import Kind, Upload
from outrider.app.views import list_check
from outrider.app.views.list_check import ListCheck
from outrider.kernel.access import Permission
from outrider.kernel.errors import NotFound
from outrider.prospects import register
from outrider.prospects.identity import Suppressor
from outrider.prospects.register import ListFile

router = APIRouter(prefix="/api/imports", tags=["imports"])

Writes = Annotated[Caller, needs(Permission.PROSPECTS_WRITE)]
Name = Annotated[str, Field(max_length=300)]


class ListWanted(Strict):
    """A list that came in whole, and what its columns mean where the guess is wrong."""

    file: UUID
    columns: dict[Name, Name] | None = Field(
        default=None, max_length=200, description="Our field → the column; empty: none"
    )


@router.post("/files", status_code=201)
async def begin_list_file(person: Writes, wanted: files.FileWanted) -> Upload:
    """Announce a list; its pieces follow."""
    return await files.begin(person, Kind.LIST, wanted)


@router.put("/files/{file_id}/{at}", openapi_extra=files.PIECE)
async def add_list_piece(request: Request, person: Writes, file_id: UUID, at: files.At) -> Upload:
    """The piece of a list that begins at a byte; the same piece again changes nothing."""
    return await files.add(request, person, Kind.LIST, file_id, at)


@router.delete("/files/{file_id}", status_code=204)
async def remove_list_file(person: Writes, file_id: UUID) -> None:
    """Forget a list."""
    await files.remove(person, Kind.LIST, file_id)


@router.post("/check")
async def check_list(person: Writes, wanted: ListWanted) -> ListCheck:
    """How the list would be read; nothing is stored."""
    path = _path(person, wanted.file)
    return await asyncio.to_thread(list_check.check, path, wanted.columns)


@router.post("", status_code=202)
async def import_list(person: Writes, wanted: ListWanted) -> Work:
    """Take the list in; the same list again changes nothing."""
    outrider, path = person.outrider, _path(person, wanted.file)
    # A map that cannot be used is told now, not by the work.
    await asyncio.to_thread(register.preview, path, wanted.columns)
    into = _rejects(person, wanted.file)

    async def doing(tell: Telling) -> dict[str, Any]:
        tell.stage = "Reading the list"
        report = await register.import_csv(
            person.begin,
            ListFile(path, into, wanted.columns),
            Suppressor(outrider.keys.key("suppression")),
            lambda rows, share: tell(rows, round(rows / share) if share else None),
        )
        shutil.rmtree(path.parent, ignore_errors=True)
        told = report.model_dump(mode="json", exclude={"rejects_file"})
        return {**told, "rejects": str(wanted.file) if report.rejects_file else None}

    return long_work.begin(outrider, person.principal, ("import", path.name), doing)


@router.get("/work/{work_id}")
async def show_import(person: Writes, work_id: UUID) -> Work:
    """How far an import is."""
    return long_work.find(person.outrider, person.principal, work_id)


@router.get("/rejects/{file_id}", response_class=FileResponse)
async def download_rejects(person: Writes, file_id: UUID) -> FileResponse:
    """The rejected rows with line, column and reason; mended, they can be imported again."""
    folder = _rejects(person, file_id)
    found = sorted(folder.glob("*.rejects.csv")) if folder.is_dir() else []
    if not found:
        raise NotFound("There are no rejected rows of this list: it had none, or it is not yours.")
    return FileResponse(found[0], media_type="text/csv", filename=found[0].name)


def _path(person: Caller, id_: UUID) -> Path:
    return uploads.whole(person.outrider, Kind.LIST, person.principal, id_)


def _rejects(person: Caller, id_: UUID) -> Path:
    owner = person.principal.replace(":", "-")
    home = person.outrider.settings.home
    return home / "rejects" / str(person.outrider.workspace) / owner / str(id_)
