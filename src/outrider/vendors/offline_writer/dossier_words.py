"""Facts as people write them, and the claim that binds each to its source.

In: a request's dossier. Out: words for each place of a template, with fact and claim; sources.
Never: a figure rounded beyond what a reader would accept, a fact that the dossier does not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from outrider.drafts.types import Source, WriteRequest
from outrider.prospects.types import Dossier, Fact, FactKind

LONGEST_QUOTE_WORDS = 30
SHORTEST_QUOTE_WORDS = 6

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "AU$"}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_LEGAL = re.compile(
    r"[,\s]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|lp|ag|gmbh|se|sa|nv|"
    r"/[a-z]{2,3}/?)\.?$",
    re.IGNORECASE,
)
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
_ABOUT_PLACES = re.compile(
    r"\b(?:stores?|offices?|warehouses?|distribution|data centers?|equipment|vehicles?|space|"
    r"facilities|real estate|locations?|land|retail|manufacturing|aircraft|sites?)\b",
    re.IGNORECASE,
)
_OWN_VOICE = re.compile(
    r"(?:We|Our|The Company|Most of our|All of our|Substantially all|A (?:substantial )?majority)\b"
)
_POLICY = re.compile(
    r"\b(?:lease term|elected|defined as|not separate|variable interest|recogni[sz]ed|reassess|"
    r"whether|obligations to make|arrangement|additional|initial term|internal control|"
    r"if and when|critical|believe|cannot|risk)\b",
    re.IGNORECASE,
)
_LEASE = re.compile(r"\bleas(?:e|es|ed|ing)\b", re.IGNORECASE)
_SOURCES = {
    "sec_10k": "Annual report (10-K), SEC EDGAR",
    "sec_companyfacts": "Reported company facts, SEC EDGAR",
    "sec_submissions": "Company profile, SEC EDGAR",
    "import": "Imported list",
    "crm": "CRM record",
}


@dataclass(frozen=True)
class Filling:
    """Words for one place, the part of them that a claim binds, and the fact behind it."""

    words: str
    fact: Fact
    bound: str


def fillings(request: WriteRequest, theme: str) -> dict[str, Filling]:
    """What can be filled for this account, by place."""
    dossier = request.dossier
    found = {
        "liability": _liability(dossier),
        "auditor": _auditor(dossier),
        "year_end": _year_end(dossier),
        "employees": _employees(dossier),
        "quote": _quote(request, theme),
    }
    return {place: filling for place, filling in found.items() if filling is not None}


def company(dossier: Dossier) -> str:
    """The company as people call it: `HOME DEPOT, INC.` is Home Depot."""
    short = _without_legal_form(plain(dossier.account.name))
    words = short.split()
    shouted = short.isupper() and (len(words) > 1 or len(short) > 4)
    return " ".join(word.capitalize() for word in words) if shouted else short


def plain(text: str) -> str:
    """Straight quotes and simple spaces, so that a span stands in the mail as it is claimed."""
    return " ".join(text.translate(_PLAIN).split())


def liability_noun(filling: Filling | None) -> str:
    """What the liability is: IFRS knows no operating leases of a lessee (IFRS 16.22)."""
    if filling is not None and filling.fact.kind is FactKind.LEASE_LIABILITY_ALL:
        return "lease liabilities"
    return "operating lease liabilities"


def money(amount: Decimal, currency: str) -> str | None:
    """An amount as people write it: `$8.9 billion`, `$414 million`; None below a million."""
    for unit, name in ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million")):
        # 999.6 million would round to 1,000 million, so the next unit starts a little lower.
        if amount >= unit * Decimal("0.9995"):
            scaled = amount / unit
            rounded = scaled.quantize(Decimal(1) if scaled >= 100 else Decimal("0.1"))
            figure = f"{rounded:,}".removesuffix(".0")
            sign = _SIGNS.get(currency)
            return f"{sign}{figure} {name}" if sign else f"{figure} {name} {currency}"
    return None


def next_year_end(month_day: str, today: date) -> date | None:
    """The next day on which the fiscal year ends; None when it is no day of a year."""
    found = re.fullmatch(r"(\d{2})-(\d{2})", month_day)
    if not found:
        return None
    month, day = int(found[1]), int(found[2])
    for year in (today.year, today.year + 1):
        try:
            end = date(year, month, min(day, 28) if month == 2 and day > 28 else day)
        except ValueError:
            return None
        if end >= today:
            return end
    return None


def season(filling: Filling | None, today: date) -> str:
    """Where in their year the day lies: `before` or `after` a year-end, or `between` two."""
    end = next_year_end(filling.fact.value, today) if filling else None
    if end is None:
        return "between"
    ahead = (end - today).days
    if ahead <= 100:
        return "before"
    return "after" if ahead >= 365 - 90 else "between"


def source_of(fact: Fact) -> Source:
    """The source that a reviewer can open."""
    evidence = fact.evidence
    return Source(
        label=_SOURCES.get(evidence.source, evidence.source.replace("_", " ")),
        url=evidence.url,
        quote=evidence.quote,
        retrieved_at=evidence.retrieved_at,
        raw_sha256=evidence.raw_sha256,
    )


def _without_legal_form(name: str) -> str:
    short = name.strip()
    while (shorter := _LEGAL.sub("", short).strip(" ,")) and shorter != short:
        short = shorter
    return short


def _liability(dossier: Dossier) -> Filling | None:
    fact = dossier.newest(FactKind.OPERATING_LEASE_LIABILITY) or dossier.newest(
        FactKind.LEASE_LIABILITY_ALL
    )
    number = _number(fact)
    if fact is None or number is None or not fact.unit:
        return None
    words = money(number, fact.unit)
    return Filling(words, fact, words) if words else None


def _auditor(dossier: Dossier) -> Filling | None:
    fact = dossier.newest(FactKind.AUDITOR)
    if fact is None:
        return None
    words = plain(_without_legal_form(fact.value)).replace("Deloitte & Touche", "Deloitte")
    return Filling(words, fact, words) if words else None


def _year_end(dossier: Dossier) -> Filling | None:
    fact = dossier.newest(FactKind.FISCAL_YEAR_END)
    found = re.fullmatch(r"(\d{2})-(\d{2})", fact.value) if fact else None
    if fact is None or found is None or not 1 <= int(found[1]) <= 12:
        return None
    month, day = _MONTHS[int(found[1]) - 1], int(found[2])
    # Years of 52 or 53 weeks end on another day each time, so the day itself is not told.
    if day >= 24:
        return Filling(f"at the end of {month}", fact, f"end of {month}")
    if day <= 8:
        return Filling(f"in early {month}", fact, f"early {month}")
    return Filling(f"in the middle of {month}", fact, f"of {month}")


def _employees(dossier: Dossier) -> Filling | None:
    fact = dossier.newest(FactKind.EMPLOYEES)
    number = _number(fact)
    if fact is None or number is None or number < 200:
        return None
    whole = int(number)
    if whole >= 1_000_000:
        words = f"{(number / 1_000_000).quantize(Decimal('0.1'))} million".replace(".0 ", " ")
    else:
        places = max(0, len(str(whole)) - 2)
        words = f"{round(whole, -places):,}"
    exact = words.replace(",", "") == str(whole)
    return Filling(words if exact else f"about {words}", fact, words)


def _quote(request: WriteRequest, theme: str) -> Filling | None:
    """The shortest fit sentence; for themes other than leases one that shares a word, if any."""
    topic = {word[:5] for word in re.findall(r"[a-z]{4,}", _about(request).lower())}
    ranked = []
    for fact in request.dossier.statements():
        text = plain(fact.value)
        near = topic & {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}
        on_topic = fact.topic == "leases" if theme == "leases" else bool(near)
        if _is_fit(text, theme) and (on_topic or theme == "leases" or fact.topic != "leases"):
            ranked.append((not on_topic, len(text), text, fact))
    if not ranked:
        return None
    _, _, words, fact = min(ranked, key=lambda item: item[:3])
    return Filling(words, fact, words)


def _about(request: WriteRequest) -> str:
    return f"{request.campaign} {request.campaign_context or ''}"


def _is_fit(text: str, theme: str) -> bool:
    """A short sentence of the company about itself, no accounting policy, no quotes inside."""
    count = len(text.split())
    if not SHORTEST_QUOTE_WORDS <= count <= LONGEST_QUOTE_WORDS:
        return False
    if re.search('["\u2013-\u2015\u2026]', text) or not text.endswith("."):
        return False
    if _POLICY.search(text) or not _OWN_VOICE.match(text):
        return False
    return theme != "leases" or bool(_LEASE.search(text) and _ABOUT_PLACES.search(text))


def _number(fact: Fact | None) -> Decimal | None:
    try:
        return fact.number if fact else None
    except InvalidOperation:
        return None
