"""A received mail: raw bytes to what a person or a machine said.

In: the bytes of one message, written by anybody. Out: `InboundMail`.
Never: an exception, a row, a judgement (that is `classify`).
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from outrider.campaigns.characters import clean, decode_bytes, decoded, one_line
from outrider.campaigns.strip_html import html_to_text
from outrider.conversations.report import opts_out_for_a_person, report_of
from outrider.conversations.trim import new_text
from outrider.conversations.types import InboundMail
from outrider.sending.bounces.detect import detect

LARGEST_BYTES = 32 * 1024 * 1024
LONGEST_TEXT = 100_000
"""Characters of text that are kept; a reply is rarely longer than a thousand."""

MOST_REFERENCES = 50
"""A thread of more mails than this is found by its newest ones."""

LONGEST_HEADER = 64_000
"""Characters of a header that are read; the standard parser's time grows with their square."""

_ENDLESS = re.compile(
    rb"(?im)^content-(?:type|disposition|transfer-encoding):(?:[^\r\n]|\r?\n[ \t]){64000}"
)
"""Headers that the standard parser takes apart while it reads; the others are cut afterwards."""

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_BARE_ADDRESS = re.compile(r"[^\s<>\",;:()]+@[^\s<>\",;:()]+")


def parse(raw: bytes) -> InboundMail:
    """Read one message; what cannot be read says so in `unreadable` and is kept all the same."""
    if len(raw) > LARGEST_BYTES:
        return InboundMail(unreadable=f"it is larger than {LARGEST_BYTES // 1024 // 1024} MB")
    if _ENDLESS.search(raw):
        return InboundMail(unreadable="it has a header that never ends")
    try:
        return _parse(raw)
    except RecursionError:
        return InboundMail(unreadable="its parts are nested too deeply")
    except Exception as error:  # noqa: BLE001 - a stranger's bytes must never stop the receiving
        return InboundMail(unreadable=f"the parser gave up on it ({type(error).__name__})")


def _parse(raw: bytes) -> InboundMail:
    body = raw.lstrip(b"\r\n")
    if body.startswith((b"From ", b">From ")) and b"\n" in body:
        body = body.split(b"\n", 1)[1]
    message = email.message_from_bytes(body)
    headers = _headers(message)
    if not headers:
        return InboundMail(unreadable="it has no mail headers")
    from_name, from_address = _sender(headers)
    subject = one_line(decoded(_first(headers, "subject")))
    text = _text_of(message)
    ids = _MESSAGE_ID.findall(_first(headers, "message-id"))
    read = detect(body)
    automatic = _automatic(headers) or _is_receipt(message)
    return InboundMail(
        message_id=ids[0] if ids else None,
        references=_references(headers),
        from_address=from_address,
        from_name=from_name,
        subject=subject,
        text=text,
        new_text=new_text(text),
        sent_at=_date(_first(headers, "date")),
        automatic="" if opts_out_for_a_person(read) else automatic,
        report=report_of(read),
    )


def _headers(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    # raw_items: the ordinary access builds a Header object for 8-bit values, and may raise.
    for name, value in message.raw_items():
        # The newest parents stand last in a chain of references.
        is_chain = name.lower() in ("references", "in-reply-to")
        text = str(value)[-LONGEST_HEADER:] if is_chain else str(value)[:LONGEST_HEADER]
        if not text.isascii():
            text = decode_bytes(text.encode("utf-8", "surrogateescape"), None)
        found.setdefault(name.lower(), []).append(clean(text))
    return found


def _first(headers: dict[str, list[str]], name: str) -> str:
    values = headers.get(name)
    return values[0] if values else ""


def _references(headers: dict[str, list[str]]) -> tuple[str, ...]:
    """The nearest parent first (RFC 5322, section 3.6.4)."""
    parents = _ids(headers.get("in-reply-to", ()))
    older = _ids(headers.get("references", ()))[::-1]
    return tuple(dict.fromkeys([*parents, *older]))[:MOST_REFERENCES]


def _ids(values: Iterable[str]) -> list[str]:
    return [found for value in values for found in _MESSAGE_ID.findall(value)]


def _sender(headers: dict[str, list[str]]) -> tuple[str, str]:
    line = (_first(headers, "from") or _first(headers, "sender")).replace("\r", " ")
    pairs = getaddresses([line.replace("\n", " ")])
    named = next(((name, address) for name, address in pairs if "@" in address), None)
    if named is None:  # whole lines that are not well formed are refused by the stdlib
        bare = _BARE_ADDRESS.search(line)
        named = ("", bare.group(0) if bare else "")
    return one_line(decoded(named[0])), one_line(named[1]).lower()


def _automatic(headers: dict[str, list[str]]) -> str:
    """The header by which a machine says that it is one (RFC 3834, section 5; RFC 2076)."""
    auto = _first(headers, "auto-submitted").split(";")[0].strip().lower()
    if auto and auto != "no":
        return f"auto-submitted: {auto}"[:100]
    precedence = _first(headers, "precedence").strip().lower()
    # `bulk` is also written by help desks under their people's answers, which refer to a mail.
    is_answer = "in-reply-to" in headers or "references" in headers
    if precedence in {"auto_reply", "junk"} or (precedence == "bulk" and not is_answer):
        return f"precedence: {precedence}"
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from"):
        if name in headers and _first(headers, name).strip().lower() != "no":
            return name
    if _first(headers, "return-path").replace(" ", "") == "<>":
        return "return-path: <>"
    return ""


def _is_receipt(message: Message) -> str:
    """A read receipt (RFC 8098) comes from the person's own address, and nobody wrote it."""
    kind = message.get_content_type()
    return f"content-type: {kind}" if kind == "multipart/report" else ""


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        found = found.replace(tzinfo=UTC) if found.utcoffset() is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return found if 1971 <= found.year <= 2100 else None


def _text_of(message: Message) -> str:
    """The first plain part with words in it, else the first HTML part as text."""
    html = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            break  # what was forwarded or returned is nobody's new words
        if part.is_multipart() or kind not in ("text/plain", "text/html") or _is_attached(part):
            continue
        text = _part_text(part)
        if kind == "text/plain" and any(character.isalnum() for character in text):
            return _tidy(text)
        if kind == "text/html" and not html:
            html = text
    return _tidy(html_to_text(html)[0]) if html else ""


def _is_attached(part: Message) -> bool:
    return str(part.get("content-disposition") or "").lower().lstrip().startswith("attachment")


def _part_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = None
    return decode_bytes(payload[: LONGEST_TEXT * 4], charset)


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return clean(text).strip("\n")[:LONGEST_TEXT]
