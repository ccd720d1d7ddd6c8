"""The tree of errors. A class's docstring is its message; its `code` never changes.

    OutriderError
    ├── InvalidInput          400  a value that cannot be used: says which, and the way out
    │   └── InvalidSetting    400  a setting that cannot be used
    │       └── WrongMasterKey     another master key wrapped what is stored
    ├── NotAllowed            403  the caller may not do this
    │   ├── NoSession         401  nobody is logged in, or the session ended
    │   ├── WrongLogin        401  the address or the password is wrong
    │   ├── TooManyTries      429  wait a while; says how long
    │   └── SwitchedOff       423  a kill switch is on
    ├── NotFound              404  no such thing in this workspace
    ├── Conflict              409  somebody else was first, or the state does not allow it
    │   └── IllegalTransition 409  the table of states has no such cell
    ├── Refused               422  a check blocks it: findings, hash, suppression
    ├── BudgetExceeded        402  the reserved cost would pass the limit
    ├── Unavailable           503  a part that we need does not answer; try again later
    │   ├── LostRace               the same work may well succeed when it is tried again
    │   ├── DatabaseUnavailable
    │   ├── VendorUnavailable
    │   └── MasterKeyUnavailable   stored secrets cannot be opened now
    │       └── MasterKeyDisabled  its service refuses: disabled, deleted, no right
    └── Broken                500  a promise of ours does not hold (a tampered log, a corrupt object)
        └── SecretBroken           a stored secret was changed, moved or cut short

In: nothing. Out: exceptions. Never: a traceback for something the user can mend.
"""

from __future__ import annotations

import inspect
from typing import ClassVar


class OutriderError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str | None = None, **facts: object) -> None:
        """`message` is one plain sentence; `facts` are the values behind it, for logs and JSON."""
        self.message = message or inspect.cleandoc(type(self).__doc__ or "").split("\n")[0]
        self.facts = facts
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class InvalidInput(OutriderError):
    """A value cannot be used."""

    code = "invalid_input"
    status = 400
    exit_code = 2


class InvalidSetting(InvalidInput):
    """A setting cannot be used."""

    code = "invalid_setting"


class WrongMasterKey(InvalidSetting):
    """The stored secrets are under another master key."""

    code = "wrong_master_key"


class NotAllowed(OutriderError):
    """You may not do this."""

    code = "not_allowed"
    status = 403
    exit_code = 3


class NoSession(NotAllowed):
    """There is no session: log in first."""

    code = "no_session"
    status = 401


class WrongLogin(NotAllowed):
    """The e-mail address or the password is wrong."""

    code = "wrong_login"
    status = 401


class TooManyTries(NotAllowed):
    """Too many tries: wait a while."""

    code = "too_many_tries"
    status = 429


class SwitchedOff(NotAllowed):
    """A kill switch is on, so nothing was done."""

    code = "switched_off"
    status = 423


class NotFound(OutriderError):
    """There is no such thing in this workspace."""

    code = "not_found"
    status = 404
    exit_code = 4


class Conflict(OutriderError):
    """Somebody else was first."""

    code = "conflict"
    status = 409
    exit_code = 5


class IllegalTransition(Conflict):
    """This step is not possible from the present state."""

    code = "illegal_transition"


class Refused(OutriderError):
    """A check refuses this."""

    code = "refused"
    status = 422
    exit_code = 6


class BudgetExceeded(OutriderError):
    """The budget does not cover this."""

    code = "budget_exceeded"
    status = 402
    exit_code = 7


class Unavailable(OutriderError):
    """A part that is needed does not answer. Try again later."""

    code = "unavailable"
    status = 503
    exit_code = 8


class LostRace(Unavailable):
    """Somebody else changed the same at the same moment. Nothing was done: try again."""

    code = "lost_race"


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    code = "database_unavailable"


class VendorUnavailable(Unavailable):
    """An outside service does not answer."""

    code = "vendor_unavailable"


class MasterKeyUnavailable(Unavailable):
    """The service that keeps the master key does not answer."""

    code = "master_key_unavailable"


class MasterKeyDisabled(MasterKeyUnavailable):
    """The service that keeps the master key refuses to use it."""

    code = "master_key_disabled"


class Broken(OutriderError):
    """A promise does not hold: stored data is not what it was."""

    code = "broken"
    exit_code = 9


class SecretBroken(Broken):
    """A stored secret is not what it was."""

    code = "secret_broken"
