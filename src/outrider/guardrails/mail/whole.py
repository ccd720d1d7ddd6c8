"""Subject and body as one text, so that each pattern of a guard runs once over a mail.

In: a mail. Out: its words, a place in the joined text as a span of the part it stands in, a finding there.
Never: the signature or the footer, which are the operator's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from outrider.guardrails.types import Finding, MailText, Severity, Span

MOST_CHARACTERS = 20_000
"""Of the body; a longer one is blocked for its length, and judged up to here only."""
MOST_SUBJECT = 2_000
MOST_FINDINGS = 5
"""Of one kind: a reader mends the first, the next check shows the rest."""

_GAP = "\n\n"
_WORD = re.compile(r"\w+")
_BLANKS = str.maketrans(
    {sign: " " for sign in map(chr, range(128)) if not (sign.isalnum() or sign == "_")}
)


@dataclass(frozen=True, slots=True)
class Whole:
    """What the writer wrote: the subject, an empty line, the body."""

    text: str
    body_at: int
    tokens: frozenset[str]
    """Every word, case folded."""
    longest: int
    """Characters of the longest word: below twelve there can be no id and no blob."""

    def span(self, start: int, end: int) -> Span:
        """The span of a piece of `text`; one that crosses the gap is of the part it starts in."""
        if start >= self.body_at:
            return Span(part="body", start=start - self.body_at, end=end - self.body_at)
        return Span(part="subject", start=start, end=min(end, self.body_at - len(_GAP)))

    def has_any(self, words: frozenset[str]) -> bool:
        """Whether one of these words, case folded, stands anywhere."""
        return not self.tokens.isdisjoint(words)


def whole_of(mail: MailText) -> Whole:
    """The mail's own words, joined."""
    subject = mail.subject[:MOST_SUBJECT]
    text = f"{subject}{_GAP}{mail.body[:MOST_CHARACTERS]}"
    folded = text.casefold()
    # In ASCII, turning all else into blanks is twice as fast as the pattern, and finds the same.
    found = folded.translate(_BLANKS).split() if folded.isascii() else _WORD.findall(folded)
    tokens = frozenset(found)
    return Whole(text, len(subject) + len(_GAP), tokens, max(map(len, tokens), default=0))


def few(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The first of many, so that a hostile text makes no endless list."""
    return islice(found, MOST_FINDINGS)


def block(check: str, message: str, fix: str, span: Span | None = None) -> Finding:
    """A finding that stops an approval."""
    return Finding(check=check, severity=Severity.BLOCK, message=message, fix=fix, span=span)


def warn(check: str, message: str, fix: str, span: Span | None = None) -> Finding:
    """A finding that is shown, and that a policy may send to a person."""
    return Finding(check=check, severity=Severity.WARN, message=message, fix=fix, span=span)
