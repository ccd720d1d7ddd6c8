"""No id of another workspace opens, changes or tells anything; which ids there are, the API's description says.

What a lesser role may not do is asked of each route in `tests/rooms/test_every_route_for_every_role.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import api_keys
from outrider.kernel.access.permissions import KEY_PERMISSIONS
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from tests import attackers
from tests.access_world import bearer, somebody
from tests.attackers import Operation
from tests.attackers_world import NOT_OF_A_WORKSPACE, Inhabited, asking, inhabited

SAME_FOR_ALL = {"address", "domain", "selector"}
"""Names that may exist in two workspaces; what is behind them is each one's own."""
KEPT = (
    "drafts", "decisions", "memberships", "people", "api_keys", "invitations", "mailboxes", "switches",
    "campaigns", "sequences", "accounts", "contacts", "suppressions", "policies", "agent_settings",
    "touches", "sms_consents", "tasks", "draft_variants",
)  # fmt: skip
"""What no stranger may change."""


@dataclass(frozen=True)
class Both:
    """Theirs, which is full, and the session of an admin elsewhere on the same installation."""

    theirs: Inhabited
    elsewhere: Outrider
    stranger: dict[str, str]
    key: dict[str, str]
    """A key of that admin, with every scope that a key can have."""

    def doors(self) -> list[tuple[Outrider, dict[str, str]]]:
        """The stranger's session where it belongs, and the key on the very server that is attacked."""
        return [(self.elsewhere, self.stranger), (self.theirs.outrider, self.key)]


@pytest.fixture
async def both(clock: VirtualClock, database: Database, outrider: Outrider) -> Both:
    theirs = await inhabited(outrider)
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    elsewhere = outrider.within(other)
    stranger = await somebody(elsewhere, "admin", "Stran Ger")
    async with elsewhere.begin()() as tx:
        wanted = api_keys.Wanted("theirs", tuple(KEY_PERMISSIONS), api_keys.LONGEST)
        _, secret = await api_keys.add_key(tx, stranger, wanted)
    key = {"Authorization": f"Bearer {secret}"}
    async with asking(outrider, key) as http:
        # It works where it belongs; and its first use is noted before anything is compared.
        assert (await http.get("/api/people")).status_code == 200
    return Both(theirs, elsewhere, await bearer(elsewhere, stranger), key)


def with_ids() -> list[Operation]:
    """Operations whose address names something that belongs to a workspace."""
    apart = {*NOT_OF_A_WORKSPACE, *SAME_FOR_ALL}
    return [
        one
        for one in attackers.operations()
        if set(one.wanted) - apart and one.permission and not one.path.startswith("/api/agents")
    ]


async def contents(outrider: Outrider) -> dict[str, Any]:
    async with outrider.begin()() as tx:
        there = await tx.rows(
            "select table_name from information_schema.tables where table_schema = 'outrider'"
        )
        known = {str(row["table_name"]) for row in there} & set(KEPT)
        assert len(known) > 8
        return {
            name: sorted(
                str(dict(row)) for row in await tx.rows(f"select * from outrider.{name} t")
            )
            for name in known
        }


def test_every_name_in_an_address_is_tried_or_has_a_reason() -> None:
    known = {*NOT_OF_A_WORKSPACE, *SAME_FOR_ALL, "person_id", "ref", "name", "campaign"}
    known |= {
        "account_id",
        "contact_id",
        "event_id",
        "key_id",
        "invitation_id",
        "file_id",
        "session_id",
    }
    assert {name for one in attackers.operations() for name in one.wanted} <= known


async def test_the_ids_are_real_for_who_may_see_them(both: Both) -> None:
    found = 0
    async with asking(both.theirs.outrider, both.theirs.headers) as http:
        for one in with_ids():
            if one.method == "GET" and set(one.wanted) <= set(both.theirs.ids):
                answer = await http.get(one.address(both.theirs.ids))
                found += answer.status_code == 200
    assert found >= 8


@pytest.mark.parametrize("door", [0, 1], ids=["session", "key"])
async def test_a_strangers_admin_opens_and_changes_nothing_by_its_id(both: Both, door: int) -> None:
    before, opened = await contents(both.theirs.outrider), []
    async with asking(*both.doors()[door]) as http:
        for one in with_ids():
            body = attackers.lawful(one.body) if one.body else None
            address = one.address(both.theirs.ids)
            asked = {"content": b"abc"} if one.name.endswith("_piece") else {"json": body}
            answer = await http.request(one.method, address, **asked)
            if answer.status_code not in (400, 403, 404):
                opened.append(f"{one.method} {one.path}: {answer.status_code} {answer.text[:150]}")
    assert opened == []
    assert await contents(both.theirs.outrider) == before


@pytest.mark.parametrize("door", [0, 1], ids=["session", "key"])
async def test_no_list_of_a_stranger_names_anything_of_theirs(both: Both, door: int) -> None:
    told, asked = [], 0
    async with asking(*both.doors()[door]) as http:
        for one in attackers.operations():
            if one.method != "GET" or one.wanted:
                continue
            answer = await http.get(one.path)
            asked += 1
            told += [f"{one.name}: {owned}" for owned in both.theirs.owned if owned in answer.text]
    assert told == []
    assert asked > 25


async def test_an_id_of_theirs_in_a_body_is_nobodys(both: Both) -> None:
    before, taken = await contents(both.theirs.outrider), []
    known = sorted(both.theirs.owned)
    async with asking(both.elsewhere, both.stranger) as http:
        for one in attackers.with_body():
            assert one.body is not None
            for place in id_places(one.body):
                for owned in known:
                    body = attackers.changed(attackers.lawful(one.body), place, owned)
                    answer = await http.request(one.method, one.address({}), json=body)
                    if answer.status_code < 400:
                        taken.append(f"{one.name} {place}: {answer.status_code}")
    assert taken == []
    assert await contents(both.theirs.outrider) == before


def id_places(schema: dict[str, Any], place: attackers.Place = ()) -> list[attackers.Place]:
    """Where in a body an id stands."""
    schema = attackers.meant(schema)
    if schema.get("format") == "uuid":
        return [place]
    if schema.get("type") == "array" and "items" in schema:
        return id_places(schema["items"], (*place, 0))
    return [
        found
        for key, one in schema.get("properties", {}).items()
        for found in id_places(one, (*place, key))
    ]


async def test_a_viewer_with_the_right_ids_changes_nothing(both: Both) -> None:
    theirs = both.theirs
    viewer = await bearer(theirs.outrider, await somebody(theirs.outrider, "viewer", "Vic Low"))
    before, done = await contents(theirs.outrider), []
    async with asking(theirs.outrider, viewer) as http:
        for one in attackers.operations():
            if one.method == "GET" or one.permission in (None, "self"):
                continue
            if one.permission.endswith(".read"):
                continue
            body = attackers.lawful(one.body) if one.body else None
            answer = await http.request(
                one.method, one.address(theirs.ids_for(one.path)), json=body
            )
            if answer.status_code != 403:
                done.append(f"{one.method} {one.path}: {answer.status_code}")
    assert done == []
    assert await contents(theirs.outrider) == before
