"""A small SendGrid: takes mails, refuses what SendGrid would refuse.

In: POST /v3/mail/send. Out: its answers. Never: a promise about a second try.
"""

from __future__ import annotations

from typing import Any

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, TakenMail, said

_RESERVED = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "to", "from", "subject",
    "content-transfer-encoding", "reply-to", "cc", "bcc",
}  # fmt: skip


class FakeSendGrid(FakeMailApi):
    """POST /v3/mail/send, and GET /v3/scopes."""

    def is_hand_over(self, method: str, path: str) -> bool:
        """The only call that sends."""
        return (method, path) == ("POST", "/v3/mail/send")

    def error(self, status: int) -> Reply:
        """Its errors are a list."""
        return _no(status, "something is wrong", None)

    def answer(self, call: Call) -> Reply:
        """Check the key and the fields, then take the mail."""
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return _no(401, "The provided authorization grant is invalid", None)
        if call.path == "/v3/scopes":
            return said(200, {"scopes": ["mail.send"]})
        given = call.json()
        wrong = _wrong(given)
        if wrong is not None:
            return _no(400, *wrong)
        one = given["personalizations"][0]
        id_ = f"fake{len(self.taken) + 1:018d}"
        parts = {part["type"]: part["value"] for part in given["content"]}
        self.taken.append(
            TakenMail(
                provider_id=id_,
                label=one.get("custom_args", {}).get("outbox_id", ""),
                sender=given["from"]["email"],
                recipient=one["to"][0]["email"],
                subject=given["subject"],
                text=parts.get("text/plain", ""),
                html=parts.get("text/html", ""),
                headers=given.get("headers", {}),
            )
        )
        return Reply(202, headers={"X-Message-Id": id_})


def _wrong(given: Any) -> tuple[str, str | None] | None:
    if not isinstance(given, dict):
        return "Bad Request", None
    for name in ("personalizations", "from", "subject", "content"):
        if not given.get(name):
            return f"The {name} field is required", name
    kinds = [part["type"] for part in given["content"]]
    if kinds != sorted(kinds, key=["text/plain", "text/html"].index):
        return "If present, text/plain content must be first", "content"
    reserved = sorted(_RESERVED & {name.lower() for name in given.get("headers", {})})
    if reserved:
        return f"The header {reserved[0]} is reserved", "headers"
    if not given["personalizations"][0]["to"][0]["email"].isascii():
        return "Does not contain a valid address.", "personalizations.0.to.0.email"
    return None


def _no(status: int, message: str, field: str | None) -> Reply:
    return said(status, {"errors": [{"message": message, "field": field, "help": None}]})
