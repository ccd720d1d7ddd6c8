"""Other mails for one draft, to be seen beside each other: each with what the checks say of it.

In: the open transaction, a draft, who looks. Out: typed values. Never: a change, a choice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from outrider.app.views import drafts as drafts_view
from outrider.app.views.checks import checks
from outrider.app.views.inbox_types import Check, Frozen, May
from outrider.drafts import vary as varying
from outrider.drafts.types import Draft, Variant
from outrider.guardrails.types import Severity
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound


class VariantShown(Frozen):
    """One other mail for a draft, as its writer gave it."""

    number: int
    subject: str
    body: str
    words: int
    angle: str
    reasoning: list[str] = Field(description="Why the writer wrote it so")
    unmet: list[str] = Field(description="What of the request it could not do, in words")
    checks: list[Check]
    blocks: int
    warns: int
    writer: str
    cost_usd: float
    is_chosen: bool
    created_at: datetime


class Variants(Frozen):
    """All of one draft, and whether more can be asked for or one be chosen."""

    draft: int
    items: list[VariantShown]
    left: int = Field(description="How many more there may be")
    can: May = Field(description="Whether this person may ask for some and choose one, now")
    work: UUID | None = Field(
        default=None, description="The writing that this person asked for and that still goes on"
    )


async def of_draft(tx: Tx, draft: Draft, member: Member) -> Variants:
    """The variants of a draft, in the order in which they came.

    Raises:
        NotFound: the draft is gone.
    """
    shown = await drafts_view.one(tx, draft.id, member)
    if shown is None:
        raise NotFound(f"There is no draft {draft.number} any more.")
    made = await varying.listing(tx, draft.id)
    return Variants(
        draft=draft.number,
        items=[_shown(one) for one in made],
        left=max(0, varying.MOST_VARIANTS - len(made)),
        # To choose is to put other words in the draft's place.
        can=May.model_validate(shown["can"]["edit"]),
    )


def _shown(variant: Variant) -> VariantShown:
    mail = variant.mail
    severities = [one.severity for one in variant.findings]
    return VariantShown(
        number=variant.number,
        subject=mail.subject,
        body=mail.body,
        words=len(mail.body.split()),
        angle=mail.angle,
        reasoning=list(mail.reasoning),
        unmet=list(mail.unmet),
        checks=checks([one.model_dump(mode="json") for one in variant.findings]),
        blocks=severities.count(Severity.BLOCK),
        warns=severities.count(Severity.WARN),
        writer=variant.writer,
        cost_usd=float(variant.cost_usd),
        is_chosen=variant.is_chosen,
        created_at=variant.created_at,
    )
