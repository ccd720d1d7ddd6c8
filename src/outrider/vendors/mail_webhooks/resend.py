"""Webhooks of Resend, signed in the manner of Svix. In: a request. Out: events. Never: unsigned words.

HMAC-SHA256 over `id.timestamp.body`; several signatures may stand side by side while a secret is
being changed. Source: docs.svix.com/receiving/verifying-payloads/how-manual; resend.com/docs/webhooks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

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

_KINDS = {
    "email.delivered": DeliveryKind.DELIVERED,
    "email.delivery_delayed": DeliveryKind.DEFERRED,
    "email.bounced": DeliveryKind.BOUNCED,
    "email.failed": DeliveryKind.BOUNCED,
    "email.suppressed": DeliveryKind.BOUNCED,
    "email.complained": DeliveryKind.COMPLAINED,
    "email.opened": DeliveryKind.OPENED,
    "email.clicked": DeliveryKind.CLICKED,
}


def verify(request: Posted, secret: str, now: datetime) -> str:
    """The id of this delivery of Resend's, when it is Resend's.

    Args:
        request: as it came.
        secret: `whsec_…`, from the webhook's page; several may be given, split by blanks.
        now: the present.

    Raises:
        NotAllowed: it is not signed with this secret, or too old.
        InvalidSetting: the secret is none.
    """
    id_, stamp = request.header("svix-id"), request.header("svix-timestamp")
    given = [
        word.removeprefix("v1,")
        for word in request.header("svix-signature").split()
        if word.startswith("v1,")
    ]
    signed = f"{id_}.{stamp}.".encode() + request.body
    fits = [
        hmac.compare_digest(_signature(one, signed).encode(), word.encode())
        for one in secret.split()
        for word in given
    ]
    if not any(fits):
        raise forged()
    require_recent(stamp, now)
    return id_


def read(request: Posted, secret: str, now: datetime) -> WebhookReading:
    """What Resend says; events that are none of a mail's way are left out.

    Raises:
        NotAllowed: as for `verify`.
        InvalidInput: it is Resend's, but cannot be read.
    """
    id_ = verify(request, secret, now)
    found = as_fields(read_json(request.body))
    kind = _KINDS.get(str(found.get("type")))
    if kind is None:
        return WebhookReading()
    data = as_fields(found.get("data"))
    bounce = as_fields(data.get("bounce"))
    why = as_fields(data.get("failed")) or as_fields(data.get("suppressed"))
    diagnostics = as_list(bounce.get("diagnosticCode"))
    to = as_list(data.get("to"))
    named = {
        str(one.get("name")).lower(): one.get("value")
        for one in map(as_fields, as_list(data.get("headers")))
    }
    event = DeliveryEvent(
        provider="resend",
        event_id=id_,
        kind=kind,
        outbox_id=label(as_fields(data.get("tags")).get("outbox_id")),
        message_id=message_id(named.get("message-id")),
        provider_message_id=text(data.get("email_id")),
        recipient=text(to[0]) if to else None,
        at=instant(found.get("created_at")),
        detail=detail(bounce.get("message"), *diagnostics, why.get("reason"), why.get("message")),
        bounce_status=enhanced_status(*diagnostics, bounce.get("message")),
        is_permanent=bounce.get("type") == "Permanent",
    )
    return WebhookReading(events=(event,))


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise InvalidSetting(
            "The secret of Resend's webhook is none: copy the one that begins with whsec_."
        )
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
