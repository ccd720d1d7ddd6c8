"""Right words, wrong story: times, events and growth that the source of a claim does not tell.

In: the texts of a mail, where its believed claims stand, today's date. Out: findings.
Never: a figure or a name on its own; those are judged in `claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from outrider.guardrails.covers import Cover, block, cut
from outrider.guardrails.derived import is_fraction_of, is_multiple_of, is_share_of, shares_in
from outrider.guardrails.growth import is_supposed, moved, says_move
from outrider.guardrails.happenings import other_event, told_of
from outrider.guardrails.mentions import sentence
from outrider.guardrails.opposites import turned
from outrider.guardrails.order import direction
from outrider.guardrails.relative import Relative, fits, relatives
from outrider.guardrails.types import Finding, Span

MOST = 20
"""More findings of one sort than these help nobody."""

_CLAUSE_END = re.compile(
    r"[,;:.!?\n]|\band (?=(?:I|you|we|it|they|he|she|that|this|then|now|so|yet|who|how|what|do|does|did|is|are|was|"
    r"were|has|have|your|our|my|their|there|some|somebody|someone|nobody|not|still|just|every\w*|each|\w+'s)\b)|"
    r"\b(?:but|so|while|which|who|whose|where|after which)\b",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\b(?:call|meet|talk|chat|work for|free|slot|calendar|send|catch up|speak|demo|write again|try again|"
    r"knock|reach out|check back|follow up|get back|I'll|we'll|let's)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:could|may|might|can|shall|should|would) (?:I|we)\b|\b(?:I|we)(?:'ll|'d| could| can| would| will| might| may)\b",
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
_MULTIPLIED = re.compile(
    r"\b(?:doubled|tripled|quadrupled|halved|by (?:a|an|one|two|three) (?:half|thirds?|"
    r"quarters?|fifths?|tenths?))\b",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"in (?:less than |under |more than |over |about |nearly |"
    r"almost )?(?:\w+ ){1,4}(?:day|week|month|quarter|year)s?$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:end|expir|clos|start|beg[ia]n|due|over|up|open|renew|matur|will)\w*\b", re.IGNORECASE
)
_HAS_FIGURE = re.compile(r"[\d%]")
_IS_SHARE = re.compile(r"\b(?:half|thirds?|quarters?|fifths?|tenths?)$", re.IGNORECASE)
_OF_A_WHOLE = re.compile(
    r" of (?:what|your|its|their|all|them|those|the (?!time|year|day|week|month|work|job|battle)[a-z])"
)
_WITH_OTHERS = re.compile(
    r"[^.!?\n]*\b(?:peers?|others|rivals?|competitors?|industry|sector|average|anyone|anybody|everyone|market)\b",
    re.IGNORECASE,
)
_WE_DID = re.compile(r"\b(?:I|we|I've|we've) (?:[a-z]+ )*$")
_YOU = re.compile(r"\byou", re.IGNORECASE)
_OURS = re.compile(r"\b(?:I|we|our|us|my)\b")


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the clause around a piece of text, within its sentence."""
    low, high = sentence(text, start, end)
    before = [found.end() for found in _CLAUSE_END.finditer(text, low, start)]
    after = _CLAUSE_END.search(text, end, high)
    return (before[-1] if before else low), (after.start() if after else high)


def events(covers: Sequence[Cover], texts: Mapping[str, str]) -> Iterator[Finding]:
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


def moves(covers: Sequence[Cover], texts: Mapping[str, str], account: str) -> Iterator[Finding]:
    """Growth, comparisons and shares said of the account that no cited source says."""
    facts = tuple({cover.fact.id: cover.fact for cover in covers}.values())
    sources = {cover.source for cover in covers if cover.fact.kind == "statement"}
    for part, text in texts.items():
        for start, end in islice(moved(text), MOST):
            low, high = sentence(text, start, end)
            said = text[low:high]
            if any(says_move(source, text[start:end]) for source in sources):
                continue
            if _is_gain(covers, part, text, start, end):
                continue
            is_own = _WITH_OTHERS.search(text, end, min(len(text), end + 50)) is None
            if is_own and (
                is_share_of(text, start, end, facts)
                or is_multiple_of(text[start:end], facts)
                or is_fraction_of(text[start:end], facts)
            ):
                continue
            about = _is_about(said, account) or any(
                cover.part == part and low <= cover.start < high for cover in covers
            )
            about = about or _MULTIPLIED.search(text, start, end) is not None
            if is_supposed(said) or not about:
                continue
            yield _compared(part, text, start, end)
        for start, end in islice(_shares(text), MOST):
            low, high = sentence(text, start, end)
            is_told = any(
                cover.part == part
                and low <= cover.start < high
                and _HAS_FIGURE.search(text, cover.start, cover.end)
                for cover in covers
            )
            if is_told and not (
                is_supposed(text[low:high]) or is_share_of(text, start, end, facts)
            ):
                yield _compared(part, text, start, end)


def _is_gain(covers: Sequence[Cover], part: str, text: str, start: int, end: int) -> bool:
    """`Grew by three homes`, where a claim of the sentence tells that they were bought or opened."""
    low, high = sentence(text, start, end)
    return text.startswith(" by", end) and any(
        c.part == part and low <= c.start < high and told_of(c.source) & {"acquire", "open"}
        for c in covers
    )


def _shares(text: str) -> Iterator[tuple[int, int]]:
    """Shares in words that are told of something: `more than half of what you are owed`."""
    for start, end in shares_in(text):
        if _IS_SHARE.search(text, start, end) and _OF_A_WHOLE.match(text, end):
            yield start, end


def _compared(part: str, text: str, start: int, end: int) -> Finding:
    message = f"`{cut(text[start:end])}` is a comparison that no cited source makes."
    return block("claim_uncovered", message, _FIX, Span(part=part, start=start, end=end))


_FIX = "Take it out, or bind it to a stored fact that says so."


def _taken_up(covers: Sequence[Cover], part: str, text: str, words: Relative) -> list[Cover]:
    """`You signed them only last week`: the statements of the sentence before, when one takes them up."""
    low, high = sentence(text, words.start, words.end)
    if words.is_counted or low < 3 or not _TAKES_UP.search(text, low, high):
        return []
    first, _ = sentence(text, low - 2, low - 2)
    return [c for c in covers if c.part == part and first <= c.start < low and _is_told(c)]


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
    return _is_about(said, account) and not _OURS.search(said) and not is_supposed(said)


def _is_about(said: str, account: str) -> bool:
    folded = said.casefold()
    name = account.casefold().split()
    return bool(re.search(r"\byou(?:r|rs|'ve|'re)?\b", folded)) or bool(name and name[0] in folded)
