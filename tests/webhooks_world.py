"""Requests as mail providers sign them, made without the code under test; and a world to fetch from."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from outrider.kernel.clock import VirtualClock
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import Posted, posted
from outrider.vendors.mail_webhooks.choose import reader_of
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


def dumps(thing: object) -> bytes:
    return json.dumps(thing).encode()


def resend(kind: str = "email.bounced", **data: Any) -> Signed:
    bounce = {
        "type": "Permanent",
        "subType": "General",
        "message": "The recipient's server said no",
        "diagnosticCode": ["smtp; 550 5.1.1 user unknown"],
    }
    body = dumps(
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
    body = dumps([one, *more]) + b"\r\n"
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
    body = dumps(
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
    body = dumps(
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
    return Signed("ses", TOPIC, posted(dumps(told), {}))


def graph(secret: str = "a-long-client-state") -> Signed:
    one = {
        "subscriptionId": "sub-1",
        "changeType": "created",
        "resource": "users/sam/messages/1",
        "clientState": secret,
        "resourceData": {"id": "1", "@odata.etag": "W/1"},
    }
    request = posted(dumps({"value": [one]}), {})
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
    signing = ".".join(url64(dumps(part)) for part in (head, told))
    signature = RSA_KEY.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
    data = dumps({"emailAddress": "sam@try-brand.example", "historyId": 9876})
    message = {"data": base64.b64encode(data).decode(), "messageId": "pubsub-1"}
    body = dumps({"message": message, "subscription": "s"})
    secret = {"audience": "https://outrider.example/hook", "account": "push@project.example"}
    headers = {"Authorization": f"Bearer {signing}.{url64(signature)}"}
    return Signed("gmail", json.dumps(secret), posted(body, headers), kind=None, is_timed=False)


def url64(data: bytes) -> str:
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
            "n": url64(numbers.n.to_bytes(256, "big")),
            "e": url64(numbers.e.to_bytes(3, "big")),
        }
        self.asked: list[str] = []
        self.pages = {CERTIFICATE_URL: _certificate(), KEYS_URL: dumps({"keys": [key]})}

    async def fetch(self, url: str) -> tuple[int, bytes]:
        self.asked.append(url)
        return (200, self.pages[url]) if url in self.pages else (404, b"")


ALL: list[Callable[[], Signed]] = [resend, sendgrid, mailgun, postmark, ses, graph, gmail]


async def read(one: Signed, world: World, now: datetime = MONDAY) -> WebhookReading:
    reader = reader_of(one.provider, one.secret, VirtualClock(now), world.fetch)
    return await reader(one.request, now)


async def only(one: Signed, world: World) -> DeliveryEvent:
    (event,) = (await read(one, world)).events
    return event
