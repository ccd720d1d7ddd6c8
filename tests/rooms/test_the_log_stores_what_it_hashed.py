"""What lies in the log is what its leaf covers, whatever the instant and the words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from outrider.kernel.audit.append import leaf_of, record
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId

INSTANTS = [
    datetime(2026, 3, 2, 15, tzinfo=UTC),
    datetime(2026, 3, 2, 15, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 2, 0, 30, 7, 120_000, tzinfo=timezone(timedelta(hours=5, minutes=30))),
]
FIELDS = ("actor", "action", "subject", "correlation_id", "body")
BODY = {"reason": 'Zoë said "no"\n\u2028\\', "findings": [], "confidence": 0.1, "person": None}


def by_hand(row: Mapping[str, Any]) -> bytes:
    """The leaf of a row as anybody may compute it: logs that are stored already are checked by it for ever."""
    at = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said = [str(row["id"]), str(row["workspace_id"]), at, *(row[name] for name in FIELDS)]
    framed = (len(one.encode()).to_bytes(4, "big") + one.encode() for one in said)
    return hashlib.sha256(b"\x00" + b"".join(framed)).digest()


@pytest.mark.parametrize("instant", INSTANTS, ids=str)
async def test_a_stored_event_gives_the_leaf_that_was_stored_with_it(
    database: Database, workspace: WorkspaceId, instant: datetime
) -> None:
    async with database.transaction(workspace, SYSTEM, correlation_id="wörk\t1") as opened:
        tx = Tx(**{**vars(opened), "now": instant})
        id_ = await record(tx, "test.happened", "thing:é", BODY)
        await record_all(tx, [Happening("test.happened", "thing:é", BODY)])
        one, other = sorted(
            await tx.rows("select * from outrider.audit_events"), key=lambda row: row["id"] != id_
        )
    assert one["id"] == id_
    for row in (one, other):
        assert leaf_of(row) == bytes(row["leaf"]) == by_hand(row)
        assert row["at"] == instant
        assert row["workspace_id"] == workspace
        assert row["actor"] == str(SYSTEM)
    assert one["body"] == other["body"]
