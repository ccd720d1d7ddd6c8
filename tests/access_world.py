"""A running API and people of every role, for tests of who may do what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from outrider.app.api.entry import MEANT
from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import Member, passwords
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId

PASSWORD = "four words make one"
_HASHED: dict[str, str] = {}


@asynccontextmanager
async def client(
    outrider: Outrider, address: str = "127.0.0.1"
) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser on our own page, at this network address."""
    transport = httpx2.ASGITransport(
        app=create_app(outrider), client=(address, 50_000), raise_app_exceptions=False
    )
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={MEANT: "1"}
    ) as opened:
        yield opened


async def somebody(outrider: Outrider, role: str, name: str = "Kim Lee") -> Member:
    """A member with a password."""
    email = f"{name.split()[0].lower()}@brand.example"
    # Slow by intention, so once is enough.
    hashed = _HASHED.get(PASSWORD) or await passwords.Passwords().hashed(PASSWORD)
    _HASHED[PASSWORD] = hashed
    async with outrider.begin()() as tx:
        member = await access.add_person(tx, name, email, role)
        await passwords.set_password(tx, member, hashed)
    return member


async def bearer(outrider: Outrider, member: Member) -> dict[str, str]:
    """The header of a session of this person."""
    async with outrider.begin()() as tx:
        token = await access.open_session(tx.conn, member.person_id, tx.now)
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def signed_in(
    outrider: Outrider, role: str, name: str = "Kim Lee"
) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of a new member of this role."""
    async with client(outrider) as opened:
        opened.headers.update(await bearer(outrider, await somebody(outrider, role, name)))
        yield opened


async def session(database: Database, person: PersonId, clock: Clock) -> dict[str, str]:
    """The header of a session of this person, where there is no Outrider to open it."""
    async with database.connection() as conn:
        token = await access.open_session(conn, person, clock.now())
    return {"Authorization": f"Bearer {token}"}


async def got(http: httpx2.AsyncClient, address: str, **asked: Any) -> Any:
    """What a request that must succeed is told."""
    answer = await http.get(address, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def login(http: httpx2.AsyncClient, email: str, password: str = PASSWORD) -> httpx2.Response:
    """What a login answers."""
    return await http.post("/api/login", json={"email": email, "password": password})
