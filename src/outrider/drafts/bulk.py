"""Approve many drafts of one kind together, after samples that the person did not choose.

In: the open transaction, a person, a campaign. Out: a `Plan` with its samples; then what became of each.
Never: a draft that a check, the policy or a judge singled out, a sample that nobody opened, one decision for
several drafts: each has its own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from decimal import ROUND_CEILING

from pydantic import ConfigDict, Field

from outrider.campaigns.types import CampaignId
from outrider.drafts import claim, decide, store
from outrider.drafts.review import policy, store_bulk
from outrider.drafts.review.store_bulk import Alike
from outrider.drafts.review.types import Guard
from outrider.drafts.types import DecisionKind, Draft, DraftId, DraftStatus, Frozen
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, OutriderError
from outrider.kernel.ids import PersonId

LEAST_SAMPLES = 2


class Plan(Frozen):
    """Drafts that differ in nothing but whom they are for, and those to decide one by one first."""

    model_config = ConfigDict(extra="forbid")  # it comes back from a browser

    campaign_id: CampaignId
    items: tuple[Alike, ...] = Field(min_length=1, max_length=500)
    samples: tuple[DraftId, ...]

    @property
    def rest(self) -> tuple[Alike, ...]:
        """What is approved together once the samples are."""
        return tuple(item for item in self.items if item.id not in self.samples)


class Refusal(Frozen):
    """A draft that was not approved with the others, and why."""

    number: int
    why: str


class BulkReport(Frozen):
    """What became of each draft."""

    approved: tuple[Draft, ...] = ()
    refused: tuple[Refusal, ...] = ()


async def propose(
    tx: Tx, person_id: PersonId, campaign_id: CampaignId, step: int | None = None
) -> Plan:
    """The largest set of drafts alike that wait in a campaign, oldest first, with its samples.

    Alike: same step, angle and language, routed to any reviewer at low risk, with nothing to warn of.

    Raises:
        NotAllowed: the person may not decide.
        NotFound: there are no three such drafts.
    """
    await _may(tx, person_id)
    guard = (await policy.active(tx, campaign_id)).policy.guard
    sets: dict[tuple[int, str, str], list[Alike]] = defaultdict(list)
    for item in await store_bulk.candidates(tx, campaign_id, step):
        sets[item.step, item.angle, item.language].append(item)
    alike = max(sets.values(), key=len, default=[])[: guard.bulk_most]
    if len(alike) <= LEAST_SAMPLES:
        raise NotFound(
            "There are no three drafts alike to approve together "
            "(same step, angle and language, low risk, all green): decide them one by one."
        )
    return Plan(campaign_id=campaign_id, items=tuple(alike), samples=samples_of(alike, guard))


async def approve(tx: Tx, person_id: PersonId, plan: Plan) -> BulkReport:
    """Approve the rest of a plan whose samples this person opened and approved one by one.

    Each draft has its own decision and its own event; one that cannot be approved is reported.

    Raises:
        NotAllowed: the person may not decide.
        InvalidInput: it is not a plan as `propose` makes it.
        Conflict: a sample was not opened and approved by this person.
    """
    await _may(tx, person_id)
    guard = (await policy.active(tx, plan.campaign_id)).policy.guard
    await _is_sound(tx, plan, guard)
    await _are_approved(tx, person_id, plan)
    fit = await store_bulk.still_alike(tx, [item.id for item in plan.rest])
    bulk_id = tx.new_id()
    done: list[Draft] = []
    refused: list[Refusal] = []
    for item in plan.rest:
        try:
            if item not in fit:
                await _explain(tx, item)
            async with tx.conn.begin_nested():
                draft = await decide.approve(tx, item.id, person_id, item.content_hash, bulk_id)
        except OutriderError as error:
            refused.append(Refusal(number=item.number, why=error.message))
            continue
        if draft.status is DraftStatus.APPROVED:
            done.append(draft)
        else:
            refused.append(Refusal(number=item.number, why=draft.note or f"It is {draft.status}."))
    body = {
        "bulk": str(bulk_id),
        "person": str(person_id),
        "samples": [str(id_) for id_ in plan.samples],
        "approved": len(done),
        "refused": len(refused),
    }
    await record(tx, "drafts.bulk", f"campaign:{plan.campaign_id}", body)
    return BulkReport(approved=tuple(done), refused=tuple(refused))


def samples_of(alike: list[Alike] | tuple[Alike, ...], guard: Guard) -> tuple[DraftId, ...]:
    """Which drafts must be opened: a share of them, two at least, in the order of their hashes."""
    share = (guard.bulk_sample * len(alike)).to_integral_value(ROUND_CEILING)
    many = min(max(int(share), LEAST_SAMPLES), len(alike))
    return tuple(item.id for item in sorted(alike, key=_rank)[:many])


def _rank(item: Alike) -> bytes:
    return hashlib.sha256(f"outrider.sample.v1\n{item.id}\n{item.content_hash}".encode()).digest()


async def _may(tx: Tx, person_id: PersonId) -> None:
    member = await claim.acting(tx, person_id)
    if not member.may_decide:
        raise NotAllowed(f"{member.name} is {member.role} here and may not decide.")


async def _is_sound(tx: Tx, plan: Plan, guard: Guard) -> None:
    """The plan comes back from outside: everything in it is looked up again."""
    known = await store_bulk.as_stored(tx, [item.id for item in plan.items])
    kinds = {(item.step, item.angle, item.language) for item in known}
    whole = set(known) == set(plan.items) and len(known) == len(plan.items)
    own = all(item.campaign_id == plan.campaign_id for item in known)
    if not whole or not own or len(kinds) != 1 or len(known) > guard.bulk_most:
        raise InvalidInput(
            "These drafts are not alike, or not as they were: ask for a new proposal."
        )
    if set(plan.samples) != set(samples_of(plan.items, guard)):
        raise InvalidInput("The samples are not those that were drawn: ask for a new proposal.")


async def _are_approved(tx: Tx, person_id: PersonId, plan: Plan) -> None:
    numbers = {item.id: item.number for item in plan.items}
    for id_ in plan.samples:
        made = await store.decision_on(tx, id_)
        if made is None:
            draft = await claim.found(tx, id_)
            what = "waits for you" if draft.status is DraftStatus.PENDING else f"is {draft.status}"
            raise Conflict(
                f"Draft {numbers[id_]} of the samples {what}: decide the others one by one, "
                "or open and approve it first."
            )
        if made.kind is not DecisionKind.APPROVE or made.person_id != person_id:
            raise Conflict(
                f"Draft {numbers[id_]} of the samples was not approved by you: "
                "decide the others one by one."
            )
        if made.dwell_seconds is None or made.bulk_id is not None:
            raise Conflict(
                f"Draft {numbers[id_]} of the samples was approved without being opened: "
                "decide the others one by one."
            )


async def _explain(tx: Tx, item: Alike) -> None:
    draft = await claim.found(tx, item.id)
    if draft.status is not DraftStatus.PENDING:
        raise await claim.late(tx, draft.model_copy(update={"status": DraftStatus.PENDING}))
    raise Conflict(f"Draft {item.number} is not like the others any more; open it.")
