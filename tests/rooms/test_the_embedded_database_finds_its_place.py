"""The embedded database runs where it can, is open to its account alone, and says what it lacks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from outrider.kernel.database.embedded import ensure, stop
from outrider.kernel.database.layout import FileLock, Layout, programs
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting
from tests.database_clients import Party, party, tell, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it watches processes in /proc")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")

LIMITED_CLIENT = """
import resource, sys
from pathlib import Path
from outrider.kernel.database.embedded import ensure
from outrider.kernel.errors import OutriderError
resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
try:
    ensure(Path(sys.argv[1]))
except OutriderError as problem:
    sys.exit(f"{problem.code}: {problem}")
"""

TRYING_CLIENT = "import sys, psycopg; psycopg.connect(host=sys.argv[1], user='postgres')"


@pytest.fixture
def guests() -> Iterator[Party]:
    with party() as fresh:
        yield fresh


def one(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as link:
        row = link.execute(query.encode()).fetchone()
    return row and row[0]


def keep_a_row(dsn: str) -> None:
    with psycopg.connect(dsn) as link:
        link.execute("CREATE TABLE kept AS SELECT 1 AS number")


def end_last(guests: Party) -> None:
    guests.clients[-1].kill()
    assert until(lambda: not guests.servers())


@as_root
def test_a_home_closed_to_the_account_keeps_its_data_in_a_system_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with party(parent=closed) as guests:
        keep_a_row(guests.join().dsn)
        record = json.loads((guests.home / "database" / "whereabouts.json").read_text())
        place = Path(record["folder"])
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "a parent's rights were changed"
        assert (place / "data").stat().st_uid != 0
        assert not (guests.home / "database" / "data").exists()
        end_last(guests)
        assert one(guests.join().dsn, "SELECT number FROM kept") == 1
        end_last(guests)
        away = place.with_name(f"{place.name}-away")
        place.rename(away)
        complaint = guests.join().complaint()
        assert str(place) in complaint
        assert "gone" in complaint
        away.rename(place)
        assert one(guests.join().dsn, "SELECT number FROM kept") == 1
    assert not place.exists(), "removing the home left its data behind"


@as_root
def test_programs_closed_to_the_account_are_copied(guests: Party, tmp_path: Path) -> None:
    package = programs().parent
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    shutil.copytree(programs(), closed / package.name / programs().name)
    (closed / package.name / "__init__.py").touch()
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    client = guests.join(path=str(closed))
    used = Path(os.readlink(f"/proc/{(client.dsn and guests.postmasters())[0]}/exe"))
    try:
        assert used.is_relative_to("/var/lib/outrider")
        assert one(client.dsn, "SELECT count(*) FROM pg_available_extensions") == 2
        end_last(guests)
    finally:
        shutil.rmtree(used.parents[3])


def test_a_home_with_a_long_path_gets_a_short_socket(guests: Party) -> None:
    guests.home = guests.home / ("x" * 150)
    dsn = guests.join().dsn
    folder = Path(json.loads((guests.home / "database" / "socket.json").read_text())["folder"])
    assert str(folder) in dsn
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keep_a_row(dsn)
    end_last(guests)
    assert guests.join().dsn == dsn, "the short folder is kept for the next start"
    shutil.rmtree(folder)
    end_last(guests)
    assert one(guests.join().dsn, "SELECT number FROM kept") == 1


@pytest.mark.parametrize("name", ["a b", "a,b", "ä", "100%"])
def test_a_home_with_an_odd_name_works(guests: Party, name: str) -> None:
    guests.home = guests.home / name
    keep_a_row(guests.join().dsn)


def test_nobody_else_on_the_machine_gets_in(guests: Party) -> None:
    dsn = guests.join().dsn
    assert one(dsn, "SHOW listen_addresses") == ""
    folder = Path(str(one(dsn, "SHOW unix_socket_directories")))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        with party(as_user=True) as others:
            others.home = folder
            refused = others.join(script=TRYING_CLIENT).complaint()
            others.home = guests.home.parent / "unused"
        assert "Permission denied" in refused


def test_it_is_durable_checked_and_has_vectors(guests: Party) -> None:
    dsn = guests.join().dsn
    assert one(dsn, "SHOW fsync") == "on"
    assert one(dsn, "SHOW data_checksums") == "on"
    assert one(dsn, "SHOW server_encoding") == "UTF8"
    assert one(dsn, "SELECT lower('ÄÉ')") == "äé"
    with psycopg.connect(dsn) as link:
        link.execute("CREATE EXTENSION vector")


def test_its_log_keeps_no_personal_data(guests: Party) -> None:
    dsn = guests.join().dsn
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("CREATE TABLE people (mail text UNIQUE)")
        link.execute("INSERT INTO people VALUES ('ada@example.com')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            link.execute("INSERT INTO people VALUES ('ada@example.com')")
    log = (guests.home / "database" / "postgres.log").read_text()
    assert "people_mail_key" in log, "the failure itself is logged"
    assert "ada@example.com" not in log


def test_a_stale_pid_file_that_names_a_living_process_blocks_nothing() -> None:
    with party(as_user=True) as guests:
        keep_a_row(guests.join().dsn)
        tell((*guests.supervisors(), *guests.postmasters()), signal.SIGKILL)
        end_last(guests)
        stranger = subprocess.Popen(["sleep", "600"], user=guests.uid)
        try:
            at = guests.home / "database" / "data" / "postmaster.pid"
            _, rest = at.read_text().split("\n", 1)
            at.write_text(f"{stranger.pid}\n{rest}")
            assert one(guests.join().dsn, "SELECT number FROM kept") == 1
            assert stranger.poll() is None, "a stranger was killed"
        finally:
            stranger.kill()
            stranger.wait()


def test_a_folder_without_rights_is_named_in_one_sentence() -> None:
    with party(as_user=True) as guests:
        guests.home.parent.chmod(0o555)
        complaint = guests.join().complaint()
    assert complaint.startswith("database_unavailable: ")
    assert str(guests.home) in complaint
    assert "Permission denied" in complaint
    assert "OUTRIDER_HOME" in complaint
    assert "\n" not in complaint


def test_a_file_in_place_of_the_folder_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(DatabaseUnavailable, match="OUTRIDER_HOME to a folder, not a file"):
        ensure(tmp_path / "home")


@as_root
def test_the_home_of_another_user_is_left_alone() -> None:
    with party(as_user=True) as guests:
        guests.join().dsn  # noqa: B018 - reading it waits for the start
        with pytest.raises(DatabaseUnavailable, match="belongs to another user"):
            ensure(guests.home)


def test_data_of_another_version_is_left_alone(guests: Party) -> None:
    keep_a_row(guests.join().dsn)
    end_last(guests)
    version = guests.home / "database" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(InvalidSetting, match="made by Postgres 17") as refused:
        ensure(guests.home)
    assert str(version.parent) in str(refused.value)
    version.write_text("18\n")
    assert one(guests.join().dsn, "SELECT number FROM kept") == 1


def test_a_folder_that_is_no_database_is_left_alone(guests: Party) -> None:
    precious = guests.home / "database" / "data" / "precious"
    precious.mkdir(parents=True)
    with pytest.raises(DatabaseUnavailable, match="not a whole Postgres database"):
        ensure(guests.home)
    assert precious.is_dir()


def test_damaged_data_is_reported_with_what_postgres_said(guests: Party) -> None:
    guests.join().dsn  # noqa: B018 - reading it waits for the start
    end_last(guests)
    control = guests.home / "database" / "data" / "global" / "pg_control"
    kept = control.read_bytes()
    control.write_bytes(b"\0" * len(kept))
    with pytest.raises(DatabaseUnavailable, match="Postgres cannot start in") as refused:
        ensure(guests.home)
    assert "database files are incompatible" in str(refused.value)
    control.write_bytes(kept)
    assert guests.join().dsn


@pytest.mark.parametrize("limit_bytes", [1_000_000, 0], ids=["soon", "at once"])
def test_a_disk_that_takes_no_more_is_reported_and_blocks_nothing(
    guests: Party, limit_bytes: int
) -> None:
    limited = LIMITED_CLIENT.replace("(LIMIT, LIMIT)", f"({limit_bytes}, {limit_bytes})")
    complaint = guests.join(script=limited).complaint()
    assert complaint.startswith("database_unavailable: ")
    assert str(guests.home) in complaint
    assert "\n" not in complaint
    assert guests.join().dsn


def test_a_second_server_is_never_started_on_data_in_use(guests: Party) -> None:
    dsn = guests.join().dsn
    lock = FileLock(Layout(guests.home).server_lock)
    assert not lock.take()
    tell(guests.supervisors(), signal.SIGKILL)
    with pytest.raises(psycopg.OperationalError):
        one(dsn, "SELECT pg_sleep(200)")
    assert until(lock.take), "the lock is free when the last process of Postgres is gone"
    assert guests.postmasters() == []
    lock.release()


def test_it_can_be_stopped_while_a_client_is_left_and_started_again(guests: Party) -> None:
    keep_a_row(guests.join().dsn)
    stop(guests.home)
    assert guests.servers() == []
    assert one(guests.join().dsn, "SELECT number FROM kept") == 1
