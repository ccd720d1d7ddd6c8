"""What tests of policies share: a draft before a policy, evidence of past decisions, an open Outrider."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from outrider.campaigns.types import CampaignId, EnrollmentId
from outrider.drafts import decide
from outrider.drafts.review import look
from outrider.drafts.review.bands import Calibrated, is_held_back
from outrider.drafts.review.conditions import About, facts_of
from outrider.drafts.review.rules import Case
from outrider.drafts.review.types import Dimension, Score, Scores
from outrider.drafts.types import Draft, DraftId, DraftStatus, MailContent
from outrider.guardrails.types import Claim, ClaimedFactId, Finding, Severity
from outrider.kernel.asking import Answer, In, Out, Task
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.ids import PersonId, new_id
from outrider.prospects.types import Account, Contact, FactKind
from tests.drafts_world import NOW, World, dossier, offline_draft, recipient, sender

SURE = Calibrated(Decimal("0.95"), 100, 102, "this step")
UNSURE = Calibrated(None)


def finding(check: str, severity: Severity = Severity.WARN) -> Finding:
    return Finding(check=check, severity=severity, message="Look at it.", fix="Mend it.")


def draft(
    *found: Finding, step: int = 1, version: int = 1, is_seed: bool = False, held_back: bool = False
) -> Draft:
    """A draft that claims the lease liability of its account's filing."""
    about = dossier()
    fact = about.newest(FactKind.OPERATING_LEASE_LIABILITY)
    assert fact is not None
    content = MailContent(
        recipient=recipient(), sender=sender(), subject="Leases", text="t", html="h", step=step
    )
    id_ = next(
        candidate
        for candidate in (new_id(NOW) for _ in range(1000))
        if is_held_back(candidate, Decimal("0.1")) is held_back
    )
    return Draft(
        id=DraftId(id_),
        number=1,
        lineage_id=DraftId(id_),
        version=version,
        status=DraftStatus.PENDING,
        enrollment_id=EnrollmentId(UUID(int=1)),
        campaign_id=CampaignId(UUID(int=2)),
        account_id=about.account.id,
        contact_id=recipient().contact_id,
        step=step,
        content=content,
        body="b",
        content_hash="0" * 64,
        claims=(Claim(span="$412.6 million", fact_id=ClaimedFactId(fact.id), value="$412.6 million"),),
        findings=found,
        is_seed=is_seed,
        created_at=NOW,
    )  # fmt: skip


class Judge:
    """A model that finds every mail good, or is not there."""

    def __init__(self, error: Exception | None = None) -> None:
        """`error` is what it raises instead of an answer."""
        self.error = error

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        if self.error:
            raise self.error
        good = {str(name): Score(score=4, reason="read") for name in Dimension}
        return Answer(output=task.gives.model_validate(good), model="a judge")


def scores(of: Draft, *, tone: int = 4, others: int = 4) -> Scores:
    each = {name: Score(score=others, reason="counted") for name in Dimension}
    each[Dimension.TONE] = Score(score=tone, reason="counted")
    return Scores(draft_id=of.id, by="another model", scores=each, scored_at=NOW)


def about(
    of: Draft,
    *,
    judged: Scores | None = None,
    calibrated: Calibrated = SURE,
    heard: str = "",
    **account: object,
) -> About:
    known = dossier()
    values = {"industry": "Apparel retail", "country": "US", **account}
    changed = Account.model_validate({**known.account.model_dump(), **values})
    to = of.content.recipient
    contact = Contact(id=to.contact_id, account_id=changed.id, email=to.email, title=to.title)
    return About(
        draft=of,
        account=changed,
        contact=contact,
        campaign="Leases",
        facts=known.facts,
        scores=judged,
        calibrated=calibrated,
        segment=f"{of.campaign_id}/{of.step}/retail",
        heard=heard,
        now=NOW,
    )


def case(of: Draft | None = None, *, judged: bool = True, **more: object) -> Case:
    """One draft before a policy; judged well unless said otherwise."""
    of = of or draft()
    told = more.pop("scores", scores(of) if judged else None)
    assert told is None or isinstance(told, Scores)
    known = about(of, judged=told, **more)  # type: ignore[arg-type]  # passed on as given
    return Case(of, facts_of(known), told, known.calibrated)


async def decided(tx: Tx, world: World, person: PersonId, kinds: str) -> list[Draft]:
    """Past decisions on this enrollment's first step: `a`pproved, `u`nopened approval, `e`dit, `r`eject.

    Each draft is put out of the way, so that the next one has room.
    """
    done = []
    tx = replace(tx, actor=Actor(ActorKind.PERSON, str(person)))
    for kind in kinds:
        one = await offline_draft(tx, world)
        if kind != "u":
            await looked(tx, one, person)
        if kind in "au":
            await decide.approve(tx, one.id, person)
        elif kind == "e":
            await decide.edit(tx, one.id, person, body="Other words, a question?")
        else:
            await decide.reject(tx, one.id, person, "too long")
        await tx.run(
            "update outrider.drafts set status = 'withdrawn' where lineage_id = :id"
            " and status in ('pending', 'approved')",
            {"id": one.lineage_id},
        )
        done.append(one)
    return done


async def looked(
    tx: Tx, of: Draft, person: PersonId, before: timedelta = timedelta(minutes=1)
) -> None:
    """The person opened the draft so long before now."""
    await look.look(tx, of.id, person, "cli")
    await tx.run(
        "update outrider.looks set looked_at = :at where draft_id = :draft and person_id = :person",
        {"at": tx.now - before, "draft": of.id, "person": person},
    )
