"""Units of measure after a figure: `140 miles` is not `140 kilometres`, nor five months five years.

In: a figure of a mail with what follows it, and a source. Out: whether the source gives the same figure in
another unit of the same sort. Never: a conversion; a figure that fits another unit is another figure.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.agreement import is_about
from outrider.guardrails.mentions import Mention, MentionKind
from outrider.guardrails.numerals import figures

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
_POWERS = {"s": "square ", "c": "cubic "}


def is_in_other_unit(mention: Mention, text: str, source: str) -> bool:
    """Whether a source has the figure in another unit of the same sort, and not in this one."""
    said = _unit(text, mention.end) if mention.kind is MentionKind.NUMBER else None
    if said is None:
        return False
    known = [unit for number, unit in _measured(source) if is_about(mention, number)]
    return bool(known) and said not in known and any(sort == said[0] for sort, _ in known)


@lru_cache(maxsize=512)
def _measured(source: str) -> tuple[tuple[Decimal, tuple[str, str]], ...]:
    """Each number of a source with its unit of measure, where it has one."""
    found = []
    for item in figures(source, bytearray(len(source)), is_source=True):
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
    sort, short = _UNITS[found["unit"].lower()]
    sort = sort.removesuffix(" too")
    power = _POWERS[found["power"][0].lower()] if found["power"] else ""
    if power:
        sort = "area" if power == "square " else "stuff"
    return sort, power + short
