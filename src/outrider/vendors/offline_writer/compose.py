"""Chooses an angle and fills it.

In: a request, wishes. Out: one filled mail with its claims. Never: a random choice: a hash of account,
contact and step decides between equals, so the same request always gives the same mail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from string import Formatter

from outrider.drafts.types import WriteRequest
from outrider.guardrails.types import Claim, ClaimedFactId
from outrider.prospects.types import Fact, FactKind
from outrider.vendors.offline_writer import dossier_words
from outrider.vendors.offline_writer.angles import FIGURE_FIRST
from outrider.vendors.offline_writer.any_angles import ANY_FIRST
from outrider.vendors.offline_writer.desk_angles import DESK_FIRST
from outrider.vendors.offline_writer.dossier_words import Filling
from outrider.vendors.offline_writer.later_angles import LATER
from outrider.vendors.offline_writer.offer import sentences, theme_of
from outrider.vendors.offline_writer.shape import SLOTS, Angle, Shape
from outrider.vendors.offline_writer.system_angles import BESIDE
from outrider.vendors.offline_writer.timing_angles import TIMING_FIRST
from outrider.vendors.offline_writer.wishes import Wishes

ANGLES = (BESIDE, *FIGURE_FIRST, *TIMING_FIRST, *DESK_FIRST, *LATER, *ANY_FIRST)
MOST_WORDS = {"first_touch": 105, "follow_up": 80, "break_up": 70}
MOST_SUBJECT_WORDS = 7
MOST_SUBJECT_CHARACTERS = 60
_PURPOSES = {1: "first_touch", 2: "follow_up"}
_NO_SYSTEM = frozenset(
    "none no n/a na - unknown excel spreadsheet spreadsheets manual in-house inhouse internal other".split()
)
_PREMISES = re.compile(
    r"\b(?:real estate|facilit(?:y|ies)|propert(?:y|ies)|workplace|store development|leasing)\b",
    re.IGNORECASE,
)
GREETED = re.compile(r"(?:Hi|Hey|Hello|Dear)\b[^\n]{0,60},")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CONTRACTIONS = (
    ("can't", "cannot"), ("won't", "will not"), ("isn't", "is not"), ("doesn't", "does not"),
    ("don't", "do not"), ("I'd", "I would"), ("I'll", "I will"), ("I'm", "I am"), ("it's", "it is"),
    ("It's", "It is"), ("that's", "that is"), ("That's", "That is"), ("there's", "there is"),
    ("There's", "There is"), ("what's", "what is"), ("nobody's", "nobody is"), ("it'll", "it will"),
    ("you'd", "you would"), ("isn't", "is not"), ("everybody's", "everybody's"),
)  # fmt: skip
_BRITISH_ENDS = {
    "organiz": "organis", "recogniz": "recognis", "summariz": "summaris", "analyz": "analys",
    "prioritiz": "prioritis", "minimiz": "minimis", "categoriz": "categoris", "centraliz": "centralis",
    "color": "colour", "labor": "labour", "favor": "favour", "behavior": "behaviour",
    "catalog": "catalogue", "center": "centre", "fulfill": "fulfil", "enroll": "enrol",
    "modeling": "modelling", "labeling": "labelling", "canceled": "cancelled", "traveled": "travelled",
    "judgment": "judgement", "defense": "defence", "program": "programme",
}  # fmt: skip
_BRITISH = re.compile(
    r"(?:" + "|".join(rf"{part}(?!u)" for part in _BRITISH_ENDS) + r")", re.IGNORECASE
)


@dataclass(frozen=True)
class Mail:
    """A filled mail, and why it is as it is."""

    subject: str
    body: str
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...]
    angle: Angle
    opens_with_filing: bool
    question: str
    places: frozenset[str] = frozenset()
    """The places of facts that its words fill."""
    is_respelled: bool = False
    """Whether British spelling changed any word of it."""

    @property
    def words(self) -> int:
        """Words of the body, as a reader counts them."""
        return len(self.body.split())


def purpose_of(request: WriteRequest) -> str:
    """What the step is for; unknown purposes are told by the step's number."""
    known = {"first_touch", "follow_up", "break_up"}
    return request.purpose if request.purpose in known else _PURPOSES.get(request.step, "break_up")


def candidates(request: WriteRequest, wishes: Wishes, used: frozenset[str]) -> Iterator[Mail]:
    """Every mail that can be written without an angle in `used`, the most fitting first."""
    theme = theme_of(request)
    filled = dossier_words.fillings(request, theme)
    filled = {place: words for place, words in filled.items() if place not in wishes.without}
    season = dossier_words.season(filled.get("year_end"), request.today)
    turn = _turn(request)
    fitting = [
        (angle, shape)
        for angle in ANGLES
        for shape in angle.shapes
        if _fits(angle, request, theme) and angle.key not in used
        and shape.season in ("", season)
        and shape.slots() & SLOTS.keys() <= filled.keys()
        and not (wishes.no_filing_opening and shape.opens_with_filing())
    ]  # fmt: skip
    _, dated = dossier_words.report(request, filled.get("liability"))

    def rank(pair: tuple[Angle, Shape]) -> tuple[int, int]:
        # A figure that is no longer the latest is told with its date where any mail does so.
        slots = pair[1].slots()
        group, order = _rank(pair, turn, request)
        is_undated = dated is not None and "liability" in slots and "report" not in slots
        return (max(group, 2) if is_undated else group), order

    for angle, shape in sorted(fitting, key=rank):
        yield _fill(request, wishes, angle, shape, filled)


def _fits(angle: Angle, request: WriteRequest, theme: str) -> bool:
    if angle.purpose != purpose_of(request):
        return False
    if angle.for_system_users and not uses_a_system(request):
        return False
    if angle.theme == theme:
        return True
    # Themes of their own come with their own first mails; what is for any theme serves later steps.
    return angle.theme == "any" and angle.purpose != "first_touch"


def uses_a_system(request: WriteRequest) -> bool:
    """Whether the account is known to use some system for this."""
    value = request.dossier.account.competitor or ""
    return bool(value.strip()) and value.strip().casefold() not in _NO_SYSTEM


def _turn(request: WriteRequest) -> int:
    # Name and address, not the stored ids: the same list gives the same mails on any machine.
    who = f"{request.dossier.account.name}|{request.recipient.email}".casefold()
    return int.from_bytes(hashlib.sha256(f"{who}|{request.step}".encode()).digest()[:8], "big")


def _rank(pair: tuple[Angle, Shape], turn: int, request: WriteRequest) -> tuple[int, int]:
    """Mails that use a fact first; among equals the hash decides.

    A mail with more ways to open takes part in the draw once for each, so that every opening is as
    likely as any other. What the blueprint asks of openings, and a known system, count as more tickets.
    """
    angle, shape = pair
    group = 1 if shape.slots() & SLOTS.keys() else 2 if angle.for_system_users else 3
    if purpose_of(request) == "break_up":
        group = 1
    if angle.for_accounting and _looks_after_buildings(request.recipient.title):
        group = 3
    group = 4 if shape.is_terse else group
    rule = request.blueprint.rule("opening", request.step) if request.blueprint else None
    asked = bool(rule and rule.choice == "prospect_fact" and shape.opens_with_filing())
    tickets = shape.openings() * (1 + asked) * (1 + angle.for_system_users)
    name = f"{turn}|{angle.key}|{angle.shapes.index(shape)}"
    return group, min(_drawn(f"{name}|{ticket}") for ticket in range(tickets))


def _looks_after_buildings(title: str) -> bool:
    return bool(_PREMISES.search(title)) and "account" not in title.casefold()


def _drawn(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _fill(
    request: WriteRequest,
    wishes: Wishes,
    angle: Angle,
    shape: Shape,
    filled: dict[str, Filling],
) -> Mail:
    turn = _turn(request) >> 3
    most = most_words(request, wishes)
    values = _values(request, filled, turn)
    for spare_up_to in (9, 1, 0):
        body, question = _body(request, wishes, shape, values, spare_up_to)
        if len(body.split()) <= most and _sentences(body) <= (wishes.most_sentences or 99):
            break
    subject = _subject(request, wishes, angle, turn)
    american = replace(wishes, british=False)
    claims, facts = _claims(request, body, filled, angle)
    return Mail(
        subject=subject,
        body=body,
        claims=claims,
        facts=facts,
        angle=angle,
        opens_with_filing=shape.opens_with_filing(),
        question=question,
        is_respelled=wishes.british
        and body != _body(request, american, shape, values, spare_up_to)[0],
        places=frozenset(place for place, words in filled.items() if words.words in body),
    )


def _body(
    request: WriteRequest,
    wishes: Wishes,
    shape: Shape,
    values: dict[str, str],
    spare_up_to: int,
) -> tuple[str, str]:
    """Greeting, paragraphs, question; spare lines above the mark are left out."""
    turn = _turn(request) >> 3
    paragraphs = []
    for number, lines in enumerate(shape.paragraphs):
        texts = [
            _one_of(line.variants, turn, number).format_map(values)
            for line in lines
            if line.spare <= spare_up_to and _can_fill(line.variants, values)
        ]
        paragraphs.append(" ".join(text for text in texts if text))
    question = _one_of(shape.questions, turn, 7 + wishes.other_question).format_map(values)
    if wishes.meeting:
        question = "Would 15 minutes one day next week work for you?"
    question = wishes.question or question
    parts = [_greeting(request, wishes), *paragraphs, question]
    body = "\n\n".join(part for part in parts if part)
    body = dossier_words.owned(body, values["company"])
    if wishes.formality > 0 or wishes.no_contractions:
        body = _formal(body)
    return (british(body, values) if wishes.british else body), question


def _values(request: WriteRequest, filled: dict[str, Filling], turn: int) -> dict[str, str]:
    values = {place: filling.words for place, filling in filled.items()}
    values["company"] = dossier_words.company(request.dossier)
    values["brand"] = request.sender.brand
    values["liability_noun"] = dossier_words.liability_noun(filled.get("liability"))
    values["report"], _ = dossier_words.report(request, filled.get("liability"))
    return values | sentences(request, turn)


def _greeting(request: WriteRequest, wishes: Wishes) -> str:
    word = wishes.greeting
    if word is None:
        rule = request.blueprint.rule("greeting", request.step) if request.blueprint else None
        choice = (rule.choice or "").casefold() if rule else ""
        word = {"hey": "Hey", "hello": "Hello", "dear": "Dear"}.get(choice, "Hi")
        word = "Dear" if wishes.formality > 0 else "Hey" if wishes.formality < 0 else word
    if not word:
        return ""
    name = request.recipient.first_name.strip()
    return f"{word} {name}," if name else "Hello,"


def _subject(request: WriteRequest, wishes: Wishes, angle: Angle, turn: int) -> str:
    low, high = 3, 7
    rule = request.blueprint.rule("subject_words", request.step) if request.blueprint else None
    if rule:
        low = max(2, int(rule.low)) if rule.low is not None else low
        high = max(low, int(rule.high)) if rule.high is not None else high
    company = dossier_words.company(request.dossier)
    filled = [dossier_words.owned(text.format(company=company), company) for text in angle.subjects]
    ordered = sorted(dict.fromkeys(filled), key=lambda text: _drawn(f"{turn}|{text}"))
    short = [text for text in ordered if _is_short(text)]
    short = short or [_shortened(ordered[0])]

    def off(text: str) -> int:
        return max(low - len(text.split()), len(text.split()) - high, 0)

    # A word more or less than the range is no fault, and keeps the subjects of a run apart.
    near = [text for text in short if off(text) <= 1] or [min(short, key=off)]
    if wishes.short_subject:
        return min(near, key=lambda text: (len(text.split()), len(text)))
    return near[1 % len(near)] if wishes.other_subject else near[0]


def _is_short(subject: str) -> bool:
    return len(subject.split()) <= MOST_SUBJECT_WORDS and len(subject) <= MOST_SUBJECT_CHARACTERS


def _shortened(subject: str) -> str:
    """A very long company name must not make a very long subject."""
    return "A question about lease data" if "ease" in subject else "A question for you"


def _claims(
    request: WriteRequest, body: str, filled: dict[str, Filling], angle: Angle
) -> tuple[tuple[Claim, ...], tuple[Fact, ...]]:
    claims, facts = [], []
    _, dated = dossier_words.report(request, filled.get("liability"))
    for filling in (*filled.values(), *([dated] if dated else [])):
        if filling.words in body and filling.bound in body:
            claims.append(_claim(filling.bound, filling.fact))
            facts += [] if filling.fact in facts else [filling.fact]
    system = "already has a lease system"
    rival = request.dossier.newest(FactKind.COMPETITOR)
    if angle.for_system_users and rival is not None and system in body:
        claims.append(_claim(system, rival))
        facts.append(rival)
    return tuple(claims), tuple(facts)


def _claim(span: str, fact: Fact) -> Claim:
    return Claim(span=span, fact_id=ClaimedFactId(fact.id), value=span)


def most_words(request: WriteRequest, wishes: Wishes) -> int:
    """How long the mail may be: by its purpose, the blueprint and the wishes."""
    most = MOST_WORDS[purpose_of(request)]
    rule = request.blueprint.rule("body_words", request.step) if request.blueprint else None
    if rule and rule.high is not None:
        most = min(most, int(rule.high))
    return min(most, wishes.most_words or most)


def _sentences(body: str) -> int:
    return len([piece for piece in _SENTENCE.split(body) if piece.strip(" ,")])


def _can_fill(variants: tuple[str, ...], values: dict[str, str]) -> bool:
    return all(
        name in values for text in variants for _, name, _, _ in Formatter().parse(text) if name
    )


def _one_of(variants: tuple[str, ...], turn: int, place: int) -> str:
    return variants[((turn >> place) + place) % len(variants)]


def british(body: str, values: dict[str, str]) -> str:
    """The body in British spelling; names, facts and quotes stay as they are."""
    kept = " ".join(values[place] for place in (*SLOTS, "company", "brand") if place in values)

    def spelled(found: re.Match[str]) -> str:
        word = found[0]
        if word in kept:
            return word
        other = _BRITISH.sub(lambda end: _BRITISH_ENDS[end[0].lower()], word)
        return word[0] + other[1:]

    return re.sub(r"[A-Za-z]{5,}", spelled, body)


def _formal(body: str) -> str:
    for short, long in _CONTRACTIONS:
        body = re.sub(rf"\b{re.escape(short)}\b", long, body)
    return body
