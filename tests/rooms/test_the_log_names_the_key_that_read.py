"""What a program did with a key is the key's in the log, not the person's who made it."""

from __future__ import annotations

import pytest

from outrider.app.wiring import Outrider
from outrider.kernel.ids import PersonId
from tests.access_world import bearer, client, somebody
from tests.sending_world import make_world


@pytest.mark.parametrize("is_key", [True, False])
async def test_whoever_reads_or_erases_a_person_is_named(
    outrider: Outrider, person: PersonId, *, is_key: bool
) -> None:
    await (await make_world(outrider.database, outrider.workspace, person)).approved(1)
    admin = await somebody(outrider, "admin")
    headers, who = await bearer(outrider, admin), f"person:{admin.person_id}"
    async with client(outrider) as http:
        if is_key:
            scopes = ["privacy.read", "privacy.erase"]
            wanted = {"name": "desk", "scopes": scopes}
            made = (await http.post("/api/keys", json=wanted, headers=headers)).json()
            headers, who = {"Authorization": f"Bearer {made['key']}"}, f"system:key:{made['id']}"
        asked = {"email": "dana1@depot.example"}
        told = await http.post("/api/privacy/person", json=asked, headers=headers)
        assert told.status_code == 200, told.text
        erasure = {**asked, "reason": "asked"}
        done = await http.post("/api/privacy/erasures", json=erasure, headers=headers)
        assert done.status_code == 200, done.text
    async with outrider.begin()() as tx:
        rows = await tx.rows(
            "select action, actor from outrider.audit_events where action like 'privacy.%'"
        )
    assert {row["action"] for row in rows} == {"privacy.export", "privacy.erase", "privacy.erased"}
    assert {row["actor"] for row in rows} == {who}
