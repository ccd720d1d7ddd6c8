"""How long each login may run a statement, wait for a lock, and leave a transaction open.

In: a role and the settings. Out: the session's options, and what the server keeps for the role itself.
Never: a login without a limit.

A process says its limits as it connects; the server's own, a little wider, also hold whoever logs in
under one of these names by another program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outrider.kernel.database.role import Role

STATEMENT = timedelta(seconds=60)
LOCK = timedelta(seconds=30)
IDLE = timedelta(seconds=60)
_OWNER_STATEMENT = timedelta(minutes=30)
_OWNER_LOCK = timedelta(seconds=5)
"""What the owner changes, everybody uses: who waits there holds up all who come after."""
_SERVER_IS_WIDER = 5


@dataclass(frozen=True)
class Limits:
    """Zero means for ever."""

    statement: timedelta = STATEMENT
    lock: timedelta = LOCK
    idle: timedelta = IDLE

    def of(self, role: Role) -> Limits:
        """Those of a role, where these are the settings."""
        if role is Role.OWNER:
            return Limits(_OWNER_STATEMENT, _OWNER_LOCK, self.idle)
        return self

    @property
    def options(self) -> str:
        """For the connection string."""
        return " ".join(f"-c{name}={value}" for name, value in self._in_ms().items())

    @property
    def on_server(self) -> dict[str, str]:
        """What `alter role … set` is given: name and value."""
        return {name: f"{value * _SERVER_IS_WIDER}ms" for name, value in self._in_ms().items()}

    def _in_ms(self) -> dict[str, int]:
        given = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return {name: int(value.total_seconds() * 1000) for name, value in given.items()}
