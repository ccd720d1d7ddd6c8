"""An agent outside that shows a key reads what it may, with the database login of agents, unseen as a reader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.app.wiring import Outrider
from outrider.kernel.access import api_keys
from tests.access_world import client, somebody
from tests.drafts_world import build, offline_draft


@pytest.mark.parametrize("agent", ["scout", None])
async def test_a_program_reads_a_draft_and_is_not_taken_for_its_reader(
    outrider: Outrider, agent: str | None
) -> None:
    admin = await somebody(outrider, "admin")
    async with outrider.begin()() as tx:
        draft = await offline_draft(tx, await build(tx))
        wanted = api_keys.Wanted("reads", ("drafts.read",), timedelta(days=1), agent)
        _, secret = await api_keys.add_key(tx, admin, wanted)
    async with client(outrider) as program:
        program.headers["Authorization"] = f"Bearer {secret}"
        for address in (
            "/api/drafts",
            f"/api/drafts/{draft.number}",
            "/api/inbox",
            f"/api/inbox/{draft.number}",
        ):
            answer = await program.get(address)
            assert answer.status_code == 200, (address, answer.text)
        body = {"content_hash": draft.content_hash}
        decided = await program.post(f"/api/drafts/{draft.number}/approve", json=body)
        assert decided.status_code == 403
    async with outrider.begin()() as tx:
        assert await tx.rows("select 1 from outrider.looks") == []
