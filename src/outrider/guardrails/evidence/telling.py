"""Right words, wrong story: times and events that the source of a claim does not tell.

In: the texts of a mail, where its believed claims stand, today's date. Out: findings.
Never: a figure or a name on its own; those are judged in `claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

from outrider.guardrails.evidence.covers import Cover, cut
from outrider.guardrails.evidence.growth import is_supposed
from outrider.guardrails.evidence.happenings import other_event
from outrider.guardrails.evidence.listed import not_listed
from outrider.guardrails.evidence.opposites import turned
from outrider.guardrails.evidence.order import direction
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.relative import Relative, days_of, fits, relatives, written_days
from outrider.guardrails.types import Finding, Span

MOST = 20
"""More findings of one sort than these help nobody."""

_CLAUSE_END = re.compile(
    r"[,;:.!?\n]|\b(?=[abws])(?:and (?=(?:I|you|we|it|they|he|she|that|this|then|now|so|yet|who|how|what|do|does|"
    r"did|is|are|was|were|has|have|your|our|my|their|there|some|somebody|someone|nobody|not|still|just|every\w*|each|\w+'s)\b)|"
    r"(?:but|so|while|which|who|whose|where|after which)\b)",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\b(?:call|meet|talk|chat|work for|(?<!-)free|slot|calendar|send|catch up|speak|demo|write again|try again|"
    r"knock|reach out|check back|follow up|get back|I'll|we'll|let's)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:could|may|might|can|shall|should|would) (?:I|we)\b|\b(?:I|we)(?:'ll|'d| could| can| would| will| "
    r"might| may)\b",
    re.IGNORECASE,
)
_TAKES_UP = re.compile(
    r"\b(?:you|they)(?:'ve| have| only| just)* [a-z]+(?:ed|t|ld|ught|d|n) (?:it|them|that|this|those|these)\b",
    re.IGNORECASE,
)
_YEAR_ENDS = re.compile(
    r"\b(?:your|the) (?:fiscal |financial |business )?(?:year|year-end|books?|quarter)\b[^.?!\n]{0,30}?"
    r"\b(?:end(?:s|ed|ing)?|clos(?:es|ed|ing)|start(?:s|ed)|beg(?:ins|an)|is|are|was|falls)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:will|is|are|was|were|be|been|have|has|can|could|would|should|do|does|did|must)\b|'ll\b|'s\b"
)
_TO_COME = re.compile(
    r"\b(?:left|to go|away|from now|from today|until|till|before)$", re.IGNORECASE
)
_LASTING = re.compile(
    r"in (?:less than |under |more than |over |about |nearly |"
    r"almost )?(?:\w+ ){1,4}(?:day|week|month|quarter|year)s?$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:end|expir|clos|start|beg[ia]n|due|over|up|open|renew|matur|will)\w*\b", re.IGNORECASE
)
_WE_DID = re.compile(r"\b(?:I|we|I've|we've) (?:[a-z]+ )*$")
_YOU = re.compile(r"\byou", re.IGNORECASE)
_OURS = re.compile(r"\b(?:I|we|our|us|my)\b")


@lru_cache(maxsize=64)
def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the clause around a piece of text, within its sentence."""
    low, high = sentence(text, start, end)
    before = [found.end() for found in _CLAUSE_END.finditer(text, low, start)]
    after = _CLAUSE_END.search(text, end, high)
    return (before[-1] if before else low), (after.start() if after else high)


def events(
    covers: Sequence[Cover], texts: Mapping[str, str], stored: Sequence[str]
) -> Iterator[Finding]:
    """A statement told with another event: `opened` of a mill that the source says was shut."""
    for cover in covers:
        if cover.fact.kind != "statement":
            continue
        text = texts[cover.part]
        low, high = clause(text, cover.start, cover.end)
        words = text[cover.start : cover.end]
        verb = other_event(text, low, high, cover)
        if verb is None and (found := turned(text[low:high], cover.source)):
            verb = low + found[0], low + found[1]
        for start, end in not_listed(cover, text, stored):
            message = f"The source does not tell of `{text[start:end]}`: {cut(cover.source)}"
            span = Span(part=cover.part, start=start, end=end)
            yield block("claim_relation", message, "Say only what the source says of it.", span)
        if verb is None:
            continue
        start, end = verb
        message = (
            f"The source of `{cut(words)}` does not say `{text[start:end]}`: {cut(cover.source)}"
        )
        span = Span(part=cover.part, start=min(start, cover.start), end=max(end, cover.end))
        yield block("claim_relation", message, "Say only what the source says of it.", span)


def times(
    covers: Sequence[Cover], texts: Mapping[str, str], account: str, today: date
) -> Iterator[Finding]:
    """Words that count from today and do not fit the day of what they are said of."""
    for part, text in texts.items():
        for words in islice(relatives(text, today), MOST):
            low, high = sentence(text, words.start, words.end)
            said = text[low:high]
            if _LASTING.match(words.text) and not _ENDS.search(said):
                continue
            if any(
                c.is_time and c.part == part and c.start < words.end and words.start < c.end
                for c in covers
            ):
                continue
            near = _near(covers, part, text, words, today) or _taken_up(covers, part, text, words)
            if words.is_season and _is_dated(said, near, today):
                continue
            span = Span(part=part, start=words.start, end=words.end)
            if near:
                if not _compares(words, near) and not any(
                    fits(words, cover.fact, today) for cover in near
                ):
                    message = f"`{cut(words.text)}` does not fit its source: {cut(near[0].source)}"
                    yield block("claim_contradicted", message, _FIX, span)
            elif _YEAR_ENDS.search(text[slice(*clause(text, words.start, words.end))]) or (
                words.is_counted
                and (words.is_since or _is_past(words))
                and _is_stated(said, account)
            ):
                message = f"The time `{cut(words.text)}` stands on no stored fact."
                yield block("claim_uncovered", message, _FIX, span)


_FIX = "Take it out, or bind it to a stored fact that says so."


def _taken_up(covers: Sequence[Cover], part: str, text: str, words: Relative) -> list[Cover]:
    """`You signed them only last week`: the statements of the sentence before, when one takes them up."""
    low, high = sentence(text, words.start, words.end)
    if words.is_counted or low < 3 or not _TAKES_UP.search(text, low, high):
        return []
    first, _ = sentence(text, low - 2, low - 2)
    return [c for c in covers if c.part == part and first <= c.start < low and _is_told(c)]


def _is_dated(said: str, near: Sequence[Cover], today: date) -> bool:
    """`Last spring's frost, on 4 October 2025`: the sentence has the day, and the season is where the reader is."""
    known = {span for cover in near for span in days_of(cover.fact, today)}
    return not known.isdisjoint(written_days(said))


def _is_told(cover: Cover) -> bool:
    return cover.fact.kind == "statement"


def _near(
    covers: Sequence[Cover], part: str, text: str, words: Relative, today: date
) -> list[Cover]:
    """The covers that the words are said of: those of the clause, else those of the sentence."""
    low, high = clause(text, words.start, words.end)
    if not words.is_since and _MEETING.search(text[low:high]):
        return []
    if words.last >= today and not words.is_since and _OFFERS.search(text, low, high):
        return []
    if _WE_DID.search(text, low, words.start) and not _YOU.search(text, low, high):
        return []
    # A clause with a verb of its own tells of something else than the sentence's other claims.
    own = text[low : words.start] + text[words.end : high]
    is_apposed = bool(_TO_COME.search(words.text)) or _VERB.search(own) is None
    wide = sentence(text, words.start, words.end) if is_apposed else (low, high)
    for first, last in ((low, high), wide):
        near = [
            cover
            for cover in covers
            if cover.part == part and first <= cover.start < last and cover.fact.kind != "auditor"
        ]
        # A statement tells an event with its day; beside it the date of a figure says little.
        told = [cover for cover in near if cover.fact.kind in ("statement", "fiscal_year_end")]
        if told or near:
            return told or near
    return []


def _compares(words: Relative, near: Sequence[Cover]) -> bool:
    """`a year earlier` beside a pair of figures counts from the source's day, not from today."""
    is_earlier = words.text.lower().endswith(("earlier", "before", "year ago"))
    return is_earlier and any(direction(cover.source) for cover in near)


def _is_past(words: Relative) -> bool:
    return words.text.lower().endswith((" ago", " back", " old", "behind you"))


def _is_stated(said: str, account: str) -> bool:
    return is_about(said, account) and not _OURS.search(said) and not is_supposed(said)


def is_about(said: str, account: str) -> bool:
    """Whether a sentence says `you`, or the account's name."""
    folded = said.casefold()
    name = account.casefold().split()
    return bool(re.search(r"\byou(?:r|rs|'ve|'re)?\b", folded)) or bool(name and name[0] in folded)
