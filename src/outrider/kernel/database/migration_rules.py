"""Which statements of a migration would hold up, or break, an Outrider that goes on working.

In: the SQL of a revision and its phase. Out: `Risk`s, a sentence each. Never: a query, or a judgement of
the first revision, which meets an empty database.

A lock that conflicts with reading or writing, held while a large table is read or written anew, stops
every sender. The rules follow the manual of PostgreSQL, "ALTER TABLE" (notes) and "Explicit Locking". A
statement whose line before says `-- accepted: WHY` is let through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outrider.kernel.database.revisions import Phase

SMALL_TABLES = frozenset(
    {"workspaces", "people", "memberships", "passwords", "identities", "api_keys", "invitations"}
    | {"sessions", "login_limits", "switches", "audit_cuts", "mailboxes", "alembic_version"}
)
"""Tables that stay so small that nobody feels their lock."""

_VOLATILE = re.compile(
    r"\b(gen_random_uuid|uuid_generate\w*|uuidv[47]|random|clock_timestamp|timeofday|nextval)\s*\(|"
    r"\b(?:big|small)?serial\b|\bgenerated\b"
)
_NAME = r"(?:only\s+)?(?:if\s+exists\s+)?(?:outrider\.)?\"?(\w+)\"?"
_CREATED = re.compile(r"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:outrider\.)?\"?(\w+)\"?")
_ALTER = re.compile(r"^alter\s+table\s+" + _NAME + r"\s+(.*)$", re.DOTALL)
_INDEX = re.compile(r"^create\s+(?:unique\s+)?index\b(.*?)\bon\s+" + _NAME, re.DOTALL)
_ALL_ROWS = re.compile(r"^(update|delete\s+from)\s+" + _NAME + r"(?!.*\bwhere\b)", re.DOTALL)
_ACCEPTED = re.compile(r"--\s*accepted:\s*\S")


@dataclass(frozen=True)
class Risk:
    """One statement that should not run beside work."""

    table: str
    sentence: str
    statement: str

    def __str__(self) -> str:
        return f"{self.sentence} ({' '.join(self.statement.split())[:90]})"


def risks(script: str, phase: Phase, *, in_transaction: bool = True) -> list[Risk]:
    """What in this SQL would lock a large table for long, or break the program that still runs."""
    fresh = set(_CREATED.findall(_bare(script)))
    found = []
    for statement in script.split(";\n"):
        if _ACCEPTED.search(statement):
            continue
        bare = _bare(statement)
        for table, sentence in _of_statement(bare, phase, _bare(script)):
            if table not in fresh | SMALL_TABLES:
                found.append(Risk(table, sentence, bare))
        if not in_transaction and bare and not _repeatable(bare):
            found.append(Risk("", "it cannot be run again after it was interrupted", bare))
        if in_transaction and "concurrently" in bare:
            found.append(Risk("", "CONCURRENTLY needs `in_transaction = False`", bare))
    return found


def _bare(script: str) -> str:
    """In lower case, without comments and the words inside quotes."""
    script = re.sub(r"--[^\n]*", " ", script)
    script = re.sub(r"/\*.*?\*/", " ", script, flags=re.DOTALL)
    script = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", script, flags=re.DOTALL)
    return re.sub(r"'(?:[^']|'')*'", "''", script).strip().lower()


def _repeatable(bare: str) -> bool:
    return bool(re.search(r"\bif (?:not )?exists\b|^(?:analyze|vacuum|update|delete|insert.*on conflict)|"
                          r"\bvalidate constraint\b", bare, re.DOTALL))  # fmt: skip


def _of_statement(bare: str, phase: Phase, script: str) -> list[tuple[str, str]]:
    if (index := _INDEX.match(bare)) and "concurrently" not in index[1]:
        return [(index[2], "an index that is not built CONCURRENTLY stops every writer")]
    if bare.startswith(("vacuum full", "cluster", "reindex", "lock table", "truncate")):
        if "concurrently" not in bare:
            return [("*", f"{bare.split()[0].upper()} shuts a table until it is done")]
    if bare.startswith("drop table") and phase is not Phase.POST:
        return [("*", 'the program before still uses what is dropped: `phase = "post"`')]
    if rows := _ALL_ROWS.match(bare):
        return [(rows[2], "all rows in one statement are locked until it is done: go in batches")]
    if alter := _ALTER.match(bare):
        table, actions = alter[1], _actions(alter[2])
        return [(table, told) for action in actions for told in _of_action(action, phase, script)]
    return []


def _actions(listed: str) -> list[str]:
    """The actions of one ALTER TABLE: commas inside brackets separate nothing."""
    depth, parts = 0, [""]
    for mark in listed:
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += mark
    return [" ".join(part.split()) for part in parts]


def _of_action(action: str, phase: Phase, script: str) -> list[str]:
    column = re.match(r"add (?:column )?(?:if not exists )?(?!constraint|check|foreign|unique|primary|exclude)"
                      r"\"?(\w+)\"? ", action)  # fmt: skip
    if column:
        return _of_column(action)
    if action.startswith("add "):
        return _of_constraint(action)
    if re.match(r"alter (?:column )?\S+ (?:set data )?type ", action):
        return ["another type writes the whole table anew: add a column and fill it in batches"]
    if named := re.match(r"alter (?:column )?\"?(\w+)\"? set not null", action):
        known = re.search(rf"check \(+\s*\"?{named[1]}\"? is not null\s*\)", script)
        if not (known and "validate constraint" in script):
            return ["SET NOT NULL reads the whole table under a lock: validate a CHECK first"]
    if action.startswith(("drop column", "drop ", "rename ")) and phase is not Phase.POST:
        if not action.startswith(("drop constraint", "drop not null", "drop default")):
            return ['the program before still uses the old name: `phase = "post"`']
    return []


def _of_column(action: str) -> list[str]:
    told = []
    if _VOLATILE.search(action):
        told.append("a volatile default writes the whole table anew: add the column without it")
    if " not null" in action and " default " not in action and "generated" not in action:
        told.append("NOT NULL without a default fails as soon as there is a row")
    if " unique" in action or " primary key" in action:
        told.append("its index is built under a lock: build it CONCURRENTLY, then USING INDEX")
    if " references " in action:
        told.append("a foreign key reads both tables under a lock: add it NOT VALID, then validate")
    return told


def _of_constraint(action: str) -> list[str]:
    if re.search(r"\b(unique|primary key)\b", action) and "using index" not in action:
        return ["its index is built under a lock: build it CONCURRENTLY, then USING INDEX"]
    if re.search(r"\bexclude\b", action):
        return ["an exclusion constraint builds its index under a lock"]
    if re.search(r"\b(check|foreign key)\b", action) and "not valid" not in action:
        return ["a constraint reads the whole table under a lock: add it NOT VALID, then validate"]
    return []
