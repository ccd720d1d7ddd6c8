"""People have one role in a workspace; secrets are shown once and stored as hashes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from outrider.kernel import access
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId, new_id


async def test_a_workspace_is_made_once(database: Database, clock: VirtualClock) -> None:
    async def ensure() -> WorkspaceId:
        async with database.connection() as conn:
            return await access.ensure_workspace(conn, "north", clock.now())

    assert len(set(await asyncio.gather(*(ensure() for _ in range(5))))) == 1
    async with database.connection() as conn:
        assert list(await access.workspaces(conn)) == ["north"]
        assert await access.find_workspace(conn, "south") is None


@pytest.mark.parametrize("name", ["", " ", "a b", "-x", "x" * 64, "a/b", "né"])
async def test_a_workspace_name_that_cannot_be_used_says_why(
    database: Database, clock: VirtualClock, name: str
) -> None:
    async with database.connection() as conn:
        with pytest.raises(InvalidInput, match="workspace name"):
            await access.ensure_workspace(conn, name, clock.now())


async def test_a_person_is_found_by_id_and_by_address_in_any_case(tx: Tx) -> None:
    added = await access.add_person(tx, " Ann  Reed ", "Ann@Try-Brand.example", "approver")
    assert added == Member(
        added.person_id, "Ann Reed", "ann@try-brand.example", PersonRole.APPROVER
    )
    assert await access.member(tx, added.person_id) == added
    assert await access.by_email(tx, "ANN@try-brand.EXAMPLE ") == added
    events = await tx.rows("select action, subject, body from outrider.audit_events")
    assert [(e["action"], e["subject"]) for e in events] == [
        ("access.add_person", f"person:{added.person_id}")
    ]
    assert "ann@" not in events[0]["body"]


@pytest.mark.parametrize(
    ("name", "email", "role", "says"),
    [
        ("", "a@b.example", "admin", "The name"),
        ("x" * 201, "a@b.example", "admin", "The name"),
        ("Ann\x1b[0m", "a@b.example", "admin", "The name"),
        ("Ann", "ann", "admin", "e-mail address 'ann'"),
        ("Ann", "ann@b.example\nBcc: x@y.example", "admin", "e-mail address"),
        ("Ann", "a@b.example", "root", "choose one of viewer"),
    ],
)
async def test_a_person_that_cannot_be_is_refused_and_nothing_is_written(
    tx: Tx, name: str, email: str, role: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        await access.add_person(tx, name, email, role)
    assert await tx.rows("select 1 from outrider.people") == []


@pytest.mark.parametrize("email", ["root@machine.local", "ann@firm.test", "ann@box.internal"])
async def test_an_address_of_a_private_network_names_a_person(tx: Tx, email: str) -> None:
    assert (await access.add_person(tx, "Ann", email, "admin")).email == email


async def test_nobody_is_a_member_twice(tx: Tx) -> None:
    await access.add_person(tx, "Ann", "ann@try-brand.example", "approver")
    with pytest.raises(Conflict, match="is an approver in this workspace already"):
        await access.add_person(tx, "Ann", "ann@try-brand.example", "admin")


async def test_a_person_of_two_workspaces_has_a_role_in_each(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    async with database.transaction(workspace, SYSTEM) as tx:
        here = await access.add_person(tx, "Ann", "ann@try-brand.example", "viewer")
    async with database.transaction(other, SYSTEM) as tx:
        assert await access.member(tx, here.person_id) is None
        there = await access.add_person(tx, "Ann", "ann@try-brand.example", "admin")
        assert there.person_id == here.person_id
        assert [member.role for member in await access.members(tx)] == [PersonRole.ADMIN]


@pytest.mark.parametrize("role", list(PersonRole))
async def test_only_three_roles_may_decide(tx: Tx, role: PersonRole) -> None:
    added = await access.add_person(tx, "Ann", "ann@try-brand.example", role)
    may = role in (PersonRole.APPROVER, PersonRole.CAMPAIGN_MANAGER, PersonRole.ADMIN)
    assert added.may_decide is may
    assert await access.may_decide(tx, added.person_id) is may


async def test_a_stranger_may_not_decide(tx: Tx) -> None:
    assert not await access.may_decide(tx, PersonId(tx.new_id()))


async def test_the_only_person_is_meant_when_none_is_named(tx: Tx) -> None:
    with pytest.raises(InvalidInput, match="Nobody is in this workspace"):
        await access.person_for(tx, None)
    ann = await access.add_person(tx, "Ann Reed", "ann@try-brand.example", "approver")
    assert await access.person_for(tx, None) == ann
    bob = await access.add_person(tx, "Bob Hale", "bob@try-brand.example", "viewer")
    with pytest.raises(InvalidInput, match=r"Ann Reed <ann@.*>, Bob Hale <bob@"):
        await access.person_for(tx, None)
    assert await access.person_for(tx, "BOB@try-brand.example") == bob
    with pytest.raises(InvalidInput, match=r"Nobody .* has the address x@y.example; it has Ann"):
        await access.person_for(tx, "x@y.example")


async def test_a_role_can_change_but_never_the_last_admins(tx: Tx) -> None:
    ann = await access.add_person(tx, "Ann", "ann@try-brand.example", "admin")
    with pytest.raises(Conflict, match="only admin"):
        await access.change_role(tx, ann.person_id, "viewer")
    bob = await access.add_person(tx, "Bob", "bob@try-brand.example", "viewer")
    await access.change_role(tx, bob.person_id, "admin")
    await access.change_role(tx, ann.person_id, "viewer")
    assert [(m.name, m.role) for m in await access.members(tx)] == [
        ("Ann", PersonRole.VIEWER),
        ("Bob", PersonRole.ADMIN),
    ]
    with pytest.raises(NotFound):
        await access.change_role(tx, PersonId(tx.new_id()), "viewer")


async def test_the_setup_token_makes_one_admin_and_works_once(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        token = await access.new_setup_token(conn, clock.now())
        rows = await conn.exec_driver_sql("select token_sha256 from outrider.api_keys")
        assert token not in {row[0] for row in rows}

    async def use(email: str) -> Member | None:
        try:
            async with database.transaction(workspace, SYSTEM) as tx:
                return await access.use_setup_token(tx, token, "Ann", email)
        except NotAllowed:
            return None

    admins = await asyncio.gather(*(use(f"p{n}@try-brand.example") for n in range(5)))
    made = [admin for admin in admins if admin]
    assert [admin.role for admin in made] == [PersonRole.ADMIN]
    async with database.transaction(workspace, SYSTEM) as tx:
        assert await access.members(tx) == made
        assert await access.has_admin(tx)


async def test_a_refused_setup_leaves_the_token_good(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.connection() as conn:
        token = await access.new_setup_token(conn, clock.now())

    async def use(email: str) -> Member:
        async with database.transaction(workspace, SYSTEM) as tx:
            return await access.use_setup_token(tx, token, "Ann", email)

    with pytest.raises(InvalidInput):
        await use("no address")
    assert (await use("ann@try-brand.example")).role is PersonRole.ADMIN


@pytest.mark.parametrize("spoil", ["late", "replaced", "wrong"])
async def test_a_setup_token_ends(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, spoil: str
) -> None:
    async with database.connection() as conn:
        token = await access.new_setup_token(conn, clock.now())
        if spoil == "replaced":
            await access.new_setup_token(conn, clock.now())
    if spoil == "late":
        clock.advance(timedelta(minutes=30))
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(NotAllowed, match="used or is older than 30 minutes"):
            await access.use_setup_token(
                tx, "x" if spoil == "wrong" else token, "Ann", "ann@try-brand.example"
            )


Find = Callable[[], Awaitable[PersonId | None]]


@pytest.fixture
async def session(database: Database, person: PersonId, clock: VirtualClock) -> tuple[str, Find]:
    async with database.connection() as conn:
        token = await access.open_session(conn, person, clock.now())

    async def find() -> PersonId | None:
        async with database.connection() as conn:
            found = await access.session_of(conn, token, clock.now())
        return found[0] if found else None

    return token, find


async def test_a_session_ends_after_twelve_idle_hours(
    session: tuple[str, Find], person: PersonId, clock: VirtualClock
) -> None:
    _, find = session
    clock.advance(timedelta(hours=11))
    assert await find() == person
    clock.advance(timedelta(hours=11))
    assert await find() == person
    clock.advance(timedelta(hours=12))
    assert await find() is None


async def test_a_session_in_use_ends_after_seven_days(
    session: tuple[str, Find], person: PersonId, clock: VirtualClock
) -> None:
    _, find = session
    for _ in range(16):
        clock.advance(timedelta(hours=10))
        assert await find() == person
    clock.advance(timedelta(hours=8))
    assert await find() is None


async def test_a_revoked_session_is_over_at_once(
    database: Database, session: tuple[str, Find], person: PersonId, clock: VirtualClock
) -> None:
    token, find = session
    async with database.connection() as conn:
        await access.open_session(conn, person, clock.now())
        stored = await conn.exec_driver_sql("select token_sha256 from outrider.sessions")
        assert token not in {row[0] for row in stored}
        assert await access.revoke_session(conn, token, clock.now())
        assert not await access.revoke_session(conn, token, clock.now())
        assert await access.session_of(conn, token, clock.now()) is None
        assert await access.session_of(conn, "x", clock.now()) is None
        assert await access.revoke_sessions_of(conn, person, clock.now()) == 1
    assert await find() is None


async def test_a_session_of_nobody_is_not_opened(database: Database, clock: VirtualClock) -> None:
    from sqlalchemy.exc import IntegrityError

    async with database.connection() as conn:
        with pytest.raises(IntegrityError):
            await access.open_session(conn, PersonId(new_id(clock.now())), clock.now())
