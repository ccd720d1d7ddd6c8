"""What in a text states something: amounts, numbers, shares, dates and names.

In: one part of a mail, and the names that may stand in it. Out: mentions with their offsets, parsed.
Never: a judgement whether a mention is true; that is `claims`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from outrider.guardrails.harmless import COUNTED_OFF, STANDARDS


class MentionKind(StrEnum):
    """What a mention is."""

    AMOUNT = "amount"
    NUMBER = "number"
    PERCENT = "percentage"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True)
class Mention:
    """A piece of text that states something.

    `number` is the value with its scale worked in, `half_unit` half of the last place as written.
    A date has the parts that are written; `day_low` and `day_high` bound the day of its month.
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    number: Decimal = Decimal(0)
    half_unit: Decimal = Decimal(0)
    currency: str | None = None
    year: int | None = None
    month: int | None = None
    day_low: int = 1
    day_high: int = 31
    swapped: tuple[int, int] | None = None
    qualifier: str = ""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = (
    r"(?P<{0}>(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_HAS_MONTH = re.compile(
    "Jan|Feb|Mar|Apr|May|MAY|Jun|JU|Jul|Aug|AUG|Sep|SEP|Oct|OCT|Nov|NOV|Dec|DEC|JAN|FEB|MAR|APR"
)
_DATE_WITH_MONTH = re.compile(
    rf"\b{_MONTH.format('m1')} {_DAY.format('d1')}\b(?!%|,\d|\.\d)(?:,? {_YEAR.format('y1')}\b)?"
    rf"|\b{_DAY.format('d2')} (?:of )?{_MONTH.format('m2')}(?:,? {_YEAR.format('y2')}\b)?"
    rf"|\b(?P<era>[Ee]arly|[Mm]id|[Ll]ate|[Ee]nd of|[Bb]eginning of|[Ss]tart of)[ -]"
    rf"{_MONTH.format('m3')}(?: {_YEAR.format('y3')}\b)?"
    rf"|\b{_MONTH.format('m4')} {_YEAR.format('y4')}\b"
    rf"|\b(?:[Ii]n|[Bb]y|[Oo]f|[Ss]ince|[Uu]ntil|[Tt]hrough|[Ll]ast|[Nn]ext|[Tt]his|[Ff]rom|"
    rf"[Bb]efore|[Aa]fter|[Ee]very|[Yy]our|[Tt]he|[Dd]uring) {_MONTH.format('m5')}"
    rf"(?! (?:be|have|not|I|we|you|[0-3]?\d(?:st|nd|rd|th)?)\b(?!%|,\d|\.\d))(?:,? {_YEAR.format('y5')}\b)?"
    rf"|\b(?P<m6>January|February|April|June|July|August|September|October|November|December)\b"
)
_HAS_DATE_DIGITS = re.compile(r"\d\d|\d/")
_DATE_IN_DIGITS = re.compile(
    rf"\b(?P<iso_y>\d{{4}})-(?P<iso_m>[01]\d)-(?P<iso_d>[0-3]\d)\b"
    rf"|\b(?P<n1>[01]?\d)/(?P<n2>[0-3]?\d)(?:/(?P<ny>(?:19|20)?\d\d))?\b(?!/)"
    rf"|\b(?:FY|CY|[Ff]iscal(?: [Yy]ear)?|Q[1-4](?:[ -]FY)?)[ -]?'?(?P<fy>(?:19|20)?\d\d)\b"
    rf"|(?<![\d.,/$€£-])\b{_YEAR.format('y7')}(?:'?s)?\b"
    rf"(?![,.]?\d|[ ]?(?:%|percent|people|million|billion))"
)
_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,10})?|\d{1,30}(?:\.\d{1,10})?"
_SCALES = {
    "thousand": 3, "k": 3, "million": 6, "m": 6, "mm": 6, "mn": 6, "mio": 6,
    "billion": 9, "b": 9, "bn": 9, "trillion": 12, "tn": 12, "t": 12,
}  # fmt: skip
_SCALE = r"(?:[ -]?(?P<scale>thousand|million|billion|trillion|mio|mm|mn|bn|tn|k|m|b|t)\b)?"
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollars": "USD", "dollar": "USD", "c$": "CAD",
    "ca$": "CAD", "cad": "CAD", "a$": "AUD", "au$": "AUD", "aud": "AUD", "€": "EUR", "eur": "EUR",
    "euros": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP", "pounds": "GBP", "¥": "JPY", "jpy": "JPY",
    "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "inr": "INR", "₹": "INR",
}  # fmt: skip
_QUALIFIER = re.compile(
    r"\b(more than|greater than|at least|upwards of|just over|well over|over|above|north of|nearly|"
    r"almost|just under|under|close to|about|around|roughly|approximately|approx\.|circa|some|less than|"
    r"fewer than|up to)[ ]$",
    re.IGNORECASE,
)
ROUNDING = frozenset({"about", "around", "roughly", "approximately", "approx.", "circa", "some"})
"""Words after which every zero of a figure is rounding."""

_SIGN = re.compile(
    r"(?<![A-Za-z])(US\$|CA\$|C\$|AU\$|A\$|\$|€|£|¥|₹|(?:USD|EUR|GBP|CAD|AUD|CHF|JPY))[ ]?$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d[\d,.]*")
_NUMBER = re.compile(
    rf"(?P<number>{_NUM}){_SCALE}(?P<x>[ ]?x\b)?"
    rf"(?:[ -]?(?P<after>%|percent\b|per cent\b|pct\b|percentage points?\b|basis points?\b|bps\b|"
    rf"dollars?\b|USD\b|EUR\b|GBP\b|CAD\b|euros?\b|pounds\b))?",
    re.IGNORECASE,
)
_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
_FACTORS = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9,
            "trillion": 10**12}  # fmt: skip
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
_FACTOR = "hundred|dozen|thousand|million|billion|trillion"
_SPELLED = (*"two three four five six seven eight nine ten eleven twelve teen twenty thirty forty fifty "
            "sixty seventy eighty ninety".split(), *_FACTOR.split("|"), "percent")  # fmt: skip
_HAS_SPELLED = re.compile("|".join(_SPELLED), re.IGNORECASE)
_NUMBER_WORD = re.compile(
    rf"\b(?P<words>(?:half an?(?= (?:{_FACTOR}))|an?(?= (?:{_FACTOR}))|one(?=[ -](?:{_FACTOR}|percent\b|per cent))|"
    rf"{_WORD})(?:(?:[ -]| and )(?:{_WORD}|{_FACTOR}|(?<=-)one|one(?= (?:{_FACTOR}))))*)\b"
    rf"(?:[ -](?P<after>percent|per cent|dollars|euros|pounds)\b)?",
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
    r"\b(?P<part>half|a quarter|a third|two thirds|three quarters|two-thirds|three-quarters) of an? "
    r"(?P<scale>million|billion|trillion)\b(?P<after> (?:dollars|euros|pounds))?",
    re.IGNORECASE,
)
_PARTS_OF = {"half": "0.5", "a quarter": "0.25", "a third": "0.333", "two thirds": "0.667",
             "three quarters": "0.75"}  # fmt: skip
_LINKS = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_ADDRESSES = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_RULES_AND_TIMES = re.compile(
    rf"{STANDARDS}|\bpages? \d{{1,3}}\b|\b[01]?\d(?::[0-5]\d)?[ ]?(?:[ap]\.?m\b\.?)|\b[0-2]?\d:[0-5]\d\b",
    re.IGNORECASE,
)
_RESULTS = re.compile(
    r"\b(?:customers?|clients?|users|sav(?:es?|ed|ing|ings)|trust\w*)\b", re.IGNORECASE
)
_GUESS = re.compile(
    r"\b(?:must|guess|suppose|imagine|probably|likely|may|might|presumably|perhaps|surely|if|bet|seems?)\b"
    r"|^(?!.*\b(?:you have|you've|you run|you hold|you keep)\b).*\ban? [a-z]+",
    re.IGNORECASE | re.DOTALL,
)
_COUNTED_OFF = re.compile(COUNTED_OFF, re.IGNORECASE)
_MAY_COUNT_OFF = re.compile(
    r"number|note|step|part|option|question|item|point|tip|day|idea|reason|problem|exhibit|chapter|no\.",
    re.I,
)
_SIGNS = re.compile(r"[^\x00-\x7f]")
_LONGEST_SENTENCE = 600
_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)(?<!\bNo)(?<!\bInc)(?<!\bvs)(?<![ .][A-Z])[.!?](?=\s)|\n"
)


def is_guess(text: str, mention: Mention) -> bool:
    """Whether `hundreds` is only guessed, or said of anybody, and of no results or customers.

    `You have hundreds of leases` states; `a chain like yours must keep hundreds` guesses.
    """
    if mention.text.lower() not in ("dozens", "hundreds", "thousands"):
        return False
    said = text[slice(*sentence(text, mention.start, mention.end))]
    return bool(_GUESS.search(said)) and not _RESULTS.search(said)


def zones(text: str) -> list[tuple[int, int]]:
    """Links, addresses, names of standards and times of day: nothing inside them is a mention."""
    # Each look is skipped where it cannot find anything: most mails hold none of these.
    patterns = [_LINKS] if "://" in text or "www." in text.lower() else []
    patterns += [_ADDRESSES] if "@" in text else []
    patterns += [_RULES_AND_TIMES] if _DIGITS.search(text) else []
    patterns += [_COUNTED_OFF] if _MAY_COUNT_OFF.search(text) else []
    return [found.span() for pattern in patterns for found in pattern.finditer(text)]


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the sentence around a piece of text."""
    ends = _sentence_ends(text)
    at, after = bisect_right(ends, start), bisect_left(ends, end)
    # A mention may end in the period that closes its sentence, as in `5 p.m.`.
    low, high = (ends[at - 1] if at else 0), (ends[after] if after < len(ends) else len(text))
    return max(low, start - _LONGEST_SENTENCE), min(high, end + _LONGEST_SENTENCE)


@lru_cache(maxsize=64)
def _sentence_ends(text: str) -> tuple[int, ...]:
    return tuple(found.end() for found in _SENTENCE_END.finditer(text))


def figures(text: str, taken: bytearray, *, is_source: bool = False) -> Iterator[Mention]:
    """Dates, then amounts, shares and numbers; marks in `taken` what it used.

    In a source an ordinal counts too: `our twenty-third school` says that there are 23.
    """
    yield from _dates(text, taken)
    for found in _PART_OF.finditer(text):
        if _is_free(taken, found):
            _take(taken, found)
            yield _part_of(found)
    if is_source:
        yield from _ordinals(text, taken)
    for digits in _DIGITS.finditer(text):
        yield from _numbers(text, digits, taken)
    if _HAS_SPELLED.search(text):
        for found in _NUMBER_WORD.finditer(text):
            if _is_free(taken, found):
                _take(taken, found)
                yield _spelled(found)
    for found in (*_MAGNITUDE.finditer(text), *_numerals(text)):
        if _is_free(taken, found):
            _take(taken, found)
            yield Mention(MentionKind.NUMBER, found.start(), found.end(), found[0])


def _ordinals(text: str, taken: bytearray) -> Iterator[Mention]:
    for found in _ORDINAL_WORD.finditer(text):
        if not _is_free(taken, found):
            continue
        _take(taken, found)
        if found["digits"]:
            number = int(found["digits"])
        elif found["word"]:
            number = _ORDINALS[found["word"].lower()]
        else:
            unit = found["unit"].lower()
            number = _UNITS[found["tens"].lower()]
            number += _ORDINALS.get(unit) or ("first", "second").index(unit) + 1
        span = (found.start(), found.end(), found[0])
        yield Mention(MentionKind.NUMBER, *span, number=Decimal(number), half_unit=Decimal("0.5"))


def _dates(text: str, taken: bytearray) -> Iterator[Mention]:
    for quick, pattern in (
        (_HAS_MONTH, _DATE_WITH_MONTH),
        (_HAS_DATE_DIGITS, _DATE_IN_DIGITS),
    ):
        for found in pattern.finditer(text) if quick.search(text) else ():
            mention = _dated(found) if _is_free(taken, found) else None
            if mention is not None:
                _take(taken, found)
                yield mention


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
        word_before = at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_.")
        if not word_before and _is_free(taken, found):
            sign = _SIGN.search(text, max(0, at - 5), at)
            start = sign.start() if sign else at
            taken[start : found.end()] = b"\x01" * (found.end() - start)
            # `Table 4C` is the name of a table.
            if sign or not text[found.end() : found.end() + 1].isupper():
                yield _figure(found, sign)
        at = max(found.end(), at + 1)


def _is_free(taken: bytearray, found: re.Match[str]) -> bool:
    return taken.find(1, found.start(), found.end()) < 0


def _take(taken: bytearray, found: re.Match[str]) -> None:
    taken[found.start() : found.end()] = b"\x01" * (found.end() - found.start())


def _dated(found: re.Match[str]) -> Mention | None:
    part = found.groupdict()
    year = next(
        (part[k] for k in ("iso_y", "y1", "y2", "y3", "y4", "y5", "y7", "ny", "fy") if part.get(k)),
        None,
    )
    month = _month(part)
    low, high = _days(part)
    swapped = None
    if (one := part.get("n1")) and (other := part.get("n2")):
        first, second = int(one), int(other)
        if not (1 <= first <= 12 and 1 <= second <= 31):
            return None
        month, low, high = first, second, second
        swapped = (second, first) if second <= 12 else None
    written = int(year) if year else None
    if written is not None and written < 100:
        written += 2000
    # A claim of `October` covers `in October`; `last October` states more than the month.
    bare = bool(part.get("m5")) and not re.match("last|next|this", found[0], re.IGNORECASE)
    start = found.start("m5") if bare else found.start()
    return Mention(
        kind=MentionKind.DATE,
        start=start,
        end=found.end(),
        text=found.string[start : found.end()],
        year=written,
        month=month,
        day_low=low,
        day_high=high,
        swapped=swapped,
    )


def _month(part: dict[str, str | None]) -> int | None:
    if iso := part.get("iso_m"):
        return int(iso)
    name = next((part[k] for k in ("m1", "m2", "m3", "m4", "m5", "m6") if part.get(k)), None)
    return _MONTHS[name.lower().rstrip(".")] if name else None


def _days(part: dict[str, str | None]) -> tuple[int, int]:
    day = next((part[k] for k in ("iso_d", "d1", "d2") if part.get(k)), None)
    if day:
        return int(day), int(day)
    era = (part.get("era") or "").lower()
    if era in ("early", "beginning of", "start of"):
        return 1, 12
    if era == "mid":
        return 9, 21
    return (20, 31) if era in ("late", "end of") else (1, 31)


def _figure(found: re.Match[str], sign: re.Match[str] | None) -> Mention:
    digits = found["number"].replace(",", "")
    whole, _, places = digits.partition(".")
    start = sign.start() if sign else found.start()
    before_words = _qualifier(found.string, start)
    scale = _SCALES[found["scale"].lower()] if found["scale"] else 0
    number = Decimal(digits).scaleb(scale)
    if places:
        unit = Decimal(1).scaleb(scale - len(places))
    else:
        unit = _round_unit(whole, 1 if before_words in ROUNDING else 2).scaleb(scale)
    before, after = sign[1].lower() if sign else "", (found["after"] or "").lower()
    kind, currency = MentionKind.NUMBER, _CURRENCIES.get(before) or _CURRENCIES.get(after)
    if currency:
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
        currency=currency,
        qualifier=before_words,
    )


def _spelled(found: re.Match[str]) -> Mention:
    number, unit = _value_of(found["words"].lower())
    after = (found["after"] or "").lower()
    currency = _CURRENCIES.get(after)
    kind = MentionKind.AMOUNT if currency else MentionKind.PERCENT if after else MentionKind.NUMBER
    return Mention(
        kind=kind,
        start=found.start(),
        end=found.end(),
        text=found[0],
        number=number,
        half_unit=unit / 2,
        currency=currency,
        qualifier=_qualifier(found.string, found.start()),
    )


def _value_of(words: str) -> tuple[Decimal, Decimal]:
    """The number that words spell, and the place to which they spell it."""
    total = part = Decimal(0)
    unit = Decimal(1)
    for word in words.replace("-", " ").replace(" and ", " ").split():
        if word in ("a", "an"):
            part = part or Decimal(1)
        elif word == "half":
            part = Decimal("0.5")
        elif word in _FACTORS:
            factor = _FACTORS[word]
            unit = Decimal(factor)
            part = (part or Decimal(1)) * factor
            if factor >= 1000:
                total, part = total + part, Decimal(0)
        else:
            value = 1 if word == "one" else _UNITS[word]
            part, unit = part + value, Decimal(1)
    return total + part, unit


def _part_of(found: re.Match[str]) -> Mention:
    """`two thirds of a billion`: a rounded figure."""
    share = Decimal(_PARTS_OF[found["part"].lower().replace("-", " ")])
    number = share.scaleb(_SCALES[found["scale"].lower()])
    currency = _CURRENCIES.get((found["after"] or "").strip().lower())
    return Mention(
        kind=MentionKind.AMOUNT if currency else MentionKind.NUMBER,
        start=found.start(),
        end=found.end(),
        text=found[0],
        number=number,
        half_unit=number / 10,
        currency=currency,
        qualifier=_qualifier(found.string, found.start()),
    )


def _qualifier(text: str, start: int) -> str:
    """The words of more, less or roughly right before a figure."""
    found = _QUALIFIER.search(text, max(0, start - 18), start)
    return found[1].lower() if found else ""


def _round_unit(whole: str, kept: int) -> Decimal:
    """The place to which a whole number is rounded: its zeros, but for the digits kept."""
    zeros = len(whole) - len(whole.rstrip("0"))
    return Decimal(10) ** max(0, min(zeros, len(whole) - kept))
