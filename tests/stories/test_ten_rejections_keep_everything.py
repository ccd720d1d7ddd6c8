"""However often a mail is sent back: its links and its cost stay, from the first version to the CRM's entry."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest
from pydantic import BaseModel

from outrider.app.jobs.rewrite import rewrite
from outrider.app.jobs.send_mail import send_mail
from outrider.app.wiring import Outrider
from outrider.drafts import decide, handover, read, write
from outrider.drafts import rewrite as rewriting
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.asking import Answer, Asking, Task
from outrider.kernel.clock import VirtualClock
from outrider.kernel.ids import PersonId
from outrider.sending import mailboxes
from outrider.sending.types import MailboxForm
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, build, sender

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)

NOTES = (
    "shorter", "other angle", "less formal", "wrong angle", "no greeting", "different question",
    "drop the numbers", "new subject", "try again", "under 60 words",
)  # fmt: skip
KEPT = (
    "lineage_id", "enrollment_id", "campaign_id", "account_id", "contact_id", "step", "run_id",
    "blueprint_id",
)  # fmt: skip


class Priced:
    """The offline writer's words at a model's price."""

    def __init__(self, cost: str) -> None:
        self.cost = Decimal(cost)

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        answer = await OfflineWriter().ask(task, question)
        return replace(answer, model="a-model", tokens=1_200, cost_usd=self.cost)


@pytest.fixture
def outrider(outrider: Outrider, monkeypatch: pytest.MonkeyPatch) -> Outrider:
    # The price of a model stands in for the model; rooms and database are real.
    def asking(self: Outrider) -> Asking:
        return Priced("0.12")

    monkeypatch.setattr(Outrider, "asking", asking)
    return outrider


@pytest.fixture
async def world(outrider: Outrider) -> World:
    async with outrider.begin()() as tx:
        return await build(tx)


async def chain(outrider: Outrider, world: World, person: PersonId) -> list[Draft]:
    request = world.request()
    own_link = {"unsubscribe_url": outrider.unsubscribe_url(world.contact.id)}
    request = request.model_copy(update={"sender": sender().model_copy(update=own_link)})
    answer = await OfflineWriter().ask(write.WRITE_TASK, request)
    async with outrider.begin()() as tx:
        draft = await write.save(tx, world.enrollment, request, answer)
    versions = [draft]
    for note in NOTES:
        async with outrider.begin()() as tx:
            await decide.reject(tx, draft.id, person, note)
        draft = await rewrite(outrider, draft.id)
        versions.append(draft)
    return versions


async def test_ten_rejections_keep_contact_sequence_and_links(
    outrider: Outrider, world: World, person: PersonId, clock: VirtualClock
) -> None:
    versions = await chain(outrider, world, person)
    first, last = versions[0], versions[-1]
    assert [item.version for item in versions] == list(range(1, 12))
    for version in versions[1:]:
        assert all(getattr(version, name) == getattr(first, name) for name in KEPT)
        assert version.content.recipient == first.content.recipient
        assert version.content.sender == first.content.sender
        assert version.blocked_by == ()
    assert len({item.body for item in versions}) >= 9
    async with outrider.begin()() as tx:
        await decide.approve(tx, last.id, person, last.content_hash)
        [item] = await handover.take(tx, 10, now=True)
        stored = await read.lineage(tx, first.lineage_id)
    assert item.draft.id == last.id
    assert item.draft.contact_id == world.contact.id
    assert [one.status for one in stored[:-1]] == [DraftStatus.REJECTED] * 10


async def test_the_cost_of_every_version_is_kept_and_an_alert_stops_nothing(
    outrider: Outrider, world: World, person: PersonId
) -> None:
    versions = await chain(outrider, world, person)
    assert all((item.tokens, item.cost_usd) == (1_200, Decimal("0.12")) for item in versions[1:])
    async with outrider.begin()() as tx:
        assert await rewriting.cost_of(tx, versions[0].lineage_id) == Decimal("1.20")
    alerted = ["above the alert of $1.00" in (item.note or "") for item in versions]
    assert alerted == [False] * 9 + [True] * 2
    assert "$1.08" in (versions[9].note or "")
    assert versions[-1].status is DraftStatus.PENDING


async def add_mailbox(outrider: Outrider) -> None:
    """The mailbox that the drafts of this world are written from; it sends into a Maildir."""
    own = sender()
    form = MailboxForm(
        address=own.address,
        name=own.name,
        postal_address=own.postal_address,
        booking_link=own.booking_link,
        signature=own.signature,
        daily_cap=10,
    )
    async with outrider.begin()() as tx:
        made = await mailboxes.add(tx, form)
        await tx.run(
            "update outrider.mailboxes set id = :id where id = :made",
            {"id": own.mailbox_id, "made": made.id},
        )


async def test_after_ten_rejections_the_crm_has_the_person_the_sequence_and_the_cost(
    outrider: Outrider, world: World, person: PersonId
) -> None:
    await add_mailbox(outrider)
    versions = await chain(outrider, world, person)
    first, last = versions[0], versions[-1]
    async with outrider.begin()() as tx:
        await decide.approve(tx, last.id, person, last.content_hash)
    report = await send_mail(outrider, 10, now=True)
    [mail] = report.sent
    assert (mail.draft_id, mail.enrollment_id) == (last.id, world.enrollment.id)
    assert (mail.contact_id, mail.account_id) == (world.contact.id, first.account_id)

    written = (outrider.settings.home / "crm" / "activities.jsonl").read_text(encoding="utf-8")
    [entry] = [json.loads(line) for line in written.splitlines()]
    assert (entry["kind"], entry["reference"]) == ("email_sent", mail.message_id)
    assert entry["contact_id"] == str(first.contact_id) == str(world.contact.id)
    assert entry["account_id"] == str(first.account_id)
    assert entry["campaign_id"] == str(first.campaign_id)

    # From the CRM's entry alone back to the person, the sequence, all versions and what they cost.
    async with outrider.begin()() as tx:
        [row] = await tx.rows(
            "select a.crm_id, a.status, a.contact_id, o.enrollment_id, e.contact_id as enrolled,"
            " e.thread_message_ids, e.next_step, d.lineage_id, d.version"
            " from outrider.crm_activities a"
            " join outrider.outbox o on o.id = cast(a.payload ->> 'source_id' as uuid)"
            " join outrider.enrollments e on e.id = o.enrollment_id"
            " join outrider.drafts d on d.id = o.draft_id"
            " where a.reference = :reference",
            {"reference": entry["reference"]},
        )
        cost = await rewriting.cost_of(tx, row["lineage_id"])
        stored = await read.lineage(tx, row["lineage_id"])
    assert (row["crm_id"], row["status"]) == (entry["id"], "pushed")
    assert row["contact_id"] == row["enrolled"] == world.contact.id
    assert (row["enrollment_id"], row["version"]) == (first.enrollment_id, 11)
    assert (row["thread_message_ids"], row["next_step"]) == ([mail.message_id], 2)
    assert cost == Decimal("1.20") == sum(item.cost_usd or Decimal(0) for item in stored)
    assert [item.status for item in stored] == [DraftStatus.REJECTED] * 10 + [DraftStatus.SENT]
    assert await send_again(outrider) == 0


async def send_again(outrider: Outrider) -> int:
    """How many more mails leave when everything is asked for once more."""
    return len((await send_mail(outrider, 10, now=True)).sent)
