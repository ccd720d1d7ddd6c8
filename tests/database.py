"""One embedded Postgres for a whole test run, shared by every worker of it.

In: a folder of this run, the same for all workers. Out: the server. Never: a server or data that
stays behind once the run and the next one are over.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from outrider.kernel.database.embedded import Embedded, ensure, remove
from outrider.kernel.database.layout import FileLock, Layout

PREFIX = "outrider-test-server-"

# A crash of the machine may lose a test's data, and a test does not care.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "10s",
    "max_connections": "400",
}


def shared_server(root: Path) -> Embedded:
    """The server of the test run whose folder is `root`; the first worker to ask starts it.

    It ends by itself, a little after the last worker. As the data of a run is of no use later,
    the last worker to leave deletes it, and a run clears what killed runs left.

    Args:
        root: a folder that all workers of this run share and no other run does, such as
            `tmp_path_factory.getbasetemp().parent` under xdist.
    """
    # Not inside `root`: pytest closes its folders to others, and Postgres may be another account.
    home = Path(tempfile.gettempdir(), PREFIX + hashlib.sha256(os.fsencode(root)).hexdigest()[:12])
    server = ensure(home, linger=timedelta(seconds=2), options=FAST)
    for other in home.parent.glob(f"{PREFIX}*"):
        if other != home:
            discard_if_unused(other)
    atexit.register(_leave, server)
    return server


def _leave(server: Embedded) -> None:
    server.release()
    discard_if_unused(server.home)


def discard_if_unused(home: Path) -> bool:
    """Delete a test server's home, unless some process still uses it or is not ours to judge."""
    layout = Layout(home)
    try:
        if home.stat().st_uid != os.geteuid() or not layout.folder.is_dir():
            return False
        clients = FileLock(layout.clients_lock)
        if not clients.take():
            return False
        try:
            remove(home)
        finally:
            clients.release()
    except FileNotFoundError:
        return False  # another worker was first
    shutil.rmtree(home, ignore_errors=True)
    return True
