"""The exact bytes of a mail, built from a template (RFC 5322, 2045, 2047, 8058).

In: approved content, a Message-ID, an instant. Out: multipart/alternative, CRLF, 7-bit; only an
address whose local part is not ASCII is written as UTF-8, in its own field (RFC 6532).
Never: a word of its own, a header outside the list, a line break that came from a field.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from outrider.drafts.types import MailContent
from outrider.kernel.errors import Refused

ALLOWED_HEADERS = (
    "Reply-To",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)
"""Headers that content may add, in the order in which they are written."""
_ALLOWED = {name.lower(): name for name in ALLOWED_HEADERS}

LONGEST_LINE = 998
"""Octets of a line without its CRLF (RFC 5322, 2.1.1)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_ASCII_SPECIAL = re.compile(r"[^A-Za-z0-9.!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]")
_OURS = re.compile(r"<([0-9a-f]{32})@[a-z0-9.-]+>")
_ASCII = re.compile(r"[\x20-\x7e]*")


def message_id(hex_id: str, address: str) -> str:
    """The final Message-ID of an outbox row: its id at the sender's domain, in angle brackets."""
    return f"<{hex_id}@{ascii_address('sender', address).rpartition('@')[2].lower()}>"


def id_in(message_id: str) -> UUID | None:
    """The outbox id that a Message-ID of ours was made from; None when it cannot be ours."""
    found = _OURS.fullmatch(message_id)
    return UUID(hex=found.group(1)) if found else None


def ascii_address(field: str, address: str) -> str:
    """The address in plain ASCII: an international domain in its ASCII form (RFC 5891).

    Raises:
        Refused: it is no address, or its local part needs SMTPUTF8.
    """
    at = wire_address(field, address)
    if not at.isascii():
        raise Refused(
            f"The {field} {address!r} cannot be used: its part before the @ is not plain ASCII."
        )
    return at


def wire_address(field: str, address: str) -> str:
    """The address as it goes on the wire: ASCII where it can be, else UTF-8 before the @ (RFC 6531).

    The domain is in its ASCII form either way, for every server can look that up. A local part
    that is not ASCII is in normal form C; a server that does not offer SMTPUTF8 cannot take it.

    Raises:
        Refused: it is no address, or one that would have to be quoted.
    """
    if len(address) <= 254 and _ADDRESS.fullmatch(address):
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refused(f"The {field} {address!r} is no e-mail address: {error}") from None
    at = found.ascii_email or f"{found.local_part}@{found.ascii_domain}"
    local, _, domain = at.rpartition("@")
    if _ASCII_SPECIAL.search(local) or not domain.isascii():
        raise Refused(f"The {field} {address!r} cannot be used: it cannot be written in a header.")
    return at


def build(content: MailContent, message_id: str, date: datetime) -> bytes:
    """The mail, unsigned. The same arguments always give the same bytes.

    Raises:
        Refused: a field holds a line break or control character, a header outside the list, or an
            address that cannot be written; the sentence names it. Nothing is repaired in silence.
    """
    boundary = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    fields = [
        ("From", _from(content.sender.name, content.sender.address)),
        ("To", mailbox_header("recipient's name", _full_name(content), content.recipient.email)),
        ("Subject", unstructured("Subject", content.subject)),
        ("Date", _date(date, date.utcoffset())),
        ("Message-ID", _opaque("Message-ID", message_id)),
        *_further(content.headers),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    if content.attachments:
        raise Refused(
            "This mail has attachments, which cannot be sent; make a version without them."
        )
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
    mark = f"--{boundary}".encode()
    parts = (
        head,
        mark,
        _part("plain", "text", content.text),
        mark,
        _part("html", "HTML", content.html),
        mark + b"--\r\n",
    )
    return b"\r\n".join(parts)


def mailbox_header(field: str, name: str, address: str) -> str:
    """`Name <address>`: plain, quoted or encoded, as the name needs it (RFC 5322, 3.4)."""
    at = wire_address(field.replace("name", "address"), address)
    _no_control(field, name)
    words = " ".join(name.split())
    if not words:
        return at
    if len(words) + len(at) > 900 or not _ASCII.fullmatch(words) or "=?" in words:
        return f"{_encoded(words)}\r\n <{at}>"
    if not _PLAIN_NAME.fullmatch(words):
        escaped = words.replace("\\", "\\\\").replace('"', '\\"')
        words = f'"{escaped}"'
    separator = " " if len(words) + len(at) < 66 else "\r\n "
    return f"{words}{separator}<{at}>"


# What all mails of a mailbox share is written out once; nothing of a recipient is remembered.
@lru_cache(maxsize=64)
def _from(name: str, address: str) -> str:
    return mailbox_header("sender's name", name, address)


@lru_cache(maxsize=16)
def _date(date: datetime, offset: timedelta | None) -> str:
    """`offset` is that of the date: the same instant reads differently in another zone."""
    return format_datetime(date)


def unstructured(field: str, text: str) -> str:
    """The value of an unstructured header, folded; encoded when plain words would not survive."""
    _no_control(field, text)
    words = text.split()
    is_even = text == " ".join(words) and all(len(word) <= 60 for word in words)
    if is_even and _ASCII.fullmatch(text) and "=?" not in text:
        return _folded(text, first=78 - len(field) - 2)
    return _encoded(text)


def _further(headers: dict[str, str]) -> list[tuple[str, str]]:
    values = {name.lower(): value for name, value in headers.items()}
    strange = sorted(values.keys() - _ALLOWED.keys())
    if strange or len(values) != len(headers):
        raise Refused(
            f"The header {strange[0] if strange else 'list'!r} may not be set by a draft; "
            f"allowed are {', '.join(ALLOWED_HEADERS)}."
        )
    return [
        (name, _opaque(name, values[small])) for small, name in _ALLOWED.items() if small in values
    ]


def _opaque(field: str, value: str) -> str:
    """A value that must go through unchanged: printable ASCII, folded at its own spaces."""
    _no_control(field, value)
    if not value.strip() or not _ASCII.fullmatch(value):
        raise Refused(
            f"The header {field} holds {value[:60]!r}: only printable ASCII can be sent there."
        )
    folded = _folded(" ".join(value.split()), first=78 - len(field) - 2)
    if max(map(len, folded.split("\r\n"))) > LONGEST_LINE - len(field) - 2:
        raise Refused(f"The header {field} has a word longer than a mail's line may be.")
    return folded


def _folded(text: str, *, first: int) -> str:
    lines: list[str] = []
    line, room = "", first
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, 77
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded(text: str) -> str:
    """Encoded words of at most 75 characters, never splitting a character (RFC 2047, 2 and 5)."""
    words, chunk, size = [], "", 0
    for character in text:
        width = len(_utf8("header", character))
        if size + width > 42:
            words.append(chunk)
            chunk, size = "", 0
        chunk += character
        size += width
    words.append(chunk)
    return "\r\n ".join(
        f"=?utf-8?b?{base64.b64encode(_utf8('header', word)).decode()}?=" for word in words
    )


def _part(subtype: str, field: str, text: str) -> bytes:
    # Most texts have plain line ends, and `replace` is many times as fast.
    lines = _LINE_END.sub("\r\n", text) if "\r" in text else text.replace("\n", "\r\n")
    if not lines.endswith("\r\n"):
        lines += "\r\n"
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    # Quoted-printable never holds "=_", so the boundary cannot occur in a part.
    encoded = binascii.b2a_qp(_utf8(field, lines), istext=True, quotetabs=False)
    return head + encoded


def _utf8(field: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(f"The {field} of this mail holds half a character; write it again.") from None


def _no_control(field: str, text: str) -> None:
    found = _CONTROL.search(text)
    if found:
        raise Refused(
            f"The {field} holds the control character {found.group()!r}; remove it, "
            "for a line break there could add headers."
        )


def _full_name(content: MailContent) -> str:
    return f"{content.recipient.first_name} {content.recipient.last_name}".strip()
