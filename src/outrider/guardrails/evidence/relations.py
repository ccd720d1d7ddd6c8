"""What must not be said of a fact of each kind. Data, and the words that a figure is told with.

In: nothing. Out: one row per kind of fact. Never: a rule.

Words fall into groups that tell different things of money: what is owed to landlords is no profit and
no loan. A fact is contradicted by a word of a group that is not its own; an unknown verb says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEASE = r"leas\w+|sublea\w+|rent(?:s|al|als|ed|ing)?|landlords?|lessors?"
_REVENUE = r"revenues?|sales|turnover|top line|takings"
_PROFIT = (
    r"(?:in|of|net|gross|operating|a) profits?|profits? (?:of|was|were|hit|reached|came)|net income|"
    r"earnings of|in earnings|ebitda (?:of|was)|margin of"
)
_CASH = r"in cash|of cash|cash (?:of|pile|balance|reserves)|in the bank|war chest"
_DEBT = r"in debt|debts?|loans?|borrow\w*|bonds?|overdraft|mortgages?|credit (?:line|facility)"
_FUNDING = r"raised|raise|raises|raising|funding|funded|funding round|investors?|valuation|valued|series [a-e]"
_LOSS = (
    r"lost|losses|loss|wrote off|written off|write-off|writing off|impairment|fine[ds]?|fraud|stole|stolen|"
    r"default(?:ed|s)?|penalt\w+|damages"
)
_MOVE = (
    r"grew|grown|rose|risen|fell|fallen|dropped|doubled|tripled|quadrupled|halved|increased|decreased|"
    r"jumped|shrank|climbed|soared|surged|plunged|added|slashed|trimmed"
)
_DEAL = r"sold|bought|acquired|saved|won(?!['\u2019]t)|donated|settled|repaid|paid off|refinanced|no longer|invested"


@dataclass(frozen=True)
class Relation:
    """What names a fact of this kind, and which words turn it into another statement."""

    near: re.Pattern[str]
    never: re.Pattern[str]
    before: re.Pattern[str]
    """What must not stand right before the figure when the sentence does not name it."""
    after: re.Pattern[str]
    """What must not follow the words at once: `470,100 leases`."""


def _of(near: str, never: str, before: str = r"(?!)", after: str = r"(?!)") -> Relation:
    return Relation(
        near=re.compile(rf"\b(?:{near})\b", re.IGNORECASE),
        never=re.compile(rf"\b(?=\w)(?:{never})\b", re.IGNORECASE),
        before=re.compile(rf"\b(?:{before}) (?:[a-z]+ ){{0,3}}$", re.IGNORECASE),
        after=re.compile(after, re.IGNORECASE),
    )


_HAS = r"owes?|has|have|had|holds?|makes?|made|earns?|gets?|received|keeps?|sits? on|worth"
_SPENDS = r"spen[dt]s?|spending|paid|pays?|budget(?:ed|s)?|costs?"
_THINGS = (
    r"leases|contracts|customers|clients|stores|shops|users|sites|locations|units|properties|buildings|"
    r"vehicles|trucks|machines|aircraft|branches|offices|suppliers|vendors|invoices|patients|guests|"
    r"students|pupils|seats|rooms|beds|robots|devices|licences|licenses|plants|warehouses"
)
_OWED = _of(
    near=rf"{_LEASE}|obligations?|commitments?|premises|footprint|real estate",
    never="|".join((_PROFIT, _REVENUE, _CASH, r"debt of|in debt|loans?|borrow\w*|bonds?", _FUNDING, _LOSS,
                    _MOVE, _DEAL)),
    before=f"{_HAS}|{_SPENDS}|raises|generates?",
    after=r"[^.;?!,\n]{0,30}\b(?:a|per|each|every|last|this) (?:year|month|quarter)\b",
)  # fmt: skip

RELATIONS: dict[str, Relation] = {
    "operating_lease_liability": _OWED,
    "lease_liability_all": _OWED,
    "auditor": _of(
        near=r"audit\w*|sign\w*|accounts|year",
        never=r"fired|replaced|replacing|sued|left|switched|dropped|resigned|dismissed|former|formerly|"
        r"previous|previously|no longer|ex-auditor|client of ours|customer of ours|told me|told us|"
        r"recommended|recommends|bought|acquired|warned|fined|qualified opinion|parted ways|"
        r"moved on from|ended (?:its|your|the) (?:engagement|work)|walked away|used to|until last",
    ),
    "fiscal_year_end": _of(
        near=r"year|years|year-end|report\w*|clos\w+|fiscal|books|ends?|ended|ending",
        never=r"founded|born|moved|expires?|opened|launched|announced|acquired|merged|hired",
    ),
    "period_end": _of(near=r"", never=r"founded|born|launched|announced|acquired|merged"),
    "employees": _of(
        near=r"people|person|employ\w*|associates|staff|headcount|teams?|workforce|colleagues|crew|crews|hands|"
        r"members|payroll|heads|folks|souls",
        never=r"laid off|lay off|layoffs?|cut|cutting|fired|firing|hired|hires?|hiring|"
            r"recruit\w*|laying off|letting go|lost|lose|losing|unhappy|left|quit|let go|"
        r"redundan\w+|made redundant|added|resigned|furlough\w*",
        after=rf"[ -](?:[a-z-]+[ ])?(?:{_THINGS})\b",
    ),
    "revenue": _of(
        near=rf"{_REVENUE}|brings? in|bringing in|turns? over|turning over|sells?|sold|earn\w*|takes in",
        never="|".join((_PROFIT, _CASH, _DEBT, _FUNDING, r"lost|loss|losses|fined|saved|leas\w+|rent", _MOVE,
                        r"costs? of|spen[dt]s?|spending|budget")),
        before=_SPENDS,
    ),
}  # fmt: skip
"""One row per kind of fact; kinds without a row are quoted or named, not told in our own verbs."""
