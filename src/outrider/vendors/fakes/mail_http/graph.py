"""A small Outlook: tokens, drafts from MIME, sending of drafts, look-ups.

In: calls of Microsoft Graph. Out: its answers. Never: a mail sent that was no draft.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs

from outrider.vendors.fakes.mail_http.server import (
    Call,
    FakeMailApi,
    Reply,
    TakenMail,
    said,
    taken_raw,
)

_CODES = {
    400: "ErrorInvalidRecipients",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
}
_PATH = re.compile(r"/(?:me|users/[^/]+)/messages(?:/([^/]+))?(/send)?")
_NAMED = re.compile(r"internetMessageId eq '(.*)'")


class FakeGraph(FakeMailApi):
    """Tokens of one tenant, and the messages of one mailbox."""

    def __init__(self, key: str = "key-1") -> None:
        """`key` is the client's secret."""
        super().__init__(key)
        self.drafts: dict[str, TakenMail] = {}

    def is_hand_over(self, method: str, path: str) -> bool:
        """Only sending a draft can make a mail leave."""
        return method == "POST" and path.endswith("/send")

    def error(self, status: int) -> Reply:
        """Its errors have a code."""
        return _no(status, _CODES.get(status, "UnknownError"), "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Give a token, make a draft, send it, or look one up."""
        if call.path.endswith("/oauth2/v2.0/token"):
            form = {name: value[0] for name, value in parse_qs(call.body.decode()).items()}
            if form.get("client_secret") == self.key:
                return said(200, {"access_token": f"eyJ.{self.key}", "expires_in": 3599})
            return said(401, {"error": "invalid_client"})
        if call.headers.get("authorization") != f"Bearer eyJ.{self.key}":
            return _no(401, "InvalidAuthenticationToken", "Access token is invalid.")
        named = _PATH.fullmatch(call.path)
        if named is None:
            return _no(404, "ResourceNotFound", "Resource not found.")
        id_, sends = named[1], named[2]
        if call.method == "GET":
            return self._show(id_) if id_ else self._search(call.query.get("$filter", ""))
        return self._send(id_) if sends else self._draft(call)

    def _draft(self, call: Call) -> Reply:
        try:
            raw = base64.b64decode(call.body, validate=True)
        except binascii.Error:
            return _no(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string.")
        if call.headers.get("content-type") != "text/plain" or b"\r\n\r\n" not in raw:
            return _no(400, "ErrorMimeContentInvalid", "Invalid MIME content.")
        id_ = f"AAkAL{len(self.drafts) + len(self.taken) + 1:08d}="
        self.drafts[id_] = taken_raw(id_, "", "", raw)
        return said(201, self._told(self.drafts[id_], is_draft=True))

    def _send(self, id_: str) -> Reply:
        if id_ not in self.drafts:
            return _no(404, "ErrorItemNotFound", "The specified object was not found.")
        self.taken.append(self.drafts.pop(id_))
        return Reply(202)

    def _show(self, id_: str) -> Reply:
        for mail, is_draft in self._all():
            if mail.provider_id == id_:
                return said(200, self._told(mail, is_draft=is_draft))
        return _no(404, "ErrorItemNotFound", "The specified object was not found.")

    def _search(self, words: str) -> Reply:
        named = _NAMED.fullmatch(words)
        found = [
            self._told(mail, is_draft=is_draft)
            for mail, is_draft in self._all()
            if named and mail.message_id == named[1].replace("''", "'")
        ]
        return said(200, {"value": found})

    def _all(self) -> list[tuple[TakenMail, bool]]:
        return [(mail, False) for mail in self.taken] + [
            (mail, True) for mail in self.drafts.values()
        ]

    def _told(self, mail: TakenMail, *, is_draft: bool) -> dict[str, object]:
        return {
            "id": mail.provider_id,
            "internetMessageId": mail.message_id,
            "isDraft": is_draft,
        }


def _no(status: int, code: str, message: str) -> Reply:
    return said(status, {"error": {"code": code, "message": message}})
