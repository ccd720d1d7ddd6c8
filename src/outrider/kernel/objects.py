"""The object store: raw bytes under their SHA-256, in a folder or behind a URL.

In: bytes. Out: the hash. Never: an overwrite, or bytes that do not match their name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from outrider.kernel.clock import SystemClock
from outrider.kernel.errors import Broken, InvalidSetting, NotFound, Unavailable
from outrider.kernel.telemetry import get_logger

if TYPE_CHECKING:  # the library has it for type checkers alone
    from obstore.store import RetryConfig, S3Config

_log = get_logger("objects")

_DIGEST = re.compile("[0-9a-f]{64}")
"""A name that is no hash must not become a path."""
_CUT_SHORT = re.compile("(?!memory:)[a-z0-9]{2,}:(?!//.)", re.ASCII)
"""An address that lost its slashes or its bucket must not become a folder of that name."""
_TOLD = re.compile(r"<(?:Code|Message)>([^<]*)</")

# A store that is away for longer is told of, and whoever needs it waits; the library's own three
# minutes would hold up a sender, and with it the mails that it has claimed.
_RETRY: RetryConfig = {
    "max_retries": 6,
    "retry_timeout": timedelta(seconds=10),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=2),
        "base": 2,
    },
}


_OLD = timedelta(hours=12)
"""Half of what a sweep spares."""


@dataclass(frozen=True)
class Kept:
    """One object of the store."""

    digest: str
    size_bytes: int
    kept_at: datetime


def open_store(url: str, what: str = "object_store", config: S3Config | None = None) -> ObjectStore:
    """The store behind a folder, `memory:`, or an address such as `s3://bucket/prefix`.

    `what` is the setting that named it; `config` is for S3 alone.

    Raises:
        InvalidSetting: the folder cannot be made or the address is unknown.
    """
    if url == "memory:":
        return MemoryStore()
    if _CUT_SHORT.match(url):
        raise InvalidSetting(
            f"The setting `{what}` ({url}) is neither a folder nor an address such as s3://bucket/prefix:"
            " write one of the two."
        )
    if "://" in url:
        try:
            is_near = url.startswith(("file:", "memory:"))
            return from_url(url) if is_near else from_url(url, config=config, retry_config=_RETRY)
        except Exception as error:
            raise InvalidSetting(
                f"The setting `{what}` ({url}) cannot be used: {why(error)}."
            ) from error
    try:
        # Mails lie in it, and the home around it may be passed through by the database's account.
        Path(url).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidSetting(
            f"The folder {url} of the setting `{what}` cannot be made: {error.strerror}. "
            f"Give another folder with OUTRIDER_{what.upper()}."
        ) from error
    return LocalStore(url)


class Objects:
    """A content-addressed store."""

    def __init__(self, url: str) -> None:
        """`url` is a folder, `memory:`, or an address such as `s3://bucket/prefix`.

        Raises:
            InvalidSetting: the folder cannot be made or the address is unknown.
        """
        self._store = open_store(url)
        self._is_away = False
        self._clock = SystemClock()  # a store dates what it keeps by a real clock, as a sweep does

    def _away(self, error: Exception) -> None:
        """One line when it begins to fail, however many ask."""
        if not self._is_away:
            _log.error("object_store_away", reason=why(error))
        self._is_away = True

    def _back(self) -> None:
        if self._is_away:
            _log.warning("object_store_back")
        self._is_away = False

    async def put(self, data: bytes) -> str:
        """Keep the bytes; returns their SHA-256 in hex. Twice the same is once.

        What a crash of the machine cut short is written anew, and what is old, so that it is young again.

        Raises:
            Unavailable: the store does not take them (full, no rights, not reachable).
        """
        digest = hashlib.sha256(data).hexdigest()
        try:
            try:
                await obstore.put_async(self._store, _path(digest), data, mode="create")
            except obstore.exceptions.AlreadyExistsError:
                there = await obstore.head_async(self._store, _path(digest))
                # A sweep takes what is old and has no row; the row of this may be about to be written.
                if there["size"] != len(data) or self._clock.now() - there["last_modified"] > _OLD:
                    await obstore.put_async(self._store, _path(digest), data)
        except (obstore.exceptions.BaseError, OSError) as error:
            self._away(error)
            raise Unavailable(
                f"The object store does not take {len(data)} bytes: {why(error)}."
                " Give it room or rights, then run the command again."
            ) from error
        self._back()
        return digest

    async def get(self, digest: str) -> bytes:
        """The bytes of this hash.

        Raises:
            NotFound: nothing is kept under it.
            Broken: what is kept does not match it.
            Unavailable: the store cannot be read (no rights, not reachable).
        """
        try:
            if not _DIGEST.fullmatch(digest):
                raise FileNotFoundError
            found = await obstore.get_async(self._store, _path(digest))
            data = bytes(await found.bytes_async())
        except (FileNotFoundError, obstore.exceptions.NotFoundError):
            raise NotFound(f"The object store has nothing under {digest[:80]!r}.") from None
        except (obstore.exceptions.BaseError, OSError) as error:
            self._away(error)
            raise Unavailable(f"The object store does not give {digest}: {why(error)}.") from error
        self._back()
        if hashlib.sha256(data).hexdigest() != digest:
            raise Broken(
                f"The object {digest} is not what was stored: its bytes have another hash."
            )
        return data

    async def listing(self) -> AsyncIterator[list[Kept]]:
        """Everything that is kept, some thousand at a time, in no order.

        What is in the store under no hash is somebody else's, and is left out.

        Raises:
            Unavailable: the store cannot be read.
        """
        try:
            async for chunk in obstore.list(self._store, chunk_size=1000):
                names = [(one["path"].rpartition("/")[2], one) for one in chunk]
                yield [
                    Kept(name, one["size"], one["last_modified"])
                    for name, one in names
                    if one["path"] == _path(name) and _DIGEST.fullmatch(name)
                ]
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable(f"The object store cannot be listed: {why(error)}.") from error

    async def remove(self, digest: str, kept_before: datetime | None = None) -> bool:
        """Take the bytes of this hash away for good; False when nothing was kept under it.

        With `kept_before` they stay if they were kept, or kept again, since then. Only an erasure or a
        sweep does this, and only once no row names the object any more.

        Raises:
            Unavailable: the store does not let it go.
        """
        if not _DIGEST.fullmatch(digest):
            return False
        try:
            # Not every store says whether something was there.
            there = await obstore.head_async(self._store, _path(digest))
            if kept_before is not None and there["last_modified"] >= kept_before:
                return False
            await obstore.delete_async(self._store, _path(digest))
        except (FileNotFoundError, obstore.exceptions.NotFoundError):
            return False
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable(
                f"The object store does not remove {digest}: {why(error)}."
            ) from error
        return True


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def why(error: Exception) -> str:
    """What a store said, on one line; the library appends a dump of its own structures, and a bucket answers in XML."""
    said, _, answer = str(error).partition("Debug source")[0].partition("<?xml")
    said = " ".join([said, *(found.splitlines()[0] for found in _TOLD.findall(answer) if found)])
    return " ".join(said.split()).rstrip(".")
