"""Webhooks of Mailgun, signed inside the body. In: a request. Out: events. Never: unsigned words.

HMAC-SHA256 over timestamp and token; the signature does not cover the event itself, so a request
is only as trustworthy as TLS, and the token must not come twice: it is the event's id.
Source: documentation.mailgun.com, user manual, securing webhooks and events.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outrider.kernel.errors import InvalidInput, InvalidSetting
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    Posted,
    as_fields,
    detail,
    enhanced_status,
    forged,
    instant,
    label,
    message_id,
    read_json,
    require_recent,
    require_same,
    text,
)

_KINDS = {
    "delivered": DeliveryKind.DELIVERED,
    "failed": DeliveryKind.BOUNCED,
    "rejected": DeliveryKind.BOUNCED,
    "complained": DeliveryKind.COMPLAINED,
    "opened": DeliveryKind.OPENED,
    "clicked": DeliveryKind.CLICKED,
}


def read(request: Posted, signing_key: str, now: datetime) -> WebhookReading:
    """What Mailgun says.

    Args:
        request: as it came.
        signing_key: the HTTP webhook signing key of the account.
        now: the present.

    Raises:
        NotAllowed: it is not signed with this key, or too old.
        InvalidSetting: there is no key.
        InvalidInput: it is Mailgun's, but cannot be read.
    """
    if not signing_key.strip():
        raise InvalidSetting("Mailgun's webhook signing key is empty: copy it from the account.")
    try:
        body = as_fields(read_json(request.body))
    except InvalidInput:
        raise forged() from None
    signed = as_fields(body.get("signature"))
    stamp, token = str(signed.get("timestamp") or ""), str(signed.get("token") or "")
    if not stamp or not token:
        raise forged()
    expected = hmac.new(signing_key.strip().encode(), f"{stamp}{token}".encode(), hashlib.sha256)
    require_same(expected.hexdigest(), str(signed.get("signature") or ""))
    require_recent(stamp, now)
    event = _event(as_fields(body.get("event-data")), token)
    return WebhookReading(events=() if event is None else (event,))


def _event(event: Mapping[str, Any], token: str) -> DeliveryEvent | None:
    kind = _KINDS.get(str(event.get("event")))
    if kind is DeliveryKind.BOUNCED and event.get("severity") == "temporary":
        kind = DeliveryKind.DEFERRED
    if kind is None:
        return None
    told = as_fields(event.get("delivery-status"))
    sent = as_fields(as_fields(event.get("message")).get("headers")).get("message-id")
    return DeliveryEvent(
        provider="mailgun",
        event_id=token,
        kind=kind,
        outbox_id=label(as_fields(event.get("user-variables")).get("outbox_id")),
        message_id=message_id(sent),
        provider_message_id=message_id(sent),
        recipient=text(event.get("recipient")),
        at=instant(event.get("timestamp")),
        detail=detail(event.get("reason"), told.get("message"), told.get("description")),
        bounce_status=enhanced_status(
            told.get("enhanced-code"), told.get("message"), told.get("description")
        ),
        is_permanent=kind is DeliveryKind.BOUNCED and event.get("reason") == "bounce",
    )
