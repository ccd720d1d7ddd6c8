"""Whether a mail says again what its reader got before (D-35: new context, not boilerplate).

In: a body, and the bodies that went to the same contact before. Out: a finding `repetition`.
Never: a comparison with mails to others; that a pitch is used twice is no fault towards a reader.

Measure: runs of five words (five signs where a script has no spaces), those of both texts over those
of the shorter one: the containment of Broder (1997). Greeting, signature and footer do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.mail.whole import MOST_CHARACTERS, block, warn
from outrider.guardrails.types import Finding, MailText, Span

RUN = 5
"""Words of a run."""
FEWEST_RUNS = 8
"""A shorter text is too short to say that it repeats another."""
BLOCK_FROM = 0.5
WARN_FROM = 0.2
MOST_EARLIER = 10

_WORD = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")
_GREETING = re.compile(r"\s*(?:hi|hello|hey|dear|good \w+)\b[^\n]{0,60}\n", re.IGNORECASE)
_ENDING = re.compile(
    r"^(?:-- ?$|_{5,}|(?:best|kind|warm)? ?(?:regards|wishes)\b|best,|cheers,|thanks,|sincerely\b|on "
    r"[^\n]{5,150}wrote:$|>)"
    r"|^[^\n]{0,200}\bunsubscribe\b",
    re.IGNORECASE | re.MULTILINE,
)


def repetition(mail: MailText) -> Iterator[Finding]:
    """One finding when too much of the body was said to this contact before."""
    if not mail.earlier:
        return
    share = max(overlap(mail.body, body) for body in mail.earlier[:MOST_EARLIER])
    if share < WARN_FROM:
        return
    say = block if share >= BLOCK_FROM else warn
    yield say(
        "repetition",
        f"The body repeats {share:.0%} of what this contact was sent before.",
        "Give a new reason to write, in new words.",
        Span(part="body", start=0, end=len(mail.body)),
    )


def overlap(body: str, earlier: str) -> float:
    """The share of the shorter text's runs of words that both have, 0 to 1."""
    ours, theirs = _runs(body), _runs(earlier)
    shorter = min(len(ours), len(theirs))
    if shorter < FEWEST_RUNS:
        return 0.0
    return len(ours & theirs) / shorter


def _runs(text: str) -> set[tuple[str, ...]]:
    text = text[:MOST_CHARACTERS]
    greeting = _GREETING.match(text)
    start = greeting.end() if greeting else 0
    ending = _ENDING.search(text, start)
    told = _WORD.findall(text[start : ending.start() if ending else len(text)].casefold())
    return set(zip(*(told[at:] for at in range(RUN)), strict=False))
