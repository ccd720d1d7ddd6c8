"""Split a message that is plainly built into its parts, as the stdlib would, in a tenth of the time.

In: a message as text, bytes above 127 as surrogates. Out: the stdlib's `Message` with the headers
that tell how a body is read, and all headers; or None. Never: a guess: what is odd in any way (a
line that is no header, a boundary that is not closed, a message inside) is left to the stdlib.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

_VALUE = r"[^\r\n]*+(?:\n[ \t][^\n]*+)*+"
_HEADERS_ONLY = re.compile(rf"(?:[!-9;-~]++:{_VALUE}(?:\n|\Z))++")
_EACH_HEADER = re.compile(rf"([!-9;-~]++):[ \t]*({_VALUE})(?:\n|\Z)")
_REST_OF_MARK = re.compile(r"(--)?[ \t]*(?=\r?\n|\Z)")
_MAY_HAVE_PARTS = re.compile("multipart|message", re.I)
_BODY_HEADERS = frozenset({"content-type", "content-disposition", "content-transfer-encoding"})
_PLAIN_MULTIPARTS = frozenset({"alternative", "mixed", "related"})
_DEEPEST = 8

Pairs = list[tuple[str, str]]


def split(text: str, depth: int = 0) -> tuple[Message, Pairs] | None:
    """The message with its parts, and its headers in order; None when the stdlib must read it."""
    end, start = _end_of_headers(text)
    pairs = _headers(text[:end])
    if pairs is None:
        return None
    message = Message()
    has_parts = False
    for name, value in pairs:
        if (lowered := name.lower()) in _BODY_HEADERS:
            message.set_raw(name, value)
            has_parts |= lowered == "content-type" and _MAY_HAVE_PARTS.search(value) is not None
    kind = message.get_content_maintype() if has_parts else "text"
    if kind == "message":
        return None
    if kind != "multipart":
        message.set_payload(text[start:])
        return message, pairs
    parts = _parts(message, text[start:], depth)
    if parts is None:
        return None
    message.set_payload([*parts])
    return message, pairs


def _headers(block: str) -> Pairs | None:
    """Unfolded headers, or None when a line is neither a header nor a continuation."""
    if "\r" in block:
        block = block.replace("\r\n", "\n")
    return _EACH_HEADER.findall(block) if _HEADERS_ONLY.fullmatch(block) else None


def _end_of_headers(text: str) -> tuple[int, int]:
    """Where the first empty line begins, with the line end before it, and where it ends.

    Without one the headers are the whole text, which is no header as it ends with a line end.
    """
    bare, returned = text.find("\n\n"), text.find("\n\r\n")
    if bare < 0 and returned < 0:
        return 0, 0
    at, size = (bare, 2) if returned < 0 or 0 <= bare < returned else (returned, 3)
    return at - (text[at - 1 : at] == "\r"), at + size


def _parts(message: Message, body: str, depth: int) -> list[Message] | None:
    boundary = message.get_boundary()
    plain = message.get_content_subtype() in _PLAIN_MULTIPARTS
    # The stdlib takes a return alone for a line end.
    if not boundary or not plain or depth > _DEEPEST or body.count("\r") != body.count("\r\n"):
        return None
    parts: list[Message] = []
    begin = None
    for start, end, last in _marks(body, f"--{boundary}"):
        if begin is not None:
            # The line end of the boundary's own line stands before the part.
            found = split(body[begin:start].removeprefix("\r").removeprefix("\n"), depth + 1)
            if found is None:
                return None
            parts.append(found[0])
        if last:
            return parts or None
        begin = end
    return None


def _marks(body: str, mark: str) -> Iterator[tuple[int, int, bool]]:
    """Each boundary line: its begin with the line end before it, its end, and whether it closes."""
    at = body.find(mark)
    while at >= 0:
        rest = _REST_OF_MARK.match(body, at + len(mark))
        if rest and (at == 0 or body[at - 1] == "\n"):
            lead = 0 if at == 0 else 2 if body[at - 2 : at] == "\r\n" else 1
            yield at - lead, rest.end(), rest.group(1) is not None
        at = body.find(mark, at + 1)
