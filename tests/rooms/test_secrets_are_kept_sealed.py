"""What people hand over lies sealed in its row: readers find it, whoever reads the database does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from outrider.app.jobs import secret_care, slack_posts
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import (
    InvalidInput,
    MasterKeyDisabled,
    MasterKeyUnavailable,
    NotFound,
    SecretBroken,
    WrongMasterKey,
)
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.secrets.masters import EnvMaster, Masters
from outrider.kernel.secrets.ring import REMEMBERED
from outrider.vendors.fakes.vault_transit import FakeVault
from outrider.vendors.http_transport import OPEN_FOR
from tests import master_keys
from tests.conftest import MONDAY
from tests.secrets_world import Kept, kept_in

SECRET = "xoxb-4242-a-secret-of-ours"


@pytest.fixture
def kept(home: Path, database: Database, workspace: WorkspaceId) -> Kept:
    return kept_in(home, database, workspace)


@pytest.fixture
async def other(home: Path, database: Database) -> Kept:
    id_ = new_id(MONDAY)
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            (id_, MONDAY),
        )
    return kept_in(home, database, WorkspaceId(id_))


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with FakeVault() as fake:
        yield fake


async def test_a_stored_secret_is_found_and_its_row_does_not_show_it(kept: Kept) -> None:
    await kept.set("mailbox.secret", SECRET)
    assert kept.find("mailbox.secret") == SECRET
    assert kept.find("another") is None
    told = str(await kept.rows("select * from outrider.secrets"))
    told += str(await kept.rows("select * from outrider.data_keys"))
    told += str(await kept.rows("select * from outrider.audit_events"))
    assert "secrets.set" in told
    assert SECRET not in told
    assert SECRET.encode().hex() not in told


async def test_another_process_finds_it_and_a_second_one_replaces_the_first(
    kept: Kept, home: Path, database: Database, workspace: WorkspaceId
) -> None:
    await kept.set("token", "first-first")
    elsewhere = kept_in(home, database, workspace)
    await elsewhere.look()
    assert elsewhere.find("token") == "first-first"
    await kept.set("token", "second-second")
    await elsewhere.look()
    assert elsewhere.find("token") == "second-second"
    await secret_care.remove_secret(kept.outrider, SYSTEM, "token")
    await elsewhere.look()
    assert elsewhere.find("token") is None
    with pytest.raises(NotFound, match="no stored secret 'token'"):
        await secret_care.remove_secret(kept.outrider, SYSTEM, "token")


async def test_a_workspace_reads_its_own_before_the_machines_and_never_anothers(
    kept: Kept, other: Kept
) -> None:
    await kept.set("token", "ours")
    await kept.set("token", "everybodys", machine=True)
    await kept.set("private", "ours alone")
    await other.look()
    assert kept.find("token") == "ours"
    assert other.find("token") == "everybodys"
    assert other.find("private") is None


async def test_a_stored_secret_comes_before_a_file_and_a_file_still_counts(kept: Kept) -> None:
    folder = kept.outrider.keys.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "twilio.json").write_text("from the file")
    assert kept.outrider.handed("twilio.json") == b"from the file"
    await kept.set("twilio.json", "from the row")
    assert kept.outrider.handed("twilio.json") == b"from the row"


async def test_an_agents_login_reads_neither_secrets_nor_keys(
    kept: Kept, database: Database, workspace: WorkspaceId
) -> None:
    await kept.set("token", SECRET)
    agent = Actor(ActorKind.AGENT, "sdr")
    for table in ("secrets", "data_keys"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction(workspace, agent, role=Role.AGENT) as tx:
                await tx.rows(f"select * from outrider.{table}")


async def test_envelopes_swapped_between_rows_or_workspaces_are_noticed(
    kept: Kept, other: Kept
) -> None:
    await kept.set("one", "aaaaaaaa")
    await kept.set("two", "bbbbbbbb")
    await other.set("one", "cccccccc")
    await kept.run(
        "update outrider.secrets s set sealed = o.sealed from outrider.secrets o"
        " where s.name = 'one' and o.name = 'two'"
    )
    await kept.look()
    with pytest.raises(SecretBroken, match="another row or workspace"):
        kept.find("one")
    assert kept.find("two") == "bbbbbbbb", "the others are not touched"
    (theirs,) = await other.rows("select sealed, data_key_id from outrider.secrets")
    await kept.run("update outrider.secrets set sealed = :s where name = 'one'", s=theirs["sealed"])
    await kept.look()
    with pytest.raises(SecretBroken, match="another key than its row names"):
        kept.find("one")
    found = await secret_care.check(kept.outrider)
    assert (found.secrets, len(found.troubles)) == (3, 1)


async def test_a_wrapped_key_of_another_workspace_opens_nothing(kept: Kept, other: Kept) -> None:
    await kept.set("one", "aaaaaaaa")
    await other.set("one", "cccccccc")
    (theirs,) = await other.rows("select wrapped from outrider.data_keys")
    await kept.run("update outrider.data_keys set wrapped = :w", w=theirs["wrapped"])
    fresh = kept_in(kept.outrider.settings.home, kept.outrider.database, kept.outrider.workspace)
    await fresh.look()
    with pytest.raises(SecretBroken, match="moved here from another workspace"):
        fresh.find("one")


async def test_the_wrong_master_key_is_one_sentence_and_opens_nothing(
    kept: Kept, database: Database, workspace: WorkspaceId, tmp_path: Path
) -> None:
    await kept.set("token", SECRET)
    lost = kept_in(tmp_path / "new home", database, workspace)
    await lost.look()
    with pytest.raises(WrongMasterKey, match="outrider backup --keys"):
        lost.find("token")
    for act in (secret_care.rotate_data_keys, secret_care.rotate_master):
        with pytest.raises(WrongMasterKey):
            await act(lost.outrider, SYSTEM)
    with pytest.raises(WrongMasterKey):
        await lost.set("another", "value")
    assert not (tmp_path / "new home").exists(), "no new master key is made in its place"
    await kept.look()
    assert kept.find("token") == SECRET


async def test_what_a_shell_adds_is_dropped_and_bad_input_is_told(kept: Kept) -> None:
    await kept.set("one", "value\n")
    assert kept.find("one") == "value"
    await kept.set("pem", "-----BEGIN\nabc\n-----END\n")
    assert kept.find("pem") == "-----BEGIN\nabc\n-----END\n"
    for name, text in (
        ("", "value"),
        ("../up", "value"),
        ("a b", "value"),
        ("suppression.key", "value"),
        ("master-3.key", "value"),
        ("empty", " \n"),
        ("long", "x" * 70_000),
    ):
        with pytest.raises(InvalidInput) as refused:
            await kept.set(name, text)
        assert text.strip() == "" or text not in str(refused.value)
    assert len(await kept.rows("select 1 from outrider.secrets")) == 2


async def test_an_outage_of_the_key_service_is_bridged_for_a_bounded_time(
    home: Path, database: Database, workspace: WorkspaceId, vault: FakeVault
) -> None:
    clock = VirtualClock(MONDAY)
    kept = kept_in(home, database, workspace, Masters(master_keys.vault(vault, clock=clock)), clock)
    await kept.set("token", SECRET)
    await kept.look()
    vault.is_sealed = True
    clock.advance(REMEMBERED / 2)
    await kept.look()
    assert kept.find("token") == SECRET, "it is held from before"
    assert isinstance(kept.outrider.given.trouble, MasterKeyUnavailable)
    clock.advance(REMEMBERED / 2)
    with pytest.raises(MasterKeyUnavailable, match=r"sealed|left alone"):
        kept.find("token")
    vault.is_sealed = False
    clock.advance(OPEN_FOR)
    await kept.look()
    assert kept.find("token") == SECRET
    assert kept.outrider.given.trouble is None


async def test_a_key_that_was_disabled_is_dropped_at_the_next_look(
    home: Path, database: Database, workspace: WorkspaceId, vault: FakeVault
) -> None:
    clock = VirtualClock(MONDAY)
    kept = kept_in(home, database, workspace, Masters(master_keys.vault(vault, clock=clock)), clock)
    await kept.set("token", SECRET)
    vault.key = "hvs.another"
    await kept.look()
    assert kept.find("token") == SECRET
    clock.advance(REMEMBERED / 4 + timedelta(seconds=1))
    await kept.look()
    with pytest.raises(MasterKeyDisabled):
        kept.find("token")


async def test_the_master_key_moves_from_the_file_to_a_service_and_to_the_environment(
    kept: Kept, home: Path, database: Database, workspace: WorkspaceId, vault: FakeVault
) -> None:
    await kept.set("token", SECRET)
    file = kept.outrider.given.ring.masters.current  # type: ignore[union-attr]
    service = master_keys.vault(vault)
    moving = kept_in(home, database, workspace, Masters(service, file))
    assert await secret_care.rotate_master(moving.outrider, SYSTEM) == 1
    alone = kept_in(home, database, workspace, Masters(service))
    await alone.look()
    assert alone.find("token") == SECRET
    environment = EnvMaster("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    moving = kept_in(home, database, workspace, Masters(environment, service))
    assert await secret_care.rotate_master(moving.outrider, SYSTEM) == 1
    alone = kept_in(home, database, workspace, Masters(environment))
    await alone.look()
    assert alone.find("token") == SECRET
    with pytest.raises(InvalidInput, match="OUTRIDER_MASTER_KEY_BEFORE"):
        await secret_care.rotate_master(alone.outrider, SYSTEM)
    with pytest.raises(WrongMasterKey):
        await kept_rewrapped(kept)


async def kept_rewrapped(kept: Kept) -> None:
    """A process that was left with the old provider, after it had to ask anew."""
    fresh = kept_in(kept.outrider.settings.home, kept.outrider.database, kept.outrider.workspace)
    await fresh.look()
    fresh.find("token")


async def test_who_needs_no_secret_does_not_wait_for_the_key_service(
    home: Path, database: Database, workspace: WorkspaceId, tmp_path: Path
) -> None:
    kept = kept_in(home, database, workspace)
    await kept.set("slack_bot_token", "xoxb-1", machine=True)
    lost = kept_in(tmp_path / "new home", database, workspace)
    settings = lost.outrider.settings.model_copy(update={"slack_channel": "C012AB3CD"})
    outrider = replace(lost.outrider, settings=settings)
    await lost.look()
    assert outrider.has_slack, "it is set up, though it cannot be opened now"
    with pytest.raises(WrongMasterKey):
        outrider.slack()
    async with outrider.begin()() as tx:
        await slack_posts.refresh(outrider, tx, new_id(MONDAY))
    (job,) = await kept.rows("select args::text as args from jobs.procrastinate_jobs")
    assert "xoxb" not in job["args"]
