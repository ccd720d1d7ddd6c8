"""The SQL of all that a person's decision on a draft rests on, in one row.

In: the open transaction, a draft's id, a person's. Out: `Seen`. Never: a row, a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.drafts import store
from outrider.drafts.review import store_people, store_policies, store_reviews
from outrider.drafts.review.allowed import Approval
from outrider.drafts.review.types import Review, StoredPolicy
from outrider.drafts.store_threads import EARLIER
from outrider.drafts.types import Draft
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

# One statement in place of five: a click waits for each of them, and so do the clicks behind it.
_SEEN = (
    f"select {store.COLUMNS}, {store_people.MEMBERS} as members,"
    f" {store_reviews.AS_JSON.format(draft=':draft')} as review,"
    f" {store_people.APPROVALS.format(draft=':draft')} as given,"
    f" {store_people.FIRST_LOOK.format(draft=':draft', person=':person')} as first_look,"
    f" {store_policies.IN_FORCE.format(campaign='d.campaign_id')} as in_force,"
    f" {EARLIER.format(contact='d.contact_id', besides='d.lineage_id')} as earlier"
    " from (select 1) one left join outrider.drafts d on d.id = :draft"
)


@dataclass(frozen=True)
class Seen:
    """A draft and what stands beside it at one instant."""

    draft: Draft | None
    review: Review | None
    approvals: tuple[Approval, ...]
    first_look: datetime | None
    """Of this person."""
    policy: StoredPolicy | None
    """The one in force for the draft's campaign; None: the built-in one."""
    earlier: tuple[str, ...]
    """Bodies of the mails on their way or sent to its contact, newest first."""
    member: Member | None
    """The person as a member of this workspace."""
    people: tuple[tuple[str, PersonRole], ...]
    """Address and role of everybody in the workspace."""


async def seen(tx: Tx, draft_id: UUID, person_id: PersonId) -> Seen:
    """A draft as a person finds it; without one, who the person is."""
    row = await tx.row(_SEEN, {"draft": draft_id, "person": person_id})
    assert row is not None
    members = row["members"]
    own = next((one for one in members if one[0] == str(person_id)), None)
    return Seen(
        draft=store.draft_of(row) if row["id"] else None,
        review=store_reviews.review_of(row["review"]) if row["review"] else None,
        approvals=store_people.approvals_of(row["given"]),
        first_look=row["first_look"],
        policy=store_policies.stored(row["in_force"]) if row["in_force"] else None,
        earlier=tuple(row["earlier"]),
        member=Member(person_id, own[1], own[2], PersonRole(own[3])) if own else None,
        people=tuple((one[2], PersonRole(one[3])) for one in members),
    )
