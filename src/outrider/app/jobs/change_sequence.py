"""Change a campaign's steps: who may, what it would do, and what must be taken back for it.

In: steps, and for whom they hold. Out: the version, the moves, the drafts that were withdrawn.
Never: a draft of a step that is not there any more left where it could be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from outrider.campaigns import sequences
from outrider.campaigns.sequence_file import Written
from outrider.campaigns.sequences import Adopted, Move
from outrider.campaigns.types import Campaign
from outrider.drafts import handover
from outrider.drafts.types import DraftId
from outrider.kernel import access
from outrider.kernel.access import PersonRole
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import PersonId

_MAY_CHANGE = (PersonRole.ADMIN, PersonRole.CAMPAIGN_MANAGER)


@dataclass(frozen=True)
class Changed:
    """What a change did."""

    adopted: Adopted
    withdrawn: tuple[DraftId, ...]


async def change(  # noqa: PLR0913 - who, what, for whom, why
    tx: Tx,
    person_id: PersonId,
    campaign: Campaign,
    written: Written,
    *,
    in_flight: bool = False,
    note: str = "",
) -> Changed:
    """Put steps in force; with `in_flight` also for those who are under way.

    Raises:
        NotAllowed: the person is no admin and no campaign manager.
        InvalidInput: the steps cannot be used.
    """
    member = await access.member(tx, person_id)
    if member is None or member.role not in _MAY_CHANGE:
        raise NotAllowed("You may not change a sequence: ask a campaign manager or an admin.")
    adopted = await sequences.adopt(
        tx, campaign, written.steps, written.pacing, in_flight=in_flight, note=note
    )
    reason = f"the sequence is version {adopted.sequence.version} now, with another step here"
    withdrawn = await handover.withdraw_open(tx, void(adopted.moves), reason)
    return Changed(adopted, tuple(withdrawn))


def void(moves: Sequence[Move]) -> list[UUID]:
    """The enrollments whose drafts do not fit any more."""
    return [move.enrollment_id for move in moves if move.is_void]
