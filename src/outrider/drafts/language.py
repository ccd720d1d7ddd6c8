"""In which language a person is written to.

In: where a person and the company are, the campaign's own words. Out: an ISO 639-1 code.
Never: a guess where a country has several languages of business; English stands there.
"""

from __future__ import annotations

import re

DEFAULT = "en"

NAMES = {
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "hu": "Hungarian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nb": "Norwegian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "sk": "Slovak", "sv": "Swedish", "tr": "Turkish", "zh": "Chinese",
}  # fmt: skip
"""Languages by their ISO 639-1 code, as English names them."""

_COUNTRIES = {
    "cs": "CZ", "da": "DK", "de": "DE AT LI", "el": "GR CY", "es": "ES MX AR CO CL PE EC UY PY BO VE CR "
    "PA GT HN NI SV DO CU", "fi": "FI", "fr": "FR MC", "hu": "HU", "it": "IT SM VA", "ja": "JP",
    "ko": "KR", "nb": "NO", "nl": "NL", "pl": "PL", "pt": "PT BR", "ro": "RO MD", "sk": "SK",
    "sv": "SE", "tr": "TR", "zh": "CN TW",
}  # fmt: skip
_OF_COUNTRY = {country: code for code, row in _COUNTRIES.items() for country in row.split()}
"""Countries with one language of business (CIA World Factbook, official languages). Belgium, Canada,
Switzerland, Luxembourg and others with several are left out on purpose."""

_BY_NAME = {
    "germany": "DE", "deutschland": "DE", "austria": "AT", "france": "FR", "spain": "ES",
    "mexico": "MX", "italy": "IT", "netherlands": "NL", "the netherlands": "NL", "poland": "PL",
    "portugal": "PT", "brazil": "BR", "sweden": "SE", "norway": "NO", "denmark": "DK",
    "finland": "FI", "japan": "JP", "china": "CN", "south korea": "KR", "korea": "KR",
    "turkey": "TR", "czech republic": "CZ", "czechia": "CZ", "hungary": "HU", "greece": "GR",
    "argentina": "AR", "colombia": "CO", "chile": "CL", "peru": "PE", "romania": "RO",
}  # fmt: skip
_CODES = {name.casefold(): code for code, name in NAMES.items()}
_ASKED = re.compile(
    rf"\bwrit(?:e|ten)\b[^.\n]{{0,30}}\bin ({'|'.join(_CODES)})\b|\blanguage ?: ?({'|'.join(_CODES)}|"
    rf"{'|'.join(NAMES)})\b",
    re.IGNORECASE,
)


def language_for(countries: tuple[str | None, ...], campaign_context: str | None = None) -> str:
    """The language for a person: what the campaign says, else that of the first country known.

    `countries` are ISO 3166-1 alpha-2 codes or common English names, the person's before the
    company's. A campaign says it as `Write in German` or `Language: de`.
    """
    asked = _ASKED.search(campaign_context or "")
    if asked:
        said = (asked[1] or asked[2]).casefold()
        return _CODES.get(said, said)
    for country in countries:
        known = (country or "").strip()
        if known:
            code = _BY_NAME.get(known.casefold(), known.upper())
            return _OF_COUNTRY.get(code, DEFAULT)
    return DEFAULT


def name_of(code: str) -> str:
    """A language's English name; the code itself where we have none."""
    return NAMES.get(code.casefold(), code)
