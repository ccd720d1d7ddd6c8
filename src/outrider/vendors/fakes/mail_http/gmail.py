"""A small Gmail: tokens, raw mails, look-ups by id and by Message-ID.

In: calls of its API. Out: its answers. Never: a mail without an access token that it gave.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said, taken_raw

_REASONS = {400: "invalidArgument", 401: "authError", 429: "rateLimitExceeded"}


class FakeGmail(FakeMailApi):
    """POST /oauth2/token, POST …/messages/send, GET …/messages and …/messages/{id}."""

    def __init__(self, key: str = "key-1", *, keeps_message_ids: bool = True) -> None:
        """`key` is the refresh token; a Gmail may put its own Message-ID or keep the given one."""
        super().__init__(key)
        self.keeps_message_ids = keeps_message_ids

    def is_hand_over(self, method: str, path: str) -> bool:
        """Messages are posted to `send`."""
        return method == "POST" and path.endswith("/messages/send")

    def error(self, status: int) -> Reply:
        """Its errors have a reason."""
        return _no(status, _REASONS.get(status, "backendError"), "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Give a token, take a mail, or look one up."""
        if call.path == "/oauth2/token":
            form = {name: value[0] for name, value in parse_qs(call.body.decode()).items()}
            if self.key in (form.get("refresh_token"), form.get("assertion", "").split(".")[0]):
                return said(200, {"access_token": f"ya29.{self.key}", "expires_in": 3599})
            return said(400, {"error": "invalid_grant"})
        if call.headers.get("authorization") != f"Bearer ya29.{self.key}":
            return _no(401, "authError", "Invalid Credentials")
        if call.method == "POST":
            return self._take(call.body)
        name = call.path.rpartition("/")[2]
        return self._search(call.query.get("q", "")) if name == "messages" else self._show(name)

    def _take(self, raw: bytes) -> Reply:
        if b"\r\n\r\n" not in raw:
            return _no(400, "invalidArgument", "Recipient address required")
        id_ = f"18c{len(self.taken) + 1:013x}"
        self.taken.append(taken_raw(id_, "", "", raw))
        return said(200, {"id": id_, "threadId": id_, "labelIds": ["SENT"]})

    def _seen(self, number: int) -> str:
        mail = self.taken[number]
        return mail.message_id if self.keeps_message_ids else f"<{mail.provider_id}@mail.example>"

    def _search(self, query: str) -> Reply:
        asked = query.removeprefix("rfc822msgid:")
        found = [
            {"id": mail.provider_id}
            for number, mail in enumerate(self.taken)
            if self._seen(number).strip("<>") == asked
        ]
        return said(200, {"messages": found} if found else {"resultSizeEstimate": 0})

    def _show(self, id_: str) -> Reply:
        for number, mail in enumerate(self.taken):
            if mail.provider_id == id_:
                headers = [{"name": "Message-ID", "value": self._seen(number)}]
                return said(200, {"id": id_, "payload": {"headers": headers}})
        return _no(404, "notFound", "Requested entity was not found.")


def _no(status: int, reason: str, message: str) -> Reply:
    errors = [{"reason": reason, "message": message}]
    return said(status, {"error": {"code": status, "message": message, "errors": errors}})
