"""What only one mail provider does over HTTP, and what its key file must hold."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidSetting
from outrider.sending.types import Delivery, Transport
from outrider.vendors import http_transport
from outrider.vendors.fakes.mail_http.gmail import FakeGmail
from outrider.vendors.fakes.mail_http.graph import FakeGraph
from outrider.vendors.fakes.mail_http.postmark import FakePostmark
from outrider.vendors.fakes.mail_http.resend import FakeResend
from outrider.vendors.fakes.mail_http.server import (
    Call,
    Fault,
    Reply,
    Trouble,
    said,
)
from outrider.vendors.mail_http.choose import KEY_FILES, transport_of
from tests.mail_places import SERVICES, connect, mailbox, outgoing
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("give_up_soon")

BOTH = "Hello Dana,\n\nünïcode — and dots\n.\n..two\n\n-- \nSam\n"


async def test_resend_takes_one_mail_once_however_often_it_is_handed_over(
    clock: VirtualClock,
) -> None:
    with FakeResend() as fake:
        resend = transport_of(mailbox(Transport.RESEND), fake.key, clock, fake.url)
        first = await resend.deliver(outgoing(1))
        later = outgoing(1, at=clock.now() + timedelta(hours=5))
        assert (await resend.deliver(later)).provider_id == first.provider_id
        changed = await resend.deliver(outgoing(1, text="Other words"))
        assert changed.delivery is Delivery.UNKNOWN
        assert "look it up" in changed.answer
        assert len(fake.taken) == 1
        await resend.close()


async def test_resend_is_not_said_to_wait_after_an_answer_was_lost(clock: VirtualClock) -> None:
    with FakeResend() as fake:
        resend = transport_of(mailbox(Transport.RESEND), fake.key, clock, fake.url)
        fake.fail(Fault(Trouble.DROPS_AFTER_THE_WORK), Fault(status=429, retry_after=600))
        result = await resend.deliver(outgoing())
        assert result.delivery is Delivery.UNKNOWN, result
        await resend.close()


async def test_the_message_id_that_a_recipient_sees_is_told_where_it_differs(
    clock: VirtualClock,
) -> None:
    with FakeGmail(keeps_message_ids=False) as fake:
        secret = json.dumps({"client_id": "c", "client_secret": "s", "refresh_token": fake.key})
        gmail = transport_of(mailbox(Transport.GMAIL), secret, clock, fake.url)
        result = await gmail.deliver(outgoing())
        assert result.seen_as == f"<{result.provider_id}@mail.example>"
        assert result.seen_as in result.answer
        assert await gmail.find([outgoing().message_id]) is None
        await gmail.close()


async def test_ses_names_the_message_id_that_it_puts(clock: VirtualClock) -> None:
    service = next(one for one in SERVICES if one.provider is Transport.SES)
    with service.fake() as fake:
        ses = connect(service, fake, clock)
        result = await ses.deliver(outgoing())
        assert result.seen_as == f"<{result.provider_id}@eu-central-1.amazonses.com>"
        await ses.close()


async def test_a_sender_that_was_never_verified_stops_the_mailbox_not_the_mail(
    clock: VirtualClock,
) -> None:
    service = next(one for one in SERVICES if one.provider is Transport.SES)
    with service.fake() as fake:
        ses = connect(service, fake, clock)
        mail = outgoing()
        other = mail.model_copy(
            update={
                "envelope_from": "sam@try-brand.test",
                "data": mail.data.replace(b"sam@try-brand.example>", b"sam@try-brand.test>", 1),
            }
        )
        result = await ses.deliver(other)
        assert (result.delivery, result.is_transport_down) == (Delivery.TRY_LATER, True), result
        await ses.close()


async def test_an_inactive_recipient_is_refused_and_missing_credits_are_not_his_fault(
    clock: VirtualClock,
) -> None:
    with FakePostmark() as fake:
        postmark = transport_of(mailbox(Transport.POSTMARK), fake.key, clock, fake.url)
        inactive = await postmark.deliver(outgoing(1, to="inactive@depot.example"))
        assert inactive.delivery is Delivery.REFUSED
        broke = await postmark.deliver(outgoing(2, to="oddly@depot.example"))
        assert (broke.delivery, broke.is_transport_down) == (Delivery.TRY_LATER, True), broke
        await postmark.close()


async def test_outlook_leaves_no_doubt_when_the_draft_was_sent(clock: VirtualClock) -> None:
    service = next(one for one in SERVICES if one.provider is Transport.GRAPH)
    with FakeGraph() as fake:
        graph = connect(service, fake, clock)
        fake.fail(Fault(Trouble.DROPS_BEFORE_THE_WORK))
        result = await graph.deliver(outgoing(1))
        assert result.delivery is Delivery.UNKNOWN
        assert len(fake.drafts) == 1
        fake.fail(Fault(Trouble.DROPS_AFTER_THE_WORK))
        assert (await graph.deliver(outgoing(2))).delivery is Delivery.ACCEPTED
        await graph.close()


@pytest.mark.parametrize(
    ("provider", "secret", "names"),
    [
        (Transport.RESEND, "", "key is missing"),
        (Transport.RESEND, "one\ntwo", "more than one line"),
        (Transport.SES, "AKIA", "access_key_id is missing"),
        (Transport.SES, '{"access_key_id": "a", "secret_access_key": "b"}', "region is missing"),
        (
            Transport.SES,
            '{"access_key_id": "a", "secret_access_key": "b", "region": "x.evil.example/"}',
            "no region of AWS",
        ),
        (Transport.MAILGUN, '{"key": "k", "region": "mars"}', "'mars' is not one of us, eu"),
        (Transport.GMAIL, "{", "no JSON"),
        (Transport.GMAIL, '{"client_id": 1}', "client_id is no text"),
        (Transport.GRAPH, '{"tenant": "t", "client_id": "c"}', "client_secret is missing"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_told_in_one_sentence(
    clock: VirtualClock, provider: Transport, secret: str, names: str
) -> None:
    with pytest.raises(InvalidSetting) as wrong:
        transport_of(mailbox(provider), secret, clock)
    assert names in wrong.value.message
    assert KEY_FILES[provider] in wrong.value.message


def test_no_adapter_opens_a_connection_while_it_is_made(clock: VirtualClock) -> None:
    for service in SERVICES:
        assert transport_of(mailbox(service.provider), service.secret("k"), clock)


class HostileResend(FakeResend):
    """Takes the mail and says something odd."""

    told: object = None

    def answer(self, call: Call) -> Reply:
        super().answer(call)
        return said(200, self.told)


@pytest.mark.parametrize(
    "told",
    [
        {"id": "\ud800\x00\r\nX-Evil: 1" + "x" * 5_000},
        {"id": 7},
        {"id": None},
        [],
        "id",
        {"id": ""},
        {"data": 5, "has_more": True},
        {"data": [None, 5], "has_more": True},
    ],
)
async def test_no_words_of_a_provider_break_the_sender(clock: VirtualClock, told: object) -> None:
    with HostileResend() as fake:
        fake.told = told
        resend = transport_of(mailbox(Transport.RESEND), fake.key, clock, fake.url)
        result = await resend.deliver(outgoing())
        assert result.delivery in (Delivery.ACCEPTED, Delivery.UNKNOWN)
        assert result.answer.isprintable()
        assert len(result.answer) < 400
        assert await resend.find([outgoing().message_id]) is None
        await resend.close()


async def test_what_is_no_secret_may_stand_in_the_mailbox(clock: VirtualClock) -> None:
    keys = '{"access_key_id": "key-1", "secret_access_key": "b"}'
    service = next(one for one in SERVICES if one.provider is Transport.SES)
    with service.fake() as fake:
        placed = mailbox(Transport.SES, region="eu-west-1")
        ses = transport_of(placed, keys, clock, fake.url)
        result = await ses.deliver(outgoing())
        assert (result.seen_as or "").endswith("@eu-west-1.amazonses.com>")
        await ses.close()


def test_a_mailbox_that_sends_by_smtp_is_not_taken_for_a_providers(clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting) as wrong:
        transport_of(mailbox(Transport.SMTP), "key", clock)
    assert "no HTTP provider" in wrong.value.message


def test_a_key_is_never_sent_in_the_clear_to_another_machine(clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting) as wrong:
        transport_of(mailbox(Transport.RESEND), "re_secret", clock, "http://mail.example")
    assert "use https" in wrong.value.message
    assert "re_secret" not in wrong.value.message


async def test_a_request_without_a_body_is_not_sent_where_nothing_listens(
    clock: VirtualClock,
) -> None:
    http = http_transport.HttpTransport(http_transport.Circuit("Outlook", clock), clock)
    with pytest.raises(http_transport.NoAnswer) as trouble:
        await http.ask(http_transport.Request("POST", f"http://127.0.0.1:{free_port()}/send"))
    assert not trouble.value.was_sent
    await http.close()
