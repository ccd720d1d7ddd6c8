"""Outlook by Microsoft Graph. In: the exact bytes. Out: what became of them. Never: a blind retry.

Two steps: the bytes become a draft in the mailbox, then the draft is sent. Only the second can send,
so trouble in the first is certain. A lost answer to the second is asked for by the draft's immutable
id: what is no draft any more was sent; what still is one may be on its way, so that is `unknown`.
Exchange may put its own Message-ID and adds headers; the words stay.
Source: learn.microsoft.com/graph/api/user-post-messages, …/message-send, …/outlook-immutable-id.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from outrider.kernel.errors import InvalidSetting, Refused, VendorUnavailable
from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request
from outrider.vendors.mail_http.handing_over import (
    Manners,
    Said,
    Taken,
    accepted,
    allowed,
    down,
    judge,
    not_begun,
    refused,
    without_answer,
)
from outrider.vendors.mail_http.letter import Letter, read
from outrider.vendors.mail_http.tokens import Tokens

API = "https://graph.microsoft.com/v1.0"
_LOGIN = "https://login.microsoftonline.com"


@dataclass(frozen=True)
class Access:
    """An app of a tenant: with a refresh token it acts for a person, without for the mailbox."""

    tenant: str
    client_id: str
    mailbox: str
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)

    @property
    def owner(self) -> str:
        """Whose mail it is, as the first words of a path."""
        return "me" if self.refresh_token else f"users/{quote(self.mailbox, safe='@')}"

    def form(self, now: datetime) -> Mapping[str, str]:
        """What is posted for an access token."""
        form = {"client_id": self.client_id, "grant_type": "client_credentials"}
        form["scope"] = "https://graph.microsoft.com/.default"
        if self.client_secret:
            form["client_secret"] = self.client_secret
        if self.refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        return form


class Graph:
    """The port `MailTransport`, over one Outlook mailbox."""

    def __init__(self, http: HttpTransport, access: Access, url: str | None = None) -> None:
        """`url` stands in for Microsoft's own in rehearsals; the tokens are under it there."""
        self._http = http
        self._messages = f"{(url or API).rstrip('/')}/{access.owner}/messages"
        login = f"{url or _LOGIN}/{quote(access.tenant, safe='')}/oauth2/v2.0/token"
        self._tokens = Tokens(http, login, access.form)

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Make a draft of these bytes, then send it, once."""
        try:
            letter = read(mail)
            headers = await self._headers()
            draft = await self._http.ask(self._draft(headers, letter))
        except Refused as error:
            return refused(error.message)
        except (VendorUnavailable, InvalidSetting) as error:
            return not_begun(error)
        id_ = draft.fields().get("id")
        if draft.status >= 500 or (draft.status < 300 and not isinstance(id_, str)):
            return down(f"{self._http.name} makes no draft (status {draft.status}).")
        if draft.status >= 300:
            self._tokens.forget()
            return judge(self._http, letter, draft, _MANNERS)
        named = str(draft.fields().get("internetMessageId") or mail.message_id)
        taken = Taken(str(id_), None if named == mail.message_id else named)
        return await self._send(letter, taken, headers)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """Which are in the mailbox and no drafts; None unless all are, for its index lags."""
        for message_id in message_ids:
            query = urlencode(
                {
                    "$filter": f"internetMessageId eq '{message_id.replace(chr(39), chr(39) * 2)}'",
                    "$select": "id,isDraft",
                }
            )
            try:
                found = await self._get(f"?{query}", await self._headers())
            except (VendorUnavailable, InvalidSetting):
                return None
            values = found.get("value")
            if not isinstance(values, list) or not any(_is_sent(one) for one in values):
                return None
        return dict.fromkeys(message_ids, True)

    async def try_out(self) -> DeliveryResult | None:
        """Whether an access token is given, which every mail needs first."""
        return await allowed(self._tokens)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    async def _send(self, letter: Letter, taken: Taken, headers: dict[str, str]) -> DeliveryResult:
        path = f"/{quote(taken.provider_id, safe='')}"
        try:
            answer = await self._http.ask(Request("POST", f"{self._messages}{path}/send", headers))
        except NoAnswer as trouble:
            result = without_answer(self._http.name, trouble)
            is_open = trouble.was_sent
        else:
            if answer.status == 202:
                return accepted(self._http.name, taken)
            result = judge(self._http, letter, answer, _MANNERS)
            is_open = answer.status >= 500 or answer.status < 300
        if is_open and await self._was_sent(path, headers):
            return accepted(self._http.name, taken)
        return result

    async def _was_sent(self, path: str, headers: dict[str, str]) -> bool:
        try:
            return _is_sent(await self._get(f"{path}?$select=id,isDraft", headers))
        except NoAnswer:
            return False

    async def _headers(self) -> dict[str, str]:
        return await self._tokens.headers() | {"Prefer": 'IdType="ImmutableId"'}

    async def _get(self, path: str, headers: dict[str, str]) -> Mapping[str, object]:
        url = f"{self._messages}{path}"
        answer = await self._http.ask(
            Request("GET", url, headers, is_repeatable=True, is_telling=False)
        )
        return answer.fields() if answer.status == 200 else {}

    def _draft(self, headers: dict[str, str], letter: Letter) -> Request:
        data = base64.b64encode(letter.mail.data)
        kind = {"Content-Type": "text/plain"}
        return Request("POST", self._messages, headers | kind, data, is_telling=False)


def _is_sent(found: object) -> bool:
    return isinstance(found, dict) and found.get("isDraft") is False


def _nothing_taken(letter: Letter, answer: Answer) -> Taken | None:
    return None


def _said(answer: Answer) -> Said:
    error = answer.fields().get("error")
    if not isinstance(error, dict):
        return Said()
    return Said(str(error.get("code") or ""), str(error.get("message") or ""))


_MANNERS = Manners(
    taken=_nothing_taken,
    said=_said,
    key="allow Mail.Send and Mail.ReadWrite anew and put the credentials into its key file",
    verdicts={
        "ErrorInvalidRecipients": refused,
        "ErrorMessageSizeExceeded": refused,
        "ErrorQuotaExceeded": down,
        "ErrorExceededMessageLimit": down,
        "ErrorSendAsDenied": down,
        "MailboxNotEnabledForRESTAPI": down,
    },
)
