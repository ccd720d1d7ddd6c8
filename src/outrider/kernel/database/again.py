"""The one place that tries a transaction again, and that says which ones may be.

In: how to open one, and what to do in it. Out: what came of it. Never: another try of work that reached
beyond the database, or of an error that the same work would meet again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import psycopg
import sqlalchemy.exc

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import LostRace, OutriderError, Unavailable

T = TypeVar("T")

TRIES = 5

# PostgreSQL, appendix A: class 40 is thrown out so that others may go on; the work itself was sound.
_LOST_RACES = frozenset({"40001", "40P01"})
_LOCK_WAIT, _TOO_LONG, _IDLE = "55P03", "57014", "25P03"


async def again(
    begin: Callable[[], AbstractAsyncContextManager[Tx]],
    work: Callable[[Tx], Awaitable[T]],
    tries: int = TRIES,
) -> T:
    """Do `work` in one transaction; anew, from its beginning, when it lost a race.

    `work` must do nothing outside the transaction, for it may run several times.

    Raises:
        LostRace: it lost `tries` times.
    """
    for left in reversed(range(tries)):
        try:
            async with begin() as tx:
                return await work(tx)
        except LostRace:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def told_of(error: sqlalchemy.exc.DBAPIError | psycopg.Error) -> OutriderError | None:
    """The plain sentence for a transaction that the server ended for the sake of others, or None."""
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    if code in _LOST_RACES:
        return LostRace(
            "Somebody else changed the same rows at the same moment; nothing of this was done: try again."
        )
    if code == _LOCK_WAIT:
        return Unavailable(
            "Somebody else holds what this needs for longer than `lock_timeout`; nothing was done: try"
            " again."
        )
    if code in (_TOO_LONG, _IDLE):
        return Unavailable(
            "The database took longer than `statement_timeout` allows; nothing was done: try again when"
            " it is less busy, or give it more time."
        )
    return None
