"""Prove a run of leaves fast: hash the events as the database sends them.

In: a connection and a range of leaf numbers. Out: the leaves, if every one is there and its event
gives it. Never: a word on what is wrong otherwise; `verify` reads such a range again, slowly.
"""

from __future__ import annotations

import hashlib

import psycopg

JOIN = (
    " from outrider.audit_leaves l left join outrider.audit_events e on e.id = l.event_id"
    " where l.leaf_no >= {start} and l.leaf_no < {end} order by l.leaf_no"
)
# COPY BINARY puts the length before each field in four bytes, most significant first. So does
# `append.canonical`: from the fourth field on, a row is the canonical event as it stands.
_FAST = (
    "copy (select l.leaf_no, l.leaf, e.leaf, e.id::text, e.workspace_id::text,"
    " to_char(e.at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    " e.actor, e.action, e.subject, e.correlation_id, e.body" + JOIN + ") to stdout (format binary)"
)
_FAST_FIELDS = (11).to_bytes(2, "big")
_FAST_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_FAST_TRAILER = b"\xff\xff"
_LENGTH_8 = (8).to_bytes(4, "big")
_LENGTH_32 = (32).to_bytes(4, "big")


def chunk_query(text: str, start: int, end: int) -> bytes:
    """A statement over the leaves from `start` up to, not including, `end`."""
    return text.format(start=int(start), end=int(end)).encode()


def hashes(conn: psycopg.Connection, start: int, end: int) -> list[bytes] | None:
    """The leaves of this range as they are stored, if every one is there and its event is not.

    An event that lies there after all has to give its leaf like any other: then None.
    """
    rows = conn.execute(
        b"select l.leaf, e.id is not null from outrider.audit_leaves l"
        b" left join outrider.audit_events e on e.id = l.event_id"
        b" where l.leaf_no >= %s and l.leaf_no < %s order by l.leaf_no",
        [start, end],
        binary=True,
    ).fetchall()
    is_whole = len(rows) == end - start and not any(is_there for _, is_there in rows)
    return [leaf for leaf, _ in rows] if is_whole else None


def proven(conn: psycopg.Connection, start: int, end: int) -> list[bytes] | None:
    """The leaves of this range, if each is there and its event gives it; else None.

    A row that is framed in another way than expected proves nothing, so it counts as a fault here
    and is judged by the slow way.
    """
    sha256 = hashlib.sha256
    leaves: list[bytes] = []
    number = start
    with conn.cursor() as cursor, cursor.copy(chunk_query(_FAST, start, end)) as copy:
        sound = True
        for block in copy:
            row = bytes(block)
            if number == start:
                row = row.removeprefix(_FAST_HEADER)
            if row == _FAST_TRAILER or not sound:
                continue
            leaf = row[18:50]
            sound = (
                row[:6] == _FAST_FIELDS + _LENGTH_8
                and int.from_bytes(row[6:14], "big") == number
                and row[14:18] == row[50:54] == _LENGTH_32
                and row[54:86] == leaf
                and sha256(b"\x00" + row[86:]).digest() == leaf
            )
            leaves.append(leaf)
            number += 1
    return leaves if sound and number == end else None
