"""What this door needs of Slack, in its own words.

In: channels, blocks, timestamps as Slack writes them (text, never a number). Out: the same.
Never: a retry; whoever posts knows whether a second try is safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

Block = Mapping[str, Any]


class SlackApi(Protocol):
    """The few methods of Slack's Web API that are used.

    Every method raises `VendorUnavailable` when Slack did not answer (its fact `sent` is False when
    the request certainly did nothing, `retry_after` is in seconds where Slack says it), and
    `Refused` with the fact `slack`, Slack's own word, when Slack says no.
    """

    async def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Block],
        post_id: str,
        thread_ts: str | None = None,
    ) -> tuple[str, str]:
        """Post, with `post_id` as metadata. Returns the channel's id and the timestamp."""
        ...

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Block]) -> None:
        """Put other content in the place of a post."""
        ...

    async def find(
        self, channel: str, post_id: str, since: datetime, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """The channel's id and the timestamp of the post with this metadata, if it is there."""
        ...

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a modal; the trigger is good for three seconds and one use."""
        ...

    async def tell(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
        """Say something that only this user sees."""
        ...

    async def who_am_i(self) -> Mapping[str, str]:
        """The team and the name of the bot behind the token."""
        ...
