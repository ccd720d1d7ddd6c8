"""Work that comes round: the same in every workspace, again and again.

In: what to do, and what the log calls its failure. Out: what each workspace gave. Never: a failure in
one workspace that stops another, one that ends the rounds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from structlog.typing import FilteringBoundLogger

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.errors import OutriderError

T = TypeVar("T")

FAILURES = (OutriderError, psycopg.Error, SQLAlchemyError, OSError)
"""What may be over by the next round; anything else is a mistake of ours."""


@dataclass(frozen=True)
class Rounds:
    """One kind of such work: whose log, and which event says that it failed."""

    log: FilteringBoundLogger
    failed: str

    async def everywhere(
        self, outrider: Outrider, work: Callable[[Outrider], Awaitable[T]]
    ) -> list[T]:
        """Do it in every workspace; what fails in one is logged and stops no other."""
        async with outrider.database.connection() as conn:
            workspaces = await access.workspaces(conn)
        done: list[T] = []
        for workspace in workspaces.values():
            try:
                done.append(await work(outrider.within(workspace)))
            except FAILURES as error:
                reason = type(error).__name__
                self.log.error(self.failed, workspace=str(workspace), reason=reason)
        return done

    async def forever(
        self, outrider: Outrider, work: Callable[[Outrider], Awaitable[object]], every: timedelta
    ) -> None:
        """Do it every `every` until cancelled; a failure is logged."""
        while True:
            try:
                await work(outrider)
            except FAILURES as error:
                self.log.error(self.failed, reason=type(error).__name__)
            await outrider.clock.sleep(every)
