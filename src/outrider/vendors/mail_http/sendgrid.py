"""SendGrid, v3. In: the exact bytes. Out: what became of them. Never: a retry of what it may have.

It takes fields, not bytes: sender, recipient, subject, both texts and our headers go unchanged;
date, MIME structure and DKIM are SendGrid's own. All tracking is switched off, for it would change
the words. It has no idempotency key, and its search of activity lags and costs extra, so a lost
answer is `unknown`. Whether our Message-ID stays is not promised; events carry our label.
Source: twilio.com/docs/sendgrid/api-reference/mail-send/mail-send.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.headerregistry import Address

from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, Request
from outrider.vendors.mail_http.handing_over import Manners, Said, Taken, hand_over, knock
from outrider.vendors.mail_http.letter import Letter

URL = "https://api.sendgrid.com"
LABEL = "outbox_id"


class SendGrid:
    """The port `MailTransport`, over SendGrid."""

    def __init__(self, http: HttpTransport, key: str, url: str = URL) -> None:
        """`key` is an API key with the right Mail Send."""
        self._http, self._url = http, url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over, once."""
        return await hand_over(self._http, mail, self._request, _MANNERS)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """SendGrid cannot be asked what became of a mail."""
        return None

    async def try_out(self) -> DeliveryResult | None:
        """Whether the key is known; every key may ask what it is for."""
        request = Request("GET", f"{self._url}/v3/scopes", self._headers, is_repeatable=True)
        return await knock(self._http, request, _MANNERS)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    def _request(self, letter: Letter) -> Request:
        body: dict[str, object] = {
            "personalizations": [
                {"to": [_address(letter.recipient)], "custom_args": {LABEL: letter.label}}
            ],
            "from": _address(letter.sender),
            "subject": letter.subject,
            "content": [
                {"type": "text/plain", "value": letter.text},
                {"type": "text/html", "value": letter.html},
            ],
            "headers": dict(letter.headers),
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            },
        }
        if letter.reply_to is not None:
            body["reply_to"] = _address(letter.reply_to)
        data = json.dumps(body, ensure_ascii=False).encode()
        return Request("POST", f"{self._url}/v3/mail/send", self._headers, data)


def _address(address: Address) -> dict[str, str]:
    named = {"name": address.display_name} if address.display_name else {}
    return {"email": address.addr_spec, **named}


def _taken(letter: Letter, answer: Answer) -> Taken | None:
    # 202 is its whole word; a stand-in or a proxy that says 200 is not SendGrid.
    if answer.status != 202:
        return None
    return Taken(answer.headers.get("x-message-id") or "an id that it did not tell")


def _said(answer: Answer) -> Said:
    errors = answer.fields().get("errors")
    found = errors[0] if isinstance(errors, list) and errors else {}
    if not isinstance(found, dict):
        return Said()
    field = f"{found['field']}: " if found.get("field") else ""
    return Said("", f"{field}{found.get('message') or ''}")


_MANNERS = Manners(
    taken=_taken,
    said=_said,
    key="put an API key with the right Mail Send into the mailbox's key file",
    verdicts={},
)
