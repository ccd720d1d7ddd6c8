"""From a mailbox and its key file to the provider that carries its mail.

In: the provider's name, the sender's address, the text of the key file. Out: a `MailTransport`.
Never: a setting read, a key in an error.

A key file holds one line, the key, or a JSON object with the fields that `KEY_FILES` names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.sending.ports import MailTransport
from outrider.vendors.http_transport import HttpTransport, shared_circuit
from outrider.vendors.mail_http import gmail, graph, mailgun, postmark, resend, sendgrid, ses
from outrider.vendors.mail_http.sigv4 import Keys

_AWS_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")
_EU_SENDGRID = "https://api.eu.sendgrid.com"


class Provider(StrEnum):
    """The providers whose HTTP interface is spoken."""

    RESEND = "resend"
    SENDGRID = "sendgrid"
    SES = "ses"
    MAILGUN = "mailgun"
    POSTMARK = "postmark"
    GMAIL = "gmail"
    GRAPH = "graph"


KEY_FILES: Mapping[Provider, str] = {
    Provider.RESEND: "the API key on one line",
    Provider.SENDGRID: 'the API key on one line, or {"key", "region": "eu"}',
    Provider.SES: '{"access_key_id", "secret_access_key", "region"}, and "session_token" or '
    '"configuration_set" where they are used',
    Provider.MAILGUN: 'the sending key on one line, or {"key", "domain", "region": "us" or "eu"}',
    Provider.POSTMARK: 'the server token on one line, or {"token", "stream"}',
    Provider.GMAIL: '{"client_id", "client_secret", "refresh_token"}, or the JSON key of a '
    "service account that may act for the mailbox",
    Provider.GRAPH: '{"tenant", "client_id"} with "client_secret", "refresh_token" or both',
}

NAMES: Mapping[Provider, str] = {
    Provider.RESEND: "Resend",
    Provider.SENDGRID: "SendGrid",
    Provider.SES: "Amazon SES",
    Provider.MAILGUN: "Mailgun",
    Provider.POSTMARK: "Postmark",
    Provider.GMAIL: "Gmail",
    Provider.GRAPH: "Outlook",
}


class _Secret:
    """The fields of a key file; a missing one is an error in words."""

    def __init__(self, provider: Provider, address: str, text: str) -> None:
        self._provider, self.address = provider, address
        self._line, self._fields = text.strip(), dict[str, object]()
        if self._line.startswith("{"):
            try:
                found = json.loads(self._line)
            except ValueError:
                raise self._wrong("it is no JSON") from None
            self._fields, self._line = found, ""
        elif "\n" in self._line or not self._line.isprintable() or not self._line.isascii():
            raise self._wrong("it holds more than one line of plain characters")

    def need(self, name: str, *, may_be_line: bool = False) -> str:
        found = self.may(name) or (self._line if may_be_line else "")
        if not found:
            raise self._wrong(f"{name} is missing")
        return found

    def may(self, name: str) -> str | None:
        found = self._fields.get(name)
        if found is None or isinstance(found, str):
            return found or None
        raise self._wrong(f"{name} is no text")

    def region(self, urls: Mapping[str, str]) -> str:
        region = self.may("region") or "us"
        if region not in urls:
            raise self._wrong(f"region {region!r} is not one of {', '.join(urls)}")
        return urls[region]

    def aws_region(self) -> str:
        # It becomes part of a host name, so it must not be able to lead elsewhere.
        region = self.need("region")
        if not _AWS_REGION.fullmatch(region):
            raise self._wrong(f"region {region!r} is no region of AWS")
        return region

    def _wrong(self, why: str) -> InvalidSetting:
        return InvalidSetting(
            f"The {NAMES[self._provider]} key file of {self.address} cannot be used: {why}; it "
            f"must hold {KEY_FILES[self._provider]}."
        )


def transport_of(
    provider: Provider, address: str, secret: str, clock: Clock, url: str | None = None
) -> MailTransport:
    """The transport of one mailbox.

    Args:
        provider: who carries its mail.
        address: the sender's address.
        secret: the text of its key file.
        clock: what waits and signatures go by.
        url: stands in for the provider's own address in rehearsals.

    Raises:
        InvalidSetting: the key file cannot be used; the sentence says what it must hold.
    """
    http = HttpTransport(shared_circuit(NAMES[provider], address.lower(), clock), clock)
    return _MAKERS[provider](http, _Secret(provider, address, secret), url)


def _resend(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    return resend.Resend(http, secret.need("key", may_be_line=True), url or resend.URL)


def _sendgrid(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    own = secret.region({"us": sendgrid.URL, "eu": _EU_SENDGRID})
    return sendgrid.SendGrid(http, secret.need("key", may_be_line=True), url or own)


def _ses(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    keys = Keys(
        secret.need("access_key_id"),
        secret.need("secret_access_key"),
        secret.may("session_token"),
    )
    account = ses.Account(keys, secret.aws_region(), secret.may("configuration_set"))
    return ses.Ses(http, account, url)


def _mailgun(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    domain = secret.may("domain") or secret.address.rpartition("@")[2].lower()
    key = secret.need("key", may_be_line=True)
    return mailgun.Mailgun(http, key, domain, url or secret.region(mailgun.URLS))


def _postmark(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    token = secret.need("token", may_be_line=True)
    return postmark.Postmark(http, token, secret.may("stream") or "outbound", url or postmark.URL)


def _gmail(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    access: gmail.Allowed | gmail.ServiceAccount
    if secret.may("private_key"):
        access = gmail.ServiceAccount(
            secret.need("client_email"), secret.address, secret.need("private_key")
        )
    else:
        access = gmail.Allowed(
            secret.need("client_id"), secret.need("client_secret"), secret.need("refresh_token")
        )
    return gmail.Gmail(http, access, url)


def _graph(http: HttpTransport, secret: _Secret, url: str | None) -> MailTransport:
    refresh = secret.may("refresh_token")
    access = graph.Access(
        tenant=secret.need("tenant"),
        client_id=secret.need("client_id"),
        mailbox=secret.address,
        client_secret=secret.may("client_secret") if refresh else secret.need("client_secret"),
        refresh_token=refresh,
    )
    return graph.Graph(http, access, url)


_MAKERS: Mapping[Provider, Callable[[HttpTransport, _Secret, str | None], MailTransport]] = {
    Provider.RESEND: _resend,
    Provider.SENDGRID: _sendgrid,
    Provider.SES: _ses,
    Provider.MAILGUN: _mailgun,
    Provider.POSTMARK: _postmark,
    Provider.GMAIL: _gmail,
    Provider.GRAPH: _graph,
}
