"""Between claim and hand-off a person says no, by any door: the mail that was in hand does not leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.conversations import receive
from outrider.conversations.parse import parse
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import SuppressionReason
from outrider.sending import events, send, unsubscribe
from outrider.sending.events_types import DeliveryEvent, DeliveryKind
from outrider.sending.types import OutboxItem, OutboxStatus, Outgoing
from tests.conftest import MONDAY
from tests.mails import complaint, reply
from tests.sending_world import Ready, Wire, World, make_world, means


@dataclass
class Doors:
    """A world that sends, and every way in which a person can say no to it."""

    world: World
    outrider: Outrider
    sent: list[OutboxItem] = field(default_factory=list)

    @property
    def suppressor(self) -> Suppressor:
        return Suppressor(self.outrider.keys.key("suppression"))

    async def _post(self, ready: Ready, form: dict[str, str]) -> None:
        token = unsubscribe.token(ready.contact_id, self.outrider.keys.key("unsubscribe"))
        transport = httpx2.ASGITransport(app=create_app(self.outrider))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            assert (await http.post(f"/unsubscribe/{token}", data=form)).status_code == 200

    async def one_click(self, ready: Ready) -> None:
        """A mail program's button (RFC 8058)."""
        await self._post(ready, {"List-Unsubscribe": "One-Click"})

    async def page(self, ready: Ready) -> None:
        """The page's button."""
        await self._post(ready, {"wish": "all"})

    async def pause(self, ready: Ready) -> None:
        """The page's second button."""
        await self._post(ready, {"wish": "pause"})

    async def wrong_person(self, ready: Ready) -> None:
        """The page's third button."""
        await self._post(ready, {"wish": "wrong"})

    async def _mail(self, raw: bytes) -> None:
        sha256 = await self.outrider.objects.put(raw)
        async with self.world.begin() as tx:
            await receive.receive(tx, parse(raw), sha256, self.suppressor)

    async def mailto(self, ready: Ready) -> None:
        """The mail that `List-Unsubscribe: <mailto:…?subject=unsubscribe>` makes a program send."""
        raw = (
            f"From: {ready.content.recipient.email}\r\nTo: sam@try-brand.example\r\n"
            "Subject: unsubscribe\r\nMessage-ID: <auto@depot.example>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n\r\n"
        )
        await self._mail(raw.encode())

    async def answer(self, ready: Ready) -> None:
        """A reply in words."""
        email = ready.content.recipient.email
        await self._mail(reply("", "Please stop emailing me.", sender=email, references=False))

    async def complaint(self, ready: Ready) -> None:
        """A feedback report on the mail before this one (RFC 5965)."""
        await self._mail(complaint(self.sent[0].message_id))

    async def webhook(self, ready: Ready) -> None:
        """A provider's word that the mail before this one was called spam."""
        told = DeliveryEvent(
            provider="resend", event_id="e1", kind=DeliveryKind.COMPLAINED, at=MONDAY,
            outbox_id=self.sent[0].id,
        )  # fmt: skip
        async with self.world.begin() as tx:
            await events.note(tx, self.suppressor, told)

    async def person(self, ready: Ready) -> None:
        """A colleague, by the command line."""
        email = ready.content.recipient.email
        async with self.world.begin() as tx:
            await consent.suppress(tx, self.suppressor, email, SuppressionReason.MANUAL, "cli")


@pytest.fixture
async def doors(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    clock: VirtualClock,
    objects: Objects,
    keys: Keys,
) -> Doors:
    world = await make_world(database, workspace, person)
    outrider = Outrider(
        load(home=keys.folder.parent), clock, database, objects, keys, workspace, "test"
    )
    return Doors(world, outrider)


def by(door: str) -> Callable[[Doors, Ready], Awaitable[None]]:
    method: Callable[[Doors, Ready], Awaitable[None]] = getattr(Doors, door)
    return method


@pytest.mark.parametrize(
    "door",
    ["one_click", "page", "pause", "wrong_person", "mailto", "answer", "person"],
)
async def test_a_mail_that_was_claimed_is_not_handed_over(
    doors: Doors, objects: Objects, door: str
) -> None:
    other, theirs = await doors.world.approved(2)

    async def says_no(mail: Outgoing) -> None:
        # Both mails were claimed together; the first one is at the wire now.
        if not wire.took:
            waiting = theirs if mail.envelope_to == other.content.recipient.email else other
            async with doors.world.begin() as tx:
                row = await tx.row(
                    "select status, handed_off_at from outbox where contact_id = :id",
                    {"id": waiting.contact_id},
                )
            assert row == {"status": "sending", "handed_off_at": None}
            await by(door)(doors, waiting)

    wire = Wire(before=says_no)
    report = await send.drain(means(doors.world, objects, wire))
    assert len(wire.took) == 1
    assert [item.status for item in report.stopped] == [OutboxStatus.CANCELLED]
    async with doors.world.begin() as tx:
        rows = await tx.rows("select status from drafts order by status")
    assert [row["status"] for row in rows] == ["sent", "withdrawn"]


@pytest.mark.parametrize("door", ["complaint", "webhook"])
async def test_a_complaint_on_the_last_mail_stops_the_one_in_hand(
    doors: Doors, objects: Objects, door: str
) -> None:
    (first,) = await doors.world.approved(1)
    report = await send.drain(means(doors.world, objects, Wire()))
    doors.sent = list(report.sent)
    other, theirs = await doors.world.approved(2)

    async def complains(mail: Outgoing) -> None:
        if wire.took:
            return
        waiting = theirs if mail.envelope_to == other.content.recipient.email else other
        async with doors.world.begin() as tx:
            # The one in hand goes to another spelling of the first mail's address.
            await tx.run(
                "update contacts set address_hash = :hash where id = :id",
                {
                    "hash": doors.suppressor.hash(first.content.recipient.email),
                    "id": waiting.contact_id,
                },
            )
        await by(door)(doors, first)

    wire = Wire(before=complains)
    report = await send.drain(means(doors.world, objects, wire))
    assert len(wire.took) == 1
    assert [item.status for item in report.stopped] == [OutboxStatus.CANCELLED]


async def test_an_empty_unsubscribe_mail_is_an_opt_out(doors: Doors, objects: Objects) -> None:
    (ready,) = await doors.world.approved(1)
    await send.drain(means(doors.world, objects, Wire()))
    await doors.mailto(ready)
    async with doors.world.begin() as tx:
        may = await consent.may_write(tx, [ready.contact_id])
        row = await tx.row("select reason from suppressions")
    assert may[ready.contact_id] is not None
    assert row == {"reason": "opt_out"}
