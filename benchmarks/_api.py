"""The API as `outrider up` runs it, without the workers, over a database that is given.

In: the database's address in DATABASE_URL, a home. Out: `ready HOST PORT` on standard output.
Never: a job, so that nothing is sent and nothing changes while answers are timed.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outrider.app.api.main import create_app
from outrider.app.cli.serve import _server
from outrider.app.wiring import make_home, opened
from outrider.kernel import heap
from outrider.kernel.settings import load


def main(home: Path) -> None:
    """Serve until a signal."""
    settings = load(home=home)
    make_home(settings.home)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as outrider:
            app.state.outrider = outrider
            heap.settled()
            print("ready", *listener.getsockname(), flush=True)
            yield

    _server(create_app(None, lifespan), settings).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
