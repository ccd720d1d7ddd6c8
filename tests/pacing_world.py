"""Thirty days of sending on a clock that obeys: mailboxes with a pace, people all over the world.

In: how many of each. Out: a log of what left, with what a checker needs to know. Drafts are written
and approved as the rooms above would; enqueue, claim, last look and settle are the real ones, and so
are tasks, text messages, pauses, bounces and the bands that follow from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from outrider.campaigns import create, enrol, sequence_file, sequences, sms, tasks
from outrider.campaigns.rotation import set_rotation
from outrider.campaigns.task_types import SmsDelivery, SmsResult, TaskStatus
from outrider.campaigns.types import CampaignId, Enrollment, Rotation, StepChannel
from outrider.drafts import tables as draft_tables
from outrider.drafts.rules import compose, content_hash
from outrider.drafts.types import MailContent, Recipient, Sender, Thread, Wording
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import read as prospects
from outrider.prospects import tables as prospect_tables
from outrider.prospects.types import Contact, ContactId
from outrider.sending import mailboxes, preferences, unsubscribe
from outrider.sending import store as outbox
from outrider.sending.health import bands, notes
from outrider.sending.health.types import Scope
from outrider.sending.means import Means
from outrider.sending.pacing.pace import set_pace
from outrider.sending.pacing.rotate import choose
from outrider.sending.send import drain
from outrider.sending.types import (
    DayPlan,
    Delivery,
    DeliveryResult,
    Mailbox,
    MailboxId,
    OutboxId,
    Outgoing,
    Pacing,
)
from tests.pacing_checker import Box, Reached, Send, Share, Someone
from tests.sending_world import BODY, FORM, KEY, SUPPRESSOR

BOX_ZONES = ("America/New_York", "Europe/Berlin", "America/Los_Angeles", "Europe/London")

SEQUENCE = """
[[steps]]
number = 1
purpose = "first_touch"

[[steps]]
number = 2
purpose = "follow_up"
channel = "call"
delay = 2
template = "Call {first_name}."

[[steps]]
number = 3
purpose = "follow_up"
delay = 2

[[steps]]
number = 4
purpose = "follow_up"
channel = "sms"
delay = 2
template = "Hi {first_name}, did my mail reach you?"

[[steps]]
number = 5
purpose = "break_up"
delay = 3

[pacing]
person_touches = 2
person_days = 5
gap_days = 2
account_people = 2
account_touches = 3
account_days = 2
"""
COLLEAGUES = 3
"""People of each company."""

US_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")

PEOPLE: tuple[tuple[dict[str, Any], dict[str, Any], Someone], ...] = (
    ({"country": "US"}, {}, Someone(US_ZONES, "US")),
    ({"country": "US", "phone": "+1 303 555 0134"}, {}, Someone(("America/Denver",), "US")),
    ({}, {"country": "US", "attributes": {"State": "Texas"}}, Someone(("America/Chicago",), "US")),
    ({"timezone": "Europe/Berlin"}, {}, Someone(("Europe/Berlin",), "DE")),
    ({"country": "GB"}, {}, Someone(("Europe/London",), "GB")),
    ({"country": "IE"}, {}, Someone(("Europe/Dublin",), "IE")),
    ({"phone": "+81 3 1234 5678"}, {}, Someone(("Asia/Tokyo",), "JP")),
    ({"country": "AU", "timezone": "Australia/Sydney"}, {}, Someone(("Australia/Sydney",), "AU")),
)
"""What is known of a contact and its account, and who they are for the checker."""


@dataclass
class Paced:
    """The workspace of the trial."""

    database: Database
    workspace: WorkspaceId
    person: PersonId
    clock: VirtualClock
    campaign: CampaignId
    boxes: list[Mailbox] = field(default_factory=list)
    rules: dict[str, Box] = field(default_factory=dict)
    texts: int = 0
    phones: dict[str, str] = field(default_factory=dict)
    companies: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Someone] = field(default_factory=dict)
    steps: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Message-ID → thread and step."""
    sends: list[Send] = field(default_factory=list)
    written: set[tuple[UUID, int]] = field(default_factory=set)
    by_hand: list[Reached] = field(default_factory=list)
    """Calls and text messages."""
    shares: list[Share] = field(default_factory=list)
    """What health left of each cap, whenever somebody looked."""
    quiet: dict[str, datetime] = field(default_factory=dict)
    """Who asked for a pause, and when."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Address → company."""
    to_bounce: dict[str, int] = field(default_factory=dict)
    """Mailbox → how many of its next mails come back for good."""
    bounced: list[UUID] = field(default_factory=list)
    emails: dict[ContactId, str] = field(default_factory=dict)

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction as the system."""
        return self.database.transaction(self.workspace, SYSTEM)

    async def add_boxes(self, count: int) -> None:
        """Mailboxes in four zones; each third one is new and grows by a ramp."""
        async with self.begin() as tx:
            for number in range(count):
                await self._box(tx, number)

    async def _box(self, tx: Tx, number: int) -> None:
        zone, start = BOX_ZONES[number % 4], tx.now.date()
        cap, is_new = 25 + number % 3 * 5, number % 3 == 1
        address = f"sam@try-brand-{number}.example"
        form = FORM.model_copy(update={"address": address, "daily_cap": cap})
        pacing = Pacing(
            ramp="weekly" if is_new else None,
            ramp_started_on=start if is_new else None,
            min_gap_seconds=120,
            day=DayPlan(timezone=zone),
        )
        box = await set_pace(tx, await mailboxes.add(tx, form), pacing)
        ramp = [(start, 10), (start + timedelta(7), 20), (start + timedelta(14), 30)]
        self.boxes.append(box)
        self.rules[address] = Box(
            address=address, zone=zone, start=time(8, 30), end=time(17, 30),
            lunch=(time(12), time(13)), cap=cap, gap=120, ramp=tuple(ramp) if is_new else (),
        )  # fmt: skip

    async def rotate(self) -> None:
        """All mailboxes write for the campaign, each by what it may send."""
        async with self.begin() as tx:
            campaign = await create.find(tx, str(self.campaign))
            await set_rotation(tx, campaign, [box.id for box in self.boxes], Rotation.HEALTH)

    async def add_people(self, first: int, count: int) -> dict[MailboxId, int]:
        """Enrol people by the campaign's rotation; how many each mailbox got."""
        async with self.begin() as tx:
            ids = [await self._person(tx, number) for number in range(first, first + count)]
            campaign = await create.find(tx, str(self.campaign))
            standings = await bands.standing(tx, [box.id for box in self.boxes])
            factors = {id_: one.factor for id_, one in standings.items()}
            owners = await choose(
                tx, self.campaign, self.boxes, count, factors, rotation=campaign.rotation
            )
            for box in self.boxes:
                theirs = [one for one, owner in zip(ids, owners, strict=True) if owner == box.id]
                await enrol.enrol(tx, self.campaign, theirs, box.id)
        return Counter(owners)

    async def _person(self, tx: Tx, number: int) -> ContactId:
        kind = number % len(PEOPLE)
        said, account, someone = PEOPLE[kind]
        contact = ContactId(tx.new_id())
        address = f"dana{number}@depot{number}.example"
        # Several people of one kind share a company, so that touches of colleagues count.
        name = f"depot {kind} {number // len(PEOPLE) // COLLEAGUES}"
        times = {"workspace_id": tx.workspace, "created_at": tx.now, "updated_at": tx.now}
        if name not in self.companies:
            self.companies[name] = tx.new_id()
            await tx.run(
                insert(prospect_tables.accounts).values(
                    {"id": self.companies[name], "key": f"name:{name}", "name": name,
                     "status": "sequenced", "attributes": {}, **account, **times}
                )
            )  # fmt: skip
        await tx.run(
            insert(prospect_tables.contacts).values(
                {"id": contact, "account_id": self.companies[name], "email": address, "email_key": address,
                 "first_name": "Dana", "last_name": "Lee", "title": "Controller", "source": "import",
                 "status": "active", "address_hash": SUPPRESSOR.hash(address), **said, **times}
            )
        )  # fmt: skip
        if "timezone" in said:
            await self._agrees(tx, contact, number)
        self.people[address], self.accounts[address] = someone, name
        self.emails[contact] = address
        return contact

    async def _agrees(self, tx: Tx, contact: ContactId, number: int) -> None:
        """Whoever has a time zone has a phone and agreed to text messages."""
        phone = f"+4930{number:08d}"
        self.phones[phone] = f"dana{number}@depot{number}.example"
        await tx.run("update contacts set phone = :p where id = :id", {"p": phone, "id": contact})
        await sms.agree(tx, contact, "a form")

    async def write_what_is_due(self) -> None:
        """Write and approve the next mail of everybody whose step is due."""
        async with self.begin() as tx:
            due = [
                one
                for one in await enrol.due(tx, self.campaign, 100_000)
                if (one.id, one.next_step) not in self.written
            ]
            contacts = await prospects.contacts_by_id(tx, [one.contact_id for one in due])
            await self._approve(tx, due, {one.id: one for one in contacts})

    async def _approve(
        self, tx: Tx, due: Sequence[Enrollment], contacts: dict[ContactId, Contact]
    ) -> None:
        drafts, decisions = [], []
        for one in due:
            content = self._content(one, contacts[one.contact_id])
            draft, hash_ = tx.new_id(), content_hash(content)
            drafts.append(_draft_row(tx, draft, one, content))
            decisions.append(
                {"id": tx.new_id(), "workspace_id": tx.workspace, "draft_id": draft,
                 "kind": "approve", "person_id": self.person, "content_hash": hash_,
                 "subject_before": content.subject, "body_before": "", "decided_at": tx.now}
            )  # fmt: skip
            self.written.add((one.id, one.next_step))
        for start in range(0, len(drafts), 500):
            await tx.run(insert(draft_tables.drafts).values(drafts[start : start + 500]))
            await tx.run(insert(draft_tables.decisions).values(decisions[start : start + 500]))

    def _content(self, one: Enrollment, contact: Contact) -> MailContent:
        box = next(box for box in self.boxes if box.id == one.mailbox_id)
        return compose(
            Wording(subject="Lease changes between quarters", body=BODY.format(first="Dana")),
            Recipient(
                contact_id=contact.id, email=contact.email, first_name="Dana", last_name="Lee",
                title="Controller",
            ),
            Sender(
                mailbox_id=box.id, address=box.address, name=box.name, brand="Brand",
                postal_address=box.postal_address, booking_link=box.booking_link,
                signature=box.signature,
                unsubscribe_url=unsubscribe.url("https://outrider.brand.example", contact.id, KEY),
            ),
            one.next_step,
            Thread(message_ids=one.thread_message_ids, subject=one.thread_subject),
        )  # fmt: skip

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Accept every mail and log it."""
        async with self.begin() as tx:
            row = await tx.row(
                "select enrollment_id, step from outrider.outbox where id = :id",
                {"id": mail.outbox_id},
            )
        assert row is not None
        self.sends.append(
            Send(self.clock.now(), mail.envelope_from, str(row["enrollment_id"]),
                 mail.envelope_to, row["step"])
        )  # fmt: skip
        if self.to_bounce.get(mail.envelope_from, 0) > 0:
            self.to_bounce[mail.envelope_from] -= 1
            self.bounced.append(mail.outbox_id)
        return DeliveryResult(delivery=Delivery.ACCEPTED, answer="250 OK")

    async def send(self, to: str, text: str) -> SmsResult:
        """Accept every text message and log it."""
        self.texts += 1
        self.by_hand.append(Reached(self.clock.now(), self.phones[to], "sms"))
        return SmsResult(
            delivery=SmsDelivery.ACCEPTED, answer="taken", provider_id=f"SM{self.texts}"
        )

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        return dict.fromkeys(message_ids, False)

    async def close(self) -> None:
        return None

    async def do_tasks(self) -> None:
        """A person makes every call that is due, and releases every text message."""
        async with self.begin() as tx:
            await tasks.open_due(tx, 10_000)
            open_ = await tasks.listing(tx, limit=10_000)
            now = tx.now
        for task in open_:
            async with self.begin() as tx:
                if task.channel is not StepChannel.SMS:
                    await tasks.done(tx, task.number)
                    self.by_hand.append(Reached(now, self.emails[task.contact_id], "call"))
                elif task.status is TaskStatus.OPEN:
                    try:
                        await sms.approve(tx, task.number, self.person)
                    except Refused:
                        await tasks.skip(tx, task.number, "no consent")
                elif task.status is TaskStatus.FAILED:
                    await tasks.skip(tx, task.number, "it cannot be sent")
        await sms.send_all(self.begin, self, SUPPRESSOR, 10_000)

    async def look_after(self) -> None:
        """Bounces come in, bands move, and the shares that they leave are logged."""
        async with self.begin() as tx:
            for id_ in self.bounced:
                item = await outbox.item(tx, OutboxId(id_))
                assert item is not None
                await notes.note_answer(tx, item, "550", "5.1.1 No such user here")
            self.bounced.clear()
            await bands.look_at_all(tx)
            standings = await bands.standing(tx, [box.id for box in self.boxes])
            self.shares += [
                Share(tx.now, box.address, float(standings[box.id].factor)) for box in self.boxes
            ]

    async def release(self, address: str) -> None:
        """A person lets a stopped mailbox and its domain send again."""
        actor = Actor(ActorKind.PERSON, str(self.person))
        box = next(box for box in self.boxes if box.address == address)
        async with self.database.transaction(self.workspace, actor) as tx:
            if (await bands.standing(tx, [box.id]))[box.id].factor == 0:
                await bands.release(tx, Scope.DOMAIN, address.partition("@")[2], "list cleaned")
                standing = (await bands.standing(tx, [box.id]))[box.id]
                self.shares.append(Share(tx.now, address, float(standing.factor)))

    async def ask_for_a_pause(self, address: str) -> None:
        """A person uses the preference page."""
        async with self.begin() as tx:
            contact = next(id_ for id_, email in self.emails.items() if email == address)
            await preferences.pause(tx, contact, "page")
            self.quiet[address] = tx.now

    async def run(
        self,
        objects: Objects,
        days: int,
        outages: Sequence[tuple[int, int]],
        each_hour: Callable[[int], Awaitable[None]],
    ) -> None:
        """Let time pass from one thing to do to the next; nobody is there during an outage.

        Args:
            objects: where bytes go.
            days: how long.
            each_hour: what else happens, by the hours since the start.
            outages: (hours after the start, hours long): afterwards much is overdue at once.
        """
        means = Means(begin=self.begin, transports=lambda box: self, objects=objects)
        start = self.clock.now()
        end, hour = start + timedelta(days=days), start
        away = [(start + timedelta(hours=a), start + timedelta(hours=a + b)) for a, b in outages]
        while self.clock.now() < end:
            if self.clock.now() >= hour:
                await self.write_what_is_due()
                await self.do_tasks()
                await self.look_after()
                await each_hour(int((self.clock.now() - start) / timedelta(hours=1)))
                hour = self.clock.now() + timedelta(hours=1)
            await drain(means, limit=10_000)
            at = min(await self._next() or hour, hour)
            back = [until for since, until in away if since <= at < until]
            at = max([at, *back, self.clock.now() + timedelta(milliseconds=1)])
            self.clock.advance(at - self.clock.now())

    async def _next(self) -> datetime | None:
        async with self.begin() as tx:
            row = await tx.row(
                "select min(not_before) as at from outrider.outbox"
                " where status in ('queued','deferred') and not_before > :now",
                {"now": tx.now},
            )
        return row["at"] if row else None


def _draft_row(tx: Tx, draft: UUID, one: Enrollment, content: MailContent) -> dict[str, Any]:
    whole = content.model_dump(mode="json")
    return {
        "id": draft, "workspace_id": tx.workspace, "lineage_id": draft, "version": 1,
        "status": "approved", "enrollment_id": one.id, "campaign_id": one.campaign_id,
        "account_id": one.account_id, "contact_id": one.contact_id, "step": one.next_step,
        "recipient": whole["recipient"], "sender": whole["sender"], "subject": content.subject,
        "body": BODY.format(first="Dana"), "text": content.text, "html": content.html,
        "headers": content.headers, "content_hash": content_hash(content), "claims": [],
        "findings": [], "reasoning": [], "sources": [], "angle": "leases", "confidence": 1,
        "writer": "offline", "prompt_id": "p", "actor": "system", "created_at": tx.now,
    }  # fmt: skip


async def make_paced(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> Paced:
    """A workspace with a campaign of mails, a call and a text message, and its own touch policy."""
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign = await create.create(tx, "Leases", "Brand")
        written = sequence_file.read(SEQUENCE)
        await sequences.adopt(tx, campaign, written.steps, written.pacing)
    return Paced(database, workspace, person, clock, campaign.id)


START = date(2026, 3, 2)
"""A Monday; the clocks of the US change six days later, those of Europe after 27 days."""
