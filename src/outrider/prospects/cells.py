"""What one cell of a list says: numbers, registrant numbers, countries, names.

In: text as people and programs write it. Out: plain values, or None for nothing. Never: a number
that was not there; what cannot be read raises `BadCell` with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_EMPLOYEES = 10_000_000

_GUARDED = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""Signs that a rejects file puts a quote before."""
_NOTHING = frozenset({"-", "--", "n/a", "#n/a", "(null)", "null", "nan", "none", "na", "unknown"})
# People are called Null, and a country's code is NA.
_NOTHING_AS_NAME = frozenset({"-", "--", "n/a", "#n/a", "(null)"})
_RANGE = re.compile(r"[\d.,\s]+[km]?\s*(?:-|–|—|to|bis|à)\s*[\d.,\s]+[km]?|[\d.,\s]+[km]?\s*\+")
_HONORIFICS = frozenset(
    {"dr", "mr", "mrs", "ms", "mx", "prof", "herr", "frau", "sir", "dame", "ing"}
)
_PARTICLES = frozenset(
    """
    af al ap bin da dal de del della den der di do dos du el la las le los ten ter van von zu zum
    """.split()
)

_COUNTRIES = {
    "AE": "united arab emirates|uae",
    "AR": "argentina",
    "AT": "austria|osterreich",
    "AU": "australia",
    "BE": "belgium|belgique|belgie",
    "BG": "bulgaria",
    "BR": "brazil|brasil",
    "CA": "canada|can",
    "CH": "switzerland|schweiz|suisse|svizzera|che",
    "CL": "chile",
    "CN": "china|chn|peoples republic of china",
    "CO": "colombia",
    "CZ": "czech republic|czechia|cesko",
    "DE": "germany|deutschland|allemagne|alemania|deu|ger",
    "DK": "denmark|danmark",
    "EE": "estonia",
    "EG": "egypt",
    "ES": "spain|espana|esp",
    "FI": "finland|suomi",
    "FR": "france|fra",
    "GB": "united kingdom|uk|great britain|england|scotland|wales|northern ireland|gbr",
    "GR": "greece",
    "HK": "hong kong",
    "HR": "croatia",
    "HU": "hungary",
    "ID": "indonesia",
    "IE": "ireland|irl",
    "IL": "israel",
    "IN": "india|ind",
    "IS": "iceland",
    "IT": "italy|italia|ita",
    "JP": "japan|jpn",
    "KE": "kenya",
    "KR": "south korea|korea|republic of korea|kor",
    "LT": "lithuania",
    "LU": "luxembourg",
    "LV": "latvia",
    "MX": "mexico|mex",
    "MY": "malaysia",
    "NG": "nigeria",
    "NL": "netherlands|the netherlands|nederland|holland|nld",
    "NO": "norway|norge",
    "NZ": "new zealand",
    "PE": "peru",
    "PH": "philippines",
    "PK": "pakistan",
    "PL": "poland|polska|pol",
    "PT": "portugal|prt",
    "RO": "romania",
    "RS": "serbia",
    "SA": "saudi arabia",
    "SE": "sweden|sverige|swe",
    "SG": "singapore",
    "SI": "slovenia",
    "SK": "slovakia",
    "TH": "thailand",
    "TR": "turkey|turkiye",
    "TW": "taiwan",
    "UA": "ukraine",
    "US": "united states|united states of america|usa|u s a|u s|america|vereinigte staaten",
    "VN": "vietnam",
    "ZA": "south africa",
}
_CODE_OF = {name: code for code, names in _COUNTRIES.items() for name in names.split("|")}


class BadCell(ValueError):
    """A cell cannot be read; the message says why, for the rejects file."""


_NOT_OPTED_OUT = frozenset({"no", "n", "false", "f", "0", "nein", "non", "subscribed", "active"})


def opted_out(raw: str) -> bool:
    """Whether a cell says that the person must not be written to.

    Anything but a plain no counts as a yes: many lists put the date of the opt-out there.
    """
    said = optional(raw)
    return said is not None and said.casefold() not in _NOT_OPTED_OUT


def text(raw: str) -> str:
    """The cell without blanks at its ends, doubled blanks, control signs and a list's own quote.

    The quote is the one that guards a cell against being run as a formula.
    """
    if raw.isascii() and raw.isprintable() and "  " not in raw and raw[:1] not in ("'", " "):
        return raw.rstrip()
    said = "".join(" " if unicodedata.category(char) in ("Cc", "Zs") else char for char in raw)
    said = " ".join(said.replace("\u200b", "").replace("\ufeff", "").split())
    return said[1:] if said[:1] == "'" and said[1:2] in _GUARDED else said


def name(raw: str) -> str:
    """A name or a title as it stands; what stands for nothing is nothing."""
    said = text(raw)
    return "" if said.casefold() in _NOTHING_AS_NAME else said


def optional(raw: str) -> str | None:
    """The text, or None where the cell stands for nothing."""
    said = text(raw)
    return None if not said or said.casefold() in _NOTHING else said


def employees(raw: str) -> int | None:
    """A number of people; None for nothing and for a range, which is no number.

    Raises:
        BadCell: it is no whole number between 0 and ten million.
    """
    said = optional(raw)
    if said is None or is_range(said):
        return None
    number = _decimal(re.sub(r"(?i)\s*(employees|people|mitarbeiter)$", "", said), "employees")
    if number != number.to_integral_value() or not 0 <= number <= MOST_EMPLOYEES:
        raise BadCell(f"{said!r} is no number of employees between 0 and {MOST_EMPLOYEES:,}")
    return int(number)


def is_range(raw: str) -> bool:
    """Whether a cell gives a range such as `51-200` or `1,000+`."""
    said = re.sub(r"(?i)\s*(employees|people|mitarbeiter)$", "", text(raw))
    return _RANGE.fullmatch(said.casefold()) is not None


def icp_score(raw: str) -> Decimal | None:
    """A score from 0 to 100.

    Raises:
        BadCell: it is no number, or out of range.
    """
    said = optional(raw)
    if said is None:
        return None
    number = _decimal(re.sub(r"\s*(%|/\s*100)$", "", said), "ICP score", grouped=False)
    if not 0 <= number <= 100:
        raise BadCell(f"{said!r} is no ICP score from 0 to 100")
    return number


def _decimal(said: str, what: str, *, grouped: bool = True) -> Decimal:
    if said.isascii() and said.isdecimal() and len(said) <= 18:
        return Decimal(said)
    plain = said.replace("\u202f", " ").replace("'", "").replace("’", "")
    factor = 1
    if grouped:
        factor = {"k": 1000, "m": 1_000_000}.get(plain[-1:].casefold(), 1)
        plain = _ungrouped(plain if factor == 1 else plain[:-1].strip())
    if re.fullmatch(r"-?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain.strip()) * factor
    except InvalidOperation:
        raise BadCell(f"{said!r} is no number ({what})") from None
    if not number.is_finite() or len(number.as_tuple().digits) > 18:
        raise BadCell(f"{said!r} is no number ({what})")
    return number


def _ungrouped(plain: str) -> str:
    """A count without the signs between its thousands; a dot before three digits is one of them."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return plain.replace(",", "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
        return plain.replace(".", "")
    if re.fullmatch(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?", plain):
        return plain.replace(" ", "")
    return plain


def cik(raw: str) -> str | None:
    """A registrant number of the SEC as ten digits.

    Raises:
        BadCell: it is no such number.
    """
    said = optional(raw)
    if said is None:
        return None
    digits = re.sub(r"(?i)^cik\W*", "", said)
    digits = re.sub(r"\.0+$", "", digits)  # a spreadsheet took it for a decimal
    if not re.fullmatch(r"[0-9]{1,10}", digits) or int(digits) == 0:
        raise BadCell(f"{said!r} is no CIK: it has one to ten digits")
    return digits.zfill(10)


def ticker(raw: str) -> str | None:
    """A ticker symbol in capitals, without its exchange: `NYSE: HD` → `HD`.

    Raises:
        BadCell: it is no such symbol.
    """
    said = optional(raw)
    if said is None:
        return None
    symbol = said.rpartition(":")[2].strip().lstrip("$").upper()
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9.\-]{0,11}", symbol):
        raise BadCell(f"{said!r} is no ticker symbol")
    return symbol


@lru_cache(maxsize=4096)
def country(raw: str) -> str | None:
    """ISO 3166-1 alpha-2 where the name is known, else the text as it stands."""
    said = text(raw)
    if not said or said.casefold() in _NOTHING - {"na"}:
        return None
    plain = unicodedata.normalize("NFKD", said).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = " ".join(re.sub(r"[\W_]+", " ", plain.replace("'", "")).split())
    if plain in _CODE_OF:
        return _CODE_OF[plain]
    return said.upper() if re.fullmatch(r"[A-Za-z]{2}", said) else said


@lru_cache(maxsize=1024)
def timezone(raw: str) -> str | None:
    """A time zone's IANA name.

    Raises:
        BadCell: there is no zone of that name.
    """
    said = optional(raw)
    if said is None:
        return None
    try:
        return ZoneInfo(said).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCell(f"{said!r} is no time zone such as Europe/Berlin") from None


def split_name(raw: str) -> tuple[str, str]:
    """First and last name of a whole name: `Dr. Jane van der Berg`, `Berg, Jane`."""
    said = name(raw)
    last, comma, first = said.partition(",")
    if (
        comma
        and first.strip()
        and not re.fullmatch(r"(?i)\W*(jr|sr|ii|iii|phd|cpa|md|mba)\W*.*", first)
    ):
        return _without_honorific(first.split()), last.strip()
    parts = said.split()
    while len(parts) > 1 and parts[0].rstrip(".").casefold() in _HONORIFICS:
        parts = parts[1:]
    if len(parts) < 2:
        return said if not parts else parts[0], ""
    cut = next((i for i, part in enumerate(parts[1:], 1) if part.casefold() in _PARTICLES), 0)
    cut = cut or _last_name_at(parts)
    return " ".join(parts[:cut]), " ".join(parts[cut:])


def _without_honorific(parts: list[str]) -> str:
    kept = [part for part in parts if part.rstrip(".").casefold() not in _HONORIFICS]
    return " ".join(kept or parts)


def _last_name_at(parts: list[str]) -> int:
    """Where the last name starts; a middle initial belongs to the first name, `Jr.` to the last."""
    tail = len(parts) - 1
    if tail > 1 and re.fullmatch(r"(?i)(jr|sr|ii|iii|iv|phd|cpa|md|mba)\.?,?", parts[tail]):
        tail -= 1
    return tail
