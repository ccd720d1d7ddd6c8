"""Whoever holds the database and the key may rewrite the log; what was exported before shows it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import obstore
import psycopg
import pytest

from outrider.kernel.audit.append import record
from outrider.kernel.audit.exported import FOLDER, Exported
from outrider.kernel.audit.seal import Seal, Signer
from outrider.kernel.audit.verify import Verdict, verify_database
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Unavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import open_store
from outrider.kernel.secrets import Keys
from tests import oracles
from tests.locked_bucket import gate
from tests.sealing import sealed_up_to


class Log:
    """A log with a checkpoint after every ten events, and the hand of an owner who has the key."""

    def __init__(
        self, database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys, url: str
    ) -> None:
        self.database, self.workspace, self.clock = database, workspace, clock
        self.signer = Signer(keys.key("audit-seal"))
        self.store = Exported(url)
        self.url, self.size = url, 0

    async def grow(self, count: int = 10, *, export: bool = True) -> Seal:
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            for number in range(count):
                await record(tx, "test.happened", f"thing:{number}", {"n": number})
        self.size += count
        seal = await sealed_up_to(self.size, self.database, self.signer, self.clock)
        if export:
            assert await self.store.put(seal)
        return seal

    def tamper(self, *statements: str) -> None:
        url = self.database.owner.set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
            for statement in statements:
                owner.execute(statement.encode())

    def cut_to(self, size: int) -> None:
        """As the state of an older moment has it."""
        self.tamper(
            "delete from outrider.audit_events where id in (select event_id from"
            f" outrider.audit_leaves where leaf_no >= {size})",
            f"delete from outrider.audit_leaves where leaf_no >= {size}",
            f"delete from outrider.audit_seals where size > {size}",
        )
        self.size = size

    async def verdict(self) -> Verdict:
        sample = await Exported(self.url).sample()
        return await verify_database(self.database, self.signer.public, exported=sample)

    async def faults(self) -> list[str]:
        return [fault.kind for fault in (await self.verdict()).faults]


@pytest.fixture
async def log(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, keys: Keys, tmp_path: Path
) -> Log:
    log = Log(database, workspace, clock, keys, str(tmp_path / "elsewhere"))
    for _ in range(4):
        await log.grow()
    return log


async def test_an_untouched_log_agrees_with_every_checkpoint(log: Log) -> None:
    verdict = await log.verdict()
    assert verdict.holds
    assert verdict.compared == 4


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("update outrider.audit_events set body = '{}' where id = '%s'", "event_changed"),
        ("delete from outrider.audit_events where id = '%s'", "event_deleted"),
    ],
)
async def test_an_edit_and_a_deletion_are_named(log: Log, change: str, kind: str) -> None:
    log.tamper(change % await _event_of(log, 13))
    assert await log.faults() == [kind]


async def test_an_insertion_is_named(log: Log) -> None:
    log.tamper(
        "insert into outrider.audit_events (id, workspace_id, xid, at, actor, action, subject,"
        " correlation_id, body, leaf) select gen_random_uuid(), workspace_id, xid, at, actor, action,"
        " subject, correlation_id, body, leaf from outrider.audit_events order by xid limit 1"
    )
    assert await log.faults() == ["event_added"]


async def test_a_re_ordering_is_named(log: Log) -> None:
    log.tamper(
        "update outrider.audit_leaves set leaf_no = -1 where leaf_no = 3",
        "update outrider.audit_leaves set leaf_no = 3 where leaf_no = 4",
        "update outrider.audit_leaves set leaf_no = 4 where leaf_no = -1",
    )
    assert "seal_root" in await log.faults()


async def test_a_cut_tail_is_named(log: Log) -> None:
    log.cut_to(20)
    faults = (await log.verdict()).faults
    assert [fault.kind for fault in faults] == ["tail_cut"]
    assert "it had 40 leaves" in faults[0].sentence
    assert "now has 20" in faults[0].sentence


async def test_a_log_written_anew_with_the_stolen_key_is_named_from_where_it_differs(
    log: Log,
) -> None:
    log.cut_to(20)
    await log.grow(15, export=False)
    await log.grow(15, export=False)
    faults = (await log.verdict()).faults
    assert [fault.kind for fault in faults] == ["checkpoint"]
    assert "after leaf 20" in faults[0].sentence


async def test_a_swapped_checkpoint_is_named(log: Log) -> None:
    first, *_, last = sorted((Path(log.url) / FOLDER).rglob("0*"))
    last.write_bytes(first.read_bytes())
    faults = (await log.verdict()).faults
    assert [fault.kind for fault in faults] == ["checkpoint"]
    assert last.name in faults[0].sentence


async def test_a_checkpoint_that_another_key_signed_is_named(log: Log) -> None:
    last = max((Path(log.url) / FOLDER).rglob("0*"))
    forged = Signer(bytes(32)).sign(40, b"r" * 32, log.clock.now())
    last.write_text(forged.note(), encoding="utf-8")
    faults = (await log.verdict()).faults
    assert [fault.kind for fault in faults] == ["checkpoint"]
    assert "not signed by this log's key" in faults[0].sentence


async def test_a_restored_old_backup_is_named(log: Log) -> None:
    log.cut_to(20)
    async with log.database.transaction(log.workspace, SYSTEM) as tx:
        await record(tx, "care.restore", f"workspace:{log.workspace}", {"backup": "monday"})
    log.size += 1
    await sealed_up_to(log.size, log.database, log.signer, log.clock)
    faults = (await log.verdict()).faults
    assert [fault.kind for fault in faults] == ["restored"]
    assert "up to leaf 20" in faults[0].sentence


async def test_an_old_backup_put_back_by_hand_is_told_by_its_transaction_ids(log: Log) -> None:
    log.cut_to(20)
    # A dump that is loaded into another server keeps ids that this server has not given yet.
    log.tamper("update outrider.audit_seals set last_xid = last_xid + 1000000 where size = 20")
    assert await log.faults() == ["restored"]


async def test_a_shorter_log_writes_no_checkpoint_over_a_longer_one(log: Log) -> None:
    log.cut_to(20)
    seal = await log.grow(5, export=False)
    assert not await Exported(log.url).put(seal)
    assert len(list((Path(log.url) / FOLDER).rglob("0*"))) == 4


async def test_two_exporters_write_each_checkpoint_once(log: Log) -> None:
    seal = await log.grow(export=False)
    stores = [Exported(log.url) for _ in range(8)]
    assert all(await asyncio.gather(*(store.put(seal) for store in stores)))
    assert (await log.verdict()).compared == 5


async def test_of_older_days_the_newest_checkpoint_is_compared(log: Log) -> None:
    for _ in range(3):
        log.clock.advance(timedelta(days=1))
        await log.grow()
        await log.grow()
    sizes = [seal.size for seal in (await log.store.sample()).seals]
    assert sizes == [40, 60, 80, 90, 100]


async def test_a_store_that_does_not_answer_says_so(log: Log) -> None:
    log.store._newest = None
    folder = Path(log.url)
    folder.rename(folder.with_name("gone"))
    folder.write_text("no folder")
    with pytest.raises(Unavailable, match="The checkpoint store"):
        await log.store.sample()


async def _event_of(log: Log, leaf_no: int) -> UUID:
    async with log.database.connection() as conn:
        found = await conn.exec_driver_sql(
            "select event_id from outrider.audit_leaves where leaf_no = %s", (leaf_no,)
        )
        id_: UUID = found.scalar_one()
        return id_


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """S3 as moto plays it, with a bucket that keeps each object for years."""
    with oracles.moto() as url:
        answer = httpx2.put(
            f"{url}/checkpoints-of-a-log", headers={"x-amz-bucket-object-lock-enabled": "true"}
        )
        assert answer.status_code == 200
        yield url


def at_moto(monkeypatch: pytest.MonkeyPatch, s3: str) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


async def test_a_bucket_takes_each_checkpoint_once_and_gives_it_back(
    s3: str,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_moto(monkeypatch, s3)
    log = Log(database, workspace, clock, keys, f"s3://checkpoints-of-a-log/{workspace}")
    seals = [await log.grow() for _ in range(3)]
    assert await Exported(log.url).put(seals[-1])
    assert list((await log.store.sample()).seals) == seals
    log.cut_to(10)
    assert await log.faults() == ["tail_cut"]


KEPT_FOR_YEARS = (
    b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
    b"<Mode>COMPLIANCE</Mode><Years>7</Years></DefaultRetention></Rule></ObjectLockConfiguration>"
)


async def test_a_bucket_that_locks_by_itself_takes_a_checkpoint_and_lets_nobody_take_it_back(
    s3: str,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket = f"{s3}/locked-checkpoints"
    anybody = {"Authorization": "AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/s3/aws4_request,"
               " SignedHeaders=host, Signature=0"}  # fmt: skip
    made = httpx2.put(bucket, headers={**anybody, "x-amz-bucket-object-lock-enabled": "true"})
    locked = httpx2.put(f"{bucket}?object-lock", headers=anybody, content=KEPT_FOR_YEARS)
    assert (made.status_code, locked.status_code) == (200, 200)
    with gate(s3) as url:
        at_moto(monkeypatch, url)
        log = Log(database, workspace, clock, keys, f"s3://locked-checkpoints/{workspace}")
        seal = await log.grow()
        assert list((await log.store.sample()).seals) == [seal]
        # Without the checksum it would be refused, in Amazon's words.
        with pytest.raises(obstore.exceptions.BaseError, match="x-amz-checksum-"):
            await obstore.put_async(open_store("s3://locked-checkpoints/x"), "one", b"seal")
    listed = httpx2.get(f"{bucket}?versions", headers=anybody).text
    [version] = re.findall("<VersionId>([^<]+)</VersionId>", listed)
    [path] = re.findall("<Key>([^<]+)</Key>", listed)
    gone = httpx2.delete(f"{bucket}/{path}?versionId={version}", headers=anybody)
    assert (gone.status_code, "AccessDenied" in gone.text) == (403, True)
    assert httpx2.get(f"{bucket}/{path}", headers=anybody).status_code == 200
