"""Whatever is killed, the embedded database comes back with every committed row."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from outrider.kernel.database.embedded import Embedded, ensure
from tests.database_clients import Client, Party, party, tell, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it watches processes in /proc")

FORKING_CLIENT = """
import os, sys, time
from datetime import timedelta
from pathlib import Path
from outrider.kernel.database.embedded import ensure
server = ensure(Path(sys.argv[1]), linger=timedelta(seconds=float(sys.argv[2])))
if os.fork() == 0:
    print(f"{os.getpid()} {server.held}", flush=True)
    time.sleep(300)
    os._exit(0)
time.sleep(300)
"""


@pytest.fixture
def guests() -> Iterator[Party]:
    with party() as fresh:
        yield fresh


def write(dsn: str, number: int) -> None:
    with psycopg.connect(dsn) as link:
        link.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        link.execute("INSERT INTO kept VALUES (%s)", [number])


def rows(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as link:
        return [row[0] for row in link.execute("SELECT number FROM kept ORDER BY number")]


@pytest.mark.parametrize("as_user", [False, True], ids=["as ourselves", "as a normal user"])
def test_it_outlives_no_client_and_loses_no_row(as_user: bool) -> None:
    if as_user and os.geteuid() != 0:
        pytest.skip("we are a normal user already")
    with party(as_user=as_user) as guests:
        first, second = guests.join(), guests.join()
        write(first.dsn, 1)
        first.kill()
        write(second.dsn, 2)
        time.sleep(0.6)
        assert rows(second.dsn) == [1, 2], "it must not end while one client is left"
        assert os.stat(f"/proc/{guests.postmasters()[0]}").st_uid != 0
        second.kill()
        assert until(lambda: not guests.servers()), "a server was left behind"
        third = guests.join()
        assert rows(third.dsn) == [1, 2]


def test_six_processes_share_one_server(guests: Party) -> None:
    six = [guests.join() for _ in range(6)]
    assert len({client.dsn for client in six}) == 1
    assert len(guests.postmasters()) == 1
    assert len(guests.supervisors()) == 1
    for client in six:
        client.kill()
    assert until(lambda: not guests.servers())


def test_the_supervisor_may_be_killed(guests: Party) -> None:
    stays = guests.join()
    write(stays.dsn, 1)
    os.kill(guests.supervisors()[0], signal.SIGKILL)
    comes = guests.join()
    write(comes.dsn, 2)
    assert rows(comes.dsn) == [1, 2]
    assert len(guests.postmasters()) == 1
    assert len(guests.supervisors()) == 1


def test_postgres_ends_when_its_supervisor_is_killed(guests: Party) -> None:
    client = guests.join()
    write(client.dsn, 1)
    client.kill()
    os.kill(guests.supervisors()[0], signal.SIGKILL)
    assert until(lambda: not guests.servers()), "Postgres lives on without an owner"


def test_the_postmaster_may_be_killed(guests: Party) -> None:
    client = guests.join()
    write(client.dsn, 1)
    killed = guests.postmasters()[0]
    # Busy in a long computation, this connection's process does not notice that its parent died.
    with psycopg.connect(client.dsn, autocommit=True) as busy:
        worker = threading.Thread(target=compute_for_long, args=[busy])
        worker.start()
        time.sleep(0.1)
        os.kill(killed, signal.SIGKILL)
        write(guests.join().dsn, 2)
        worker.join()
    assert rows(client.dsn) == [1, 2]
    assert len(guests.postmasters()) == 1
    assert guests.postmasters() != [killed]


def compute_for_long(link: psycopg.Connection[tuple[object, ...]]) -> None:
    with pytest.raises(psycopg.OperationalError):
        link.execute("SELECT count(*) FROM generate_series(1, 1000000000) AS n WHERE n % 7 = 3")


def test_supervisor_and_postmaster_may_be_killed_together(guests: Party) -> None:
    client = guests.join()
    write(client.dsn, 1)
    tell((*guests.supervisors(), *guests.postmasters()), signal.SIGKILL)
    again = guests.join()
    write(again.dsn, 2)
    assert rows(again.dsn) == [1, 2]


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85])
def test_a_kill_during_the_first_start_blocks_nothing(guests: Party, seconds: float) -> None:
    early = guests.join()
    time.sleep(seconds)
    tell(guests.supervisors(), signal.SIGKILL)
    early.kill()
    after = guests.join()
    write(after.dsn, 1)
    after.kill()
    assert until(lambda: not guests.servers())
    assert rows(guests.join().dsn) == [1]
    left = [at.name for at in (guests.home / "database").glob("data.new-*")]
    assert left == [], "half a database was left behind"


def test_a_client_that_comes_while_the_server_stops_is_served(guests: Party) -> None:
    write(guests.join(linger_seconds=0).dsn, 0)
    guests.clients[0].leave()
    for number in range(1, 6):
        client: Client = guests.join(linger_seconds=0)
        write(client.dsn, number)
        client.leave()
        time.sleep(0.05 * number)
    assert rows(guests.join().dsn) == list(range(6))


def test_successive_commands_find_the_server_warm(guests: Party) -> None:
    guests.join(linger_seconds=90).dsn  # noqa: B018 - reading it waits for the start
    server = guests.postmasters()
    guests.clients[0].leave()
    begun = time.monotonic()
    assert guests.join().dsn
    assert time.monotonic() - begun < 90, "it waited for the old one's end"
    assert guests.postmasters() == server


def test_a_forked_child_does_not_prolong_it(guests: Party) -> None:
    parent = guests.join(script=FORKING_CLIENT)
    child, believes = parent.dsn.split()
    try:
        assert believes == "False"
        parent.kill()
        assert until(lambda: not guests.servers()), "the child kept the server alive"
    finally:
        tell([int(child)], signal.SIGKILL)


def test_two_homes_do_not_collide(guests: Party) -> None:
    with party() as others:
        write(guests.join().dsn, 1)
        write(others.join().dsn, 2)
        assert rows(guests.clients[0].dsn) == [1]
        assert rows(others.clients[0].dsn) == [2]
        others.clients[0].kill()
        assert until(lambda: not others.servers())
        assert rows(guests.clients[0].dsn) == [1]


def test_a_home_that_is_deleted_takes_its_server_along(guests: Party) -> None:
    guests.join().dsn  # noqa: B018 - reading it waits for the start
    (guests.home / "database").rename(guests.home / "elsewhere")
    assert until(lambda: not guests.supervisors())
    assert until(lambda: not list(processes_in(guests.home / "elsewhere")))


def processes_in(folder: Path) -> Iterator[int]:
    for at in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if folder in at.resolve().parents:
                yield int(at.parent.name)
        except OSError:
            continue


def test_threads_of_one_process_share_one_hold(guests: Party) -> None:
    found: list[Embedded] = []

    def join() -> None:
        found.append(ensure(guests.home, linger=timedelta(0)))

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(one) for one in found}) == 1
    assert len(guests.postmasters()) == 1
    found[0].release()
    assert until(lambda: not guests.servers())
    write(ensure(guests.home).dsn, 1)
