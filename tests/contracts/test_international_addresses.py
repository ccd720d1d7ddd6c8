"""An address in any alphabet is written to where the server can take it, and plainly refused elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP as AiosmtpdProtocol
from aiosmtpd.smtp import Envelope

from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from outrider.sending.mail import build, wire_address
from outrider.sending.types import Delivery, OutboxStatus, Outgoing
from outrider.vendors.mail_http.letter import read
from outrider.vendors.smtp import Smtp
from tests.contracts.test_mail_transports import server
from tests.rules.test_mail_bytes import AT, content
from tests.sending_world import make_world, means

ADDRESSES = [
    "j\u00f6rg@depot.example",
    "\u7528\u6237@\u4f8b\u5b50.example",
    "\u03b4\u03b7@depot.example",
]


class Taker:
    """Keeps each envelope as it came."""

    def __init__(self) -> None:
        self.came: list[tuple[str, list[str], list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        assert envelope.mail_from is not None
        assert envelope.original_content is not None
        options = [str(option) for option in envelope.mail_options]
        to = [str(one) for one in envelope.rcpt_tos]
        self.came.append((envelope.mail_from, to, options, envelope.original_content))
        return "250 OK"


@contextlib.asynccontextmanager
async def listening(taker: Taker, *, utf8: bool) -> AsyncIterator[Smtp]:
    loop = asyncio.get_running_loop()
    made = await loop.create_server(
        lambda: AiosmtpdProtocol(taker, loop=loop, hostname="sink", enable_SMTPUTF8=utf8),
        "127.0.0.1",
        0,
    )
    smtp = Smtp(server(int(made.sockets[0].getsockname()[1])))
    try:
        yield smtp
    finally:
        await smtp.close()
        made.close()
        await made.wait_closed()


def mail(email: str, number: int = 1) -> Outgoing:
    message_id = f"<{number:032x}@try-brand.example>"
    return Outgoing(
        message_id=message_id,
        envelope_from="sam@try-brand.example",
        envelope_to=wire_address("recipient", email),
        data=build(content(email=email), message_id, AT),
        outbox_id=UUID(int=number),
    )


@pytest.mark.parametrize("email", ADDRESSES)
async def test_a_server_with_smtputf8_gets_the_address_and_the_same_bytes(email: str) -> None:
    taker = Taker()
    async with listening(taker, utf8=True) as smtp:
        sent = mail(email)
        assert (await smtp.deliver(sent)).delivery is Delivery.ACCEPTED
        assert (await smtp.deliver(mail("dana@depot.example", 2))).delivery is Delivery.ACCEPTED
    (_, to, options, data), (_, plain_to, plain_options, _) = taker.came
    assert to == [wire_address("recipient", email)]
    assert set(options) == {"BODY=8BITMIME", "SMTPUTF8"}
    assert data == sent.data
    # Nothing more is asked of a server than a mail needs.
    assert (plain_to, plain_options) == (["dana@depot.example"], [])


@pytest.mark.parametrize("email", ADDRESSES)
async def test_a_server_without_it_refuses_in_words_and_takes_the_next_mail(email: str) -> None:
    taker = Taker()
    async with listening(taker, utf8=False) as smtp:
        result = await smtp.deliver(mail(email))
        assert result.delivery is Delivery.REFUSED
        assert "SMTPUTF8" in result.answer
        assert wire_address("recipient", email) in result.answer
        assert (await smtp.deliver(mail("dana@depot.example", 2))).delivery is Delivery.ACCEPTED
    assert [to for _, to, _, _ in taker.came] == [["dana@depot.example"]]


async def test_an_international_domain_needs_nothing_of_the_server() -> None:
    taker = Taker()
    async with listening(taker, utf8=False) as smtp:
        assert (await smtp.deliver(mail("dana@b\u00fccher.example"))).delivery is Delivery.ACCEPTED
    assert taker.came[0][1] == ["dana@xn--bcher-kva.example"]
    assert b"<dana@xn--bcher-kva.example>" in taker.came[0][3]


async def test_an_approved_mail_reaches_an_address_in_any_alphabet(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> None:
    world = await make_world(database, workspace, person)
    await world.approved(1, email="j\u00f6rg{n}@b\u00fccher.example")
    taker = Taker()
    async with listening(taker, utf8=True) as smtp:
        report = await send.drain(means(world, objects, smtp))
    assert [item.status for item in report.sent] == [OutboxStatus.SENT]
    assert taker.came[0][1] == ["j\u00f6rg1@xn--bcher-kva.example"]


async def test_where_the_server_cannot_take_it_this_one_mail_fails_and_the_next_leaves(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> None:
    world = await make_world(database, workspace, person)
    await world.approved(1, email="j\u00f6rg{n}@depot.example")
    await world.approved(1)
    taker = Taker()
    async with listening(taker, utf8=False) as smtp:
        report = await send.drain(means(world, objects, smtp))
    (failed,) = report.stopped
    assert failed.status is OutboxStatus.FAILED
    assert "SMTPUTF8" in (failed.reason or "")
    assert "j\u00f6rg1@depot.example" in (failed.reason or "")
    # Never written to somebody else: not to jorg1, not to a coded form of the name.
    assert [to for _, to, _, _ in taker.came] == [["dana2@depot.example"]]


async def test_a_provider_over_http_says_in_words_that_it_cannot_take_it() -> None:
    with pytest.raises(Refused, match="plain ASCII"):
        read(mail("j\u00f6rg@depot.example"))
