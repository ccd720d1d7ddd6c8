"""Which objects the rows name: the other half of a whole backup.

In: a connection that sees every row. Out: SHA-256 names, each once, in order. Never: a row's content.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

NAMES_AN_OBJECT: tuple[tuple[str, str], ...] = (
    ("emails", "pack_sha256"),
    ("unread_emails", "pack_sha256"),
    ("snapshots", "raw_sha256"),
    ("turns", "raw_sha256"),
    ("outbox", "pack_sha256"),
)
"""Every column (table, column) whose value is kept in the object store under that name."""


def all_names(conn: psycopg.Connection) -> Iterator[str]:
    """Every object that a row names, each once; streamed, so that memory stays flat."""
    found = sql.SQL(" union ").join(
        sql.SQL("select {} from outrider.{} where {} is not null").format(
            sql.Identifier(column), sql.Identifier(table), sql.Identifier(column)
        )
        for table, column in _present(conn)
    )
    with conn.cursor(name="named_objects") as cursor:
        cursor.itersize = 5_000
        for (name,) in cursor.execute(sql.SQL("{} order by 1").format(found)):
            yield name


def some_names(conn: psycopg.Connection, beginning: str, many: int) -> list[str]:
    """Up to `many` names a column, from `beginning` (hex digits) on, and round to the first again."""
    found: set[str] = set()
    for table, column in _present(conn):
        names: set[str] = set()
        for start in (beginning, ""):
            query = sql.SQL(
                "select distinct {c} from outrider.{t} where {c} >= %s order by 1 limit %s"
            ).format(c=sql.Identifier(column), t=sql.Identifier(table))
            names |= {name for (name,) in conn.execute(query, [start, many - len(names)])}
        found |= names
    return sorted(found)


def _present(conn: psycopg.Connection) -> list[tuple[str, str]]:
    """Those columns that this database has: an older revision may lack some."""
    there = {
        (table, column)
        for table, column in conn.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'outrider'"
        )
    }
    return [one for one in NAMES_AN_OBJECT if one in there]
