"""What a look asks of the outbox costs the same after ten mails and after ten thousand."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.sending.pacing.store import AT_THE_WIRE
from tests.sending_crowd import Crowd, fill
from tests.sending_world import World, make_world, plain

MAILS = 400
LEFT = (
    "update outrider.outbox set status = 'sent', claimed_at = now(), handed_off_at = now(),"
    " sent_at = now()"
)
AT_WIRE = (
    "update outrider.outbox set status = 'sending', sent_at = null where id in"
    " (select id from outrider.outbox order by id limit 3)"
)


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


def _scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    below = [one for part in plan.get("Plans", ()) for one in _scans(part)]
    return below + ([plan] if "Index Name" in plan else [])


async def test_mails_that_left_are_not_walked_while_statistics_know_nothing_of_them(
    world: World,
) -> None:
    # `fill` analyzes while all wait: what happens afterwards, the planner does not know.
    fill(world, Crowd(MAILS, [world.mailbox], queued=True))
    with psycopg.connect(plain(world.database.owner)) as conn:
        conn.execute(LEFT)
        conn.execute(AT_WIRE)
    async with world.begin() as tx:
        ids = [row["account_id"] for row in await tx.rows("select account_id from outbox limit 60")]
        row = await tx.row(
            f"explain (analyze, format json) {AT_THE_WIRE}", {"workspace": tx.workspace, "ids": ids}
        )
    assert row is not None
    found = row["QUERY PLAN"]
    (plan,) = json.loads(found) if isinstance(found, str) else found
    scans = _scans(plan["Plan"])
    assert {scan["Index Name"] for scan in scans} == {"ix_outbox_sending", "ix_outbox_unknown"}
    walked = sum(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) for scan in scans)
    assert walked <= 3
