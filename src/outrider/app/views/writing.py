"""Variants and the judge's agreement as screens and JSON show them.

In: values of the drafts room. Out: plain dictionaries. Never: a change, a query.
"""

from __future__ import annotations

from typing import Any

from outrider.drafts.review.types import Agreement, JudgeAgreement
from outrider.drafts.types import Variant

_ROWS = ("judge: good", "judge: fair", "judge: poor")


def variant_json(variant: Variant) -> dict[str, Any]:
    """The public shape of a variant."""
    mail = variant.mail
    return {
        "number": variant.number,
        "subject": mail.subject,
        "body": mail.body,
        "words": len(mail.body.split()),
        "angle": mail.angle,
        "reasoning": list(mail.reasoning),
        "unmet": list(mail.unmet),
        "findings": [item.model_dump(mode="json") for item in variant.findings],
        "writer": variant.writer,
        "cost_usd": float(variant.cost_usd),
        "is_chosen": variant.is_chosen,
        "created_at": variant.created_at.isoformat(),
    }


def agreement_json(found: JudgeAgreement) -> dict[str, Any]:
    """The public shape of how far judge and people agree."""
    return {
        "pairs": found.pairs,
        "since": found.since.isoformat(),
        "judges": found.judges,
        "approval": _kappa(found.approval),
        "rank": _kappa(found.rank),
        "table": [
            {"judge": name, "approved": row[0], "edited": row[1], "rejected": row[2]}
            for name, row in zip(_ROWS, found.table, strict=True)
        ],
    }


def _kappa(found: Agreement) -> dict[str, Any]:
    values = (found.kappa, found.low, found.high)
    kappa, low, high = (None if value is None else float(value) for value in values)
    return {
        "kappa": kappa,
        "low": low,
        "high": high,
        "observed": float(found.observed),
        "why_not": found.why_not,
    }
