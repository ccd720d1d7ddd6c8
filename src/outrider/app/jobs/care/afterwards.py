"""What is committed with a restored dump, or not at all: halted, logged out, ready to be sealed.

In: why everything is halted, an instant. Out: SQL. Never: a restored state that was seen without it.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql

from outrider.kernel.database.tx import SYSTEM

_HALT = """
insert into outrider.switches (id, workspace_id, scope, target, is_on, reason, actor, changed_at)
select gen_random_uuid(), id, 'workspace', '', true, {reason}, {actor}, {now} from outrider.workspaces
on conflict (workspace_id, scope, target) do update set is_on = true, actor = excluded.actor,
  changed_at = excluded.changed_at, reason = excluded.reason
  || case when switches.is_on then ' (it was halted before: ' || switches.reason || ')' else '' end;
"""
# Whoever was logged out since the backup, or lost a role, would be in again; so would an unused link.
_LOG_OUT = """
update outrider.sessions set revoked_at = {now} where revoked_at is null;
update outrider.api_keys set expires_at = least(expires_at, {now})
  where kind = 'setup' and used_at is null;
"""
# Transaction ids start anew on this server. An event that the backup's seals do not cover yet would
# wait until they have counted up to its old one.
_RENUMBER = """
update outrider.audit_events e set xid = pg_current_xact_id()::text::bigint
where not exists (select from outrider.audit_leaves l where l.event_id = e.id);
"""


def ending(reason: str, now: datetime) -> str:
    """The statements that end the transaction of a load."""
    values = {
        "reason": sql.Literal(reason),
        "actor": sql.Literal(str(SYSTEM)),
        "now": sql.Literal(now),
    }
    told = sql.SQL(_HALT + _LOG_OUT).format(**values)
    return f"set search_path to outrider, public;\n{told.as_string(None)}{_RENUMBER}"
