"""What only one mail provider's webhooks do, or try."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidInput, NotAllowed
from outrider.sending.events_types import DeliveryKind
from outrider.vendors.mail_webhooks.checks import posted
from outrider.vendors.mail_webhooks.choose import reader_of
from tests.conftest import MONDAY
from tests.webhooks_world import (
    CERTIFICATE_URL,
    ISO,
    RSA_KEY,
    STAMP,
    TOPIC,
    WHOM,
    Signed,
    World,
    dumps,
    gmail,
    graph,
    mailgun,
    only,
    postmark,
    read,
    resend,
    sendgrid,
    ses,
    url64,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: resend("email.delivered", bounce=None), DeliveryKind.DELIVERED),
        (lambda: resend("email.delivery_delayed"), DeliveryKind.DEFERRED),
        (lambda: resend("email.complained"), DeliveryKind.COMPLAINED),
        (lambda: mailgun(severity="temporary"), DeliveryKind.DEFERRED),
        (lambda: mailgun("complained"), DeliveryKind.COMPLAINED),
        (lambda: postmark("SoftBounce"), DeliveryKind.DEFERRED),
    ],
)
async def test_what_is_no_bounce_is_not_called_one(
    world: World, make: Callable[[], Signed], kind: DeliveryKind
) -> None:
    event = await only(make(), world)
    assert event.kind is kind
    if kind is DeliveryKind.DEFERRED:
        assert event.provider in ("resend",) or not event.is_permanent


async def test_what_is_not_of_a_mails_way_is_left_out(world: World) -> None:
    for one in (resend("domain.created"), mailgun("unsubscribed"), ses({"eventType": "Send"})):
        assert (await read(one, world)).events == ()


async def test_two_secrets_stand_side_by_side_while_one_is_changed(world: World) -> None:
    one = resend()
    both = "whsec_" + base64.b64encode(b"the new one").decode() + " " + one.secret
    assert (await read(replace(one, secret=both), world)).events


async def test_sendgrid_tells_several_events_at_once(world: World) -> None:
    more = {"email": "x@y.example", "event": "spamreport", "timestamp": int(STAMP)}
    found = (await read(sendgrid(more, {"event": "processed"}), world)).events
    assert [event.kind for event in found] == [DeliveryKind.BOUNCED, DeliveryKind.COMPLAINED]
    assert found[1].event_id


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE_URL.replace("https", "http"),
        "https://evil.example/SimpleNotificationService-abc123.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-abc123.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-abc123.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-abc123.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-abc123.pem",
        "https://sns.eu-central-1.amazonaws.com/anything.pem",
        "https://sns.eu-central-1.amazonaws.com/../SimpleNotificationService-abc123.pem",
        CERTIFICATE_URL + "?x=y",
        "https://[::1",
    ],
)
async def test_a_certificate_is_fetched_from_nowhere_else(world: World, url: str) -> None:
    world.pages[url] = world.pages[CERTIFICATE_URL]
    with pytest.raises(NotAllowed):
        await read(ses(SigningCertURL=url), world)
    assert world.asked == []


async def test_a_certificate_is_fetched_once(world: World) -> None:
    reader = reader_of("ses", TOPIC, VirtualClock(MONDAY), world.fetch)
    for _ in range(3):
        await reader(ses().request, MONDAY)
    assert world.asked == [CERTIFICATE_URL]


async def test_a_certificate_that_has_ended_proves_nothing(world: World) -> None:
    late = datetime(2027, 1, 2, tzinfo=UTC)
    with pytest.raises(NotAllowed):
        await read(ses(Timestamp=late.isoformat()), world, late)


async def test_a_weak_signature_is_refused_with_the_way_out(world: World) -> None:
    with pytest.raises(NotAllowed) as refusal:
        await read(ses(SignatureVersion="1"), world)
    assert "SignatureVersion to 2" in refusal.value.message


async def test_a_subscription_is_confirmed_at_sns_itself_whatever_the_message_says(
    world: World,
) -> None:
    right = (
        "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
        f"&TopicArn={TOPIC}&Token=2336412f37"
    )
    world.pages[right] = b"<ok/>"
    one = ses(
        Type="SubscriptionConfirmation", Token="2336412f37", SubscribeURL="https://evil.example/"
    )
    told = json.loads(one.request.body)
    assert "Subject" in told
    del told["Subject"]
    signed = "".join(
        f"{name}\n{told[name]}\n"
        for name in "Message MessageId SubscribeURL Timestamp Token TopicArn Type".split()
    )
    signature = RSA_KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    told["Signature"] = base64.b64encode(signature).decode()
    await read(replace(one, request=posted(dumps(told), {})), world)
    assert world.asked == [CERTIFICATE_URL, right]


async def test_a_notification_without_tags_is_found_by_the_providers_id(world: World) -> None:
    event = await only(
        ses(
            {
                "notificationType": "Complaint",
                "complaint": {"complainedRecipients": [{"emailAddress": WHOM}], "timestamp": ISO},
                "mail": {"messageId": "0100017f", "destination": [WHOM]},
            }
        ),
        world,
    )
    assert (event.kind, event.outbox_id) == (DeliveryKind.COMPLAINED, None)
    assert event.provider_message_id == "0100017f"


async def test_outlook_gets_its_token_back_as_it_came(world: World) -> None:
    asked = posted(b"", {}, {"validationToken": "Validation: Testing client application 1"})
    reading = await read(replace(graph(), request=asked), world)
    assert reading.answer == "Validation: Testing client application 1"
    script = posted(b"", {}, {"validationToken": "<script>"})
    with pytest.raises(InvalidInput):
        await read(replace(graph(), request=script), world)


async def test_one_notification_without_our_secret_spoils_all(world: World) -> None:
    value = json.loads(graph().request.body)["value"] + [{"clientState": "forged"}]
    with pytest.raises(NotAllowed):
        await read(replace(graph(), request=posted(dumps({"value": value}), {})), world)


async def test_a_change_in_a_mailbox_is_a_hint_where_to_look(world: World) -> None:
    (hint,) = (await read(graph(), world)).hints
    assert (hint.provider, hint.cursor) == ("graph", "1")
    (hint,) = (await read(gmail(), world)).hints
    assert (hint.mailbox, hint.cursor) == ("sam@try-brand.example", "9876")
    assert hint.event_id == "pubsub-1"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://other.example"},
        {"email": "eve@project.example"},
        {"email_verified": False},
        {"exp": int(STAMP) - 3600, "iat": int(STAMP) - 7200},
        {"iat": int(STAMP) + 3600},
        {"exp": None},
    ],
)
async def test_a_token_for_somebody_else_is_not_taken(
    world: World, claims: Mapping[str, Any]
) -> None:
    with pytest.raises(NotAllowed):
        await read(gmail(**claims), world)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_chooses_its_own_algorithm_is_not_taken(
    world: World, algorithm: str
) -> None:
    one = gmail()
    _, claims, signature = one.request.headers["authorization"].split(".")
    head = url64(dumps({"alg": algorithm, "kid": "key-1"}))
    headers = {"authorization": f"Bearer {head}.{claims}.{signature}"}
    with pytest.raises(NotAllowed):
        await read(replace(one, request=replace(one.request, headers=headers)), world)
