"""What speaks for and against a finding: who is told of, where claims stand, what shape the words have.

In: a finding with its mail, the writer's claims, the account's facts, the names of the mail. Out: its sort, and
signs in words. Never: a weight of a sign; those are `frozen`, and `suspecting` adds them up.

A sign is a short text, `told of nobody` or `number: asked`; one with a colon holds for that sort of words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from outrider.guardrails.evidence.unproven import is_firm
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.plainwords import is_everyday, stem, stems
from outrider.guardrails.types import Finding, KnownFact, Names, Severity, Span

_UNCOVERED = re.compile(r"The (number|name|date) ")
_SOFT = (
    ("claim_uncovered", " is a comparison ", "a comparison"),
    ("claim_uncovered", "No cited source tells", "an event"),
    ("claim_uncovered", "The campaign does not say", "a deed of the product"),
    ("claim_relation", " does not say ", "another event"),
    ("claim_relation", "; the sentence says ", "another kind of fact"),
    ("claim_relation", " is not what the source says", "other roles"),
    ("claim_relation", "The source does not tell of", "one more than listed"),
)
_CUT = re.compile(
    r"[,;:.!?\n()\u2014]|\b(?:and|but|so|while|which|who|whose|where|because|if|that|when)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\b(?:you|your|yours|you're|you've|you'd|you'll)\b", re.IGNORECASE)
_I = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|me|my|mine|myself)\b")
_WE = re.compile(r"\b(?:we|our|us|we're|we've|we'd|we'll)\b", re.IGNORECASE)
_CUSTOMERS = re.compile(
    r"\b(?:customers?|clients?|users?|helped|saved?|saves|savings?|others like)\b", re.IGNORECASE
)
_HEDGE = re.compile(
    r"\b(?:guess|suspect|expect|suppose|imagine|probably|perhaps|maybe|must|might|may|could|would|should|likely|"
    r"assume|bet|reckon|hope|wonder|if|whether|'d|say|picture|unless|somewhere|somebody|someone|nobody|anyone|"
    r"sometimes|any|every|whatever|until|before|till)\b|'d\b|'ll\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:[a-z]+ed|had|was|were|has|have|went|came|took|made|saw|won|lost|bought|sold|built|grew|fell|rose|cut|"
    r"shut|left|began|hit|put|gave|got|ran|told|said|signed)\b"
)
_SAYS = re.compile(
    r"\b(?:says?|said|told|mention\w*|tells|thinks?|wrote|writes|recommend\w*|called|pointed|spoke|talked|met|"
    r"sent me|introduced|referred|suggested|hired|joined|named)\b"
)
_ACTS = re.compile(
    r"(?:'s)?,?(?: [a-z]+ly| only| also| just| still| now| never| always| already| both)? (?:[a-z]{3,}s|[a-z]+ed|"
    r"has|had|was|were|is|won|made|cut|bought|got|took|told|said|ran|saw|sold|built|does|did|do|have|are)\b"
)
_HEAD = re.compile(r"([A-Za-z'-]+) (?:in|at|of|from|near|by|for|on|with) (?:the )?$")
_LAST = re.compile(r"[^\n.?!]{0,40}\s*")
_OF_YOURS = re.compile(r" of (?:your|their|its)\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:set-?up|onboarding|roll-?out|go(?:es)? live|takes?|took|faster|sav(?:e|es|ed|ing)|cuts?|"
    r"reduc\w+|paid back)\b",
    re.IGNORECASE,
)
_SENT = re.compile(r" (?:sent|told|asked|said|says|introduced|referred)\b")
_TITLED = re.compile(r",? (?:who|your|the|our|a|an) ")
_A = re.compile(r"\b(?:your|the|our|a|an|my) $")
_LISTED = re.compile(r",? (?:or|and) $")
_HONOUR = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Sir|Dear|Hi|Hello)\.? $")
_FIRM = frozenset("Ltd Inc Group GmbH LLP Co Company Foods Systems Bank Holdings Partners".split())
_NOUN = re.compile(r"[ -](?:[a-z]+[ -])?[a-z]{3,}s\b")
_IN_RATE = re.compile(
    r" (?:[a-z]+ )?(?:in|out of) (?:every )?(?:[a-z]+|\d+)\b|%? (?:per|an?|each|every) [a-z]"
)
_RATE_BEFORE = re.compile(
    r"\b(?:one|two|three|\d{1,2})(?: [a-z]+){0,2} (?:in|out of)(?: every)? $", re.I
)
_NAME_BEFORE = re.compile(r"[A-Z]\w* $")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Scene:
    """A mail with what is known of it: claims as part, start, end and fact, whether believed or not."""

    texts: Mapping[str, str]
    claims: Sequence[tuple[Span, KnownFact | None]]
    facts: Sequence[KnownFact]
    names: Names

    @cached_property
    def known(self) -> frozenset[str]:
        """The stems of every stored fact and its kind."""
        told = (f"{fact.quote or fact.value} {fact.kind.replace('_', ' ')}" for fact in self.facts)
        return frozenset[str]().union(*map(stems, told))

    @cached_property
    def own(self) -> frozenset[str]:
        """The stems of the campaign's own words."""
        return frozenset[str]().union(*map(stems, self.names.others))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The digits of the figures of every stored fact."""
        told = " ".join(f"{fact.quote} {fact.value}" for fact in self.facts)
        return frozenset(re.findall(r"\d+", re.sub(r"(?<=\d)[,.](?=\d)", "", told)))

    @cached_property
    def plain(self) -> str:
        """The facts and the campaign's words as they stand."""
        told = [fact.quote or fact.value for fact in self.facts]
        return " ".join((*told, *self.names.others))


@dataclass(frozen=True)
class Words:
    """The words of one finding at their place: `kind` is number, name, date or other."""

    scene: Scene
    span: Span
    kind: str

    @cached_property
    def text(self) -> str:
        """The whole part of the mail."""
        return self.scene.texts[self.span.part]

    @cached_property
    def itself(self) -> str:
        """The words at fault."""
        return self.text[self.span.start : self.span.end]

    @cached_property
    def sentence(self) -> tuple[int, int]:
        """The offsets of the sentence."""
        return sentence(self.text, self.span.start, self.span.end)

    @cached_property
    def clause(self) -> tuple[int, int]:
        """The offsets of the clause."""
        low, high = self.sentence
        for found in _CUT.finditer(self.text, low, self.span.start):
            low = found.end()
        after = _CUT.search(self.text, self.span.end, high)
        return low, after.start() if after else high

    @property
    def line(self) -> int:
        """Where the line begins."""
        return self.text.rfind("\n", 0, self.span.start) + 1

    @cached_property
    def before(self) -> str:
        """The sentence up to the words."""
        return self.text[self.sentence[0] : self.span.start]


def sort_of(finding: Finding, scene: Scene) -> str | None:
    """What a finding is about, if it may be wrong: None for hard evidence and for what only is shown.

    Hard evidence is a figure, a name or a time that differs from its bound fact, an amount or a percentage
    that nothing bears, a competitor, another account or a firm that everybody knows by name, a greeting to
    somebody else, and a number on what our product brings.
    """
    if finding.span is None:
        return None
    if _is_known_stranger(Words(scene, finding.span, "name")):
        return None
    if finding.severity is Severity.WARN:
        found = _UNCOVERED.match(finding.message) if finding.check == "claim_unproven" else None
        return f"a small {found[1]}" if found else None
    if finding.check == "claim_uncovered" and (found := _UNCOVERED.match(finding.message)):
        is_promise = found[1] == "number" and _is_promise(Words(scene, finding.span, "number"))
        return None if is_promise else f"a {found[1]}"
    for check, piece, sort in _SOFT:
        if finding.check == check and piece in finding.message:
            return sort
    return None


def _is_promise(words: Words) -> bool:
    """`Setup takes two days`, `two of your plants`: what our product brings, and a part of what is the reader's."""
    is_yours = _OF_YOURS.match(words.text, words.span.end) is not None
    return is_yours or _RESULT.search(words.text, *words.clause) is not None


def _is_known_stranger(words: Words) -> bool:
    itself, names = words.itself, words.scene.names
    others = [
        *names.competitors,
        *(f.account for f in words.scene.facts if f.account != names.account),
    ]
    if any(name and name.split()[0] in itself for name in others) or is_firm(itself):
        return True
    if not words.before.strip() and _SENT.match(words.text, words.span.end):
        return True
    if not words.before.strip() and itself.endswith(("'s", "\u2019s")):
        return True
    if words.span.part != "body" or "\n" in words.text[: words.span.start].lstrip():
        return False
    line = words.text[words.line : words.text.find("\n", words.span.end)]
    is_greeting = "\n" in words.text and len(line.split()) < 5
    return is_greeting and not (names.contact_first in line or names.contact_last in line)


def signs(finding: Finding, sort: str, scene: Scene) -> frozenset[str]:
    """What is seen of the words of a finding that has a span, each in a few words."""
    assert finding.span is not None
    kind = sort.split()[-1]
    kind = kind if kind in ("number", "name", "date") else "other"
    words = Words(scene, finding.span, kind)
    seen = [f"it is {sort}"]
    for sign in (*_place(words), *_manner(words)):
        seen += [sign, f"{kind}: {sign}"]
    seen += [f"{kind}: {sign}" for sign in _overlap(words)]
    if kind == "number":
        seen += [f"number: {sign}" for sign in _of_number(words)]
    if kind == "name":
        seen += [f"name: {sign}" for sign in _of_name(words)]
    return frozenset(seen)


def _place(words: Words) -> Iterator[str]:
    """Where claims stand, nearest first, and whose sentence it is."""
    yield _nearness(words)
    if words.span.part == "subject":
        yield "in the subject"
    near = words.text[slice(*words.clause)]
    account = words.scene.names.account.split()[:1]
    brand = words.scene.names.brand
    who = "the reader" if _YOU.search(near) or any(name in near for name in account) else ""
    who += " and the writer" if _I.search(near) else ""
    who += " and us" if _WE.search(near) or (brand and brand in near) else ""
    if not who:
        said = words.text[slice(*words.sentence)]
        is_yours = _YOU.search(said) or any(name in said for name in account)
        who = "nobody, beside the reader" if is_yours else "nobody"
    yield f"told of {who.removeprefix(' and ')}"


def _nearness(words: Words) -> str:
    span = words.span
    here = [at for at, _ in words.scene.claims if at.part == span.part]
    if any(at.start <= span.start and span.end <= at.end for at in here):
        return "inside a claim"
    if any(at.start < span.end and span.start < at.end for at in here):
        return "over a claim"
    if any(words.clause[0] <= at.start < words.clause[1] for at in here):
        return "beside a claim"
    if any(words.sentence[0] <= at.start < words.sentence[1] for at in here):
        return "in a sentence with a claim"
    return "far from any claim"


def _manner(words: Words) -> Iterator[str]:
    """Asked, hedged, of customers, told as past."""
    near, said = words.text[slice(*words.clause)], words.text[slice(*words.sentence)]
    if said.rstrip().endswith("?"):
        yield "asked"
    if _CUSTOMERS.search(said):
        yield "with customers"
    if _HEDGE.search(near):
        yield "hedged"
    elif _HEDGE.search(said):
        yield "in a hedged sentence"
    yield "told as past" if _PAST.search(near) else "not told as past"


def _overlap(words: Words) -> Iterator[str]:
    """How much of the clause, or of longer words at fault, stands in the facts."""
    said = stems(words.itself)
    if words.kind != "other":
        said = stems(words.text[slice(*words.clause)]) - said
    if not said:
        return
    bound = [fact for at, fact in words.scene.claims if fact and _is_near(at, words)]
    if bound:
        told = frozenset[str]().union(*(stems(fact.quote or fact.value) for fact in bound))
        yield f"{_share(said, told)} of its words in the claimed facts"
    yield f"{_share(said, words.scene.known)} of its words in the facts"
    yield f"{_share(said, words.scene.own)} of its words in the campaign"


def _is_near(at: Span, words: Words) -> bool:
    low, high = words.sentence
    return at.part == words.span.part and low <= at.start < high


def _share(said: frozenset[str], told: frozenset[str]) -> str:
    share = len(said & told) / len(said)
    if share in (0, 1):
        return "all" if share else "none"
    return "few" if share < 0.34 else "half" if share < 0.67 else "most"


def _of_number(words: Words) -> Iterator[str]:
    itself, after = words.itself, words.text[words.span.end : words.span.end + 40]
    digits = re.sub(r"\D", "", itself)
    yield "in digits" if itself[:1].isdigit() else "in words"
    if digits:
        yield f"{min(3, len(digits))} digits"
    if digits in words.scene.figures:
        yield "a figure of a fact"
    if _NOUN.match(after):
        yield "counts things"
    if after[:1] in tuple(".,?!;:\n") or not after:
        yield "counts nothing"
    if _IN_RATE.match(after) or _RATE_BEFORE.search(words.before):
        yield "in a rate"
    if _NAME_BEFORE.search(words.before):
        yield "after a name"


def _of_name(words: Words) -> Iterator[str]:
    itself, text, before = words.itself, words.text, words.before
    tokens = _WORD.findall(itself)
    after = text[words.span.end : words.span.end + 40]
    said = text[slice(*words.sentence)]
    yield f"{min(3, len(tokens))} words"
    checks = (
        (itself.isupper(), "in capitals"),
        (any(sign.isdigit() for sign in itself), "has digits"),
        (not itself.isascii(), "foreign letters"),
        (not before.strip(" \n\"'"), "opens its sentence"),
        (words.span.part == "body" and "\n" not in text[: words.span.start], "in the greeting"),
        (words.span.part == "body" and _LAST.fullmatch(text, words.line), "on the last line"),
        (after[:2] in ("'s", "\u2019s"), "owns something"),
        (after[:1] in tuple("\"'\u201d") and before[-1:] in tuple("\"'\u201c"), "quoted"),
        (_ACTS.match(after), "does something"),
        (_TITLED.match(after), "has a title"),
        (_SAYS.search(said), "says or is met"),
        (_A.search(before), "has an article"),
        (_LISTED.search(before), "in a list"),
        (_HONOUR.search(before), "greeted"),
        (not _FIRM.isdisjoint(tokens), "a firm by its form"),
        (any(word in words.scene.plain for word in tokens), "known words"),
        (any(len(word) > 3 and word[:4] in words.scene.plain for word in tokens), "akin to facts"),
        (all(is_everyday(word) for word in tokens), "everyday words"),
        (len(tokens) > 1 and not all(is_everyday(word) for word in tokens), "like a person"),
    )
    yield from (sign for is_so, sign in checks if is_so)
    if head := _HEAD.search(before):
        root = stem(head[1])
        yield "place of a fact" if root in words.scene.known else "place of something"
