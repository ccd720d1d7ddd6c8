"""Whether a mail names a competitor, however the name is spaced, cased or dressed.

In: a mail as it would be sent, and the names that must not stand in it. Out: findings.
Never: a guess at what is a competitor; the names are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from outrider.guardrails.reading.letters import seen
from outrider.guardrails.types import Finding, MailText, Names, Severity, Span

_TAG = re.compile(r"<[^<>]{0,5000}>")


def competitor_named(mail: MailText, names: Names) -> Iterator[Finding]:
    """A finding for each rival that subject, body, signature or footer names (A-32)."""
    if not names.competitors:
        return
    parts = (mail.subject, mail.body, mail.text, mail.html)
    low = "\n".join(parts).lower() if all(map(str.isascii, parts)) else None
    shown: str | None = None
    for competitor in names.competitors:
        pattern = _named(competitor)
        if pattern is None or (low is not None and not _may_name(low, competitor)):
            continue
        for part, text in (("subject", mail.subject), ("body", mail.body)):
            found = pattern.search(text) or pattern.search(seen(text))
            if found:
                hidden = found.string is not text
                span = None if hidden else Span(part=part, start=found.start(), end=found.end())
                yield _competitor(part, found[0], span)
                break
        else:
            shown = _TAG.sub(" ", mail.html) if shown is None else shown
            if pattern.search(seen(mail.text)) or pattern.search(seen(shown)):
                yield _competitor("signature or footer", competitor, None)


def _competitor(part: str, written: str, span: Span | None) -> Finding:
    return Finding(
        check="competitor_named",
        severity=Severity.BLOCK,
        message=f"The {part} names a competitor: {written}.",
        fix="Speak of it without its name, e.g. `the system you have today`.",
        span=span,
    )


def _may_name(low: str, competitor: str) -> bool:
    """Whether every piece of the name stands in small ASCII letters; without it no pattern can match."""
    return all(piece in low for piece in _pieces(competitor))


@lru_cache(maxsize=1024)
def _pieces(name: str) -> tuple[str, ...]:
    """The pieces of a name that must stand unbroken, in small letters; none of a name not in ASCII."""
    low = name.lower() if name.isascii() else ""
    return tuple(piece.lower() for piece in _pieces_of(name) if low)


def _pieces_of(name: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|[^\W_]", name.removesuffix(".com"))


@lru_cache(maxsize=1024)
def _named(name: str) -> re.Pattern[str] | None:
    """A competitor's name however it is spaced: `LeaseKit`, `Lease Kit`, `lease-kit`."""
    pieces = _pieces_of(name)
    if len("".join(pieces)) < 2:
        return None
    joined = r"[\s._-]{0,3}".join(re.escape(piece) for piece in pieces)
    return re.compile(rf"(?<![^\W_]){joined}(?![^\W_])", re.IGNORECASE)
