"""Only what a mail provider signed is read, and it is read as what it is."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidInput, InvalidSetting, NotAllowed, NotFound, OutriderError
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import Posted, posted
from outrider.vendors.mail_webhooks.choose import SECRETS, reader_of
from outrider.vendors.mail_webhooks.gmail import KEYS_URL
from tests.conftest import MONDAY

LABEL = UUID(int=7)
WHOM = "dana@depot.example"
STAMP = str(int(MONDAY.timestamp()))
ISO = "2026-03-02T14:59:58.000Z"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:outrider"
CERTIFICATE_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-abc123.pem"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
SVIX = "whsec_" + base64.b64encode(b"k" * 24).decode()


@dataclass(frozen=True)
class Signed:
    """One request of a provider, its secret, and what it must be read as."""

    provider: str
    secret: str
    request: Posted
    kind: DeliveryKind | None = DeliveryKind.BOUNCED
    is_timed: bool = True


def _dumps(thing: object) -> bytes:
    return json.dumps(thing).encode()


def resend(kind: str = "email.bounced", **data: Any) -> Signed:
    bounce = {
        "type": "Permanent",
        "subType": "General",
        "message": "The recipient's server said no",
        "diagnosticCode": ["smtp; 550 5.1.1 user unknown"],
    }
    body = _dumps(
        {
            "type": kind,
            "created_at": ISO,
            "data": {
                "email_id": "4ef9a417",
                "created_at": ISO,
                "from": "Sam <sam@try-brand.example>",
                "to": [WHOM],
                "subject": "s",
                "tags": {"outbox_id": LABEL.hex},
                "headers": [{"name": "Message-ID", "value": "<7@try-brand.example>"}],
                "bounce": bounce,
                **data,
            },
        }
    )
    key = base64.b64decode(SVIX.removeprefix("whsec_"))
    mac = hmac.new(key, f"msg_1.{STAMP}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,AAAA v1a,x v1,{base64.b64encode(mac).decode()}"
    headers = {"Svix-Id": "msg_1", "Svix-Timestamp": STAMP, "Svix-Signature": signature}
    return Signed("resend", SVIX, posted(body, headers))


def sendgrid(*more: Mapping[str, Any]) -> Signed:
    one = {
        "email": WHOM,
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 user unknown",
        "sg_event_id": "event-1",
        "sg_message_id": "LRzXl.filter-1.0",
        "smtp-id": "<7@try-brand.example>",
        "timestamp": int(STAMP) - 2,
        "outbox_id": LABEL.hex,
    }
    body = _dumps([one, *more]) + b"\r\n"
    signature = EC_KEY.sign(STAMP.encode() + body, ec.ECDSA(hashes.SHA256()))
    public = EC_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": STAMP,
    }
    return Signed("sendgrid", base64.b64encode(public).decode(), posted(body, headers))


def mailgun(event: str = "failed", severity: str = "permanent") -> Signed:
    mac = hmac.new(b"signing-key", f"{STAMP}token-1".encode(), hashlib.sha256)
    body = _dumps(
        {
            "signature": {"timestamp": STAMP, "token": "token-1", "signature": mac.hexdigest()},
            "event-data": {
                "event": event,
                "severity": severity,
                "reason": "bounce",
                "timestamp": int(STAMP) - 2.5,
                "recipient": WHOM,
                "message": {"headers": {"message-id": "7@try-brand.example"}},
                "user-variables": {"outbox_id": LABEL.hex},
                "delivery-status": {"code": 550, "message": "550 5.1.1 user unknown"},
            },
        }
    )
    return Signed("mailgun", "signing-key", posted(body, {}))


def postmark(bounce: str = "HardBounce") -> Signed:
    secret = "outrider:a-long-password"
    body = _dumps(
        {
            "RecordType": "Bounce",
            "Type": bounce,
            "MessageID": "b7bc2f4a",
            "Email": WHOM,
            "BouncedAt": ISO,
            "Description": "The server was unable to deliver",
            "Details": "smtp;550 5.1.1 user unknown",
            "Metadata": {"outbox_id": LABEL.hex},
        }
    )
    token = base64.b64encode(secret.encode()).decode()
    request = posted(body, {"Authorization": f"Basic {token}"})
    return Signed("postmark", secret, request, is_timed=False)


def ses(message: Mapping[str, Any] | None = None, **outer: str) -> Signed:
    bounced = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "timestamp": ISO,
            "bouncedRecipients": [
                {
                    "emailAddress": WHOM,
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }
            ],
        },
        "mail": {
            "messageId": "0100017f",
            "destination": [WHOM],
            "headers": [{"name": "Message-ID", "value": "<7@try-brand.example>"}],
            "tags": {"outbox_id": [LABEL.hex]},
        },
    }
    told = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(message or bounced),
        "Timestamp": ISO,
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        **outer,
    }
    names = "Message MessageId Subject SubscribeURL Timestamp Token TopicArn Type".split()
    if told["Type"] == "Notification":
        names = "Message MessageId Subject Timestamp TopicArn Type".split()
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    signature = RSA_KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    told["Signature"] = base64.b64encode(signature).decode()
    return Signed("ses", TOPIC, posted(_dumps(told), {}))


def graph(secret: str = "a-long-client-state") -> Signed:
    one = {
        "subscriptionId": "sub-1",
        "changeType": "created",
        "resource": "users/sam/messages/1",
        "clientState": secret,
        "resourceData": {"id": "1", "@odata.etag": "W/1"},
    }
    request = posted(_dumps({"value": [one]}), {})
    return Signed("graph", "a-long-client-state", request, kind=None, is_timed=False)


def gmail(**claims: Any) -> Signed:
    told = {
        "iss": "https://accounts.google.com",
        "aud": "https://outrider.example/hook",
        "email": "push@project.example",
        "email_verified": True,
        "iat": int(STAMP) - 5,
        "exp": int(STAMP) + 3600,
        **claims,
    }
    head = {"alg": "RS256", "kid": "key-1", "typ": "JWT"}
    signing = ".".join(_url64(_dumps(part)) for part in (head, told))
    signature = RSA_KEY.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
    data = _dumps({"emailAddress": "sam@try-brand.example", "historyId": 9876})
    message = {"data": base64.b64encode(data).decode(), "messageId": "pubsub-1"}
    body = _dumps({"message": message, "subscription": "s"})
    secret = {"audience": "https://outrider.example/hook", "account": "push@project.example"}
    headers = {"Authorization": f"Bearer {signing}.{_url64(signature)}"}
    return Signed("gmail", json.dumps(secret), posted(body, headers), kind=None, is_timed=False)


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSA_KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(RSA_KEY, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


class World:
    """What is at the addresses that may be asked, and which were."""

    def __init__(self) -> None:
        numbers = RSA_KEY.public_key().public_numbers()
        key = {
            "kid": "key-1",
            "kty": "RSA",
            "n": _url64(numbers.n.to_bytes(256, "big")),
            "e": _url64(numbers.e.to_bytes(3, "big")),
        }
        self.asked: list[str] = []
        self.pages = {CERTIFICATE_URL: _certificate(), KEYS_URL: _dumps({"keys": [key]})}

    async def fetch(self, url: str) -> tuple[int, bytes]:
        self.asked.append(url)
        return (200, self.pages[url]) if url in self.pages else (404, b"")


ALL: list[Callable[[], Signed]] = [resend, sendgrid, mailgun, postmark, ses, graph, gmail]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=ALL, ids=lambda make: make.__name__)
def signed(request: pytest.FixtureRequest) -> Signed:
    made: Signed = request.param()
    return made


async def read(one: Signed, world: World, now: datetime = MONDAY) -> WebhookReading:
    reader = reader_of(one.provider, one.secret, VirtualClock(now), world.fetch)
    return await reader(one.request, now)


async def only(one: Signed, world: World) -> DeliveryEvent:
    (event,) = (await read(one, world)).events
    return event


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


# What only one provider does.


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
    await read(replace(one, request=posted(_dumps(told), {})), world)
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
        await read(replace(graph(), request=posted(_dumps({"value": value}), {})), world)


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
    head = _url64(_dumps({"alg": algorithm, "kid": "key-1"}))
    headers = {"authorization": f"Bearer {head}.{claims}.{signature}"}
    with pytest.raises(NotAllowed):
        await read(replace(one, request=replace(one.request, headers=headers)), world)
