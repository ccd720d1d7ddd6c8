"""Sequences and tasks over HTTP: the same verbs, the same rights, the same sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from outrider.app.api import sequences as door
from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.campaigns import create, enrol, sequence_file, tasks
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.rooms.test_campaigns_enrol import MAILBOX
from tests.rooms.test_sequences_follow_replies import add_contact

PATH = "/api/campaigns/Spring/sequence"
CALL = '[[steps]]\nnumber = 1\nchannel = "call"\npurpose = "first_touch"\ntemplate = "Call {first_name}."\n'


@pytest.fixture
async def http(
    database: Database, workspace: WorkspaceId, outrider: Outrider
) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(outrider)
    if not any(getattr(route, "path", "") == "/api/tasks" for route in app.routes):
        app.include_router(door.router)
    async with database.transaction(workspace, SYSTEM) as tx:
        campaign = await create.create(tx, "Spring", "Brand")
        (contact,) = await add_contact(tx)
        await enrol.enrol(tx, campaign.id, [contact], MAILBOX)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


async def as_(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, role: str
) -> dict[str, str]:
    person: PersonId = await add_person(database, workspace, role, f"{role}@b.example", role)
    async with database.connection() as conn:
        token = await access.open_session(conn, person, clock.now())
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def manager(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> dict[str, str]:
    return await as_(database, workspace, clock, "campaign_manager")


async def test_steps_are_previewed_set_and_shown(
    http: httpx2.AsyncClient, manager: dict[str, str]
) -> None:
    before = (await http.get(PATH, headers=manager)).json()
    assert (before["version"], len(before["steps"])) == (1, 3)
    assert sequence_file.read(before["toml"]).steps == create.STEPS
    body = {"toml": CALL, "apply": "in-flight"}
    shown = (await http.post(f"{PATH}/preview", headers=manager, json=body)).json()
    (move,) = shown["moves"]
    assert (move["step_now"]["channel"], move["step_then"]["channel"]) == ("email", "call")
    assert (await http.get(PATH, headers=manager)).json()["version"] == 1
    done = (await http.put(PATH, headers=manager, json=body)).json()
    assert (done["sequence"]["version"], done["is_new"], len(done["moves"])) == (2, True, 1)
    versions = (await http.get(f"{PATH}/history", headers=manager)).json()["items"]
    assert [one["enrollments"] for one in versions] == [{"active": 1}, {}]
    assert (await http.get(f"{PATH}/results", headers=manager)).json() == {"items": []}


async def test_a_task_is_listed_done_once_and_then_gone(
    http: httpx2.AsyncClient,
    manager: dict[str, str],
    database: Database,
    workspace: WorkspaceId,
) -> None:
    await http.put(PATH, headers=manager, json={"toml": CALL, "apply": "in-flight"})
    async with database.transaction(workspace, SYSTEM) as tx:
        await tasks.open_due(tx)
    (task,) = (await http.get("/api/tasks", headers=manager)).json()["items"]
    assert (task["text"], task["contact"], task["account"]) == ("Call Dana.", "Dana", "Acme")
    path = f"/api/tasks/{task['number']}"
    for _ in range(2):
        done = await http.post(f"{path}/done", headers=manager, json={"note": "spoke"})
        assert done.json()["status"] == "done"
    assert (await http.get("/api/tasks", headers=manager)).json()["items"] == []
    refused = await http.post(f"{path}/skip", headers=manager, json={})
    assert refused.status_code == 409


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "compliance"])
async def test_who_may_not_change_a_sequence_is_told_so(
    http: httpx2.AsyncClient,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    role: str,
) -> None:
    headers = await as_(database, workspace, clock, role)
    refused = await http.put(PATH, headers=headers, json={"toml": CALL})
    assert refused.status_code == 403
    assert (await http.get(PATH, headers=headers)).json()["version"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"toml": CALL, "sequence": {}},
        {"toml": "[["},
        {"toml": ""},
        {"sequence": {"steps": []}},
        {"sequence": {"steps": [{"number": 1, "purpose": "a", "channel": "fax"}]}},
        {"toml": CALL, "apply": "everybody"},
    ],
)
async def test_steps_that_cannot_be_used_change_nothing(
    http: httpx2.AsyncClient, manager: dict[str, str], body: dict[str, object]
) -> None:
    for method, path in (("PUT", PATH), ("POST", f"{PATH}/preview")):
        refused = await http.request(method, path, headers=manager, json=body)
        assert refused.status_code in (400, 422), refused.text
    assert (await http.get(PATH, headers=manager)).json()["version"] == 1


async def test_without_a_session_nothing_is_shown(http: httpx2.AsyncClient) -> None:
    for path in (PATH, "/api/tasks"):
        assert (await http.get(path)).status_code == 401
