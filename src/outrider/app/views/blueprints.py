"""Every version of a campaign's blueprint, to be read and compared.

In: the open transaction, a campaign. Out: typed versions, newest first. Never: a change.
"""

from __future__ import annotations

from outrider.app.views.campaign_types import BlueprintShown, BlueprintVersions, RuleShown
from outrider.campaigns import create
from outrider.campaigns.types import Blueprint, Rule
from outrider.kernel.database.tx import Tx

MOST = 30
"""Versions shown."""

_VERSIONS = (
    "select id, campaign_id, version, status, inputs, content, created_at from outrider.blueprints"
    " where campaign_id = :id order by version desc limit :most"
)


async def versions(tx: Tx, name_or_id: str) -> BlueprintVersions:
    """The versions there are.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = await create.find(tx, name_or_id)
    rows = await tx.rows(_VERSIONS, {"id": campaign.id, "most": MOST})
    names = ("id", "campaign_id", "version", "status", "inputs", "created_at")
    found = [
        Blueprint.model_validate(row["content"] | {name: row[name] for name in names})
        for row in rows
    ]
    return BlueprintVersions(items=[shown(one) for one in found])


def shown(found: Blueprint) -> BlueprintShown:
    """One version as a page shows it."""
    groups: dict[str, tuple[Rule, ...]] = {
        "structure": found.structure,
        "do": found.dos,
        "dont": found.donts,
        "cadence": found.cadence,
    }
    return BlueprintShown(
        version=found.version,
        created_at=found.created_at,
        sufficiency=float(found.sufficiency),
        warnings=list(found.warnings),
        rules=[
            RuleShown(
                group=group,
                confidence=float(rule.confidence),
                **rule.model_dump(
                    include={"name", "text", "step", "support", "out_of", "strength"}
                ),
            )
            for group, rules in groups.items()
            for rule in rules
        ],
    )
