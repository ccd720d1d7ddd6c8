"""The numbers of every campaign, counted together: one pass over mails serves the list and each page.

In: the open transaction. Out: counts by campaign. Never: a person, a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from outrider.app.views.funnel import Funnel, by_campaign, together
from outrider.kernel.database.tx import Tx

_PAST_MAIL = (
    "select campaign_id, count(*) as n from outrider.emails where workspace_id = :workspace"
    " group by campaign_id"
)
_PEOPLE = (
    "select campaign_id, status, next_step, count(*) as n,"
    " count(*) filter (where stop_reason = 'replied') as replied from outrider.enrollments"
    " where workspace_id = :workspace group by campaign_id, status, next_step"
)
_SENT = (
    "select campaign_id, count(*) as n from outrider.outbox where workspace_id = :workspace"
    " and status = 'sent' group by campaign_id"
)
_WAITING = (
    "select campaign_id, count(*) as n from outrider.drafts where workspace_id = :workspace"
    " and status = 'pending' group by campaign_id"
)
_IN_FLIGHT = ("active", "paused")


@dataclass
class Figures:
    """The numbers of one campaign."""

    emails: int = 0
    sent: int = 0
    waiting: int = 0
    replied: int = 0
    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Enrollments by status."""
    due: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """People in flight by their next step."""
    steps: Mapping[int, Funnel] = field(default_factory=dict)

    @property
    def enrolled(self) -> int:
        """Everybody who ever was."""
        return sum(self.people.values())

    @property
    def funnel(self) -> Funnel:
        """All steps together."""
        return together(self.steps.values())


async def count(tx: Tx) -> dict[UUID, Figures]:
    """The numbers of each campaign that has any."""
    found: defaultdict[UUID, Figures] = defaultdict(Figures)
    here = {"workspace": tx.workspace}
    for name, query in (("emails", _PAST_MAIL), ("sent", _SENT), ("waiting", _WAITING)):
        for row in await tx.rows(query, here):
            setattr(found[row["campaign_id"]], name, row["n"])
    for row in await tx.rows(_PEOPLE, here):
        one = found[row["campaign_id"]]
        one.people[row["status"]] += row["n"]
        one.replied += row["replied"]
        if row["status"] in _IN_FLIGHT:
            one.due[row["next_step"]] += row["n"]
    for campaign, steps in (await by_campaign(tx)).items():
        found[campaign].steps = steps
    return dict(found)
