"""One draft at a terminal, as a reviewer reads it: what is wrong, what is next, what is claimed, the mail.

In: a draft in the shape of `app.views.drafts`. Out: lines. Never: a question, a change.
"""

from __future__ import annotations

from typing import Any

from outrider.app.cli.output import author, minute, moment, prose, results, say
from outrider.app.views.checks import by_whom

_MARKS = {"block": "BLOCKS", "warn": "LOOK", "note": "NOTE"}
_ENDS = {
    "hold": "then it waits for a person",
    "escalate": "then the next one is asked",
    "expire": "then it expires and is not sent",
    "auto_send": "then it goes without an approval, if nothing stands against it",
}


def verdict(draft: dict[str, Any]) -> str:
    """What the checks say of a draft, in two or three words."""
    severities = [finding["severity"] for finding in draft["findings"]]
    if "block" in severities:
        return f"{severities.count('block')} blocking"
    return f"{severities.count('warn')} to look at" if "warn" in severities else "all green"


def print_draft(draft: dict[str, Any]) -> None:
    """One draft; what decides stands above the mail, what explains below it."""
    results.rule(
        f"[bold]Draft {draft['number']}[/] · {draft['status']} · {verdict(draft)}", align="left"
    )
    say(
        f"To       {draft['contact']}, {draft['contact_title'] or 'title unknown'}, {draft['account']}"
    )
    say(
        f"From     {draft['sender']} (step {draft['step']}, version {draft['version']}, {author(draft)})"
    )
    _print_findings(draft)
    _print_next(draft)
    _print_claims(draft)
    _print_changes(draft)
    say(f"\nSubject  {draft['subject']}\n")
    prose(draft["text"].rstrip())
    _print_reasons(draft)
    say(f"\nHash     {draft['content_hash']}")


def _print_findings(draft: dict[str, Any]) -> None:
    """The worst first, each with what mends it."""
    order = list(_MARKS)
    for finding in sorted(by_whom(draft["findings"]), key=lambda one: order.index(one["severity"])):
        mark = _MARKS[finding["severity"]]
        message, fix = finding["message"].rstrip(". "), finding["fix"].strip()
        say(f"{mark:<8} {message}." + (f" Fix: {fix}" if fix else ""))


def _print_next(draft: dict[str, Any]) -> None:
    """Who decides, by when, why they, and whether the person who looks may."""
    review = draft["review"]
    if review is not None and draft["status"] == "pending":
        is_blocked = any(finding["severity"] == "block" for finding in draft["findings"])
        deed = "an edit or a rejection" if is_blocked else "a decision"
        who = (review["assigned"] or "anyone who may").replace("_", " ")
        ends = _ENDS.get(review["on_timeout"], "")
        due = f", due {minute(review['due_at'])} UTC; {ends}" if review["due_at"] else ""
        say(f"Next     {deed} by {who}{due}")
        say(f"Because  {review['reason']} Risk {review['risk']}.")
        if review["approvals_needed"] > 1:
            by = ", ".join(review["approved_by"]) or "nobody yet"
            say(f"Needs    {review['approvals_needed']} people; approved by {by}")
        if review["snoozed_until"]:
            say(f"Aside    until {minute(review['snoozed_until'])} UTC")
        why_not = (draft["can"] or {}).get("approve", {}).get("why_not")
        if why_not and not is_blocked:
            say(f"You      cannot approve it: {why_not}")
    if draft["undo_until"]:
        say(f"Undo     until {moment(draft['undo_until'])}: outrider drafts undo {draft['number']}")


def _print_claims(draft: dict[str, Any]) -> None:
    """What it claims and the words that each claim rests on; then what else was read."""
    shown = set()
    for number, claim in enumerate(draft["claims"], start=1):
        found = claim.get("evidence")
        title = "Claims " if number == 1 else "       "
        if found is None:
            say(f'{title}  {number}. "{claim["span"]}" rests on nothing that is stored')
            continue
        shown.add(found["quote"])
        say(f'{title}  {number}. "{claim["span"]}" rests on {found["source"]}:')
        say(f'            "{found["quote"]}"')
        say(f"            {found['url']}")
    for source in draft["sources"]:
        if source["quote"] not in shown:
            say(f'Also     {source["label"]}: "{source["quote"]}"')
            say(f"            {source['url']}")


def _print_changes(draft: dict[str, Any]) -> None:
    """What was asked for, and what is otherwise than in the version before."""
    if draft["note"]:
        say(f"Note     {draft['note']}")
    changes = [(op, text) for op, text in draft["diff"] if op != "same"]
    if changes:
        say(f"Since draft {draft['replaces']}")
    for op, text in changes:
        say(f"  {'+' if op == 'added' else '-'} {' '.join(text.split())}")


def _print_reasons(draft: dict[str, Any]) -> None:
    """Why it was written so, and what the judge thinks."""
    if draft["reasoning"]:
        say("\nWhy")
    for reason in draft["reasoning"]:
        say(f"  - {reason}")
    scores = draft["scores"]
    if scores is not None:
        each = ", ".join(
            f"{name.replace('_', ' ')} {found['score']}"
            for name, found in scores["dimensions"].items()
        )
        say(f"\nJudge    {scores['mean']:.2f} of 5 ({scores['by']}): {each}")
