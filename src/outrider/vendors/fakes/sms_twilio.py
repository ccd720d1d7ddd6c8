"""A small Twilio: takes text messages for one account, refuses what Twilio would refuse.

In: calls of its API. Out: its answers, and `texts`, the messages. Never: a message passed on.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import parse_qs

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said


@dataclass(frozen=True)
class TakenText:
    """One message that the stand-in took."""

    sid: str
    to: str
    text: str
    sender: str


class FakeTwilio(FakeMailApi):
    """POST /2010-04-01/Accounts/{sid}/Messages.json."""

    account = "AC" + "0" * 32
    service = "MG" + "1" * 32

    def __init__(self, key: str = "token-one-two") -> None:
        """`key` is the account's auth token; `stopped` are the numbers that answered STOP."""
        super().__init__(key)
        self.texts: list[TakenText] = []
        self.stopped: set[str] = set()

    @property
    def secret(self) -> str:
        """What the key file holds to reach it."""
        return self.secret_of(self.key)

    @classmethod
    def secret_of(cls, key: str) -> str:
        """What the key file holds for this auth token."""
        told = {"account_sid": cls.account, "auth_token": key, "messaging_service_sid": cls.service}
        return json.dumps(told)

    def is_hand_over(self, method: str, path: str) -> bool:
        """Messages are posted."""
        return method == "POST" and path.endswith("/Messages.json")

    def error(self, status: int) -> Reply:
        """An error has a code, a message and its status."""
        return _error(status, 20000 + status % 1000, "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Check the key and the form, then take the message."""
        token = base64.b64encode(f"{self.account}:{self.key}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {token}":
            return _error(401, 20003, "Authenticate")
        if call.path != f"/2010-04-01/Accounts/{self.account}/Messages.json":
            return _error(404, 20404, "The requested resource was not found")
        form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
        to, text = form.get("To", ""), form.get("Body", "")
        if not to.startswith("+"):
            return _error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not text:
            return _error(400, 21602, "Message body is required.")
        if to in self.stopped:
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        sid = f"SM{len(self.texts):032x}"
        self.texts.append(TakenText(sid, to, text, form.get("MessagingServiceSid", "")))
        return said(201, {"sid": sid, "status": "accepted", "to": to, "error_code": None})


def _error(status: int, code: int, message: str) -> Reply:
    return said(status, {"code": code, "message": message, "status": status})
