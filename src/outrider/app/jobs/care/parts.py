"""A backup as it lies on a disk: a folder, or one tar file when its name ends in `.tar`.

In: parts by name. Out: the same parts, one at a time. Never: a backup that looks whole before its
last part is written: it grows under a hidden name and is renamed at the end.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from outrider.app.jobs.care.manifest import FILE
from outrider.kernel.errors import InvalidInput, NotFound, Unavailable
from outrider.kernel.ids import random_token

OBJECTS = "objects/"
_UNFINISHED = ".unfinished-"


class Writing(Protocol):
    """A backup that grows."""

    scratch: Path
    """A folder beside it for what must be a file first; gone at the end."""

    def put(self, name: str, data: bytes) -> None:
        """Add a part."""
        ...

    def take(self, name: str, file: Path) -> None:
        """Add a file of `scratch` as a part; it is moved."""
        ...

    def finish(self) -> None:
        """Give it its name."""
        ...


class Reading(Protocol):
    """A backup to be read."""

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """One part, open.

        Raises:
            NotFound: there is none of this name.
        """
        ...

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Every object: its name, which is the hash it should have, and its bytes."""
        ...


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """A new backup at `target`; whatever ends the block early leaves nothing there.

    Raises:
        InvalidInput: something is there already, or its folder cannot be used.
        Unavailable: the disk is full or not writable.
    """
    target = target.expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInput(
            f"{target} exists already: give a name that is free, such as one with today's date."
        )
    scratch = target.with_name(f".{target.name}{_UNFINISHED}{random_token()[:8]}")
    with _plainly(target):
        scratch.mkdir(mode=0o700)
        try:
            made: Writing = _Tar(target, scratch) if _is_tar(target) else _Folder(target, scratch)
            yield made
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def reading(source: Path) -> Reading:
    """An existing backup.

    Raises:
        NotFound: there is none at `source`, or it was never finished.
        InvalidInput: the file is no tar.
    """
    source = source.expanduser().absolute()
    if source.is_dir() and (source / FILE).is_file():
        return _FromFolder(source)
    if source.is_file():
        try:
            return _FromTar(source)
        except tarfile.TarError:
            raise InvalidInput(
                f"{source} is no backup: give the folder or the .tar file that `outrider backup` made."
            ) from None
    raise NotFound(f"{source} is no backup: it has no {FILE}, which is written last. Give another.")


@contextmanager
def _plainly(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            way_out = "free some space, or back up to another disk"
        elif error.errno == errno.ENOENT:
            way_out = f"make the folder {target.parent} first"
        elif error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            way_out = "another backup took the name, so give one that is free"
        else:
            way_out = "give another place, or mend its rights"
        raise Unavailable(
            f"The backup {target} could not be written ({reason}), and nothing of it was left: "
            f"{way_out}."
        ) from error


def _is_tar(target: Path) -> bool:
    return target.suffix == ".tar"


class _Folder:
    def __init__(self, target: Path, scratch: Path) -> None:
        self._target, self._into = target, scratch / "backup"
        self.scratch = scratch
        self._into.mkdir(mode=0o700)

    def put(self, name: str, data: bytes) -> None:
        file = self._into / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(file, "xb", opener=_private) as out:
            out.write(data)

    def take(self, name: str, file: Path) -> None:
        file.rename(self._into / name)

    def finish(self) -> None:
        # A file at a time would take minutes for a million objects.
        os.sync()
        self._into.rename(self._target)
        _sync(self._target.parent)


class _Tar:
    def __init__(self, target: Path, scratch: Path) -> None:
        self._target, self._file = target, scratch / "backup.tar"
        self.scratch = scratch
        self._out = open(self._file, "xb", opener=_private)
        self._tar = tarfile.open(fileobj=self._out, mode="w", format=tarfile.PAX_FORMAT)

    def put(self, name: str, data: bytes) -> None:
        self._add(name, io.BytesIO(data), len(data))

    def take(self, name: str, file: Path) -> None:
        with file.open("rb") as source:
            self._add(name, source, file.stat().st_size)
        file.unlink()

    def _add(self, name: str, source: IO[bytes], size: int) -> None:
        told = tarfile.TarInfo(name)
        told.size, told.mode = size, 0o600
        self._tar.addfile(told, source)
        _forget(self._tar)

    def finish(self) -> None:
        self._tar.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        with suppress(FileNotFoundError, NotADirectoryError):
            self._target.rmdir()
        os.link(self._file, self._target)
        _sync(self._target.parent)


class _FromFolder:
    def __init__(self, source: Path) -> None:
        self._source = source

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        try:
            file = (self._source / name).open("rb")
        except FileNotFoundError:
            raise _absent(self._source, name) from None
        with file:
            yield file

    def objects(self) -> Iterator[tuple[str, bytes]]:
        for at, folders, files in os.walk(self._source / OBJECTS):
            folders.sort()
            for name in sorted(files):
                yield name, Path(at, name).read_bytes()


class _FromTar:
    def __init__(self, source: Path) -> None:
        self._source = source
        self._at: dict[str, tuple[int, int]] = {}
        for told in _members(source):
            if not told.name.startswith(OBJECTS):
                self._at[told.name] = (told.offset_data, told.size)
        if FILE not in self._at:
            raise NotFound(
                f"{source} is no backup: it has no {FILE}, which is written last. Give another."
            )

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self._at:
            raise _absent(self._source, name)
        start, size = self._at[name]
        with self._source.open("rb") as file:
            file.seek(start)
            yield io.BufferedReader(_Slice(file, size))

    def objects(self) -> Iterator[tuple[str, bytes]]:
        with self._source.open("rb") as file:
            for told in _members(self._source):
                if told.name.startswith(OBJECTS):
                    file.seek(told.offset_data)
                    yield told.name.rpartition("/")[2], file.read(told.size)


class _Slice(io.RawIOBase):
    """A stretch of an open file."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)


def _members(source: Path) -> Iterator[tarfile.TarInfo]:
    with tarfile.open(source, "r:") as tar:
        while (told := tar.next()) is not None:
            _forget(tar)
            yield told


def _forget(tar: tarfile.TarFile) -> None:
    """Drop what it remembers of the members so far: a million objects would fill the memory."""
    tar.members = []  # type: ignore[attr-defined]


def _absent(source: Path, name: str) -> NotFound:
    return NotFound(f"The backup {source} has lost its part {name}: take another backup.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
