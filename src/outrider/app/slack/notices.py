"""What a thread is told besides the cards: the clock, the decision, the sending, the answer.

In: a draft in the shape of `app.views.slack`. Out: one `Notice` each, under a topic that is its own for
ever. Never: a notice of what is no longer so, more than a short quote of what a stranger wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outrider.app.slack.blocks import Block, clip, escaped, in_utc, moment, mrkdwn
from outrider.app.slack.standing import asked, decider

LONGEST_QUOTE = 200
"""Characters of a reply."""

CLOCK, DECISION, EXPIRED, SENT, REPLY = "clock", "decision", "expired", "sent", "reply"
"""First words of topics."""

_KINDS = {
    "reply": ":incoming_envelope: *Reply*",
    "opt_out": ":no_entry_sign: *Opted out*",
    "auto_reply": ":palm_tree: *Automatic reply*",
    "bounce": ":warning: *Came back*",
    "complaint": ":rotating_light: *Complaint*",
}
_QUOTED = ("reply", "opt_out", "auto_reply")


@dataclass(frozen=True)
class Notice:
    """One line for the thread; a topic is told once."""

    topic: str
    text: str
    blocks: tuple[Block, ...]


def notices(draft: Mapping[str, Any]) -> list[Notice]:
    """Everything that the thread should know about this version by now, oldest first."""
    found = [_clock(draft), _decision(draft), _expired(draft), _sent(draft)]
    return [one for one in found if one is not None] + [
        _reply(draft, reply) for reply in draft.get("replies") or ()
    ]


def _clock(draft: Mapping[str, Any]) -> Notice | None:
    """A reminder or an escalation, while it waits."""
    clock = draft.get("clock")
    if clock is None or draft["status"] != "pending" or not clock["notice"].strip():
        return None
    whom = asked(draft)
    said = f":alarm_clock: {clip(clock['notice'], 400)}"
    return _notice(f"{CLOCK} {clock['step']}", f"{said}\n{whom}" if whom else said, clock["notice"])


def _decision(draft: Mapping[str, Any]) -> Notice | None:
    """An approval or a rejection; an edit is told by the card of its version."""
    kind = draft.get("decision")
    if kind not in ("approve", "reject") or not draft["decided_at"]:
        return None
    said = f"Draft {draft['number']} was {'approved' if kind == 'approve' else 'rejected'}"
    said += f" by {decider(draft)}, "
    mark = ":white_check_mark:" if kind == "approve" else ":leftwards_arrow_with_hook:"
    note = f": “{clip(draft['decision_note'], 300)}”" if draft["decision_note"] else "."
    text = f"{said}{in_utc(draft['decided_at'])}."
    return _notice(DECISION, f"{mark} {said}{moment(draft['decided_at'])}{note}", text)


def _expired(draft: Mapping[str, Any]) -> Notice | None:
    if draft["status"] != "expired":
        return None
    said = f"Draft {draft['number']} expired: nobody decided in time, and it is not sent."
    return _notice(EXPIRED, f":hourglass: {said}", said)


def _sent(draft: Mapping[str, Any]) -> Notice | None:
    sent = draft.get("sent")
    if sent is None:
        return None
    said = f"Draft {draft['number']} was sent"
    text = f"{said} {in_utc(sent['at'])}."
    return _notice(
        SENT, f":email: {said} {moment(sent['at'])}. `{escaped(sent['message_id'][:200])}`", text
    )


def _reply(draft: Mapping[str, Any], reply: Mapping[str, Any]) -> Notice:
    mark = _KINDS.get(reply["kind"], ":incoming_envelope: *Answer*")
    said = f"{mark} to draft {draft['number']}, {moment(reply['at'])}"
    words = " ".join(reply["text"].split())[:LONGEST_QUOTE]
    if reply["kind"] in _QUOTED and words:
        said += f"\n> {clip(words, LONGEST_QUOTE)}"
    word = reply["kind"].replace("_", " ")
    return _notice(f"{REPLY} {reply['id']}", said, f"Draft {draft['number']}: {word}.")


def _notice(topic: str, said: str, text: str) -> Notice:
    return Notice(topic, escaped(text), (mrkdwn(said),))
