"""Words and numbers that need no evidence, and words that must not stand beside a fact. Data only.

In: nothing. Out: frozen sets and tables. Never: a rule. When in doubt a word is left out of here,
for what is not listed as harmless must be proven.
"""

from __future__ import annotations

from dataclasses import dataclass


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDINARY = _set("""
a about above across actually after again against ahead all almost along already also although
always am among an and another any anybody anyone anything appreciate are aren't as ask asking at
away back be because been before behind being below beside best better between beyond big both
brief briefly bring building but by call came can can't cannot check cheers closing come coming
could couldn't curious currently day days dear did didn't different do does doesn't doing don't done
down during each early easy either else end enough especially even ever every everybody everyone
everyone's everything exactly far few fewer final finally find first five follow following for four
free from full further get getting give given glad go going good got great guessing had half happy
hard hardly has hasn't have haven't having he hello help helps her here here's hey hi him his hope
hoping how how's however i i'd i'll i'm i've idea if imagine in inside instead into is isn't it it'd
it'll it's its itself just keep keeping kind kindly know last late later least leave left less let
let's like likely little long look looking lot lots made make makes making many maybe me mean
meanwhile might mind mine more most mostly much must my name near nearly need needs neither never
new next nice no nobody nobody's none nor not nothing now of off often oh okay ok old on once one
only open or other others otherwise ought our ours out over own part past people per perhaps place
plain please plenty point possible probably put question quick quickly quiet quite rather read
reading ready real really reason reasons regards reply right same saw say saying says second see
seeing seems seen send sending sent set several shall she short should shouldn't show similar simple
simply since sincerely small so some somebody someone someone's something sometimes somewhere soon
sorry still stop such sure take takes taking talk teams tell ten thank thanks that that's the their
them then there there's these they they'd they'll they're they've thing things think thinking third
this those though thought three through time times to today today's together tomorrow tonight too
toward towards tried true truly try trying turns two under understood unless until up upon us use
used useful using usual usually very want was wasn't way ways we we'd we'll we're we've well went
were weren't what what's whatever when where where's whether which while who who's whoever whole
whom whose why will wishing with within without won't wonder wondering word words work working works
worth would wouldn't write writing wrong yes yesterday yet you you'd you'll you're you've your yours
assuming based chances congrats congratulations considering depending enjoyed fair fwd guess heard
hence honestly hopefully interesting interested learned likewise noticed noted ping quickest re
regarding six seven eight nine eleven twelve stopping touching welcome whenever wherever
account accounting accounts accrual activity addendum adoption agreement agreements amendment
amendments amount annual answer approach approval asset assets audit auditor auditors audits
balance board book books budget budgets business busy calendar case cash cfo change changes clause
clauses clean close closes commitments companies company compliance contract contracts control
controller controllers controls cost costs data date dates deal deals debt department detail details
diligence disclosure disclosures document documentation documents draft evidence example examples
excel executive expense expenses extraction file files filing filings finance financial fiscal fix
footnote footnotes forecast growth guide hand handover headcount hours idea impact industry info
information inventory invoice invoices issue job journal key landlord landlords landlord's lead lease
leased leases leasing ledger lessee lessees liabilities liability line list loan manager manual
market meeting memo memos method minutes model modification modifications month months newer note
notes number numbers office offices operating operations option options paper paperwork payment
payments payroll pdf pdfs period person plan planning policies policy portfolio portfolios practice
pricing problem problems process product profit project projects proof properties property purchase
quarter quarters rate rates reconciliation records remeasurement renewal renewals rent rents report
reporting reports request result results revenue review reviewers revisions risk risks rollforward
sale sales sample schedule schedules scope service services side sign site sites software source
sources spend spreadsheet spreadsheets staff standard start state step steps store stores story
strategy subject subleases support system systems task tax team tenant term termination terms
test testing tool tools topic trail transition treasury update updates value vendor vendors version
view visibility week weeks workflow year year-end years yearend quarter-end month-end
estate operation procurement legal facilities payables receivables
carries answers asks counts cut handles hands holds lands moves pulls reads runs sits starts ties
""")
"""Words that a sentence may open with, or that a title-cased line may capitalise."""

ORDINARY_ENDINGS = (
    "ing", "ly", "ed", "tion", "tions", "ment", "ments", "ness", "ity", "ities", "able", "ible",
    "ous", "ful", "less", "ists", "isms", "ances", "ences", "ship", "ically", "ward", "wards",
)  # fmt: skip
"""A lone unknown word at the start of a sentence with such an ending is taken for no name."""

ACRONYMS = _set("""
I A OK CFO CEO CAO COO CIO CTO CRO CMO VP SVP EVP FP&A HR IT AI ML PDF PDFS CSV XLSX API APIS ERP CRM
US USA U.S U.S.A UK U.K EU GAAP IFRS ASC IAS FASB IASB GASB SEC PCAOB SOX ROU IBR CAM CAMS AP AR GL
KPI KPIS ROI RFP RFI NDA SLA FAQ PS P.S FYI ASAP EOD EOW EOM TBA Q1 Q2 Q3 Q4 H1 H2 YTD YOY QOQ B2B
SAAS FTE MD&A XBRL EDGAR 10-K 10-KS 10-Q 8-K 20-F CPA CPAS ET PT CT MT EST PST CST CET GMT UTC AM PM
RE TL;DR AICPA CPE FEI CIMA ACCA ICAEW PO POS OCR LLC INC LLP
""")
"""Capitals that name no company and no person."""

COMMON_NAMES = _set("""
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
fridays weekend christmas easter thanksgiving english excel zoom teams google outlook word
powerpoint internet americas america american european europe dutch french german spanish italian portuguese
japanese chinese swedish danish norwegian finnish polish
""")
"""Weekdays, holidays and everyday tools."""

STANDARDS = (
    r"\bASC[ -]?(?:842|840|805|606)\b|\bIFRS[ -]?(?:16|15)\b|\bIAS[ -]?17\b|\bGASB[ -]?(?:87|96)\b"
    r"|\bFRS[ -]?102\b|\bSOX(?:[ -](?:404|302))?\b|\bSection (?:404|302)\b|\bTopic 842\b"
    r"|\b(?:Form )?(?:10-K|10-Q|8-K|20-F|40-F)s?\b|\b24/7\b|\bB2B\b|\b(?:1st|2nd|3rd)\b"
)
"""Numbers that are names of rules, forms and everyday phrases (a regular expression)."""

SMALL_UNITS = (
    r"(?:quick |short |brief |simple |more |other |different |good |easy |possible |plain |small )?"
    r"(?:minutes?|mins?|questions?|things?|lines?|sentences?|words|options?|ways?|ideas?|reasons?|"
    r"points?|steps?|examples?|thoughts?|pages?|pager|emails?|mails?|messages?|notes?|signs?|seconds?|"
    r"of(?! (?:your|our|the|its))|"
    r"or|sides?|places?|people|numbers|versions?|tries|facts?|kinds?|sorts?|parts?|halves|doors?|copies|colleagues)\b"
)
"""What small numbers may count without evidence, as in `two questions` or `15 minutes`."""

SOON_UNITS = r"(?:days?|weeks?|months?|quarters?)\b"
"""Counted without evidence only after words such as `in`, `next` or `every`."""

PERFORMANCE = (
    r"\b(?:sav\w{1,4}|cut\w{0,4}|reduc\w{1,4}|faster|quicker|increas\w{1,4}|improv\w{1,4}|grew|grow\w*|"
    r"doubl\w{1,4}|tripl\w{1,4}|boost\w{0,4}|shav\w{1,4}|lost|lose|losing|waste\w?|spend\w*|spent|"
    r"customers?|clients?|accurate|accuracy|hired|opened|closed|bought|acquired|laid)\b"
)
"""In a sentence with one of these, a small number is a claim like any other."""

NAME_VERBS = _set("""
is was has had will signed signs audits audited reported reports raised lost uses used chose told
said says wrote switched moved saved runs ran opened closed announced acquired bought sold hired
fired leases leased owns owned grew cut missed filed restated settled carries carried recently just
and also made makes built won works worked helped
""")
"""After an unknown opening word, these make it a name: `Northwind reported`, `Deloitte signed`."""

AUDITORS: dict[str, tuple[str, ...]] = {
    "ernst & young": ("ey", "e&y", "ernst and young", "ernst & young", "ernst"),
    "pricewaterhousecoopers": ("pwc", "pricewaterhousecoopers", "pricewaterhouse coopers"),
    "deloitte & touche": ("deloitte", "deloitte & touche", "deloitte and touche"),
    "kpmg": ("kpmg",),
    "grant thornton": ("grant thornton",),
    "bdo": ("bdo", "bdo usa"),
    "rsm": ("rsm", "rsm us"),
    "crowe": ("crowe",),
    "marcum": ("marcum",),
    "mazars": ("mazars", "forvis mazars"),
    "baker tilly": ("baker tilly",),
    "moss adams": ("moss adams",),
    "cohnreznick": ("cohnreznick",),
    "plante & moran": ("plante moran", "plante & moran"),
}
"""Audit firms as filings name them, and as people do. Always names, wherever they stand."""


@dataclass(frozen=True)
class Relation:
    """Which words must be near a fact of this kind, and which turn it into another statement."""

    near: str
    never: str
    after: str = r"(?!)"
    """What must not follow the words at once: `470,100 leases`."""


_MONEY_NEVER = (
    r"\b(?:raised|raise|raising|lost|earned|won|invested|donated|fined|stole|saved|profits?|"
    r"funding|round|grew|rose|fell|dropped|doubled|tripled|increased|decreased|jumped|shrank|"
    r"written off|wrote off|defaulted|no longer|settled)\b"
)
_LEASE = Relation(
    near=r"\b(?:leas\w+|rent\w*)\b", never=_MONEY_NEVER + r"|\b(?:revenues?|sales|cash|debt of)\b"
)

RELATIONS: dict[str, Relation] = {
    "operating_lease_liability": _LEASE,
    "lease_liability_all": _LEASE,
    "auditor": Relation(
        near=r"\b(?:audit\w*|sign(?:s|ed|ing)?|sign-off|review\w*|accounting firm|asks?|requests?|samples?|"
        r"evidence|proof|binders?|year|accounts|decides?|whether)\b",
        never=r"\b(?:fired|replaced|sued|left|switched|dropped|resigned|dismissed|former|formerly|"
        r"previous|previously|no longer|ex-auditor|client of ours|customer of ours|told me|told us|"
        r"recommended|recommends|uses|bought|acquired|warned|fined|found)\b",
    ),
    "fiscal_year_end": Relation(
        near=r"\b(?:year|years|year-end|report\w*|clos\w+|fiscal|books|ends?|ended|ending)\b",
        never=r"\b(?:founded|born|moved|expires?|opened|launched|announced)\b",
    ),
    "period_end": Relation(near=r"", never=r"\b(?:founded|born|launched|announced)\b"),
    "employees": Relation(
        near=r"\b(?:people|employ\w*|associates|staff|headcount|teams?|workforce|colleagues)\b",
        never=r"\b(?:laid off|layoffs?|cut|fired|hired|lost|lose|unhappy|left|quit)\b",
        after=r"[ -](?:\w+[ ])?(?:leases|contracts|customers|stores|users|sites|locations|units)\b",
    ),
    "revenue": Relation(
        near=r"\b(?:revenues?|sales|turnover)\b",
        never=r"\b(?:lost|profits?|raised|funding|lease\w*|saved|fined|debt|grew|fell|dropped|"
        r"doubled|loss|losses)\b",
    ),
}
"""One row per kind of fact; kinds without a row are quoted or named, not told in our own verbs."""
