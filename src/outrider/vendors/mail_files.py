"""Past mail in files: mbox, Maildir, .eml files, CSV.

In: a path. Out: raw messages, one at a time, with where each lies. Never: a parsed mail, a whole
file in memory, a guess where the path is plainly no mail.
"""

from __future__ import annotations

import csv
import mmap
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outrider.campaigns.types import RawMessage
from outrider.kernel.errors import InvalidInput
from outrider.vendors.mail_csv import csv_messages, csv_rows, open_csv

_SEPARATOR = re.compile(
    rb"(?:\A|\n)From [^\r\n]*\d{1,2}:\d{2}[^\r\n]*\r?\n(?=[!-9;-~]+[ \t]*:|>From )"
)
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.M)
_LOOKS_LIKE_HEADERS = re.compile(rb"\A\s*[!-9;-~]+:[ \t]")
_PEEK = 8192
_LARGEST_MESSAGE = 64 * 1024 * 1024


class MailFiles:
    """Messages of one path; iterating twice gives the same messages in the same order."""

    def __init__(self, path: Path, kind: str, files: tuple[Path, ...] = ()) -> None:
        """`kind` is mbox, maildir, eml or csv; use `open_mail`, which finds out."""
        self.path, self.kind, self._files = path, kind, files
        self._count: int | None = None

    def __iter__(self) -> Iterator[RawMessage]:
        """Every message once."""
        if self.kind == "mbox":
            yield from _mbox(self.path)
        elif self.kind == "csv":
            yield from csv_messages(self.path)
        else:
            for file in self._files:
                yield RawMessage(str(file), self.kind, _read(file))

    def __len__(self) -> int:
        """How many messages there are; counted once."""
        if self._count is None:
            if self.kind == "mbox":
                with _mapped(self.path) as content:
                    self._count = sum(1 for _ in _SEPARATOR.finditer(content))
            elif self.kind == "csv":
                self._count = sum(1 for _ in csv_rows(self.path))
            else:
                self._count = len(self._files)
        return self._count


def open_mail(path: Path) -> MailFiles:
    """Find out what kind of mail lies at a path.

    Raises:
        InvalidInput: it is missing, unreadable, empty or no mail; one sentence with the way out.
    """
    try:
        if path.is_dir():
            return _folder(path)
        with path.open("rb") as file:
            start = file.read(_PEEK)
    except FileNotFoundError:
        raise InvalidInput(
            f"There is no file at {path}: give the path of an mbox, a Maildir, .eml files or a CSV."
        ) from None
    except OSError as error:
        raise InvalidInput(
            f"The file {path} cannot be read ({error.strerror}): give it read rights for this user."
        ) from None
    return MailFiles(path, kind) if (kind := _kind(path, start)) != "eml" else _one(path)


def _kind(path: Path, start: bytes) -> str:
    bare = start.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if not bare:
        raise InvalidInput(f"The file {path} is empty: give a file with mails in it.")
    if bare.startswith(b"From "):
        return "mbox"
    is_utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if path.suffix.lower() in (".csv", ".tsv") or is_utf16:
        open_csv(path)
        return "csv"
    if b"\x00" in start:
        raise InvalidInput(
            f"The file {path} is a binary file, not mail: export the mails as mbox, .eml or CSV."
        )
    if _LOOKS_LIKE_HEADERS.match(bare):
        return "eml"
    raise InvalidInput(
        f"The file {path} does not look like mail: an mbox begins with `From `, an .eml file with "
        "headers, and a CSV ends in .csv."
    )


def _one(path: Path) -> MailFiles:
    return MailFiles(path, "eml", (path,))


def _folder(path: Path) -> MailFiles:
    """A Maildir (new/ and cur/), also with subfolders of Maildir++; else the .eml files below."""
    try:
        if (path / "cur").is_dir() or (path / "new").is_dir():
            boxes = [path, *sorted(p for p in path.glob(".*") if (p / "cur").is_dir())]
            parts = [box / part for box in boxes for part in ("new", "cur")]
            found = [file for part in parts if part.is_dir() for file in part.iterdir()]
            kind = "maildir"
        else:
            found = [file for file in path.rglob("*") if file.suffix.lower() == ".eml"]
            kind = "eml"
        files = tuple(sorted(file for file in found if file.is_file()))
    except OSError as error:
        raise InvalidInput(
            f"The folder {path} cannot be read ({error.strerror}): give it read rights."
        ) from None
    if not files:
        raise InvalidInput(
            f"The folder {path} holds no mail: a Maildir has cur/ and new/ with files in them, "
            "otherwise put .eml files there."
        )
    return MailFiles(path, kind, files)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST_MESSAGE)
    except OSError as error:
        raise InvalidInput(
            f"The file {file} cannot be read ({error.strerror}): give it read rights or remove it, "
            "then run this again; what was read already stays."
        ) from None


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            yield content
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"The file {path} cannot be read ({error}): give a readable file."
        ) from None


def _mbox(path: Path) -> Iterator[RawMessage]:
    """Messages between separators.

    A separator needs a time in its line and a header after it, so that a sentence which begins with
    `From ` splits nothing. `>From ` is unescaped as in mboxrd.
    """
    with _mapped(path) as content:
        number = 0
        start: int | None = None
        for found in _SEPARATOR.finditer(content):
            if start is not None:
                yield _message(path, number, content[start : found.start() + 1])
            number += 1
            start = found.end()
        if start is not None:
            yield _message(path, number, content[start:])


def _message(path: Path, number: int, data: bytes) -> RawMessage:
    if b"\n>" in data:
        data = _ESCAPED_FROM.sub(rb"\1", data)
    # The blank line ahead of the next separator belongs to the mbox, not to the mail.
    if data.endswith(b"\n\n"):
        data = data[:-1]
    elif data.endswith(b"\r\n\r\n"):
        data = data[:-2]
    return RawMessage(f"{path.name} message {number}", "mbox", data)


csv.field_size_limit(min(sys.maxsize, _LARGEST_MESSAGE))
