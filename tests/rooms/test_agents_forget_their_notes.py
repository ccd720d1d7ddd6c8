"""What an agent noted for itself is gone after thirty days, or after what a setting says."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.agents import store
from outrider.app.jobs import privacy
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import Settings, load
from tests.agents_world import Script, agent, brain_of, think
from tests.outreach import Office, open_office, people

NOTE = "They like short mail."


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    office = await open_office(
        database, workspace, clock, objects, [*people("Acme Stores", "Corporate Controller")]
    )
    script = Script([{"memory_note": {"note": NOTE}}, {"read_notes": {}}, "Noted."])
    await think(office, brain_of(script, clock=office.clock), agent("memory_note", "read_notes"))
    return office


def outrider(office: Office, home: Path, keys: Keys, settings: Settings) -> Outrider:
    return Outrider(
        settings, office.clock, office.database, office.objects, keys, office.workspace, "test"
    )


async def notes(office: Office) -> list[str]:
    async with office.begin() as tx:
        return await store.notes(tx, "sdr", 10)


async def test_a_note_goes_after_thirty_days_and_its_step_stays(
    office: Office, home: Path, keys: Keys
) -> None:
    machine = outrider(office, home, keys, load(home=home))
    office.clock.advance(timedelta(days=29))
    await privacy.forget_everywhere(machine)
    assert await notes(office) == [NOTE]
    office.clock.advance(timedelta(days=2))
    await privacy.forget_everywhere(machine)
    assert await notes(office) == []
    said = await office.rows(
        "select name from outrider.agent_steps where kind = 'tool'"
        " and (input::text like '%short mail%' or output::text like '%short mail%')"
    )
    assert said == []
    kept = await office.rows(
        "select name, status, input_sha256 from outrider.agent_steps where kind = 'tool'"
        " order by number"
    )
    assert [(row["name"], row["status"]) for row in kept] == [
        ("memory_note", "done"),
        ("read_notes", "done"),
    ]
    assert await privacy.forget_memories(machine) == 0, "once is enough"
    told = await office.rows("select body from outrider.audit_events where action='agents.forget'")
    assert [json.loads(row["body"]) for row in told] == [{"steps": 2}]


async def test_a_setting_keeps_them_longer_or_for_good(
    office: Office, home: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.clock.advance(timedelta(days=31))
    monkeypatch.setenv("OUTRIDER_RETAIN_MEMORIES", "null")
    assert await privacy.forget_memories(outrider(office, home, keys, load(home=home))) == 0
    monkeypatch.setenv("OUTRIDER_RETAIN_MEMORIES", "P60D")
    assert await privacy.forget_memories(outrider(office, home, keys, load(home=home))) == 0
    assert await notes(office) == [NOTE]
