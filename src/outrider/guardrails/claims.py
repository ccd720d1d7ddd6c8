"""Grounding: every figure, date and name in a mail stands on a stored fact, or it blocks.

In: a mail, the writer's claims, the facts known, the names that belong to it, today's date.
Out: findings with the words at fault. Never: the benefit of the doubt, or a model's opinion.

A claim binds words of the mail to one fact (decision 0007). It is believed only when its words stand in
the mail, its fact is about this account, and what the words state agrees with the fact. Then every
mention in the mail must lie inside such a claim, or be harmless (`harmless`), or be a name that
belongs to the mail. It works the same on a text that a person changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice

from outrider.guardrails.agreement import agrees, is_supported
from outrider.guardrails.beside import belongs, is_echo
from outrider.guardrails.content import LIMITS
from outrider.guardrails.covers import Cover, block, cut
from outrider.guardrails.harmless import RELATIONS
from outrider.guardrails.mentions import (
    Mention,
    MentionKind,
    figures,
    is_guess,
    sentence,
    zones,
)
from outrider.guardrails.named import Allowed, allowed, is_titled, names_in, short_name, tokens_of
from outrider.guardrails.relative import Relative, relatives
from outrider.guardrails.telling import clause, events, moves, times
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    Finding,
    KnownFact,
    MailText,
    Names,
    Severity,
    Span,
)

MOST_CLAIMS = 50
MOST_PLACES = 10
MOST_UNPROVEN = 50
"""A mail has 200 words at most. More claims, places of one claim's words, or findings than these
help nobody; without a bound a hostile answer takes minutes to judge."""

STALE_AFTER = timedelta(days=730)
MEETING_WITHIN = timedelta(days=60)
MEETING_WITHIN_MONTHS = 6

_PARTS = ("subject", "body")
_MEETING = re.compile(
    r"\b(?:call|meet|meeting|talk|chat|work|works|free|time|slot|available|calendar|send|by then|"
    r"catch up|speak|demo|suit|suits|minutes|better|fine|early enough|too late|good)\b",
    re.IGNORECASE,
)
_ONLY_TIME = re.compile(r"[\w-]+ (?:days?|weeks?|months?|quarters?|years?)")
_AGAIN = re.compile(
    r"\b(?:back|again|circle|revisit|follow|later|reach out|touch base|pick (?:it|this) up|plans?)\b",
    re.IGNORECASE,
)
_FINE = re.compile(r"\b(?:is|would be) (?:fine|good|better)\b|\bworks\b|\bsuits\b", re.IGNORECASE)
_OF_BOOKS = re.compile(
    r"\b(?:fiscal|year|year-end|books|clos(?:e[ds]?|ing)|end(?:s|ed)|expir\w+|filed|report\w*)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:by|for|into|before|until|through|ahead of|going into|heading into|plans? for|in)[ ]$",
    re.IGNORECASE,
)


def ground(
    mail: MailText,
    claims: Sequence[Claim],
    facts: Sequence[KnownFact],
    names: Names,
    today: date,
) -> list[Finding]:
    """Every statement in subject and body that nothing stored supports, and every false claim."""
    texts = {part: getattr(mail, part)[: LIMITS.judged_characters] for part in _PARTS}
    known = {fact.id: fact for fact in facts}
    findings: list[Finding] = []
    covers: list[Cover] = []
    if len(claims) > MOST_CLAIMS:
        message = f"The mail has {len(claims)} claims; the first {MOST_CLAIMS} were judged."
        findings.append(block("claim_count", message, "Claim only what the mail says.", None))
    for claim in claims[:MOST_CLAIMS]:
        found, places = _weigh(claim, known, texts, names)
        findings += found
        covers += places
    findings += _relations(covers, texts)
    findings += _stale(covers, today)
    may = _allowed(names, facts, texts)
    found, echoes = _mentioned(texts, covers, may, names, today)
    everywhere = [*covers, *echoes]
    account = short_name(names.account)
    findings += events(everywhere, texts)
    findings += times(everywhere, texts, account, today)
    findings += moves(everywhere, texts, account)
    return [*findings, *found]


def _mentioned(
    texts: Mapping[str, str],
    covers: Sequence[Cover],
    may: Allowed,
    names: Names,
    today: date,
) -> tuple[list[Finding], list[Cover]]:
    """What each figure, date and name lacks, and those that repeat what a claim has proved."""
    operator_words = tuple(words for words in names.others if words)
    findings: list[Finding] = []
    echoes: list[Cover] = []
    for part in _PARTS:
        text = texts[part]
        counted = relatives(text, today)
        for mention in _mentions(text, may, counted, titled=part == "subject"):
            problem = _unproven(mention, part, text, covers)
            if problem is None or _is_said_by_operator(mention, operator_words):
                continue
            if mention.kind is MentionKind.DATE and not _is_told(mention, part, text, covers):
                if _is_planning(mention, text, today):
                    continue
            if _is_in_relative(mention, texts, today):
                continue
            echo = (
                None if _is_covered(mention, part, covers) else _echo(mention, part, texts, covers)
            )
            if echo is not None:
                echoes.append(echo)
                continue
            findings.append(problem)
            if len(findings) >= MOST_UNPROVEN:
                return findings, echoes
    return findings, echoes


def _is_told(mention: Mention, part: str, text: str, covers: Sequence[Cover]) -> bool:
    """Whether a date stands in one clause with a claim, and so tells of its fact."""
    low, high = clause(text, mention.start, mention.end)
    return any(cover.part == part and low <= cover.start < high for cover in covers)


def _is_in_relative(mention: Mention, texts: Mapping[str, str], today: date) -> bool:
    """`Three weeks` alone in a subject, when the body says `three weeks from now`."""
    subject = texts["subject"].strip().casefold().rstrip(".?!")
    if mention.kind is not MentionKind.NUMBER or not _ONLY_TIME.fullmatch(subject):
        return False
    return any(subject in words.text.casefold() for words in relatives(texts["body"], today))


def _echo(
    mention: Mention, part: str, texts: Mapping[str, str], covers: Sequence[Cover]
) -> Cover | None:
    """The believed claim elsewhere in the mail whose fact also bears this mention, if any.

    A name may be repeated anywhere, a date in a sentence about its fact; a figure of a statement
    when it counts the same things or was claimed in these very digits.
    """
    text = texts[part]
    low, high = sentence(text, mention.start, mention.end)
    for cover in covers:
        fact, words = cover.fact, texts[cover.part][cover.start : cover.end]
        if mention.kind is MentionKind.NAME:
            is_same = is_supported(mention, fact)
        elif mention.kind is MentionKind.DATE:
            near = part == "subject" or (cover.part == part and low <= cover.start < high)
            is_same = near and is_supported(mention, fact)
        else:
            is_same = fact.kind == "statement" and is_echo(mention, text, cover.source, words)
        if is_same:
            return Cover(part, mention.start, mention.end, fact, is_echo=True)
    return None


def _is_covered(mention: Mention, part: str, covers: Sequence[Cover]) -> bool:
    return any(
        cover.part == part and cover.start <= mention.start and mention.end <= cover.end
        for cover in covers
    )


def _allowed(names: Names, facts: Sequence[KnownFact], texts: Mapping[str, str]) -> Allowed:
    account = short_name(names.account)
    people = f"{names.contact_first} {names.contact_last}".strip()
    given = (account, names.account, people, names.contact_title, names.sender, names.brand)
    others = {short_name(fact.account) for fact in facts if not _same(fact.account, names.account)}
    # A single first name, or the surname after Ms or Mr, is how people are greeted.
    plain = (*texts.values(), *names.others, *(fact.quote for fact in facts))
    return allowed((*given, *_plurals(account)), names.others, others, plain)


def _plurals(account: str) -> tuple[str, ...]:
    return (f"{account}'s", f"Mr {account}") if account else ()


def _same(one: str, other: str) -> bool:
    return tokens_of(short_name(one)) == tokens_of(short_name(other))


def _weigh(
    claim: Claim,
    known: Mapping[ClaimedFactId, KnownFact],
    texts: Mapping[str, str],
    names: Names,
) -> tuple[list[Finding], list[Cover]]:
    """What is wrong with one claim, and the places that it covers when nothing is."""
    places = [
        Span(part=part, start=start, end=start + len(claim.span))
        for part in _PARTS
        for start in islice(_occurrences(claim.span, texts[part]), MOST_PLACES)
    ]
    at = places[0] if places else None
    if at is None:
        fix = "Use the words of the mail, or drop the claim."
        return [block("claim_span", f"No such words in the mail: {cut(claim.span)}", fix, at)], []
    fact = known.get(claim.fact_id)
    if fact is None:
        message = f"The fact behind `{cut(claim.span)}` is not stored."
        return [block("claim_unknown_fact", message, "Cite a fact of this account.", at)], []
    if not _same(fact.account, names.account):
        message = f"`{cut(claim.span)}` is a fact about {fact.account}, not {names.account}."
        return [block("claim_foreign", message, "Use this account's own facts.", at)], []
    if not agrees(claim.value, fact) and not agrees(_with_hedge(claim, at, texts), fact):
        message = f"`{cut(claim.value)}` is not what the source says: {cut(fact.value)}."
        return [block("claim_contradicted", message, f"Write {cut(fact.value)}.", at)], []
    covers = [Cover(part=p.part, start=p.start, end=p.end, fact=fact) for p in places]
    return [], covers


def _with_hedge(claim: Claim, at: Span, texts: Mapping[str, str]) -> str:
    """`nearly $9 billion` where the writer claimed only `$9 billion` of these words."""
    if claim.value != claim.span:
        return claim.value
    before = texts[at.part][max(0, at.start - 20) : at.start].rpartition("\n")[2]
    return before + claim.value if not any(sign.isdigit() for sign in before) else claim.value


def _occurrences(span: str, text: str) -> Iterator[int]:
    """Where the words stand as whole words."""
    if not span.strip():
        return
    start = text.find(span)
    while start >= 0:
        end = start + len(span)
        cut_before = start > 0 and span[0].isalnum() and text[start - 1].isalnum()
        cut_after = end < len(text) and span[-1].isalnum() and text[end].isalnum()
        if not cut_before and not cut_after:
            yield start
        start = text.find(span, end)


def _mentions(
    text: str, may: Allowed, counted: Iterable[Relative], *, titled: bool
) -> list[Mention]:
    taken = bytearray(len(text))
    times_said = ((words.start, words.end) for words in counted if words.is_counted)
    for start, end in (*zones(text), *times_said):
        taken[start:end] = b"\x01" * (end - start)
    # Digits inside an allowed name, `7-Eleven`, are no figures.
    found = list(figures(text, taken))
    found += names_in(text, taken, may, titled and is_titled(text))
    return sorted(found, key=lambda mention: mention.start)


def _unproven(mention: Mention, part: str, text: str, covers: Sequence[Cover]) -> Finding | None:
    around = [
        cover
        for cover in covers
        if cover.part == part and cover.start <= mention.start and mention.end <= cover.end
    ]
    proving = [cover for cover in around if is_supported(mention, cover.fact)]
    if any(_is_beside(mention, text, cover) for cover in proving):
        return None
    span = Span(part=part, start=mention.start, end=mention.end)
    what = f"The {mention.kind} `{cut(mention.text)}`"
    if around:
        said = cut(around[0].fact.quote or around[0].fact.value)
        return block("claim_contradicted", f"{what} is not in its source: {said}", _FIX, span)
    if is_guess(text, mention):
        return Finding(
            check="claim_vague",
            severity=Severity.WARN,
            message=f"`{cut(mention.text)}` is a guess; no stored fact counts it.",
            fix="Name the figure and its source, or say it without a count.",
            span=span,
        )
    return block("claim_uncovered", f"{what} stands on no stored fact.", _FIX, span)


def _is_beside(mention: Mention, text: str, cover: Cover) -> bool:
    if cover.fact.kind != "statement" or mention.kind in (MentionKind.DATE, MentionKind.NAME):
        return True
    return belongs(mention, text, cover.source)


_FIX = "Take it out, or bind it to a stored fact that says so."


def _is_said_by_operator(mention: Mention, texts: Sequence[str]) -> bool:
    """The campaign's own words may be repeated exactly; they come from the operator."""
    wanted = " ".join(mention.text.casefold().split())
    pattern = re.compile(rf"(?<![\w$€£.]){re.escape(wanted)}(?![\w%]|[.,]\d)")
    return any(pattern.search(" ".join(text.casefold().split())) for text in texts)


def _is_planning(mention: Mention, text: str, today: date) -> bool:
    """`Would March 12 work?`, `I'll check back in May`, `before 2027`: plans, not statements."""
    low, high = sentence(text, mention.start, mention.end)
    words = text[low:high]
    if mention.year is not None and mention.month is None:
        ahead = _AHEAD.search(text, max(0, mention.start - 20), mention.start)
        return mention.year >= today.year and ahead is not None
    if mention.month is None:
        return False
    if _AGAIN.search(words) and mention.day_low != mention.day_high:
        return "your" not in words.casefold().split()
    asks = words.rstrip().endswith("?") or _FINE.search(words)
    if not asks or not _MEETING.search(words) or _OF_BOOKS.search(words):
        return False
    if mention.day_low != mention.day_high:
        months = (mention.month - today.month) % 12
        return mention.year is None and months <= MEETING_WITHIN_MONTHS
    year = mention.year or today.year + (mention.month < today.month)
    try:
        day = date(year, mention.month, mention.day_low)
    except ValueError:
        return False
    return today <= day <= today + MEETING_WITHIN


def _relations(covers: Sequence[Cover], texts: Mapping[str, str]) -> Iterator[Finding]:
    """Right figure, wrong story: `raised $8.7 billion` of what is a lease liability."""
    for cover in covers:
        relation = RELATIONS.get(cover.fact.kind)
        if relation is None:
            continue
        text = texts[cover.part]
        low, high = clause(text, cover.start, cover.end)
        said = text[low:high]
        paragraph = text[text.rfind("\n\n", 0, cover.start) + 1 :]
        paragraph = paragraph[: max(paragraph.find("\n\n"), 0) or len(paragraph)]
        wrong = re.search(relation.never, said, re.IGNORECASE) or re.match(
            relation.after, text[cover.end : cover.end + 60], re.IGNORECASE
        )
        missing = cover.part == "body" and not re.search(relation.near, paragraph, re.IGNORECASE)
        if not wrong and not missing:
            continue
        kind = cover.fact.kind.replace("_", " ")
        says = f"says `{wrong[0].strip()}`" if wrong else "does not say what it is"
        yield block(
            "claim_relation",
            f"`{cut(text[cover.start : cover.end])}` is the {kind}; the sentence {says}.",
            "Say only what the source says of it.",
            _with_verb(cover, relation.never, text, (low, high)),
        )


def _with_verb(cover: Cover, never: str, text: str, bounds: tuple[int, int]) -> Span:
    """The words of the claim together with the verb that is wrong of them."""
    found = re.compile(never, re.IGNORECASE).search(text, *bounds)
    start = min(cover.start, found.start()) if found else cover.start
    end = max(cover.end, found.end()) if found else cover.end
    return Span(part=cover.part, start=start, end=end)


def _stale(covers: Sequence[Cover], today: date) -> Iterator[Finding]:
    for cover in covers:
        as_of = cover.fact.as_of
        if as_of is not None and today - as_of > STALE_AFTER:
            yield Finding(
                check="claim_stale",
                severity=Severity.WARN,
                message=f"The {cover.fact.kind.replace('_', ' ')} is of {as_of.isoformat()}.",
                fix="Research the account again.",
                span=Span(part=cover.part, start=cover.start, end=cover.end),
            )
