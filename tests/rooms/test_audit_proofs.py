"""A proof convinces somebody who has only the public key, and nothing else passes for one."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any
from uuid import UUID

import psycopg
import pytest

from outrider.kernel.audit import prove
from outrider.kernel.audit.append import record
from outrider.kernel.audit.seal import Signer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Broken, Conflict, NotFound
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.secrets import Keys
from tests.sealing import sealed_up_to

# Around the limits of the 256-leaf blocks, whose stored roots the proofs are built from.
SIZES = (1, 3, 256, 300, 512, 700)


@pytest.fixture
def signer(keys: Keys) -> Signer:
    return Signer(keys.key("audit-seal"))


@pytest.fixture
async def events(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, signer: Signer
) -> list[UUID]:
    written: list[UUID] = []
    for size in SIZES:
        async with database.transaction(workspace, SYSTEM) as tx:
            for number in range(len(written), size):
                written.append(await record(tx, "test.happened", f"thing:{number}", {"n": number}))
        await sealed_up_to(size, database, signer, clock)
        clock.advance(timedelta(seconds=1))
    return written


async def inclusion(database: Database, workspace: WorkspaceId, event: UUID) -> dict[str, Any]:
    async with database.transaction(workspace, SYSTEM) as tx:
        proof: dict[str, Any] = json.loads(json.dumps(await prove.inclusion(tx, event)))
        return proof


async def test_each_event_can_be_proven_with_the_public_key_alone(
    database: Database, workspace: WorkspaceId, signer: Signer, events: list[UUID]
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        for event in events[::37] + events[-3:]:
            proof = json.loads(json.dumps(await prove.inclusion(tx, event)))
            assert prove.holds(proof, signer.public)
            assert len(proof["path"]) <= 10
            assert not prove.holds(proof, Signer(b"k" * 32).public)


async def test_a_proof_with_any_word_changed_does_not_hold(
    database: Database, workspace: WorkspaceId, signer: Signer, events: list[UUID]
) -> None:
    proof = await inclusion(database, workspace, events[5])
    for name in proof["event"]:
        value = "2026-03-02T15:00:00+00:01" if name == "at" else "x"
        forged = {**proof, "event": {**proof["event"], name: value}}
        assert not prove.holds(forged, signer.public), name
    assert not prove.holds({**proof, "leaf_no": proof["leaf_no"] + 1}, signer.public)
    assert not prove.holds({**proof, "path": proof["path"][:-1]}, signer.public)
    assert not prove.holds({**proof, "checkpoint": "no note"}, signer.public)
    assert not prove.holds({}, signer.public)


async def test_an_older_seal_is_proven_to_be_the_start_of_a_newer_one(
    database: Database, workspace: WorkspaceId, signer: Signer, events: list[UUID]
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        for old, new in combinations_with_replacement(SIZES, 2):
            proof = json.loads(json.dumps(await prove.consistency(tx, old, new)))
            assert prove.holds(proof, signer.public), (old, new)
            if old < new:
                assert not prove.holds({**proof, "old": proof["new"]}, signer.public)
                assert not prove.holds({**proof, "path": proof["path"][:-1]}, signer.public)
        for old, wrong in ((700, 300), (2, 700), (300, 701)):
            with pytest.raises(NotFound):
                await prove.consistency(tx, old, wrong)


async def test_an_event_that_waits_for_its_seal_says_so(
    database: Database, workspace: WorkspaceId, events: list[UUID]
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        fresh = await record(tx, "test.happened", "thing:new")
        with pytest.raises(Conflict, match="not sealed yet"):
            await prove.inclusion(tx, fresh)


async def test_another_workspaces_event_is_not_found(
    database: Database, clock: VirtualClock, events: list[UUID]
) -> None:
    async with database.transaction(WorkspaceId(new_id(clock.now())), SYSTEM) as tx:
        with pytest.raises(NotFound):
            await prove.inclusion(tx, events[0])


async def test_no_proof_is_given_for_an_event_that_was_changed(
    database: Database, workspace: WorkspaceId, events: list[UUID]
) -> None:
    dsn = database.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute(
            "update outrider.audit_events set actor = 'system:nobody' where id = %s", [events[0]]
        )
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(Broken, match="not what was sealed"):
            await prove.inclusion(tx, events[0])
