"""Only what a mail provider signed is read, and it is read as what it is."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidInput, InvalidSetting, NotAllowed, NotFound, OutriderError
from outrider.sending.events_types import DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import posted
from outrider.vendors.mail_webhooks.choose import SECRETS, reader_of
from tests.conftest import MONDAY
from tests.webhooks_world import (
    ALL,
    LABEL,
    TOPIC,
    WHOM,
    Signed,
    World,
    only,
    read,
    resend,
    sendgrid,
    ses,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=ALL, ids=lambda make: make.__name__)
def signed(request: pytest.FixtureRequest) -> Signed:
    made: Signed = request.param()
    return made


async def test_a_bounce_is_read_with_everything_that_finds_the_mail(
    signed: Signed, world: World
) -> None:
    if signed.kind is None:
        return
    event = await only(signed, world)
    assert (event.provider, event.kind) == (signed.provider, DeliveryKind.BOUNCED)
    assert event.outbox_id == LABEL
    assert event.recipient == WHOM
    assert event.bounce_status == "5.1.1"
    assert event.is_permanent
    assert event.provider_message_id
    assert "unknown" in event.detail
    assert timedelta(0) < MONDAY - event.at < timedelta(seconds=10)
    if signed.provider != "postmark":
        assert event.message_id == "<7@try-brand.example>"
    assert (await only(signed, world)).event_id == event.event_id


async def test_one_changed_byte_makes_it_a_forgery(signed: Signed, world: World) -> None:
    if signed.provider in ("mailgun", "postmark", "graph", "gmail"):
        pytest.skip("this provider's proof does not cover the body")
    body = signed.request.body
    for place in (10, len(body) // 2, len(body) - 3):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(NotAllowed):
            await read(replace(signed, request=replace(signed.request, body=changed)), world)


async def test_another_secret_opens_nothing(signed: Signed, world: World) -> None:
    strange = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = strange.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secrets = {
        "resend": "whsec_" + base64.b64encode(b"other").decode(),
        "sendgrid": base64.b64encode(der).decode(),
        "mailgun": "another-key",
        "postmark": "outrider:another-password",
        "ses": TOPIC.replace("outrider", "other"),
        "graph": "another-long-client-state",
        "gmail": json.dumps({"audience": "https://other.example", "account": "a@b.example"}),
    }
    with pytest.raises(NotAllowed):
        await read(replace(signed, secret=secrets[signed.provider]), world)


async def test_a_request_without_any_proof_is_not_read(signed: Signed, world: World) -> None:
    bare = replace(signed.request, headers={}, body=b'{"value": [{}], "event-data": {}}')
    with pytest.raises(NotAllowed) as refusal:
        await read(replace(signed, request=bare), world)
    assert refusal.value.message.endswith("so it was not read.")


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_an_old_or_future_request_is_not_read(
    signed: Signed, world: World, minutes: int
) -> None:
    if not signed.is_timed:
        pytest.skip("this provider's requests carry no time of their own")
    with pytest.raises(NotAllowed):
        await read(signed, world, MONDAY + timedelta(minutes=minutes))
    await read(signed, world, MONDAY + timedelta(minutes=4 if minutes > 0 else -4))


@given(body=st.binary(max_size=300))
async def test_no_bytes_make_a_reader_stumble(body: bytes) -> None:
    world = World()
    for make in ALL:
        one = make()
        with contextlib.suppress(OutriderError):
            await read(replace(one, request=replace(one.request, body=body)), world)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["tags", "to", "bounce", "headers", "type", "name", "outbox_id"]), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(data=st.dictionaries(st.sampled_from(["tags", "to", "bounce", "headers", "email_id"]), JSON))
async def test_whatever_a_signed_request_holds_no_reader_stumbles(data: dict[str, Any]) -> None:
    world = World()
    kind = DeliveryKind.BOUNCED.value
    told = {"eventType": "Bounce", "bounce": data.get("bounce"), "mail": data}
    for one in (resend(**data), sendgrid({"event": kind.removesuffix("d"), **data}), ses(told)):
        with contextlib.suppress(InvalidInput):
            await read(one, world)


def test_a_huge_request_is_not_even_looked_at() -> None:
    with pytest.raises(InvalidInput):
        posted(b" " * 2_000_001, {})


def test_an_unknown_provider_is_named_with_those_that_are_known(clock: VirtualClock) -> None:
    with pytest.raises(NotFound) as wrong:
        reader_of("pigeon", "x", clock)
    assert all(name in wrong.value.message for name in SECRETS)


@pytest.mark.parametrize(
    ("provider", "secret"),
    [
        ("resend", "whsec_"),
        ("sendgrid", "no key"),
        ("mailgun", " "),
        ("postmark", "a:b"),
        ("ses", "arn:aws:sns:eu.evil.example/:1:x"),
        ("graph", "short"),
        ("gmail", "{}"),
    ],
)
async def test_a_secret_that_protects_nothing_is_refused(
    world: World, provider: str, secret: str
) -> None:
    made = {make.__name__: make for make in ALL}[provider]()
    with pytest.raises(InvalidSetting):
        await read(replace(made, secret=secret), world)


# Vectors that others published.


async def test_the_published_vector_of_svix_fits(world: World) -> None:
    headers = {
        "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "svix-timestamp": "1614265330",
        "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    request = posted(b'{"test": 2432232314}', headers)
    one = Signed("resend", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", request)
    assert await read(one, world, datetime.fromtimestamp(1614265331, UTC)) == WebhookReading()
    with pytest.raises(NotAllowed):
        await read(one, world, MONDAY)


async def test_the_published_vector_of_sendgrid_fits(world: World) -> None:
    key = (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe6"
        "2gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
    )
    event = {
        "email": "hello@world.com",
        "event": "dropped",
        "reason": "Bounced Address",
        "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
        "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
        "timestamp": 1600112492,
    }
    body = json.dumps([event], separators=(",", ":")).encode() + b"\r\n"
    headers = {
        "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
        "X-Twilio-Email-Event-Webhook-Signature": "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZU"
        "AiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    }
    one = Signed("sendgrid", key, posted(body, headers))
    (found,) = (await read(one, world, datetime.fromtimestamp(1600112510, UTC))).events
    assert found.kind is DeliveryKind.BOUNCED
    assert found.provider_message_id == "LRzXl_NHStOGhQ4kofSm_A"
    assert not found.is_permanent
