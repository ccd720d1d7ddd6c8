"""Units of measure after a figure: `140 miles` is not `140 kilometres`, nor five months five years.

In: a figure of a mail with what follows it, and a source. Out: whether the source gives the same figure in
another unit of the same sort. Never: a conversion; a figure that fits another unit is another figure.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import source_mentions
from outrider.guardrails.reading.plainwords import small, stem

_SORTS = {
    "stuff": "g:gram|grams|gramme|grammes kg:kilogram|kilograms|kilogramme|kilogrammes|kilo|kilos|kg|kgs "
    "q:quintal|quintals t:tonne|tonnes|ton|tons|t lb:lb|lbs oz:ounce|ounces kt:kilotonne|kilotonnes|kt "
    "bu:bushel|bushels",
    "length": "mm:millimetre|millimetres|millimeter|millimeters|mm cm:centimetre|centimetres|centimeter|centimeters|cm "
    "m:metre|metres|meter|meters|m km:kilometre|kilometres|kilometer|kilometers|km|kms mi:mile|miles "
    "ft:foot|feet|ft yd:yard|yards in:inch|inches",
    "area": "ha:hectare|hectares|ha ac:acre|acres",
    "stuff too": "ml:millilitre|millilitres|milliliter|milliliters|ml l:litre|litres|liter|liters|l "
    "hl:hectolitre|hectolitres|hectoliter|hectoliters|hl gal:gallon|gallons bbl:barrel|barrels pt:pint|pints",
    "power": "kw:kilowatt|kilowatts|kw mw:megawatt|megawatts|mw gw:gigawatt|gigawatts|gw",
    "energy": "kwh:kilowatt-hour|kilowatt-hours|kwh mwh:megawatt-hour|megawatt-hours|mwh "
    "gwh:gigawatt-hour|gigawatt-hours|gwh twh:terawatt-hour|terawatt-hours|twh",
    "data": "mb:megabyte|megabytes|mb gb:gigabyte|gigabytes|gb tb:terabyte|terabytes|tb pb:petabyte|petabytes|pb",
    "time": "min:minute|minutes h:hour|hours d:day|days w:week|weeks mo:month|months y:year|years dec:decade|decades",
}
_UNITS = {
    word: (sort, short)
    for sort, rows in _SORTS.items()
    for row in rows.split()
    for short, words in (row.split(":"),)
    for word in words.split("|")
}
_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_UNIT = re.compile(
    r"[ \u00a0-]?(?P<power>square|cubic|sq\.?|cu\.?)?[ ]?(?:metric )?"
    rf"(?P<unit>{_NAMES})\b(?!['\u2019])",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"[ -][A-Za-z\u00b2\u00b3]{1,3}\b(?<! of)(?<! in)(?<! and)(?<! to)(?<! on)(?<! at)(?<! or)(?<! for)(?<! new)"
)
_RATE = re.compile(
    r" (?:[a-z]+ ){1,4}?(?:an?|per|each|every) (second|minute|hour|day|night|week|month|quarter|year)\b"
    r"(?! (?:ago|later|earlier|before)\b)",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"\b(?:in|for|during) (?:the )?(?:(?:fiscal |financial )?year\b|fiscal \d{4}|\d{4}\b)",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"[ -](?:[a-z]+[ -])?([a-z]{3,}s)\b")
_LABEL = re.compile(r"\b([A-Za-z]{3,}) $")
_SIZES = {
    unit: Decimal(size)
    for unit, size in {
        "min": "0.000694", "h": "0.041667", "d": "1", "w": "7", "mo": "30.4", "y": "365", "dec": "3650",
        "g": "0.001", "kg": "1", "t": "1000", "kt": "1000000", "m": "1", "km": "1000", "cm": "0.01",
    }.items()
}  # fmt: skip
"""How large a unit is, in days, kilograms or metres."""
_POWERS = {"s": "square ", "c": "cubic "}


def is_in_other_unit(mention: Mention, text: str, source: str) -> bool:
    """Whether a source has the figure in another unit of the same sort, and not in this one."""
    if mention.kind is not MentionKind.NUMBER:
        return False
    if _is_at_another_rate(mention, text, source):
        return True
    said = _unit(text, mention.end)
    if said is None:
        return False
    known = [unit for number, unit in _measured(source) if is_about(mention, number)]
    if not known:
        # `48 yards` may be yards with timber in them.
        return said[0] != "time" and said[1] != "yd" and _is_bare(mention, source)
    return said not in known and any(sort == said[0] for sort, _ in known)


def _is_bare(mention: Mention, source: str) -> bool:
    """`1,200 tonnes of cylinders` of 1,200 cylinders: the source counts pieces and measures nothing."""
    return not _measured(source) and any(
        item.kind is MentionKind.NUMBER and is_about(mention, item.number)
        for item in source_mentions(source)
    )


def is_label(mention: Mention, text: str, source: str) -> bool:
    """`Four furnaces`, where the source has no such count but a furnace 4."""
    counted = _PLURAL.match(text, mention.end) if mention.kind is MentionKind.NUMBER else None
    if counted is None:
        return False
    same = [
        _LABEL.search(source, 0, item.start)
        for item in source_mentions(source)
        if item.number == mention.number
    ]
    return bool(same) and all(found and stem(found[1]) == stem(counted[1]) for found in same)


def has_own_unit(mention: Mention, text: str, source: str) -> bool:
    """`30 MW unit` of a 30 MW plant: the figure with the short unit that its source writes after it."""
    unit = _SHORT.match(text, mention.end)
    return unit is not None and f"{mention.text}{unit[0]}" in source


def is_converted(mention: Mention, text: str, source: str) -> bool:
    """`Two days` of 48 hours, `5 tonnes` of 5,000 kilograms: the same in another unit."""
    said = _unit(text, mention.end) if mention.kind is MentionKind.NUMBER else None
    if said is None or said[1] not in _SIZES:
        return False
    size = mention.number * _SIZES[said[1]]
    return any(
        unit[0] == said[0]
        and unit[1] != said[1]
        and unit[1] in _SIZES
        and abs(number * _SIZES[unit[1]] - size) <= size / 50
        for number, unit in _measured(source)
    )


def _is_at_another_rate(mention: Mention, text: str, source: str) -> bool:
    """`61 megalitres a year`, where the source has them a day."""
    said = _RATE.match(text, mention.end)
    if said is None:
        return False
    known = [rate for number, rate in _rates(source) if is_about(mention, number)]
    if not known and _YEARLY.search(source):
        # What is told of a year is not told of a week; a part of it may follow by division.
        known = ["year"] if _is_bare(mention, source) else []
    return bool(known) and small(said[1]) not in known


@lru_cache(maxsize=512)
def _rates(source: str) -> tuple[tuple[Decimal, str], ...]:
    """Each number of a source with the time that it is counted for, where it is."""
    found = (
        (item.number, _RATE.match(source, item.end))
        for item in source_mentions(source)
        if item.kind is MentionKind.NUMBER
    )
    return tuple((number, small(rate[1])) for number, rate in found if rate is not None)


@lru_cache(maxsize=512)
def _measured(source: str) -> tuple[tuple[Decimal, tuple[str, str]], ...]:
    """Each number of a source with its unit of measure, where it has one."""
    found = []
    for item in source_mentions(source):
        unit = _unit(source, item.end) if item.kind is MentionKind.NUMBER else None
        if item.text.lower().endswith("pounds") and source.startswith(" of ", item.end):
            unit = ("stuff", "lb")
        if unit is not None:
            found.append((item.number, unit))
    return tuple(found)


def _unit(text: str, end: int) -> tuple[str, str] | None:
    """The sort and the unit right after a figure: an area for `square` before a length."""
    found = _UNIT.match(text, end)
    if found is None or (len(found["unit"]) == 1 and not text[end : end + 1].isspace()):
        return None
    sort, short = _UNITS[small(found["unit"])]
    sort = sort.removesuffix(" too")
    power = _POWERS[small(found["power"][0])] if found["power"] else ""
    if power:
        sort = "area" if power == "square " else "stuff"
    return sort, power + short
