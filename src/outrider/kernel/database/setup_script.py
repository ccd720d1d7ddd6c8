"""The SQL with which an administrator prepares a server of one's own.

In: names. Out: a script for psql. Never: a password in it, or a right that Outrider does not need.

The owner is no superuser: CREATEROLE lets it make Outrider's three working logins and nothing above
itself (PostgreSQL 16 and newer), the database is all it owns, and nobody else may connect to it.
"""

from __future__ import annotations

import re

from psycopg import sql

from outrider.kernel.errors import InvalidInput

PASSWORD = "OUTRIDER_DATABASE_PASSWORD"
"""The variable of the administrator's environment that psql reads the password from."""

# Others may stand in Postgres, but not as they are in an address.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")

_SCRIPT = """\
\\set ON_ERROR_STOP on
\\getenv password {password}
\\if :{{?password}}
\\else
  do $$ begin raise 'Set {password} to the new password of the owner first.'; end $$;
\\endif
create role {owner} login createrole nosuperuser nocreatedb noreplication {backups} password :'password';
create database {database} owner {owner};
revoke all on database {database} from public;
\\connect {database}
create extension if not exists vector with schema public;
revoke create on schema public from public;
"""


def setup_script(owner: str, database: str, *, backups: bool = True) -> str:
    """The script, for psql 14 or newer.

    Args:
        owner: the login that will own the database.
        database: the database.
        backups: whether the owner passes row-level security by, which a whole dump needs.

    Raises:
        InvalidInput: a name has other characters than letters, digits, - and _.
    """
    for what, name in (("--owner", owner), ("--database", database)):
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                f"{what} {name[:80]!r} cannot be used: give 1 to 63 letters, digits, - or _, a letter"
                " first."
            )
    return _SCRIPT.format(
        password=PASSWORD,
        owner=sql.Identifier(owner).as_string(None),
        database=sql.Identifier(database).as_string(None),
        backups="bypassrls" if backups else "nobypassrls",
    ).rstrip()
