"""Grounding: every figure, date and name in a mail stands on a stored fact, or it blocks.

In: a mail, the writer's claims, the facts known, the names that belong to it, today's date.
Out: findings with the words at fault. Never: the benefit of the doubt, or a model's opinion.

A claim binds words of the mail to one fact (decision 0007). It is believed only when its words stand in
the mail, its fact is about this account, and what the words state agrees with the fact. Then every
mention in the mail must lie inside such a claim, or be harmless (`harmless`), or be a name that
belongs to the mail. It works the same on a text that a person changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from outrider.guardrails.content import LIMITS
from outrider.guardrails.evidence.against import against
from outrider.guardrails.evidence.agreement import agrees, is_supported, stands, written_figures
from outrider.guardrails.evidence.comparing import moves
from outrider.guardrails.evidence.covers import Cover, cut
from outrider.guardrails.evidence.derived import (
    follows,
    is_fraction_of,
    is_share_of,
    is_share_of_revenue,
)
from outrider.guardrails.evidence.grounds import Ground
from outrider.guardrails.evidence.measures import is_converted
from outrider.guardrails.evidence.offered import offered
from outrider.guardrails.evidence.order import reversed_pairs
from outrider.guardrails.evidence.proving import judged
from outrider.guardrails.evidence.relating import relations
from outrider.guardrails.evidence.telling import events, times
from outrider.guardrails.evidence.untold import untold
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.courtesy import courtesies
from outrider.guardrails.reading.mentions import Mention, MentionKind, zones
from outrider.guardrails.reading.named import (
    Allowed,
    allowed,
    is_titled,
    names_in,
    numbered,
    short_name,
    tokens_of,
)
from outrider.guardrails.reading.numerals import figures
from outrider.guardrails.reading.relative import fits, lasts, relatives
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
from outrider.guardrails.weighing.signs import Scene
from outrider.guardrails.weighing.suspecting import suspected

MOST_CLAIMS = 50
MOST_PLACES = 10
"""A mail has 200 words at most. More claims, places of one claim's words, or findings than these
help nobody; without a bound a hostile answer takes minutes to judge."""

STALE_AFTER = timedelta(days=730)
_PARTS = ("subject", "body")
_NAMING = ("auditor", "company_name", "competitor")
"""Kinds of facts that are a name: words without it are no claim on them."""
_COUNTED = ("statement", "employees")
"""Kinds of facts whose sources say what it is that they count."""


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
    rejected: list[tuple[Claim, list[Finding]]] = []
    for claim in claims[:MOST_CLAIMS]:
        found, places = _weigh(claim, known, texts, names, today)
        covers += places
        rejected += [(claim, found)] if found else []
    for claim, found in rejected:
        repeated = list(_repeating(claim, covers, texts))
        covers += repeated
        findings += [] if repeated else found
    findings += [*relations(covers, texts), *_stale(covers, today)]
    may = _allowed(names, facts, texts)
    mentions = _mentions_of(texts, names, may, covers, today)
    quotes = (fact.quote or fact.value for fact in facts if fact.kind in _COUNTED)
    ground = Ground(
        texts=texts,
        covers=tuple(covers),
        may=may,
        own_words=tuple(words for words in names.others if words),
        account=short_name(names.account),
        sources=tuple(dict.fromkeys(quotes)),
        facts=tuple(fact for fact in facts if _same(fact.account, names.account)),
        today=today,
    )
    found, echoes = judged(mentions, ground)
    findings += [*_stories([*covers, *echoes], mentions, ground, names, facts), *found]
    return suspected(findings, lambda: scene_of(texts, claims, facts, names))


def scene_of(
    texts: Mapping[str, str], claims: Sequence[Claim], facts: Sequence[KnownFact], names: Names
) -> Scene:
    """The mail with each place of each claim, believed or not, and what is stored."""
    known = {fact.id: fact for fact in facts}
    places = [
        (place, known.get(claim.fact_id))
        for claim in claims[:MOST_CLAIMS]
        for place in _places(claim.span, texts)
    ]
    return Scene(texts=texts, claims=places, facts=facts, names=names)


def _stories(
    covers: Sequence[Cover],
    mentions: Mapping[str, Sequence[Mention]],
    ground: Ground,
    names: Names,
    facts: Sequence[KnownFact],
) -> Iterator[Finding]:
    """What is told with the figures: events, times, growth, and which of two came first."""
    texts, account, today = ground.texts, ground.account, ground.today
    told = tuple(dict.fromkeys(c.source for c in covers if c.fact.kind == "statement"))
    stored = [fact.quote or fact.value for fact in ground.facts if fact.kind == "statement"]
    yield from events(covers, texts, stored)
    yield from times(covers, texts, account, today)
    yield from moves(covers, texts, account, stored)
    yield from untold(texts, stored, account, [words for words in names.others if words])
    yield from against(texts, facts, names.account)
    sources = [fact.quote or fact.value for fact in ground.facts]
    yield from offered(texts, names.brand, ground.own_words, sources)
    for part in _PARTS:
        for start, end in islice(reversed_pairs(texts[part], mentions[part], told), MOST_PLACES):
            message = f"`{cut(texts[part][start:end])}` takes the older figure for the newer one."
            fix = "Tell the figures in the order of the source."
            yield block("claim_relation", message, fix, Span(part=part, start=start, end=end))


def _mentions_of(
    texts: Mapping[str, str], names: Names, may: Allowed, covers: Sequence[Cover], today: date
) -> dict[str, tuple[Mention, ...]]:
    counted = {
        part: [
            (words.start, words.end) for words in relatives(texts[part], today) if words.is_counted
        ]
        for part in _PARTS
    }
    counted["body"] += courtesies(texts["body"], names)
    timed = {part: [c for c in covers if c.is_time and c.part == part] for part in _PARTS}
    for part in _PARTS:
        for cover in timed[part]:
            counted[part] += _times_in(cover, texts[part], today)
    return {
        part: tuple(_mentions(part, texts[part], may, counted[part], timed[part]))
        for part in _PARTS
    }


def _times_in(cover: Cover, text: str, today: date) -> list[tuple[int, int]]:
    """The words of a claim that tell its time; all of them, where they are a length of time only."""
    said = text[cover.start : cover.end]
    found = relatives(said, today)
    if not found or lasts(said, cover.fact, today):
        return [(cover.start, cover.end)]
    return [(cover.start + words.start, cover.start + words.end) for words in found]


def _allowed(names: Names, facts: Sequence[KnownFact], texts: Mapping[str, str]) -> Allowed:
    people = f"{names.contact_first} {names.contact_last}".strip()
    given = (people, names.contact_title, names.sender, names.brand)
    stored = tuple([(fact.account, fact.kind, fact.value, fact.quote) for fact in facts])
    known = _known_to(names.account, given, names.others, names.competitors, stored)
    return known.beside(texts.values())


@lru_cache(maxsize=128)
def _known_to(
    account: str,
    people: tuple[str, ...],
    own_words: tuple[str, ...],
    competitors: tuple[str, ...],
    facts: tuple[tuple[str, str, str, str], ...],
) -> Allowed:
    """What may stand in every mail of this sender to this person; each mail's own words come on top.

    Of each fact its account, kind, value and quote.
    """
    short = short_name(account)
    others = {short_name(owner) for owner, *_ in facts if not _same(owner, account)}
    stored = [value for _, kind, value, _ in facts if kind in ("auditor", "company_name")]
    firms = [firm for firm in stored if not _same(firm, account)]
    whole = {*firms, *map(short_name, firms)}
    # A single first name, or the surname after Ms or Mr, is how people are greeted.
    given = (short, account, *people, *_plurals(short))
    plain = (*own_words, *(quote for *_, quote in facts))
    return allowed(given, own_words, {*others, *competitors}, plain, sorted(whole, key=len)[::-1])


def _plurals(account: str) -> tuple[str, ...]:
    return (f"{account}'s", f"Mr {account}") if account else ()


def _same(one: str, other: str) -> bool:
    return one == other or tokens_of(short_name(one)) == tokens_of(short_name(other))


def _weigh(
    claim: Claim,
    known: Mapping[ClaimedFactId, KnownFact],
    texts: Mapping[str, str],
    names: Names,
    today: date,
) -> tuple[list[Finding], list[Cover]]:
    """What is wrong with one claim, and the places that it covers when nothing is."""
    places = _places(claim.span, texts)
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
    is_time = _is_in_time(claim.value, fact, today)
    own = (item for item in known.values() if _same(item.account, names.account))
    # What is true of most claims is asked first: a figure is seldom worked out.
    if not (
        is_time
        or (
            is_time is None
            and (stands(claim.value, fact) or agrees(_with_hedge(claim, at, texts), fact))
        )
        or any(is_share_of(texts[p.part], p.start, p.end, (fact,)) for p in places)
        or _is_worked_out(claim.value, fact, tuple(own))
    ):
        return [_unlike(claim.value, fact, at, is_time is False)], []
    covers = [
        Cover(part=p.part, start=p.start, end=p.end, fact=fact, is_time=bool(is_time))
        for p in places
    ]
    return [], covers


def _repeating(claim: Claim, covers: Sequence[Cover], texts: Mapping[str, str]) -> Iterator[Cover]:
    """The places of a claim that repeats without its hedge a figure that is believed elsewhere.

    `A $9 billion book` in a subject, where the body says `nearly $9 billion` of the same fact.
    """
    said = written_figures(claim.value)
    for cover in covers:
        if cover.fact.id != claim.fact_id or len(said) != 1:
            continue
        known = written_figures(texts[cover.part][max(0, cover.start - 20) : cover.end])
        alike = [i for i in known if (i.kind, i.number) == (said[0].kind, said[0].number)]
        if any(item.qualifier and is_supported(item, cover.fact) for item in alike):
            for place in _places(claim.span, texts):
                yield Cover(place.part, place.start, place.end, cover.fact)
            return


def _places(span: str, texts: Mapping[str, str]) -> list[Span]:
    return [
        Span(part=part, start=start, end=start + len(span))
        for part in _PARTS
        for start in islice(_occurrences(span, texts[part]), MOST_PLACES)
    ]


def _is_in_time(value: str, fact: KnownFact, today: date) -> bool | None:
    """Whether words that count time fit the days of their fact; None where they count none, or a span of its own."""
    if lasts(value, fact, today):
        return True
    timed = [fits(words, fact, today) for words in relatives(value, today)]
    return all(timed) if timed else None


def _unlike(value: str, fact: KnownFact, at: Span, is_mistimed: bool) -> Finding:
    """The finding on words that are not what their fact says; loose words only warn."""
    message = f"`{cut(value)}` is not what the source says: {cut(fact.value)}."
    if not is_mistimed and _is_loose(value, fact):
        loose = block("claim_loose", message, f"Write {cut(fact.value)}.", at)
        return loose.model_copy(update={"severity": Severity.WARN})
    return block("claim_contradicted", message, f"Write {cut(fact.value)}.", at)


def _is_worked_out(value: str, fact: KnownFact, facts: Sequence[KnownFact]) -> bool:
    """Whether words with one figure follow from the fact, or a bare one from the account's: `211` of 173 and 38."""
    found = written_figures(value)
    if not found and is_fraction_of(value, (fact,)):
        return True
    if len(found) != 1 or found[0].kind is MentionKind.DATE:
        return False
    if is_share_of_revenue(found[0], fact, facts):
        return True
    if is_converted(found[0], value, fact.quote or fact.value):
        return True
    is_bare = found[0].text == value.strip()
    return follows(found[0], value, (fact,)) or (is_bare and follows(found[0], value, facts))


def _is_loose(value: str, fact: KnownFact) -> bool:
    """Whether bound words hold nothing that could be checked: they prove nothing."""
    if fact.kind in _NAMING or any(sign.isdigit() for sign in value):
        return False
    if any(word[:1].isupper() for word in value.split()[1:]):
        return False
    return not any(True for _ in figures(value, bytearray(len(value))))


def _with_hedge(claim: Claim, at: Span, texts: Mapping[str, str]) -> str:
    """`nearly $9 billion` where the writer claimed only `$9 billion` of these words."""
    if claim.value != claim.span:
        return claim.value
    before = texts[at.part][max(0, at.start - 20) : at.start].rpartition("\n")[2]
    return before + claim.value if not any(sign.isdigit() for sign in before) else claim.value


def _occurrences(span: str, text: str) -> Iterator[int]:
    """Where the words stand as whole words; capitals count only where the words stand as given."""
    if not span.strip():
        return
    if span not in text:
        # `three suppliers` may open a sentence of the mail.
        span, text = span.casefold(), text.casefold()
    start = text.find(span)
    while start >= 0:
        end = start + len(span)
        cut_before = start > 0 and span[0].isalnum() and text[start - 1].isalnum()
        cut_after = end < len(text) and span[-1].isalnum() and text[end].isalnum()
        if not cut_before and not cut_after:
            yield start
        start = text.find(span, end)


def _mentions(
    part: str,
    text: str,
    may: Allowed,
    counted: Iterable[tuple[int, int]],
    timed: Sequence[Cover],
) -> list[Mention]:
    taken = bytearray(len(text))
    named = numbered(text, may.given)
    for start, end in (*zones(text), *counted, *named):
        taken[start:end] = b"\x01" * (end - start)
    # Digits inside an allowed name, `7-Eleven`, are no figures.
    found = list(figures(text, taken))
    for cover in timed:
        # A claim that tells a time is believed with its names; a figure in it is not.
        taken[cover.start : cover.end] = b"\x01" * (cover.end - cover.start)
    found += names_in(text, taken, may, part == "subject" and is_titled(text))
    return sorted(found, key=lambda mention: mention.start)


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
