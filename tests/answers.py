"""A world that has sent mail and reads what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol, sequences
from outrider.campaigns.types import Enrollment, EnrollmentId, ReplyClass
from outrider.conversations import label, receive
from outrider.conversations.parse import parse
from outrider.conversations.types import Turn
from outrider.drafts import decide, write
from outrider.drafts.types import Draft
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.objects import Objects
from outrider.prospects import read as prospects
from outrider.prospects import research
from outrider.prospects.identity import Suppressor
from outrider.sending import queue, send
from outrider.sending.types import OutboxItem
from tests.outreach import Writer
from tests.sending_world import SUPPRESSOR, Ready, Wire, World, means


@dataclass
class Answers:
    """A world, its objects, and the mails that left it."""

    world: World
    objects: Objects
    wire: Wire
    suppressor: Suppressor = SUPPRESSOR

    async def send(self, count: int = 1) -> list[tuple[Ready, OutboxItem]]:
        """Send `count` first touches for real, through the outbox."""
        ready = await self.world.approved(count)
        report = await send.drain(means(self.world, self.objects, self.wire))
        sent = {item.contact_id: item for item in report.sent}
        return [(one, sent[one.contact_id]) for one in ready]

    async def follow_up(self, ready: Ready, *, approved: bool) -> Draft:
        """Write the second step of a sequence for real, and have it approved if asked for."""
        async with self.world.begin() as tx:
            enrollment = await enrol.find(tx, EnrollmentId(ready.enrollment_id))
            steps = (await enrol.sequence(tx, enrollment.sequence_id)).steps
            request = write.request(
                await research.dossier(tx, enrollment.account_id),
                await prospects.contact(tx, ready.contact_id),
                ready.content.sender,
                await campaigns.find(tx, "Leases"),
                blueprint=None,
                step=steps[enrollment.next_step - 1],
                now=tx.now,
                enrollment=enrollment,
            )
            answer = await Writer().ask(write.WRITE_TASK, request)
            draft = await write.save(tx, enrollment, request, answer)
            if approved:
                draft = await decide.approve(tx, draft.id, self.world.person)
                await queue.enqueue(tx, 10, now=True)
            return draft

    async def receive(self, raw: bytes) -> Turn:
        """Receive one mail as the door does."""
        sha256 = await self.objects.put(raw)
        async with self.world.begin() as tx:
            return await receive.receive(tx, parse(raw), sha256, self.suppressor)

    async def one(self, sql: str, **values: Any) -> dict[str, Any]:
        """The only row of a query."""
        async with self.world.begin() as tx:
            rows = await tx.rows(sql, values)
        assert len(rows) == 1
        return dict(rows[0])

    async def enrollment(self, ready: Ready) -> tuple[str, str | None]:
        """Status and reason of an enrollment."""
        row = await self.one(
            "select status, stop_reason from outrider.enrollments where id = :id",
            id=ready.enrollment_id,
        )
        return row["status"], row["stop_reason"]

    async def contact_status(self, ready: Ready) -> str:
        """The status of a contact."""
        row = await self.one(
            "select status from outrider.contacts where id = :id", id=ready.contact_id
        )
        return str(row["status"])

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        row = await self.one(f"select count(*) as count from outrider.{table}")
        return int(row["count"])

    async def change_first_step(self, **changes: Any) -> None:
        """The next version of the campaign's steps; who is enrolled from now on goes through it."""
        async with self.world.begin() as tx:
            campaign = await campaigns.find(tx, "Leases")
            first, *rest = campaigns.STEPS
            steps = (first.model_copy(update=changes), *rest)
            await sequences.adopt(tx, campaign, steps, {})
            self.world.sequence_id = (await sequences.newest(tx, campaign)).id

    async def says(self, turn: Turn, means: ReplyClass, until: date | None = None) -> Enrollment:
        """The person of the world says what an answer means."""
        kim = Actor(ActorKind.PERSON, str(self.world.person))
        async with self.world.database.transaction(self.world.workspace, kim) as tx:
            return await label.label(tx, turn.id, means, until, suppressor=self.suppressor)
