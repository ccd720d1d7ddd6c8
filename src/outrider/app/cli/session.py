"""One command's stay: read the settings, open Outrider, do the work, seal the log, close.

In: an async function of `Outrider`. Out: what it returns. Never: a result printed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from outrider.app.wiring import Outrider, make_home, opened
from outrider.kernel import telemetry
from outrider.kernel.audit.seal import keep_in, seal_until_done
from outrider.kernel.settings import load

T = TypeVar("T")


def run(
    work: Callable[[Outrider], Awaitable[T]], *, seal: bool = True, workspace: str | None = None
) -> T:
    """Run one command; `seal` False for those that change nothing, `workspace` one that is made."""
    settings = load(**({"workspace": workspace} if workspace else {}))
    make_home(settings.home)
    telemetry.configure(settings.log_level, settings.home / "logs", to_stderr=False)

    async def stay() -> T:
        try:
            return await _stay()
        except Exception:
            # Ctrl-C cancels this task wherever it stands; a statement that is cut off then may fail
            # in its own words, which would hide that it was the person who stopped it.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from None
            raise

    async def _stay() -> T:
        async with opened(settings, make_workspace=workspace is not None) as outrider:
            with telemetry.correlated(outrider.correlation_id):
                done = await work(outrider)
            if seal:
                await seal_log(outrider)
            return done

    return asyncio.run(stay())


async def seal_log(outrider: Outrider) -> None:
    """Seal what is final, and keep the newest checkpoint beside the database."""
    seal = await seal_until_done(outrider.database, outrider.signer, outrider.clock)
    if seal:
        keep_in(outrider.settings.home / "checkpoints")(seal)
