"""Facts as people write them, and the claim that binds each to its source.

In: a request's dossier. Out: words for each place of a template, with fact and claim; sources.
Never: a figure rounded beyond what a reader would accept, a fact that the dossier does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from outrider.drafts.types import Source, WriteRequest
from outrider.prospects.types import Dossier, Fact, FactKind, Provenance

LONGEST_QUOTE_WORDS = 30
SHORTEST_QUOTE_WORDS = 6
RECENT = timedelta(days=456)
"""A report on a year that ended longer ago is not the latest: the next one is out by then."""

_LONG_NAME = 26
_MANY_WORDS = 3

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
    r"facilities|real estate|locations?|land|retail|manufacturing|aircraft|sites?|locomotives?|"
    r"freight cars?|rail ?cars?|ships?|vessels?|trucks?|trailers?|clinics?|restaurants?|hotels?|"
    r"branches|plants?|gyms?|theat(?:re|er)s?|schools?)\b",
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
_ANNUAL_SOURCES = frozenset({"sec_10k", "sec_20f", "sec_40f", "sec_10kt"})
_LEASE = re.compile(r"\bleas(?:e|es|ed|ing)\b", re.IGNORECASE)
_FIRMS = {
    "Deloitte & Touche": "Deloitte",
    "PricewaterhouseCoopers": "PwC",
    "Ernst & Young": "EY",
}
_COMMON = frozenset(
    "help helps their with that from team teams have compa busin syste finan accou infor manag opera "
    "data repor keep every our your this they more most than into also we're one place ready audit "
    "contr techn produ servi custo work works number".split()
)
_SOURCES = {
    "sec_10k": "Annual report (10-K), SEC EDGAR",
    "sec_20f": "Annual report (20-F), SEC EDGAR",
    "sec_40f": "Annual report (40-F), SEC EDGAR",
    "sec_10q": "Quarterly report (10-Q), SEC EDGAR",
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
    """The company as people call it: `THE HOME DEPOT, INC.` is Home Depot."""
    short = _without_legal_form(plain(dossier.account.name))
    bare = re.sub(r"^the (?=\S)", "", short, flags=re.IGNORECASE)
    shouted = bare.isupper() and (len(bare.split()) > 1 or len(bare) > 4)
    return _cased(bare) if shouted else bare


def owned(text: str, name: str) -> str:
    """The possessives in a text as people write them.

    `Harbor Outfitters' leases`; a name that is long or has its own `'s` gives way to `your`.
    """
    if len(name) > _LONG_NAME or len(name.split()) > _MANY_WORDS or name.endswith("'s"):
        opening = rf"(?:^|(?<=[.!?:] )|(?<=\n)){re.escape(name)}'s"
        text = re.sub(opening, "Your", text)
        return text.replace(f"{name}'s", "your")
    return text.replace(f"{name}'s", f"{name}'") if name.endswith("s") else text


def _cased(name: str) -> str:
    """`COCA-COLA BOTTLING OF THE SOUTH` as it stands on a letterhead."""
    words = re.sub(
        r"[A-Z]+(?:'S\b)?", lambda found: found[0].capitalize().replace("'S", "'s"), name
    )
    small = r"(?<= )(?:Of|The|And|For|In|De|La|Du)(?= )"
    return re.sub(small, lambda found: found[0].lower(), words)


def plain(text: str) -> str:
    """Straight quotes and simple spaces, so that a span stands in the mail as it is claimed."""
    return " ".join(text.translate(_PLAIN).split())


def liability_noun(filling: Filling | None) -> str:
    """What the liability is: IFRS knows no operating leases of a lessee (IFRS 16.22)."""
    if filling is not None and filling.fact.kind is FactKind.LEASE_LIABILITY_ALL:
        return "lease liabilities"
    return "operating lease liabilities"


def report(request: WriteRequest, filling: Filling | None) -> tuple[str, Filling | None]:
    """Where the liability was reported, in words that fit its source, and the date in them.

    A year's end makes it the annual report, any other day a filing of that month. Only a recent one
    is called the latest.
    """
    if filling is None:
        return "annual report", None
    fact, day = filling.fact, filling.fact.as_of
    if day is None:
        return "SEC filing", None
    is_annual = _is_year_end(request.dossier, fact)
    if is_annual and request.today - day <= RECENT:
        return "latest annual report", None
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    words = f"annual report for the year ended {month}" if is_annual else f"SEC filing for {month}"
    return words, Filling(month, fact, month)


def _is_year_end(dossier: Dossier, fact: Fact) -> bool:
    """Whether a fact describes the last day of a fiscal year, told by whatever else is known."""
    if fact.evidence.source in _ANNUAL_SOURCES:
        return True
    end = dossier.newest(FactKind.FISCAL_YEAR_END)
    year = dossier.newest(FactKind.REVENUE)
    # Revenue is kept for whole years only, so its period ends with the fiscal year.
    month_day = end.value if end else f"{year.as_of:%m-%d}" if year and year.as_of else ""
    closest = next_year_end(month_day, fact.as_of - timedelta(days=8)) if fact.as_of else None
    return closest is not None and fact.as_of is not None and abs(closest - fact.as_of).days <= 8


def money(amount: Decimal, currency: str) -> str | None:
    """An amount as people write it: `$8.9 billion`, `$414 million`; None below a million."""
    for unit, name in ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million")):
        # 999.6 million would round to 1,000 million, so the next unit starts a little lower.
        if amount >= unit * Decimal("0.9995"):
            scaled = amount / unit
            rounded = scaled.quantize(Decimal(1) if scaled >= 100 else Decimal("0.1"))
            if rounded < 10 and rounded == int(rounded):
                # 2,959 million as a round `$3 billion` would not be found in the report.
                rounded = scaled.quantize(Decimal("0.01"))
            figure = f"{rounded:,}".removesuffix(".0").removesuffix(".00")
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


def kind_of(fact: Fact) -> str:
    """What a fact is, for the reviewer."""
    known = {FactKind.LEASE_LIABILITY_ALL: "lease liabilities", FactKind.STATEMENT: "a quotation"}
    return known.get(fact.kind, fact.kind.replace("_", " "))


def added_up(facts: Sequence[Fact]) -> str:
    """A word to the reviewer where a figure is a sum: the filing has its parts, not the total."""
    if any((fact.basis or "").endswith("current_plus_noncurrent") for fact in facts):
        return " The liability is the sum of its current and its noncurrent part."
    return ""


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
    words = plain(_without_legal_form(fact.value))
    words = _FIRMS.get(words, words)
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
        words = f"{_round(whole):,}"
    exact = words.replace(",", "") == str(whole)
    return Filling(words if exact else f"about {words}", fact, words)


def _round(people: int) -> int:
    """As people say it: 125,665 is 126,000, and 6,224 is 6,200; a round number stays as it is."""
    if people % 10 == 0 and people < 100_000:
        return people
    return round(people, -3 if people >= 100_000 else -2 if people >= 1_000 else -1)


def _quote(request: WriteRequest, theme: str) -> Filling | None:
    """The most telling fit sentence on the campaign's topic; without one, none is quoted."""
    topic = {word[:5] for word in _words(_about(request))}
    ranked = []
    for fact in request.dossier.statements():
        text = plain(fact.value)
        near = topic & {word[:5] for word in _words(text)}
        on_topic = fact.topic == "leases" if theme == "leases" else bool(near)
        # These mails quote a report; what the web says is for writers who can tell where it stands.
        is_own = fact.evidence.provenance in (Provenance.FILING, Provenance.OPERATOR)
        if on_topic and is_own and _is_fit(text, theme):
            # What a reader would recognise: a figure, then the places named; then the shortest.
            named = len({place.lower() for place in _ABOUT_PLACES.findall(text)})
            has_figure = bool(re.search(r"\d", text))
            ranked.append((not has_figure, -min(named, 3), len(text), text, fact))
    if not ranked:
        return None
    *_, words, fact = min(ranked, key=lambda item: item[:4])
    return Filling(words, fact, words)


def _words(text: str) -> list[str]:
    """Words that tell a topic; what every report and every campaign says does not."""
    return [word for word in re.findall(r"[a-z]{4,}", text.lower()) if word[:5] not in _COMMON]


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
    return theme != "leases" or bool(_LEASE.search(text) and _is_telling(text))


def _is_telling(text: str) -> bool:
    """Whether a sentence on leases says more than that there are some."""
    named = {place.lower() for place in _ABOUT_PLACES.findall(text)}
    has_detail = bool(re.search(r"\d", text)) or ", " in text
    return len(named) > 1 or (bool(named) and has_detail)


def _number(fact: Fact | None) -> Decimal | None:
    try:
        return fact.number if fact else None
    except InvalidOperation:
        return None
