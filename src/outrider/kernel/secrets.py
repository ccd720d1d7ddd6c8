"""Keys on this machine: 32 random bytes a name, made on first use, readable by their owner alone.

In: the home folder. Out: key bytes. Never: a key in a log, in the database or in a default.
"""

from __future__ import annotations

import os
from pathlib import Path

from outrider.kernel.errors import InvalidSetting


class Keys:
    """The key files under `keys` in the home folder."""

    def __init__(self, home: Path) -> None:
        """`home` is the folder of all state."""
        self.folder = home / "keys"

    def key(self, name: str) -> bytes:
        """The 32 bytes of this name; two processes that race get the same.

        Raises:
            InvalidSetting: the file cannot be read or written, or is not a key.
        """
        file = self.folder / f"{name}.key"
        try:
            if not file.exists():
                self._make(file)
            data = file.read_bytes()
        except OSError as error:
            raise InvalidSetting(
                f"The key file {file} cannot be used: {error.strerror}. Check its owner and rights."
            ) from error
        if len(data) != 32:
            raise InvalidSetting(
                f"The key file {file} has {len(data)} bytes, not 32: restore it from a backup."
            )
        return data

    def _make(self, file: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, os.urandom(32))
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
