"""How sure we are of drafts like this one, measured by what people did with them (C-42, decision 3).

In: tallies of decisions by step and industry, a policy's bands. Out: a calibrated confidence, and what
its band asks for. Never: the writer's own word for its confidence, a row, chance.

The confidence of a segment is the lower end of the 95 % score interval (Wilson 1927, JASA
22:209-212) of the share of drafts that people approved without a change. It is low when people
change much, and low when few have decided. A segment with less than `Bands.evidence` decisions borrows
from a wider one: campaign, step and industry; campaign and step; campaign; then there is none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from outrider.campaigns.rules import wilson_lower
from outrider.drafts.review.types import Action, Bands, Frozen

EVIDENCE_LASTS = timedelta(days=180)
"""Older decisions say little about today's writer and offer."""

UNKNOWN = "unknown"
OTHER = "other"

_HELD_BACK = b"outrider.held_back.v1"

_INDUSTRIES = tuple(
    (bucket, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for bucket, words in (
        (
            "financial",
            "financ|bank|insur|capital market|asset manage|credit|lending|fintech|broker",
        ),
        ("health", "health|hospital|pharma|biotech|medic|clinic|life science|dental|drug"),
        ("public", "government|public (?:sector|administration)|defen[cs]e|militar|municipal"),
        ("education", "educat|school|universit|college|e-?learning"),
        (
            "technology",
            "software|technolog|saas|internet|computer|semiconductor|information|telecom",
        ),
        ("retail", "retail|store|e-?commerce|consumer goods|apparel|restaurant|food|grocer"),
        (
            "industrial",
            "manufactur|industr|machin|automotive|chemical|aerospace|construct|engineer",
        ),
        ("energy", "energy|oil|gas\\b|utilit|mining|renewable|electric"),
        ("logistics", "logist|transport|shipping|airline|freight|warehous|trucking"),
        ("real_estate", "real estate|propert|reit\\b|hotel|hospitality"),
        ("services", "consult|professional service|legal|law\\b|account|market|media|staffing"),
    )
)
REGULATED = frozenset({"financial", "health"})
"""Industries whose mail deserves a closer look (C-38)."""


class Tally(Frozen):
    """What people did with drafts of one step and industry of a campaign."""

    step: int
    industry: str
    hits: int
    total: int


@dataclass(frozen=True)
class Calibrated:
    """The measured confidence in drafts like this one, and how wide a segment it speaks for."""

    confidence: Decimal | None
    hits: int = 0
    total: int = 0
    of: str = ""

    def __str__(self) -> str:
        if self.confidence is None:
            return "too few decisions yet"
        return (
            f"{self.confidence:.2f}: people left {self.hits} of {self.total} drafts of {self.of} "
            "unchanged"
        )


def industry_of(words: str | None) -> str:
    """The bucket of an industry as lists write it; the first that fits."""
    said = (words or "").strip()
    if not said:
        return UNKNOWN
    return next((bucket for bucket, found in _INDUSTRIES if found.search(said)), OTHER)


def segment_of(campaign_id: UUID, step: int, industry: str | None) -> str:
    """The name of a segment: `campaign/step/industry`."""
    return f"{campaign_id}/{step}/{industry_of(industry)}"


def calibrated(
    tallies: Sequence[Tally], step: int, industry: str | None, evidence: int
) -> Calibrated:
    """The confidence in the narrowest segment of this campaign with enough decisions."""
    bucket = industry_of(industry)
    of_step = [item for item in tallies if item.step == step]
    widths = (
        (f"this step and industry ({bucket})", [t for t in of_step if t.industry == bucket]),
        ("this step", of_step),
        ("this campaign", list(tallies)),
    )
    for name, items in widths:
        hits, total = sum(t.hits for t in items), sum(t.total for t in items)
        if total >= evidence:
            return Calibrated(wilson_lower(hits, total), hits, total, name)
    return Calibrated(None)


def band(confidence: Decimal, bands: Bands) -> Action:
    """What a calibrated confidence asks for: automatic from `auto` on, a senior below `escalate`."""
    if confidence >= bands.auto:
        return Action.AUTO_APPROVE
    return Action.ESCALATE if confidence < bands.escalate else Action.REVIEW


def is_held_back(draft_id: UUID, share: Decimal) -> bool:
    """Whether this draft belongs to the share that people decide in any case.

    Without it, a segment on automatic would never show that it got worse. The hash of the id makes
    the choice the same each time, and nobody can steer it.
    """
    digest = hashlib.sha256(_HELD_BACK + draft_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") < int(share * 2**64)
