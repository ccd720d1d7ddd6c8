"""Every mail provider keeps the same promises over HTTP, and a lost answer is never a second mail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.sending.ports import MailTransport
from outrider.sending.types import Delivery, Transport
from outrider.vendors.fakes.mail_http.server import (
    FakeMailApi,
    Fault,
    TakenMail,
    Trouble,
)
from outrider.vendors.http_transport import FAILURES_TO_OPEN, OPEN_FOR
from outrider.vendors.mail_http.choose import transport_of
from tests.conftest import MONDAY
from tests.mail_places import SERVICES, Service, connect, mailbox, outgoing
from tests.ports import free_port
from tests.rules.test_mail_bytes import HEADERS, LINK

pytestmark = pytest.mark.usefixtures("give_up_soon")

BOTH = "Hello Dana,\n\nünïcode — and dots\n.\n..two\n\n-- \nSam\n"


@pytest.fixture(params=SERVICES, ids=lambda service: service.provider.value)
def service(request: pytest.FixtureRequest) -> Service:
    chosen: Service = request.param
    return chosen


@pytest.fixture
def fake(service: Service) -> Iterator[FakeMailApi]:
    with service.fake() as fake:
        yield fake


@pytest.fixture
async def transport(
    service: Service, fake: FakeMailApi, clock: VirtualClock
) -> AsyncIterator[MailTransport]:
    made = connect(service, fake, clock)
    yield made
    await made.close()


def only(fake: FakeMailApi) -> TakenMail:
    assert len(fake.taken) == 1
    return fake.taken[0]


async def test_what_was_approved_arrives_word_for_word(
    service: Service, fake: FakeMailApi, transport: MailTransport
) -> None:
    mail = outgoing()
    result = await transport.deliver(mail)
    assert result.delivery is Delivery.ACCEPTED, result
    there = only(fake)
    assert result.provider_id == there.provider_id
    assert there.provider_id in result.answer
    assert (there.sender, there.recipient) == (mail.envelope_from, mail.envelope_to)
    assert there.subject == "Größe über alles – before February"
    assert there.text == BOTH
    assert there.html == f"<p>{BOTH.rstrip()}</p>\n"
    assert there.message_id == mail.message_id
    for name, value in HEADERS.items():
        assert there.headers[name] == value
    assert LINK in there.headers["List-Unsubscribe"]
    if service.keeps_bytes:
        assert there.raw == mail.data
    else:
        assert "Date" not in there.headers


async def test_its_label_goes_along_where_events_come_back(
    service: Service, fake: FakeMailApi, transport: MailTransport
) -> None:
    await transport.deliver(outgoing(7))
    if service.provider not in (Transport.GMAIL, Transport.GRAPH):
        assert only(fake).label == outgoing(7).outbox_id.hex


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_mail_that_it_will_never_take_is_refused_for_good(
    fake: FakeMailApi, transport: MailTransport, status: int
) -> None:
    fake.fail(Fault(status=status))
    result = await transport.deliver(outgoing())
    assert result.delivery is Delivery.REFUSED, result
    assert str(status) in result.answer
    assert not fake.taken


async def test_a_short_pause_that_it_asks_for_is_waited_out(
    fake: FakeMailApi, transport: MailTransport, clock: VirtualClock
) -> None:
    before = clock.now()
    fake.fail(Fault(status=429, retry_after=2))
    result = await transport.deliver(outgoing())
    assert result.delivery is Delivery.ACCEPTED, result
    assert clock.now() - before >= timedelta(seconds=2)
    assert len(fake.taken) == 1


async def test_a_long_pause_stops_the_mailbox_and_costs_the_mail_nothing(
    fake: FakeMailApi, transport: MailTransport, clock: VirtualClock
) -> None:
    fake.fail(Fault(status=429, retry_after=120))
    result = await transport.deliver(outgoing())
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
    asked = len(fake.calls)
    second = await transport.deliver(outgoing(2))
    assert (second.delivery, second.is_transport_down) == (Delivery.TRY_LATER, True), second
    assert second.retry_after_seconds in range(100, 122)
    assert len(fake.calls) == asked
    clock.advance(timedelta(seconds=121))
    assert (await transport.deliver(outgoing(2))).delivery is Delivery.ACCEPTED


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_broken_provider_may_have_taken_the_mail(
    service: Service, fake: FakeMailApi, transport: MailTransport, status: int
) -> None:
    fake.fail(*[Fault(status=status)] * 3)
    result = await transport.deliver(outgoing())
    assert result.delivery is Delivery.UNKNOWN, result
    is_repeated = service.provider is Transport.RESEND
    sends = [call for call in fake.calls if fake.is_hand_over(call.method, call.path)]
    assert len(sends) == (3 if is_repeated else 1)


@pytest.mark.parametrize(
    "trouble", [Trouble.DROPS_AFTER_THE_WORK, Trouble.SILENT_AFTER_THE_WORK], ids=str
)
async def test_an_answer_that_is_lost_is_found_out_or_left_to_a_person(
    service: Service, fake: FakeMailApi, transport: MailTransport, trouble: Trouble
) -> None:
    fake.fail(Fault(trouble))
    result = await transport.deliver(outgoing())
    assert result.delivery.value == service.says_when_lost, result
    assert len(fake.taken) == 1


async def test_a_request_that_went_out_whole_and_did_nothing_is_not_called_sent(
    service: Service, fake: FakeMailApi, transport: MailTransport
) -> None:
    fake.fail(Fault(Trouble.DROPS_BEFORE_THE_WORK))
    result = await transport.deliver(outgoing())
    if service.provider is Transport.RESEND:
        assert result.delivery is Delivery.ACCEPTED
        assert len(fake.taken) == 1
    else:
        assert result.delivery is Delivery.UNKNOWN
        assert not fake.taken


async def test_a_request_that_never_went_out_whole_is_certainly_not_sent(
    service: Service, fake: FakeMailApi, transport: MailTransport
) -> None:
    if service.provider is Transport.GRAPH:
        pytest.skip("its sending step has no body: the headers are the whole request")
    fake.fail(*[Fault(Trouble.SILENT_BEFORE_THE_BODY)] * 3)
    result = await transport.deliver(outgoing(text="long words " * 700_000))
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
    assert not fake.taken


async def test_nothing_that_listens_is_certainly_not_sent(
    service: Service, clock: VirtualClock
) -> None:
    made = transport_of(
        mailbox(service.provider), service.secret("k"), clock, f"http://127.0.0.1:{free_port()}"
    )
    result = await made.deliver(outgoing())
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
    assert "cannot be reached" in result.answer
    await made.close()


@pytest.mark.parametrize("trouble", [Trouble.GIBBERISH, Trouble.HUGE], ids=str)
async def test_an_answer_that_cannot_be_read_is_no_acceptance(
    service: Service, fake: FakeMailApi, transport: MailTransport, trouble: Trouble
) -> None:
    fake.fail(Fault(trouble))
    result = await transport.deliver(outgoing())
    # Outlook can be asked what became of its draft.
    is_asked = service.provider is Transport.GRAPH
    assert result.delivery is (Delivery.ACCEPTED if is_asked else Delivery.UNKNOWN), result
    assert len(fake.taken) == 1


async def test_a_wrong_key_is_one_plain_sentence_without_the_key(
    service: Service, fake: FakeMailApi, clock: VirtualClock
) -> None:
    made = connect(service, fake, clock, key="wrong-key-7")
    result = await made.deliver(outgoing())
    await made.close()
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
    assert "key file" in result.answer
    assert "wrong-key-7" not in result.answer
    assert result.answer.endswith(".")
    assert "\n" not in result.answer
    assert not fake.taken


@pytest.mark.parametrize(
    "to", ["dané@depot.example", "dana@dépot.example", "dana@x.example>, <all@x.example", "dana"]
)
async def test_an_address_that_needs_more_than_ascii_is_refused_here(
    fake: FakeMailApi, transport: MailTransport, to: str
) -> None:
    mail = outgoing().model_copy(update={"envelope_to": to})
    assert (await transport.deliver(mail)).delivery is Delivery.REFUSED
    assert not fake.calls


async def test_an_international_domain_goes_in_its_ascii_form(
    fake: FakeMailApi, transport: MailTransport
) -> None:
    result = await transport.deliver(outgoing(to="dana@xn--dpot-bpa.example"))
    assert result.delivery is Delivery.ACCEPTED
    assert only(fake).recipient == "dana@xn--dpot-bpa.example"


@pytest.mark.parametrize("name", ["Cc", "Bcc", "To"])
async def test_nobody_but_the_recipient_of_the_envelope_gets_it(
    fake: FakeMailApi, transport: MailTransport, name: str
) -> None:
    mail = outgoing()
    more = f"{name}: eve@depot.example\r\n".encode() + mail.data
    result = await transport.deliver(mail.model_copy(update={"data": more}))
    assert result.delivery is Delivery.REFUSED
    assert not fake.calls


async def test_a_mail_of_two_megabytes_arrives(fake: FakeMailApi, transport: MailTransport) -> None:
    text = "A long line of plain words, ünïcode too.\n" * 25_000
    mail = outgoing(text=text)
    assert len(mail.data) > 2_000_000
    result = await transport.deliver(mail)
    assert result.delivery is Delivery.ACCEPTED, result
    assert only(fake).text == text


async def test_after_a_crash_it_says_yes_or_that_it_cannot_know(
    service: Service, fake: FakeMailApi, transport: MailTransport
) -> None:
    for number in range(1, 6):
        await transport.deliver(outgoing(number))
    ids = [outgoing(number).message_id for number in (1, 5)]
    assert await transport.find(ids) == (dict.fromkeys(ids, True) if service.can_look else None)
    assert await transport.find([*ids, outgoing(9).message_id]) is None
    fake.key = "another-one"
    assert await connect(service, fake, VirtualClock(MONDAY), key="wrong").find(ids) is None


async def test_five_failures_in_a_row_open_the_circuit_for_five_minutes(
    fake: FakeMailApi, transport: MailTransport, clock: VirtualClock
) -> None:
    fake.fail(*[Fault(status=500)] * 12)
    for number in range(1, FAILURES_TO_OPEN + 1):
        await transport.deliver(outgoing(number))
    asked = len(fake.calls)
    result = await transport.deliver(outgoing(20))
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
    assert "left alone until" in result.answer
    assert len(fake.calls) == asked
    fake._faults.clear()
    clock.advance(OPEN_FOR)
    assert (await transport.deliver(outgoing(20))).delivery is Delivery.ACCEPTED


async def test_two_lanes_of_one_mailbox_share_their_circuit(
    service: Service, fake: FakeMailApi, clock: VirtualClock
) -> None:
    one, other = connect(service, fake, clock), connect(service, fake, clock)
    fake.fail(Fault(status=429, retry_after=300))
    await one.deliver(outgoing(1))
    assert "left alone until" in (await other.deliver(outgoing(2))).answer
    await asyncio.gather(one.close(), other.close())


async def test_it_can_be_closed_twice_and_used_again(
    fake: FakeMailApi, transport: MailTransport
) -> None:
    await transport.close()
    await transport.close()
    assert (await transport.deliver(outgoing())).delivery is Delivery.ACCEPTED


async def test_a_provider_that_redirects_is_not_followed(
    fake: FakeMailApi, transport: MailTransport
) -> None:
    fake.fail(Fault(status=302))
    result = await transport.deliver(outgoing())
    assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True)
    assert not fake.taken
