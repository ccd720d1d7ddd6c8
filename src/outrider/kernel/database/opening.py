"""Open the database that the settings name: an embedded one, or any Postgres with pgvector.

In: settings and a clock. Out: a `Database` whose schema is at the head.
Never: an upgrade of somebody else's server without being asked, unless it is empty.
"""

from __future__ import annotations

from sqlalchemy import URL

from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database, Role, parse_url
from outrider.kernel.database.embedded import Embedded, ensure
from outrider.kernel.database.limits import Limits
from outrider.kernel.database.migrate import State, state_of, upgrade
from outrider.kernel.errors import DatabaseUnavailable, Refused
from outrider.kernel.settings import Settings

RESTORE_MARK = "restore-unfinished.json"
"""In a home folder from the first write of a restore to its last."""


def owner_url(settings: Settings) -> tuple[URL, Embedded | None]:
    """The owner's address; starts the embedded server when no other is named.

    Raises:
        DatabaseUnavailable: it does not start or answer.
        InvalidSetting: DATABASE_URL or the home folder cannot be used.
    """
    if settings.database_url:
        return parse_url(settings.database_url), None
    embedded = ensure(settings.home)
    return parse_url(embedded.dsn), embedded


def require_restored(settings: Settings) -> None:
    """Pass unless a restore into this home is not finished: what is written now would be in its way.

    Raises:
        DatabaseUnavailable: it is not.
    """
    if (settings.home / RESTORE_MARK).exists():
        raise DatabaseUnavailable(
            f"A restore into {settings.home} runs, or was cut off: let it end, or run the same "
            "`outrider restore` again, which goes on where it stopped."
        )


def open_database(settings: Settings, clock: Clock) -> Database:
    """A database ready for work. Blocking: call it before the event loop or in a thread.

    Raises:
        Refused: the schema is newer than this program, or older on a server of one's own, or the tables
            are another product's.
        DatabaseUnavailable: a restore is filling it, or was cut off.
    """
    require_restored(settings)
    owner, embedded = owner_url(settings)
    state, revision = state_of(owner)
    if state is State.EMPTY or (state is not State.CURRENT and embedded):
        upgrade(owner)
    elif state in (State.NEWER, State.FOREIGN):
        upgrade(owner)  # says what is wrong
    elif state is State.OLDER:
        raise Refused(
            f"The database is at revision {revision}, older than this Outrider. "
            "Run `outrider upgrade` when no older Outrider works on it."
        )
    urls = {}
    if settings.app_database_url:
        urls[Role.APP] = parse_url(settings.app_database_url)
    if settings.agent_database_url:
        urls[Role.AGENT] = parse_url(settings.agent_database_url)
    database = Database(
        owner,
        clock,
        pool_size=settings.pool_size,
        limits=Limits(settings.statement_timeout, settings.lock_timeout),
        urls=urls,
    )
    database.home = settings.home
    database.agent_pool_size = settings.agent_pool_size
    return database
