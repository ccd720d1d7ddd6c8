"""One campaign on one page: the rules that it learned, its steps, its pace, and what came of it.

In: the open transaction, a campaign. Out: typed values. Never: a change, a person's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from outrider.app.views import campaigns as figures
from outrider.app.views.campaign_types import (
    BlueprintShown,
    CampaignDesk,
    CampaignLine,
    CampaignList,
    PacingLine,
    RuleShown,
    SequenceShown,
    StepShown,
)
from outrider.app.views.funnel import Funnel, by_step, funnel
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create, sequences
from outrider.campaigns.types import Blueprint, Rule, Step
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel.database.tx import Tx
from outrider.prospects import touch_rules

_WAITING = (
    "select campaign_id, count(*) as n from outrider.drafts where status = 'pending'"
    " group by campaign_id"
)
_DUE = (
    "select next_step, count(*) as n from outrider.enrollments"
    " where campaign_id = :id and status in ('active', 'paused') group by next_step"
)
_PEOPLE = (
    "select status, count(*) as n from outrider.enrollments where campaign_id = :id group by status"
)
_PACE = (
    ("person_touches person_days", "One person: at most {0} in {1}"),
    ("gap_days", "One person: at least {0} between two touches"),
    ("account_people account_days", "One account: at most {0} in {1}"),
    ("account_touches account_days", "One account: at most {0} in {1}, all people together"),
    ("after_reply_days", "After an answer: quiet for that person for {0}"),
    ("after_reply_account_days", "After an answer: quiet for colleagues for {0}"),
    ("after_colleague_days", "After a call or meeting of ours: quiet for that person for {0}"),
    (
        "after_colleague_account_days",
        "After a call or meeting of ours: quiet for colleagues for {0}",
    ),
)
_UNITS = {"touches": ("touch", "touches"), "people": ("person", "people")}
_DAYS = ("business day", "business days")
_NOTHING = Funnel(written=0, approved=0, sent=0, answered=0, opted_out=0, bounced=0)


async def listing(tx: Tx) -> CampaignList:
    """Every campaign with its numbers, oldest first."""
    waiting = {str(row["campaign_id"]): row["n"] for row in await tx.rows(_WAITING)}
    return CampaignList(items=[_line(row, waiting) for row in await figures.listing(tx)])


async def desk(tx: Tx, name_or_id: str) -> CampaignDesk:
    """One campaign as its page shows it.

    Raises:
        NotFound: there is none of this name.
    """
    campaign = await create.find(tx, name_or_id)
    lines = (await listing(tx)).items
    steps = await sequences.newest(tx, campaign)
    active = await blueprints.active(tx, campaign.id)
    due = {row["next_step"]: row["n"] for row in await tx.rows(_DUE, {"id": campaign.id})}
    people = await tx.rows(_PEOPLE, {"id": campaign.id})
    return CampaignDesk(
        campaign=next(line for line in lines if line.id == campaign.id),
        additional_context=campaign.additional_context,
        blueprint=_blueprint(active) if active else None,
        sequence=_sequence(steps, due, await by_step(tx, campaign.id)),
        pacing=pace(steps.pacing),
        funnel=await funnel(tx, campaign_id=campaign.id),
        people={row["status"]: row["n"] for row in people},
    )


def pace(overrides: Mapping[str, int]) -> list[PacingLine]:
    """The touch policy in sentences; a line that is switched off is left out."""
    table = asdict(touch_rules.policy(overrides))
    lines = []
    for names, words in _PACE:
        keys = names.split()
        if all(table[key] for key in keys):
            said = words.format(*(_counted(key, table[key]) for key in keys))
            lines.append(PacingLine(text=f"{said}.", is_own=any(key in overrides for key in keys)))
    return lines


def days_of(steps: Sequence[Step]) -> dict[int, int]:
    """The business day of each step on the way of one who never answers; the first is day 0."""
    known = {step.number: step for step in steps}
    day, found = 0, dict[int, int]()
    step = steps[0] if steps else None
    while step is not None and step.number not in found:
        day += step.delay_business_days if found else 0
        found[step.number] = day
        step = known.get(step.number + 1 if step.then is None else step.then)
    return found


def _line(row: Mapping[str, object], waiting: Mapping[str, int]) -> CampaignLine:
    return CampaignLine.model_validate({**row, "waiting": waiting.get(str(row["id"]), 0)})


def _counted(key: str, value: int) -> str:
    one, many = _UNITS.get(key.rpartition("_")[2], _DAYS)
    return f"{value} {one if value == 1 else many}"


def _blueprint(found: Blueprint) -> BlueprintShown:
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


def _sequence(steps: Steps, due: Mapping[int, int], sent: Mapping[int, Funnel]) -> SequenceShown:
    days = days_of(steps.steps)
    told = {"number", "channel", "purpose", "template", "angle", "delay_business_days", "then"}
    return SequenceShown(
        version=steps.version,
        created_at=steps.created_at,
        made_by=steps.made_by,
        note=steps.note,
        steps=[
            StepShown(
                **step.model_dump(include=told | {"branches"}),
                day=days.get(step.number),
                arms=[arm.name for arm in step.experiment.arms] if step.experiment else [],
                due=due.get(step.number, 0),
                funnel=sent.get(step.number, _NOTHING),
            )
            for step in steps.steps
        ],
    )
