"""Every way for a mail to leave keeps the same promises, whatever listens on the other side."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP as AiosmtpdProtocol
from aiosmtpd.smtp import Envelope

from outrider.sending.mail import build
from outrider.sending.ports import MailTransport
from outrider.sending.types import Delivery, Outgoing
from outrider.vendors.fakes.faulty_smtp import FaultySmtp
from outrider.vendors.maildir import Maildir
from outrider.vendors.smtp import Server, Smtp
from tests.ports import free_port
from tests.rules.test_mail_bytes import AT, content
from tests.servers import serving

DOTS = "One.\n.\n..two\n.three\n\n" + "long " * 400


def outgoing(number: int, to: str = "dana@depot.example", text: str = DOTS) -> Outgoing:
    message_id = f"<{number:032x}@try-brand.example>"
    return Outgoing(
        message_id=message_id,
        envelope_from="sam@try-brand.example",
        envelope_to=to,
        data=build(content(text=text), message_id, AT),
        outbox_id=UUID(int=number),
    )


def server(port: int, seconds: float = 30) -> Server:
    return Server("127.0.0.1", port, timeout=timedelta(seconds=seconds))


class Place:
    """A transport under test, and what arrived on its other side."""

    def __init__(self, transport: MailTransport, arrived: Callable[[], list[bytes]]) -> None:
        self.transport = transport
        self.arrived = arrived


class Taker:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        data = envelope.original_content
        assert data is not None
        self.mails.append(data)
        return "250 OK"


@contextlib.asynccontextmanager
async def maildir(tmp_path: Path) -> AsyncIterator[Place]:
    folder = tmp_path / "outbox"
    yield Place(Maildir(folder), lambda: [f.read_bytes() for f in (folder / "new").iterdir()])


@contextlib.asynccontextmanager
async def aiosmtpd(tmp_path: Path) -> AsyncIterator[Place]:
    taker = Taker()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: AiosmtpdProtocol(taker, loop=loop, hostname="sink"), "127.0.0.1", 0
    )
    smtp = Smtp(server(listening.sockets[0].getsockname()[1]))
    yield Place(smtp, lambda: taker.mails)
    await smtp.close()
    listening.close()
    await listening.wait_closed()


@contextlib.asynccontextmanager
async def our_fake(tmp_path: Path, pipelining: bool = True) -> AsyncIterator[Place]:
    fake = FaultySmtp(tmp_path / "journal", pipelining=pipelining)
    smtp = Smtp(server(await fake.start()))
    yield Place(smtp, lambda: [line["data"].encode() for line in fake.accepted()])
    await smtp.close()
    await fake.stop()


def our_fake_without_pipelining(tmp_path: Path) -> contextlib.AbstractAsyncContextManager[Place]:
    return our_fake(tmp_path, pipelining=False)


@contextlib.asynccontextmanager
async def smtp_sink(tmp_path: Path) -> AsyncIterator[Place]:
    binary = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if binary is None:
        pytest.skip("smtp-sink of Postfix is not installed")
    folder = tmp_path / "sink"
    folder.mkdir()
    folder.chmod(0o777)
    port = free_port()
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen(
        [binary, *account, "-d", "%M.", f"127.0.0.1:{port}", "64"],
        cwd=folder,
        stderr=subprocess.PIPE,
    )
    smtp = Smtp(server(port))
    try:
        await until_it_listens(port)
        yield Place(smtp, lambda: [without_envelope(f.read_bytes()) for f in folder.iterdir()])
    finally:
        await smtp.close()
        sink.terminate()
        sink.communicate(timeout=60)


def without_envelope(dump: bytes) -> bytes:
    """smtp-sink writes LF and puts its own X- and Received headers above the mail."""
    head, _, rest = dump.partition(b"\nFrom: ")
    assert b"X-Rcpt-Args: <dana@depot.example>" in head
    return (b"From: " + rest).replace(b"\r\n", b"\n").rstrip(b"\n").replace(
        b"\n", b"\r\n"
    ) + b"\r\n"


async def until_it_listens(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


PLACES = [maildir, aiosmtpd, our_fake, our_fake_without_pipelining, smtp_sink]


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with request.param(tmp_path) as made:
        yield made


async def test_the_bytes_arrive_exactly_as_they_were_built(place: Place) -> None:
    mails = [outgoing(number) for number in range(1, 6)]
    for mail in mails:
        result = await place.transport.deliver(mail)
        assert result.delivery is Delivery.ACCEPTED, result
    assert sorted(place.arrived()) == sorted(mail.data for mail in mails)
    for data in place.arrived():
        read = message_from_bytes(data, policy=policy.SMTP)
        assert read["Subject"] == content().subject


async def test_a_transport_knows_what_it_took_or_says_that_it_cannot_know(place: Place) -> None:
    taken, never = outgoing(1), outgoing(2)
    await place.transport.deliver(taken)
    found = await place.transport.find([taken.message_id, never.message_id])
    assert found in (None, {taken.message_id: True, never.message_id: False})


async def test_it_can_be_closed_twice_and_used_again(place: Place) -> None:
    await place.transport.close()
    await place.transport.close()
    assert (await place.transport.deliver(outgoing(1))).delivery is Delivery.ACCEPTED


async def test_a_maildir_never_holds_a_message_id_twice(tmp_path: Path) -> None:
    box = Maildir(tmp_path / "outbox")
    await box.deliver(outgoing(1))
    (new,) = (tmp_path / "outbox" / "new").iterdir()
    read = new.rename(tmp_path / "outbox" / "cur" / f"{new.name}:2,S")
    again = await asyncio.gather(*(Maildir(tmp_path / "outbox").deliver(outgoing(1)) for _ in "12"))
    assert [r.delivery for r in again] == [Delivery.ACCEPTED] * 2
    assert "already" in again[0].answer
    assert await box.find([outgoing(1).message_id]) == {outgoing(1).message_id: True}
    assert list((tmp_path / "outbox" / "new").iterdir()) == []
    assert read.read_bytes() == outgoing(1).data


async def test_many_at_once_put_one_mail_into_a_maildir_once(tmp_path: Path) -> None:
    await asyncio.gather(*(Maildir(tmp_path).deliver(outgoing(1)) for _ in range(8)))
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_a_maildir_that_cannot_be_written_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where a folder should be")
    result = await Maildir(tmp_path / "outbox").deliver(outgoing(1))
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True)
    assert str(tmp_path / "outbox") in result.answer


@pytest.fixture(params=[True, False], ids=["pipelined", "one by one"])
async def fake(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FaultySmtp]:
    made = FaultySmtp(tmp_path / "journal", pipelining=request.param)
    await made.start()
    yield made
    await made.stop()


@pytest.mark.parametrize(
    ("fault", "delivery", "is_down", "taken"),
    [
        ("later", Delivery.TRY_LATER, False, 0),
        ("refused", Delivery.REFUSED, False, 0),
        ("laterdata", Delivery.TRY_LATER, False, 0),
        ("refuseddata", Delivery.REFUSED, False, 0),
        ("busy", Delivery.TRY_LATER, True, 0),
        ("dropbefore", Delivery.TRY_LATER, True, 0),
        ("acceptdrop", Delivery.UNKNOWN, False, 1),
        ("acceptsilent", Delivery.UNKNOWN, False, 1),
        ("gibberish", Delivery.UNKNOWN, False, 1),
    ],
)
async def test_each_fault_is_told_as_what_it_is(
    fake: FaultySmtp, fault: str, delivery: Delivery, is_down: bool, taken: int
) -> None:
    # Only a silent server takes as long as it may.
    smtp = Smtp(server(fake.port, seconds=2 if fault == "acceptsilent" else 30))
    result = await smtp.deliver(outgoing(1, to=f"{fault}.x@depot.example"))
    assert (result.delivery, result.is_transport_down) == (delivery, is_down), result
    assert len(fake.accepted()) == taken
    after = await smtp.deliver(outgoing(2))
    assert after.delivery is Delivery.ACCEPTED
    assert fake.accepted()[-1]["message_id"] == outgoing(2).message_id
    await smtp.close()


async def test_one_connection_carries_many_mails(fake: FaultySmtp) -> None:
    smtp = Smtp(server(fake.port))
    for number in range(20):
        to = "refused.x@depot.example" if number % 5 == 4 else "dana@depot.example"
        await smtp.deliver(outgoing(number + 1, to=to))
    await smtp.close()
    assert fake.connections == 1
    assert len(fake.accepted()) == 16


async def test_a_kept_connection_that_went_stale_is_opened_again(fake: FaultySmtp) -> None:
    smtp = Smtp(server(fake.port))
    assert (await smtp.deliver(outgoing(1))).delivery is Delivery.ACCEPTED
    fake.hang_up()
    assert (await smtp.deliver(outgoing(2))).delivery is Delivery.ACCEPTED
    assert fake.connections == 2
    assert [line["message_id"] for line in fake.accepted()] == [
        outgoing(1).message_id,
        outgoing(2).message_id,
    ]
    await smtp.close()


async def test_a_wrong_port_is_one_plain_sentence() -> None:
    port = free_port()
    result = await Smtp(server(port)).deliver(outgoing(1))
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True)
    assert result.answer == (
        f"The mail server 127.0.0.1:{port} cannot be used: nothing listens there."
    )


async def test_a_server_that_is_no_mail_server_is_told_from_one(tmp_path: Path) -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with serving(web) as port:
        result = await Smtp(server(port)).deliver(outgoing(1))
    assert result.is_transport_down
    assert "is not SMTP" in result.answer


@pytest.mark.parametrize(
    "to", ["dana@depot.example>\r\nRCPT TO:<all@x.example", "dana", "da na@x.example"]
)
async def test_an_address_that_could_speak_smtp_is_refused(fake: FaultySmtp, to: str) -> None:
    result = await Smtp(server(fake.port)).deliver(outgoing(1, to=to))
    assert result.delivery is Delivery.REFUSED
    assert fake.connections == 0


@pytest.mark.parametrize("smuggled", [b"\n.\r\nMAIL FROM:<a@b.example>\r\n", b"\r.\r", b"a\nb"])
async def test_bytes_that_could_hide_a_second_mail_are_refused(
    fake: FaultySmtp, smuggled: bytes
) -> None:
    mail = outgoing(1)
    result = await Smtp(server(fake.port)).deliver(
        mail.model_copy(update={"data": mail.data + smuggled})
    )
    assert result.delivery is Delivery.REFUSED
    assert fake.connections == 0


async def test_an_address_beyond_ascii_goes_only_to_a_server_that_takes_it(
    fake: FaultySmtp,
) -> None:
    smtp = Smtp(server(fake.port))
    result = await smtp.deliver(outgoing(1, to="zoë@depot.example"))
    assert result.delivery is Delivery.REFUSED
    assert "SMTPUTF8" in result.answer
    assert (await smtp.deliver(outgoing(2))).delivery is Delivery.ACCEPTED
    await smtp.close()
    assert [line["message_id"] for line in fake.accepted()] == [outgoing(2).message_id]
    taker, loop = Taker(), asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: AiosmtpdProtocol(taker, loop=loop, hostname="sink", enable_SMTPUTF8=True),
        "127.0.0.1",
        0,
    )
    smtp = Smtp(server(listening.sockets[0].getsockname()[1]))
    result = await smtp.deliver(outgoing(1, to="zoë@depot.example"))
    assert result.delivery is Delivery.ACCEPTED, result
    await smtp.close()
    listening.close()
    await listening.wait_closed()
    assert len(taker.mails) == 1


async def test_many_mails_go_in_one_stream_and_each_has_its_own_answer(fake: FaultySmtp) -> None:
    faults = {3: "refused", 5: "laterdata", 8: "acceptdrop", 10: "dropbefore", 13: "later"}
    mails = [
        outgoing(number, to=f"{faults.get(number, 'dana')}.x@depot.example")
        for number in range(1, 16)
    ]
    smtp = Smtp(server(fake.port))
    told: dict[int, Delivery] = {}
    async for mail, result in smtp.deliver_each(mails, lambda mail: True):
        told[int(mail.outbox_id)] = result.delivery
    await smtp.close()
    assert list(told) == list(range(1, 11)), "it ended where no mail could leave"
    assert {number: told[number] for number in (3, 5, 8, 10)} == {
        3: Delivery.REFUSED,
        5: Delivery.TRY_LATER,
        8: Delivery.UNKNOWN,
        10: Delivery.TRY_LATER,
    }
    taken = [line["message_id"] for line in fake.accepted()]
    assert taken == [outgoing(number).message_id for number in (1, 2, 4, 6, 7, 8, 9)]


async def test_a_mail_that_may_not_go_any_more_is_not_sent_and_those_before_it_are(
    fake: FaultySmtp,
) -> None:
    mails = [outgoing(number) for number in range(1, 9)]
    smtp = Smtp(server(fake.port))
    asked: list[int] = []

    def go(mail: Outgoing) -> bool:
        asked.append(int(mail.outbox_id))
        return len(asked) < 5

    told = [int(mail.outbox_id) async for mail, _ in smtp.deliver_each(mails, go)]
    assert (told, asked) == ([1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert (await smtp.deliver(outgoing(9))).delivery is Delivery.ACCEPTED
    await smtp.close()
    taken = [line["message_id"] for line in fake.accepted()]
    assert taken == [outgoing(number).message_id for number in (1, 2, 3, 4, 9)]
