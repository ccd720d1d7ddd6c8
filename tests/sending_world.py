"""Approved mail, ready to leave: the rows that the rooms above sending would have written.

In: an open transaction. Out: a mailbox, a campaign, and drafts with decisions. Never: a mail sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import URL, insert

from outrider.campaigns import create
from outrider.campaigns import tables as campaign_tables
from outrider.drafts import tables as draft_tables
from outrider.drafts.rules import compose, content_hash
from outrider.drafts.types import DraftId, MailContent, Recipient, Sender, Thread, Wording
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import tables as prospect_tables
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ContactId
from outrider.sending import mailboxes, unsubscribe
from outrider.sending.means import Means
from outrider.sending.ports import MailTransport
from outrider.sending.types import Delivery, DeliveryResult, Mailbox, MailboxForm, Outgoing

KEY = b"u" * 32
SUPPRESSOR = Suppressor(b"s" * 32)

FORM = MailboxForm(
    address="sam@try-brand.example",
    name="Sam Poole",
    postal_address="12 Main Street, Boston MA 02110",
    booking_link="https://cal.example/sam",
    signature="Sam Poole\nBrand",
    daily_cap=1000,
)

BODY = (
    "Hi {first},\n\nHow does your team keep track of lease changes between quarters? Most teams we "
    "speak to still collect them by e-mail, and find the gaps in the week before the audit.\n\n"
    "Is that worth a short talk, or is it solved on your side?"
)


def plain(url: URL) -> str:
    """An address for psycopg itself."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True)
class Ready:
    """One approved draft and those it is about."""

    draft_id: DraftId
    contact_id: ContactId
    enrollment_id: UUID
    campaign_id: UUID
    content: MailContent


@dataclass
class World:
    """A workspace with a mailbox, a campaign and an approver."""

    database: Database
    workspace: WorkspaceId
    person: PersonId
    mailbox: Mailbox
    campaign_id: UUID
    sequence_id: UUID
    made: int = 0

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction in the workspace, as the system."""
        return self.database.transaction(self.workspace, SYSTEM)

    async def approved(self, count: int, *, email: str = "dana{n}@depot.example") -> list[Ready]:
        """Approve `count` first mails to as many new contacts."""
        async with self.begin() as tx:
            ready = [await self._one(tx, email) for _ in range(count)]
        return ready

    async def _one(self, tx: Tx, email: str) -> Ready:
        self.made += 1
        account, contact, enrollment = tx.new_id(), ContactId(tx.new_id()), tx.new_id()
        address = email.format(n=self.made)
        await self._people(tx, account, contact, address)
        await tx.run(
            insert(campaign_tables.enrollments).values(
                id=enrollment, workspace_id=tx.workspace, campaign_id=self.campaign_id,
                sequence_id=self.sequence_id, account_id=account, contact_id=contact,
                mailbox_id=self.mailbox.id, status="active", next_step=1, thread_message_ids=[],
                created_at=tx.now, updated_at=tx.now,
            )
        )  # fmt: skip
        content = self.content(contact, address)
        draft = await self.draft(tx, (account, contact, enrollment), content)
        return Ready(draft, contact, enrollment, self.campaign_id, content)

    async def _people(self, tx: Tx, account: UUID, contact: ContactId, address: str) -> None:
        await tx.run(
            insert(prospect_tables.accounts).values(
                id=account, workspace_id=tx.workspace, key=f"name:depot {self.made}",
                name=f"Depot {self.made}", status="sequenced", attributes={},
                created_at=tx.now, updated_at=tx.now,
            )
        )  # fmt: skip
        await tx.run(
            insert(prospect_tables.contacts).values(
                id=contact, workspace_id=tx.workspace, account_id=account, email=address,
                email_key=address.lower(), first_name="Dana", last_name="Lee", title="Controller",
                status="active", source="import", created_at=tx.now, updated_at=tx.now,
                address_hash=SUPPRESSOR.hash(address),
            )
        )  # fmt: skip

    def content(
        self, contact: ContactId, address: str, mailbox: Mailbox | None = None
    ) -> MailContent:
        """What is written to a contact, from the world's mailbox or another."""
        box = mailbox or self.mailbox
        link = unsubscribe.url("https://outrider.brand.example", contact, KEY)
        return compose(
            Wording(subject="Lease changes between quarters", body=BODY.format(first="Dana")),
            Recipient(
                contact_id=contact, email=address, first_name="Dana", last_name="Lee",
                title="Controller",
            ),
            Sender(
                mailbox_id=box.id, address=box.address, name=box.name, brand="Brand",
                postal_address=box.postal_address, booking_link=box.booking_link,
                signature=box.signature, unsubscribe_url=link,
            ),
            1,
            Thread(),
        )  # fmt: skip

    async def draft(self, tx: Tx, owners: tuple[UUID, UUID, UUID], content: MailContent) -> DraftId:
        account, contact, enrollment = owners
        draft, hash_ = tx.new_id(), content_hash(content)
        whole = content.model_dump(mode="json")
        await tx.run(
            insert(draft_tables.drafts).values(
                id=draft, workspace_id=tx.workspace, lineage_id=draft, version=1,
                status="approved", enrollment_id=enrollment, campaign_id=self.campaign_id,
                account_id=account, contact_id=contact, step=1, recipient=whole["recipient"],
                sender=whole["sender"], subject=content.subject, body=BODY.format(first="Dana"),
                text=content.text, html=content.html, headers=content.headers,
                content_hash=hash_, claims=[], findings=[], reasoning=[], sources=[],
                angle="leases", confidence=1, writer="offline", prompt_id="p", actor="system",
                created_at=tx.now,
            )
        )  # fmt: skip
        await tx.run(
            insert(draft_tables.decisions).values(
                id=tx.new_id(), workspace_id=tx.workspace, draft_id=draft, kind="approve",
                person_id=self.person, content_hash=hash_, subject_before=content.subject,
                body_before="", decided_at=tx.now,
            )
        )  # fmt: skip
        return DraftId(draft)


async def make_world(
    database: Database, workspace: WorkspaceId, person: PersonId, form: MailboxForm = FORM
) -> World:
    """A workspace that can send."""
    async with database.transaction(workspace, SYSTEM) as tx:
        mailbox = await mailboxes.add(tx, form)
        campaign = await create.create(tx, "Leases", "Brand")
        row = await tx.row(
            "select id from outrider.sequences where campaign_id = :id", {"id": campaign.id}
        )
    assert row is not None
    return World(database, workspace, person, mailbox, campaign.id, row["id"])


@dataclass
class Wire:
    """A transport that does what a test says, and remembers what it was given."""

    answers: list[DeliveryResult] = field(default_factory=list)
    took: list[Outgoing] = field(default_factory=list)
    knows: bool = True
    before: Callable[[Outgoing], Awaitable[None]] | None = None

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        if self.before is not None:
            await self.before(mail)
        accepted = DeliveryResult(delivery=Delivery.ACCEPTED, answer="250 OK")
        answer = self.answers.pop(0) if self.answers else accepted
        if answer.delivery in (Delivery.ACCEPTED, Delivery.UNKNOWN):
            self.took.append(mail)
        return answer

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        took = {mail.message_id for mail in self.took}
        return {one: one in took for one in message_ids} if self.knows else None

    async def close(self) -> None:
        return None


def means(world: World, objects: Objects, wire: MailTransport, **more: Any) -> Means:
    """What sending needs, with this wire for every mailbox."""
    return Means(begin=world.begin, transports=lambda mailbox: wire, objects=objects, **more)
