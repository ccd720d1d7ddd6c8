"""A world for the clock of reviews: people with hours, a policy, drafts that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from outrider.app.jobs import chase as job
from outrider.app.wiring import Outrider
from outrider.drafts import read, write
from outrider.drafts.review import calendar, chase, policy, route, store_reviews
from outrider.drafts.review.types import Chased, Clock, Policy, Review, WorkingTime
from outrider.drafts.types import Draft
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.conftest import add_person
from tests.drafts_world import answer, build

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = WorkingTime(timezone="America/New_York")
SUBJECT = "Lease changes between quarters"
BODY = (
    "Hi Dana,\n\nHow does your team keep track of lease changes between quarters? Most teams still "
    "collect them by hand and find the gaps in the week before the audit.\n\nWorth a short talk, or "
    "is it solved already?"
)
"""Words that no check has anything to say to: these stories are about time."""
FRIDAY, MONDAY, TUESDAY = "2026-03-06", "2026-03-09", "2026-03-10"


def local(day: str, clock: str) -> datetime:
    """An instant as the office's wall shows it."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NEW_YORK)


@dataclass
class ClockWorld:
    """Outrider in one workspace, on a clock that obeys."""

    outrider: Outrider
    clock: VirtualClock
    people: dict[str, PersonId] = field(default_factory=dict)

    def at(self, moment: datetime) -> None:
        """Put the clock to this instant, forward or back."""
        self.clock.advance(moment - self.clock.now())

    async def person(
        self, name: str, role: str = "approver", hours: WorkingTime | None = OFFICE
    ) -> PersonId:
        """A person `name@brand.example` with hours of the office."""
        database, workspace = self.outrider.database, self.outrider.workspace
        id_ = await add_person(database, workspace, name.title(), f"{name}@brand.example", role)
        self.people[name] = id_
        if hours is not None:
            async with self.outrider.begin(actor(id_))() as tx:
                await calendar.set_working_time(tx, id_, hours)
        return id_

    async def adopt(self, admin: PersonId, clock: Clock, **more: Any) -> None:
        """A policy for the workspace, set by an admin."""
        async with self.outrider.begin(actor(admin))() as tx:
            await policy.adopt(tx, admin, Policy(clock=clock, **more), None)

    async def draft(self) -> Draft:
        """A draft written now, and put on its way."""
        async with self.outrider.begin(SYSTEM)() as tx:
            world = await build(tx)
            draft = await write.save(tx, world.enrollment, world.request(), answer(SUBJECT, BODY))
            # So that the next one can have a campaign of the same name.
            await tx.run(
                "update outrider.campaigns set name = 'Leases ' || id where name = 'Leases'"
            )
            await route.route(tx, draft)
        return draft

    async def chase(self) -> list[Chased]:
        """What the clock does now."""
        return await job.chase(self.outrider)

    async def show(self, draft: Draft) -> None:
        """The draft was put before who is responsible."""
        async with self.outrider.begin(SYSTEM)() as tx:
            assert await chase.notified(tx, draft.id)

    async def review(self, draft: Draft) -> Review:
        """How the draft's review stands."""
        async with self.outrider.begin()() as tx:
            found = await store_reviews.of_draft(tx, draft.id)
        assert found is not None
        return found

    async def now(self, draft: Draft) -> Draft:
        """How the draft stands."""
        async with self.outrider.begin()() as tx:
            return await read.find(tx, str(draft.id))

    async def events(self, action: str) -> list[dict[str, Any]]:
        """Actor and body of each event of this action."""
        async with self.outrider.begin()() as tx:
            rows = await tx.rows(
                "select actor, cast(body as jsonb) as body from outrider.audit_events"
                " where action = :action order by at, id",
                {"action": action},
            )
        return [dict(row) for row in rows]


def actor(person: PersonId) -> Actor:
    """The actor of what this person does."""
    return Actor(ActorKind.PERSON, str(person))


def clock_world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId
) -> ClockWorld:
    """Outrider without Slack."""
    objects, keys = Objects(str(home / "objects")), Keys(home)
    outrider = Outrider(load(home=home), clock, database, objects, keys, workspace, "test")
    return ClockWorld(outrider, clock)
