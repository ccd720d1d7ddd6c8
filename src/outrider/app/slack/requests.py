"""A call that an agent leaves to a person, as Slack shows it: a card, the form of a no, all of it.

In: a request, what its tool says of itself. Out: blocks that `validate` finds nothing wrong with.
Never: an argument read as formatting, a mention or a link; a button on what is settled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from outrider.agents.types import RequestStatus, ToolRequest
from outrider.app.slack.blocks import (
    Block,
    button,
    chunks,
    clip,
    context,
    cut,
    field,
    moment,
    mrkdwn,
    plain,
    words,
)

YES, NO, LOOK = "request_yes", "request_no", "request_look"
NOTE = "note"
"""Block id of the field of a no."""

MOST_CHUNKS = 2
"""Sections of arguments on a card; a call with more is read whole in its form."""
MOST_IN_A_VIEW = 60

OPEN = frozenset({RequestStatus.PENDING, RequestStatus.UNKNOWN})
"""States in which a person is asked."""

_ENDS = {
    RequestStatus.APPROVED: ":white_check_mark: *Yes*: it is done next",
    RequestStatus.RUNNING: ":hourglass_flowing_sand: *Yes*: it is being done",
    RequestStatus.DONE: ":white_check_mark: *Done*",
    RequestStatus.DENIED: ":no_entry: *No*: it is not done",
    RequestStatus.FAILED: ":warning: *Yes, and it failed*",
}


@dataclass(frozen=True)
class Asked:
    """A request, with what is told beside it."""

    request: ToolRequest
    does: str
    """What the tool says that it does."""
    by: str = ""
    """Who answered."""
    page: str | None = None
    """Address of the run's page in the web app, where others reach it."""


def card(asked: Asked) -> tuple[str, list[Block]]:
    """The words for a notification, and the blocks."""
    one = asked.request
    title = f"{cut(one.agent_name, 40)} asks: {cut(one.tool, 80)}"
    pieces = _arguments(one)
    shown = [plain(piece) for piece in pieces[:MOST_CHUNKS]]
    if len(pieces) > MOST_CHUNKS:
        shown.append(mrkdwn("_The call goes on: “Open in Outrider” shows all of it._"))
    told = context(
        f"asked {moment(one.asked_at)} · run {one.run_id} · input {one.input_sha256[:12]}"
    )
    top: list[Block] = [{"type": "header", "text": words(title)}, mrkdwn(_standing(asked))]
    blocks = [*top, mrkdwn(_sentence(asked)), mrkdwn("*Arguments*"), *shown, told]
    return clip(f"{title} ({one.status.value})", 300), [*blocks, *_buttons(asked)]


def no_view(asked: Asked, private: str) -> Block:
    """A word to the agent, which may stay empty."""
    note = field(NOTE, "A word to the agent", "", one_line=True, hint="too early")
    return {
        "type": "modal",
        "title": words("Say no"),
        "callback_id": NO,
        "private_metadata": private,
        "close": words("Cancel"),
        "submit": words("No"),
        "blocks": [mrkdwn(_sentence(asked)), {**note, "optional": True}],
    }


def look_view(asked: Asked) -> Block:
    """The whole call, to read."""
    pieces = _arguments(asked.request)
    blocks = [mrkdwn(_standing(asked)), mrkdwn(_sentence(asked))]
    blocks += [plain(piece) for piece in pieces[:MOST_IN_A_VIEW]]
    blocks.append(mrkdwn(f"In a terminal: `outrider runs answer {asked.request.id}`"))
    return {
        "type": "modal",
        "title": words("What would be done"),
        "callback_id": LOOK,
        "close": words("Close"),
        "blocks": blocks,
    }


def is_whole_in_slack(one: ToolRequest) -> bool:
    """Whether a person can read the whole call here; else nobody says yes to it here."""
    return len(_arguments(one)) <= MOST_IN_A_VIEW


def _sentence(asked: Asked) -> str:
    """What a yes does, and why it is asked."""
    one = asked.request
    does = f" ({clip(asked.does.rstrip('. '), 300)})" if asked.does else ""
    return (
        f"*A yes calls* `{clip(one.tool, 80).replace('`', '')}`{does} once, for the agent "
        f"{clip(one.agent_name, 40)}, with exactly these arguments.\n"
        f"*Why a person* {clip(one.reason or 'the tool always asks', 400)}"
    )


def _standing(asked: Asked) -> str:
    one = asked.request
    if one.status is RequestStatus.PENDING:
        return ":raised_hand: *Waits for a yes or a no*"
    if one.status is RequestStatus.UNKNOWN:
        return f":warning: *Nobody knows whether it was done*: {clip(one.error or '', 400)}"
    by = f" ({clip(asked.by, 80)}, {moment(one.settled_at)})" if asked.by and one.settled_at else ""
    lines = [_ENDS[one.status] + by]
    lines += [f"“{clip(one.note, 300)}”"] if one.note else []
    lines += [clip(one.error, 400)] if one.error else []
    return "\n".join(lines)


def _arguments(one: ToolRequest) -> list[str]:
    return chunks(json.dumps(one.input, ensure_ascii=False, indent=1))


def _buttons(asked: Asked) -> list[Block]:
    one = asked.request
    value = json.dumps({"draft": str(one.id), "hash": one.input_sha256})
    look = button("Open in Outrider", LOOK, value, url=asked.page)
    if one.status not in OPEN:
        return [{"type": "actions", "elements": [look]}]
    yes = [button("Yes", YES, value, "primary")] if is_whole_in_slack(one) else []
    no = button("No", NO, value, "danger")
    return [{"type": "actions", "elements": [*yes, no, look]}]
