"""From a mailbox and its key file to the provider that carries its mail.

In: a mailbox, the text of its key file. Out: a `MailTransport`.
Never: a setting read, a key in an error.

A key file holds one line, the key, or a JSON object with the fields that `KEY_FILES` names. What is
no secret (region, domain, stream, configuration_set, user) may as well stand in `mailbox.provider`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.sending.ports import MailTransport
from outrider.sending.types import Mailbox, Transport
from outrider.vendors.aws_sigv4 import Keys
from outrider.vendors.http_transport import LOOPBACK, HttpTransport, shared_circuit
from outrider.vendors.mail_http import gmail, graph, mailgun, postmark, resend, sendgrid, ses

_AWS_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")
_EU_SENDGRID = "https://api.eu.sendgrid.com"


KEY_FILES: Mapping[Transport, str] = {
    Transport.RESEND: "the API key on one line",
    Transport.SENDGRID: 'the API key on one line, or {"key", "region": "eu"}',
    Transport.SES: '{"access_key_id", "secret_access_key", "region"}, and "session_token" or '
    '"configuration_set" where they are used',
    Transport.MAILGUN: 'the sending key on one line, or {"key", "domain", "region": "us" or "eu"}',
    Transport.POSTMARK: 'the server token on one line, or {"token", "stream"}',
    Transport.GMAIL: '{"client_id", "client_secret", "refresh_token"}, or the JSON key of a '
    "service account that may act for the mailbox",
    Transport.GRAPH: '{"tenant", "client_id"} with "client_secret", "refresh_token" or both',
}

NAMES: Mapping[Transport, str] = {
    Transport.RESEND: "Resend",
    Transport.SENDGRID: "SendGrid",
    Transport.SES: "Amazon SES",
    Transport.MAILGUN: "Mailgun",
    Transport.POSTMARK: "Postmark",
    Transport.GMAIL: "Gmail",
    Transport.GRAPH: "Outlook",
}


class _Secret:
    """The fields of a key file; a missing one is an error in words."""

    def __init__(self, mailbox: Mailbox, text: str) -> None:
        self._mailbox = mailbox
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
        found = self._fields.get(name, self._mailbox.provider.get(name))
        if found is None or isinstance(found, str):
            return found or None
        raise self._wrong(f"{name} is no text")

    @property
    def address(self) -> str:
        return self._mailbox.address

    @property
    def user(self) -> str:
        """Whose mailbox it is at the provider, when that is another name than the address."""
        return self.may("user") or self._mailbox.address

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
            f"The {NAMES[self._mailbox.transport]} key file of {self._mailbox.address} cannot be "
            f"used: {why}; it must hold {KEY_FILES[self._mailbox.transport]}."
        )


def transport_of(
    mailbox: Mailbox, secret: str, clock: Clock, url: str | None = None
) -> MailTransport:
    """The transport of one mailbox.

    Args:
        mailbox: whose mail it carries; its transport is one of `KEY_FILES`.
        secret: the text of its key file.
        clock: what waits and signatures go by.
        url: stands in for the provider's own address in rehearsals.

    Raises:
        InvalidSetting: the key file cannot be used, with what it must hold; or the mailbox's mail
            does not leave over HTTP.
    """
    maker = _MAKERS.get(mailbox.transport)
    if maker is None:
        raise InvalidSetting(
            f"The mailbox {mailbox.address} sends by {mailbox.transport}, which is no HTTP provider."
        )
    asked = urlsplit(url or "https://")
    if asked.scheme != "https" and asked.hostname not in LOOPBACK:
        raise InvalidSetting(
            f"The address {url} would show the key of {mailbox.address} to everybody on the way: "
            "use https, or a stand-in on this machine."
        )
    account = mailbox.address.lower()
    http = HttpTransport(shared_circuit(NAMES[mailbox.transport], account, clock), clock)
    return maker(http, _Secret(mailbox, secret), url)


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
            secret.need("client_email"), secret.user, secret.need("private_key")
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
        mailbox=secret.user,
        client_secret=secret.may("client_secret") if refresh else secret.need("client_secret"),
        refresh_token=refresh,
    )
    return graph.Graph(http, access, url)


_MAKERS: Mapping[Transport, Callable[[HttpTransport, _Secret, str | None], MailTransport]] = {
    Transport.RESEND: _resend,
    Transport.SENDGRID: _sendgrid,
    Transport.SES: _ses,
    Transport.MAILGUN: _mailgun,
    Transport.POSTMARK: _postmark,
    Transport.GMAIL: _gmail,
    Transport.GRAPH: _graph,
}
