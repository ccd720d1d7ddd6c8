"""The keys of an installation in one file, apart from its backup.

In: the folder of keys, or such a file. Out: the other. Never: keys inside a backup: whoever holds
both can forge opt-out links and the log's seals, and recognise suppressed addresses.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from outrider.kernel.errors import Broken, Conflict, InvalidInput, NotFound, Unavailable
from outrider.kernel.ids import random_token

SEAL_KEY = "audit-seal.key"
KEY_BYTES = 32
LOST_WITHOUT: dict[str, str] = {
    SEAL_KEY: "older seals of the audit log cannot be told from forged ones",
    "suppression.key": "people who opted out are not recognised any more",
    "unsubscribe.key": "opt-out links in mails that were sent before do not work",
    "person-keys.key": "what the log tells of people cannot be read any more",
    "person-index.key": "the log does not find people by their addresses any more",
}
"""What does not work when a key is gone, by the key's file."""


def save(folder: Path, file: Path) -> list[str]:
    """Write every key of `folder` into a new file that only its owner may read; returns their names.

    Raises:
        NotFound: there are no keys.
        InvalidInput: the file exists.
        Unavailable: it cannot be written.
    """
    keys = {key.name: key.read_bytes() for key in _files(folder)}
    if not keys:
        raise NotFound(f"There are no keys in {folder} yet: run this again after the first mails.")
    told = {"outrider_keys": 1, "keys": {n: base64.b64encode(k).decode() for n, k in keys.items()}}
    whole = json.dumps({**told, "sha256": digest(told)}, indent=1).encode() + b"\n"
    file = file.expanduser().absolute()
    try:
        _write_new(file, whole)
    except FileExistsError:
        raise InvalidInput(f"--keys {file} exists already: give a name that is free.") from None
    except OSError as error:
        raise Unavailable(
            f"--keys {file} cannot be written: {error.strerror}. Give another place."
        ) from error
    return sorted(keys)


def load(file: Path) -> dict[str, bytes]:
    """The keys of such a file by name.

    Raises:
        NotFound, InvalidInput, Broken: it is not there, cannot be read, or is damaged.
    """
    try:
        told = json.loads(file.expanduser().read_text("utf-8"))
        claimed = told.pop("sha256")
        keys = {str(name): base64.b64decode(key) for name, key in told["keys"].items()}
    except FileNotFoundError:
        raise NotFound(
            f"--keys {file} is not there: give the file that was written then."
        ) from None
    except OSError as error:
        raise InvalidInput(f"--keys {file} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, AttributeError, TypeError, binascii.Error):
        raise Broken(
            f"--keys {file} is no file of keys, or is damaged: give another copy."
        ) from None
    if claimed != digest(told) or any("/" in name or name.startswith(".") for name in keys):
        raise Broken(f"--keys {file} was changed after it was written: give another copy.")
    return keys


def put(folder: Path, keys: dict[str, bytes]) -> None:
    """Put keys where Outrider looks for them; the same key twice is once.

    Raises:
        Conflict: a different key of one name is there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, key in keys.items():
        file = folder / name
        try:
            _write_new(file, key)
        except FileExistsError:
            if file.read_bytes() == key:
                continue
            raise Conflict(
                f"The key {file} is another one than the backup's: move that folder away first."
            ) from None


def _write_new(file: Path, data: bytes) -> None:
    """Make a file that only its owner may read; it is there whole, or not at all."""
    fresh = file.with_name(f".{file.name}.{random_token()[:8]}")
    try:
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.link(fresh, file)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def names(folder: Path) -> tuple[str, ...]:
    """The keys that are there."""
    return tuple(key.name for key in _files(folder))


def lost(missing: Iterable[str]) -> list[str]:
    """What does not work without these keys."""
    # What a master key wrapped is asked of the rows: it may be there under another name.
    return [
        LOST_WITHOUT.get(name, f"nothing is signed with {name}")
        for name in missing
        if not name.startswith("master")
    ]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith("."))


def digest(told: dict[str, object]) -> str:
    """The hash that a file of this folder carries of its own content: SHA-256 of its JSON, keys sorted."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
