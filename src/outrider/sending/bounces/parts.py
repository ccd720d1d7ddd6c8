"""The parts of a report: its words, its fields, the mail that came back.

In: raw bytes, broken as they may be. Out: `Parts`. Never: an exception, more than linear time.

The stdlib's parser drops what stands after a wrong boundary, and reports of old servers often have
one. Here a boundary that does not occur is replaced by the one that does.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from html import unescape

LARGEST = 1_000_000
"""Bytes that are looked at; what a report says stands at its beginning."""

LONGEST_NOTICE = 24_000
LONGEST_RETURNED = 64_000
DEEPEST = 6
MOST_PARTS = 64

Fields = dict[str, list[str]]

_FIELD = re.compile(r"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)")
_BOUNDARY = re.compile(r"boundary\s{0,9}=\s{0,9}(?:\"([^\"\n]{1,200})\"|([^\s;\"]{1,200}))", re.I)
_DASHED = re.compile(r"^--([^\s-][^\n]{3,198})\n(?=Content-[A-Z])", re.M)
_PARAMETER = re.compile(r"(?:boundary|charset|report-type|name)\s?=", re.I)
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}\"?([A-Za-z0-9_.:-]{2,40})", re.I)
_IGNORED = (("<style", "</style"), ("<script", "</script"), ("<!--", "--"))
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/table|p|div|tr|li)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>|<![^<>]*>", re.I)
_ADDRESS_IN_TAG = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,255})>")
_HEADER_LINES = re.compile(
    r"\A\s*(?:(?:return-path|received|from|to|subject|date|message-id|mime-version|x-[\w-]+)"
    r":[^\n]*\n(?:[ \t][^\n]*\n)*){3}",
    re.I,
)


@dataclass(slots=True)
class Parts:
    """A report, taken apart. All text is decoded, lines end in a line feed."""

    headers: Fields = field(default_factory=dict)
    notice: str = ""
    status: str = ""
    feedback: str = ""
    returned: str = ""
    kind: str = "text/plain"
    count: int = 0
    html: str = ""

    def first(self, name: str) -> str:
        """The first value of a header, decoded and on one line; empty when there is none."""
        values = self.headers.get(name)
        return decoded(values[0]) if values else ""


def take_apart(raw: bytes) -> Parts:
    """Read the structure of one message."""
    data = raw[:LARGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    headers, body = head_and_body(data.decode("latin-1"))
    parts = Parts(headers=headers)
    parts.kind = _kind(headers)
    _walk(parts, headers, body, 0)
    if not parts.notice.strip() and parts.html:
        parts.notice = text_of_html(parts.html)
    parts.notice = parts.notice[:LONGEST_NOTICE]
    return parts


def head_and_body(text: str) -> tuple[Fields, str]:
    """Fields by lower-case name, unfolded, and what follows the first empty line."""
    head, _, body = text.partition("\n\n") if not text.startswith("\n") else ("", "", text[1:])
    return fields_of(head), body


def fields_of(head: str) -> Fields:
    """The fields of a block of lines; lines that are none are passed over."""
    found: Fields = {}
    last: list[str] | None = None
    for line in head.split("\n"):
        if line[:1] in (" ", "\t") or (last is not None and _PARAMETER.match(line)):
            if last is not None and len(last[-1]) < 8000:
                last[-1] = f"{last[-1]} {line.strip()}"
            continue
        match = _FIELD.match(line)
        if match is None:
            last = None
            continue
        last = found.setdefault(match[1].lower(), [])
        last.append(match[2].strip())
    return found


def _kind(headers: Fields) -> str:
    value = headers.get("content-type", [""])[0]
    return value.partition(";")[0].strip().lower()[:100] or "text/plain"


def _walk(parts: Parts, headers: Fields, body: str, depth: int) -> None:
    parts.count += 1
    kind = _kind(headers)
    if kind.startswith("multipart/") and depth < DEEPEST:
        pieces = list(_pieces(headers, body))
        for piece in pieces:
            if parts.count < MOST_PARTS:
                _walk(parts, *head_and_body(piece), depth + 1)
        if pieces:
            return
        kind = "text/plain"
    _take(parts, headers, kind, body)


def _pieces(headers: Fields, body: str) -> Iterator[str]:
    """What stands between the boundaries; nothing when no boundary is found at all."""
    found = _BOUNDARY.search(headers["content-type"][0])
    name = (found[1] or found[2]) if found else ""
    if not name or f"--{name}" not in body:
        dashed = _DASHED.search(body)
        if dashed is None:
            return
        name = dashed[1].rstrip()
    begin = -1
    for start, end in _limits(body, f"--{name}"):
        if begin >= 0:
            yield body[begin:start]
        begin = end + 1
    if 0 <= begin < len(body):
        yield body[begin:]


def _limits(body: str, limit: str) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end that hold nothing but the limit (RFC 2046, section 5.1.1)."""
    at = body.find(limit)
    while at >= 0:
        end = body.find("\n", at)
        end = len(body) if end < 0 else end
        rest = body[at + len(limit) : min(end, at + len(limit) + 80)].rstrip()
        if rest in ("", "--") and (at == 0 or body[at - 1] == "\n"):
            yield at, end
        at = body.find(limit, end)


def _take(parts: Parts, headers: Fields, kind: str, body: str) -> None:
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        parts.status += _content(headers, body)[:LONGEST_RETURNED] + "\n\n"
    elif kind == "message/feedback-report":
        parts.feedback = parts.feedback or _content(headers, body)[:LONGEST_RETURNED]
    elif kind.startswith(("message/", "text/rfc822")):
        parts.returned = parts.returned or _content(headers, body)[:LONGEST_RETURNED].lstrip("\n")
    elif kind == "text/html":
        parts.html = parts.html or _content(headers, body)
    elif kind.startswith(("text/", "multipart/")) or "/" not in kind:
        _take_text(parts, _content(headers, body))


def _take_text(parts: Parts, text: str) -> None:
    """Words before the fields are the report's; header lines after them are the returned mail's."""
    if not (parts.status or parts.returned):
        parts.notice += text[:LONGEST_NOTICE] + "\n"
    elif not parts.returned and _HEADER_LINES.match(text[:8000]):
        parts.returned = text[:LONGEST_RETURNED].lstrip("\n")
    elif not parts.notice.strip():
        parts.notice = text[:LONGEST_NOTICE]


def _content(headers: Fields, body: str) -> str:
    """A part's text, its transfer encoding and its charset undone."""
    encoding = headers.get("content-transfer-encoding", [""])[0].strip().lower()
    data = body.encode("latin-1")
    if encoding == "base64":
        data = _unbase64(data)
    elif encoding == "quoted-printable":
        data = binascii.a2b_qp(data)
    found = _CHARSET.search(headers.get("content-type", [""])[0])
    text = decode_bytes(data, found[1] if found else None)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")


def _unbase64(data: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        return binascii.a2b_base64(clean[: len(clean) // 4 * 4])
    except binascii.Error:
        return data


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Text in its charset, else UTF-8, else Windows-1252 with replacements."""
    is_escaped = b"\x1b$" in data
    for name in (charset, "utf-8", "iso2022_jp_2" if is_escaped else None):
        if not name or (is_escaped and name.lower() in ("us-ascii", "utf-8")):
            continue
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("iso2022_jp_2" if is_escaped else "cp1252", "replace")


def decoded(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) undone; what is broken stays."""
    if "=?" not in value:
        return value if value.isascii() else decode_bytes(value.encode("latin-1", "replace"), None)
    try:
        chunks = decode_header(value[:2000])
    except (HeaderParseError, ValueError, LookupError):
        return value
    return "".join(
        chunk if isinstance(chunk, str) else decode_bytes(chunk, charset)
        for chunk, charset in chunks
    )


def text_of_html(html: str) -> str:
    """The words of a page, one block a line; addresses in angle brackets stay."""
    html = html[: 8 * LONGEST_NOTICE]
    for opening, closing in _IGNORED:
        html = _without(html, opening, closing)
    html = _ADDRESS_IN_TAG.sub(r" \1 ", html.replace("\n", " "))
    return unescape(_TAG.sub("", _BREAK.sub("\n", html)))


def _without(html: str, opening: str, closing: str) -> str:
    """A page without one kind of element; searched by hand, because patterns would go back."""
    lower, kept, at = html.lower(), [], 0
    while (begin := lower.find(opening, at)) >= 0:
        end = lower.find(closing, begin + len(opening))
        if end < 0:
            break
        kept.append(html[at:begin])
        at = end + len(closing)
    return " ".join([*kept, html[at:]])
