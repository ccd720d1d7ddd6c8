"""Every route, asked by every role, by agents and programs, and from another workspace.

The expectation is written out here a second time, by hand, so that a slip in the table shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from outrider.app.api.entry import OPEN, permission_of, routes_of
from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import (
    AGENT_PERMISSIONS,
    Permission,
    PersonRole,
    api_keys,
    permissions_of,
)
from outrider.kernel.access.permissions import DOING, KEY_PERMISSIONS, PERMISSIONS, refusal
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput, NotAllowed
from tests.access_world import bearer, client, somebody

NOBODY = UUID("01900000-0000-7000-8000-000000000000")
EVERYBODY = "viewer operator approver campaign_manager compliance admin"
BY_HAND = {
    "self": EVERYBODY,
    "drafts.read": EVERYBODY,
    "drafts.decide": "approver campaign_manager compliance admin",
    "campaigns.read": EVERYBODY,
    "campaigns.write": "campaign_manager admin",
    "policies.read": EVERYBODY,
    "policies.write": "campaign_manager admin",
    "prospects.read": EVERYBODY,
    "prospects.write": "operator campaign_manager admin",
    "consent.write": "operator approver campaign_manager compliance admin",
    "tasks.read": EVERYBODY,
    "tasks.do": "operator approver campaign_manager admin",
    "replies.read": EVERYBODY,
    "replies.write": "operator approver campaign_manager admin",
    "mailboxes.read": EVERYBODY,
    "mailboxes.write": "campaign_manager admin",
    "sending.read": EVERYBODY,
    "sending.run": "operator campaign_manager admin",
    "switches.read": EVERYBODY,
    "switches.set": "operator approver campaign_manager compliance admin",
    "switches.lift": "campaign_manager compliance admin",
    "runs.read": EVERYBODY,
    "agents.run": "operator campaign_manager admin",
    "agents.write": "admin",
    "reports.read": EVERYBODY,
    "trace.read": EVERYBODY,
    "audit.read": "approver campaign_manager compliance admin",
    "privacy.read": "compliance admin",
    "privacy.erase": "compliance admin",
    "people.read": EVERYBODY,
    "people.manage": "admin",
    "keys.manage": "admin",
    "settings.read": "compliance admin",
    "settings.write": "admin",
}
NEVER_AN_AGENT = {
    "self",
    "drafts.decide",
    "sending.run",
    "switches.set",
    "switches.lift",
    "campaigns.write",
    "policies.write",
    "mailboxes.write",
    "agents.run",
    "agents.write",
    "privacy.erase",
    "people.manage",
    "keys.manage",
    "settings.write",
}


def guarded(outrider: Outrider | None) -> Iterator[tuple[str, str, Permission, str]]:
    """Method, address, permission and name of every route that is not open."""
    for route in routes_of(create_app(outrider)):
        if not isinstance(route, APIRoute) or route.name in OPEN:
            continue
        needed = permission_of(route)
        assert needed is not None, route.name
        # A stream does not end, and ending the session would end the test.
        if route.name in ("live_events", "end_session"):
            continue
        for method in route.methods or ():
            address = re.sub(r"\{[^}]*\}", str(NOBODY), route.path)
            yield method, address, needed, route.name


def test_the_table_is_what_was_meant() -> None:
    assert {str(one) for one in Permission} == set(BY_HAND)
    for role in PersonRole:
        meant = {name for name, roles in BY_HAND.items() if str(role) in roles.split()}
        assert {str(one) for one in permissions_of(role)} == meant, role


def test_an_agent_can_never_decide_send_or_switch() -> None:
    assert not NEVER_AN_AGENT & {str(one) for one in AGENT_PERMISSIONS}
    assert AGENT_PERMISSIONS < KEY_PERMISSIONS


def test_a_role_that_nobody_thought_of_may_nothing() -> None:
    assert set(PERMISSIONS) == set(PersonRole)
    assert permissions_of("owner") == frozenset()  # type: ignore[arg-type]  # a row of later


def test_every_refusal_is_a_sentence_that_says_whom_to_ask() -> None:
    assert set(DOING) == set(Permission)
    for permission in Permission:
        said = refusal("Vic Low", PersonRole.VIEWER, permission)
        assert re.fullmatch(r"Vic Low is viewer here and may not [^;]+; ask [^.]+\.", said), said


@pytest.mark.parametrize("role", [str(role) for role in PersonRole])
async def test_a_role_gets_through_its_doors_and_no_others(outrider: Outrider, role: str) -> None:
    member = await somebody(outrider, role)
    # Whoever is removed or demoted in passing must not be the one who asks.
    own = await bearer(outrider, member)
    asked = 0
    async with client(outrider) as http:
        for method, address, needed, name in guarded(outrider):
            answer = await http.request(method, address, json={}, headers=own)
            said = f"{role} {method} {address} ({name}): {answer.status_code} {answer.text[:200]}"
            if role in BY_HAND[str(needed)].split():
                assert answer.status_code not in (401, 403), said
            else:
                assert answer.status_code == 403, said
                assert "may not" in answer.json()["detail"], said
            assert answer.status_code < 500, said
            asked += 1
    assert asked >= 50


async def test_an_agents_key_gets_through_its_doors_and_no_others(outrider: Outrider) -> None:
    admin = await somebody(outrider, "admin")
    wanted = api_keys.Wanted("Scout", tuple(AGENT_PERMISSIONS), api_keys.LONGEST, "scout")
    async with outrider.begin()() as tx:
        _, secret = await api_keys.add_key(tx, admin, wanted)
    async with client(outrider) as http:
        for method, address, needed, name in guarded(outrider):
            answer = await http.request(
                method, address, json={}, headers={"Authorization": f"Bearer {secret}"}
            )
            said = f"{method} {address} ({name}): {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500, said
            if needed in AGENT_PERMISSIONS:
                assert answer.status_code not in (401, 403), said
            else:
                assert answer.status_code == 403, said


async def test_nothing_opens_with_a_session_of_another_workspace(
    outrider: Outrider, database: Database, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    elsewhere = outrider.within(other)
    session = await bearer(elsewhere, await somebody(elsewhere, "admin", "Stran Ger"))
    async with client(outrider) as http:
        for method, address, _, name in guarded(outrider):
            answer = await http.request(method, address, json={}, headers=session)
            assert answer.status_code in (401, 403), (name, answer.text)
    async with client(elsewhere) as http:
        assert (await http.get("/api/me", headers=session)).status_code == 200


async def test_a_key_works_in_its_own_workspace_whoever_serves_it(
    outrider: Outrider, database: Database, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    elsewhere = outrider.within(other)
    keys = dict[str, str]()
    for at, place in (("here", outrider), ("there", elsewhere)):
        owner = await somebody(place, "admin", f"{at} Owner")
        async with place.begin()() as tx:
            wanted = api_keys.Wanted(at, tuple(KEY_PERMISSIONS), api_keys.LONGEST)
            keys[at] = (await api_keys.add_key(tx, owner, wanted))[1]
    async with client(outrider) as http:
        for at, secret in keys.items():
            headers = {"Authorization": f"Bearer {secret}"}
            answer = await http.get("/api/people", headers=headers)
            told = {one["name"] for one in answer.json()["items"]}
            assert (f"{at} Owner" in told, len(told)) == (True, 1), told


@pytest.mark.parametrize("scope", sorted(NEVER_AN_AGENT))
async def test_no_agents_key_is_made_with_a_right_that_agents_never_have(
    outrider: Outrider, scope: str
) -> None:
    admin = await somebody(outrider, "admin")
    wanted = api_keys.Wanted("Scout", ("drafts.read", scope), api_keys.LONGEST, "scout")
    async with outrider.begin()() as tx:
        with pytest.raises(NotAllowed, match=re.escape(scope)):
            await api_keys.add_key(tx, admin, wanted)


@pytest.mark.parametrize("scopes", [(), ("drafts.everything",), ("",)])
async def test_a_key_without_a_known_scope_is_not_made(
    outrider: Outrider, scopes: tuple[str, ...]
) -> None:
    admin = await somebody(outrider, "admin")
    async with outrider.begin()() as tx:
        with pytest.raises(InvalidInput, match="scope"):
            await api_keys.add_key(tx, admin, api_keys.Wanted("x", scopes, api_keys.LONGEST))
