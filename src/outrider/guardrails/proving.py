"""What each figure, date and name of a mail stands on, or lacks.

In: mentions, believed claims, the names that belong to the mail. Out: findings, and the mentions that
repeat what a claim has proved. Never: a verb or an event; those are `relating`, `telling` and `untold`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from outrider.guardrails.agreement import begins_year, ends_part, is_akin, is_supported
from outrider.guardrails.beside import belongs, counts_otherwise, is_echo
from outrider.guardrails.covers import Cover, block, cut
from outrider.guardrails.derived import follows, is_share_of, shares_in
from outrider.guardrails.harmless import BRAND_WORDS, INITIALS_OF_FIRMS, NAME_VERBS, PLACES
from outrider.guardrails.mentions import Mention, MentionKind, is_guess, sentence
from outrider.guardrails.named import Allowed, audit_firm, tokens_of
from outrider.guardrails.planned import is_planning
from outrider.guardrails.relative import relatives
from outrider.guardrails.stated import (
    Weight,
    clause_of,
    is_about,
    is_imagined,
    is_stated_date,
    is_talk,
    weight_of,
)
from outrider.guardrails.types import Finding, KnownFact, Severity, Span

MOST_UNPROVEN = 50
"""More findings than these help nobody."""

MOST_JUDGED = 300
"""A mail of 200 words cannot hold more mentions than this; a hostile text can."""

_FIX = "Take it out, or bind it to a stored fact that says so."
_TERM = re.compile(r"[A-Z]{2,4}|[A-Z]{1,2}\d{1,3}[A-Z]?|[A-Z]{1,4}[&/-][A-Z]{1,4}")
_ACTS = re.compile(
    r" (?:[a-z]+s|[a-z]+ed) (?:the|your|an?|our|its|all|every|you|us|them|for|with|on)\b"
)
_NEXT_WORD = re.compile(r"(?:'s)?[ ]?([a-z]*)")
_USER_BEFORE = re.compile(
    r"\b(?:like|at|use|uses|using|with|from|on|via|chose|replaced?|into|than|by|helped|for|your|their) $"
)
_FIRST_PERSON = re.compile(r"\b(?:I|we|me|my|us|our)\b")
_SAME = re.compile(r"\b(?:the|those|these|all|of) $", re.IGNORECASE)
_COUNTED = re.compile(
    r" (?!(?:people|employees|associates|staff|colleagues|of|and|or|strong)\b)[a-z]"
)
_PART_OF_YEAR = re.compile(r"\b(?:half|quarter|interim|six months|nine months)\b", re.IGNORECASE)
_I_AM_IN = re.compile(
    r"\b(?:I|we)(?:'m|'ll|'re)?(?: (?:am|was|were|are|will be|shall be|live|lived|grew up|travel|visit|flying|back|"
    r"have been|spent [a-z ]{3,12}|fly|drive))?(?: [a-z]+){0,2} (?:in|near|to|from|around) $"
)
_LARGE = 10**6
_ONLY_TIME = re.compile(r"[\w-]+ (?:days?|weeks?|months?|quarters?|years?)")
_BEGINS = re.compile(r"\b(?:beg[ia]n\w*|start\w*|new)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Ground:
    """What a mail may stand on: its claims, its names, the campaign's own words, the day."""

    texts: Mapping[str, str]
    covers: tuple[Cover, ...]
    may: Allowed
    own_words: tuple[str, ...]
    account: str
    sources: tuple[str, ...]
    today: date

    @cached_property
    def cited(self) -> tuple[KnownFact, ...]:
        """The facts that claims rest on, each once."""
        return tuple({cover.fact.id: cover.fact for cover in self.covers}.values())


@dataclass(frozen=True)
class _Place:
    """A mention with the part that it stands in and the claims around it."""

    mention: Mention
    part: str
    text: str
    around: tuple[Cover, ...]


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
            place = _Place(mention, part, text, _around(mention, part, ground.covers))
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


def _is_proved(place: _Place, ground: Ground) -> bool:
    mention = place.mention
    return any(
        is_supported(mention, cover.fact) and _is_beside(place, cover, ground)
        for cover in place.around
    ) or _is_said_by_operator(mention, ground.own_words)


def _is_beside(place: _Place, cover: Cover, ground: Ground) -> bool:
    if place.mention.kind in (MentionKind.DATE, MentionKind.NAME):
        return True
    if cover.fact.kind not in ("statement", "employees"):
        return True
    # The value of a headcount is the headcount, whatever its source calls the people.
    if cover.fact.kind == "employees" and place.mention.text.replace(",", "") == cover.fact.value:
        return True
    others = [source for source in ground.sources if source != cover.source]
    return belongs(place.mention, place.text, cover.source, others)


def _is_of_share(place: _Place, shares: Sequence[tuple[int, int]], ground: Ground) -> bool:
    """Whether a number is part of a share in words that cited figures bear out."""
    mention = place.mention
    for start, end in shares:
        if start <= mention.start < end:
            return is_share_of(place.text, start, end, ground.cited)
    return False


def _lacking(place: _Place, ground: Ground) -> Iterator[Finding]:
    """The finding on a mention that nothing proves, if it states anything."""
    mention, text = place.mention, place.text
    if _is_in_relative(mention, ground) or _is_worked_out(place, ground):
        return
    span = Span(part=place.part, start=mention.start, end=mention.end)
    what = f"The {mention.kind} `{cut(mention.text)}`"
    if place.around:
        said = cut(place.around[0].source)
        yield block("claim_contradicted", f"{what} is not in its source: {said}", _FIX, span)
        return
    weight = _weight(place, ground)
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


def _weight(place: _Place, ground: Ground) -> Weight:
    mention, text = place.mention, place.text
    if mention.kind is MentionKind.NAME:
        return _weight_of_name(place, ground)
    if mention.kind is MentionKind.DATE:
        return _weight_of_date(place, ground)
    if is_guess(text, mention):
        return Weight.SLIGHT
    weight = weight_of(mention, text, ground.account, _is_near_claim(place, ground))
    is_open = weight is not Weight.STATED and mention.number
    if is_open and not is_talk(mention, text) and not is_imagined(mention, text):
        return Weight.STATED if counts_otherwise(mention, text, ground.sources) else weight
    return weight


def _weight_of_date(place: _Place, ground: Ground) -> Weight:
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
    if told:
        return Weight.STATED
    if is_planning(mention, text, ground.today):
        return Weight.NOTHING
    stated = is_stated_date(mention, text, ground.account, ground.today)
    return Weight.STATED if stated else Weight.NOTHING


def _is_near_claim(place: _Place, ground: Ground) -> bool:
    low, high = sentence(place.text, place.mention.start, place.mention.end)
    return any(cover.part == place.part and low <= cover.start < high for cover in ground.covers)


def _weight_of_name(place: _Place, ground: Ground) -> Weight:
    """A heading, a term of the trade or a country that sets a scene is shown; a name blocks."""
    if _is_lone_subject(place) or _is_term(place) or _is_whereabouts(place, ground):
        return Weight.SLIGHT
    words = tokens_of(place.mention.text)
    if all(word in PLACES or word in ("new", "north", "south", "united") for word in words):
        said = place.text[slice(*sentence(place.text, place.mention.start, place.mention.end))]
        near = place.text[slice(*clause_of(place.text, place.mention))]
        is_scene = _FIRST_PERSON.search(said) and not is_about(near, ground.account)
        return Weight.SLIGHT if is_scene else Weight.STATED
    return Weight.STATED


def _is_whereabouts(place: _Place, ground: Ground) -> bool:
    """`I shall be in Exeter`: where the sender is, was or goes; nothing of the account."""
    mention, text = place.mention, place.text
    low, _ = clause_of(text, mention)
    before = text[low : mention.start]
    return _I_AM_IN.search(before) is not None and not is_about(before, ground.account)


def _is_term(place: _Place) -> bool:
    """`CIP`, `SARs`, `M36`: short capitals that do nothing and own nothing in the sentence."""
    mention, text = place.mention, place.text
    bare = mention.text.removesuffix("s")
    if not _TERM.fullmatch(bare) or bare in INITIALS_OF_FIRMS or audit_firm(bare):
        return False
    following = _NEXT_WORD.match(text, mention.end)
    is_actor = following is not None and following[1] in NAME_VERBS - {"and", "also", "just"}
    if following and (following[0].startswith("'s") or is_actor):
        return False
    if _ACTS.match(text, mention.end):
        return False
    if any(sign.isdigit() for sign in bare):
        return True
    return _USER_BEFORE.search(text, max(0, mention.start - 24), mention.start) is None


def _is_lone_subject(place: _Place) -> bool:
    """One plain word with a capital that opens a subject: a heading more likely than a name."""
    word = place.mention.text
    is_plain = word.isalpha() and word[1:].islower()
    opens = place.part == "subject" and not place.text[: place.mention.start].strip()
    is_brand = word.casefold() in BRAND_WORDS or audit_firm(word) is not None
    return is_plain and opens and not is_brand


def _is_worked_out(place: _Place, ground: Ground) -> bool:
    mention = place.mention
    if mention.kind is MentionKind.NAME:
        return _is_pieced(place, ground)
    if mention.kind is MentionKind.DATE:
        return False
    return bool(ground.cited) and follows(mention, place.text, ground.cited)


def _is_pieced(place: _Place, ground: Ground) -> bool:
    """Whether each word of a longer name is allowed or stands in a cited source."""
    words = tokens_of(place.mention.text)
    cited = [fact.quote or fact.value for fact in ground.cited if fact.kind == "statement"]
    return len(words) > 1 and all(
        ground.may.holds([word]) or any(is_akin(word.capitalize(), source) for source in cited)
        for word in words
    )


def _is_in_relative(mention: Mention, ground: Ground) -> bool:
    """`Three weeks` alone in a subject, when the body says `three weeks from now`."""
    subject = ground.texts["subject"].strip().casefold().rstrip(".?!")
    if mention.kind is not MentionKind.NUMBER or not _ONLY_TIME.fullmatch(subject):
        return False
    counted = relatives(ground.texts["body"], ground.today)
    return any(subject in words.text.casefold() for words in counted)


def _echo(place: _Place, ground: Ground) -> Cover | None:
    """The believed claim elsewhere in the mail whose fact also bears this mention, if any."""
    mention, part = place.mention, place.part
    for cover in ground.covers:
        if cover in place.around and mention.kind is not MentionKind.NAME:
            continue
        if _is_same(place, cover, ground):
            return Cover(part, mention.start, mention.end, cover.fact, is_echo=True)
    return None


def _is_same(place: _Place, cover: Cover, ground: Ground) -> bool:
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
    if fact.kind == "statement":
        return is_echo(mention, text, cover.source, words)
    return _may_repeat(place) and is_supported(mention, fact)


def _may_repeat(place: _Place) -> bool:
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
