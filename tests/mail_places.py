"""Every provider of mail over HTTP beside its stand-in, and mails to hand over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.kernel.clock import Clock
from outrider.sending.mail import build
from outrider.sending.ports import MailTransport
from outrider.sending.types import Mailbox, MailboxId, Outgoing, Transport
from outrider.vendors.fakes.mail_http.gmail import FakeGmail
from outrider.vendors.fakes.mail_http.graph import FakeGraph
from outrider.vendors.fakes.mail_http.mailgun import FakeMailgun
from outrider.vendors.fakes.mail_http.postmark import FakePostmark
from outrider.vendors.fakes.mail_http.resend import FakeResend
from outrider.vendors.fakes.mail_http.sendgrid import FakeSendGrid
from outrider.vendors.fakes.mail_http.server import FakeMailApi
from outrider.vendors.fakes.mail_http.ses import FakeSes
from outrider.vendors.mail_http.choose import transport_of
from tests.rules.test_mail_bytes import AT, content

SENDER = "sam@try-brand.example"


@dataclass(frozen=True)
class Service:
    """How to play one provider."""

    provider: Transport
    fake: Callable[[], FakeMailApi]
    secret: Callable[[str], str]
    says_when_lost: str = "unknown"
    """What becomes of a mail that it took without an answer."""
    keeps_bytes: bool = True
    can_look: bool = True


def _plain(key: str) -> str:
    return key


def _ses(key: str) -> str:
    return json.dumps(
        {"access_key_id": key, "secret_access_key": "wJalr", "region": "eu-central-1"}
    )


def _gmail(key: str) -> str:
    return json.dumps({"client_id": "c", "client_secret": "s", "refresh_token": key})


def _graph(key: str) -> str:
    return json.dumps({"tenant": "t", "client_id": "c", "client_secret": key})


SERVICES = [
    Service(Transport.RESEND, FakeResend, _plain, says_when_lost="accepted", keeps_bytes=False),
    Service(Transport.SENDGRID, FakeSendGrid, _plain, keeps_bytes=False, can_look=False),
    Service(Transport.SES, FakeSes, _ses, can_look=False),
    Service(Transport.MAILGUN, FakeMailgun, _plain),
    Service(Transport.POSTMARK, FakePostmark, _plain, keeps_bytes=False),
    Service(Transport.GMAIL, FakeGmail, _gmail),
    Service(Transport.GRAPH, FakeGraph, _graph, says_when_lost="accepted"),
]


def mailbox(transport: Transport, address: str = SENDER, **provider: str) -> Mailbox:
    """A mailbox whose mail this provider carries."""
    return Mailbox(
        id=MailboxId(UUID(int=1)),
        address=address,
        name="Sam Poole",
        postal_address="1 Main Street, 02110 Boston",
        booking_link="https://cal.example/sam",
        transport=transport,
        provider=provider,
    )


def connect(
    service: Service, fake: FakeMailApi, clock: Clock, key: str | None = None
) -> MailTransport:
    """The adapter, as the wiring makes it, pointed at the stand-in."""
    return transport_of(mailbox(service.provider), service.secret(key or fake.key), clock, fake.url)


def outgoing(
    number: int = 1,
    to: str = "dana@depot.example",
    text: str = "Hello Dana,\n\nünïcode — and dots\n.\n..two\n\n-- \nSam",
    at: datetime = AT,
) -> Outgoing:
    """A mail as the room of sending builds it."""
    message_id = f"<{number:032x}@try-brand.example>"
    words = content(subject="Größe über alles – before February", text=text)
    words = words.model_copy(update={"recipient": words.recipient.model_copy(update={"email": to})})
    return Outgoing(
        message_id=message_id,
        envelope_from=SENDER,
        envelope_to=to,
        data=build(words, message_id, at),
        outbox_id=UUID(int=number),
    )
