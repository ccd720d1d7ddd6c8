"""Amazon SES, v2. In: the exact bytes. Out: what became of them. Never: a retry of what it may have.

It takes our bytes, but puts its own Message-ID and date; the id that the recipient sees is made of
SES's own, and is told as `seen_as`, so that answers can be mapped. It has no idempotency key and
no search, so a lost answer is `unknown`. Events carry our label when a configuration set publishes
them; notifications of an identity carry SES's id only.
Source: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from outrider.sending.types import DeliveryResult, Outgoing
from outrider.vendors.aws_sigv4 import Keys, Scope, sign
from outrider.vendors.http_transport import Answer, HttpTransport, Request
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

LABEL = "outbox_id"
_PATH = "/v2/email/outbound-emails"
_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True)
class Account:
    """Whose SES it is, where, and which configuration set publishes events."""

    keys: Keys
    region: str
    configuration_set: str | None = None

    @property
    def url(self) -> str:
        """SES in this region."""
        return f"https://email.{self.region}.amazonaws.com"


class Ses:
    """The port `MailTransport`, over SES."""

    def __init__(self, http: HttpTransport, account: Account, url: str | None = None) -> None:
        """`url` stands in for the region's own in rehearsals."""
        self._http, self._account = http, account
        self._url = (url or account.url).rstrip("/") + _PATH
        self._manners = Manners(
            taken=self._taken,
            said=_said,
            key="put access key id, secret and region into the mailbox's key file, and allow ses:SendRawEmail",
            verdicts=_VERDICTS,
        )

    async def deliver(self, mail: Outgoing) -> DeliveryResult:
        """Hand one mail over, once."""
        return await hand_over(self._http, mail, self._request, self._manners)

    async def find(self, message_ids: Sequence[str]) -> dict[str, bool] | None:
        """SES cannot be asked what became of a mail."""
        return None

    async def try_out(self) -> DeliveryResult | None:
        """Whether the keys are known and sign rightly; they need not be allowed to look."""
        url = self._url.removesuffix(_PATH) + "/v2/email/account"
        keys, scope = self._account.keys, Scope(self._account.region, "ses")
        headers = sign(keys, scope, ("GET", url, b""), self._http.now())
        request = Request("GET", url, headers, is_repeatable=True)
        return await knock(
            self._http, request, self._manners, well=frozenset({"AccessDeniedException"})
        )

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()

    def _request(self, letter: Letter) -> Request:
        body: dict[str, object] = {
            "FromEmailAddress": letter.mail.envelope_from,
            "Destination": {"ToAddresses": [letter.mail.envelope_to]},
            "Content": {"Raw": {"Data": base64.b64encode(letter.mail.data).decode()}},
            "EmailTags": [{"Name": LABEL, "Value": letter.label}],
        }
        if self._account.configuration_set:
            body["ConfigurationSetName"] = self._account.configuration_set
        data = json.dumps(body).encode()
        headers = sign(
            self._account.keys,
            Scope(self._account.region, "ses"),
            ("POST", self._url, data),
            self._http.now(),
            content_type="application/json",
        )
        return Request("POST", self._url, headers, data)

    def _taken(self, letter: Letter, answer: Answer) -> Taken | None:
        id_ = answer.fields().get("MessageId")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            return None
        region = self._account.region
        domain = "email" if region == "us-east-1" else region
        return Taken(id_, seen_as=f"<{id_}@{domain}.amazonses.com>")


def _said(answer: Answer) -> Said:
    found = answer.fields()
    code = answer.headers.get("x-amzn-errortype") or str(found.get("__type") or "")
    words = str(found.get("message") or found.get("Message") or "")
    code = code.partition(":")[0].rpartition("#")[2]
    # The same code speaks of a bad mail and of a sender that was never verified.
    return Said("NotVerified" if "not verified" in words else code, words)


_VERDICTS = {
    "NotVerified": down,
    "MessageRejected": refused,
    "BadRequestException": refused,
    "AccountSuspendedException": down,
    "SendingPausedException": down,
    "MailFromDomainNotVerifiedException": down,
    "LimitExceededException": down,
    "NotFoundException": down,
    "TooManyRequestsException": down,
}
