"""A small EDGAR on the loopback: serves a folder of files under EDGAR's own paths.

In: a folder that holds `files/`, `submissions/`, `api/` and `Archives/` as EDGAR lays them out.
Out: HTTP answers, as EDGAR gives them. Never: a request passed on, a file outside the folder.

Like EDGAR it refuses a request whose User-Agent names no contact (403), and packs with gzip.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from outrider.vendors.fakes.loopback import OnLoopback


@dataclass(frozen=True)
class Refusal:
    """An answer to give in place of the file, once."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    path: str
    agent: str
    encoding: str


class FakeEdgar(OnLoopback):
    """A running stand-in; `url` leads to it, `asked` lists the requests, `refuse` makes trouble."""

    def __init__(self, folder: Path) -> None:
        """Serve `folder` on a free port of 127.0.0.1, from `__enter__` to `__exit__`."""
        self.asked: list[Asked] = []
        self._refusals: deque[Refusal] = deque()
        super().__init__(_handler(folder.resolve(), self.asked, self._refusals))

    def refuse(self, *refusals: Refusal) -> None:
        """Answer the next requests so, one refusal each."""
        self._refusals.extend(refusals)


def _handler(
    folder: Path, asked: list[Asked], refusals: deque[Refusal]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            agent = self.headers.get("User-Agent", "")
            asked.append(Asked(path, agent, self.headers.get("Accept-Encoding", "")))
            if refusals:
                refusal = refusals.popleft()
                self._answer(refusal.status, b"", refusal.headers)
            elif "@" not in agent:
                self._answer(403, b"Undeclared Automated Tool", {})
            else:
                self._serve((folder / path.lstrip("/")).resolve())

        def _serve(self, file: Path) -> None:
            if not file.is_relative_to(folder) or not file.is_file():
                self._answer(404, b"", {})
            elif "gzip" in self.headers.get("Accept-Encoding", ""):
                packed = gzip.compress(file.read_bytes())
                self._answer(200, packed, {"Content-Encoding": "gzip"})
            else:
                self._answer(200, file.read_bytes(), {})

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: `asked` is the log."""

    return Handler
