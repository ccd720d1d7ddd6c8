"""A small Mailgun: takes MIME mails for one domain, refuses what Mailgun would refuse, logs events.

In: calls of its API. Out: its answers. Never: another domain than its own.
"""

from __future__ import annotations

import base64
from email import message_from_bytes, policy

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said, taken_raw


class FakeMailgun(FakeMailApi):
    """POST /v3/{domain}/messages.mime and GET /v3/{domain}/events."""

    def __init__(self, key: str = "key-1", domain: str = "try-brand.example") -> None:
        """`key` sends for `domain` alone."""
        super().__init__(key)
        self.domain = domain

    def is_hand_over(self, method: str, path: str) -> bool:
        """Messages are posted."""
        return method == "POST" and path.endswith("/messages.mime")

    def error(self, status: int) -> Reply:
        """Its errors are one message."""
        return said(status, {"message": "Something is wrong"})

    def answer(self, call: Call) -> Reply:
        """Check the key and the domain, then take the mail or show events."""
        token = base64.b64encode(f"api:{self.key}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {token}":
            return Reply(401, b"Forbidden")
        if not call.path.startswith(f"/v3/{self.domain}/"):
            return said(404, {"message": "Domain not found"})
        if call.method == "GET":
            asked = call.query.get("message-id", "")
            items = [
                {"event": "accepted", "message": {"headers": {"message-id": asked}}}
                for mail in self.taken
                if mail.message_id.strip("<>") == asked
            ]
            return said(200, {"items": items, "paging": {}})
        return self._take(call)

    def _take(self, call: Call) -> Reply:
        head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
        form = message_from_bytes(head + call.body, policy=policy.HTTP)
        fields: dict[str, str] = {}
        raw = b""
        for part in form.iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            if name == "message":
                raw = _file(call.body)
            else:
                fields[name] = str(part.get_payload()).strip()
        if not fields.get("to") or not raw:
            return said(400, {"message": "to parameter is missing"})
        mail = taken_raw("", fields.get("v:outbox_id", ""), fields["to"], raw)
        id_ = mail.message_id
        self.taken.append(taken_raw(id_, mail.label, fields["to"], raw))
        return said(200, {"id": id_, "message": "Queued. Thank you."})


def _file(body: bytes) -> bytes:
    """The bytes of the file as they came; the email package would parse what is in them."""
    boundary, _, _ = body.partition(b"\r\n")
    for part in body.split(boundary):
        head, found, rest = part.partition(b"\r\n\r\n")
        if found and b'name="message"' in head:
            return rest.removesuffix(b"\r\n")
    return b""
