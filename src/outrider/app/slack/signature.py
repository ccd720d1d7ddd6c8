"""Is this request from Slack, and of now? In: headers, raw bytes, the time. Out: yes or no.

Never: a parsed body (any change of a byte changes the signature), a word on what was wrong.
Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=300)
"""How far the time of a request may be from ours, both ways."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and the hex HMAC-SHA256 of `v0:timestamp:body` under the signing secret."""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_from_slack(secret: str, timestamp: str, body: bytes, given: str, now: datetime) -> bool:
    """Whether `given` is the signature of these bytes, at a time within the tolerance."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp, re.ASCII):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = signature(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
