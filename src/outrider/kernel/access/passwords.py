"""Passwords: argon2id, two checks at a time, and the same time for an address that nobody has.

In: a password. Out: a hash to store; whether it is the one. Never: a password kept, a check on the
event loop, a line of waiting checks without an end.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

from outrider.kernel.access.members import Member
from outrider.kernel.access.sessions import revoke_sessions_of
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, TooManyTries
from outrider.kernel.ids import PersonId

if TYPE_CHECKING:  # its library is loaded at the first password, which most commands never see
    from pwdlib import PasswordHash

LEAST, MOST = 12, 200
"""Characters. Length counts, not kinds of characters (NIST SP 800-63B, section 3.1.1.2)."""
AT_ONCE = 2
"""Checks at a time: each takes 64 MiB and four lanes for about a tenth of a second."""
WAITING = 20
"""Checks that may wait; one more is told to come back."""
_NOBODY = "nobody has this password"


class Passwords:
    """Hashes and checks, in threads of its own."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0

    @cached_property
    def _hasher(self) -> PasswordHash:
        from pwdlib import PasswordHash
        from pwdlib.hashers.argon2 import Argon2Hasher

        return PasswordHash((Argon2Hasher(),))

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash(_NOBODY)

    async def hashed(self, password: str) -> str:
        """The hash to store.

        Raises:
            TooManyTries: too many checks wait.
        """
        return (await self._in_thread(lambda: (True, self._hasher.hash(password))))[1] or ""

    async def verified(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether it is the one, and a new hash when the parameters have changed since.

        Without a stored hash the same work is done, so that the time tells nothing.

        Raises:
            TooManyTries: too many checks wait.
        """

        def check() -> tuple[bool, str | None]:
            is_it, newer = self._hasher.verify_and_update(password, stored or self._of_nobody)
            return (is_it, newer) if stored else (False, None)

        return await self._in_thread(check)

    async def _in_thread(self, work: _Work) -> tuple[bool, str | None]:
        if self._waiting >= WAITING:
            raise TooManyTries(
                "Too many logins are being checked at this moment; try again in a few seconds.",
                retry_after=5,
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


if TYPE_CHECKING:
    from collections.abc import Callable

    _Work = Callable[[], tuple[bool, str | None]]


def usable(password: str, *known: str) -> str:
    """The password, if it can be one.

    Args:
        password: as typed.
        known: what everybody knows of the person: name, address.

    Raises:
        InvalidInput: it is too short, too long, or easily guessed.
    """
    if not LEAST <= len(password) <= MOST:
        raise InvalidInput(
            f"The password has {len(password)} characters; use {LEAST} to {MOST}, "
            "for example four words."
        )
    if len(set(password)) < 5:
        raise InvalidInput("The password repeats itself; use at least five different characters.")
    rest = password.casefold()
    for part in re.split(r"[\W_]+", " ".join(known).casefold()):
        rest = rest.replace(part, "") if len(part) > 3 else rest
    if len(rest) < LEAST // 2:
        raise InvalidInput("The password is made of your name or address; use other words.")
    return password


async def set_password(tx: Tx, member: Member, hashed: str, keep: str = "") -> None:
    """Store a new password's hash; every session but the one with the token `keep` ends at once."""
    await tx.run(
        "insert into outrider.passwords (person_id, argon2id, changed_at)"
        " values (:person, :hash, :now)"
        " on conflict (person_id) do update set argon2id = :hash, changed_at = :now",
        {"person": member.person_id, "hash": hashed, "now": tx.now},
    )
    ended = await revoke_sessions_of(tx.conn, member.person_id, tx.now, keep)
    await record(tx, "access.set_password", f"person:{member.person_id}", {"sessions_ended": ended})


async def renew_hash(tx: Tx, person_id: PersonId, hashed: str) -> None:
    """The same password under today's parameters."""
    await tx.run(
        "update outrider.passwords set argon2id = :hash where person_id = :person",
        {"person": person_id, "hash": hashed},
    )


async def stored_hash(tx: Tx, person_id: PersonId) -> str | None:
    """The stored hash of a person's password; None when there is none."""
    row = await tx.row(
        "select argon2id from outrider.passwords where person_id = :person", {"person": person_id}
    )
    return str(row["argon2id"]) if row else None


async def hash_of_address(tx: Tx, email: str) -> str | None:
    """The stored hash of whoever has this address, in whatever workspace; None when there is none."""
    row = await tx.row(
        "select w.argon2id from outrider.people p join outrider.passwords w on w.person_id = p.id"
        " where lower(p.email) = lower(:email)",
        {"email": email},
    )
    return str(row["argon2id"]) if row else None
