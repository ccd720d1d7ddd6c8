"""Past mail in files: mbox, Maildir, .eml files, CSV.

In: a path. Out: raw messages, one at a time, with where each lies. Never: a parsed mail, a whole
file in memory, a guess where the path is plainly no mail, a CSV value that becomes a header line.
"""

from __future__ import annotations

import codecs
import csv
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from outrider.campaigns.types import RawMessage
from outrider.kernel.errors import InvalidInput

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
            yield from _csv_messages(self.path)
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
                self._count = sum(1 for _ in _csv_rows(self.path))
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
        _open_csv(path)
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


_COLUMNS = {
    "subject": ("subject", "betreff", "title", "emailsubject", "subjectline", "objet", "asunto"),
    "body": ("body", "text", "content", "message", "emailbody", "html", "htmlbody", "bodytext",
             "plaintext", "nachricht", "inhalt"),
    "date": ("date", "sentat", "sent", "sentdate", "datesent", "datetime", "timestamp", "sendtime",
             "createdat", "datum", "gesendet", "deliveredat"),
    "from": ("from", "sender", "fromaddress", "fromemail", "senderemail", "von", "absender"),
    "to": ("to", "recipient", "toaddress", "toemail", "recipientemail", "an", "email"),
    "message-id": ("messageid", "msgid", "internetmessageid"),
    "in-reply-to": ("inreplyto", "parentmessageid"),
}  # fmt: skip
_MARKUP = ("<html", "<body", "<p>", "<p ", "<br", "<div", "<table")


@dataclass(frozen=True)
class _Layout:
    """How a CSV is to be read: encoding, delimiter, and field → position of its column."""

    encoding: str
    delimiter: str
    positions: dict[str, int]


def _open_csv(path: Path) -> _Layout:
    """Find the encoding, the delimiter and the columns.

    Raises:
        InvalidInput: it has no header line with a subject and a body; names the columns wanted.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.readline()
    delimiter = max((",", ";", "\t", "|"), key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    plain = ["".join(c for c in name.lower() if c.isalnum()) for name in names]
    positions: dict[str, int] = {}
    for field, spellings in _COLUMNS.items():
        spelled = [plain.index(spelling) for spelling in spellings if spelling in plain]
        if spelled:
            positions[field] = spelled[0]
    if not {"subject", "body"} <= positions.keys():
        shown = ", ".join(name.strip() for name in names[:12] if name.isprintable()) or "none"
        raise InvalidInput(
            f"The file {path} has the columns {shown}: mails need a column subject and a column "
            "body, and better also sent_at, from and to."
        )
    return _Layout(encoding, delimiter, positions)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and known fields of each row that is not empty; a short row has fewer fields.

    Raises:
        InvalidInput: the columns are missing, or a quote is never closed.
    """
    layout = _open_csv(path)
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        # A whole mail may stand in one cell; the limit is the process's, and 128 KB by default.
        csv.field_size_limit(_LARGEST_MESSAGE)
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=layout.delimiter)
        next(reader, None)
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    fields = layout.positions.items()
                    yield reader.line_num, {f: row[at] for f, at in fields if at < len(row)}
        except csv.Error as error:
            raise InvalidInput(
                f"The file {path} breaks off as a CSV near line {reader.line_num} ({error}): check "
                "the quotes there."
            ) from None


def _csv_messages(path: Path) -> Iterator[RawMessage]:
    """Each row as an RFC 5322 message in UTF-8."""
    for line, fields in _csv_rows(path):
        yield RawMessage(f"{path.name} line {line}", "csv", _as_message(fields))


def _as_message(fields: dict[str, str]) -> bytes:
    body = fields.get("body", "")
    kind = "text/html" if any(mark in body[:4000].lower() for mark in _MARKUP) else "text/plain"
    headers = [
        f"{name}: {_one_line(fields[name])}"
        for name in _COLUMNS
        if name in fields and name not in ("body", "date")
    ]
    if date := _mail_date(fields.get("date", "")):
        headers.append(f"date: {date}")
    headers += [
        "mime-version: 1.0",
        f"content-type: {kind}; charset=utf-8",
        "content-transfer-encoding: 8bit",
    ]
    return ("\n".join(headers) + "\n\n" + body).encode("utf-8", "replace")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _mail_date(value: str) -> str:
    """ISO 8601 as a mail writes it; anything else is passed on for the parser to judge."""
    value = _one_line(value)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return format_datetime(found if found.tzinfo else found.replace(tzinfo=UTC))
