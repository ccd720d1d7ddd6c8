"""A small Resend: takes mails once a key, refuses what Resend would refuse, lists what it took.

In: calls of its API. Out: its answers. Never: a second mail under one Idempotency-Key.
"""

from __future__ import annotations

import hashlib
from email.utils import parseaddr
from typing import Any

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, TakenMail, said

_NAMES = {
    400: "validation_error",
    401: "missing_api_key",
    403: "invalid_api_key",
    404: "not_found",
    422: "missing_required_field",
    429: "rate_limit_exceeded",
}
_PAGE = 2


class FakeResend(FakeMailApi):
    """POST /emails and GET /emails."""

    def __init__(self, key: str = "re_key_1") -> None:
        """`key` is the API key; a page of the list holds two mails."""
        super().__init__(key)
        self._answers: dict[str, tuple[str, Reply]] = {}

    def is_hand_over(self, method: str, path: str) -> bool:
        """POST /emails sends."""
        return (method, path) == ("POST", "/emails")

    def is_repeat(self, call: Call) -> bool:
        """Its keys are kept."""
        return call.headers.get("idempotency-key") in self._answers

    def error(self, status: int) -> Reply:
        """Its errors carry a name and a message."""
        return _no(status, _NAMES.get(status, "application_error"), "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Check the key, then send or list."""
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return _no(403, "invalid_api_key", "API key is invalid")
        if call.path != "/emails":
            return _no(404, "not_found", "The requested endpoint does not exist")
        return self._list(call) if call.method == "GET" else self._once(call)

    def _once(self, call: Call) -> Reply:
        key = call.headers.get("idempotency-key")
        if key is None:
            return self._send(call.json())
        digest = hashlib.sha256(call.body).hexdigest()
        if key not in self._answers:
            reply = self._send(call.json())
            if reply.status == 200:
                self._answers[key] = digest, reply
            return reply
        before, reply = self._answers[key]
        if before != digest:
            return _no(409, "invalid_idempotent_request", "Same key with a different payload")
        return reply

    def _send(self, given: Any) -> Reply:
        if not isinstance(given, dict):
            return _no(400, "validation_error", "The body is not JSON")
        missing = [name for name in ("from", "to", "subject") if not given.get(name)]
        if missing or not (given.get("html") or given.get("text")):
            return _no(422, "missing_required_field", f"Missing `{(missing or ['html'])[0]}`")
        to = given["to"] if isinstance(given["to"], str) else given["to"][0]
        if not to.isascii():
            return _no(422, "validation_error", "Invalid `to` field")
        id_ = f"4ef9a417-0000-4000-8000-{len(self.taken) + 1:012d}"
        headers = given.get("headers", {})
        tags = {tag["name"]: tag["value"] for tag in given.get("tags", ())}
        self.taken.append(
            TakenMail(
                provider_id=id_,
                label=tags.get("outbox_id", ""),
                sender=parseaddr(given["from"])[1],
                recipient=parseaddr(to)[1],
                subject=given["subject"],
                text=given.get("text", ""),
                html=given.get("html", ""),
                headers=headers,
            )
        )
        return said(200, {"id": id_})

    def _list(self, call: Call) -> Reply:
        newest = self.taken[::-1]
        after = call.query.get("after")
        ids = [mail.provider_id for mail in newest]
        start = ids.index(after) + 1 if after in ids else 0
        page = [
            {"id": mail.provider_id, "message_id": mail.message_id, "to": [mail.recipient]}
            for mail in newest[start : start + _PAGE]
        ]
        more = start + _PAGE < len(newest)
        return said(200, {"object": "list", "has_more": more, "data": page})


def _no(status: int, name: str, message: str) -> Reply:
    return said(status, {"statusCode": status, "name": name, "message": message})
