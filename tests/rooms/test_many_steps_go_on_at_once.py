"""What a sender records of a batch is what it would record one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from outrider.campaigns import create, enrol, onward
from outrider.campaigns.enrol_types import Gone
from outrider.campaigns.types import Enrollment, EnrollmentStatus, StopReason
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId
from tests.rooms.test_campaigns_enrol import MAILBOX, add_contacts

OWN = {"id", "contact_id", "thread_message_ids"}
"""What differs between two people in the same place."""


async def pair(tx: Tx, count: int = 2) -> list[Enrollment]:
    campaign = await create.create(tx, "Spring", "Brand")
    return await enrol.enrol(tx, campaign.id, await add_contacts(tx, count), MAILBOX)


async def at_once(tx: Tx, several: Sequence[tuple[Enrollment, int]], mail: str = "") -> list[Any]:
    held = await onward.lock(tx, [one.id for one, _ in several])
    gone = [
        Gone(one.id, step, mail or f"<{step}-{one.id.hex}@b.example>", "Leases")
        for one, step in several
    ]
    return await onward.advance_all(tx, held, gone)


async def row(tx: Tx, one: Enrollment) -> dict[str, Any]:
    found = await tx.row("select * from enrollments where id = :id", {"id": one.id})
    assert found is not None
    return {name: value for name, value in found.items() if name not in OWN}


async def test_every_step_leaves_the_row_that_one_mail_alone_would(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        alone, many = await pair(tx)
    for step in (1, 2, 3):
        async with database.transaction(workspace, SYSTEM) as tx:
            mail = f"<{step}-{alone.id.hex}@b.example>"
            await enrol.advance(tx, alone.id, step, mail, "Leases", tx.now)
            assert await at_once(tx, [(many, step)]) == [many.id]
            assert await row(tx, alone) == await row(tx, many)
            thread = (await enrol.find(tx, many.id)).thread_message_ids
            assert len(thread) == step
            assert thread[-1] == f"<{step}-{many.id.hex}@b.example>"
        clock.advance(timedelta(days=10))


async def test_who_was_stopped_while_the_mail_was_at_the_wire_stays_so(tx: Tx) -> None:
    alone, many, goes_on = await pair(tx, 3)
    await enrol.stop(tx, [alone.id, many.id], reason=StopReason.REPLIED)
    await enrol.advance(tx, alone.id, 1, "<1@b.example>", "Leases", tx.now)
    assert set(await at_once(tx, [(many, 1), (goes_on, 1)])) == {many.id, goes_on.id}
    assert await row(tx, alone) == await row(tx, many)
    assert (await enrol.find(tx, many.id)).status is EnrollmentStatus.STOPPED
    assert (await enrol.find(tx, goes_on.id)).next_step == 2


async def test_a_step_that_is_not_the_next_and_a_mail_that_is_known_move_nothing(tx: Tx) -> None:
    one, other = await pair(tx)
    assert await at_once(tx, [(one, 2)]) == []
    assert await at_once(tx, [(one, 1)], "<1@b.example>") == [one.id]
    before = await row(tx, one)
    assert await at_once(tx, [(one, 2)], "<1@b.example>") == []
    assert await row(tx, one) == before
    assert (await enrol.find(tx, other.id)).next_step == 1
    told = await tx.rows(
        "select subject from audit_events where action = 'campaigns.advance' and subject = :one",
        {"one": f"enrollment:{one.id}"},
    )
    assert len(told) == 1
