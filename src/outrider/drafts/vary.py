"""Other mails for a pending draft, so that a person can choose.

In: a draft and its request; a writer's answers; a person's choice. Out: variants; the next version.
Never: a variant that is sent or approved as it is, two variants with the same words.
"""

from __future__ import annotations

from uuid import UUID

from outrider.drafts import decide, dress, store, store_writing
from outrider.drafts.check import check, grounds_now
from outrider.drafts.read import standing
from outrider.drafts.review import store_variants
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import Draft, DraftStatus, Variant, WriteRequest, WrittenMail
from outrider.drafts.write import thread_of
from outrider.guardrails.content import clean
from outrider.kernel.asking import Answer
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, NotFound
from outrider.kernel.ids import PersonId

MOST_VARIANTS = 9
"""Of one draft: more to choose from takes longer than a note on what to change."""


async def request(tx: Tx, draft: Draft, original: WriteRequest) -> WriteRequest:
    """What a writer needs for one more variant: the same request, with no angle that was tried.

    Raises:
        Conflict: the draft is not pending, or has as many variants as there may be.
    """
    await _check(tx, draft)
    made = await _room_for_one(tx, draft)
    thread = await store_writing.angles_of(tx, draft.enrollment_id)
    tried = (*original.angles_used, *thread, draft.angle, *(item.mail.angle for item in made))
    return original.model_copy(update={"angles_used": tuple(dict.fromkeys(filter(None, tried)))})


async def save(
    tx: Tx, draft: Draft, request: WriteRequest, answer: Answer[WrittenMail]
) -> Variant | None:
    """Keep a variant with what the checks say of it; None when it says nothing new.

    Raises:
        Conflict: the draft is not pending any more, or has got as many variants meanwhile as there may be.
        InvalidInput: the writer gave an empty or an endless mail.
    """
    # Two that are written at the same time get their numbers one after the other.
    await store.lock(tx, draft.id)
    await _check(tx, draft)
    made = await _room_for_one(tx, draft)
    mail = answer.output
    words = wording(mail.subject, mail.body, mail.language)
    known = {draft.body, *(item.mail.body for item in made)}
    if words.body in known:
        return None
    claims = tuple(c.model_copy(update={"span": clean(c.span)}) for c in mail.claims)
    grounds = await grounds_now(tx, request, draft.lineage_id)
    plain = compose(words, request.recipient, request.sender, draft.step, thread_of(draft))
    content = await dress.dressed(tx, plain, words.language)
    variant = Variant(
        draft_id=draft.id,
        number=max((item.number for item in made), default=0) + 1,
        mail=mail.model_copy(
            update={"subject": words.subject, "body": words.body, "claims": claims}
        ),
        findings=check(content, words.body, claims, grounds),
        writer=answer.model,
        cost_usd=answer.cost_usd,
        created_at=tx.now,
    )
    await store_variants.add(tx, variant)
    body = {
        "number": variant.number,
        "angle": mail.angle,
        "model": answer.model,
        "cost_tokens": answer.tokens,
        "cost_usd": str(answer.cost_usd),
        "findings": sorted({f"{item.check}:{item.severity}" for item in variant.findings}),
    }
    await record(tx, "drafts.vary", f"draft:{draft.id}", body)
    return variant


async def listing(tx: Tx, draft_id: UUID) -> list[Variant]:
    """The variants of a draft, in the order of their numbers."""
    return await store_variants.of_draft(tx, draft_id)


async def choose(tx: Tx, draft_id: UUID, person_id: PersonId, number: int) -> Draft:
    """Put a variant in place of its draft: the next version, checked again, waiting for approval.

    Raises:
        NotFound: the draft has no such variant.
        NotAllowed, Conflict: as for `decide.choose`.
        InvalidInput: the variant says what the draft says.
    """
    made = await store_variants.of_draft(tx, draft_id)
    chosen = next((item for item in made if item.number == number), None)
    if chosen is None:
        have = ", ".join(str(item.number) for item in made) or "none yet"
        raise NotFound(f"There is no variant {number} of this draft; it has {have}.")
    mail = chosen.mail
    version = await decide.choose(tx, draft_id, person_id, chosen)
    if version.status is not DraftStatus.PENDING:
        return version  # a test of the reviewers, which ends here
    await store_variants.choose(tx, draft_id, number)
    # The person chose; the words, and with them angle and reasons, are the writer's.
    await store_writing.credit(tx, version.id, chosen)
    body = {
        "number": number,
        "version": str(version.id),
        "angle": mail.angle,
        "model": chosen.writer,
    }
    await record(tx, "drafts.choose", f"draft:{draft_id}", body)
    return version.model_copy(
        update={
            "angle": mail.angle,
            "reasoning": mail.reasoning,
            "confidence": mail.confidence,
            "writer": chosen.writer,
        }
    )


async def _room_for_one(tx: Tx, draft: Draft) -> list[Variant]:
    """The variants that there are, if there may be one more."""
    made = await store_variants.of_draft(tx, draft.id)
    if len(made) >= MOST_VARIANTS:
        raise Conflict(
            f"Draft {draft.number} has {len(made)} variants already: choose one, or reject it "
            "with a note."
        )
    return made


async def _check(tx: Tx, draft: Draft) -> None:
    now = await store.by_id(tx, draft.id)
    if now is None:
        raise NotFound(f"There is no draft {draft.id} in this workspace.")
    if now.status is not DraftStatus.PENDING:
        raise await standing(tx, now)
