"""Notifications of SES by way of SNS, signed with a certificate of AWS.

In: a request. Out: events. Never: a certificate or a confirmation fetched from a host that is not
SNS of the topic's own region, a topic that is not ours, an address of the message followed elsewhere.
Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html;
…/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from outrider.kernel.errors import InvalidInput, InvalidSetting, NotAllowed
from outrider.sending.events_types import DeliveryEvent, DeliveryKind, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    WINDOW,
    Fetch,
    Posted,
    as_fields,
    as_list,
    detail,
    enhanced_status,
    forged,
    instant,
    label,
    message_id,
    read_json,
    text,
)

_TOPIC = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_.-]{1,256}")
_PATH = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem")
_TOKEN = re.compile(r"[A-Za-z0-9]{1,2000}")
_NOTIFIED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_MOST_CERTIFICATES = 8
_KINDS = {
    "Delivery": DeliveryKind.DELIVERED,
    "DeliveryDelay": DeliveryKind.DEFERRED,
    "Bounce": DeliveryKind.BOUNCED,
    "Reject": DeliveryKind.BOUNCED,
    "Complaint": DeliveryKind.COMPLAINED,
    "Open": DeliveryKind.OPENED,
    "Click": DeliveryKind.CLICKED,
}


class SesEvents:
    """Reads what SNS posts for one topic. Certificates are kept once they were fetched."""

    def __init__(self, fetch: Fetch, topic: str) -> None:
        """`topic` is the ARN of the topic that SES publishes to; `fetch` gets its certificates.

        That a certificate is Amazon's is proved by the TLS of the host that it comes from.

        Raises:
            InvalidSetting: it is none.
        """
        found = _TOPIC.fullmatch(topic)
        if found is None:
            raise InvalidSetting(f"The SNS topic {topic[:60]!r} is none: give its whole ARN.")
        self._fetch, self._topic = fetch, topic
        suffix = ".cn" if topic.startswith("arn:aws-cn:") else ""
        self._host = f"sns.{found[1]}.amazonaws.com{suffix}"
        self._certificates: dict[str, bytes] = {}

    async def read(self, request: Posted, now: datetime) -> WebhookReading:
        """What SES says; a subscription to our topic is confirmed.

        Raises:
            NotAllowed: it is not signed by SNS for our topic, or too old.
            VendorUnavailable: the certificate, or the confirmation, cannot be had now.
            InvalidInput: it is SES's, but cannot be read.
        """
        try:
            message = as_fields(read_json(request.body))
        except InvalidInput:
            raise forged() from None
        await self._verify(message, now)
        if message.get("Type") == "SubscriptionConfirmation":
            await self._confirm(message)
            return WebhookReading()
        if message.get("Type") != "Notification":
            return WebhookReading()
        return WebhookReading(events=_events(message))

    async def _verify(self, message: Mapping[str, Any], now: datetime) -> None:
        if message.get("TopicArn") != self._topic:
            raise forged()
        names = _NOTIFIED if message.get("Type") == "Notification" else _CONFIRMS
        signed = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
        version = str(message.get("SignatureVersion"))
        # Version 1 is SHA-1, which is no proof any more; a topic can be told to use version 2.
        if version != "2":
            raise NotAllowed(
                "This topic signs with version 1; set its attribute SignatureVersion to 2."
            )
        try:
            signature = base64.b64decode(str(message.get("Signature")), validate=True)
            pem = await self._certificate(str(message.get("SigningCertURL")))
            certificate = x509.load_pem_x509_certificate(pem)
            key = certificate.public_key()
            if not isinstance(key, rsa.RSAPublicKey):
                raise forged()
            key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            raise forged() from None
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise forged()
        # SNS repeats three times in a minute unless the topic has a policy of its own.
        if abs(now - instant(message.get("Timestamp"))) > WINDOW:
            raise NotAllowed("This notification is more than five minutes old, so it was not read.")

    async def _certificate(self, url: str) -> bytes:
        """The certificate at this address, which must be one of SNS in the topic's region."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != f"https://{self._host}" or parts.query:
            raise forged()
        if not _PATH.fullmatch(parts.path):
            raise forged()
        if url not in self._certificates:
            status, pem = await self._fetch(url)
            if status != 200:
                raise forged()
            if len(self._certificates) >= _MOST_CERTIFICATES:
                self._certificates.clear()
            self._certificates[url] = pem
        return self._certificates[url]

    async def _confirm(self, message: Mapping[str, Any]) -> None:
        # The address is built anew from the token, so that nothing of the message is followed.
        token = str(message.get("Token"))
        if not _TOKEN.fullmatch(token):
            raise forged()
        url = (
            f"https://{self._host}/?Action=ConfirmSubscription&TopicArn={self._topic}&Token={token}"
        )
        status, _ = await self._fetch(url)
        if status != 200:
            raise InvalidInput(
                f"SNS did not confirm the subscription (status {status}); ask for it anew."
            )


def _events(message: Mapping[str, Any]) -> tuple[DeliveryEvent, ...]:
    found = as_fields(read_json(str(message.get("Message")).encode()))
    told = str(found.get("eventType") or found.get("notificationType"))
    kind = _KINDS.get(told)
    if kind is None:
        return ()
    name = told[:1].lower() + told[1:]
    about = as_fields(found.get(name))
    mail = as_fields(found.get("mail"))
    if kind is DeliveryKind.BOUNCED and about.get("bounceType") == "Transient":
        kind = DeliveryKind.DEFERRED
    return tuple(
        _event(message, kind, (number, one), (about, mail))
        for number, one in enumerate(_recipients(about, mail))
    )


def _event(
    message: Mapping[str, Any],
    kind: DeliveryKind,
    whom: tuple[int, Mapping[str, Any]],
    found: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> DeliveryEvent:
    (number, one), (about, mail) = whom, found
    named = {
        str(header.get("name")).lower(): header.get("value")
        for header in map(as_fields, as_list(mail.get("headers")))
    }
    labels = as_list(as_fields(mail.get("tags")).get("outbox_id"))
    return DeliveryEvent(
        provider="ses",
        event_id=f"{message.get('MessageId')}/{number}",
        kind=kind,
        outbox_id=label(labels[0]) if labels else None,
        message_id=message_id(named.get("message-id")),
        provider_message_id=text(mail.get("messageId")),
        recipient=text(one.get("emailAddress")),
        at=instant(about.get("timestamp") or message.get("Timestamp")),
        detail=detail(
            about.get("bounceSubType"),
            about.get("complaintFeedbackType"),
            about.get("reason") or about.get("delayType") or about.get("smtpResponse"),
            one.get("diagnosticCode"),
        ),
        bounce_status=enhanced_status(one.get("status"), one.get("diagnosticCode")),
        is_permanent=about.get("bounceType") == "Permanent",
    )


def _recipients(about: Mapping[str, Any], mail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for name in ("bouncedRecipients", "complainedRecipients", "delayedRecipients"):
        if as_list(about.get(name)):
            return [as_fields(one) for one in as_list(about.get(name))]
    addresses = as_list(about.get("recipients")) or as_list(mail.get("destination"))
    return [{"emailAddress": address} for address in addresses] or [{}]
