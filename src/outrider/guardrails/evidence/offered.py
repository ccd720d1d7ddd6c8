"""What a mail says that our product does, held against the campaign's own words for it.

In: the texts of a mail, the brand, the operator's words, the account's facts. Out: findings.
Never: a general verb (`finds`, `shows`, `keeps`), or a sentence that speaks of things the operator names.

`Drywell controls the fan in each home`, where the operator says that Drywell measures humidity: a deed
that is not in his words, done to a thing that is not in them either. One of the two alone is only style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from outrider.guardrails.evidence.covers import cut
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.plainwords import stem, stems
from outrider.guardrails.types import Finding, Span

_FIX = "Say what the campaign says of the product, or add it to the campaign."
_LEAST_WORDS = 7
"""Of an operator's text that describes a product; a title such as `Lease data` does not."""

_GENERAL = frozenset(
    stem(word)
    for word in "is are was has have does do makes keeps gives helps shows lets works takes comes goes gets runs needs "
    "puts turns sees knows means says tells finds flags checks reads lists spots compares comparison matches marks "
    "points watches builds prepares writes answers talks holds collects sorts brings returns looks covers saves costs "
    "starts stays fits exists picks sits lives grows plugs charges hears catches adds calculates pays asks sends "
    "stops begins gathers moves ends handles cares thinks lands follows trains teaches links ties connects updates "
    "explains supports replaces removes carries sets groups files stores leaves names remembers learns will may would "
    "could might should can wants likes happens feels seems waits sounds prints speaks makes spares earns belongs "
    "relies depends refuses reminds warns alerts tracks the this that these those then there".split()
)
_NO_THING = frozenset(
    stem(word)
    for word in "every each your you our we them him her its it itself everybody someone anybody nobody anyone "
    "everyone "
    "everything nothing something anything who what when where how that which then than now also even already just "
    "still too very long before after until without within own same other others thing things way ways team teams "
    "people person staff day days week weeks month months year years hour hours minute minutes second seconds morning "
    "night nights time times lot bit one ones two three four five ten first next last once list lists date dates place "
    "page line lines clause clauses contract contracts invoice invoices bill bills lease leases document documents "
    "file files record records register entry entries check checks error errors mistake mistakes difference part parts "
    "job work side end front rest answer question name names number numbers figure figures report reports copy "
    "copies version note notes early late straight together against about over under behind ahead back away whether "
    "here because while only really simply exactly automatically always never quickly directly right wrong good "
    "better best new old single whole different bigger smaller whatever anyway instead customer customers client "
    "clients money surprise detail details problem problems alone free easy hard short real such any "
    "some all both more less most least much many few several hands eyes head story half sense difference life".split()
)
_TAKEN_UP = re.compile(r"\b(?:those|these|that|this) [a-z-]+\b")
_CUT = re.compile(r"[,;:]| (?:so|because|which|while|when|if|that|until|before|after|unless) ")
_AND = re.compile(
    r",? and (?:then |also )?(?=[a-z-]+s )|, (?=[a-z-]+s (?:the|an?|each|every|all|your|its|them|it|you) )"
)


def offered(
    texts: Mapping[str, str], brand: str, own: Sequence[str], sources: Sequence[str]
) -> Iterator[Finding]:
    """Deeds of the product that the operator's words do not tell, done to things that they do not name."""
    told = [words for words in own if len(words.split()) >= _LEAST_WORDS]
    if not brand or not told:
        return
    deeds = stems(" ".join(own)) | _GENERAL
    things = deeds.union(_NO_THING, *map(stems, sources))
    begun = frozenset(word[:4] for word in stems(" ".join((*own, *sources))) if len(word) > 3)
    for part, text in texts.items():
        for found in _does(brand).finditer(text) if brand in text else ():
            for start, end, verb in _predicates(found):
                if stem(verb) in deeds:
                    continue
                said = _TAKEN_UP.sub(" ", text[start + len(verb) : end])
                if any(_is_thing(word, begun) for word in stems(said) - things):
                    span = Span(part=part, start=start, end=end)
                    message = f"The campaign does not say that {brand} `{cut(text[start:end])}`."
                    yield block("claim_uncovered", message, _FIX, span)


def _is_thing(word: str, begun: frozenset[str]) -> bool:
    """Whether a word names something, and nothing of what is known: a `scan` is known from `scannable`."""
    return len(word) > 2 and not (len(word) > 3 and word[:4] in begun)


@lru_cache(maxsize=64)
def _does(brand: str) -> re.Pattern[str]:
    """The brand with a verb: `Drywell now controls`, `our Drywell module can control`."""
    return re.compile(
        rf"\b{re.escape(brand)}(?:(?: [A-Z][\w-]*)?(?: (?![a-z-]+s\b)[a-z]+(?= [a-z-]+s\b))?)"
        r"(?: (?:now|also|even|then|already|simply|just|still|(?P<modal>can|will)))* (?P<verb>[a-z-]+)\b"
        r"(?P<rest>[^.?!\n]*)"
    )


def _predicates(found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Each verb that the brand governs, with the offsets of its clause."""
    verb = found["verb"]
    if not (verb.endswith("s") or found["modal"]):
        return
    starts = [found.start("verb")]
    starts += [hit.end() for hit in _AND.finditer(found.string, found.start("rest"), found.end())]
    for start, stop in zip(starts, [*starts[1:], found.end()], strict=True):
        words = found.string[start:stop]
        cut_at = _CUT.search(words)
        end = start + (cut_at.start() if cut_at else len(words.removesuffix(" and ").rstrip(", ")))
        yield start, end, found.string[start:end].split(" ", 1)[0]
