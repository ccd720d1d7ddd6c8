"""Files that a browser hands over in pieces, kept in the home folder until they were read.

In: names, sizes, pieces. Out: paths of whole files. Never: a whole file in memory, a path that a browser
chose, a file of one person in the hands of another.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.wiring import Outrider
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.kernel.ids import new_id

PIECE = 4_000_000
"""Bytes of one piece, at most."""
KEPT = timedelta(days=1)
"""What nobody used for so long is removed."""
MOST_FILES = 200
"""Files of a workspace that wait to be read."""
MOST_OF_ONE = 5_000_000_000
"""Bytes of all files of one person that wait to be read."""
MOST_OF_ALL = 20_000_000_000
"""The same of a workspace."""
ABOUT = "about.json"
_LONGEST_NAME = 100
_STRANGE = re.compile(r"[^\w.() -]+")


class Kind(StrEnum):
    """What a file is for; it bounds its size."""

    MAIL = "mail"
    LIST = "list"


_beginning = Lock()
"""Two that begin at once must see each other's room."""

MOST_BYTES = {Kind.MAIL: 2_000_000_000, Kind.LIST: 500_000_000}


class Upload(BaseModel):
    """One file on its way."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    size_bytes: int
    received_bytes: int
    piece_bytes: int = Field(description="How large one piece may be")


class _Kept(BaseModel):
    name: str
    size_bytes: int
    kind: Kind
    by: str


def begin(outrider: Outrider, kind: Kind, by: str, name: str, size_bytes: int) -> Upload:
    """Make room for a file.

    Raises:
        InvalidInput: it is empty, too large, or too many or too large ones wait already.
    """
    most = MOST_BYTES[kind]
    if not 0 < size_bytes <= most:
        raise InvalidInput(
            f"The file {name[:80]!r} has {size_bytes:,} bytes: give 1 to {most:,}, or split it."
        )
    now = outrider.clock.now()
    folder = _folder(outrider)
    kept = _Kept(name=_safe(name), size_bytes=size_bytes, kind=kind, by=by)
    with _alone(folder):
        _sweep(folder, now)
        _room(folder, kept)
        id_ = new_id(now)
        place = folder / str(id_)
        place.mkdir(parents=True, mode=0o700)
        (place / ABOUT).write_text(kept.model_dump_json(), encoding="utf-8")
    _data(place, kept).touch(mode=0o600)
    return _upload(outrider, id_, kept, 0)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of all threads and processes of this machine."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _beginning:
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)


def _room(folder: Path, wanted: _Kept) -> None:
    """Pass when this file may come as well; the room that others announced is theirs."""
    there = list(_waiting(folder))
    if len(there) >= MOST_FILES:
        raise InvalidInput(f"{MOST_FILES} files wait here already: use or remove some first.")
    whose = "Your files"
    for most, all_ in ((MOST_OF_ONE, False), (MOST_OF_ALL, True)):
        taken = sum(one.size_bytes for one in there if all_ or one.by == wanted.by)
        if taken + wanted.size_bytes > most:
            raise InvalidInput(
                f"{whose} that wait to be read have {taken:,} bytes, and with this one they would be"
                f" more than {most:,}: use or remove some first; what nobody uses is gone after a day."
            )
        whose = "The files of this workspace"


def _waiting(folder: Path) -> Iterator[_Kept]:
    for place in folder.iterdir() if folder.is_dir() else ():
        try:
            yield _Kept.model_validate_json((place / ABOUT).read_bytes())
        except (OSError, ValueError):
            # Half made or half removed: it counts as a file, but nobody's.
            yield _Kept(name="", size_bytes=0, kind=Kind.LIST, by="")


def add(outrider: Outrider, kind: Kind, by: str, id_: UUID, at: int, piece: bytes) -> Upload:  # noqa: PLR0913 - one piece: whose, of which, where
    """Put the next piece at its place; the same piece again changes nothing.

    Raises:
        NotFound: there is no such file of this person.
        InvalidInput: the piece is empty or goes beyond the end of the file.
        Conflict: a piece before it is missing.
    """
    place, kept = _find(outrider, kind, by, id_)
    file = _data(place, kept)
    there = file.stat().st_size
    if not piece or at + len(piece) > kept.size_bytes:
        raise InvalidInput(
            f"The piece at {at} has {len(piece)} bytes; the file ends at {kept.size_bytes}."
        )
    if at > there:
        raise Conflict(f"The file is whole up to byte {there} only: send the piece at {there}.")
    if at + len(piece) > there:
        with file.open("r+b") as out:
            out.seek(at)
            out.write(piece)
    return _upload(outrider, id_, kept, file.stat().st_size)


def whole(outrider: Outrider, kind: Kind, by: str, id_: UUID) -> Path:
    """The path of a file that came in whole.

    Raises:
        NotFound: there is no such file of this person.
        Conflict: a part is missing.
    """
    place, kept = _find(outrider, kind, by, id_)
    file = _data(place, kept)
    if file.stat().st_size != kept.size_bytes:
        raise Conflict(f"The file {kept.name} is not whole yet: send the rest of it first.")
    return file


def remove(outrider: Outrider, kind: Kind, by: str, id_: UUID) -> None:
    """Forget a file. Raises NotFound."""
    place, _ = _find(outrider, kind, by, id_)
    shutil.rmtree(place, ignore_errors=True)


def _find(outrider: Outrider, kind: Kind, by: str, id_: UUID) -> tuple[Path, _Kept]:
    place = _folder(outrider) / str(id_)
    try:
        kept = _Kept.model_validate_json((place / ABOUT).read_bytes())
    except OSError:
        kept = None
    if kept is None or kept.by != by or kept.kind is not kind:
        raise NotFound("There is no such file of yours here any more: choose it again.")
    return place, kept


def _folder(outrider: Outrider) -> Path:
    return outrider.settings.home / "uploads" / str(outrider.workspace)


def _data(place: Path, kept: _Kept) -> Path:
    return place / kept.name


def _safe(name: str) -> str:
    """The last part of the name, without signs that a file system or a terminal takes amiss."""
    last = re.split(r"[/\\]", name)[-1]
    plain = _STRANGE.sub("-", last).strip(" .-")
    # File systems count bytes.
    plain = plain.encode()[-_LONGEST_NAME:].decode(errors="ignore").lstrip(" .-")
    return f"file-{plain}" if plain in ("", ABOUT) else plain


def _upload(outrider: Outrider, id_: UUID, kept: _Kept, received: int) -> Upload:
    return Upload(
        id=id_,
        name=kept.name,
        size_bytes=kept.size_bytes,
        received_bytes=received,
        piece_bytes=min(PIECE, outrider.settings.largest_body // 2),
    )


def _sweep(folder: Path, now: datetime) -> None:
    """Remove what nobody used for a day; the ids hold the instant at which they were made."""
    if not folder.is_dir():
        return
    for place in folder.iterdir():
        try:
            made_ms = UUID(place.name).int >> 80
        except ValueError:
            continue
        if now.timestamp() * 1000 - made_ms > KEPT.total_seconds() * 1000:
            shutil.rmtree(place, ignore_errors=True)
