"""A draft as Slack shows it: a card, and the parts of a text too long for it.

In: a draft in the shape of `app.views.slack`. Out: blocks that `validate` finds nothing wrong with.
Never: a button that `can` does not name, a mail's text read as formatting, a word that tells a test
of the reviewers from a draft.

The first screenful says what is wrong, what happens next, what is claimed and from where; the mail
follows, then what others think of it, then the buttons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from outrider.app.slack.blocks import (
    LONGEST_IN_A_FIELD,
    Block,
    button,
    chunks,
    clip,
    context,
    cut,
    escaped,
    fits,
    link,
    moment,
    mrkdwn,
    overflow,
    plain,
    plural,
    words,
)
from outrider.app.slack.changes import changed
from outrider.app.slack.standing import ended, next_step
from outrider.app.slack.validate import MOST_CHARACTERS, units, weight
from outrider.app.views.checks import by_whom

Shown = Mapping[str, Any]
"""A draft as `app.views.slack` gives it."""

APPROVE, REJECT, EDIT = "draft_approve", "draft_reject", "draft_edit"
OPEN, SNOOZE, TAKE_BACK = "draft_open", "draft_snooze", "draft_take_back"

ASIDE = (
    ("Put aside for 2 hours", "2h"),
    ("Until tomorrow", "tomorrow"),
    ("Until Monday", "monday"),
)
AGAIN = ("Show it again", "now")

CHUNKS_OF_A_PART = 4
MOST_PARTS = 8
_ROOM_FOR_THE_REST = 500
_MOST_FINDINGS = 4
_MOST_CLAIMS = 4
_MARKS = {"block": ":no_entry:", "warn": ":warning:", "note": ":memo:"}


def card(draft: Shown, page: str | None = None) -> tuple[str, list[Block], bool]:
    """The words for a notification, the blocks, and whether the whole text is on the card.

    Args:
        draft: the draft.
        page: the address of its page in the web app, where there is one.
    """
    top = [_header(draft), _verdict(draft), *_next(draft), *said(draft), *changed(draft)]
    top += [{"type": "divider"}, addresses(draft), *subject(draft)]
    rest = [{"type": "divider"}, *opinions(draft), fine_print(draft), *_end(draft, page)]
    room = MOST_CHARACTERS - _ROOM_FOR_THE_REST - weight(top) - weight(rest)
    text = [plain(chunk) for chunk in chunks(draft["text"])]
    has_text = weight(text) <= room and len(text) <= 12
    if not has_text:
        beginning = text[0]["text"]["text"]
        beginning = beginning[: fits(beginning, max(room - 300, 200))]
        text = [plain(beginning), mrkdwn("_The whole text is in the thread below._")]
    return summary(draft), [*top, *text, *rest], has_text


def parts(draft: Shown) -> list[tuple[str, list[Block]]]:
    """The whole text as messages for the thread, at most `MOST_PARTS` of them."""
    pieces = chunks(draft["text"])
    groups = [pieces[at : at + CHUNKS_OF_A_PART] for at in range(0, len(pieces), CHUNKS_OF_A_PART)]
    made = []
    for number, group in enumerate(groups[:MOST_PARTS], start=1):
        title = f"Draft {draft['number']}, text {number} of {len(groups)}"
        made.append((title, [mrkdwn(f"*{title}*"), *[plain(piece) for piece in group]]))
    return made


def is_whole_in_slack(draft: Shown) -> bool:
    """Whether a person can read all of the text here; else nothing may be approved here."""
    return len(chunks(draft["text"])) <= MOST_PARTS * CHUNKS_OF_A_PART


def fits_a_field(draft: Shown) -> bool:
    """Whether the words can be edited in a modal without losing some."""
    return all(units(draft[name]) <= LONGEST_IN_A_FIELD for name in ("subject", "body"))


def summary(draft: Shown) -> str:
    """One line, for a notification."""
    return (
        f"Draft {draft['number']} for {clip(draft['account'], 90)} is {draft['status']}: "
        f"{clip(draft['subject'], 200)}"
    )


def addresses(draft: Shown) -> Block:
    """To whom, from whom, as part of what."""
    title = draft["contact_title"] or "title unknown"
    return mrkdwn(
        f"*To* {clip(draft['contact'], 150)}, {clip(title, 100)}\n"
        f"*From* {clip(draft['sender'], 150)}, campaign {clip(draft['campaign'], 80)}, "
        f"step {draft['step']}"
    )


def subject(draft: Shown) -> list[Block]:
    """The subject, as it would be read."""
    return [mrkdwn("*Subject*"), plain(cut(draft["subject"], 300) or "(no subject)")]


def said(draft: Shown) -> list[Block]:
    """What the mail claims, each with the words that it rests on; then what else was read."""
    claims = draft["claims"]
    lines = ["*Claims*"] if claims else []
    lines += [_claim(claim) for claim in claims[:_MOST_CLAIMS]]
    if len(claims) > _MOST_CLAIMS:
        lines.append(f"… and {plural(len(claims) - _MOST_CLAIMS, 'claim', 'claims')} more")
    shown = {claim["evidence"]["quote"] for claim in claims[:_MOST_CLAIMS] if claim.get("evidence")}
    others = [source for source in draft["sources"] if source["quote"] not in shown]
    for source in others[:_MOST_CLAIMS]:
        lines.append(f"• Also read: {_source(source['label'], source['url'], source['quote'])}")
    if len(others) > _MOST_CLAIMS:
        lines.append(f"… and {len(others) - _MOST_CLAIMS} more sources")
    return [mrkdwn("\n".join(lines))] if lines else []


def _claim(claim: Mapping[str, Any]) -> str:
    found = claim.get("evidence")
    rests_on = "nothing that is stored"
    if found:
        rests_on = _source(found["source"], found["url"], found["quote"])
    return f"• “{clip(claim['span'], 90)}” rests on {rests_on}"


def _source(label: str, url: str, quote: str) -> str:
    return f"{link(url, clip(label, 80) or 'source')}: “{clip(quote, 130)}”"


def opinions(draft: Shown) -> list[Block]:
    """The writer's reasons and the judge's scores, while they can help to decide."""
    if draft["status"] != "pending":
        return []
    lines = [f"• {clip(reason, 180)}" for reason in draft["reasoning"][:5] if reason.strip()]
    found = [mrkdwn("*Why*\n" + "\n".join(lines))] if lines else []
    scores = draft.get("scores")
    if scores and scores["dimensions"]:
        name, lowest = min(scores["dimensions"].items(), key=lambda item: item[1]["score"])
        found.append(
            mrkdwn(
                f"*Judge* {float(scores['mean']):.1f} of 5 ({clip(str(scores['by']), 60)}); lowest "
                f"{clip(name.replace('_', ' '), 40)} with {lowest['score']}: "
                f"{clip(lowest['reason'], 160)}"
            )
        )
    return found


def fine_print(draft: Shown) -> Block:
    """How sure, how dear, by whom, and the hash that an approval is bound to."""
    review = draft.get("review") or {}
    calibrated = review.get("confidence")
    sure = (
        f"Confidence {float(calibrated):.2f}, from decisions on drafts like it"
        if calibrated is not None
        else f"Confidence: no evidence yet (the writer says {draft['confidence']:.2f})"
    )
    cost, whole = draft.get("cost_usd") or 0, draft.get("lineage_cost_usd") or 0
    spent = f"${float(cost):.3f}" + (
        f", ${float(whole):.3f} with its earlier versions" if whole and whole != cost else ""
    )
    bits = [
        sure,
        spent if cost or whole else "no model cost",
        _author(draft),
    ]
    if draft.get("language", "en") != "en":
        bits.append(f"language {clip(str(draft['language']), 12)}")
    return context(" · ".join([*bits, f"hash {draft['content_hash'][:12]}"]))


def _author(draft: Shown) -> str:
    if str(draft["writer"]).startswith("person:"):
        return "edited by a person"
    return f"{clip(draft['writer'], 60)} writer"


def may(draft: Shown, verb: str) -> bool:
    """Whether anybody here may do this now."""
    return bool((draft.get("can") or {}).get(verb, {}).get("allowed"))


def _header(draft: Shown) -> Block:
    version = f", version {draft['version']}" if draft["version"] > 1 else ""
    title = f"Draft {draft['number']}{version} · {cut(draft['account'], 90)}"
    return {"type": "header", "text": words(title)}


def _verdict(draft: Shown) -> Block:
    """What the checks say, or how it ended; findings that block come first, each with its fix."""
    if draft["status"] != "pending":
        return mrkdwn(ended(draft))
    order = list(_MARKS)
    findings = sorted(by_whom(draft["findings"]), key=lambda item: order.index(item["severity"]))
    counts = {kind: sum(item["severity"] == kind for item in findings) for kind in order}
    if counts["block"]:
        first = f":no_entry: *Cannot go as it is*: {plural(counts['block'], 'check blocks', 'checks block')}"
    elif counts["warn"]:
        first = f":warning: *Look at {plural(counts['warn'], 'thing', 'things')} first*"
    else:
        first = ":white_check_mark: *All checks are green*"
    lines = [
        f"{_MARKS[item['severity']]} {clip(item['message'].rstrip('. '), 130)}. _{_fix(item['fix'])}_"
        if item["fix"].strip()
        else f"{_MARKS[item['severity']]} {clip(item['message'], 130)}"
        for item in findings[:_MOST_FINDINGS]
    ]
    if len(findings) > _MOST_FINDINGS:
        lines.append(f"… and {len(findings) - _MOST_FINDINGS} more")
    return mrkdwn("\n".join([first, *lines]))


def _fix(fix: str) -> str:
    return clip(fix.replace("_", "-"), 110)


def _next(draft: Shown) -> list[Block]:
    if draft["status"] != "pending":
        return []
    note = (draft.get("note") or "").strip()
    told = [f":memo: {clip(note, 400)}"] if note else []
    return [mrkdwn("\n".join([*next_step(draft), *told]))]


def _end(draft: Shown, page: str | None) -> list[Block]:
    """What may be done now, and why the rest may not."""
    elements, notes = _buttons(draft, page)
    lines = [mrkdwn(note) for note in notes]
    return [*lines, {"type": "actions", "elements": elements}] if elements else lines


def _buttons(draft: Shown, page: str | None) -> tuple[list[Block], list[str]]:
    value = json.dumps({"draft": draft["id"], "hash": draft["content_hash"]})
    if draft["status"] != "pending":
        is_open = may(draft, "take_back") and bool(draft.get("undo_until"))
        return ([button("Take back", TAKE_BACK, value)] if is_open else []), []
    found, notes = [], []
    if not may(draft, "approve"):
        notes.append(_why_not(draft))
    elif not is_whole_in_slack(draft):
        notes.append(f"Too long to be read here: `outrider drafts show {draft['number']}`")
    else:
        found.append(button("Approve", APPROVE, value, "primary"))
    if may(draft, "edit") and fits_a_field(draft):
        found.append(button("Edit", EDIT, value))
    if may(draft, "reject"):
        found.append(button("Reject + note", REJECT, value, "danger"))
    found.append(button("Open", OPEN, value, url=page))
    if may(draft, "snooze"):
        is_aside = bool((draft.get("review") or {}).get("snoozed_until"))
        choices = [AGAIN, *ASIDE] if is_aside else ASIDE
        found.append(
            overflow(SNOOZE, [(label, f"{draft['id']} {until}") for label, until in choices])
        )
    return found, notes


def _why_not(draft: Shown) -> str:
    given = (draft.get("can") or {}).get("approve", {}).get("why_not") or ""
    if any(item["severity"] == "block" for item in draft["findings"]) or not given:
        return "It cannot be approved as it is: edit it, or reject it with a note."
    return f"No approval here: {escaped(cut(given, 300))}"


__all__ = [
    "APPROVE",
    "EDIT",
    "OPEN",
    "REJECT",
    "SNOOZE",
    "TAKE_BACK",
    "addresses",
    "card",
    "fits_a_field",
    "is_whole_in_slack",
    "may",
    "moment",
    "parts",
    "summary",
]
