"""Ask for a mail, and keep what came back as a pending draft.

In: plain values from research and campaigns; a writer's answer. Out: a `WriteRequest`; a `Draft`.
Never: a model call inside a transaction, an approval, a recipient or a link from the writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from outrider.campaigns.types import Blueprint, Campaign, Enrollment, Step
from outrider.drafts import dress, store
from outrider.drafts.check import check, grounds_now, is_evidence
from outrider.drafts.language import language_for, name_of
from outrider.drafts.rules import compose, content_hash, wording
from outrider.drafts.types import (
    Briefing,
    Draft,
    DraftId,
    DraftStatus,
    Recipient,
    Sender,
    Thread,
    Wording,
    WriteRequest,
    WrittenMail,
)
from outrider.guardrails.content import clean
from outrider.guardrails.types import Claim
from outrider.kernel.asking import Answer, Task, Tier
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.kernel.jobs import defer
from outrider.prospects.types import Contact, Dossier

WRITE_TASK: Task[WriteRequest, WrittenMail] = Task(
    prompt_id="drafts/write@1",
    takes=WriteRequest,
    gives=WrittenMail,
    tier=Tier.HEAVY,
    max_cost_usd=Decimal("0.30"),
)

REVIEW_JOB = "drafts.review"
"""The job that every new version starts: the judge reads it, the policy says what it needs."""


def recipient(contact: Contact) -> Recipient:
    """Who gets the mail, from the stored contact."""
    return Recipient(
        contact_id=contact.id,
        email=contact.email,
        first_name=contact.first_name,
        last_name=contact.last_name,
        title=contact.title,
    )


def request(  # noqa: PLR0913 - one named argument for each source of a writer's knowledge
    dossier: Dossier,
    contact: Contact,
    sender: Sender,
    campaign: Campaign,
    *,
    blueprint: Blueprint | None,
    step: Step,
    now: datetime,
    enrollment: Enrollment | None = None,
    angles_used: tuple[str, ...] = (),
    briefing: Briefing | None = None,
) -> WriteRequest:
    """Everything a writer may know for one step, from values that the caller has loaded."""
    rival = campaign.target_competitor_name
    return WriteRequest(
        dossier=dossier,
        recipient=recipient(contact),
        sender=sender,
        campaign=campaign.name,
        campaign_context=campaign.additional_context,
        competitors=(rival,) if rival else (),
        blueprint=blueprint,
        step=step.number,
        purpose=step.purpose,
        angles_used=angles_used,
        thread_subject=enrollment.thread_subject if enrollment else None,
        briefing=briefing or Briefing(),
        today=now.date(),
        language=language_for(
            (contact.country, dossier.account.country), campaign.additional_context
        ),
    )


async def save(
    tx: Tx,
    enrollment: Enrollment,
    request: WriteRequest,
    answer: Answer[WrittenMail],
    run_id: UUID | None = None,
) -> Draft:
    """Compose, check and keep a written mail as the first version of a pending draft.

    Raises:
        Conflict: this step of the enrollment has a draft that is open or sent already.
        InvalidInput: the writer gave an empty or an endless mail.
    """
    draft_id = DraftId(tx.new_id())
    values = {
        "id": draft_id,
        "lineage_id": draft_id,
        "version": 1,
        "enrollment_id": enrollment.id,
        "campaign_id": enrollment.campaign_id,
        "account_id": enrollment.account_id,
        "contact_id": enrollment.contact_id,
        "run_id": run_id,
        "prompt_id": WRITE_TASK.prompt_id,
        "note": _note(request, answer),
    }
    thread = Thread(message_ids=enrollment.thread_message_ids, subject=enrollment.thread_subject)
    draft = await store.add(tx, await _drafted(tx, values, request, answer, thread))
    if draft is None:
        raise await _taken(tx, enrollment, request.step)
    await _audit(tx, draft)
    await ask_for_review(tx, draft)
    return draft


async def save_version(
    tx: Tx, parent: Draft, request: WriteRequest, answer: Answer[WrittenMail], prompt_id: str
) -> Draft:
    """Keep a rewritten mail as the next version, with the same contact, enrollment and links (A-42).

    Raises:
        Conflict: another version was written in the meantime.
    """
    values = {
        "id": DraftId(tx.new_id()),
        "lineage_id": parent.lineage_id,
        "version": parent.version + 1,
        "parent_id": parent.id,
        "enrollment_id": parent.enrollment_id,
        "campaign_id": parent.campaign_id,
        "account_id": parent.account_id,
        "contact_id": parent.contact_id,
        "run_id": parent.run_id,
        "prompt_id": prompt_id,
        "note": _note(request, answer),
    }
    draft = await store.add(tx, await _drafted(tx, values, request, answer, thread_of(parent)))
    if draft is None:
        newest = await store.newest_version(tx, parent.lineage_id)
        other = newest.number if newest else parent.number
        raise Conflict(
            f"Draft {parent.number} has a newer version already: draft {other}.", draft=other
        )
    await _audit(tx, draft)
    await ask_for_review(tx, draft)
    return draft


async def ask_for_review(tx: Tx, draft: Draft, not_before: datetime | None = None) -> None:
    """Have a version judged and routed once `tx` commits, or later."""
    args = {"draft_id": str(draft.id)}
    await defer(tx, REVIEW_JOB, key=f"draft:{draft.id}", args=args, not_before=not_before)


def thread_of(draft: Draft) -> Thread:
    """The thread that a draft answers, read back from its own headers."""
    earlier = draft.content.headers.get("References", "").split()
    return Thread(message_ids=tuple(earlier), subject=draft.content.subject if earlier else None)


def kept_claims(claims: tuple[Claim, ...], words: Wording) -> tuple[Claim, ...]:
    """The claims whose words still stand in the mail."""
    cleaned = (claim.model_copy(update={"span": clean(claim.span)}) for claim in claims)
    return tuple(c for c in cleaned if c.span and (c.span in words.body or c.span in words.subject))


async def _drafted(
    tx: Tx,
    values: Mapping[str, Any],
    request: WriteRequest,
    answer: Answer[WrittenMail],
    thread: Thread,
) -> Draft:
    written = answer.output
    words = wording(written.subject, written.body, written.language)
    plain = compose(words, request.recipient, request.sender, request.step, thread)
    content = await dress.dressed(tx, plain, words.language)
    # A writer's claims are judged as they are, cleaned like the text: a span that is not there is
    # a finding, not something to drop in silence.
    claims = tuple(c.model_copy(update={"span": clean(c.span)}) for c in written.claims)
    grounds = await grounds_now(tx, request, values["lineage_id"])
    return Draft.model_validate(
        {
            **values,
            "number": 0,
            "status": DraftStatus.PENDING,
            "step": request.step,
            "content": content,
            "body": words.body,
            "content_hash": content_hash(content),
            "claims": claims,
            "findings": check(content, words.body, claims, grounds),
            "reasoning": written.reasoning,
            # A link that a reviewer opens comes from the database, never from a model.
            "sources": [s for s in written.sources if is_evidence(s, request.dossier)],
            "angle": written.angle,
            "confidence": written.confidence,
            "writer": answer.model,
            "language": written.language,
            "tokens": answer.tokens,
            "cost_usd": answer.cost_usd,
            "blueprint_id": request.blueprint.id if request.blueprint else None,
            "actor": str(tx.actor),
            "created_at": tx.now,
        }
    )


def _note(request: WriteRequest, answer: Answer[WrittenMail]) -> str | None:
    """What the reviewer should know before reading: what was not done, and another language."""
    told = list(answer.output.unmet)
    wrote, wanted = answer.output.language, request.language
    if wrote.partition("-")[0] != wanted.partition("-")[0]:
        told.append(
            f"This mail is in {name_of(wrote)}, but the recipient's language is {name_of(wanted)}: "
            f"the writer {answer.model} does not write it."
        )
    return " ".join(told) or None


async def _taken(tx: Tx, enrollment: Enrollment, step: int) -> Conflict:
    other = await store.open_for(tx, enrollment.id, step)
    if other is None:
        return Conflict(f"Step {step} of this sequence is being written by somebody else.")
    return Conflict(
        f"Step {step} of this sequence has a draft already: draft {other.number} is {other.status}.",
        draft=other.number,
    )


async def _audit(tx: Tx, draft: Draft) -> None:
    await record(
        tx,
        "drafts.write",
        f"draft:{draft.id}",
        {
            "content_hash": draft.content_hash,
            "lineage": str(draft.lineage_id),
            "version": draft.version,
            "step": draft.step,
            "angle": draft.angle,
            "model": draft.writer,
            "cost_tokens": draft.tokens,
            "cost_usd": str(draft.cost_usd),
            "prompt_id": draft.prompt_id,
            "confidence": str(draft.confidence),
            "lead_id": str(draft.enrollment_id),
            "input_context": f"blueprint:{draft.blueprint_id}",
            "run": str(draft.run_id) if draft.run_id else None,
            "facts": sorted({str(claim.fact_id) for claim in draft.claims}),
            "findings": sorted({f"{item.check}:{item.severity}" for item in draft.findings}),
        },
    )
