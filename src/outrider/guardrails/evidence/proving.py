"""What each figure, date and name of a mail stands on, or lacks.

In: mentions, believed claims, the names that belong to the mail. Out: findings, and the mentions that
repeat what a claim has proved. Never: a verb or an event; those are `relating`, `telling` and `untold`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from outrider.guardrails.evidence.agreement import (
    begins_year,
    ends_part,
    is_akin,
    is_supported,
    written_figures,
)
from outrider.guardrails.evidence.beside import (
    PEOPLE_AFTER,
    belongs,
    counts_otherwise,
    is_echo,
    source_figures,
)
from outrider.guardrails.evidence.covers import Cover, cut
from outrider.guardrails.evidence.derived import (
    follows,
    is_share_of,
    is_share_of_revenue,
    shares_in,
)
from outrider.guardrails.evidence.grounds import Ground, Place
from outrider.guardrails.evidence.measures import is_converted
from outrider.guardrails.evidence.things import is_of_another
from outrider.guardrails.evidence.unproven import is_wished, weight_of_name
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.clock import is_clock
from outrider.guardrails.reading.counted import clause_of
from outrider.guardrails.reading.dated import is_of_talk, is_stated_date
from outrider.guardrails.reading.mentions import Mention, MentionKind, is_guess, sentence
from outrider.guardrails.reading.named import tokens_of
from outrider.guardrails.reading.planned import is_planning
from outrider.guardrails.reading.relative import runs_until
from outrider.guardrails.reading.stated import (
    Weight,
    is_by_the_way,
    is_imagined,
    is_talk,
    weight_of,
)
from outrider.guardrails.types import Finding, Severity, Span

MOST_UNPROVEN = 50
"""More findings than these help nobody."""

MOST_JUDGED = 300
"""A mail of 200 words cannot hold more mentions than this; a hostile text can."""

_FIX = "Take it out, or bind it to a stored fact that says so."
_SAME = re.compile(r"\b(?:the|those|these|all|of) $", re.IGNORECASE)
_COUNTED = re.compile(
    r" (?!(?:people|employees|associates|staff|colleagues|of|and|or|strong)\b)[a-z]"
)
_PART_OF_YEAR = re.compile(r"\b(?:half|quarter|interim|six months|nine months)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|our|clients?|customers)\b", re.IGNORECASE)
_OF_SOME = re.compile(r"(?: [a-z]+)? (?:of|new)\b", re.IGNORECASE)
_LARGE = 10**6
_BEGINS = re.compile(r"\b(?:beg[ia]n\w*|start\w*|new)\b", re.IGNORECASE)


def judged(
    mentions: Mapping[str, Sequence[Mention]], ground: Ground
) -> tuple[list[Finding], list[Cover]]:
    """What each mention lacks, and those that repeat what a claim has proved."""
    findings: list[Finding] = []
    echoes: list[Cover] = []
    for part, found in mentions.items():
        text = ground.texts[part]
        shares = list(shares_in(text)) if found else []
        if len(found) > MOST_JUDGED:
            findings.append(_too_many(part, found))
        for mention in found[:MOST_JUDGED]:
            place = Place(mention, part, text, _around(mention, part, ground.covers))
            if not place.around and is_clock(mention, text):
                continue
            if _is_proved(place, ground) or _is_of_share(place, shares, ground):
                continue
            echo = _echo(place, ground)
            if echo is not None:
                echoes.append(echo)
                continue
            findings += _lacking(place, ground)
            if len(findings) >= MOST_UNPROVEN:
                return findings, echoes
    return findings, echoes


def _too_many(part: str, found: Sequence[Mention]) -> Finding:
    message = f"The {part} has {len(found)} figures, dates and names; {MOST_JUDGED} were judged."
    span = Span(part=part, start=found[MOST_JUDGED].start, end=found[-1].end)
    return block("claim_count", message, "Say less in one mail.", span)


def _around(mention: Mention, part: str, covers: Sequence[Cover]) -> tuple[Cover, ...]:
    return tuple(
        cover
        for cover in covers
        if cover.part == part and cover.start <= mention.start and mention.end <= cover.end
    )


def _is_proved(place: Place, ground: Ground) -> bool:
    mention = place.mention
    return any(
        is_supported(mention, cover.fact) and _is_beside(place, cover, ground)
        for cover in place.around
    ) or _is_said_by_operator(mention, ground.own_words)


def _is_beside(place: Place, cover: Cover, ground: Ground) -> bool:
    if place.mention.kind in (MentionKind.DATE, MentionKind.NAME):
        return True
    if is_of_another(place.mention, place.text, cover.fact, ground.facts):
        return False
    if cover.fact.kind not in ("statement", "employees"):
        return True
    if cover.fact.kind == "employees" and PEOPLE_AFTER.match(place.text, place.mention.end):
        return True
    # The value of a headcount is the headcount, whatever its source calls the people.
    is_value = place.mention.text.replace(",", "") == cover.fact.value
    if cover.fact.kind == "employees" and is_value and len(source_figures(cover.source)) < 2:
        return True
    others = [source for source in ground.sources if source != cover.source]
    return belongs(place.mention, place.text, cover.source, others)


def _is_of_share(place: Place, shares: Sequence[tuple[int, int]], ground: Ground) -> bool:
    """Whether a number is part of a share in words that cited figures bear out."""
    mention = place.mention
    for start, end in shares:
        if start <= mention.start < end:
            return is_share_of(place.text, start, end, ground.cited)
    return False


def _lacking(place: Place, ground: Ground) -> Iterator[Finding]:
    """The finding on a mention that nothing proves, if it states anything."""
    mention, text = place.mention, place.text
    if _is_worked_out(place, ground):
        return
    span = Span(part=place.part, start=mention.start, end=mention.end)
    what = f"The {mention.kind} `{cut(mention.text)}`"
    if place.around:
        said = cut(place.around[0].source)
        yield block("claim_contradicted", f"{what} is not in its source: {said}", _FIX, span)
        return
    weight = _weight(place, ground)
    if weight is Weight.STATED and _is_cited_count(place, ground):
        weight = Weight.SLIGHT
    if weight is Weight.STATED:
        yield block("claim_uncovered", f"{what} stands on no stored fact.", _FIX, span)
    elif weight is Weight.SLIGHT:
        is_vague = mention.kind is MentionKind.NUMBER and is_guess(text, mention)
        yield Finding(
            check="claim_vague" if is_vague else "claim_unproven",
            severity=Severity.WARN,
            message=f"{what} stands on no stored fact; look whether it states anything.",
            fix="Name the figure and its source, or say it without.",
            span=span,
        )


def _is_cited_count(place: Place, ground: Ground) -> bool:
    """`Comes from three hands`, of three suppliers: a small count of a cited source in other words."""
    mention = place.mention
    return (
        mention.kind is MentionKind.NUMBER
        and not mention.text[0].isdigit()
        and any(
            is_supported(mention, fact)
            and not is_of_another(mention, place.text, fact, ground.facts)
            and belongs(mention, place.text, fact.quote or fact.value)
            for fact in ground.cited
            if fact.kind == "statement"
        )
    )


def _weight(place: Place, ground: Ground) -> Weight:
    mention, text = place.mention, place.text
    if mention.kind is MentionKind.NAME:
        return weight_of_name(place, ground)
    if mention.kind is MentionKind.DATE:
        return _weight_of_date(place, ground)
    if is_guess(text, mention):
        return Weight.SLIGHT
    weight = weight_of(mention, text, ground.account, _is_near_claim(place, ground))
    if weight is Weight.STATED and _is_pair(place, ground):
        weight = Weight.SLIGHT
    if weight is not Weight.STATED and is_by_the_way(mention, text, ground.account):
        return weight
    is_open = weight is not Weight.STATED and mention.number
    is_none = text[max(0, mention.start - 3) : mention.start].lower() == "no "
    if is_open and not is_none and not is_talk(mention, text) and not is_imagined(mention, text):
        return Weight.STATED if counts_otherwise(mention, text, ground.sources) else weight
    return weight


def _is_pair(place: Place, ground: Ground) -> bool:
    """`Since you bought them, your team has two inboxes`: what follows from a claim of the sentence."""
    mention, text = place.mention, place.text
    is_two = mention.number == 2 and mention.text.lower() == "two"
    is_part = _OF_SOME.match(text, mention.end) is not None
    return is_two and not is_part and _is_near_claim(place, ground)


def _weight_of_date(place: Place, ground: Ground) -> Weight:
    mention, text = place.mention, place.text
    low, high = sentence(text, mention.start, mention.end)
    first, last = clause_of(text, mention)
    if mention.day_low == mention.day_high:
        first, last = sentence(text, mention.start, mention.end)
    told = any(c.part == place.part and first <= c.start < last for c in ground.covers)
    is_start = _BEGINS.search(text, low, high) is not None
    is_part = _PART_OF_YEAR.search(text, low, high) is not None
    if any(
        (is_start and begins_year(mention, fact)) or (is_part and ends_part(mention, fact))
        for fact in ground.cited
    ):
        return Weight.NOTHING
    if mention.year is None and mention.day_low == mention.day_high and is_wished(place, ground):
        return Weight.NOTHING
    if is_of_talk(mention, text):
        return Weight.NOTHING
    if told:
        return Weight.STATED
    if is_planning(mention, text, ground.today):
        return Weight.NOTHING
    stated = is_stated_date(mention, text, ground.account, ground.today)
    return Weight.STATED if stated else Weight.NOTHING


def _is_near_claim(place: Place, ground: Ground) -> bool:
    low, high = sentence(place.text, place.mention.start, place.mention.end)
    return any(cover.part == place.part and low <= cover.start < high for cover in ground.covers)


def _is_worked_out(place: Place, ground: Ground) -> bool:
    mention = place.mention
    if mention.kind is MentionKind.NAME:
        return _is_pieced(place, ground)
    if mention.kind is MentionKind.DATE:
        return any(runs_until(mention, fact) for fact in ground.cited)
    if not ground.cited or (
        not place.around and _OURS.search(place.text[slice(*clause_of(place.text, mention))])
    ):
        return False
    if any(is_converted(mention, place.text, cover.source) for cover in place.around):
        return True
    is_share = any(is_share_of_revenue(mention, c.fact, ground.cited) for c in place.around)
    return is_share or follows(mention, place.text, ground.cited)


def _is_pieced(place: Place, ground: Ground) -> bool:
    """Whether each word of a longer name is allowed or stands in a cited source."""
    words = tokens_of(place.mention.text)
    cited = [fact.quote or fact.value for fact in ground.cited if fact.kind == "statement"]
    return len(words) > 1 and all(
        ground.may.holds([word]) or any(is_akin(word.capitalize(), source) for source in cited)
        for word in words
    )


def _echo(place: Place, ground: Ground) -> Cover | None:
    """The believed claim elsewhere in the mail whose fact also bears this mention, if any."""
    mention, part = place.mention, place.part
    for cover in ground.covers:
        is_bound = any(cover.fact.id == own.fact.id for own in place.around)
        if is_bound and mention.kind is not MentionKind.NAME:
            if not _is_repeated(place, cover, ground):
                continue
            return Cover(part, mention.start, mention.end, cover.fact, is_echo=True)
        if _is_same(place, cover, ground) or _is_repeated(place, cover, ground):
            return Cover(part, mention.start, mention.end, cover.fact, is_echo=True)
    return None


def _is_same(place: Place, cover: Cover, ground: Ground) -> bool:
    """A name may be repeated anywhere, a date near its fact, a figure when it counts the same.

    A number of nothing in particular in the subject is taken for the one that the body claims.
    """
    mention, text, fact = place.mention, place.text, cover.fact
    words = ground.texts[cover.part][cover.start : cover.end]
    if mention.kind is MentionKind.NAME:
        return is_supported(mention, fact)
    if mention.kind is MentionKind.DATE:
        low, high = sentence(text, mention.start, mention.end)
        near = place.part == "subject" or (cover.part == place.part and low <= cover.start < high)
        return near and is_supported(mention, fact)
    is_count = mention.kind is MentionKind.NUMBER
    if (
        is_count
        and place.part == "subject"
        and re.search(rf"(?<![\d.,]){re.escape(mention.text)}(?![\d]|[.,]\d)", words)
    ):
        return True
    if not is_count and is_of_another(mention, text, fact, ground.facts):
        return False
    if fact.kind == "statement":
        return is_echo(mention, text, cover.source, words)
    return _may_repeat(place) and is_supported(mention, fact)


def _is_repeated(place: Place, cover: Cover, ground: Ground) -> bool:
    """`R800 million` alone, where a believed claim on the same fact says `more than R800 million`."""
    mention = place.mention
    words = ground.texts[cover.part][cover.start : cover.end]
    return not is_of_another(mention, place.text, cover.fact, ground.facts) and any(
        (item.kind, item.number) == (mention.kind, mention.number)
        and item.qualifier
        and is_supported(item, cover.fact)
        for item in written_figures(words)
    )


def _may_repeat(place: Place) -> bool:
    """An amount, a large number, a heading or `of the 355` may repeat a figure in other places."""
    mention, text = place.mention, place.text
    if mention.kind is MentionKind.AMOUNT or mention.number >= _LARGE:
        return True
    is_heading = place.part == "subject" and _COUNTED.match(text, mention.end) is None
    return is_heading or _SAME.search(text, max(0, mention.start - 12), mention.start) is not None


def _is_said_by_operator(mention: Mention, texts: Sequence[str]) -> bool:
    """The campaign's own words may be repeated exactly; they come from the operator."""
    if not texts:
        return False
    wanted = " ".join(mention.text.casefold().split())
    pattern = None
    for text in texts:
        flat = " ".join(text.casefold().split())
        if wanted not in flat:
            continue
        pattern = pattern or re.compile(rf"(?<![\w$€£.]){re.escape(wanted)}(?![\w%]|[.,]\d)")
        if pattern.search(flat):
            return True
    return False
