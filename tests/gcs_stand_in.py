"""Google Cloud Storage as its XML API's reference describes it: ours, since no server of others' was found.

In: objects of one bucket. Out: ETag and generation; a listing in pages; `x-goog-if-generation-match` is
honoured. Never: a login; anything that the reference does not say.

Source: docs.cloud.google.com/storage/docs/xml-api/reference-headers, put-object, get-object, list-objects.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from outrider.vendors.fakes.loopback import OnLoopback

PAGE = 3
"""Names in one page of a listing; Google's own are up to 1,000."""


@dataclass(frozen=True)
class Kept:
    """One object."""

    data: bytes
    generation: int
    at: datetime

    def headers(self) -> dict[str, str]:
        """What every answer about it says; for objects in one piece the ETag is the MD5."""
        return {
            "ETag": f'"{hashlib.md5(self.data, usedforsecurity=False).hexdigest()}"',
            "x-goog-generation": str(self.generation),
            "x-goog-metageneration": "1",
            "Last-Modified": format_datetime(self.at, usegmt=True),
        }


class Handler(BaseHTTPRequestHandler):
    """Requests for `/BUCKET/NAME`."""

    protocol_version = "HTTP/1.1"
    bucket: str
    objects: dict[str, Kept]
    lock: threading.Lock

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = self._name()
        if name is None:
            return
        wanted = self.headers.get("x-goog-if-generation-match")
        with self.lock:
            there = self.objects.get(name)
            if wanted is not None and int(wanted) != (there.generation if there else 0):
                return self._wrong(412, "PreconditionFailed", "At least one precondition failed.")
            made = Kept(body, (there.generation if there else 1_000) + 1, datetime.now(UTC))
            self.objects[name] = made
        self._say(200, b"", made.headers())

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if "list-type" in parse_qs(parts.query):
            return self._list(parse_qs(parts.query, keep_blank_values=True))
        name = self._name()
        found = self.objects.get(name) if name is not None else None
        if name is None:
            return None
        if found is None:
            return self._wrong(404, "NoSuchKey", "The specified key does not exist.")
        return self._say(200, found.data, found.headers())

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        name = self._name()
        if name is None:
            return
        with self.lock:
            found = self.objects.pop(name, None)
        if found is None:
            return self._wrong(404, "NoSuchKey", "The specified key does not exist.")
        self._say(204, b"", {})

    def _list(self, query: Mapping[str, list[str]]) -> None:
        if self._name() is None:
            return
        prefix, after = (query.get(key, [""])[0] for key in ("prefix", "continuation-token"))
        names = sorted(n for n in self.objects if n.startswith(prefix) and n > after)
        page = names[:PAGE]
        entries = "".join(
            f"<Contents><Key>{escape(name)}</Key><Generation>{one.generation}</Generation>"
            f"<LastModified>{one.at:%Y-%m-%dT%H:%M:%S.%f}Z</LastModified>"
            f"<ETag>{escape(one.headers()['ETag'])}</ETag><Size>{len(one.data)}</Size></Contents>"
            for name, one in ((name, self.objects[name]) for name in page)
        )
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>"
        body = (
            f"<ListBucketResult><Name>{self.bucket}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<IsTruncated>{str(len(names) > PAGE).lower()}</IsTruncated>{entries}"
            f"{more if len(names) > PAGE else ''}</ListBucketResult>"
        )
        self._say(200, body.encode(), {"Content-Type": "application/xml"})

    def _name(self) -> str | None:
        """The object's name; None when the bucket is not ours, which was answered."""
        bucket, _, name = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if bucket == self.bucket:
            return name
        self._wrong(404, "NoSuchBucket", "The specified bucket does not exist.")
        return None

    def _wrong(self, status: int, code: str, message: str) -> None:
        body = (
            f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
        )
        self._say(status, body.encode(), {"Content-Type": "application/xml"})

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def gcs(bucket: str) -> Iterator[str]:
    """Yields its address."""
    mine = {"bucket": bucket, "objects": {}, "lock": threading.Lock()}
    with OnLoopback(type("Mine", (Handler,), mine)) as server:
        yield server.url
