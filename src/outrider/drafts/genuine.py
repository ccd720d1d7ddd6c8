"""Whether a stored draft still is what this room makes of its words: the last look before an approval.

In: a pending draft, the open transaction. Out: nothing, or the error that says what is not right.
Never: trust in what the row says of itself. An agent's login may add drafts, so recipient, brand,
thread, HTML, headers, sources and findings are made again from the database (decision 0005) and compared.
"""

from __future__ import annotations

from outrider.campaigns import enrol
from outrider.campaigns.types import Enrollment, EnrollmentStatus
from outrider.drafts import dress
from outrider.drafts.check import Known, grounds, grounds_with, is_evidence, known
from outrider.drafts.review import second
from outrider.drafts.rules import as_stored, compose, wording
from outrider.drafts.types import Draft, MailContent, Recipient, Sender, Thread
from outrider.drafts.verdicts import checked
from outrider.drafts.write import recipient
from outrider.guardrails.types import Finding, Severity
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, Conflict, InvalidInput, Refused

_SHOWN = ("subject", "text", "html", "headers", "attachments")


async def blocking(
    tx: Tx, draft: Draft, earlier: tuple[str, ...] | None = None
) -> tuple[Finding, ...]:
    """What blocks this draft now, by today's facts; the findings in its row are not believed.

    Raises:
        Broken, Conflict, Refused: as for `findings`.
    """
    found = await findings(tx, draft, earlier)
    return tuple(item for item in found if item.severity is Severity.BLOCK)


async def findings(
    tx: Tx, draft: Draft, earlier: tuple[str, ...] | None = None
) -> tuple[Finding, ...]:
    """What the checks say of this draft now, of every severity; then what the second reader adds.

    Args:
        tx: the open transaction.
        draft: as it is stored.
        earlier: the bodies that its contact was sent, where they were read in this transaction.

    Raises:
        Broken: it is no mail that this room would have written.
        Conflict: the contact or the campaign changed since it was written.
        Refused: the person may not be written to, or a source is no evidence that we have.
    """
    enrollment, campaign = await enrol.with_campaign(tx, draft.enrollment_id)
    _belongs(draft, enrollment)
    now = await known(tx, draft, campaign)
    _may_go_on(draft, enrollment, now)
    _is_addressed_as_of_now(draft, now)
    await _is_composed(tx, draft, enrollment)
    foreign = next((s for s in draft.sources if not is_evidence(s, now.dossier)), None)
    if foreign is not None:
        raise Refused(
            f"Draft {draft.number} shows the source {foreign.label[:60]!r}, which is not among the "
            "evidence of its account today: reject it with a note for a new version."
        )
    if earlier is None:
        stands_on = await grounds(tx, draft, now)
    else:
        stands_on = grounds_with(now, draft, tx.now.date(), earlier)
    found = checked(draft.content, draft.body, draft.claims, stands_on)
    return (await second.beside(tx, draft, found)).findings


async def addressed(tx: Tx, draft: Draft) -> tuple[Recipient, Sender]:
    """Recipient and sender of a draft as the contact and the campaign are now."""
    return _addressed(draft, await known(tx, draft))


def _addressed(draft: Draft, now: Known) -> tuple[Recipient, Sender]:
    contact = next((one for one in now.contacts if one.id == draft.contact_id), None)
    if contact is None:
        raise Broken(
            f"Draft {draft.number} is for somebody who is no contact of its account: "
            "reject it with a note for a new version."
        )
    sender = draft.content.sender.model_copy(update={"brand": now.campaign.brand})
    return recipient(contact), sender


def _belongs(draft: Draft, enrollment: Enrollment) -> None:
    said = (draft.contact_id, draft.account_id, draft.campaign_id)
    if said != (enrollment.contact_id, enrollment.account_id, enrollment.campaign_id):
        raise Broken(
            f"Draft {draft.number} names another contact, account or campaign than its sequence: "
            "reject it with a note for a new version."
        )


def _may_go_on(draft: Draft, enrollment: Enrollment, now: Known) -> None:
    """The sender asks again; a person should not approve what cannot leave."""
    why_not = now.why_not
    if why_not is None and enrollment.status is EnrollmentStatus.PAUSED:
        why_not = "the person is away; its sequence goes on by itself when they are back"
    if why_not is None and enrollment.status is not EnrollmentStatus.ACTIVE:
        why_not = f"its sequence is {enrollment.status} ({enrollment.stop_reason or 'all sent'})"
    if why_not is not None:
        raise Refused(f"Draft {draft.number} cannot be approved: {why_not}.", draft=draft.number)


def _is_addressed_as_of_now(draft: Draft, now: Known) -> None:
    to, sender = _addressed(draft, now)
    changed = sorted(
        name
        for present, then in ((to, draft.content.recipient), (sender, draft.content.sender))
        for name in type(present).model_fields
        if getattr(present, name) != getattr(then, name)
    )
    if changed:
        raise Conflict(
            f"Draft {draft.number} was written before its contact or campaign changed "
            f"({', '.join(changed)}): edit or reject it, and decide on the new version."
        )


async def _is_composed(tx: Tx, draft: Draft, enrollment: Enrollment) -> None:
    """A reviewer reads the text; the HTML, the headers and the rest must say the same."""
    stored = draft.content
    made = await _made_again(tx, draft, enrollment)
    wrong = [
        name for name in _SHOWN if made is None or getattr(made, name) != getattr(stored, name)
    ]
    if made is None or wrong:
        raise Broken(
            f"Draft {draft.number} is not the mail that its own words make ({', '.join(wrong) or 'its body'}): "
            "reject it with a note for a new version."
        )


async def _made_again(tx: Tx, draft: Draft, enrollment: Enrollment) -> MailContent | None:
    content = draft.content
    # A person may have changed the subject of a thread, but not which mails it answers.
    thread = Thread(message_ids=enrollment.thread_message_ids, subject=content.subject)
    words = as_stored(draft)
    try:
        kept = wording(words.subject, words.body, words.language)
        if kept.model_copy(update={"rich": words.rich}) != words:
            return None
        plain = compose(words, content.recipient, content.sender, draft.step, thread)
        return await dress.dressed(tx, plain, draft.language, words)
    except InvalidInput:
        return None
