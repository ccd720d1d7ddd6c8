"""What a policy's conditions can see of a draft: one table of names, and how each value comes about.

In: a draft, its account, contact and campaign, facts, scores, measured confidence, what the recipient
wrote. Out: plain values by name. Never: a row, the clock, an address; a guess for what nobody knows.

A name whose value is not known is left out, and a condition that needs it cannot be told, which counts
against the draft. `docs/policies.md` lists the same table; a test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from outrider.drafts.review.bands import REGULATED, Calibrated, industry_of
from outrider.drafts.review.objections import contains_objection
from outrider.drafts.review.types import Dimension, Scores
from outrider.drafts.types import Draft
from outrider.guardrails.types import Severity
from outrider.prospects.types import Account, Contact, Fact, FactKind, Provenance

FRESH_FOR = timedelta(days=460)
"""An annual report describes a year that ended up to three months before, and holds for twelve more."""

SENSITIVE = "sensitive_"
"""Checks whose names begin so found prices, contracts, law or regulation."""

DEAL_VALUE = ("deal_value", "deal value", "opportunity_amount", "opportunity amount", "amount")
REVENUE = ("revenue", "annual_revenue", "annual revenue")
"""Columns of a list, in any case, that are kept as attributes and read as these numbers."""


class Kind(StrEnum):
    """The type of a value, in the words of CEL."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "string"
    TEXTS = "list(string)"
    FINDINGS = "list(map(string, string))"
    ATTRIBUTES = "map(string, string)"


@dataclass(frozen=True)
class Name:
    """One thing that a condition can see."""

    name: str
    kind: Kind
    meaning: str
    is_always_known: bool = True


_B, _N, _T = Kind.BOOL, Kind.NUMBER, Kind.TEXT
NAMES = (
    Name("deal_value", _N, "Value of the deal from the list's column `deal_value`; 0 if unknown"),
    Name("has_deal_value", _B, "Whether the list gave a deal value"),
    Name("research_confidence", _N,
         "Share of the draft's claims that rest on a filing no older than 460 days; 0 without claims"),
    Name("prospect_response_contains_objection", _B,
         "Whether the newest mail from this contact objects: price, timing, need, a rival in use"),
    Name("step", _N, "Step of the sequence, from 1"),
    Name("is_reply", _B, "Whether the mail answers in a thread"),
    Name("version", _N, "1 for the agent's first words, more after an edit or a rejection"),
    Name("language", _T, "Language of the mail, ISO 639-1, such as en"),
    Name("findings", Kind.FINDINGS, "What the checks found: each with `check` and `severity`"),
    Name("checks", Kind.TEXTS, "Names of the checks that found something"),
    Name("sensitive", Kind.TEXTS, "Of these, the sensitive ones: pricing, contract, legal, regulatory"),
    Name("blocked", _B, "Whether a finding stops an approval"),
    Name("warned", _B, "Whether a finding warns"),
    Name("claims_count", _N, "Statements of fact in the mail"),
    Name("rests_on_web", _B,
         "Whether a claim rests on a web page or a letter to us, which anybody could have written"),
    Name("facts_count", _N, "Facts with evidence that are stored on the account"),
    Name("oldest_fact_days", _N, "Age in days of the oldest fact that the mail cites; 0 without claims"),
    Name("has_scores", _B, "Whether a judge read it"),
    Name("scores.mean", _N, "Mean of the judge's five scores, 1 to 5", False),
    *(Name(f"scores.{d}", _N, f"The judge's score for {d.replace('_', ' ')}, 1 to 5", False)
      for d in Dimension),
    Name("writer", _T, "Model that wrote it, `offline`, or `person:…`"),
    Name("model_confidence", _N, "The writer's own word, 0 to 1; it decides nothing by itself"),
    Name("calibrated_confidence", _N,
         "Lower bound of the share that people approve unchanged; 0 without enough decisions"),
    Name("has_calibrated_confidence", _B, "Whether there are enough decisions"),
    Name("segment", _T, "Campaign, step and industry: `id/step/industry`"),
    Name("campaign", _T, "Name of the campaign"),
    Name("account.name", _T, "Name of the account"),
    Name("account.industry", _T, "Its industry as the list writes it; empty if unknown"),
    Name("account.industry_group", _T, "One of a dozen groups, such as financial; `unknown`, `other`"),
    Name("account.is_regulated", _B, "Whether the group is financial or health"),
    Name("account.country", _T, "ISO 3166-1 alpha-2; empty if unknown"),
    Name("account.employees", _N, "Employees, from the list or a filing", False),
    Name("has_employees", _B, "Whether the number of employees is known"),
    Name("account.revenue", _N, "Revenue of the newest filing, or of the list", False),
    Name("has_revenue", _B, "Whether the revenue is known"),
    Name("account.attributes", Kind.ATTRIBUTES, "Further columns that the import kept"),
    Name("contact.title", _T, "Job title; empty if unknown"),
    Name("contact.country", _T, "Country of the contact, else of the account; empty if unknown"),
)  # fmt: skip
"""Everything that a condition can see. An interface: a name that goes breaks policies."""

ANYBODY_WRITES = frozenset({Provenance.WEB, Provenance.INBOUND})
"""Sources whose words nobody vouches for: unlike a filing, a CRM or the operator's own list."""

_AMOUNT = re.compile(
    r"[^\d]{0,4}\s*([\d][\d,' ]*(?:\.\d+)?)\s*(k|m|mn|b|bn|million|billion)?\b", re.I
)
_TIMES = {"k": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9}


@dataclass(frozen=True)
class About:
    """All that is known of one draft at one instant."""

    draft: Draft
    account: Account
    contact: Contact
    campaign: str
    facts: Sequence[Fact]
    scores: Scores | None
    calibrated: Calibrated
    segment: str
    heard: str
    now: datetime


def facts_of(about: About) -> dict[str, object]:
    """The values of `NAMES`; those that are not known are missing."""
    values = {
        **_of_draft(about.draft),
        **_of_evidence(about),
        **_of_judges(about),
        **_of_people(about),
    }
    return {name.name: values[name.name] for name in NAMES if values.get(name.name) is not None}


def research_confidence(draft: Draft, facts: Sequence[Fact], today: date) -> Decimal:
    """Claims whose fact is stored, from a filing, and at most 460 days old, among all claims.

    A fact's age counts from the end of the period that it describes, else from when it was fetched.
    """
    if not draft.claims:
        return Decimal(0)
    good = {
        fact.id
        for fact in facts
        if fact.evidence.provenance is Provenance.FILING and today - _day_of(fact) <= FRESH_FOR
    }
    resting = sum(claim.fact_id in good for claim in draft.claims)
    return (Decimal(resting) / len(draft.claims)).quantize(Decimal("0.01"))


def rests_on_web(draft: Draft, facts: Sequence[Fact]) -> bool:
    """Whether a claim rests on something that anybody could have put before us (decision 3).

    One such claim is enough, whatever the others rest on.
    """
    cited = {claim.fact_id for claim in draft.claims}
    return any(f.id in cited and f.evidence.provenance in ANYBODY_WRITES for f in facts)


def amount(said: str) -> Decimal | None:
    """A number as people write it into a list: `$120,000`, `1.2m`, `90 k`; None when it is none."""
    found = _AMOUNT.match(said.strip())
    if found is None:
        return None
    try:
        number = Decimal(re.sub(r"[,' ]", "", found[1]))
    except InvalidOperation:
        return None
    return number.scaleb(_TIMES.get((found[2] or "").lower(), 0))


def _of_draft(draft: Draft) -> dict[str, object]:
    checks = sorted({item.check for item in draft.findings})
    return {
        "step": draft.step,
        "is_reply": "In-Reply-To" in draft.content.headers,
        "version": draft.version,
        "language": draft.language,
        "findings": [{"check": f.check, "severity": str(f.severity)} for f in draft.findings],
        "checks": checks,
        "sensitive": [c.removeprefix(SENSITIVE) for c in checks if c.startswith(SENSITIVE)],
        "blocked": bool(draft.blocked_by),
        "warned": any(f.severity is Severity.WARN for f in draft.findings),
        "claims_count": len(draft.claims),
        "writer": draft.writer,
        "model_confidence": float(draft.confidence),
    }


def _of_evidence(about: About) -> dict[str, object]:
    today = about.now.date()
    cited = {claim.fact_id for claim in about.draft.claims}
    ages = [(today - _day_of(fact)).days for fact in about.facts if fact.id in cited]
    return {
        "research_confidence": float(research_confidence(about.draft, about.facts, today)),
        "rests_on_web": rests_on_web(about.draft, about.facts),
        "facts_count": len(about.facts),
        "oldest_fact_days": max(ages, default=0),
        "prospect_response_contains_objection": contains_objection(about.heard),
    }


def _of_judges(about: About) -> dict[str, object]:
    scores, confidence = about.scores, about.calibrated.confidence
    values: dict[str, object] = {
        "has_scores": scores is not None,
        "calibrated_confidence": float(confidence or 0),
        "has_calibrated_confidence": confidence is not None,
        "segment": about.segment,
    }
    if scores is not None:
        values["scores.mean"] = float(scores.mean)
        values |= {f"scores.{name}": item.score for name, item in scores.scores.items()}
    return values


def _of_people(about: About) -> dict[str, object]:
    account, contact = about.account, about.contact
    group = industry_of(account.industry)
    deal = _attribute(account.attributes, DEAL_VALUE)
    employees = account.employees
    if employees is None:
        employees = _whole(_newest(about.facts, FactKind.EMPLOYEES))
    revenue = _newest(about.facts, FactKind.REVENUE)
    if revenue is None:
        revenue = _attribute(account.attributes, REVENUE)
    return {
        "deal_value": float(deal or 0),
        "has_deal_value": deal is not None,
        "campaign": about.campaign,
        "account.name": account.name,
        "account.industry": account.industry or "",
        "account.industry_group": group,
        "account.is_regulated": group in REGULATED,
        "account.country": account.country or "",
        "account.employees": employees,
        "has_employees": employees is not None,
        "account.revenue": None if revenue is None else float(revenue),
        "has_revenue": revenue is not None,
        "account.attributes": dict(account.attributes),
        "contact.title": contact.title,
        "contact.country": contact.country or account.country or "",
    }


def _attribute(attributes: Mapping[str, str], names: Sequence[str]) -> Decimal | None:
    known = {name.strip().lower(): said for name, said in attributes.items()}
    found = (amount(known[name]) for name in names if name in known)
    return next((number for number in found if number is not None), None)


def _newest(facts: Sequence[Fact], kind: FactKind) -> Decimal | None:
    of_kind = [fact for fact in facts if fact.kind is kind]
    newest = max(of_kind, key=_day_of, default=None)
    try:
        return newest.number if newest else None
    except InvalidOperation:
        return None


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)


def _day_of(fact: Fact) -> date:
    return fact.as_of or fact.evidence.retrieved_at.date()
