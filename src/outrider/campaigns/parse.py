"""Past mail: raw bytes to clean text.

In: the bytes of one message, as strange as the world makes them. Out: `ParsedMail`, or
`Unreadable` with the reason in plain words. Never: an exception, a network call, a row.

The stdlib's compat32 parser with our own wrapping: `policy.default` is eight times slower, and it
raises on real mail.
"""

from __future__ import annotations

import email
import hashlib
import re
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from outrider.campaigns import plain_mime
from outrider.campaigns.characters import clean, decode_bytes, decoded, one_line
from outrider.campaigns.strip_html import shape_of, text_of
from outrider.campaigns.types import ParsedMail, Shape, Unreadable

LARGEST_BYTES = 32 * 1024 * 1024
"""A sales mail is a few kilobytes; beyond this it is somebody's attachment."""

LONGEST_TEXT = 200_000
"""Characters of text that are kept: about ten times the longest newsletter seen."""

_KEPT_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-post",
    "precedence",
    "auto-submitted",
    "x-mailer",
    "user-agent",
    "reply-to",
    "in-reply-to",
    "content-language",
    "feedback-id",
    "x-campaign",
    "x-mailgun-tag",
)
_A_MAIL_HAS_ONE = (
    "from",
    "date",
    "subject",
    "to",
    "message-id",
    "received",
    "sender",
    "mime-version",
)
_READ_HEADERS = frozenset({*_KEPT_HEADERS, *_A_MAIL_HAS_ONE, "references"})
_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
_BARE_ADDRESS = re.compile(r"\s*[\w.+=#-]+@[\w.-]+\s*\Z", re.A)
_COMMON_ADDRESS = re.compile(
    r'\s*((?:"[^"\\]*"|[^"<>@,;:()\\]*))\s*<([^<>@\s,;"]+@[^<>@\s,;"]+)>\s*\Z'
)
_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|fw|fwd|wg|sv|antw|tr|rif|odp)\s*(?:\[\d+\])?\s*:\s*)+", re.I
)
_MANY_LINES = re.compile(r"\n{3,}")

Headers = dict[str, list[str]]


def parse(raw: bytes) -> ParsedMail | Unreadable:
    """Read one message.

    A date that is missing or impossible gives `sent_at=None`; an unknown charset is read as UTF-8,
    else as Windows-1252 (what most mail that names a wrong charset is written in).
    """
    if not raw.strip():
        return Unreadable("it is empty")
    if len(raw) > LARGEST_BYTES:
        return Unreadable(f"it is larger than {LARGEST_BYTES // 1024 // 1024} MB")
    try:
        return _parse(raw)
    except RecursionError:
        return Unreadable("its parts are nested too deeply")
    except Exception as error:  # noqa: BLE001 - a stranger's bytes must never stop an ingestion
        return Unreadable(f"the parser gave up on it ({type(error).__name__})")


def _parse(raw: bytes) -> ParsedMail | Unreadable:
    message, headers = _message(_without_leading_noise(raw))
    if not any(name in headers for name in _A_MAIL_HAS_ONE):
        return Unreadable("it has no mail headers")
    if message.get_content_type() == "multipart/report":
        return Unreadable("it is a delivery report, not a mail that somebody wrote")
    text, shape = _text_of(message)
    if not text:
        return Unreadable("it has no text")
    return _assemble(headers, text, shape)


def _assemble(headers: Headers, text: str, shape: Shape) -> ParsedMail:
    from_name, from_address = _first_address(headers.get("from") or headers.get("sender"))
    to_name, to_address = _first_address(headers.get("to"))
    subject = one_line(decoded(_first(headers, "subject")))
    message_id = _first_id(_first(headers, "message-id"))
    sent_at, offset = _date(_first(headers, "date"))
    return ParsedMail(
        message_id=message_id,
        thread_id=_thread(headers, message_id, subject, from_address),
        from_name=from_name,
        from_address=from_address,
        to_name=to_name,
        to_address=to_address,
        subject=subject,
        text=text,
        sent_at=sent_at,
        sent_offset_minutes=offset,
        shape=shape,
        metadata=_metadata(headers),
    )


def _without_leading_noise(raw: bytes) -> bytes:
    """Blank lines and an mbox separator ahead of the headers would end the headers at once."""
    body = raw.lstrip(b"\r\n")
    if body.startswith((b"From ", b">From ")) and b"\n" in body:
        body = body.split(b"\n", 1)[1]
    return body


def _message(raw: bytes) -> tuple[Message, Headers]:
    """The message and its headers by lower-case name.

    The stdlib reads line by line, a body without parts as well. So a message that is plainly built
    is split by `plain_mime`, which gives the same in a tenth of the time; all that is odd goes to
    the stdlib.
    """
    split = plain_mime.split(raw.decode("ascii", "surrogateescape"))
    if split is None:
        message = email.message_from_bytes(raw)
        # raw_items: the ordinary access builds a Header object for each 8-bit value, and may raise.
        return message, _headers([(name, str(value)) for name, value in message.raw_items()])
    message, pairs = split
    return message, _headers(pairs)


def _headers(pairs: list[tuple[str, str]]) -> Headers:
    found: Headers = {}
    for name, value in pairs:
        lowered = name.lower()
        if lowered in _READ_HEADERS:
            found.setdefault(lowered, []).append(_readable(value))
    return found


def _readable(value: str) -> str:
    """Raw 8-bit bytes, which the parser carries as surrogates, as the text they most likely are."""
    if value.isascii():
        return value
    return decode_bytes(value.encode("utf-8", "surrogateescape"), None)


def _first(headers: Headers, name: str) -> str:
    values = headers.get(name)
    return values[0] if values else ""


def _first_address(values: list[str] | None) -> tuple[str, str]:
    """Display name and address, the address in lower case; empty strings when there is none."""
    if not values:
        return "", ""
    line = values[0].replace("\r", " ").replace("\n", " ")
    if _BARE_ADDRESS.match(line):
        return "", line.strip().lower()
    if common := _COMMON_ADDRESS.match(line):
        return one_line(decoded(common.group(1).strip(' "'))), common.group(2).lower()
    pairs = getaddresses([line])
    named = next(((n, a) for n, a in pairs if "@" in a), None)
    if named is None:  # getaddresses refuses whole lines that are not well formed
        bare = re.search(r"[^\s<>\",;]+@[^\s<>\",;]+", line)
        named = (line.split("<", 1)[0].strip(' "'), bare.group(0) if bare else "")
    return one_line(decoded(named[0])), one_line(named[1]).lower()


def _first_id(value: str) -> str | None:
    found = _MESSAGE_ID.search(value)
    if found:
        return one_line(found.group(1)) or None
    bare = one_line(value).strip("<>")
    return bare if bare and " " not in bare else None


def _thread(headers: Headers, message_id: str | None, subject: str, sender: str) -> str:
    """The oldest Message-ID of the thread (RFC 5322, section 3.6.4), else a digest."""
    for name in ("references", "in-reply-to"):
        found = _MESSAGE_ID.search(_first(headers, name))
        if found:
            return one_line(found.group(1))
    if message_id:
        return message_id
    bare = bare_subject(subject).casefold()
    return "subject:" + hashlib.sha256(f"{bare}\n{sender}".encode()).hexdigest()[:32]


def bare_subject(subject: str) -> str:
    """The subject without `Re:` and `Fwd:` in the usual languages."""
    return _REPLY_PREFIX.sub("", subject)


def _date(value: str) -> tuple[datetime | None, int | None]:
    """The instant in UTC and the sender's offset in minutes; bad dates give None."""
    if not value:
        return None, None
    try:
        found = parsedate_to_datetime(value)
        offset = found.utcoffset()
        found = found.replace(tzinfo=UTC) if offset is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None, None
    # Mail is younger than 1971, and a clock that is decades ahead says nothing about cadence.
    if not 1971 <= found.year <= 2100:
        return None, None
    return found, None if offset is None else offset // timedelta(minutes=1)


def _metadata(headers: Headers) -> dict[str, str]:
    return {
        name: one_line(decoded(headers[name][0]))[:500] for name in _KEPT_HEADERS if name in headers
    }


def _text_of(message: Message) -> tuple[str, Shape]:
    """The first plain part with words in it, else the first HTML part as text."""
    html: Message | None = None
    plain = ""
    for part in message.walk() if message.is_multipart() else (message,):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.is_multipart() or _is_attachment(part):
            continue
        if kind == "text/html":
            html = html or part
        elif not plain:
            plain = _tidy(_part_text(part))
    markup = _part_text(html) if html is not None else ""
    if (
        not markup
        and plain[:2000].lstrip()[:1] == "<"
        and "</" in plain
        and "<body" in plain.lower()
    ):
        markup, plain = plain, ""  # HTML that is labelled as plain text
    shape = Shape()
    if markup:
        shape = shape_of(markup)
        plain = plain if _has_words(plain) else _tidy(text_of(markup))
    return (plain if _has_words(plain) else ""), shape


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _is_attachment(part: Message) -> bool:
    disposition = part.get("content-disposition")
    return disposition is not None and str(disposition).lower().lstrip().startswith("attachment")


def _part_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decode_bytes(payload, _charset(part))


def _charset(part: Message) -> str | None:
    try:
        name = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    # A Latin-1 label on the bytes 0x80-0x9f means Windows-1252 in practice (WHATWG Encoding).
    return "cp1252" if name in ("iso-8859-1", "latin-1", "us-ascii", "ascii") and name else name


def _tidy(text: str) -> str:
    """Without characters that no store takes, blanks at line ends and runs of empty lines."""
    text = text[: LONGEST_TEXT + 1]
    if not text.isprintable():
        text = "\n".join(map(str.rstrip, text.splitlines()))
        text = clean(text)
        if "\n\n\n" in text:
            text = _MANY_LINES.sub("\n\n", text)
    return text.strip()[:LONGEST_TEXT]
