"""Mailgun. In: the exact bytes. Out: what became of them. Never: a retry of what it may have.

It takes our bytes and keeps the Message-ID; it adds its own DKIM signature and, since tracking is
switched off, nothing to the words. It has no idempotency key; its log of events can be asked by
Message-ID, but lags, so only a hit there says anything.
Source: documentation.mailgun.com, API reference, messages.mime and events.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request
from outrider.vendors.mail_http.handing_over import Manners, Said, Taken, hand_over
from outrider.vendors.mail_http.letter import Letter

URLS = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
LABEL = "outbox_id"


class Mailgun:
    """The port `MailTransport`, over Mailgun."""

    def __init__(self, http: HttpTransport, key: str, domain: str, url: str = URLS["us"]) -> None:
        """`key` is a sending key of `domain`; `url` that of its region."""
        self._http = http
        self._url = f"{url.rstrip('/')}/v3/{quote(domain, safe='')}"
        token = base64.b64encode(f"api:{key}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over, once."""
        return await hand_over(self._http, mail, self._request, _MANNERS)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which its log of events names; None unless it names all, for the log lags."""
        for message_id in message_ids:
            query = urlencode({"message-id": message_id.strip("<>"), "limit": 1})
            request = Request(
                "GET", f"{self._url}/events?{query}", self._headers, is_repeatable=True
            )
            try:
                answer = await self._http.ask(request)
            except NoAnswer:
                return None
            if answer.status != 200 or not answer.fields().get("items"):
                return None
        return dict.fromkeys(message_ids, True)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    def _request(self, letter: Letter) -> Request:
        fields = {"to": letter.mail.envelope_to, f"v:{LABEL}": letter.label, "o:tracking": "no"}
        kind, data = _form(fields, letter.mail.data)
        return Request(
            "POST", f"{self._url}/messages.mime", self._headers | {"Content-Type": kind}, data
        )


def _form(fields: dict[str, str], mail: bytes) -> tuple[str, bytes]:
    """The fields and the file `message` as multipart/form-data (RFC 7578)."""
    boundary = hashlib.sha256(mail).hexdigest()
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="message"; filename="mail.eml"\r\n'
        "Content-Type: message/rfc822\r\n\r\n"
    )
    data = b"".join([*parts, head.encode(), mail, f"\r\n--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", data


def _taken(letter: Letter, answer: Answer) -> Taken | None:
    id_ = answer.fields().get("id")
    if not isinstance(id_, str) or not id_:
        return None
    ours = letter.mail.message_id
    return Taken(id_, seen_as=None if id_.strip("<>") == ours.strip("<>") else id_)


def _said(answer: Answer) -> Said:
    words = answer.fields().get("message")
    if words is None and answer.is_whole and len(answer.body) < 200:
        words = answer.body.decode("utf-8", "replace")
    return Said("", str(words or ""))


_MANNERS = Manners(
    taken=_taken,
    said=_said,
    key="put a sending key of this mailbox's domain into its key file, and name the region",
    verdicts={},
)
