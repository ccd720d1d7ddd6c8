"""Gmail's push by way of Pub/Sub, with a token signed by Google. In: a request. Out: a hint.

Never: a key fetched from anywhere but Google's one address for them, a token for somebody else.
The hint says that a mailbox changed, not what; one has to look from `cursor`, a historyId.
Source: cloud.google.com/pubsub/docs/authenticate-push-subscriptions; developers.google.com/…/gmail/push.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from outrider.kernel.errors import InvalidInput, InvalidSetting
from outrider.sending.events_types import MailboxHint, WebhookReading
from outrider.vendors.mail_webhooks.checks import (
    WINDOW,
    Fetch,
    Posted,
    as_fields,
    as_list,
    forged,
    read_json,
    require_same,
)

KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs"
_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
_LONGEST_TOKEN = 8_000


class GmailPush:
    """Reads what Pub/Sub posts. Google's keys are kept until a token names an unknown one."""

    def __init__(self, fetch: Fetch, audience: str, account: str) -> None:
        """`audience` and `account` (an e-mail address) are those of the push subscription.

        Raises:
            InvalidSetting: one of them is empty.
        """
        if not audience or "@" not in account:
            raise InvalidSetting(
                "Gmail's push needs the audience and the service account of its subscription."
            )
        self._fetch, self._audience, self._account = fetch, audience, account
        self._keys: dict[str, rsa.RSAPublicKey] = {}

    async def read(self, request: Posted, now: datetime) -> WebhookReading:
        """Which mailbox changed.

        Raises:
            NotAllowed: it carries no token of Google for this subscription, or an old one.
            VendorUnavailable: Google's keys cannot be had now.
            InvalidInput: it is Google's, but cannot be read.
        """
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or len(token) > _LONGEST_TOKEN:
            raise forged()
        claims = await self._claims(token)
        require_same(str(claims.get("aud")), self._audience)
        require_same(str(claims.get("email")), self._account)
        begins, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(begins, int) or not isinstance(ends, int):
            raise forged()
        edge = int(WINDOW.total_seconds())
        if not begins - edge <= now.timestamp() <= ends + edge:
            raise forged()
        if claims.get("iss") not in _ISSUERS or claims.get("email_verified") is not True:
            raise forged()
        return WebhookReading(hints=(_hint(request.body),))

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            head, claims, signature = token.split(".")
            told = as_fields(json.loads(_bytes(head)))
            if told.get("alg") != "RS256":
                raise forged()
            key = await self._key(str(told.get("kid")))
            signed = f"{head}.{claims}".encode()
            key.verify(_bytes(signature), signed, padding.PKCS1v15(), hashes.SHA256())
            return as_fields(json.loads(_bytes(claims)))
        except (ValueError, InvalidSignature, RecursionError):
            raise forged() from None

    async def _key(self, name: str) -> rsa.RSAPublicKey:
        if name not in self._keys:
            status, body = await self._fetch(KEYS_URL)
            if status == 200:
                self._keys = dict(map(_public, as_list(as_fields(json.loads(body)).get("keys"))))
        if name not in self._keys:
            raise forged()
        return self._keys[name]


def _public(key: Mapping[str, Any]) -> tuple[str, rsa.RSAPublicKey]:
    exponent, modulus = (int.from_bytes(_bytes(str(key[name])), "big") for name in ("e", "n"))
    return str(key["kid"]), rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _bytes(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def _hint(body: bytes) -> MailboxHint:
    message = as_fields(as_fields(read_json(body)).get("message"))
    try:
        data = as_fields(read_json(base64.b64decode(str(message.get("data")), validate=True)))
    except binascii.Error:
        data = {}
    if not data.get("emailAddress") or not message.get("messageId"):
        raise InvalidInput("Gmail's push names no mailbox.")
    return MailboxHint(
        provider="gmail",
        event_id=str(message["messageId"]),
        mailbox=str(data["emailAddress"]),
        cursor=str(data.get("historyId") or ""),
    )
