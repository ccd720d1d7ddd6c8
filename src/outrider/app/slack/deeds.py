"""What a click or a submitted form does to a draft, in the caller's transaction.

In: the open transaction of a known person, a draft, what was clicked or written. Out: a sentence for that
person alone, where there is something to say. Never: a rule (`drafts.decide` has them), a call of Slack.
"""

from __future__ import annotations

from outrider.app.slack import cards, modals
from outrider.app.slack.blocks import in_utc
from outrider.app.slack.payloads import Click, Submission
from outrider.drafts import decide
from outrider.drafts.review import calendar, snooze
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

AT_ONCE = {cards.APPROVE: "approve", cards.TAKE_BACK: "take_back", cards.SNOOZE: "snooze"}
"""Buttons that need no form, and the name of what they do."""


async def done(tx: Tx, member: Member, draft: Draft, click: Click) -> str | None:
    """Do what a button says at once.

    Raises:
        NotFound, NotAllowed, Refused, Conflict, InvalidInput, Broken: as `drafts.decide` says.
    """
    if click.action == cards.SNOOZE:
        return await _put_aside(tx, member, draft, click.choice)
    if click.action == cards.TAKE_BACK:
        new = await decide.take_back(tx, draft.id, member.person_id)
        return f"The approval is taken back; the same words wait again as draft {new.number}."
    decided = await decide.approve(tx, draft.id, member.person_id, expected_hash=click.about.hash)
    if decided.is_seed:
        return decided.note
    if decided.status is DraftStatus.PENDING:
        return f"You approved draft {draft.number}; one more approval is needed, by somebody else."
    return None


async def submitted(tx: Tx, member: Member, draft: Draft, given: Submission) -> str | None:
    """Reject or edit with what a form says.

    Raises:
        NotFound, NotAllowed, Conflict, InvalidInput: as `drafts.decide` says.
    """
    who, values = member.person_id, given.values
    if given.callback == cards.REJECT:
        about = values.get(modals.CATEGORY) or None
        found = await decide.reject(tx, draft.id, who, values.get(modals.NOTE, ""), about)
    elif given.callback == cards.EDIT:
        subject, body = values.get(modals.SUBJECT, ""), values.get(modals.BODY, "")
        found = await decide.edit(tx, draft.id, who, subject=subject, body=body)
    else:
        return None
    return found.note if found.is_seed else None


async def _put_aside(tx: Tx, member: Member, draft: Draft, choice: str) -> str:
    if choice == cards.AGAIN[1]:
        await decide.snooze(tx, draft.id, member.person_id, None)
        return f"Draft {draft.number} is shown again."
    if choice not in {word for _, word in cards.ASIDE}:
        raise InvalidInput(
            f"{choice!r} is no time of ours: choose from the menu of the newest card."
        )
    works = await calendar.working_time_of(tx, member.person_id)
    until = snooze.instant(choice, tx.now, works)
    await decide.snooze(tx, draft.id, member.person_id, until)
    return (
        f"Draft {draft.number} is put aside until {in_utc(until)}; the time to decide it goes on."
    )
