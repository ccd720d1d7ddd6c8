"""Whoever owns the database may change its rows; the log then says which ones."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from outrider.kernel.audit import verify as verification
from outrider.kernel.audit.append import leaf_of, record
from outrider.kernel.audit.seal import Seal, Signer
from outrider.kernel.audit.verify import Verdict, verify_database
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from tests.sealing import sealed_up_to

EDITED = "update outrider.audit_events set {} where id = %s"


class Log:
    """A sealed log of 640 events in seals of 100, and the hand that tampers with it."""

    def __init__(self, database: Database, signer: Signer, events: Sequence[UUID]) -> None:
        self.database, self.signer, self.events = database, signer, events
        self.dsn = database.owner.set(drivername="postgresql").render_as_string(hide_password=False)

    def tamper(self, statement: str, values: Sequence[object] = ()) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as owner:
            assert owner.execute(statement.encode(), values).rowcount != 0

    def event(self, id_: UUID) -> dict[str, object]:
        with psycopg.connect(self.dsn, row_factory=psycopg.rows.dict_row) as owner:
            row = owner.execute("select * from outrider.audit_events where id = %s", [id_])
            return row.fetchone() or {}

    async def verdict(self, checkpoint: Seal | None = None) -> Verdict:
        return await verify_database(self.database, self.signer.public, checkpoint=checkpoint)


@pytest.fixture
async def log(
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> Log:
    # Seals end within chunks, at their ends and beyond them.
    monkeypatch.setattr(verification, "CHUNK", 150)
    signer = Signer(keys.key("audit-seal"))
    for size in (*range(100, 700, 100), 640):
        async with database.transaction(workspace, SYSTEM) as tx:
            for number in range((size - 1) % 100 + 1):
                # Quotes, line ends and other scripts must survive every way of reading them.
                await record(
                    tx, "test.happened", f"thing:{number % 7}", {"n": number, "t": 'ü"\n\\漢'}
                )
        await sealed_up_to(size, database, signer, clock)
    log = Log(database, signer, [])
    with psycopg.connect(log.dsn) as owner:
        rows = owner.execute("select event_id from outrider.audit_leaves order by leaf_no")
        log.events = [row[0] for row in rows.fetchall()]
    return log


async def test_an_untouched_log_holds(log: Log) -> None:
    verdict = await log.verdict()
    assert verdict.holds
    assert (verdict.events, verdict.seals, verdict.unsealed) == (640, 7, 0)


@pytest.mark.parametrize(
    "change",
    [
        "body = '{}'",
        "body = body || ' '",
        "actor = 'person:somebody'",
        "action = 'drafts.approve'",
        "subject = 'thing:other'",
        "correlation_id = 'x'",
        "at = at + interval '1 microsecond'",
    ],
)
async def test_an_edited_event_is_named(log: Log, change: str) -> None:
    log.tamper(EDITED.format(change), [log.events[233]])
    verdict = await log.verdict()
    assert [(f.kind, f.leaf_no, f.event_id) for f in verdict.faults] == [
        ("event_changed", 233, log.events[233])
    ]
    assert "was changed after it was sealed" in verdict.faults[0].sentence


async def test_an_event_edited_together_with_its_hash_is_named(log: Log) -> None:
    log.tamper(EDITED.format("body = '{}'"), [log.events[7]])
    log.tamper(EDITED.format("leaf = %s"), [leaf_of(log.event(log.events[7])), log.events[7]])
    assert [(f.kind, f.leaf_no) for f in (await log.verdict()).faults] == [("event_changed", 7)]


async def test_an_edit_that_rewrites_the_leaf_as_well_breaks_the_signed_root(log: Log) -> None:
    log.tamper(EDITED.format("body = '{}'"), [log.events[120]])
    leaf = leaf_of(log.event(log.events[120]))
    log.tamper(EDITED.format("leaf = %s"), [leaf, log.events[120]])
    log.tamper("update outrider.audit_leaves set leaf = %s where leaf_no = 120", [leaf])
    faults = (await log.verdict()).faults
    assert [f.kind for f in faults] == ["seal_root"]
    assert "up to seal 200" in faults[0].sentence


async def test_a_changed_leaf_is_told_from_a_changed_event(log: Log) -> None:
    log.tamper("update outrider.audit_leaves set leaf = sha256('x') where leaf_no = 455")
    assert [(f.kind, f.leaf_no) for f in (await log.verdict()).faults] == [("leaf_changed", 455)]


async def test_only_the_hash_beside_an_event_changed(log: Log) -> None:
    log.tamper(EDITED.format("leaf = sha256('x')"), [log.events[639]])
    assert [(f.kind, f.leaf_no) for f in (await log.verdict()).faults] == [
        ("event_hash_changed", 639)
    ]


async def test_several_tampered_rows_are_each_named(log: Log) -> None:
    for number in (0, 99, 100, 149, 150, 300, 639):
        log.tamper(EDITED.format("body = '{}'"), [log.events[number]])
    log.tamper("delete from outrider.audit_events where id = %s", [log.events[301]])
    faults = (await log.verdict()).faults
    assert sorted((f.kind, f.leaf_no) for f in faults) == [
        *(("event_changed", number) for number in (0, 99, 100, 149, 150, 300, 639)),
        ("event_deleted", 301),
    ]


async def test_a_deleted_event_is_named(log: Log) -> None:
    log.tamper("delete from outrider.audit_events where id = %s", [log.events[50]])
    faults = (await log.verdict()).faults
    assert [(f.kind, f.leaf_no, f.event_id) for f in faults] == [
        ("event_deleted", 50, log.events[50])
    ]


async def test_an_event_deleted_with_its_leaf_leaves_a_gap(log: Log) -> None:
    log.tamper("delete from outrider.audit_events where id = %s", [log.events[50]])
    log.tamper("delete from outrider.audit_leaves where leaf_no = 50")
    faults = (await log.verdict()).faults
    assert [(f.kind, f.leaf_no) for f in faults] == [("leaf_deleted", 50), ("seal_root", None)]


async def test_an_event_slipped_in_between_old_ones_is_named(log: Log) -> None:
    log.tamper(
        "insert into outrider.audit_events select workspace_id,"
        " '01900000-0000-7000-8000-000000000001', xid, at, actor, 'drafts.approve', subject,"
        " correlation_id, body, leaf from outrider.audit_events where id = %s",
        [log.events[10]],
    )
    faults = (await log.verdict()).faults
    assert [(f.kind, f.event_id) for f in faults] == [
        ("event_added", UUID("01900000-0000-7000-8000-000000000001"))
    ]


async def test_seals_that_were_exchanged_do_not_hold(log: Log) -> None:
    log.tamper(
        "update outrider.audit_seals s set root = o.root, signature = o.signature,"
        " frontier = o.frontier from outrider.audit_seals o"
        " where (s.size, o.size) in ((200, 300), (300, 200))"
    )
    kinds = [f.kind for f in (await log.verdict()).faults]
    assert kinds.count("seal_signature") == 2
    assert kinds.count("seal_root") >= 2
    assert not {"event_changed", "event_deleted", "leaf_changed"} & set(kinds)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("sealed_at = sealed_at - interval '1 hour'", "seal_signature"),
        ("signature = sha512('x')", "seal_signature"),
        ("frontier = frontier || sha256('x')", "seal_hashes"),
        ("subtrees = sha256('x')", "seal_hashes"),
        ("previous_root = sha256('x')", "seal_missing"),
        ("last_event_id = '01900000-0000-7000-8000-000000000001'", "seal_end"),
    ],
)
async def test_a_changed_seal_is_named(log: Log, change: str, kind: str) -> None:
    log.tamper(f"update outrider.audit_seals set {change} where size = 300")
    assert [f.kind for f in (await log.verdict()).faults] == [kind]


async def test_a_seal_removed_from_the_middle_is_missed(log: Log) -> None:
    log.tamper("delete from outrider.audit_seals where size = 300")
    assert [f.kind for f in (await log.verdict()).faults] == ["seal_missing"]


async def test_the_newest_seal_removed_is_missed(log: Log) -> None:
    log.tamper("delete from outrider.audit_seals where size = 640")
    faults = (await log.verdict()).faults
    assert "seal_deleted" in [f.kind for f in faults]


async def test_a_tail_cut_off_in_every_table_is_seen_by_a_checkpoint_kept_elsewhere(
    log: Log,
) -> None:
    kept = (await log.verdict()).newest
    log.tamper("delete from outrider.audit_events where id = any(%s)", [list(log.events[600:])])
    log.tamper("delete from outrider.audit_leaves where leaf_no >= 600")
    log.tamper("delete from outrider.audit_seals where size > 600")
    assert (await log.verdict()).holds
    faults = (await log.verdict(kept)).faults
    assert [f.kind for f in faults] == ["tail_cut"]
    assert "had 640 leaves" in faults[0].sentence


async def test_a_log_sealed_anew_with_the_stolen_key_is_seen_by_a_checkpoint(
    log: Log, clock: VirtualClock
) -> None:
    kept = (await log.verdict()).newest
    log.tamper(EDITED.format("body = '{}'"), [log.events[5]])
    log.tamper(EDITED.format("leaf = %s"), [leaf_of(log.event(log.events[5])), log.events[5]])
    log.tamper("delete from outrider.audit_leaves")
    log.tamper("delete from outrider.audit_seals")
    await sealed_up_to(640, log.database, log.signer, clock)
    assert (await log.verdict()).holds
    assert [f.kind for f in (await log.verdict(kept)).faults] == ["checkpoint"]


async def test_seals_by_another_key_do_not_hold(log: Log) -> None:
    verdict = await verify_database(log.database, Signer(b"k" * 32).public)
    assert {f.kind for f in verdict.faults} == {"seal_signature"}
    assert verdict.faults_in_all == 7


async def test_events_not_sealed_yet_are_counted_and_nothing_is_said_of_them(
    log: Log, database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.happened", "thing:late")
    verdict = await log.verdict()
    assert verdict.holds
    assert verdict.unsealed == 1
