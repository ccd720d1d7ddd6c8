"""Resend. In: the exact bytes. Out: what became of them. Never: one mail twice within 24 hours.

The outbox id is the Idempotency-Key, so a request without an answer is repeated in place: for 24
hours Resend answers a repeat with the first answer. It takes fields, not bytes: sender, recipient,
subject, both texts and our headers go unchanged; date, MIME structure and DKIM are Resend's own.
Its events carry our label, so they are mapped whatever Message-ID it gives.
Source: resend.com/docs/api-reference/emails/send-email, …/errors, …/dashboard/emails/idempotency-keys.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request
from outrider.vendors.mail_http.handing_over import (
    Manners,
    Said,
    down,
    hand_over,
    knock,
    named_by_id,
    refused,
    unknown,
)
from outrider.vendors.mail_http.letter import Letter

URL = "https://api.resend.com"
LABEL = "outbox_id"
_PAGE = 100
_MOST_PAGES = 5


class Resend:
    """The port `MailTransport`, over Resend."""

    repeats_within = timedelta(hours=23)
    """An idempotency key lives for 24 hours there."""

    def __init__(self, http: HttpTransport, key: str, url: str = URL) -> None:
        """`key` is an API key; one that may only send is enough, but cannot look mails up."""
        self._http, self._url = http, url.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        }

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over; a lost answer is asked for again under the same key."""
        return await hand_over(self._http, mail, self._request, _MANNERS)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which are among the last mails; None unless all are, for its list may lag."""
        missing = set(message_ids)
        after: str | None = None
        for _ in range(_MOST_PAGES):
            query = urlencode({"limit": _PAGE} | ({"after": after} if after else {}))
            request = Request(
                "GET", f"{self._url}/emails?{query}", self._headers, is_repeatable=True
            )
            try:
                page = (await self._http.ask(request)).fields()
            except NoAnswer:
                return None
            data = page.get("data")
            found = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
            missing -= {str(one.get("message_id")) for one in found}
            if not missing:
                return dict.fromkeys(message_ids, True)
            if not found or not page.get("has_more"):
                return None
            after = str(found[-1].get("id"))
        return None

    async def try_out(self) -> DeliveryResult | None:
        """Whether the key is known; one that may only send says so when it is asked to look."""
        request = Request("GET", f"{self._url}/emails?limit=1", self._headers, is_repeatable=True)
        return await knock(self._http, request, _MANNERS, well=frozenset({"restricted_api_key"}))

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    def _request(self, letter: Letter) -> Request:
        body: dict[str, object] = {
            "from": str(letter.sender),
            "to": [letter.recipient.addr_spec],
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "headers": dict(letter.headers),
            "tags": [{"name": LABEL, "value": letter.label}],
        }
        if letter.reply_to is not None:
            body["reply_to"] = str(letter.reply_to)
        headers = self._headers | {"Idempotency-Key": f"outrider-{letter.label}"}
        data = json.dumps(body, ensure_ascii=False).encode()
        return Request("POST", f"{self._url}/emails", headers, data, is_repeatable=True)


def _said(answer: Answer) -> Said:
    found = answer.fields()
    return Said(str(found.get("name") or ""), str(found.get("message") or ""))


def _another(sentence: str) -> DeliveryResult:
    return unknown(
        f"{sentence} An earlier hand-off of this mail, with other words, is known there; look it up."
    )


_MANNERS = Manners(
    taken=named_by_id,
    said=_said,
    key="put an API key of resend.com/api-keys into the mailbox's key file",
    verdicts={
        "invalid_idempotent_request": _another,
        "concurrent_idempotent_requests": unknown,
        "daily_quota_exceeded": down,
        "monthly_quota_exceeded": down,
        "security_error": refused,
        "not_found": down,
        "method_not_allowed": down,
    },
)
