"""The object store: raw bytes under their SHA-256, in a folder or behind a URL.

In: bytes. Out: the hash. Never: an overwrite, or bytes that do not match their name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from outrider.kernel.errors import Broken, InvalidSetting, NotFound, Unavailable


class Objects:
    """A content-addressed store."""

    def __init__(self, url: str) -> None:
        """`url` is a folder, `memory:`, or an address such as `s3://bucket/prefix`.

        Raises:
            InvalidSetting: the folder cannot be made or the address is unknown.
        """
        self._store: ObjectStore
        if url == "memory:":
            self._store = MemoryStore()
        elif "://" in url:
            try:
                self._store = from_url(url)
            except Exception as error:
                raise InvalidSetting(
                    f"The setting `object_store` ({url}) cannot be used: {error}."
                ) from error
        else:
            try:
                Path(url).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InvalidSetting(
                    f"The folder {url} of the object store cannot be made: {error.strerror}. "
                    "Give another folder with OUTRIDER_OBJECT_STORE."
                ) from error
            self._store = LocalStore(url)

    async def put(self, data: bytes) -> str:
        """Keep the bytes; returns their SHA-256 in hex. Twice the same is once.

        Raises:
            Unavailable: the store does not take them (full, no rights, not reachable).
        """
        digest = hashlib.sha256(data).hexdigest()
        try:
            await obstore.put_async(self._store, _path(digest), data, mode="create")
        except obstore.exceptions.AlreadyExistsError:
            pass
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable(
                f"The object store does not take {len(data)} bytes: {error}."
            ) from error
        return digest

    async def get(self, digest: str) -> bytes:
        """The bytes of this hash.

        Raises:
            NotFound: nothing is kept under it.
            Broken: what is kept does not match it.
        """
        try:
            found = await obstore.get_async(self._store, _path(digest))
        except (FileNotFoundError, obstore.exceptions.NotFoundError):
            raise NotFound(f"The object store has nothing under {digest}.") from None
        data = bytes(await found.bytes_async())
        if hashlib.sha256(data).hexdigest() != digest:
            raise Broken(
                f"The object {digest} is not what was stored: its bytes have another hash."
            )
        return data


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
