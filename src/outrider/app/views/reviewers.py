"""The report on reviewers as screens and JSON show it. In: values. Out: dictionaries. Never: a query."""

from __future__ import annotations

from typing import Any

from outrider.drafts.review.reviewers import Reviewer


def reviewer_json(one: Reviewer) -> dict[str, Any]:
    """The public shape of one person's line."""
    dwell = one.median_dwell_seconds
    return {
        "person_id": str(one.person_id),
        "name": one.name,
        "decisions": one.decisions,
        "approved": one.approved,
        "edited": one.edited,
        "rejected": one.rejected,
        "in_bulk": one.in_bulk,
        "quick": one.quick,
        "taken_back": one.taken_back,
        "share_quick": float(one.share_quick),
        "share_changed": float(one.share_changed),
        "median_dwell_seconds": None if dwell is None else float(dwell),
        "tests_caught": one.tests_caught,
        "tests_missed": one.tests_missed,
    }
