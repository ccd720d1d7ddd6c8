"""Characters as mail carries them: any charset, any encoding, whatever was broken on the way.

In: bytes or a header's value. Out: text that can be stored and shown. Never: an error.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

_SUPERSETS_OF_ASCII = frozenset({None, "utf-8", "cp1252"})
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BAD_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Bytes as text: the charset they claim, else UTF-8, else Windows-1252; never an error."""
    if charset in _SUPERSETS_OF_ASCII and data.isascii():
        return data.decode("ascii")
    for name in (charset, "utf-8"):
        if name:
            try:
                return data.decode(name)
            except (LookupError, UnicodeError, ValueError):
                continue
    return data.decode("cp1252", "replace")


def decoded(value: str) -> str:
    """RFC 2047 words as text; what is malformed stays as it stands."""
    if "=?" not in value:
        return value
    try:
        chunks = decode_header(value.replace("\r", "").replace("\n", ""))
    except (HeaderParseError, ValueError, LookupError):
        return value
    return "".join(
        chunk if isinstance(chunk, str) else decode_bytes(chunk, charset)
        for chunk, charset in chunks
    )


def clean(text: str) -> str:
    """The text without control characters and halves of characters."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return _BAD_CHARACTERS.sub("", text)
    # On bytes this costs a tenth; in UTF-8 these are never a part of another character.
    kept = data.translate(None, _BAD_BYTES)
    return text if len(kept) == len(data) else kept.decode()


def one_line(value: str) -> str:
    """The value on one line, at most 998 characters (RFC 5322, section 2.1.1)."""
    return " ".join(clean(value).split())[:998]
