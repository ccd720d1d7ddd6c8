"""Webhooks of Postmark, which signs nothing: a user and a password of ours stand in the address.

In: a request. Out: events. Never: a word of a request without that password.
It has no timestamp of its own either, so what is old cannot be told from what is new; the id of an
event is made of what it says, and the same event twice is the same id.
Source: postmarkapp.com/developer/webhooks, bounce, delivery, open, click and spam complaint pages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outrider.kernel.errors import InvalidSetting
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    Posted,
    as_fields,
    detail,
    enhanced_status,
    forged,
    instant,
    label,
    read_json,
    require_same,
    text,
)

_KINDS = {
    "Delivery": (DeliveryKind.DELIVERED, "DeliveredAt"),
    "Bounce": (DeliveryKind.BOUNCED, "BouncedAt"),
    "SpamComplaint": (DeliveryKind.COMPLAINED, "BouncedAt"),
    "Open": (DeliveryKind.OPENED, "ReceivedAt"),
    "Click": (DeliveryKind.CLICKED, "ReceivedAt"),
}
_PUT_OFF = frozenset({"Transient", "SoftBounce", "DnsError", "AutoResponder"})
_BAD_ADDRESS = frozenset({"HardBounce", "BadEmailAddress"})
_SHORTEST = 16


def read(request: Posted, secret: str, now: datetime) -> WebhookReading:
    """What Postmark says.

    Args:
        request: as it came.
        secret: `user:password`, as in the address given to Postmark; at least 16 characters.
        now: the present; Postmark's requests carry no time to compare it with.

    Raises:
        NotAllowed: the password is not there or wrong.
        InvalidSetting: the secret is too short to protect anything.
        InvalidInput: it is Postmark's, but cannot be read.
    """
    if len(secret.strip()) < _SHORTEST or ":" not in secret:
        raise InvalidSetting(
            f"The secret of Postmark's webhook must be user:password of at least {_SHORTEST} "
            "characters, the same as in the address that Postmark calls."
        )
    scheme, _, given = request.header("authorization").partition(" ")
    try:
        words = base64.b64decode(given, validate=True)
    except binascii.Error:
        raise forged() from None
    require_same(words, secret.strip())
    require_same(scheme.lower(), "basic")
    event = _event(request.body, as_fields(read_json(request.body)))
    return WebhookReading(events=() if event is None else (event,))


def _event(body: bytes, found: Mapping[str, Any]) -> DeliveryEvent | None:
    kind, when = _KINDS.get(str(found.get("RecordType")), (None, ""))
    if kind is None:
        return None
    bounce = str(found.get("Type") or "")
    if kind is DeliveryKind.BOUNCED and bounce in _PUT_OFF:
        kind = DeliveryKind.DEFERRED
    return DeliveryEvent(
        provider="postmark",
        event_id=hashlib.sha256(body).hexdigest(),
        kind=kind,
        outbox_id=label(as_fields(found.get("Metadata")).get("outbox_id")),
        provider_message_id=text(found.get("MessageID")),
        recipient=text(found.get("Recipient")) or text(found.get("Email")),
        at=instant(found.get(when)),
        detail=detail(bounce, found.get("Description"), found.get("Details")),
        bounce_status=enhanced_status(found.get("Details")),
        is_permanent=kind is DeliveryKind.BOUNCED and bounce in _BAD_ADDRESS,
    )
