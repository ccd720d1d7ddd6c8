"""Steps by hand in the sample workspace: four people whose next step is a call, LinkedIn or a text message.

In: a world. Out: the numbers of the tasks, the ids of their people. Never: a message that leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from outrider.app.wiring import person_actor
from outrider.campaigns import create, enrol, sequence_file, sequences, sms, tasks
from outrider.campaigns.task_types import OutreachTask
from outrider.prospects.types import ContactId
from tests.web.world import PEOPLE, World

PHONE = "+1 (512) 555-0100"
PROOF = "Web form of the lease webinar, 2 March 2026"
_TEXTS = {
    "linkedin": "Connect with {first_name}. In the annual report of {company}, mention the note on leases.",
    "call": "Ask {first_name} who reads the lease schedules at {company} and how long that takes.",
    "sms": "Hi {first_name}, this is Mia of Keystone. Shall I send the two pages on leases at {company}?",
}
_CAMPAIGNS = ("Spring introductions", "Spring calls", "Webinar guests", "Webinar guests, autumn")
_STEPS = """
[[steps]]
number = 1
channel = "{channel}"
purpose = "first_touch"
template = "{text}"

[[steps]]
number = 2
purpose = "follow_up"
delay = 3
"""
# People who are in no sequence, each of another account to which nobody wrote.
_FREE = (
    "select distinct on (c.account_id) c.id, c.account_id from outrider.contacts c"
    " where c.status = 'active' and not exists (select 1 from outrider.enrollments e"
    "  where e.account_id = c.account_id) order by c.account_id, c.id limit 4"
)


@dataclass(frozen=True)
class ByHand:
    """The tasks, by their kind; a second text message has no consent."""

    linkedin: OutreachTask
    call: OutreachTask
    text: OutreachTask
    unagreed: OutreachTask


async def by_hand(world: World) -> ByHand:
    """A campaign for each way, one person in each, and the tasks that follow."""
    free = await world.rows(_FREE)
    assert len(free) == 4
    (box,) = await world.rows("select id from outrider.mailboxes")
    mia = await world.outrider.person(PEOPLE["mia"][1])
    made = list[OutreachTask]()
    for channel, row in zip(("linkedin", "call", "sms", "sms"), free, strict=True):
        async with world.outrider.begin()() as tx:
            campaign = await create.create(tx, _CAMPAIGNS[len(made)], "Keystone Ledger")
            steps = sequence_file.read(_STEPS.format(channel=channel, text=_TEXTS[channel])).steps
            await sequences.adopt(tx, campaign, steps, {})
            await tx.run(
                "update outrider.contacts set phone = :phone, timezone = 'America/Chicago'"
                " where id = :id",
                {"phone": PHONE, "id": row["id"]},
            )
            await enrol.enrol(tx, campaign.id, [ContactId(row["id"])], box["id"])
            made += (await tasks.open_due(tx)).tasks
    async with world.outrider.begin(person_actor(mia))() as tx:
        await sms.agree(tx, made[2].contact_id, PROOF)
    return ByHand(*made)


async def in_doubt(world: World, task_id: UUID) -> None:
    """A provider was asked and gave no answer."""
    async with world.outrider.begin()() as tx:
        await tx.run(
            "update outrider.tasks set status = 'unknown', approved_hash = content_hash,"
            " reason = 'the provider gave no answer in 10 seconds' where id = :id",
            {"id": task_id},
        )
