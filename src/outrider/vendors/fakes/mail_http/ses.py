"""A small SES, v2: takes raw mails, refuses what SES would refuse.

In: POST /v2/email/outbound-emails. Out: its answers. Never: a check of the signature's value; it
knows one access key id, and that a request must name it and its signed headers.
"""

from __future__ import annotations

import base64
import binascii
import re

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said, taken_raw

_CODES = {
    400: "BadRequestException",
    403: "SignatureDoesNotMatch",
    404: "NotFoundException",
    429: "TooManyRequestsException",
    503: "ServiceUnavailable",
}
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/[a-z0-9-]+/ses/aws4_request, "
    r"SignedHeaders=[a-z0-9;-]*host;x-amz-date[a-z0-9;-]*, Signature=[0-9a-f]{64}"
)


class FakeSes(FakeMailApi):
    """POST /v2/email/outbound-emails, and GET /v2/email/account."""

    def is_hand_over(self, method: str, path: str) -> bool:
        """The only call that sends."""
        return (method, path) == ("POST", "/v2/email/outbound-emails")

    def error(self, status: int) -> Reply:
        """Its errors are named in a header."""
        return _no(status, _CODES.get(status, "InternalFailure"), "Something is wrong")

    def answer(self, call: Call) -> Reply:
        """Check the key and the fields, then take the mail."""
        named = _AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
        if named is None or named[1] != self.key:
            return _no(403, "UnrecognizedClientException", "The security token is invalid.")
        if call.path == "/v2/email/account":
            return said(200, {"SendingEnabled": True})
        given = call.json()
        try:
            raw = base64.b64decode(given["Content"]["Raw"]["Data"], validate=True)
            recipient = given["Destination"]["ToAddresses"][0]
        except (TypeError, KeyError, IndexError, binascii.Error):
            return _no(400, "BadRequestException", "The request is malformed.")
        if not given.get("FromEmailAddress", "").endswith(".example"):
            return _no(400, "MessageRejected", "Email address is not verified.")
        tags = {tag["Name"]: tag["Value"] for tag in given.get("EmailTags", ())}
        id_ = f"0100017f00000000-{len(self.taken) + 1:08x}-0000-4000-8000-000000000000-000000"
        self.taken.append(taken_raw(id_, tags.get("outbox_id", ""), recipient, raw))
        return said(200, {"MessageId": id_})


def _no(status: int, code: str, message: str) -> Reply:
    return said(status, {"message": message}, x_amzn_ErrorType=code)
