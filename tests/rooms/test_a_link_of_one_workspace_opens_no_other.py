"""An admin's links let people into that admin's workspace, and into no other that they belong to."""

from __future__ import annotations

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import Member, invitations
from tests.access_world import PASSWORD, client, login, somebody

CHOSEN = "chosen by somebody else"


@pytest.fixture
async def kim(outrider: Outrider) -> Member:
    """The admin of the one workspace."""
    return await somebody(outrider, "admin")


@pytest.fixture
async def other(outrider: Outrider) -> Outrider:
    """The other workspace, whose admin knows Kim's address."""
    async with outrider.database.connection() as conn:
        made = await access.ensure_workspace(conn, "other", outrider.clock.now())
    return outrider.within(made)


async def invited(other: Outrider, kim: Member) -> str:
    async with other.begin()() as tx:
        return (await invitations.invite(tx, None, kim.email, "viewer"))[1]


async def joined(other: Outrider, token: str, password: str) -> httpx2.Response:
    async with client(other) as http:
        wanted = {"token": token, "name": "Kim Lee", "password": password}
        return await http.post("/api/join", json=wanted)


async def can_enter(outrider: Outrider, kim: Member, password: str) -> bool:
    async with client(outrider) as http:
        return (await login(http, kim.email, password)).status_code == 200


async def test_whoever_opens_an_invitation_does_not_become_kim(
    outrider: Outrider, other: Outrider, kim: Member
) -> None:
    refused = await joined(other, await invited(other, kim), CHOSEN)
    assert refused.status_code in (401, 403), refused.text
    assert not refused.cookies
    assert not await can_enter(outrider, kim, CHOSEN)
    assert await can_enter(outrider, kim, PASSWORD)


async def test_kim_gets_in_with_the_password_that_kim_has(
    outrider: Outrider, other: Outrider, kim: Member
) -> None:
    token = await invited(other, kim)
    assert (await joined(other, token, PASSWORD)).status_code == 201
    assert await can_enter(other, kim, PASSWORD)
    assert await can_enter(outrider, kim, PASSWORD)


async def test_a_link_to_a_new_password_is_no_way_around(
    outrider: Outrider, other: Outrider, kim: Member
) -> None:
    async with other.begin()() as tx:
        member = await access.add_person(tx, "Kim Lee", kim.email, "viewer")
        _, token = await invitations.password_link(tx, None, member)
    assert (await joined(other, token, CHOSEN)).status_code in (401, 403)
    assert not await can_enter(outrider, kim, CHOSEN)
