"""Past mail in a CSV: columns guessed by their names, each row made a message.

In: a path. Out: rows, or raw messages. Never: a value that becomes a header line of its own.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from outrider.campaigns.types import RawMessage
from outrider.kernel.errors import InvalidInput

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
class Layout:
    """How a CSV is to be read: encoding, delimiter, and field → position of its column."""

    encoding: str
    delimiter: str
    positions: dict[str, int]


def open_csv(path: Path) -> Layout:
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
    return Layout(encoding, delimiter, positions)


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


def csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and known fields of each row that is not empty; a short row has fewer fields.

    Raises:
        InvalidInput: the columns are missing, or a quote is never closed.
    """
    layout = open_csv(path)
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
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


def csv_messages(path: Path) -> Iterator[RawMessage]:
    """Each row as an RFC 5322 message in UTF-8."""
    for line, fields in csv_rows(path):
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
