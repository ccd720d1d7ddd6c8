"""A gate in front of moto that asks for what Amazon asks of an upload into a locked bucket.

moto wants `Content-MD5` or `x-amz-sdk-checksum-algorithm`; Amazon's own refusal reads "Content-MD5 OR
x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters". So the gate
refuses as Amazon does, checks the checksum, and tells moto in moto's words.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import httpx2

from outrider.vendors.fakes.loopback import OnLoopback

_REFUSED = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidRequest</Code><Message>Content-MD5 OR'
    b" x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
    b"</Message></Error>"
)


class _Gate(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behind: str

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        if self.command == "PUT":
            said = self.headers.get("x-amz-checksum-sha256")
            if said is None and self.headers.get("Content-MD5") is None:
                return self._say(400, _REFUSED)
            if (
                said is not None
                and said != base64.b64encode(hashlib.sha256(body).digest()).decode()
            ):
                return self._say(400, b"<Error><Code>BadDigest</Code></Error>")
            headers["x-amz-sdk-checksum-algorithm"] = "SHA256"
        answer = httpx2.request(
            self.command,
            self.behind + self.path,
            headers=headers,
            content=body,
            trust_env=False,
            timeout=60,
        )
        return self._say(answer.status_code, answer.content, dict(answer.headers))

    do_GET = do_HEAD = do_DELETE = do_POST = do_PUT

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            if name.lower() not in ("transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in headers or {}):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def gate(behind: str) -> Iterator[str]:
    """Yields the gate's address; `behind` is moto's."""
    with OnLoopback(type("Gate", (_Gate,), {"behind": behind})) as server:
        yield server.url
