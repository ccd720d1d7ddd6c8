"""Twilio is handed each message once, and its answers mean what they say."""

from __future__ import annotations

import json

import pytest

from outrider.campaigns.task_types import SmsDelivery
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidSetting
from outrider.vendors.fakes.mail_http.server import Fault, Trouble
from outrider.vendors.fakes.sms_twilio import FakeTwilio
from outrider.vendors.sms_twilio import from_secret

TO = "+15125550100"
SECRET = FakeTwilio.secret_of("token-one-two")


async def test_a_message_arrives_word_for_word_with_the_service_as_its_sender(
    clock: VirtualClock,
) -> None:
    with FakeTwilio() as fake:
        twilio = from_secret(fake.secret, clock).at(fake.url)
        result = await twilio.send(TO, "Hi Dana & co – 50 % +1?")
        assert result.delivery is SmsDelivery.ACCEPTED
        (text,) = fake.texts
        assert (text.to, text.text, text.sender) == (TO, "Hi Dana & co – 50 % +1?", fake.service)
        assert result.provider_id == text.sid
        await twilio.close()


@pytest.mark.parametrize(
    ("fault", "meaning", "taken"),
    [
        (Fault(Trouble.DROPS_BEFORE_THE_WORK), SmsDelivery.UNKNOWN, 0),
        (Fault(Trouble.DROPS_AFTER_THE_WORK), SmsDelivery.UNKNOWN, 1),
        (Fault(Trouble.GIBBERISH), SmsDelivery.UNKNOWN, 1),
        (Fault(Trouble.HUGE), SmsDelivery.UNKNOWN, 1),
        (Fault(status=500), SmsDelivery.UNKNOWN, 0),
        (Fault(status=503), SmsDelivery.UNKNOWN, 0),
        (Fault(status=400), SmsDelivery.REFUSED, 0),
        (Fault(status=403), SmsDelivery.TRY_LATER, 0),
        (Fault(status=429), SmsDelivery.ACCEPTED, 1),
        (Fault(status=429, retry_after=600), SmsDelivery.TRY_LATER, 0),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_may_have_been_taken_is_unknown_and_never_sent_again(
    fault: Fault, meaning: SmsDelivery, taken: int, clock: VirtualClock
) -> None:
    with FakeTwilio() as fake:
        fake.fail(fault)
        twilio = from_secret(fake.secret, clock).at(fake.url)
        result = await twilio.send(TO, "Hi Dana")
        assert result.delivery is meaning
        assert len(fake.texts) == taken
        assert TO not in result.answer
        await twilio.close()


async def test_a_server_that_is_not_there_took_nothing(clock: VirtualClock) -> None:
    with FakeTwilio() as fake:
        secret, url = fake.secret, fake.url
    result = await from_secret(secret, clock).at(url).send(TO, "Hi Dana")
    assert result.delivery is SmsDelivery.TRY_LATER


async def test_stop_is_told_apart_from_a_wrong_number(clock: VirtualClock) -> None:
    with FakeTwilio() as fake:
        fake.stopped.add(TO)
        twilio = from_secret(fake.secret, clock).at(fake.url)
        stopped = await twilio.send(TO, "Hi Dana")
        assert (stopped.delivery, stopped.is_opted_out) == (SmsDelivery.REFUSED, True)
        wrong = await twilio.send("5125550100", "Hi Dana")
        assert (wrong.delivery, wrong.is_opted_out) == (SmsDelivery.REFUSED, False)
        assert "5125550100" not in wrong.answer
        await twilio.close()


async def test_a_wrong_token_puts_off_and_is_not_in_the_answer(clock: VirtualClock) -> None:
    with FakeTwilio() as fake:
        secret = json.dumps({**json.loads(fake.secret), "auth_token": "not-the-token"})
        twilio = from_secret(secret, clock).at(fake.url)
        result = await twilio.send(TO, "Hi Dana")
        assert result.delivery is SmsDelivery.TRY_LATER
        assert "not-the-token" not in result.answer
        assert "twilio.json" in result.answer
        await twilio.close()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"account_sid": "nope"}, "account_sid"),
        ({"auth_token": ""}, "auth_token"),
        ({"messaging_service_sid": 7}, "messaging_service_sid"),
        ({"api_key": "SK1"}, "api_key"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_what_is_missing(
    change: dict[str, object], named: str, clock: VirtualClock
) -> None:
    secret = json.dumps({**json.loads(SECRET), **change})
    with pytest.raises(InvalidSetting, match=named):
        from_secret(secret, clock)


def test_a_key_file_that_is_no_json_and_an_address_without_tls_are_refused(
    clock: VirtualClock,
) -> None:
    with pytest.raises(InvalidSetting, match="no JSON"):
        from_secret("[", clock)
    with pytest.raises(InvalidSetting, match="TLS"):
        from_secret(SECRET, clock).at("http://api.example")
