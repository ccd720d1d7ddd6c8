"""A key service of AWS that refuses: its errors, one after another, in the words of its reference.

In: calls of its API. Out: the error that `code` names. Never: a key; what works is tried elsewhere.
"""

from __future__ import annotations

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said


class RefusingKms(FakeMailApi):
    """POST /. Every call is answered with `code`."""

    def __init__(self, code: str, status: int = 400) -> None:
        """`code` as the reference of the API lists it."""
        super().__init__()
        self.code, self.status = code, status

    def is_hand_over(self, method: str, path: str) -> bool:
        """Every call may meet a fault."""
        return True

    def error(self, status: int) -> Reply:
        """A type and words."""
        return said(status, {"__type": "KMSInternalException", "message": "something is wrong"})

    def answer(self, call: Call) -> Reply:
        """Refuse."""
        return said(self.status, {"__type": self.code, "message": "not now"})
