"""Words and times as Block Kit takes them: cut, escaped, and put into blocks.

In: any text, an instant, a label. Out: pieces within the limits of `validate`, ready for a message.
Never: text of others read as a mention, a link or a command; half an escape.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from outrider.app.slack.validate import units

Block = dict[str, Any]

LONGEST_CHUNK = 2_800
"""JSON characters of one section of a mail's text."""
LONGEST_IN_A_FIELD = 3_000
"""Characters of a body that still fits into the field of a modal."""
MOST_MENTIONS = 5

_ELSEWHERE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "_": "＿"})


def chunks(text: str) -> list[str]:
    """A text in pieces of at most `LONGEST_CHUNK` JSON characters, cut at line ends or blanks."""
    found: list[str] = []
    left = text.strip()
    while left:
        end = fits(left, LONGEST_CHUNK)
        if end < len(left):
            cut_at = max(left.rfind("\n", 0, end), left.rfind(" ", 0, end))
            end = cut_at if cut_at > end // 2 else end
        found.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return found or ["(no text)"]


def escaped(text: str) -> str:
    """Text for `mrkdwn`: nothing in it is a link, a mention or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unformatted(text: str) -> str:
    """Signs that would begin or end formatting, as signs that look like them; on one line."""
    return " ".join(text.translate(_ELSEWHERE).split())


def fits(text: str, most: int) -> int:
    """How many characters of a text have at most `most` UTF-16 units as JSON; at least one."""
    used = 0
    for number, letter in enumerate(text):
        used += units(json.dumps(letter, ensure_ascii=False)) - 2
        if used > most:
            return max(number, 1)
    return len(text)


def cut(text: str, most: int) -> str:
    """One line of at most `most` units as JSON."""
    text = " ".join(text.split())
    end = fits(text, most)
    return text if end == len(text) else text[:end].rstrip() + " …"


def clip(text: str, most: int) -> str:
    """`cut` for `mrkdwn`; it is cut before it is escaped, for half an escape is none."""
    clipped, room = escaped(cut(text, most)), most
    while units(clipped) > 2 * most:
        room = room * 2 // 3
        clipped = escaped(cut(text, room))
    return clipped


def moment(at: datetime | str, *, exact: bool = False) -> str:
    """An instant in each reader's own zone and words; `exact` to the second.

    Source: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    shown = "{date_short_pretty} {time_secs}" if exact else "{date_short_pretty} {time}"
    return f"<!date^{int(at.timestamp())}^{shown}|{in_utc(at, exact=exact)}>"


def in_utc(at: datetime | str, *, exact: bool = False) -> str:
    """`Mon 2 Mar 09:00 UTC`, where nobody's zone is known."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (
        f"{at:%a} {at.day} {at:%b} {at:%H:%M:%S}" + " UTC"
        if exact
        else (f"{at:%a} {at.day} {at:%b} {at:%H:%M} UTC")
    )


def mention(slack_user: str) -> str:
    """This user, called by name in the channel."""
    return f"<@{slack_user}>"


def link(url: str, label: str) -> str:
    """A link only for an address of the web that cannot break out of the brackets."""
    is_plain = url.startswith(("https://", "http://")) and not any(c in url for c in "|<> \n")
    return f"<{escaped(url)}|{label}>" if is_plain and len(escaped(url)) <= 300 else label


def plural(count: int, one: str, many: str) -> str:
    """`1 check blocks` or `2 checks block`."""
    return f"{count} {one if count == 1 else many}"


def mrkdwn(text: str) -> Block:
    """A section with formatting."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def plain(text: str) -> Block:
    """A section of somebody's words: nothing in it is formatting, and none of it is folded away."""
    words = {"type": "plain_text", "text": text, "emoji": False}
    return {"type": "section", "text": words, "expand": True}


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def words(text: str) -> Block:
    """A text object without formatting."""
    return {"type": "plain_text", "text": text, "emoji": False}


def button(
    label: str, action: str, value: str = "", style: str | None = None, url: str | None = None
) -> Block:
    """A button; one with `url` opens it in a browser and sends a click besides."""
    made: Block = {"type": "button", "text": words(label), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return {**made, "url": url} if url else made


def overflow(action: str, choices: Sequence[tuple[str, str]]) -> Block:
    """A menu behind three dots: label and value of each choice."""
    options = [{"text": words(label), "value": value} for label, value in choices]
    return {"type": "overflow", "action_id": action, "options": options}


def field(
    name: str, label: str, value: str, *, one_line: bool = False, hint: str | None = None
) -> Block:
    """A field of a modal to write in."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": not one_line,
        "max_length": LONGEST_IN_A_FIELD,
    }
    if value:
        element["initial_value"] = value
    if hint:
        element["placeholder"] = words(hint)
    return {"type": "input", "block_id": name, "label": words(label), "element": element}


def choice(name: str, label: str, choices: Sequence[tuple[str, str]], hint: str) -> Block:
    """A field of a modal to choose from, which may stay empty: label and value of each choice."""
    element: Block = {
        "type": "static_select",
        "action_id": name,
        "placeholder": words(hint),
        "options": [{"text": words(said), "value": value} for said, value in choices],
    }
    made: Block = {"type": "input", "block_id": name, "label": words(label), "element": element}
    return {**made, "optional": True}
