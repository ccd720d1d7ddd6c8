"""The log's partitions: a month each, made ahead, so that an old month can be let go as a whole.

In: the owner's login, because the working ones own nothing; the present. Out: partitions. Never: an
event lost or changed on its way from one partition to another.

An event's id is a UUIDv7, which begins with its time, so a range of ids is a month. Events of a month
that has no partition yet, say because a clock was wrong, lie in `audit_events_rest`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg import sql

from outrider.kernel.audit.seal import raw_connection
from outrider.kernel.database.connect import Database, Role

MONTHS_AHEAD = 3
REST = sql.Identifier("outrider", "audit_events_rest")

_LOCK = 0x6D6F6E74  # "mont": one hand at a time on the partitions of one database
_NAME = re.compile(r"audit_events_(\d{4})_(\d{2})")
_LOG = sql.Identifier("outrider", "audit_events")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month in UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> Month:
        """The month of an instant."""
        at = at.astimezone(UTC)
        return cls(at.year, at.month)

    def after(self, months: int = 1) -> Month:
        """So many months later."""
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def begins_at(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def first_id(self) -> UUID:
        """No id of this month is below it, and none of an earlier month above (RFC 9562, 5.7)."""
        return UUID(int=int(self.begins_at.timestamp() * 1000) << 80)

    @property
    def partition(self) -> sql.Identifier:
        """The partition that holds it."""
        return sql.Identifier("outrider", f"audit_events_{self.year:04}_{self.month:02}")


async def make_ahead(database: Database, now: datetime) -> list[Month]:
    """Make the partitions of this month and the next ones that are missing; returns those made.

    Events that already lie in the rest are taken along. Each month is a transaction of its own.

    Raises:
        DatabaseUnavailable: the owner cannot log in.
        Unavailable: writers kept the log busy for two seconds; try later.
    """
    made = []
    for months in range(MONTHS_AHEAD + 1):
        month = Month.of(now).after(months)
        async with database.connection(Role.OWNER) as conn:
            raw = await raw_connection(conn)
            await hold(raw)
            if month not in await partitions(raw):
                await _make(raw, month)
                made.append(month)
    return made


async def hold(raw: psycopg.AsyncConnection) -> None:
    """Be the only one who changes partitions until the transaction ends."""
    await raw.execute("set local lock_timeout = '2s'")
    await raw.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


async def partitions(raw: psycopg.AsyncConnection) -> list[Month]:
    """The months that have a partition, oldest first."""
    found = await raw.execute(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        " where i.inhparent = 'outrider.audit_events'::regclass"
    )
    names = [_NAME.fullmatch(name) for (name,) in await found.fetchall()]
    return sorted(Month(int(name[1]), int(name[2])) for name in names if name)


async def _make(raw: psycopg.AsyncConnection, month: Month) -> None:
    own = {
        "part": month.partition,
        "log": _LOG,
        "rest": REST,
        "first": sql.Literal(month.first_id),
        "end": sql.Literal(month.after().first_id),
    }
    for statement in (
        # Whoever writes now has chosen where already, and would find the place changed under it.
        "lock table {log} in share row exclusive mode",
        "create table {part} (like {log} including all)",
        "alter table {part} enable row level security",
        # Without superuser rights, forced policies would hide the owner's own rows from this move.
        "alter table {rest} no force row level security",
        "with moved as (delete from {rest} where id >= {first} and id < {end} returning *)"
        " insert into {part} select * from moved",
        "alter table {rest} force row level security",
        "alter table {part} force row level security",
        "alter table {log} attach partition {part} for values from ({first}) to ({end})",
    ):
        await raw.execute(sql.SQL(statement).format(**own))


async def detach(raw: psycopg.AsyncConnection, month: Month) -> None:
    """Take a month out of the log; its table stays, open to the owner alone."""
    own = {"log": _LOG, "part": month.partition}
    await raw.execute(sql.SQL("alter table {log} detach partition {part}").format(**own))
    await raw.execute(sql.SQL("alter table {part} no force row level security").format(**own))
