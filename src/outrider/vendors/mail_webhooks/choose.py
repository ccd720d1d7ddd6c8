"""From a provider's name and its webhook secret to what reads its requests.

In: the provider, the text of the secret's file. Out: one function for every request of it.
Never: a request read with another provider's rules, a secret in an error.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting, NotFound
from outrider.sending.events_types import WebhookReading
from outrider.vendors.http_transport import HttpTransport, Request, shared_circuit
from outrider.vendors.mail_webhooks import graph, mailgun, postmark, resend, sendgrid
from outrider.vendors.mail_webhooks.checks import Fetch, Posted
from outrider.vendors.mail_webhooks.gmail import GmailPush
from outrider.vendors.mail_webhooks.ses import SesEvents

Reader = Callable[[Posted, datetime], Awaitable[WebhookReading]]

SECRETS: Mapping[str, str] = {
    "resend": "the signing secret, whsec_…",
    "sendgrid": "the verification key of the event webhook, base64",
    "ses": "the ARN of the SNS topic that SES publishes to",
    "mailgun": "the HTTP webhook signing key",
    "postmark": "user:password, as in the address that Postmark calls",
    "gmail": '{"audience", "account"} of the push subscription',
    "graph": "the clientState of the subscription",
}
"""What the secret's file holds, by provider."""


class _Signed(Protocol):
    """A provider whose requests can be verified without asking anybody."""

    def read(self, request: Posted, secret: str, now: datetime) -> WebhookReading: ...


_SIGNED: Mapping[str, _Signed] = {
    "resend": resend,
    "sendgrid": sendgrid,
    "mailgun": mailgun,
    "postmark": postmark,
    "graph": graph,
}


def reader_of(provider: str, secret: str, clock: Clock, fetch: Fetch | None = None) -> Reader:
    """What reads this provider's requests; keep it, for it keeps certificates and keys.

    Args:
        provider: one of `SECRETS`.
        secret: the text of its file.
        clock: what waits go by.
        fetch: stands in for the network in rehearsals.

    Raises:
        NotFound: no such provider is known.
        InvalidSetting: the secret cannot be used.
    """
    if provider not in SECRETS:
        raise NotFound(
            f"There is no mail provider {provider[:40]!r}; known are {', '.join(SECRETS)}."
        )
    words = secret.strip()
    if provider == "ses":
        return SesEvents(fetch or _over("Amazon SNS", clock), words).read
    if provider == "gmail":
        return GmailPush(fetch or _over("Google", clock), *_push(words)).read
    chosen = _SIGNED[provider]

    async def read(request: Posted, now: datetime) -> WebhookReading:
        return chosen.read(request, words, now)

    return read


def _push(words: str) -> tuple[str, str]:
    try:
        found = json.loads(words)
        return str(found["audience"]), str(found["account"])
    except (ValueError, KeyError, TypeError):
        raise InvalidSetting(f"Gmail's webhook secret must be {SECRETS['gmail']}.") from None


def _over(name: str, clock: Clock) -> Fetch:
    http = HttpTransport(shared_circuit(name, "webhooks", clock), clock)

    async def fetch(url: str) -> tuple[int, bytes]:
        try:
            answer = await http.ask(Request("GET", url, is_repeatable=True))
        finally:
            await http.close()
        return (answer.status if answer.is_whole else 0), answer.body

    return fetch
