"""A draft as Slack shows it: a card, the parts of a long text, three modals.

In: a draft in the shape of `app.views.drafts`. Out: blocks that `validate` finds nothing wrong with.
Never: a button on a card that nothing may be decided on, a mail's text read as formatting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from outrider.app.slack.validate import MOST_CHARACTERS, units, weight

Block = dict[str, Any]
Shown = Mapping[str, Any]
"""A draft as `app.views.drafts.draft_json` gives it."""

APPROVE, REJECT, EDIT, OPEN = "draft_approve", "draft_reject", "draft_edit", "draft_open"
NOTE, SUBJECT, BODY = "note", "subject", "body"
"""Block ids of the modals' inputs; their action ids are the same."""

LONGEST_CHUNK = 2_800
"""JSON characters of one section of a mail's text."""
CHUNKS_OF_A_PART = 4
LONGEST_IN_A_FIELD = 3_000
"""Characters of a body that still fits into the field of a modal."""
MOST_PARTS = 8
_ROOM_FOR_THE_REST = 500
_OUTCOMES = {
    "approved": ":white_check_mark: *Approved*",
    "queued": ":white_check_mark: *Approved*, on its way",
    "sent": ":email: *Sent*",
    "rejected": ":leftwards_arrow_with_hook: *Rejected*",
    "superseded": ":pencil2: *Revised*",
    "withdrawn": ":no_entry: *Withdrawn*",
}


def card(draft: Shown) -> tuple[str, list[Block], bool]:
    """The words for a notification, the blocks, and whether the whole text is on the card."""
    top = [_header(draft), _addresses(draft), _verdict(draft), *_words("Subject", draft["subject"])]
    rest = [*_reasons(draft), *_sources(draft), _fine_print(draft), *_end(draft)]
    room = MOST_CHARACTERS - _ROOM_FOR_THE_REST - weight(top) - weight(rest)
    text = [_plain(chunk) for chunk in chunks(draft["text"])]
    has_text = weight(text) <= room and len(text) <= 12
    if not has_text:
        beginning = text[0]["text"]["text"]
        beginning = beginning[: _fits(beginning, max(room - 300, 200))]
        text = [_plain(beginning), _mrkdwn("_The whole text is in the thread below._")]
    return _summary(draft), [*top, {"type": "divider"}, *text, {"type": "divider"}, *rest], has_text


def parts(draft: Shown) -> list[tuple[str, list[Block]]]:
    """The whole text as messages for the thread, at most `MOST_PARTS` of them."""
    pieces = chunks(draft["text"])
    groups = [pieces[at : at + CHUNKS_OF_A_PART] for at in range(0, len(pieces), CHUNKS_OF_A_PART)]
    made = []
    for number, group in enumerate(groups[:MOST_PARTS], start=1):
        title = f"Draft {draft['number']}, text {number} of {len(groups)}"
        made.append((title, [_mrkdwn(f"*{title}*"), *[_plain(piece) for piece in group]]))
    return made


def is_whole_in_slack(draft: Shown) -> bool:
    """Whether a person can read all of the text here; else nothing may be approved here."""
    return len(chunks(draft["text"])) <= MOST_PARTS * CHUNKS_OF_A_PART


def reject_view(draft: Shown, private: str) -> Block:
    """The modal that asks what to do better."""
    field = _field(NOTE, "What should be otherwise?", "", hint="shorter, and open with the audit")
    return _modal("Reject with a note", REJECT, private, [_about(draft), field], "Reject")


def edit_view(draft: Shown, private: str) -> Block:
    """The modal with the words to change."""
    fields = [
        _field(SUBJECT, "Subject", draft["subject"], one_line=True),
        _field(BODY, "Body, without signature and footer", draft["body"]),
    ]
    return _modal("Edit the draft", EDIT, private, [_about(draft), *fields], "Save a new version")


def open_view(draft: Shown) -> Block:
    """The modal that shows everything that fits, to read."""
    blocks = [_addresses(draft), _verdict(draft), *_words("Subject", draft["subject"])]
    blocks += [_plain(chunk) for chunk in chunks(draft["text"])[:30]]
    blocks += [*_reasons(draft), *_sources(draft), _fine_print(draft)]
    where = f"In a terminal: `outrider drafts show {draft['number']}`"
    return _modal(f"Draft {draft['number']}"[:24], OPEN, "", [*blocks, _mrkdwn(where)])


def chunks(text: str) -> list[str]:
    """A text in pieces of at most `LONGEST_CHUNK` JSON characters, cut at line ends or blanks."""
    found: list[str] = []
    left = text.strip()
    while left:
        end = _fits(left, LONGEST_CHUNK)
        if end < len(left):
            cut = max(left.rfind("\n", 0, end), left.rfind(" ", 0, end))
            end = cut if cut > end // 2 else end
        found.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return found or ["(no text)"]


def escaped(text: str) -> str:
    """Text for `mrkdwn`: nothing in it is a link, a mention or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fits(text: str, most: int) -> int:
    """How many characters of a text have at most `most` UTF-16 units as JSON; at least one."""
    used = 0
    for number, letter in enumerate(text):
        used += units(json.dumps(letter, ensure_ascii=False)) - 2
        if used > most:
            return max(number, 1)
    return len(text)


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    end = _fits(text, most)
    return text if end == len(text) else text[:end].rstrip() + " …"


def _clip(text: str, most: int) -> str:
    """`_cut` for `mrkdwn`; it is cut before it is escaped, for half an escape is none."""
    clipped, room = escaped(_cut(text, most)), most
    while units(clipped) > 2 * most:
        room = room * 2 // 3
        clipped = escaped(_cut(text, room))
    return clipped


def _header(draft: Shown) -> Block:
    version = f", version {draft['version']}" if draft["version"] > 1 else ""
    words = f"Draft {draft['number']}{version} · {_cut(draft['account'], 90)}"
    return {"type": "header", "text": {"type": "plain_text", "text": words, "emoji": False}}


def _summary(draft: Shown) -> str:
    return (
        f"Draft {draft['number']} for {_clip(draft['account'], 90)} is {draft['status']}: "
        f"{_clip(draft['subject'], 200)}"
    )


def _addresses(draft: Shown) -> Block:
    title = draft["contact_title"] or "title unknown"
    return _mrkdwn(
        f"*To* {_clip(draft['contact'], 150)}, {_clip(title, 100)}\n"
        f"*From* {_clip(draft['sender'], 150)}, campaign {_clip(draft['campaign'], 80)}, "
        f"step {draft['step']}\n"
        "*When* with the next sending run after an approval; nothing leaves before one"
    )


def _verdict(draft: Shown) -> Block:
    """What the checks say; findings that block come first."""
    order = {"block": 0, "warn": 1, "note": 2}
    marks = {"block": ":no_entry: *Blocks*", "warn": ":warning: *Look*", "note": ":memo:"}
    findings = sorted(draft["findings"], key=lambda item: order[item["severity"]])
    if not findings:
        return _mrkdwn(":white_check_mark: *All checks are green*")
    lines = [
        f"{marks[item['severity']]} {_clip(item['message'], 130)} {_clip(item['fix'], 110)}"
        for item in findings[:4]
    ]
    if len(findings) > 4:
        lines.append(f"… and {len(findings) - 4} more")
    return _mrkdwn("\n".join(lines))


def _words(label: str, text: str) -> list[Block]:
    return [_mrkdwn(f"*{label}*"), _plain(_cut(text, 300) or f"(no {label.lower()})")]


def _reasons(draft: Shown) -> list[Block]:
    lines = [f"• {_clip(reason, 180)}" for reason in draft["reasoning"][:5] if reason.strip()]
    return [_mrkdwn("*Why*\n" + "\n".join(lines))] if lines else []


def _sources(draft: Shown) -> list[Block]:
    lines = []
    for source in draft["sources"][:4]:
        label = _clip(source["label"], 80) or "source"
        lines.append(f"• {_link(source['url'], label)}: “{_clip(source['quote'], 130)}”")
    if len(draft["sources"]) > 4:
        lines.append(f"… and {len(draft['sources']) - 4} more")
    return [_mrkdwn("*From*\n" + "\n".join(lines))] if lines else []


def _link(url: str, label: str) -> str:
    """A link only for an address of the web that cannot break out of the brackets."""
    is_plain = url.startswith(("https://", "http://")) and not any(c in url for c in "|<> \n")
    return f"<{escaped(url)}|{label}>" if is_plain and len(escaped(url)) <= 300 else label


def _fine_print(draft: Shown) -> Block:
    text = (
        f"Confidence {draft['confidence']:.2f} · {_clip(draft['writer'], 60)} writer · "
        f"hash {draft['content_hash'][:12]}"
    )
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _end(draft: Shown) -> list[Block]:
    """The buttons of a pending draft, else how it ended."""
    if draft["status"] != "pending":
        return [_mrkdwn(_outcome(draft))]
    value = json.dumps({"draft": draft["id"], "hash": draft["content_hash"]})
    is_blocked = any(item["severity"] == "block" for item in draft["findings"])
    buttons, notes = [], []
    if is_blocked:
        notes.append("It cannot be approved as it is: edit it, or reject it with a note.")
    elif not is_whole_in_slack(draft):
        notes.append(f"Too long to be read here: `outrider drafts show {draft['number']}`")
    else:
        buttons.append(_button("Approve", APPROVE, value, "primary"))
    if fits_a_field(draft):
        buttons.append(_button("Edit", EDIT, value))
    buttons += [
        _button("Reject + note", REJECT, value, "danger"),
        _button("Open", OPEN, value),
    ]
    return [*[_mrkdwn(note) for note in notes], {"type": "actions", "elements": buttons}]


def fits_a_field(draft: Shown) -> bool:
    """Whether the words can be edited in a modal without losing some."""
    return all(units(draft[name]) <= LONGEST_IN_A_FIELD for name in ("subject", "body"))


def _outcome(draft: Shown) -> str:
    said = _OUTCOMES[draft["status"]]
    if draft["decided_by"] and draft["decided_at"]:
        said += f" by {_clip(draft['decided_by'], 100)} at {draft['decided_at'][:16].replace('T', ' ')} UTC"
    if draft["status"] == "rejected":
        said += (
            f": “{_clip(draft['decision_note'] or '', 700)}”\nA new version follows in this thread."
        )
    elif draft["status"] == "superseded":
        said += "\nThe new version follows in this thread and waits for its own approval."
    elif draft["status"] == "withdrawn" and draft["note"]:
        said += f": {_clip(draft['note'], 500)}"
    return said


def _about(draft: Shown) -> Block:
    return _mrkdwn(f"Draft {draft['number']} to {_clip(draft['contact'], 150)}")


def _mrkdwn(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain(text: str) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _button(label: str, action: str, value: str, style: str | None = None) -> Block:
    text = {"type": "plain_text", "text": label, "emoji": False}
    button: Block = {"type": "button", "text": text, "action_id": action, "value": value}
    return {**button, "style": style} if style else button


def _field(
    name: str, label: str, value: str, *, one_line: bool = False, hint: str | None = None
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": not one_line,
        "max_length": LONGEST_IN_A_FIELD,
    }
    if value:
        element["initial_value"] = value
    if hint:
        element["placeholder"] = {"type": "plain_text", "text": hint, "emoji": False}
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "input", "block_id": name, "label": text, "element": element}


def _modal(
    title: str, callback: str, private: str, blocks: Sequence[Block], submit: str | None = None
) -> Block:
    def words(text: str) -> Block:
        return {"type": "plain_text", "text": text, "emoji": False}

    view: Block = {
        "type": "modal",
        "title": words(title),
        "callback_id": callback,
        "private_metadata": private,
        "close": words("Cancel" if submit else "Close"),
        "blocks": list(blocks),
    }
    return {**view, "submit": words(submit)} if submit else view
