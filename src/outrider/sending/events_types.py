"""What a mail provider tells of a mail after it took it. In: nothing. Out: frozen values. Never: a guess."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class DeliveryKind(StrEnum):
    """What happened to a mail on its way."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    DEFERRED = "deferred"
    OPENED = "opened"
    CLICKED = "clicked"


class DeliveryEvent(BaseModel):
    """One verified word of a provider on one mail and one recipient.

    A mail is found by `outbox_id` where the provider carries our label, else by `message_id`, else
    by `provider_message_id`. The pair of `provider` and `event_id` is unique; a provider may tell
    the same event several times.
    """

    model_config = ConfigDict(frozen=True)

    provider: str
    event_id: str
    kind: DeliveryKind
    outbox_id: UUID | None = None
    message_id: str | None = Field(
        default=None, description="The Message-ID that we gave, in angle brackets"
    )
    provider_message_id: str | None = None
    recipient: str | None = None
    at: datetime = Field(description="When it happened, by the provider's clock; aware, UTC")
    detail: str = Field(default="", description="The provider's words, at most 500 characters")
    bounce_status: str | None = Field(
        default=None, description="Enhanced status of RFC 3463, such as 5.1.1"
    )
    is_permanent: bool = Field(
        default=False, description="A bounce after which this address must not be tried again"
    )


class MailboxHint(BaseModel):
    """A provider says that something changed in a mailbox; what, one has to look for."""

    model_config = ConfigDict(frozen=True)

    provider: str
    event_id: str
    mailbox: str = Field(description="Its address or, at Microsoft, the resource path")
    cursor: str = Field(default="", description="From where to look: a historyId, a message's id")


class WebhookReading(BaseModel):
    """All that one verified request of a provider said."""

    model_config = ConfigDict(frozen=True)

    events: tuple[DeliveryEvent, ...] = ()
    hints: tuple[MailboxHint, ...] = ()
    answer: str = Field(default="", description="The body to answer with, as text/plain")
