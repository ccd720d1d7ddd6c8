"""Replies as files: a Maildir, an mbox file, a folder of `.eml` files, or one of them.

In: a path. Out: `RawReply`, oldest first. Never: a move, a flag, a deletion.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from outrider.conversations.types import RawReply
from outrider.kernel.errors import InvalidInput

LARGEST_MAIL_BYTES = 64 * 1024 * 1024
_WAY_OUT = "Give a Maildir, an mbox file or a folder of .eml files"


class MailFolder:
    """A place with received mail, read as it stands."""

    def __init__(self, path: Path) -> None:
        """`path` is a Maildir (with `new` and `cur`), a folder of `.eml` files, or a file.

        Raises:
            InvalidInput: it is not there, cannot be read, or holds no mail.
        """
        self._path = path
        try:
            self._files = _files(path)
        except OSError as error:
            raise InvalidInput(
                f"The mailbox {path} cannot be read: {error.strerror or error}. {_WAY_OUT}."
            ) from None
        self._is_mbox = self._files == [path] and _starts_like_an_mbox(path)

    def count(self) -> int | None:
        """How many mails there are; None for an mbox, which would have to be read for that."""
        return None if self._is_mbox else len(self._files)

    def mails(self) -> Iterator[RawReply]:
        """Every mail. A file that vanishes meanwhile was moved by its reader and is passed over.

        Raises:
            InvalidInput: a file cannot be read.
        """
        if self._is_mbox:
            yield from _mbox(self._path)
            return
        for file in self._files:
            try:
                yield RawReply(origin=file.name, data=_read(file))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise InvalidInput(
                    f"The mail {file} cannot be read: {error.strerror or error}. Check its rights."
                ) from None


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InvalidInput(f"There is no mailbox at {path}. {_WAY_OUT}.")
    parts = [path / name for name in ("new", "cur") if (path / name).is_dir()]
    if parts:
        return _oldest_first(file for part in parts for file in part.iterdir())
    found = _oldest_first(file for file in path.iterdir() if file.suffix.lower() == ".eml")
    if not found:
        raise InvalidInput(f"The folder {path} holds no mail. {_WAY_OUT}.")
    return found


def _oldest_first(files: Iterator[Path]) -> list[Path]:
    plain = [file for file in files if not file.name.startswith(".") and file.is_file()]
    return sorted(plain, key=lambda file: (file.stat().st_mtime_ns, file.name))


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST_MAIL_BYTES + 1)


def _starts_like_an_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(5) == b"From "


def _mbox(path: Path) -> Iterator[RawReply]:
    """Mails between `From ` lines that follow a blank line (RFC 4155); `>From ` is unquoted."""
    lines: list[bytes] = []
    was_blank, number = True, 0
    try:
        with path.open("rb") as stream:
            for line in stream:
                if was_blank and line.startswith(b"From "):
                    if lines:
                        yield RawReply(origin=f"{path.name}#{number}", data=b"".join(lines))
                    lines, number = [], number + 1
                else:
                    lines.append(line[1:] if line.startswith((b">From ", b">>From ")) else line)
                was_blank = not line.strip()
    except OSError as error:
        raise InvalidInput(
            f"The mailbox {path} cannot be read: {error.strerror or error}. {_WAY_OUT}."
        ) from None
    if lines:
        yield RawReply(origin=f"{path.name}#{number}", data=b"".join(lines))
