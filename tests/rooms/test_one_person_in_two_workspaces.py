"""One person, one password, several workspaces: they choose, switch, and lose each one at once."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from outrider.app.api.entry import COOKIE
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import Member, invitations
from tests.access_world import PASSWORD, bearer, client, login, somebody
from tests.program import Program, plain_sentence


@pytest.fixture
async def north(outrider: Outrider) -> Outrider:
    async with outrider.database.connection() as conn:
        made = await access.ensure_workspace(conn, "north", outrider.clock.now())
    return outrider.within(made)


@pytest.fixture
async def kim(outrider: Outrider, north: Outrider) -> Member:
    """Admin in `default`, and viewer in `north`."""
    member = await somebody(outrider, "admin")
    async with north.begin()() as tx:
        await access.add_person(tx, "Kim Lee", member.email, "viewer")
    # Somebody else keeps `north` going.
    await somebody(north, "admin", "Robin Hale")
    return member


async def switched(http: httpx2.AsyncClient, to: Outrider) -> httpx2.Response:
    return await http.post("/api/session/workspace", json={"workspace": str(to.workspace)})


async def test_a_login_tells_every_workspace_and_begins_in_the_servers_own(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        me = (await login(http, kim.email)).json()
    assert (me["workspace"]["name"], me["role"]) == ("default", "admin")
    assert [(one["name"], one["role"]) for one in me["workspaces"]] == [
        ("default", "admin"),
        ("north", "viewer"),
    ]


async def test_a_switch_rotates_the_session_and_takes_the_role_of_there(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        await login(http, kim.email)
        before = http.cookies[COOKIE]
        there = await switched(http, north)
        assert there.status_code == 200
        assert (there.json()["workspace"]["name"], there.json()["role"]) == ("north", "viewer")
        assert http.cookies[COOKIE] != before
        assert (await http.get("/api/me")).json()["workspace"]["name"] == "north"
        # A viewer makes no invitation, whatever Kim is elsewhere.
        refused = await http.post(
            "/api/invitations", json={"email": "x@brand.example", "role": "viewer"}
        )
        assert refused.status_code == 403
        assert (await switched(http, outrider)).json()["role"] == "admin"
    async with client(outrider) as stolen:
        headers = {"Authorization": f"Bearer {before}"}
        assert (await stolen.get("/api/me", headers=headers)).status_code == 401


async def test_each_workspaces_log_tells_who_left_and_who_came(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        await login(http, kim.email)
        await switched(http, north)
    said = {}
    for place in (outrider, north):
        async with place.begin()() as tx:
            rows = await tx.rows(
                "select action from outrider.audit_events where actor = :who order by xid, id",
                {"who": f"person:{kim.person_id}"},
            )
            said[place.workspace] = [row["action"] for row in rows]
    assert said[outrider.workspace][-2:] == ["access.login", "access.leave_workspace"]
    assert said[north.workspace] == ["access.login"]


async def test_nobody_switches_to_where_they_are_not(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    only_here = await somebody(outrider, "admin", "Ann Reed")
    async with client(outrider) as http:
        await login(http, only_here.email)
        before = http.cookies[COOKIE]
        assert (await switched(http, north)).status_code == 404
        assert http.cookies[COOKIE] == before
        assert (await http.get("/api/me")).status_code == 200


async def test_who_is_only_in_another_workspace_logs_in_there(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        me = (await login(http, "robin@brand.example")).json()
    assert me["workspace"]["name"] == "north"


async def test_a_role_that_changes_counts_at_once_in_the_workspace_it_is_of(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http, client(outrider) as other:
        await login(http, kim.email)
        await switched(http, north)
        await login(other, kim.email)
        async with north.begin()() as tx:
            await access.change_role(tx, kim.person_id, "approver")
        # Every session ends, wherever it acts; the next login has the new role there, and only there.
        assert (await http.get("/api/me")).status_code == 401
        assert (await other.get("/api/me")).status_code == 401
        me = (await login(other, kim.email)).json()
    assert {one["name"]: one["role"] for one in me["workspaces"]} == {
        "default": "admin",
        "north": "approver",
    }


async def test_who_is_taken_out_of_one_keeps_the_other(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        await login(http, kim.email)
        await switched(http, north)
        async with north.begin()() as tx:
            await access.remove_member(tx, kim.person_id)
        assert (await http.get("/api/me")).status_code == 401
        me = (await login(http, kim.email)).json()
        assert [one["name"] for one in me["workspaces"]] == ["default"]
        assert (await switched(http, north)).status_code == 404


async def test_a_membership_that_ends_behind_a_sessions_back_ends_what_it_may(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        await login(http, kim.email)
        await switched(http, north)
        async with north.begin()() as tx:
            await tx.run(
                "delete from outrider.memberships where person_id = :who", {"who": kim.person_id}
            )
        assert (await http.get("/api/me")).status_code == 403


async def test_an_invitation_made_in_the_other_workspace_leads_there(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with north.begin()() as tx:
        _, token = await invitations.invite(tx, None, "new@brand.example", "viewer")
    async with client(outrider) as http:
        wanted = {"token": token, "name": "New One", "password": PASSWORD}
        me = (await http.post("/api/join", json=wanted)).json()
        assert me["workspace"]["name"] == "north"
        assert (await http.get("/api/me")).json()["workspace"]["name"] == "north"


async def test_a_session_of_the_console_acts_where_it_was_made(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    async with client(outrider) as http:
        here = await bearer(outrider, kim)
        assert (await http.get("/api/me", headers=here)).json()["workspace"]["name"] == "default"


def test_a_mistyped_workspace_is_told_and_not_made(home: Path, owner_url: URL) -> None:
    Program(home, owner_url).ok("mailbox", "list")
    typo = Program(home, owner_url, {"OUTRIDER_WORKSPACE": "defualt"})
    told = plain_sentence(typo.run("mailbox", "list"))
    assert "'defualt'" in told
    assert "'default'" in told
    assert "outrider workspace add" in told
    assert [
        one["name"] for one in Program(home, owner_url).run("workspace", "list", "--json").items
    ] == ["default"]


def test_no_empty_default_appears_beside_workspaces_of_other_names(
    home: Path, owner_url: URL
) -> None:
    acme = Program(home, owner_url, {"OUTRIDER_WORKSPACE": "acme"})
    acme.ok("mailbox", "list")
    nothing_said = Program(home, owner_url)
    told = plain_sentence(nothing_said.run("mailbox", "list"))
    assert "there is 'acme'" in told
    assert "OUTRIDER_WORKSPACE=acme" in told
    assert [one["name"] for one in acme.run("workspace", "list", "--json").items] == ["acme"]
    # Who wants it may have it.
    nothing_said.ok("workspace", "add", "default")
    nothing_said.ok("mailbox", "list")


def test_the_sample_alone_does_not_keep_a_newcomer_from_a_workspace_of_their_own(
    home: Path, owner_url: URL
) -> None:
    Program(home, owner_url, {"OUTRIDER_WORKSPACE": "sample"}).ok("mailbox", "list")
    mine = Program(home, owner_url)
    mine.ok("mailbox", "list")
    names = [one["name"] for one in mine.run("workspace", "list", "--json").items]
    assert names == ["default", "sample"]


def test_a_workspace_is_made_when_it_is_asked_for(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url)
    program.ok("workspace", "add", "acme")
    assert "already" in plain_sentence(program.run("workspace", "add", "acme"))
    plain_sentence(program.run("workspace", "add", "no/name"))
    acme = Program(home, owner_url, {"OUTRIDER_WORKSPACE": "acme"})
    acme.ok("mailbox", "list")
    assert "access.add_workspace" in acme.ok("audit", "search").out


def test_the_first_workspace_of_all_is_made_by_itself_whatever_its_name(
    home: Path, owner_url: URL
) -> None:
    first = Program(home, owner_url, {"OUTRIDER_WORKSPACE": "theirs"})
    first.ok("mailbox", "list")
    assert [one["name"] for one in first.run("workspace", "list", "--json").items] == ["theirs"]


async def test_a_key_works_in_the_workspace_that_it_was_made_in_and_in_no_other(
    outrider: Outrider, north: Outrider, kim: Member
) -> None:
    wanted = {"name": "ops", "scopes": ["campaigns.read", "people.read"], "days": 1}
    async with client(outrider) as http:
        await login(http, "robin@brand.example")
        made = await http.post("/api/keys", json=wanted)
        assert made.status_code == 201, made.text
    async with client(outrider) as program:
        program.headers["Authorization"] = f"Bearer {made.json()['key']}"
        people = await program.get("/api/people")
        assert people.status_code == 200, people.text
        roles = {one["name"]: one["role"] for one in people.json()["items"]}
    # Kim is an admin in the server's own.
    assert roles == {"Kim Lee": "viewer", "Robin Hale": "admin"}
