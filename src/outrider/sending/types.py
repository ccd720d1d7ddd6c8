"""Mailboxes and the outbox. In: nothing. Out: frozen values. Never: a row object."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import CampaignId, EnrollmentId
from outrider.drafts.types import DecisionId, DraftId
from outrider.prospects.types import AccountId, ContactId

MailboxId = NewType("MailboxId", UUID)
OutboxId = NewType("OutboxId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Transport(StrEnum):
    """How a mail leaves. `maildir` is the default: nothing leaves by accident."""

    MAILDIR = "maildir"
    SMTP = "smtp"
    RESEND = "resend"
    SENDGRID = "sendgrid"
    SES = "ses"
    MAILGUN = "mailgun"
    POSTMARK = "postmark"
    GMAIL = "gmail"
    GRAPH = "graph"


class SmtpTls(StrEnum):
    """How an SMTP connection is secured; `none` is for servers on this machine alone."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class DayPlan(Frozen):
    """When a mailbox writes, as a person would: its own hours, a lunch break, some jitter."""

    timezone: str = "UTC"
    weekdays: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), description="0 is Monday")
    start: time = time(8, 30)
    end: time = time(17, 30)
    lunch: tuple[time, time] | None = (time(12, 0), time(13, 0))
    jitter_seconds: int = Field(default=90, ge=0, le=3600)


class Pacing(Frozen):
    """How fast a mailbox may go. Off by default for a Maildir, where nothing leaves."""

    ramp: str | None = Field(default=None, description="Name of a ramp schedule; None: the cap")
    ramp_started_on: date | None = None
    min_gap_seconds: int = Field(default=90, ge=0, le=86_400, description="Between two mails")
    day: DayPlan | None = DayPlan()
    recipient_window: bool = Field(
        default=True, description="Only within the recipient's working hours"
    )


class Mailbox(Frozen):
    """An address that we send from."""

    id: MailboxId
    address: str
    name: str
    postal_address: str
    booking_link: str
    signature: str = ""
    transport: Transport = Transport.MAILDIR
    smtp_host: str | None = None
    smtp_port: int | None = None
    smtp_user: str | None = None
    smtp_password_file: str | None = None
    dkim_selector: str | None = None
    dkim_key_file: str | None = None
    dkim_ed25519_selector: str | None = Field(
        default=None, description="Of a second key that signs besides (RFC 8463)"
    )
    dkim_ed25519_key_file: str | None = None
    smtp_tls: SmtpTls = SmtpTls.STARTTLS
    secret_file: str | None = Field(
        default=None, description="File name in the `keys` folder, of an HTTP provider's secret"
    )
    provider: dict[str, str] = Field(
        default_factory=dict, description="What a provider needs besides: region, domain, user"
    )
    daily_cap: int = Field(default=40, ge=0, description="Mails per day (WU-1: 30 to 50 at most)")
    pacing: Pacing | None = Field(default=None, description="None: as fast as the cap allows")
    layout: str | None = Field(
        default=None, description="SHA-256 of the layout of new drafts; None: plain HTML"
    )
    status: str = "active"


class MailboxForm(Frozen):
    """A mailbox as a person describes it; `mailboxes.add` checks every field."""

    address: str
    name: str
    postal_address: str = Field(description="Street and town, as CAN-SPAM asks for")
    booking_link: str = Field(description="https address where a meeting can be booked")
    smtp: str | None = Field(default=None, description="host:port; None: a Maildir, nothing leaves")
    signature: str = ""
    daily_cap: int = 40
    smtp_user: str | None = Field(default=None, description="Login at the SMTP server")
    smtp_password_file: str | None = Field(
        default=None, description="File name in the `keys` folder"
    )
    dkim_selector: str | None = None
    dkim_key_file: str | None = Field(default=None, description="File name in the `keys` folder")
    dkim_ed25519_selector: str | None = Field(
        default=None, description="Of a second key that signs besides (RFC 8463)"
    )
    dkim_ed25519_key_file: str | None = Field(
        default=None, description="File name in the `keys` folder"
    )
    transport: Transport | None = Field(
        default=None, description="None: SMTP where a server is given, else a Maildir"
    )
    smtp_tls: SmtpTls = SmtpTls.STARTTLS
    secret_file: str | None = Field(
        default=None, description="File name in the `keys` folder, of an HTTP provider's secret"
    )
    provider: dict[str, str] = Field(
        default_factory=dict, description="What a provider needs besides: region, domain, user"
    )


class OutboxStatus(StrEnum):
    """Where a mail is (decision 0004). `unknown` means: interrupted at the wire, a person decides."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class OutboxItem(Frozen):
    """One mail on its way: unique per (enrollment, step)."""

    id: OutboxId
    draft_id: DraftId
    decision_id: DecisionId
    enrollment_id: EnrollmentId
    campaign_id: CampaignId
    account_id: AccountId
    contact_id: ContactId
    mailbox_id: MailboxId
    step: int
    content_hash: str
    message_id: str
    status: OutboxStatus
    reason: str | None = None
    attempts: int = 0
    queued_at: datetime
    not_before: datetime
    sent_at: datetime | None = None
    raw_sha256: str | None = None
    provider_answer: str | None = None


class Lease(Frozen):
    """Who holds a claim, and until when if he falls silent."""

    owner: str
    until: datetime


class Interrupted(Frozen):
    """A mail in `sending` whose owner may be gone."""

    item: OutboxItem
    owner: str
    lease_until: datetime
    handed_off_at: datetime | None = Field(description="None: the wire was never touched")


class Delivery(StrEnum):
    """What a transport can truthfully say of one mail."""

    ACCEPTED = "accepted"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class DeliveryResult(Frozen):
    """The answer of a transport. `unknown`: the mail may or may not have been taken."""

    delivery: Delivery
    answer: str
    retry_after_seconds: int | None = None
    is_transport_down: bool = Field(
        default=False, description="No mail can leave this way now; this one is not to blame"
    )
    provider_id: str | None = Field(
        default=None, description="The provider's own name of an accepted mail"
    )
    seen_as: str | None = Field(
        default=None,
        description="The Message-ID that the recipient sees, where the provider puts its own",
    )


class SendReport(Frozen):
    """What one call of `send` did, mail by mail."""

    queued: int = 0
    sent: tuple[OutboxItem, ...] = ()
    waiting: tuple[OutboxItem, ...] = ()
    stopped: tuple[OutboxItem, ...] = Field(default=(), description="cancelled, failed or unknown")
    halted_by: str | None = Field(default=None, description="The switch that is on")


class Outgoing(Frozen):
    """The exact bytes, and the envelope."""

    message_id: str
    envelope_from: str
    envelope_to: str
    data: bytes = Field(description="RFC 5322 with CRLF line ends")
    outbox_id: UUID
