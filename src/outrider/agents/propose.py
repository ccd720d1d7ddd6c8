"""Write one mail for one enrollment: gather, ask, keep the draft for approval.

In: a shift and an enrollment. Out: a pending draft, checked.
Never: a transaction open while a model is asked, a recipient or a link that does not come from the
database, a draft for somebody we may not write to.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from outrider.agents import lead
from outrider.agents.asking import About
from outrider.agents.roster import DRAFT
from outrider.agents.shift import Shift
from outrider.agents.types import Action, ActionKind, Phase
from outrider.campaigns import enrol
from outrider.campaigns.types import Enrollment, Step
from outrider.drafts import write
from outrider.drafts.types import Draft, Sender, WriteRequest, WrittenMail
from outrider.kernel.asking import Answer
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, Refused
from outrider.prospects import consent, research
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactId
from outrider.sending import mailboxes, unsubscribe
from outrider.sending.types import Mailbox, MailboxId


@dataclass(frozen=True)
class Gathered:
    """All that one mail is written from."""

    request: WriteRequest
    account: str
    step: Step
    about: About
    """Whom it is about: it chooses the model and counts against this person's budget."""


async def propose(shift: Shift, enrollment: Enrollment) -> Action | None:
    """Write the next step of an enrollment; None when it has a draft already.

    Raises:
        Refused: the contact may not be written to.
        BudgetExceeded, SwitchedOff: the run must stop.
        VendorUnavailable: no model answered.
    """
    if shift.is_written(enrollment.id, enrollment.next_step):
        return None
    async with shift.env.begin() as tx:
        gathered = await _gather(tx, shift, enrollment)
    answer = await shift.asking.ask(write.WRITE_TASK, gathered.request, gathered.about)
    try:
        draft = await _keep(shift, enrollment, gathered, answer)
    except Conflict as conflict:  # a person or another run was first; its draft stands
        return shift.act(
            ActionKind.SKIPPED,
            f"{gathered.account}: {conflict.message}",
            enrollment.account_id,
        )
    shift.remember([draft])
    return shift.actions[-1]


async def _gather(tx: Tx, shift: Shift, enrollment: Enrollment) -> Gathered:
    why_not = (await consent.may_write(tx, [enrollment.contact_id]))[enrollment.contact_id]
    if why_not is not None:
        raise Refused(f"No mail for the contact {enrollment.contact_id}: {why_not}.")
    contact = await prospects.contact(tx, enrollment.contact_id)
    dossier = await research.dossier(tx, enrollment.account_id)
    step = await enrol.step_for(tx, enrollment)
    if step is None:
        raise Refused(f"The sequence has no step {enrollment.next_step}.")
    request = write.request(
        dossier,
        contact,
        # The thread sticks to the mailbox that began it, whichever one this run was given.
        _sender(shift, await mailboxes.by_id(tx, MailboxId(enrollment.mailbox_id)), contact.id),
        shift.campaign,
        blueprint=shift.blueprint,
        step=step,
        now=tx.now,
        enrollment=enrollment,
        angles_used=shift.angles_used(enrollment.id, step.number),
        briefing=shift.request.briefing,
    )
    known = await lead.of_dossier(
        tx, dossier, step=enrollment.next_step, answers=len(enrollment.replies_at)
    )
    about = About(known, UUID(str(contact.id)), Phase.OUTREACH)
    return Gathered(request, dossier.account.name, step, about)


def _sender(shift: Shift, mailbox: Mailbox, contact_id: ContactId) -> Sender:
    """Who sends it, with the way out for this contact alone (A-57)."""
    env = shift.env
    return Sender(
        mailbox_id=mailbox.id,
        address=mailbox.address,
        name=mailbox.name,
        brand=shift.campaign.brand,
        postal_address=mailbox.postal_address,
        booking_link=mailbox.booking_link,
        signature=mailbox.signature,
        unsubscribe_url=unsubscribe.url(env.public_url, contact_id, env.unsubscribe_key),
        layout=mailbox.layout,
    )


async def _keep(
    shift: Shift, enrollment: Enrollment, gathered: Gathered, answer: Answer[WrittenMail]
) -> Draft:
    asked = {"enrollment_id": str(enrollment.id), "step": enrollment.next_step}
    async with shift.recorder.tool(DRAFT, asked) as call:
        draft = await write.save(call.tx, enrollment, gathered.request, answer, shift.run_id)
        blocked = ", ".join(sorted({finding.check for finding in draft.blocked_by}))
        text = f"{gathered.account}: draft {draft.number}, {_purpose(gathered.step)}"
        text += f", blocked by {blocked}" if blocked else ""
        call.said(shift.action(ActionKind.DRAFTED, text, enrollment.account_id, draft))
    shift.actions.append(call.actions[0])
    return draft


def _purpose(step: Step) -> str:
    return f"step {step.number} ({step.purpose.replace('_', ' ')})"
