"""Whether stored secrets can be opened here: after a restore, and whenever somebody asks.

In: a connection that sees every row, settings. Out: findings, clauses. Never: a question to a key service
(`outrider secrets check` asks it), a secret, a key.
"""

from __future__ import annotations

import psycopg

from outrider.app.jobs.care.findings import Finding, broken, look, ok
from outrider.app.masters import ring_of
from outrider.kernel.clock import Clock
from outrider.kernel.settings import Settings

_UNDER = """
    select k.master, count(s.id) from outrider.data_keys k
    join outrider.secrets s on s.data_key_id = k.id group by k.master order by k.master
"""
_UNFINISHED = """
    select count(*) from outrider.data_keys k join outrider.secrets s on s.data_key_id = k.id
    where k.retired_at is not null
"""


def closed(conn: psycopg.Connection, settings: Settings, clock: Clock) -> list[str]:
    """What cannot be opened, because its master key is not here, as clauses.

    Raises:
        InvalidSetting: what keeps the master key is half set up.
    """
    masters = ring_of(settings, clock).masters
    return [
        f"{count} stored secrets are under the master key {name}, which {settings.keys} does not hold"
        for name, count in conn.execute(_UNDER).fetchall()
        if not masters.knows(name)
    ]


def findings(conn: psycopg.Connection, settings: Settings, clock: Clock) -> list[Finding]:
    """What the doctor says of stored secrets."""
    way_out = "Bring that key back, set OUTRIDER_KEYS to what keeps it, or set the secrets anew."
    found = [broken("secrets", one, way_out) for one in closed(conn, settings, clock)]
    row = conn.execute(_UNFINISHED).fetchone()
    if row and row[0]:
        told = f"a rotation was cut off before {row[0]} stored secrets"
        found.append(look("secrets", told, "Run `outrider secrets rotate`; it goes on."))
    row = conn.execute("select count(*) from outrider.secrets").fetchone()
    total = row[0] if row else 0
    return found or [ok("secrets", f"{total} are stored, and their master key is known here")]
