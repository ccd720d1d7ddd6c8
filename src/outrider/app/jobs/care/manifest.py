"""What a backup says of itself: the last part that is written, and the first that is read.

In: figures and hashes. Out: `Manifest` and its bytes. Never: a key, an address, a row.
"""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from outrider import __version__
from outrider.app.jobs.care.keyfile import digest
from outrider.kernel.database.migrate import revisions
from outrider.kernel.errors import Broken, Refused

FORMAT = 1
FILE = "manifest.json"
DUMP = "database.dump"
OBJECT_LIST = "objects.txt"
CHECKPOINT = "checkpoint"


class Part(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """A backup, described."""

    model_config = ConfigDict(frozen=True)

    outrider_backup: int = FORMAT
    id: str
    made_at: datetime
    outrider: str = __version__
    revision: str
    postgres: int
    """Major version of the server that was dumped."""
    rows: dict[str, int]
    """Rows of each table, as the dump has them."""
    objects: int
    object_bytes: int
    missing: int
    """Objects that rows name and the store could not give: they are in `missing_first`."""
    missing_first: tuple[str, ...]
    sealed: int
    """Events under the newest seal; 0 without a seal, and then there is no checkpoint part."""
    audit_key: str
    """The public key that signed it, in hex."""
    keys: tuple[str, ...]
    """Names of the key files that belong to it; the keys are not inside."""
    parts: dict[str, Part]

    def encode(self) -> bytes:
        """The file: readable JSON that carries the hash of its own content."""
        told = self.model_dump(mode="json")
        return (json.dumps({**told, "sha256": digest(told)}, indent=1) + "\n").encode()


def decode(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        Broken: it is damaged.
        Refused: a newer Outrider made the backup.
    """
    try:
        told = json.loads(data)
        claimed = told.pop("sha256")
        number, made_by = int(told["outrider_backup"]), str(told["outrider"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Broken(
            f"The file {FILE} of the backup is damaged: it is no manifest. Take another backup."
        ) from None
    if claimed != digest(told):
        raise Broken(
            f"The file {FILE} of the backup was changed after it was written: take another backup."
        )
    if number > FORMAT:
        raise _newer(made_by)
    try:
        found = Manifest.model_validate(told)
    except ValidationError:
        raise Broken(f"The file {FILE} of the backup lacks fields: take another backup.") from None
    if found.revision not in revisions():
        raise _newer(made_by)
    return found


def _newer(made_by: str) -> Refused:
    return Refused(
        f"The backup was made by Outrider {made_by}, which is newer than this one ({__version__}): "
        "install that version, then restore."
    )
