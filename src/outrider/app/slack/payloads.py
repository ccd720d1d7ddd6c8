"""What Slack sends when somebody clicks or submits, as typed values.

In: a payload whose signature was right. Out: `Click`, `Submission`. Never: a value that Slack may
have got from anybody else: draft and hash are what our own card or modal carried.
Source: https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outrider.kernel.errors import InvalidInput


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class About(_Frozen):
    """What a card or modal is about, and its content as it was shown.

    `draft` is a draft; where the action begins with `request_`, it is a request of an agent.
    """

    draft: UUID
    hash: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    channel: str = Field(default="", max_length=40)
    thread_ts: str | None = Field(default=None, max_length=40)


class Click(_Frozen):
    """A button of a card was clicked, or a choice of its menu; `choice` is what was chosen."""

    user: str = Field(min_length=1, max_length=40)
    channel: str = Field(min_length=1, max_length=40)
    message_ts: str = Field(min_length=1, max_length=40)
    thread_ts: str | None = Field(default=None, max_length=40)
    action: str
    action_ts: str = Field(min_length=1, max_length=40)
    trigger_id: str = Field(default="", max_length=200)
    about: About
    choice: str = Field(default="", max_length=40)

    @property
    def key(self) -> str:
        """What a repetition of this click is recognised by."""
        return f"action:{self.about.draft}:{self.action}:{self.action_ts}:{self.user}"


class Submission(_Frozen):
    """A modal was submitted."""

    user: str = Field(min_length=1, max_length=40)
    view_id: str = Field(min_length=1, max_length=60)
    view_hash: str = Field(default="", max_length=100)
    callback: str
    about: About
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """What a repetition of this submission is recognised by."""
        return f"view:{self.view_id}:{self.view_hash}"


def click(payload: Mapping[str, Any]) -> Click:
    """The first click of a `block_actions` payload.

    Raises:
        InvalidInput: it has another shape.
    """
    try:
        action, container = payload["actions"][0], payload["container"]
        about, choice = _about(action)
        return Click(
            user=payload["user"]["id"],
            channel=container["channel_id"],
            message_ts=container["message_ts"],
            thread_ts=container.get("thread_ts"),
            action=action["action_id"],
            action_ts=action["action_ts"],
            trigger_id=payload.get("trigger_id", ""),
            about=about,
            choice=choice,
        )
    except _MALFORMED as error:
        raise _bad("block_actions") from error


def submission(payload: Mapping[str, Any]) -> Submission:
    """A `view_submission` payload.

    Raises:
        InvalidInput: it has another shape.
    """
    try:
        view = payload["view"]
        values = {
            action: str((element.get("selected_option") or element).get("value") or "")
            for block in view["state"]["values"].values()
            for action, element in block.items()
        }
        return Submission(
            user=payload["user"]["id"],
            view_id=view["id"],
            view_hash=view.get("hash", ""),
            callback=view["callback_id"],
            about=About.model_validate(json.loads(view["private_metadata"])),
            values=values,
        )
    except _MALFORMED as error:
        raise _bad("view_submission") from error


def _about(action: Mapping[str, Any]) -> tuple[About, str]:
    """What a button carries, or a choice of a menu: the draft's id and a word."""
    if "selected_option" not in action:
        return About.model_validate(json.loads(action["value"])), ""
    draft, _, choice = str(action["selected_option"]["value"]).partition(" ")
    return About(draft=UUID(draft)), choice


_MALFORMED = (
    KeyError, IndexError, TypeError, AttributeError, ValueError, ValidationError, RecursionError,
)  # fmt: skip


def _bad(kind: str) -> InvalidInput:
    return InvalidInput(f"This {kind} is not about a draft of ours; the app has other buttons?")
