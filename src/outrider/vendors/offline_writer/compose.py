"""Chooses an angle and fills it.

In: a request, wishes. Out: one filled mail with its claims. Never: a random choice: a hash of account,
contact and step decides between equals, so the same request always gives the same mail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from outrider.drafts.types import WriteRequest
from outrider.guardrails.types import Claim, ClaimedFactId
from outrider.prospects.types import Fact, FactKind
from outrider.vendors.offline_writer import dossier_words
from outrider.vendors.offline_writer.angles import LEASE_FIRST
from outrider.vendors.offline_writer.desk_angles import BESIDE, DESK_FIRST
from outrider.vendors.offline_writer.dossier_words import Filling
from outrider.vendors.offline_writer.later_angles import LATER
from outrider.vendors.offline_writer.shape import SLOTS, Angle, Shape
from outrider.vendors.offline_writer.wishes import Wishes

ANGLES = (BESIDE, *LEASE_FIRST, *DESK_FIRST, *LATER)
MOST_WORDS = {"first_touch": 105, "follow_up": 80, "break_up": 70}
_PURPOSES = {1: "first_touch", 2: "follow_up"}
_NO_SYSTEM = frozenset(
    "none no n/a na - unknown excel spreadsheet spreadsheets manual in-house inhouse internal other".split()
)
_LEASE_WORDS = re.compile(r"\bleas(?:e|es|ing)\b|\basc ?842\b|\bifrs ?16\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CONTRACTIONS = (
    ("can't", "cannot"), ("won't", "will not"), ("isn't", "is not"), ("doesn't", "does not"),
    ("don't", "do not"), ("I'd", "I would"), ("I'll", "I will"), ("I'm", "I am"), ("it's", "it is"),
    ("It's", "It is"), ("that's", "that is"), ("That's", "That is"), ("there's", "there is"),
    ("There's", "There is"), ("what's", "what is"), ("nobody's", "nobody is"), ("it'll", "it will"),
    ("you'd", "you would"), ("isn't", "is not"), ("everybody's", "everybody's"),
)  # fmt: skip


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

    @property
    def words(self) -> int:
        """Words of the body, as a reader counts them."""
        return len(self.body.split())


def theme_of(request: WriteRequest) -> str:
    """`leases` when the campaign is about leases, else `any`."""
    about = f"{request.campaign} {request.campaign_context or ''}"
    return "leases" if _LEASE_WORDS.search(about) else "any"


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
    for angle, shape in sorted(fitting, key=lambda pair: _rank(pair, turn, request)):
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
    key = f"{request.dossier.account.id}|{request.recipient.contact_id}|{request.step}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def _rank(pair: tuple[Angle, Shape], turn: int, request: WriteRequest) -> tuple[int, int, int]:
    """Angles that use a fact first; among equals the hash decides, and favours a known system."""
    angle, shape = pair
    knows = angle.for_system_users or shape.slots() & SLOTS.keys()
    group = 1 if knows else 2
    if purpose_of(request) == "break_up":
        group = 1
    group = 3 if shape.is_terse else group
    mixed = hashlib.sha256(f"{turn}|{angle.key}".encode()).digest()[0]
    mixed //= 2 if angle.for_system_users else 1
    order = hashlib.sha256(f"{turn}|{angle.key}|{angle.shapes.index(shape)}".encode()).digest()[0]
    return group, mixed, order


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
    claims, facts = _claims(request, body, filled, angle)
    return Mail(
        subject=subject,
        body=body,
        claims=claims,
        facts=facts,
        angle=angle,
        opens_with_filing=shape.opens_with_filing(),
        question=question,
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
    parts = [_greeting(request, wishes), *paragraphs, question]
    body = "\n\n".join(part for part in parts if part)
    body = _possessive(body, values["company"])
    return (_formal(body) if wishes.formality > 0 else body), question


def _values(request: WriteRequest, filled: dict[str, Filling], turn: int) -> dict[str, str]:
    values = {place: filling.words for place, filling in filled.items()}
    values["company"] = dossier_words.company(request.dossier)
    values["brand"] = request.sender.brand
    values["liability_noun"] = dossier_words.liability_noun(filled.get("liability"))
    values["offer"] = offer(request, turn, stands_alone=False)
    values["pitch"] = offer(request, turn, stands_alone=True)
    return values


def offer(request: WriteRequest, turn: int, *, stands_alone: bool) -> str:
    """What the sender does, in the campaign's own words where it has a sentence that says so.

    Without one it says no more than the campaign's name does. `stands_alone` is for places where
    the sentence before is not about the problem.
    """
    brand = request.sender.brand
    own = _own_offer(request.campaign_context or "", brand)
    if own:
        led = own.startswith("We ") and brand
        return f"At {brand} we {own[3:]}" if led and turn % 3 == 0 else own
    if theme_of(request) != "leases":
        first, *others = request.campaign.split()
        topic = " ".join([first if first.isupper() else first[:1].lower() + first[1:], *others])
        return f"I'm asking because {topic} is what we work on at {brand}."
    alone = (
        f"What we do at {brand} is narrow: take the documents, get the terms right, and keep the "
        "source beside each one.",
        f"At {brand} we work on lease data: terms out of the documents, and each one with its page.",
        f"{brand} works on lease data, from the signed document to a number you can trace back.",
    )
    answering = (
        f"That's the part we work on at {brand}: getting the terms out of the documents and "
        "keeping each one tied to its page.",
        f"{brand} works on that step, from the signed document to a number you can trace back.",
        f"It's the problem we picked at {brand}: terms that carry their page with them, so a "
        "question doesn't start a search.",
        f"That step is what {brand} is for: the terms come out of the document, and the page "
        "they came from stays attached.",
        f"At {brand} we start there: with the document itself, read once and linked to every "
        "number that came out of it.",
        alone[0],
    )
    variants = alone if stands_alone else answering
    pick = hashlib.sha256(f"{turn}|offer".encode()).digest()[0]
    return variants[pick % len(variants)]


def _own_offer(context: str, brand: str) -> str | None:
    """The first sentence of the campaign's text that says what the sender does."""
    for sentence in _SENTENCE.split(" ".join(context.split())):
        bare = sentence.strip().rstrip(".!")
        if not 4 <= len(bare.split()) <= 32 or "?" in bare:
            continue
        if re.match(rf"(?:We|Our|{re.escape(brand)})\b", bare) and brand:
            return f"{bare}."
        found = re.match(r"(?:Help|Helps|Helping) (\w.*)", bare)
        if found:
            return f"We help {found[1]}."
        found = re.match(r"(?:Sell|Sells|Selling|Offer|Offers|Offering) (\w.*)", bare)
        if found:
            return f"{brand} offers {found[1]}."
    return None


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
    filled = [_possessive(text.format(company=company), company) for text in angle.subjects]
    shift = 1 if wishes.other_subject else 0
    ordered = filled[(turn + shift) % len(filled) :] + filled[: (turn + shift) % len(filled)]
    short = [text for text in ordered if len(text) <= 60] or [_shortened(ordered[0])]
    # The nearest to the range; among equals the first in the order of the hash.
    return min(short, key=lambda text: max(low - len(text.split()), len(text.split()) - high, 0))


def _shortened(subject: str) -> str:
    """A very long company name must not make a very long subject."""
    return "A question about lease data" if "ease" in subject else "A question for you"


def _claims(
    request: WriteRequest, body: str, filled: dict[str, Filling], angle: Angle
) -> tuple[tuple[Claim, ...], tuple[Fact, ...]]:
    claims, facts = [], []
    for filling in filled.values():
        if filling.words in body and filling.bound in body:
            claims.append(_claim(filling.bound, filling.fact))
            facts.append(filling.fact)
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


def _possessive(text: str, company: str) -> str:
    """`Harbor Outfitters' leases`, not `Outfitters's`."""
    return text.replace(f"{company}'s", f"{company}'") if company.endswith("s") else text


def _formal(body: str) -> str:
    for short, long in _CONTRACTIONS:
        body = re.sub(rf"\b{re.escape(short)}\b", long, body)
    return body
