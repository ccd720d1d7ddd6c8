"""What every verification shares: headers, the window of time, comparison, fields.

In: a request as it came. Out: values, or an error that does not tell a forger what was wrong.
Never: a clock, a comparison that leaks by its duration.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from outrider.kernel.errors import InvalidInput, NotAllowed

Fetch = Callable[[str], Awaitable[tuple[int, bytes]]]
"""Gets what is at an address: status and body."""

WINDOW = timedelta(seconds=300)
LARGEST_BODY = 2_000_000
_LONGEST_DETAIL = 500
_HEX = re.compile(r"[0-9a-f]{32}")
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DIGITS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Posted:
    """A request as it came: the raw bytes, and header names in lower case."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def header(self, name: str) -> str:
        """The value of a header.

        Raises:
            NotAllowed: it is not there.
        """
        found = self.headers.get(name)
        if not found:
            raise forged()
        return found


def posted(
    body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None
) -> Posted:
    """A request, ready to be verified.

    Raises:
        InvalidInput: it is larger than any provider's.
    """
    if len(body) > LARGEST_BODY:
        raise InvalidInput(
            f"A webhook of {len(body):,} bytes is larger than the {LARGEST_BODY:,} that are read."
        )
    return Posted(body, {name.lower(): value for name, value in headers.items()}, query or {})


def forged() -> NotAllowed:
    """The one answer to everything that is not surely the provider's."""
    return NotAllowed("This request is not signed by the provider, so it was not read.")


def require_same(one: str | bytes, other: str | bytes) -> None:
    """Pass when both are the same, in constant time.

    Raises:
        NotAllowed: they differ.
    """
    if not hmac.compare_digest(_bytes(one), _bytes(other)):
        raise forged()


def _bytes(words: str | bytes) -> bytes:
    # Half a character can be written in JSON; it must fail the comparison, not the program.
    return words if isinstance(words, bytes) else words.encode("utf-8", "surrogatepass")


def require_recent(seconds: str, now: datetime) -> None:
    """Pass when this Unix time is within five minutes of now, on either side.

    Raises:
        NotAllowed: it is not, or is no time.
    """
    if not _DIGITS.fullmatch(seconds):
        raise forged()
    if abs(now.timestamp() - float(seconds)) > WINDOW.total_seconds():
        raise NotAllowed("This request is more than five minutes old, so it was not read.")


def read_json(body: bytes) -> Any:
    """The verified body as JSON.

    Raises:
        InvalidInput: it is none.
    """
    try:
        found = json.loads(body)
        # Half a character can be written in JSON, but in no text that is stored.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise InvalidInput("The provider's webhook holds no JSON that can be read.") from None
    return found


def as_fields(thing: object) -> Mapping[str, Any]:
    """This as an object; empty when it is none."""
    return thing if isinstance(thing, dict) else {}


def as_list(thing: object) -> list[Any]:
    """This as a list; empty when it is none."""
    return thing if isinstance(thing, list) else []


def instant(thing: object) -> datetime:
    """A time in ISO 8601 or Unix seconds, in UTC.

    Raises:
        InvalidInput: it is neither.
    """
    try:
        if isinstance(thing, int | float) and not isinstance(thing, bool):
            return datetime.fromtimestamp(thing, UTC)
        found = datetime.fromisoformat(str(thing))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(
            f"The provider's webhook names a time that is none: {str(thing)[:40]!r}."
        ) from None


def label(thing: object) -> UUID | None:
    """The outbox id that went along with the mail; None when this is none."""
    return UUID(hex=thing) if isinstance(thing, str) and _HEX.fullmatch(thing) else None


def text(thing: object) -> str | None:
    """A non-empty text; None otherwise."""
    return thing.replace("\x00", "") or None if isinstance(thing, str) else None


def message_id(thing: object) -> str | None:
    """A Message-ID in angle brackets; None when there is none."""
    found = text(thing)
    return f"<{found.strip().strip('<>')}>" if found else None


def detail(*words: object) -> str:
    """The provider's words on one line, of bearable length."""
    joined = " ".join(str(word) for word in words if word)
    return " ".join(joined.replace("\x00", "").split())[:_LONGEST_DETAIL]


def enhanced_status(*words: object) -> str | None:
    """The first enhanced status of RFC 3463 in these words."""
    found = _ENHANCED.search(" ".join(str(word) for word in words if word))
    return found[1] if found else None
