"""Keys on this machine: 32 random bytes a name, made on first use, readable by their owner alone.

In: the home folder. Out: key bytes. Never: a key in a log, in the database or in a default.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outrider.kernel.errors import InvalidSetting, Refused

ROLLS = {
    "unsubscribe": "links in mails that were sent before work on, by the older keys",
    "sign-on": "logins at the company's login that are under way begin anew",
    "login-limits": "tries to log in are counted anew",
    "audit-seal": "the next seal bears it, and older ones are checked with the keys of their time",
    "person-keys": "what the log tells of people so far is opened with the older keys",
}
"""Keys of our own that may be replaced, and what that does."""
STAYS = {
    "suppression": "people who opted out are recognised by it, and no other key can recognise them",
    "person-index": "the log finds people by it, and no other key can find them",
    "master": "`outrider secrets rotate --master` replaces it",
}
"""Keys of our own that may not, and why."""


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
        file = self._file(name)
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

    def has(self, name: str) -> bool:
        """Whether there is a key of this name; makes none."""
        return self._file(name).is_file()

    def good(self, name: str) -> list[bytes]:
        """The keys that what is checked may be made with: the present one, then older ones.

        Raises:
            InvalidSetting: as `key`.
        """
        return [self.key(name), *(self.key(older) for older in reversed(self._older(name)))]

    def roll(self, name: str) -> None:
        """Replace a key; the one before stays, to check what was made with it.

        Raises:
            Refused: this key cannot be replaced; the sentence says why.
            InvalidSetting: as `key`.
        """
        if name not in ROLLS:
            why = STAYS.get(name, f"there is no such key; these may be: {', '.join(ROLLS)}")
            raise Refused(f"The key {name} is not replaced: {why}.")
        self.key(name)
        with self._alone():
            file, older = self._file(name), self._older(name)
            # The old one has its second name before the first is given away. Whoever died between
            # the two left it under both.
            if not older or not self._file(older[-1]).samefile(file):
                os.link(file, self._file(f"{name}.before-{len(older) + 1}"))
            self._fresh(file).replace(file)

    def _older(self, name: str) -> list[str]:
        found: list[str] = []
        while self.has(f"{name}.before-{len(found) + 1}"):
            found.append(f"{name}.before-{len(found) + 1}")
        return found

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _make(self, file: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._fresh(file)
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()

    def _fresh(self, file: Path) -> Path:
        """A new key under a hidden name."""
        fresh = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, os.urandom(32))
            os.fsync(handle)
        finally:
            os.close(handle)
        return fresh
