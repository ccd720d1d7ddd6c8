"""Gmail. In: the exact bytes. Out: what became of them. Never: a retry of what it may have.

It takes our bytes. It may put its own Message-ID; so the sent mail is read back, and another id is
told as `seen_as`. It has no idempotency key; the mailbox can be searched by Message-ID, but the
index lags, so only a hit says anything.
Source: developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send;
…/identity/protocols/oauth2/service-account for a Workspace account that acts for the mailbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode

from outrider.kernel.errors import InvalidSetting, Refused, VendorUnavailable
from outrider.sending.types import Delivery, DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request
from outrider.vendors.mail_http.handing_over import (
    Manners,
    Said,
    Taken,
    accepted,
    allowed,
    down,
    hand_over,
    named_by_id,
    not_begun,
    refused,
)
from outrider.vendors.mail_http.letter import Letter, read
from outrider.vendors.mail_http.tokens import Tokens, instants, signed_assertion

API = "https://gmail.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
SCOPES = "https://www.googleapis.com/auth/gmail.send https://www.googleapis.com/auth/gmail.readonly"


@dataclass(frozen=True)
class Allowed:
    """A person's consent: the client it was given to, and its refresh token."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def form(self, now: datetime) -> Mapping[str, str]:
        """What is posted for an access token."""
        return {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }


@dataclass(frozen=True)
class ServiceAccount:
    """A Workspace's service account that may act for `mailbox`."""

    client_email: str
    mailbox: str
    private_key: str = field(repr=False)

    def form(self, now: datetime) -> Mapping[str, str]:
        """What is posted for an access token."""
        claims = {
            "iss": self.client_email,
            "sub": self.mailbox,
            "scope": SCOPES,
            "aud": TOKENS,
            **instants(now),
        }
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": signed_assertion(claims, self.private_key),
        }


class Gmail:
    """The port `MailTransport`, over one Gmail mailbox."""

    def __init__(
        self, http: HttpTransport, access: Allowed | ServiceAccount, url: str | None = None
    ) -> None:
        """`url` stands in for Google's own in rehearsals; the tokens are at `/oauth2/token` there."""
        self._http = http
        self._url = (url or API).rstrip("/")
        self._tokens = Tokens(http, f"{self._url}/oauth2/token" if url else TOKENS, access.form)

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over, once, and read back which Message-ID it left with."""
        try:
            read(mail)
            headers = await self._tokens.headers()
        except Refused as error:
            return refused(error.message)
        except (VendorUnavailable, InvalidSetting) as error:
            return not_begun(error)
        result = await hand_over(self._http, mail, partial(self._request, headers), _MANNERS)
        if result.is_transport_down:
            self._tokens.forget()
        if result.delivery is not Delivery.ACCEPTED or result.provider_id is None:
            return result
        seen = await self._seen(result.provider_id, headers)
        if seen in (None, mail.message_id):
            return result
        return accepted(self._http.name, Taken(result.provider_id, seen))

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which are in the mailbox; None unless all are, for its index lags."""
        for message_id in message_ids:
            query = urlencode({"q": f"rfc822msgid:{message_id.strip('<>')}", "maxResults": 1})
            try:
                found = await self._get(f"messages?{query}", await self._tokens.headers())
            except (VendorUnavailable, InvalidSetting):
                return None
            if not found.get("messages"):
                return None
        return dict.fromkeys(message_ids, True)

    async def try_out(self) -> DeliveryResult | None:
        """Whether an access token is given, which every mail needs first."""
        return await allowed(self._tokens)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    async def _seen(self, id_: str, headers: dict[str, str]) -> str | None:
        """The Message-ID in the sent mail; None when it cannot be read, which spoils nothing."""
        query = urlencode({"format": "metadata", "metadataHeaders": "Message-ID"})
        try:
            found = await self._get(f"messages/{quote(id_, safe='')}?{query}", headers)
        except NoAnswer:
            return None
        payload = found.get("payload")
        told = payload.get("headers") if isinstance(payload, dict) else None
        for header in told if isinstance(told, list) else ():
            if isinstance(header, dict) and str(header.get("name")).lower() == "message-id":
                return str(header.get("value")).strip() or None
        return None

    async def _get(self, path: str, headers: dict[str, str]) -> Mapping[str, object]:
        url = f"{self._url}/gmail/v1/users/me/{path}"
        answer = await self._http.ask(Request("GET", url, headers, is_repeatable=True))
        return answer.fields() if answer.status == 200 else {}

    def _request(self, headers: dict[str, str], letter: Letter) -> Request:
        url = f"{self._url}/upload/gmail/v1/users/me/messages/send?uploadType=media"
        return Request("POST", url, headers | {"Content-Type": "message/rfc822"}, letter.mail.data)


def _said(answer: Answer) -> Said:
    error = answer.fields().get("error")
    if not isinstance(error, dict):
        return Said()
    details = error.get("errors")
    first = details[0] if isinstance(details, list) and details else {}
    reason = first.get("reason") if isinstance(first, dict) else None
    return Said(str(reason or error.get("status") or ""), str(error.get("message") or ""))


_MANNERS = Manners(
    taken=named_by_id,
    said=_said,
    key="allow gmail.send and gmail.readonly anew and put the credentials into its key file",
    verdicts={
        "rateLimitExceeded": down,
        "userRateLimitExceeded": down,
        "dailyLimitExceeded": down,
        "quotaExceeded": down,
        "limitExceeded": down,
        "domainPolicy": down,
        "failedPrecondition": down,
    },
)
