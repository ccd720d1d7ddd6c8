"""Slack's Web API over plain HTTP: the few methods that the Slack door uses.

In: a bot token, a channel, blocks. Out: what Slack answered. Never: a retry (a post has no
idempotency key, so only the caller knows whether a second try is safe), the token in an error or a log.
Source: https://docs.slack.dev/apis/web-api and its method pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx2

from outrider.kernel.errors import Refused, VendorUnavailable

URL = "https://slack.com/api/"
EVENT = "outrider_post"
"""`metadata.event_type` of every post of ours."""

_TIMEOUT = 10.0
_TIMEOUT_OF_A_VIEW = 2.0
"""Seconds: the click that opens a modal must be answered within three."""
_CLOCKS_MAY_DIFFER = timedelta(minutes=5)
_PAGE = 200
_MOST_PAGES = 10

_WAYS_OUT = {
    "invalid_auth": "give a bot token (xoxb-…) in OUTRIDER_SLACK_BOT_TOKEN",
    "not_authed": "give a bot token (xoxb-…) in OUTRIDER_SLACK_BOT_TOKEN",
    "token_revoked": "install the app again and put its new token in OUTRIDER_SLACK_BOT_TOKEN",
    "token_expired": "put a new token in OUTRIDER_SLACK_BOT_TOKEN",
    "account_inactive": "install the app again and put its new token in OUTRIDER_SLACK_BOT_TOKEN",
    "missing_scope": "give the app the scopes chat:write, channels:history and groups:history",
    "channel_not_found": "name a channel that is there in OUTRIDER_SLACK_CHANNEL, by its id",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "name a channel that is not archived in OUTRIDER_SLACK_CHANNEL",
    "expired_trigger_id": "click again",
}
_MAY_BE_DONE = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)
"""Slack's words for a failure on its side after which some of the work may be done."""


class Slack:
    """The port `SlackApi`, over HTTPS."""

    def __init__(self, token: str, url: str = URL) -> None:
        """`token` is a bot token; `url` ends in a slash and is Slack's own but in rehearsals."""
        self._token = token
        self._url = url if url.endswith("/") else f"{url}/"

    async def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]],
        post_id: str,
        thread_ts: str | None = None,
    ) -> tuple[str, str]:
        """Post with `post_id` in the metadata; links are not unfurled.

        Raises:
            VendorUnavailable: the post may be there unless the fact `sent` is False.
            Refused: Slack said no; the fact `slack` is its word.
        """
        body: dict[str, Any] = {
            "channel": channel,
            "text": text,
            "blocks": list(blocks),
            "metadata": {"event_type": EVENT, "event_payload": {"post_id": post_id}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts:
            body["thread_ts"] = thread_ts
        answer = await self._call("chat.postMessage", body)
        return str(answer["channel"]), str(answer["ts"])

    async def update(
        self, channel: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """Put other content in the place of a post; its metadata stays.

        Raises:
            VendorUnavailable, Refused: as for `post`; a second try is harmless.
        """
        body = {"channel": channel, "ts": ts, "text": text, "blocks": list(blocks)}
        await self._call("chat.update", body)

    async def find(
        self, channel: str, post_id: str, since: datetime, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """Look for the post with this metadata, in the thread or in the channel, since then.

        Raises:
            VendorUnavailable, Refused: nobody knows whether it is there.
        """
        method = "conversations.replies" if thread_ts else "conversations.history"
        form = {
            "channel": channel,
            "include_all_metadata": "true",
            "limit": str(_PAGE),
            "oldest": f"{(since - _CLOCKS_MAY_DIFFER).timestamp():.6f}",
        }
        if thread_ts:
            form["ts"] = thread_ts
        for _ in range(_MOST_PAGES):
            answer = await self._call(method, form=form)
            for message in answer.get("messages", ()):
                metadata = message.get("metadata") or {}
                told = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT and told.get("post_id") == post_id:
                    return channel, str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            form["cursor"] = str(cursor)
        raise VendorUnavailable(
            f"Slack has more than {_PAGE * _MOST_PAGES:,} posts since {since:%Y-%m-%d %H:%M} UTC, too "
            "many to look for one of ours; look into the channel.",
            sent=False,
        )

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a modal.

        Raises:
            VendorUnavailable, Refused: the person sees no modal and must click again.
        """
        body = {"trigger_id": trigger_id, "view": dict(view)}
        await self._call("views.open", body, timeout=_TIMEOUT_OF_A_VIEW)

    async def tell(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
        """Say something in a channel that only this user sees.

        Raises:
            VendorUnavailable, Refused: as for `post`.
        """
        body = {"channel": channel, "user": user, "text": text}
        if thread_ts:
            body["thread_ts"] = thread_ts
        await self._call("chat.postEphemeral", body)

    async def who_am_i(self) -> Mapping[str, str]:
        """The team and the bot that this token belongs to.

        Raises:
            VendorUnavailable, Refused: the token cannot be used, or Slack does not answer.
        """
        answer = await self._call("auth.test", {})
        return {name: str(answer.get(name, "")) for name in ("team", "team_id", "user", "user_id")}

    async def socket_address(self) -> str:
        """Where to connect for Socket Mode; the token must be an app token.

        Raises:
            VendorUnavailable, Refused: as for `who_am_i`.
        """
        answer = await self._call("apps.connections.open", {})
        return str(answer.get("url", ""))

    async def _call(
        self,
        method: str,
        body: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        timeout: float = _TIMEOUT,
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            content = json.dumps(body).encode()
        try:
            async with httpx2.AsyncClient(timeout=timeout) as client:
                answer = await client.post(
                    f"{self._url}{method}", headers=headers, content=content, data=form
                )
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise VendorUnavailable(
                f"Slack cannot be reached ({type(error).__name__}); it is tried again.", sent=False
            ) from None
        except httpx2.HTTPError as error:
            raise VendorUnavailable(
                f"Slack did not answer {method} ({type(error).__name__}); it is tried again.",
                sent=True,
            ) from None
        return _understood(method, answer)


def _understood(method: str, answer: httpx2.Response) -> Mapping[str, Any]:
    """What Slack says, or an error that tells whether anything was done."""
    if answer.status_code == 429:
        wait = answer.headers.get("retry-after", "")
        raise VendorUnavailable(
            f"Slack takes no more of {method} for {wait or 'some'} seconds; it is tried again then.",
            sent=False,
            retry_after=int(wait) if wait.isascii() and wait.isdigit() else 30,
        )
    try:
        said = answer.json()
    except ValueError:
        said = None
    if answer.status_code >= 500 or not isinstance(said, dict) or "ok" not in said:
        raise VendorUnavailable(
            f"Slack answered {method} with {answer.status_code} and nothing that can be read; "
            "it is tried again.",
            sent=True,
        )
    if not said["ok"]:
        word = str(said.get("error", "unknown_error"))[:100]
        if word == "ratelimited":
            raise VendorUnavailable("Slack is asked too often.", sent=False, retry_after=30)
        if word in _MAY_BE_DONE:
            raise VendorUnavailable(
                f"Slack failed in {method} ({word}); it is tried again.", sent=True
            )
        way_out = _WAYS_OUT.get(word, f"see {method} at https://docs.slack.dev/reference/methods")
        raise Refused(f"Slack refused {method} with {word}: {way_out}.", slack=word)
    return said
