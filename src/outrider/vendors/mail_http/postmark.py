"""Postmark. In: the exact bytes. Out: what became of them. Never: a retry of what it may have.

It takes fields, not bytes: sender, recipient, subject, both texts and our headers go unchanged;
date, MIME structure and DKIM are Postmark's own. It is asked to keep our Message-ID. It has no
idempotency key; its outbox can be searched by our label, but lags, so only a hit says anything.
Source: postmarkapp.com/developer/api/email-api, …/messages-api, …/overview#error-codes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request
from outrider.vendors.mail_http.handing_over import (
    Manners,
    Said,
    Taken,
    down,
    hand_over,
    knock,
    refused,
)
from outrider.vendors.mail_http.letter import Letter

URL = "https://api.postmarkapp.com"
LABEL = "outbox_id"
_OUTBOX_ID = re.compile(r"<([0-9a-f]{32})@")


class Postmark:
    """The port `MailTransport`, over Postmark."""

    def __init__(
        self, http: HttpTransport, token: str, stream: str = "outbound", url: str = URL
    ) -> None:
        """`token` is a server token; `stream` the message stream, `broadcast` for mail to many."""
        self._http, self._stream, self._url = http, stream, url.rstrip("/")
        self._headers = {
            "X-Postmark-Server-Token": token,
            "Accept": "application/json",
            "Content-Type": "application/json",
        }

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over, once."""
        return await hand_over(self._http, mail, self._request, _MANNERS)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which its outbox shows; None unless it shows all, for the search lags."""
        for message_id in message_ids:
            ours = _OUTBOX_ID.match(message_id)
            if ours is None:
                return None
            query = urlencode({"count": 1, "offset": 0, f"metadata_{LABEL}": ours[1]})
            url = f"{self._url}/messages/outbound?{query}"
            try:
                answer = await self._http.ask(
                    Request("GET", url, self._headers, is_repeatable=True)
                )
            except NoAnswer:
                return None
            if answer.status != 200 or not answer.fields().get("TotalCount"):
                return None
        return dict.fromkeys(message_ids, True)

    async def try_out(self) -> DeliveryResult | None:
        """Whether the token is known."""
        url = f"{self._url}/messages/outbound?count=1&offset=0"
        request = Request("GET", url, self._headers, is_repeatable=True)
        return await knock(self._http, request, _MANNERS)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    def _request(self, letter: Letter) -> Request:
        headers = {**letter.headers, "X-PM-KeepID": "true"}
        body: dict[str, object] = {
            "From": str(letter.sender),
            "To": str(letter.recipient),
            "Subject": letter.subject,
            "TextBody": letter.text,
            "HtmlBody": letter.html,
            "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
            "Metadata": {LABEL: letter.label},
            "MessageStream": self._stream,
            "TrackOpens": False,
            "TrackLinks": "None",
        }
        if letter.reply_to is not None:
            body["ReplyTo"] = str(letter.reply_to)
        data = json.dumps(body, ensure_ascii=False).encode()
        return Request("POST", f"{self._url}/email", self._headers, data)


def _taken(letter: Letter, answer: Answer) -> Taken | None:
    found = answer.fields()
    id_ = found.get("MessageID")
    if found.get("ErrorCode") != 0 or not isinstance(id_, str) or not id_:
        return None
    return Taken(id_)


def _said(answer: Answer) -> Said:
    found = answer.fields()
    return Said(str(found.get("ErrorCode") or ""), str(found.get("Message") or ""))


_MANNERS = Manners(
    taken=_taken,
    said=_said,
    key="put the server token of this mailbox's Postmark server into its key file",
    verdicts={
        "100": down,  # maintenance: nothing is taken
        "300": refused,
        "400": down,  # the sender's signature is not there, or not confirmed
        "401": down,
        "402": refused,
        "405": down,  # no credits, or sending is switched off
        "406": refused,  # the recipient bounced or complained before
        "412": down,  # the account waits for its approval
        "1235": down,  # no such message stream
    },
)
