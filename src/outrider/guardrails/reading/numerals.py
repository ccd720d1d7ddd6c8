"""Amounts, shares and numbers in a text, in digits and in words, with their unit and their rounding.

In: a text. Out: mentions, dates included. Never: a name, or a judgement whether a figure is true.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.reading.days import dates
from outrider.guardrails.reading.mentions import Mention, MentionKind, digits_of, is_free, take
from outrider.guardrails.reading.money import CODES, SCALES, SIGNS, WORDS, currency
from outrider.guardrails.reading.plainwords import small, words_of

_NUM = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d{1,10})?|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|\d{1,3}(?:['\u2019]\d{3})+(?!\d)|"
    r"\d{1,30}(?:\.\d{1,10})?"
)
_SCALE = (
    r"(?:[ -]?(?P<scale>thousand|million|billion|trillion|lakh crore|lakhs?|lac|crores?|cr|mio|mil|mm|mn|bn|"
    r"tn|k|m|b|t)\b)?"
)
MORE = frozenset(
    "more than|greater than|at least|upwards of|over|above|north of|well over|in excess of|no fewer than|"
    "no less than".split("|")
)
JUST_OVER = frozenset(
    "just over|a touch over|a bit over|a little over|slightly over|a shade over|a bit more than|a little more than|"
    "slightly more than|somewhat more than|a touch more than|just above|a little above".split("|")
)
LESS = frozenset("under|less than|up to|fewer than|below|no more than|at most".split("|"))
NEARLY = frozenset(
    "nearly|almost|just under|close to|close on|not quite|shy of|just shy of|short of|just short of|approaching|"
    "getting on for|just below|"
    "a touch under|a bit under|a little under|slightly under|a shade under".split("|")
)
ROUNDING = frozenset(
    "about|around|roughly|approximately|approx.|circa|some|something like|in the region of|call it|let's say".split(
        "|"
    )
)
"""Words after which every zero of a figure is rounding."""

_QUALIFIER = re.compile(
    r"\b("
    + "|".join(
        re.escape(words)
        for words in sorted(MORE | JUST_OVER | LESS | NEARLY | ROUNDING, key=len, reverse=True)
    )
    + r")[ ]$",
    re.IGNORECASE,
)
_QUALIFIER_ENDS = tuple(
    {f"{words.rpartition(' ')[2]} " for words in MORE | JUST_OVER | LESS | NEARLY | ROUNDING}
)
_QUALIFIED = re.compile(
    r"(?P<more>\+)|[ -](?P<odd>odd)\b|[ -](?P<just>and a bit|and change|plus change|and then some)\b|"
    r"[ -](?P<about>or so|or thereabouts|give or take|or near enough)\b"
)
"""The same after a figure: `600,000+`, `40-odd`."""

_CODE = "|".join(sorted(CODES))
_SIGN = re.compile(
    r"(?<![A-Za-z])(?:(?P<sign>"
    + "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
    + rf"|(?i:{_CODE})|[MTk](?:{_CODE}))(?:[ \u00a0]|(?<=[A-Z])(?P<mega>m|bn) ?)?)$"
)
"""What may stand before an amount. `R` for rand needs a scale after the figure."""
_DIGITS = re.compile(r"\d[\d,.\u2019']*")
_NUMBER = re.compile(
    rf"(?P<number>{_NUM}){_SCALE}(?P<x>[ ]?x\b)?"
    rf"(?:[ \u00a0-]?(?:(?:US |Canadian |Australian )?(?P<after>%|percent\b|per cent\b|pct\b|percentage points?\b|"
    rf"basis points?\b|bps\b|(?:{'|'.join(sorted(WORDS))})\b|[MTk]?(?:{_CODE})\b)))?",
    re.IGNORECASE,
)
_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
_NOUGHT = {"oh": 0, "nought": 0, "one": 1}
_FACTORS = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9,
            "trillion": 10**12, "lakh": 10**5, "crore": 10**7}  # fmt: skip
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=3,
    )
}
_WORD = (
    "two|three|four(?:teen)?|five|six(?:teen)?|seven(?:teen)?|eight(?:een)?|nine(?:teen)?|ten|eleven|twelve|"
    "thirteen|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_FACTOR = "hundred|dozen|thousand|million|billion|trillion|lakh|crore"
_SPELLED = frozenset((*_UNITS, *_FACTORS, "half")) - {"zero", "one"}
_NUMBER_WORD = re.compile(
    rf"\b(?=[aefhnost])(?P<words>(?:half an?(?= (?:{_FACTOR}))|an?(?= (?:{_FACTOR}))|one(?=[ -](?:{_FACTOR}|"
    rf"percent\b|per cent))|{_WORD})(?: and an? half(?= (?:{_FACTOR}|hours|days|weeks|months|years)\b)| point(?: "
    rf"(?:zero|oh|nought|one|{_WORD}))+|(?:[ -]| and )(?:{_WORD}|{_FACTOR}|(?<=-)one|one(?= "
    rf"(?:{_FACTOR}))))*)\b"
    rf"(?:[ -](?P<after>percent|per cent|percentage points?|{'|'.join(sorted(WORDS - {'kr'}))})\b)?",
    re.IGNORECASE,
)
_ORDINAL_WORD = re.compile(
    rf"\b(?:(?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?P<unit>first|second|"
    rf"{'|'.join(list(_ORDINALS)[:7])})|(?P<word>{'|'.join(list(_ORDINALS)[1:])})|"
    rf"(?P<digits>\d{{1,4}})(?:st|nd|rd|th))\b(?! (?:quarters?|half|floor|party|street|avenue|time|place|century))",
    re.IGNORECASE,
)
_MAGNITUDE = re.compile(
    r"\b(?:dozens|hundreds|thousands|millions|billions|trillions)\b"
    r"|\b(?:several|a few|a couple(?: of)?|some|many) (?:dozen|hundred|thousand|million|billion)\b"
    r"|\b(?:a|one) (?:third|fifth|tenth|hundredth) of\b",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"\b(?P<part>half(?= of)|a quarter|a third|two thirds|three quarters|two-thirds|three-quarters) (?:of an? )?"
    r"(?P<scale>million|billion|trillion)\b(?P<after> (?:dollars|euros|pounds))?",
    re.IGNORECASE,
)
_PARTS_OF = {"half": "0.5", "a quarter": "0.25", "a third": "0.333", "two thirds": "0.667",
             "three quarters": "0.75"}  # fmt: skip
_SIGNS = re.compile(r"[^\x00-\x7f]")
_LARGE = frozenset("million billion trillion".split())
_VAGUE = frozenset(
    "dozens hundreds thousands millions billions trillions dozen hundred thousand million billion third fifth tenth "
    "hundredth".split()
)
_PLURALS = frozenset("dozens hundreds thousands millions billions trillions".split())
_LEADS = frozenset("several few couple some many third fifth tenth hundredth".split())
_PARTS_OF_LARGE = frozenset("half quarter quarters third thirds".split())
_COUNTS = frozenset(_UNITS) - {"zero", "one"}
_ONES = ("a ", "an ", "one ", "one-")
_GROUPING = str.maketrans("", "", ",'\u2019")


def figures(text: str, taken: bytearray, *, is_source: bool = False) -> Iterator[Mention]:
    """Dates, then amounts, shares and numbers; marks in `taken` what it used.

    In a source an ordinal counts too: `our twenty-third school` says that there are 23.
    """
    yield from dates(text, taken)
    words = words_of(text)
    if not (_LARGE.isdisjoint(words) or _PARTS_OF_LARGE.isdisjoint(words)):
        for found in _PART_OF.finditer(text):
            if is_free(taken, found):
                take(taken, found)
                yield _part_of(found)
    if is_source:
        yield from _ordinals(text, taken)
    for digits in _DIGITS.finditer(text) if digits_of(text) else ():
        yield from _numbers(text, digits, taken)
    yield from _in_words(text, taken)


@lru_cache(maxsize=512)
def source_mentions(source: str) -> tuple[Mention, ...]:
    """Dates and figures of a source, in the order of `figures`."""
    return tuple(figures(source, bytearray(len(source)), is_source=True))


def _in_words(text: str, taken: bytearray) -> Iterator[Mention]:
    """`Eleven`, `two dozen`, `hundreds`, and numerals of other scripts."""
    words = words_of(text)
    for found in _NUMBER_WORD.finditer(text) if _may_spell(words, text) else ():
        if is_free(taken, found):
            take(taken, found)
            yield _spelled(found)
    vague = _MAGNITUDE.finditer(text) if _may_be_vague(words) else ()
    for found in (*vague, *_numerals(text)):
        if is_free(taken, found):
            take(taken, found)
            yield Mention(MentionKind.NUMBER, found.start(), found.end(), found[0])


def _may_spell(words: frozenset[str], text: str) -> bool:
    """Whether `_NUMBER_WORD` can find anything; `$4 million` has a word of number and none that is spelled."""
    if not _COUNTS.isdisjoint(words):
        return True
    scales = words & _SPELLED
    low = small(text) if scales else ""
    return any(f"{one}{scale}" in low for scale in (*scales, "per") for one in _ONES)


def _may_be_vague(words: frozenset[str]) -> bool:
    """Whether `_MAGNITUDE` can find anything: a plural, or a singular with a word that leads it."""
    if _VAGUE.isdisjoint(words):
        return False
    return not (_PLURALS.isdisjoint(words) and _LEADS.isdisjoint(words))


def _ordinals(text: str, taken: bytearray) -> Iterator[Mention]:
    for found in _ORDINAL_WORD.finditer(text):
        if not is_free(taken, found):
            continue
        take(taken, found)
        if found["digits"]:
            number = int(found["digits"])
        elif found["word"]:
            number = _ORDINALS[small(found["word"])]
        else:
            unit = small(found["unit"])
            number = _UNITS[small(found["tens"])]
            number += _ORDINALS.get(unit) or ("first", "second").index(unit) + 1
        span = (found.start(), found.end(), found[0])
        yield Mention(MentionKind.NUMBER, *span, number=Decimal(number), half_unit=Decimal("0.5"))


def _numerals(text: str) -> Iterator[re.Match[str]]:
    """Fractions, superscripts, circled and Roman numerals (Unicode No and Nl)."""
    if text.isascii():
        return
    for found in _SIGNS.finditer(text):
        if unicodedata.category(found[0]) in ("No", "Nl"):
            yield found


def _numbers(text: str, digits: re.Match[str], taken: bytearray) -> Iterator[Mention]:
    """The numbers in one run of digits, commas and full stops."""
    at = digits.start()
    while at < digits.end():
        found = _NUMBER.match(text, at)
        if found is None:
            at += 1
            continue
        sign = _SIGN.search(text, max(0, at - 6), at)
        if sign and sign["sign"] == "R" and not found["scale"]:
            sign = None
        word_before = not sign and at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_.")
        if not word_before and is_free(taken, found):
            start = sign.start() if sign else at
            taken[start : found.end()] = b"\x01" * (found.end() - start)
            # `Table 4C` is the name of a table.
            if sign or not text[found.end() : found.end() + 1].isupper():
                yield _figure(found, sign)
        at = max(found.end(), at + 1)


def _figure(found: re.Match[str], sign: re.Match[str] | None) -> Mention:
    digits = found["number"].translate(_GROUPING)
    whole, _, places = digits.partition(".")
    start = sign.start() if sign else found.start()
    before_words = _qualifier(found.string, start, found.end())
    scale = SCALES[small(found["scale"])] if found["scale"] else 0
    before, after = (sign["sign"] if sign else ""), found["after"] or ""
    scale += _scale_of(sign, after)
    number = Decimal(digits).scaleb(scale)
    if places:
        unit = Decimal(1).scaleb(scale - len(places))
    else:
        unit = _round_unit(whole, 1 if before_words in ROUNDING else 2).scaleb(scale)
    kind, money = MentionKind.NUMBER, currency(before) or currency(after)
    if money:
        kind = MentionKind.AMOUNT
    elif after:
        kind = MentionKind.PERCENT
    return Mention(
        kind=kind,
        start=start,
        end=found.end(),
        text=found.string[start : found.end()],
        number=number,
        half_unit=unit / 2,
        currency=money,
        qualifier=before_words,
    )


def _scale_of(sign: re.Match[str] | None, after: str) -> int:
    """The power of ten in `MSEK`, `kEUR` or `EURm`."""
    if sign and sign["mega"]:
        return SCALES[sign["mega"]]
    for word in (sign["sign"] if sign else "", after):
        if len(word) == 4 and word[1:].upper() in CODES:
            return {"M": 6, "T": 3, "K": 3}.get(word[0].upper(), 0)
    return 0


def _spelled(found: re.Match[str]) -> Mention:
    number, unit = _value_of(small(found["words"]))
    after = small(found["after"] or "")
    money = currency(after)
    kind = MentionKind.AMOUNT if money else MentionKind.PERCENT if after else MentionKind.NUMBER
    qualifier = _qualifier(found.string, found.start(), found.end())
    if number == number.to_integral_value() and number >= 20:
        unit = max(unit, _round_unit(str(int(number)), 1 if qualifier in ROUNDING else 2))
    return Mention(
        kind=kind,
        start=found.start(),
        end=found.end(),
        text=found[0],
        number=number,
        half_unit=unit / 2,
        currency=money,
        qualifier=qualifier,
    )


def _value_of(words: str) -> tuple[Decimal, Decimal]:
    """The number that words spell, and the place to which they spell it."""
    total = part = Decimal(0)
    unit = Decimal(1)
    place = 0
    for word in words.replace("-", " ").replace(" and a half", " .5").replace(" and ", " ").split():
        if word == "point":
            place, unit = 1, Decimal("0.1")
        elif place and (word in _NOUGHT or word in _UNITS):
            part += Decimal(_NOUGHT[word] if word in _NOUGHT else _UNITS[word]).scaleb(-place)
            place, unit = place + 1, Decimal(1).scaleb(-place)
        elif word == ".5":
            part += Decimal(word)
        elif word in ("a", "an"):
            part = part or Decimal(1)
        elif word == "half":
            part = Decimal("0.5")
        elif word in _FACTORS:
            factor = _FACTORS[word]
            unit, place = factor * (unit if place else Decimal(1)), 0
            part = (part or Decimal(1)) * factor
            if factor >= 1000:
                total, part = total + part, Decimal(0)
        else:
            value = 1 if word == "one" else _UNITS[word]
            part, unit = part + value, Decimal(1)
    return total + part, unit


def _part_of(found: re.Match[str]) -> Mention:
    """`two thirds of a billion`: a rounded figure."""
    share = Decimal(_PARTS_OF[small(found["part"]).replace("-", " ")])
    number = share.scaleb(SCALES[small(found["scale"])])
    money = currency(found["after"] or "")
    return Mention(
        kind=MentionKind.AMOUNT if money else MentionKind.NUMBER,
        start=found.start(),
        end=found.end(),
        text=found[0],
        number=number,
        half_unit=number / 10,
        currency=money,
        qualifier=_qualifier(found.string, found.start(), found.end()),
    )


def _qualifier(text: str, start: int, end: int) -> str:
    """The words of more, less or roughly right before a figure, or right after it."""
    low = max(0, start - 20)
    may_qualify = small(text[low:start].removesuffix("\n")).endswith(_QUALIFIER_ENDS)
    found = _QUALIFIER.search(text, low, start) if may_qualify else None
    if found:
        return small(found[1])
    after = _QUALIFIED.match(text, end)
    if after is None:
        return ""
    return {"more": "over", "odd": "odd", "just": "just over"}.get(after.lastgroup or "", "about")


def _round_unit(whole: str, kept: int) -> Decimal:
    """The place to which a whole number is rounded: its zeros, but for the digits kept."""
    zeros = len(whole) - len(whole.rstrip("0"))
    return Decimal(10) ** max(0, min(zeros, len(whole) - kept))
