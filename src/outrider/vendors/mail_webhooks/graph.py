"""Change notifications of Microsoft Graph, which carry a secret of ours. In: a request. Out: hints.

Never: a word of a notification without our `clientState`, an echo of anything but a plain token.
A hint says that a message came or changed, not what; one has to look by its id.
Source: learn.microsoft.com/graph/change-notifications-delivery-webhooks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outrider.kernel.errors import InvalidInput, InvalidSetting
from outrider.sending.events_types import MailboxHint, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    Posted,
    as_fields,
    as_list,
    forged,
    read_json,
    require_same,
)

_TOKEN = re.compile(r"[\x20-\x7e]{1,1000}")
_SHORTEST = 16


def read(request: Posted, client_state: str, now: datetime) -> WebhookReading:
    """Which messages changed; or the token to answer with, while a subscription is being made.

    Args:
        request: as it came, with its query.
        client_state: the secret that the subscription was made with.
        now: the present; these requests carry no time to compare it with.

    Raises:
        NotAllowed: it does not carry our secret.
        InvalidSetting: the secret is too short to protect anything.
        InvalidInput: the token to echo is no plain text.
    """
    token = request.query.get("validationToken")
    if token is not None:
        # Answered as text/plain; markup must not come back from an address of ours all the same.
        if not _TOKEN.fullmatch(token) or "<" in token:
            raise InvalidInput("The validation token is no plain text.")
        return WebhookReading(answer=token)
    if len(client_state.strip()) < _SHORTEST:
        raise InvalidSetting(
            f"The clientState of a subscription must have at least {_SHORTEST} characters."
        )
    try:
        found = [as_fields(one) for one in as_list(as_fields(read_json(request.body)).get("value"))]
    except InvalidInput:
        raise forged() from None
    if not found:
        raise forged()
    for one in found:
        require_same(str(one.get("clientState") or ""), client_state.strip())
    return WebhookReading(hints=tuple(map(_hint, found)))


def _hint(one: Mapping[str, Any]) -> MailboxHint:
    about = as_fields(one.get("resourceData"))
    words = (one.get("subscriptionId"), one.get("changeType"), one.get("resource"))
    return MailboxHint(
        provider="graph",
        event_id=_digest(*words, about.get("@odata.etag")),
        mailbox=str(one.get("resource") or ""),
        cursor=str(about.get("id") or ""),
    )


def _digest(*words: object) -> str:
    return hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()
