"""What the database holds as the doctor sees it: the log, the outbox, switches, objects, mailboxes.

In: a connection that sees every row. Out: findings. Never: a write, an address of a recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from outrider.app.jobs.care.findings import Finding, broken, look, ok, span
from outrider.app.jobs.care.keyfile import KEY_BYTES, SEAL_KEY
from outrider.app.jobs.care.named_objects import some_names
from outrider.kernel.audit.merkle import Frontier
from outrider.kernel.audit.proven import proven
from outrider.kernel.audit.seal import Seal, read_note, signed_by
from outrider.kernel.errors import Broken, InvalidInput, NotFound
from outrider.kernel.ids import random_token
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.seal_key import signer_of
from outrider.kernel.settings import Settings
from outrider.sending.owners import is_gone

NEWEST_EVENTS = 20_000
SAMPLED = 12
"""Objects a column."""
SEAL_LAG_SEEN = timedelta(minutes=10)
SEAL_LAG_BORNE = timedelta(days=1)
KEEP_AS_IT_IS = "Keep the database as it is, run `outrider audit verify`, and compare a backup."


def seal_lag(conn: psycopg.Connection, now: datetime) -> list[Finding]:
    """How long the oldest event waits for its seal."""
    row = conn.execute(
        "select count(*), min(e.at) from outrider.audit_events e where (e.xid, e.id) >"
        # In a restored dump the ids start anew; until the next seal only the leaves tell.
        " (select case when max(last_xid) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        "         then max(last_xid) else 0 end, '00000000-0000-0000-0000-000000000000'::uuid"
        "  from outrider.audit_seals)"
        " and not exists (select from outrider.audit_leaves l where l.event_id = e.id)"
    ).fetchone()
    count, oldest = row or (0, None)
    if not count:
        return [ok("seals", "every event of the log is sealed")]
    told = f"{count} events wait for a seal, the oldest for {span(now - oldest)}"
    way_out = "Run `outrider audit seal`; if it stays, end transactions that hang on the server."
    if now - oldest > SEAL_LAG_BORNE:
        return [broken("seals", told, way_out)]
    if now - oldest > SEAL_LAG_SEEN:
        return [look("seals", told, way_out)]
    return [ok("seals", told)]


def newest_events(conn: psycopg.Connection, settings: Settings) -> list[Finding]:
    """Whether the newest events and the newest seal are what was sealed."""
    row = conn.execute(
        "select size, root, sealed_at, signature, key_id, frontier from outrider.audit_seals"
        " order by size desc limit 1"
    ).fetchone()
    kept = _kept(settings.home / "checkpoints" / "checkpoint")
    seal = Seal(*row[:5]) if row else None
    size = seal.size if seal else 0
    if kept and (kept.size > size or (seal and kept.size == size and kept.root != seal.root)):
        told = f"the checkpoint in the home folder covers {kept.size} events, the log {size}"
        same = kept.size == size
        return [broken("log", f"{told}{', with another root' if same else ''}", KEEP_AS_IT_IS)]
    if seal is None or row is None:
        return [ok("log", "nothing is sealed yet")]
    try:
        whole = Frontier.decode(size, row[5]).root() == seal.root
    except ValueError:
        whole = False
    if not whole:
        return [broken("log", "the newest seal was changed", KEEP_AS_IT_IS)]
    start = max(0, size - NEWEST_EVENTS)
    if proven(conn, start, size) is None:
        told = f"among the newest {size - start} events one is not what was sealed"
        return [broken("log", told, KEEP_AS_IT_IS)]
    return [_signed(seal, settings.home / "keys" / SEAL_KEY, size - start)]


def _signed(seal: Seal, key: Path, many: int) -> Finding:
    if not key.is_file():
        way_out = "Bring it back from the file that `outrider backup --keys` wrote."
        return broken("log", f"the key {key.name} that signed the log is gone", way_out)
    seed = key.read_bytes()
    if len(seed) != KEY_BYTES:
        way_out = "Bring it back from the file that `outrider backup --keys` wrote."
        return broken("log", f"the key {key.name} that signed the log is damaged", way_out)
    signer = signer_of(Keys(key.parent.parent))
    ours = next((one for one in (signer, *signer.before) if one.key_id == seal.key_id), None)
    if ours is None:
        way_out = "Bring the old key back, or go on with the new one: the next seal bears it."
        return look("log", "the newest seal bears another key's signature", way_out)
    if not signed_by(seal, ours.public):
        return broken("log", "the newest seal's signature is not valid", KEEP_AS_IT_IS)
    return ok("log", f"the newest {many} events are what was sealed; the newest seal is ours")


def _kept(file: Path) -> Seal | None:
    try:
        return read_note(file.read_text("utf-8"))
    except (FileNotFoundError, InvalidInput, UnicodeDecodeError):
        return None


def outbox(conn: psycopg.Connection, now: datetime) -> list[Finding]:
    """Mails that were interrupted, and mails whose fate nobody knows."""
    claims = conn.execute(
        "select claimed_by, lease_until from outrider.outbox where status = 'sending'"
    ).fetchall()
    stuck = [owner for owner, until in claims if (until and until < now) or is_gone(owner or "")]
    row = conn.execute("select count(*) from outrider.outbox where status = 'unknown'").fetchone()
    unknown = int(row[0]) if row else 0
    found: list[Finding] = []
    if stuck:
        told = f"{len(stuck)} mails are `sending` and their sender is gone"
        found.append(look("outbox", told, "The next `outrider send` settles them."))
    if unknown:
        told = f"of {unknown} mails nobody knows whether they left"
        way_out = "Look for their Message-IDs in the Sent folder, then `outrider outbox settle`."
        found.append(look("outbox", told, way_out))
    return found or [ok("outbox", f"{len(claims)} mails are on their way, none is stuck")]


def switches(conn: psycopg.Connection) -> list[Finding]:
    """What is halted, and why."""
    rows = conn.execute(
        "select coalesce(w.name, 'every workspace'), s.scope, s.changed_at, s.reason"
        " from outrider.switches s left join outrider.workspaces w on w.id = s.workspace_id"
        " where s.is_on order by 1, 2"
    ).fetchall()
    return [
        look(
            "switches",
            f"{name}: the {scope} switch is on since {at:%Y-%m-%d %H:%M} ({reason})",
            "Move it back with `outrider kill off` when its reason is gone.",
        )
        for name, scope, at, reason in rows
    ] or [ok("switches", "none of the database is on")]


def setup_tokens(conn: psycopg.Connection, now: datetime) -> list[Finding]:
    """First-run links that could still make somebody an admin."""
    row = conn.execute(
        "select count(*) from outrider.api_keys where kind = 'setup' and used_at is null"
        " and expires_at > %s and exists (select from outrider.memberships where role = 'admin')",
        [now],
    ).fetchone()
    if row and row[0]:
        told = f"{row[0]} set-up links work still, though there is an admin"
        return [look("set-up", told, "They end by themselves within 30 minutes; show them nobody.")]
    return [ok("set-up", "no set-up link is left over")]


def jobs(conn: psycopg.Connection) -> list[Finding]:
    """Jobs of the queue that failed for good."""
    row = conn.execute(
        "select count(*) from jobs.procrastinate_jobs where status = 'failed'"
    ).fetchone()
    if row and row[0]:
        told = f"{row[0]} jobs failed for good"
        return [look("jobs", told, "The log in `logs` of the home folder says why.")]
    return [ok("jobs", "none failed for good")]


def mailboxes(conn: psycopg.Connection, keys: Path) -> list[Finding]:
    """Mailboxes that are paused, or lack their DKIM key or their password."""
    rows = conn.execute(
        "select address, status, smtp_password_file, secret_file, dkim_key_file,"
        " dkim_ed25519_key_file from outrider.mailboxes order by 1"
    ).fetchall()
    stored = {name for (name,) in conn.execute("select name from outrider.secrets").fetchall()}
    kinds = ("SMTP password", "secret", "DKIM key", "DKIM key")
    found = [
        broken(
            "mailboxes",
            f"the {what} {file} of {address} is not in {keys}",
            "Put it there, or change the mailbox: outrider mailbox set --help.",
        )
        for address, _, *files in rows
        for what, file in zip(kinds, files, strict=True)
        if file and not (keys / file).is_file() and file not in stored
    ]
    found += [
        look("mailboxes", f"{address} is {status}", "Its mails wait until it is active again.")
        for address, status, *_ in rows
        if status != "active"
    ]
    return found or [ok("mailboxes", f"all {len(rows)} are active and have their keys")]


def keys_in_use(conn: psycopg.Connection, keys: Path) -> list[Finding]:
    """Keys that rows rest on: made anew, they would not fit what was written with the old ones."""
    used = (
        ("suppression.key", "people who opted out", "select 1 from outrider.suppressions limit 1"),
        ("unsubscribe.key", "links in sent mails", "select 1 from outrider.outbox limit 1"),
        ("person-keys.key", "words of the log", "select 1 from outrider.person_keys limit 1"),
        ("person-index.key", "people in the log", "select 1 from outrider.person_keys limit 1"),
    )
    return [
        broken(
            "keys",
            f"{name} is gone, and {what} rest on it",
            "Stop sending, and bring it back from the file that `outrider backup --keys` wrote.",
        )
        for name, what, query in used
        if not (keys / name).is_file() and conn.execute(query.encode()).fetchone()
    ]


def mail_servers(conn: psycopg.Connection) -> list[tuple[str, int]]:
    """The SMTP servers that mailboxes name."""
    rows = conn.execute(
        "select distinct smtp_host, smtp_port from outrider.mailboxes"
        " where transport = 'smtp' and smtp_host is not null and smtp_port is not null order by 1, 2"
    ).fetchall()
    return [(host, int(port)) for host, port in rows]


def sample(conn: psycopg.Connection) -> list[str]:
    """Some objects that rows name, from a random place on."""
    return some_names(conn, random_token()[:8], SAMPLED)


async def objects(settings: Settings, names: Sequence[str]) -> Finding:
    """Whether these objects are there and intact."""
    if not names:
        return ok("objects", "no row names one yet")
    url = settings.objects_url
    way_out = "Copy them from the `objects` of a backup into the store; they fit by name."
    if "://" not in url and not Path(url).is_dir():
        return broken("objects", f"the folder {url} is gone and rows name its objects", way_out)
    store, lost, damaged = Objects(url), [], []
    for name in names:
        try:
            await store.get(name)
        except NotFound:
            lost.append(name)
        except Broken:
            damaged.append(name)
    if lost or damaged:
        first = (lost + damaged)[0]
        told = f"of {len(names)} sampled, {len(lost)} are missing and {len(damaged)} damaged"
        return broken("objects", f"{told}, such as {first}", way_out)
    return ok("objects", f"{len(names)} of those that rows name were read and are intact")
