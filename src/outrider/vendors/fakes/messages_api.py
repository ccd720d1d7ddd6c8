"""A small Messages API on the loopback: whoever starts it says what the model answers.

In: a function from the request's body to the reply's content. Out: an address, the bodies it saw.
Never: a stream, a request passed on. One key is right: `right-key`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from outrider.vendors.fakes.loopback import OnLoopback

Content = Sequence[Mapping[str, Any]]
"""Blocks of a reply: `{"type": "text", …}`, `{"type": "tool_use", …}`."""

RIGHT_KEY = "right-key"
KNOWN = "claude-"
"""How names of models begin that it knows."""


class MessagesApi(OnLoopback):
    """Serves until it is closed; use it as a context."""

    def __init__(self, answer: Callable[[Mapping[str, Any]], Content]) -> None:
        """`answer` gives the content of each reply."""
        self.seen: list[Mapping[str, Any]] = []
        self._answer = answer
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length))
                bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
                status, told = api.reply(body, self.headers.get("x-api-key") or bearer)
                data = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        super().__init__(Handler)

    def reply(self, body: Mapping[str, Any], key: str) -> tuple[int, Mapping[str, Any]]:
        """Status and body of one reply."""
        if key != RIGHT_KEY:
            return 401, _error("authentication_error", "invalid x-api-key")
        if not str(body.get("model", "")).startswith(KNOWN):
            return 404, _error("not_found_error", f"model: {body.get('model')}")
        self.seen.append(body)
        content = list(self._answer(body))
        uses = any(block["type"] == "tool_use" for block in content)
        return 200, {
            "id": f"msg_{len(self.seen)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": content,
            "stop_reason": "tool_use" if uses else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1000, "output_tokens": 100},
        }


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}
