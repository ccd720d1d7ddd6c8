"""Look at each part of an installation: what is wrong, and what to do.

In: settings. Out: one finding a part, or several. Never: a change; the embedded server is started if
there is one, and probe files are removed at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
from sqlalchemy import URL

from outrider.app.jobs.care import content, server, stored
from outrider.app.jobs.care.findings import Finding, Health, broken, look, ok
from outrider.app.jobs.care.machine import look_at_machine
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Role, parse_url, why
from outrider.kernel.database.migrate import State, state_of
from outrider.kernel.database.opening import owner_url
from outrider.kernel.errors import OutriderError
from outrider.kernel.settings import Settings

__all__ = ["Finding", "Health", "examine"]

KNOCK_SECONDS = 10.0


async def examine(settings: Settings, clock: Clock, *, network: bool = False) -> list[Finding]:
    """Look at everything; a part that cannot be looked at is a finding, never an error.

    Args:
        settings: which installation.
        clock: the machine's.
        network: knock at the mail servers too.
    """
    found = await asyncio.to_thread(look_at_machine, settings)
    if not settings.database_url and not (settings.home / "database").is_dir():
        return [*found, look("database", "there is none yet", "Run `outrider up` once.")]
    try:
        owner, embedded = await asyncio.to_thread(owner_url, settings)
        conn = await asyncio.to_thread(server.connected, owner)
    except OutriderError as error:
        return [*found, broken("database", "it does not answer", error.message)]
    except psycopg.Error as error:
        return [*found, broken("database", why(error), "Start it, or check DATABASE_URL.")]
    try:
        found += _server(conn, settings, owner, clock, is_embedded=embedded is not None)
        blind = [item for item in found if item.part == "owner" and item.health is not Health.OK]
        if blind:
            told = (
                "rows, log and objects were not looked at, since their owner does not see them all"
            )
            found.append(look("content", told, blind[0].do))
        elif state_of(owner)[0] in (State.CURRENT, State.OLDER):
            found += await _content(conn, settings, clock, network=network)
    finally:
        conn.close()
    return found


def _server(
    conn: psycopg.Connection, settings: Settings, owner: URL, clock: Clock, *, is_embedded: bool
) -> list[Finding]:
    given = {}
    with suppress(OutriderError):
        if settings.app_database_url:
            given[Role.APP] = parse_url(settings.app_database_url)
        if settings.agent_database_url:
            given[Role.AGENT] = parse_url(settings.agent_database_url)
    return [
        *_tried("database", lambda: server.version(conn)),
        *_tried("schema", lambda: [server.revision(owner, is_embedded=is_embedded)]),
        *_tried("owner", lambda: server.rights(conn)),
        *_tried("logins", lambda: server.logins(owner, given)),
        *_tried("isolation", lambda: server.isolation(conn)),
        *_tried("clock", lambda: server.clock(conn, clock)),
    ]


async def _content(
    conn: psycopg.Connection, settings: Settings, clock: Clock, *, network: bool
) -> list[Finding]:
    # A row that a policy would hide makes an error, where counting what is left would tell a lie.
    conn.execute("set row_security = off")
    now = clock.now()
    found = [
        *_tried("seals", lambda: content.seal_lag(conn, now)),
        *_tried("log", lambda: content.newest_events(conn, settings)),
        *_tried("outbox", lambda: content.outbox(conn, now)),
        *_tried("switches", lambda: content.switches(conn)),
        *_tried("jobs", lambda: content.jobs(conn)),
        *_tried("mailboxes", lambda: content.mailboxes(conn, settings.home / "keys")),
        *_tried("secrets", lambda: stored.findings(conn, settings, clock)),
        *_tried("keys", lambda: content.keys_in_use(conn, settings.home / "keys")),
        *_tried("set-up", lambda: content.setup_tokens(conn, now)),
        *await _awaited("objects", lambda: content.objects(settings, content.sample(conn))),
    ]
    if network:
        for host, port in content.mail_servers(conn):
            found.append(await _knock(host, port))
    return found


def _tried(part: str, work: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return work()
    except (OutriderError, psycopg.Error, OSError) as error:
        return [_unseen(part, error)]


async def _awaited(part: str, work: Callable[[], Awaitable[Finding]]) -> list[Finding]:
    try:
        return [await work()]
    except (OutriderError, psycopg.Error, OSError) as error:
        return [_unseen(part, error)]


def _unseen(part: str, error: Exception) -> Finding:
    told = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
    return broken(part, f"it could not be looked at ({told})", "Mend the parts above first.")


async def _knock(host: str, port: int) -> Finding:
    """Read a mail server's greeting and say goodbye."""
    part, named = "mail server", f"{host}:{port}"
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), KNOCK_SECONDS)
    except (OSError, TimeoutError) as error:
        told = f"{named} does not answer ({error or 'too late'})"
        return broken(part, told, "Check the address, the firewall and the mailbox's --smtp.")
    try:
        greeting = await asyncio.wait_for(reader.readline(), KNOCK_SECONDS)
        writer.write(b"QUIT\r\n")
        await writer.drain()
    except (OSError, TimeoutError):
        greeting = b""
    finally:
        writer.close()
    if greeting.startswith(b"220"):
        return ok(part, f"{named} greets us")
    return broken(part, f"{named} answers but does not greet as a mail server", "Check the port.")
