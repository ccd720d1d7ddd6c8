"""Webhooks of SendGrid, signed with ECDSA. In: a request. Out: events. Never: unsigned words.

P-256 and SHA-256 over timestamp and raw body; the body's last line end is part of it.
Source: twilio.com/docs/sendgrid/for-developers/tracking-events, event and signature pages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outrider.kernel.errors import InvalidSetting
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    Posted,
    as_fields,
    as_list,
    detail,
    enhanced_status,
    forged,
    instant,
    label,
    message_id,
    read_json,
    require_recent,
    text,
)

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_KINDS = {
    "delivered": DeliveryKind.DELIVERED,
    "deferred": DeliveryKind.DEFERRED,
    "bounce": DeliveryKind.BOUNCED,
    "dropped": DeliveryKind.BOUNCED,
    "spamreport": DeliveryKind.COMPLAINED,
    "open": DeliveryKind.OPENED,
    "click": DeliveryKind.CLICKED,
}


def verify(request: Posted, public_key: str, now: datetime) -> None:
    """Pass when the request is SendGrid's.

    Args:
        request: as it came.
        public_key: the verification key of the webhook's page, base64.
        now: the present.

    Raises:
        NotAllowed: it is not signed with this key, or too old.
        InvalidSetting: the key is none.
    """
    stamp = request.header(TIMESTAMP)
    try:
        key = load_der_public_key(base64.b64decode(public_key.strip(), validate=True))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidSetting(
            "The verification key of SendGrid's webhook is none: copy it from the webhook's page."
        )
    try:
        signature = base64.b64decode(request.header(SIGNATURE), validate=True)
        key.verify(signature, stamp.encode() + request.body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error):
        raise forged() from None
    require_recent(stamp, now)


def read(request: Posted, public_key: str, now: datetime) -> WebhookReading:
    """What SendGrid says, event by event.

    Raises:
        NotAllowed: as for `verify`.
        InvalidInput: it is SendGrid's, but cannot be read.
    """
    verify(request, public_key, now)
    found = [_event(as_fields(one)) for one in as_list(read_json(request.body))]
    return WebhookReading(events=tuple(event for event in found if event is not None))


def _event(one: Mapping[str, Any]) -> DeliveryEvent | None:
    kind = _KINDS.get(str(one.get("event")))
    if kind is None:
        return None
    status = one.get("status")
    # A "blocked" bounce is the server's no of today, not a bad address.
    is_bad = kind is DeliveryKind.BOUNCED and one.get("type", "bounce") == "bounce"
    return DeliveryEvent(
        provider="sendgrid",
        event_id=text(one.get("sg_event_id")) or _digest(one),
        kind=kind,
        outbox_id=label(one.get("outbox_id")),
        message_id=message_id(one.get("smtp-id")),
        # The first part is the X-Message-Id of the answer to the hand-over.
        provider_message_id=(text(one.get("sg_message_id")) or "").partition(".")[0] or None,
        recipient=text(one.get("email")),
        at=instant(one.get("timestamp")),
        detail=detail(one.get("reason"), one.get("response"), one.get("url")),
        bounce_status=enhanced_status(status, one.get("reason"), one.get("response")),
        is_permanent=is_bad and one.get("event") == "bounce",
    )


def _digest(one: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(one, sort_keys=True).encode()).hexdigest()
