"""Where a person is, from what a list says of them: time zone, and whose holidays they keep.

In: clues. Out: a place, with what told it. Never: a query, a single zone where several are possible.

The surest clue wins: an explicit zone, the region of the account, the phone, the country. A clue
that contradicts the country is passed over: a German with an American number is in Germany.
A wide country without a region (US, CA, AU, BR, MX, RU, ID, CD) gives all the zones where its people
work; `windows.recipient_on` then keeps to the hours that these have in common.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.prospects.clues_types import Clues
from outrider.sending.pacing.types import Place, Source

MOST_ZONES_OF_A_PHONE = 4
"""A number that fits more zones than these (toll-free, satellite) tells nothing."""


@lru_cache(maxsize=16_384)
def where(clues: Clues) -> Place:
    """The place of a person. Without any clue it has no zones; its source says so."""
    country = _code(clues.country) or _code(clues.account_country)
    part = _part(clues, country)
    for found in (
        _explicit(clues, country, part),
        _by_region(country, part),
        _by_phone(clues, country),
        _by_country(country),
    ):
        if found is not None:
            return found
    return Place(country=country)


def _explicit(clues: Clues, country: str | None, part: str | None) -> Place | None:
    if not clues.timezone:
        return None
    try:
        name = ZoneInfo(clues.timezone.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return Place((name,), Source.EXPLICIT, country or _country_of().get(name), part)


def _by_region(country: str | None, part: str | None) -> Place | None:
    if country is None or part is None:
        return None
    return Place(tuple(_data()["parts"][country][part]["zones"]), Source.REGION, country, part)


def _by_phone(clues: Clues, country: str | None) -> Place | None:
    if not clues.phone:
        return None
    # Their tables take longer to load than most commands need in all.
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(clues.phone, country)
    except phonenumbers.NumberParseException:
        return None
    home = phonenumbers.region_code_for_number(number)
    zones = tuple(timezone.time_zones_for_number(number))
    if country is not None and home not in (country, None):
        return None
    if timezone.UNKNOWN_TIMEZONE in zones or len(zones) > MOST_ZONES_OF_A_PHONE:
        return None
    return Place(zones, Source.PHONE, country or home) if zones else None


def _by_country(country: str | None) -> Place | None:
    zones = _data()["countries"].get(country) if country else None
    return Place(tuple(zones), Source.COUNTRY, country) if zones else None


def _code(said: str | None) -> str | None:
    code = said.strip().upper() if said else ""
    return code if code in _data()["countries"] else None


def _part(clues: Clues, country: str | None) -> str | None:
    """The part of the country that the account's region names, if it is of that country."""
    if not clues.account_region or country is None:
        return None
    if (_code(clues.account_country) or country) != country:
        return None
    return _names(country).get(_plain(clues.account_region))


@lru_cache(maxsize=32)
def _names(country: str) -> dict[str, str]:
    parts = _data()["parts"].get(country, {})
    named = {_plain(one["name"]): code for code, one in parts.items()}
    return named | {_plain(code): code for code in parts}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in letters
                            if not unicodedata.combining(one)).split())  # fmt: skip


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files("outrider.sending.pacing").joinpath("zones.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _country_of() -> dict[str, str]:
    """The country of a zone: the first one that names it."""
    data = _data()
    found = {zone: code for code, zones in reversed(data["countries"].items()) for zone in zones}
    return found | {
        zone: code
        for code, parts in data["parts"].items()
        for part in parts.values()
        for zone in part["zones"]
    }
