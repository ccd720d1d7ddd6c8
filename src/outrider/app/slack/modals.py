"""The forms that a button opens: reject with a note, edit, read.

In: a draft in the shape of `app.views.slack`. Out: views that `validate` finds nothing wrong with.
Never: a decision; a form is a question.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.app.slack import cards
from outrider.app.slack.blocks import Block, choice, chunks, clip, field, mrkdwn, plain, words
from outrider.app.slack.cards import EDIT, OPEN, REJECT, Shown
from outrider.app.slack.standing import ended, next_step
from outrider.drafts.types import RejectCategory

NOTE, SUBJECT, BODY, CATEGORY = "note", "subject", "body", "category"
"""Block ids of the fields; their action ids are the same."""

CATEGORIES = {
    RejectCategory.TONE_LENGTH: "Tone or length",
    RejectCategory.ANGLE_SELECTION: "The angle",
    RejectCategory.PERSONALIZATION: "Personal to this reader",
    RejectCategory.FORMATTING: "Formatting",
    RejectCategory.CONTENT: "What it says",
}


def reject_view(draft: Shown, private: str) -> Block:
    """What to do better, and what it is about if the person says so."""
    fields = [
        field(NOTE, "What should be otherwise?", "", hint="shorter, and open with the audit"),
        choice(
            CATEGORY,
            "What is it about?",
            [(label, str(value)) for value, label in CATEGORIES.items()],
            "May stay empty",
        ),
    ]
    return _modal("Reject with a note", REJECT, private, [_about(draft), *fields], "Reject")


def edit_view(draft: Shown, private: str) -> Block:
    """The words to change."""
    fields = [
        field(SUBJECT, "Subject", draft["subject"], one_line=True),
        field(BODY, "Body, without signature and footer", draft["body"]),
    ]
    return _modal("Edit the draft", EDIT, private, [_about(draft), *fields], "Save a new version")


def open_view(draft: Shown) -> Block:
    """Everything that fits, to read."""
    lines = next_step(draft) if draft["status"] == "pending" else [ended(draft)]
    blocks = [mrkdwn("\n".join(lines)), cards.addresses(draft), *cards.subject(draft)]
    blocks += [plain(chunk) for chunk in chunks(draft["text"])[:30]]
    blocks += [*cards.said(draft), *cards.opinions(draft), cards.fine_print(draft)]
    where = f"In a terminal: `outrider drafts show {draft['number']}`"
    return _modal(f"Draft {draft['number']}"[:24], OPEN, "", [*blocks, mrkdwn(where)])


def _about(draft: Shown) -> Block:
    return mrkdwn(f"Draft {draft['number']} to {clip(draft['contact'], 150)}")


def _modal(
    title: str, callback: str, private: str, blocks: Sequence[Block], submit: str | None = None
) -> Block:
    view: Block = {
        "type": "modal",
        "title": words(title),
        "callback_id": callback,
        "private_metadata": private,
        "close": words("Cancel" if submit else "Close"),
        "blocks": list(blocks),
    }
    return {**view, "submit": words(submit)} if submit else view
