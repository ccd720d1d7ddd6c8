"""What each claim of a draft rests on: the words of its source, as a reviewer can check them.

In: the open transaction, rows of drafts. Out: claims with their evidence. Never: a change, a judgement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx

_LABELS = {
    "sec_10k": "Annual report (10-K), SEC EDGAR",
    "sec_10kt": "Annual report (10-KT), SEC EDGAR",
    "sec_20f": "Annual report (20-F), SEC EDGAR",
    "sec_40f": "Annual report (40-F), SEC EDGAR",
    "sec_companyfacts": "Reported company facts, SEC EDGAR",
    "sec_10q": "Quarterly report (10-Q), SEC EDGAR",
    "sec_submissions": "Company profile, SEC EDGAR",
    "import": "Imported list",
    "crm": "CRM record",
}


async def of_claims(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, list[dict[str, Any]]]:
    """The claims of each draft by its id, with `evidence`: source, url, quote, provenance.

    A claim whose fact is not stored has null.
    """
    wanted = {UUID(claim["fact_id"]) for row in rows for claim in row["claims"]}
    found = await tx.rows(
        "select id, source, url, quote, provenance from outrider.facts where id = any(:ids)",
        {"ids": sorted(wanted)},
    )
    facts = {str(fact["id"]): fact for fact in found}
    return {
        row["id"]: [
            {**claim, "evidence": _evidence(facts.get(claim["fact_id"]), row["sources"])}
            for claim in row["claims"]
        ]
        for row in rows
    }


def _evidence(
    fact: Mapping[str, Any] | None, sources: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """The writer's name for the source where it gave one, else ours."""
    if fact is None:
        return None
    kind = str(fact["source"])
    label = _LABELS.get(kind) or kind.replace("_", " ")
    for source in sources:
        if (source["url"], source["quote"]) == (fact["url"], fact["quote"]):
            label = source["label"] or label
    return {
        "source": label,
        "url": fact["url"],
        "quote": fact["quote"],
        "provenance": fact["provenance"],
    }
