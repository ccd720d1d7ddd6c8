"""What people answer to text messages, as Twilio hands it over.

In: the address that Twilio called, the raw form, its signature. Out: the message. Never: a field read
before the signature is right, a word on why it was not.

Source: twilio.com/docs/usage/security (X-Twilio-Signature: HMAC-SHA1 over the address and the sorted
fields, base64), twilio.com/docs/messaging/guides/webhook-request (fields),
twilio.com/docs/messaging/tutorials/advanced-opt-out (OptOutType).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import parse_qsl

from outrider.conversations.text_types import InboundText
from outrider.kernel.errors import NotAllowed

NOTHING = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""TwiML that sends nothing: what to answer is a person's, and Twilio itself confirms a STOP."""
MOST_FIELDS = 200
_SID = re.compile(r"[SM]M[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def read(secret: str, url: str, body: bytes, signature: str) -> InboundText | None:
    """The message of a signed request; None when it is no message, such as a delivery receipt.

    Args:
        secret: what the key file holds; its `auth_token` signs.
        url: the address that Twilio was told to call, with its query.
        body: the form as it came.
        signature: the header X-Twilio-Signature.

    Raises:
        NotAllowed: it is not from Twilio, or from another account.
    """
    told = _told(secret)
    token = str(told.get("auth_token") or "")
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        fields = []
    if not token or not hmac.compare_digest(sign(token, url, fields), signature.encode()):
        raise NotAllowed("Not signed by Twilio.")
    found = dict(fields)
    if found.get("AccountSid") != told.get("account_sid"):
        raise NotAllowed("Not signed by Twilio.")
    sid, number = found.get("MessageSid", ""), found.get("From", "")
    if "Body" not in found or not _SID.fullmatch(sid) or not _NUMBER.fullmatch(number):
        return None
    return InboundText(sid, number, found["Body"], is_stop=found.get("OptOutType") == "STOP")


def sign(token: str, url: str, fields: list[tuple[str, str]]) -> bytes:
    """Twilio's signature of a request with these fields."""
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), told.encode(), hashlib.sha1))


def _told(secret: str) -> dict[str, object]:
    try:
        found = json.loads(secret)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
