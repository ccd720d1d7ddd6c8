"""Whether the database answers: said once when it goes away, and once when it is back.

In: what connections meet, and what libraries say about it. Out: two lines of the log for each outage.
Never: a query, a line for each try, silence about anything but a lost connection.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

import psycopg

from outrider.kernel.telemetry import get_logger

_log = get_logger("database")

# PostgreSQL, appendix A: class 08 is the connection, 57P01 to 57P03 a server that stops or starts.
_LOST_STATES = ("08", "57P01", "57P02", "57P03")
# A server that is killed dies one connection after another; what still answers is not back.
_SETTLED_SECONDS = 2.0
_LIBRARIES = ("psycopg", "procrastinate", "sqlalchemy", "asyncio")
_TELLS_OF_JOBS = "procrastinate.worker"


class Outage:
    """What one process knows of its database."""

    def __init__(self) -> None:
        """Until something fails, it answers."""
        self._since: float | None = None
        self._failing: set[str] = set()

    def failed(self, role: str, why: str) -> None:
        """This login got no answer.

        One that fails while others are answered, say for its password, is told of once.
        """
        if self._since is None and role not in self._failing:
            self._since = time.monotonic()
            _log.error("database_gone", reason=why)
        self._failing.add(role)

    def answered(self, role: str) -> None:
        """This login was answered."""
        self._failing.discard(role)
        if self._since is None:
            return
        seconds = time.monotonic() - self._since
        if seconds >= _SETTLED_SECONDS:
            self._since = None
            _log.warning("database_back", after_seconds=round(seconds, 1))


def is_lost(error: BaseException | None) -> bool:
    """Whether this error, or what it came from, is that the server went away or is not there yet."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return error.sqlstate is None or error.sqlstate.startswith(_LOST_STATES)
        error = error.__cause__ or error.__context__
    return False


class Hush(logging.Filter):
    """Leaves out what libraries say of each lost connection, which `Outage` says once.

    A job that was cut off keeps its line, without the traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is told."""
        if record.name.partition(".")[0] not in _LIBRARIES:
            return True
        if record.name.startswith("psycopg") and record.levelno < logging.ERROR:
            return False
        if not record.exc_info or not is_lost(record.exc_info[1]):
            return True
        record.exc_info = record.exc_text = None
        return record.name.startswith(_TELLS_OF_JOBS)


def hush(handlers: Iterable[logging.Handler]) -> None:
    """Tell these handlers nothing but `Outage`'s own lines about lost connections."""
    for handler in handlers:
        handler.addFilter(Hush())
