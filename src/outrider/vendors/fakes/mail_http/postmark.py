"""A small Postmark: takes mails, refuses what Postmark would refuse, can be searched by metadata.

In: calls of its API. Out: its answers. Never: a Message-ID kept that it was not asked to keep.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, TakenMail, said

_CODES = {401: 10, 422: 300, 429: 429, 500: 500}


class FakePostmark(FakeMailApi):
    """POST /email and GET /messages/outbound."""

    def is_hand_over(self, method: str, path: str) -> bool:
        """POST /email sends."""
        return (method, path) == ("POST", "/email")

    def error(self, status: int) -> Reply:
        """Its errors have codes of their own."""
        return _no(status, _CODES.get(status, 0), "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Check the token, then take the mail or search."""
        if call.headers.get("x-postmark-server-token") != self.key:
            return _no(401, 10, "Request does not contain a valid Server token.")
        if call.method == "GET":
            found = [m for m in self.taken if m.label == call.query.get("metadata_outbox_id")]
            ids = [{"MessageID": mail.provider_id} for mail in found]
            return said(200, {"TotalCount": len(found), "Messages": ids})
        return self._take(call.json())

    def _take(self, given: Any) -> Reply:
        if not isinstance(given, dict) or not given.get("From") or not given.get("To"):
            return _no(422, 300, "Zero recipients specified")
        recipient = parseaddr(given["To"])[1]
        if recipient.startswith("inactive"):
            return _no(422, 406, "You tried to send to a recipient marked as inactive.")
        if recipient.startswith("oddly"):
            return said(200, {"ErrorCode": 405, "Message": "You ran out of credits."})
        id_ = f"b7bc2f4a-0000-4000-8000-{len(self.taken) + 1:012d}"
        headers = {one["Name"]: one["Value"] for one in given.get("Headers", ())}
        if headers.pop("X-PM-KeepID", "") != "true":
            headers["Message-ID"] = f"<{id_}@mtasv.example>"
        self.taken.append(
            TakenMail(
                provider_id=id_,
                label=given.get("Metadata", {}).get("outbox_id", ""),
                sender=parseaddr(given["From"])[1],
                recipient=recipient,
                subject=given.get("Subject", ""),
                text=given.get("TextBody", ""),
                html=given.get("HtmlBody", ""),
                headers=headers,
            )
        )
        return said(200, {"To": given["To"], "MessageID": id_, "ErrorCode": 0, "Message": "OK"})


def _no(status: int, code: int, message: str) -> Reply:
    return said(status, {"ErrorCode": code, "Message": message})
