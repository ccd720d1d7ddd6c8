"""How a draft stands, in words: who decides by when, or how it ended.

In: a draft in the shape of `app.views.slack`. Out: lines for a card or a thread. Never: a block, a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.app.slack.blocks import MOST_MENTIONS, clip, mention, moment

_ENDS = {
    "hold": "then it waits for a person",
    "escalate": "then the next one is asked",
    "expire": "then it expires and is not sent",
    "auto_send": "then it goes without an approval, if nothing stands against it",
}
_OUTCOMES = {
    "approved": ":white_check_mark: *Approved*",
    "queued": ":white_check_mark: *Approved*, on its way",
    "sent": ":email: *Sent*",
    "rejected": ":leftwards_arrow_with_hook: *Rejected*",
    "superseded": ":pencil2: *Revised*",
    "expired": ":hourglass: *Expired*",
    "withdrawn": ":no_entry: *Withdrawn*",
}
PLANNED = "with the next sending run after an approval; nothing leaves before one"


def next_step(draft: Mapping[str, Any]) -> list[str]:
    """What a pending draft waits for."""
    review = draft.get("review")
    when = f"*When* {_if_approved_now(draft)}"
    if review is None:
        return ["*Next* its policy is asked; whoever may can decide already", when]
    can = (draft.get("can") or {}).get("approve", {"allowed": True})
    deed = "a decision" if can["allowed"] else "an edit or a rejection"
    lines = [f"*Next* {deed} by {_who(draft, review)}{_by_when(review)}"]
    if review["rule"] != "otherwise":
        lines.append(f"*Rule* {clip(review['rule'], 80)}: {clip(review['reason'], 200)}")
    lines += _four_eyes(review)
    if review.get("snoozed_until"):
        lines.append(f"*Aside* until {moment(review['snoozed_until'])}; its time goes on")
    return [*lines, when]


def _if_approved_now(draft: Mapping[str, Any]) -> str:
    found = draft.get("planned")
    if not found:
        return PLANNED
    return f"{_at(found)} if it is approved now; nothing leaves before an approval"


def _at(found: Mapping[str, Any]) -> str:
    """About when, as the reader counts and as the recipient does, and what it waits for."""
    there = f", {clip(found['local'], 5)} for the recipient" if found.get("local") else ""
    why = f" ({clip(found['reason'], 100)})" if found.get("reason") else ""
    return f"about {moment(found['at'])}{there}{why}"


def ended(draft: Mapping[str, Any]) -> str:
    """How a draft that waits no more ended, or how far it is."""
    status = draft["status"]
    if status == "superseded" and draft.get("decision") == "approve":
        return (
            f"{_OUTCOMES['approved']} by {decider(draft)}, and taken back.\n"
            "The same words wait again in this thread."
        )
    said = _OUTCOMES[status]
    if draft.get("decision") and draft["decided_at"]:
        said += f" by {decider(draft)}, {moment(draft['decided_at'])}"
    return said + _more(draft, status)


def decider(draft: Mapping[str, Any]) -> str:
    """Who decided: a person's name, or what did in nobody's name."""
    return clip(draft["decided_by"] or "somebody who left", 100)


def asked(draft: Mapping[str, Any]) -> str:
    """Who is asked now, called by name where Slack knows them; empty when it is anybody."""
    found = draft.get("asked") or {}
    users, names = found.get("users", [])[:MOST_MENTIONS], found.get("names", [])[:MOST_MENTIONS]
    return ", ".join([*[mention(user) for user in users], *[clip(name, 60) for name in names]])


def _more(draft: Mapping[str, Any], status: str) -> str:
    note = clip(draft["note"] or "", 500)
    if status == "approved" and draft.get("undo_until"):
        leaves = _at(draft["planned"]) if draft.get("planned") else "with the next sending run"
        back = f"; can be taken back until {moment(draft['undo_until'], exact=True)}"
        return f"{back}.\nIt leaves {leaves}."
    if status in ("approved", "queued"):
        return ".\nIt leaves with the next sending run."
    if status == "sent" and draft.get("sent"):
        return f".\nIt left {moment(draft['sent']['at'])}."
    if status == "rejected":
        asked_for = clip(draft["decision_note"] or "", 700)
        return f": “{asked_for}”\n{_after_all(draft) or 'A new version follows in this thread.'}"
    if status == "superseded":
        new = "The new version follows in this thread and waits for its own approval."
        return f"\n{_after_all(draft) or new}"
    return f": {note}" if note else ""


def _after_all(draft: Mapping[str, Any]) -> str:
    """What a test of the reviewers says once it is decided; it gets no new version."""
    return clip(draft["note"] or "", 500) if draft.get("was_test") else ""


def _who(draft: Mapping[str, Any], review: Mapping[str, Any]) -> str:
    people = asked(draft)
    if review["assigned"] is None and review["action"] != "escalate":
        return "anyone who may"
    role = clip(str(review["assigned"] or "").replace("_", " "), 80)
    if not people:
        return role or "anyone who may"
    return f"{people} ({role})" if role and "@" not in role else people


def _by_when(review: Mapping[str, Any]) -> str:
    if not review.get("due_at"):
        return ""
    then = _ENDS.get(review.get("on_timeout") or "", "")
    return f", due {moment(review['due_at'])}" + (f"; {then}" if then else "")


def _four_eyes(review: Mapping[str, Any]) -> list[str]:
    needed = int(review.get("approvals_needed") or 1)
    if needed < 2:
        return []
    names = [clip(name, 60) for name in review.get("approved_by") or []]
    if not names:
        return [f"*Four eyes* {needed} people must approve it"]
    return [
        f"*Four eyes* {len(names)} of {needed}: {', '.join(names)} approved; "
        "one more is needed, by somebody else"
    ]
