"""One campaign on one page: the rules that it learned, its steps, its pace, and what came of it.

In: the open transaction, a campaign. Out: typed values. Never: a change, a person's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from outrider.app.views.blueprints import shown as blueprints_shown
from outrider.app.views.campaign_figures import Figures
from outrider.app.views.campaign_types import (
    CampaignDesk,
    CampaignLine,
    CampaignList,
    DayPlanned,
    PacingLine,
    SequenceShown,
    StepShown,
)
from outrider.app.views.funnel import Funnel
from outrider.app.views.kept import Counted
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create, sequences
from outrider.campaigns.types import Sequence as Steps
from outrider.campaigns.types import Step
from outrider.kernel.database.tx import Tx
from outrider.prospects import touch_rules
from outrider.prospects.business_days import add_business_days

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
_CAMPAIGNS = (
    "select k.id, k.name, k.status, k.brand, k.target_competitor_name as competitor, k.created_at,"
    " (select max(b.version) from outrider.blueprints b where b.campaign_id = k.id)"
    " as blueprint_version from outrider.campaigns k order by k.created_at, k.id"
)
_NO_FIGURES = Figures()
_NOTHING = Funnel(written=0, approved=0, sent=0, answered=0, opted_out=0, bounced=0)


async def listing(tx: Tx, counted: Counted[dict[UUID, Figures]]) -> CampaignList:
    """Every campaign as it is, with its numbers as they were counted, oldest first."""
    return CampaignList(
        items=[_line(row, counted.value) for row in await tx.rows(_CAMPAIGNS)],
        as_of=counted.as_of,
    )


async def desk(tx: Tx, name_or_id: str, counted: Counted[dict[UUID, Figures]]) -> CampaignDesk:
    """One campaign as its page shows it.

    Raises:
        NotFound: there is none of this name.
    """
    campaign = await create.find(tx, name_or_id)
    lines = (await listing(tx, counted)).items
    steps = await sequences.newest(tx, campaign)
    active = await blueprints.active(tx, campaign.id)
    found = counted.value.get(campaign.id, _NO_FIGURES)
    return CampaignDesk(
        campaign=next(line for line in lines if line.id == campaign.id),
        additional_context=campaign.additional_context,
        blueprint=blueprints_shown(active) if active else None,
        sequence=_sequence(steps, found.due, found.steps),
        pacing=pace(steps.pacing),
        funnel=found.funnel,
        people=dict(found.people),
        as_of=counted.as_of,
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


def planned(steps: Sequence[Step], start: datetime) -> list[DayPlanned]:
    """The whole way of somebody who is enrolled at an instant and never answers, weekends left out."""
    days, first = days_of(steps), add_business_days(start, 0)
    return [
        DayPlanned(
            number=step.number,
            channel=step.channel,
            purpose=step.purpose,
            day=days.get(step.number),
            date=add_business_days(first, days[step.number]) if step.number in days else None,
            arms=[arm.name for arm in step.experiment.arms] if step.experiment else [],
            branches=dict(step.branches),
        )
        for step in steps
    ]


def _line(row: Mapping[str, object], counted: Mapping[UUID, Figures]) -> CampaignLine:
    found = counted.get(UUID(str(row["id"])), _NO_FIGURES)
    numbers = {
        name: getattr(found, name) for name in ("emails", "enrolled", "waiting", "replied", "sent")
    }
    return CampaignLine.model_validate({**row, **numbers})


def _counted(key: str, value: int) -> str:
    one, many = _UNITS.get(key.rpartition("_")[2], _DAYS)
    return f"{value} {one if value == 1 else many}"


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
