"""The API as `outrider up` runs it, without the workers, over a database that is given.

In: the database's address in DATABASE_URL, a home; how many processes in OUTRIDER_API_PROCESSES.
Out: `ready HOST PORT` on standard output. Never: a job, so that nothing is sent and nothing changes while
answers are timed.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outrider.app.api.main import create_app
from outrider.app.cli.http_server import listener, server
from outrider.app.cli.serve_many import Processes, how_many
from outrider.app.wiring import make_home, opened
from outrider.kernel import heap
from outrider.kernel.settings import Settings, load


def main(home: Path) -> None:
    """Serve until a signal."""
    settings = load(home=home, port=0)
    make_home(settings.home)
    bound = listener(settings)
    if how_many(settings) > 1:
        asyncio.run(_several(settings, bound))
        return

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as outrider:
            app.state.outrider = outrider
            heap.settled()
            _ready(bound)
            yield

    server(create_app(None, lifespan), settings).run(sockets=[bound])


async def _several(settings: Settings, bound: socket.socket) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with Processes(settings, bound, how_many(settings), for_people=False) as others:
        await others.serve()
        _ready(bound)
        await ended.wait()


def _ready(bound: socket.socket) -> None:
    print("ready", *bound.getsockname(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
