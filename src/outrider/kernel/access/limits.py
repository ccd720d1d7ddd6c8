"""How often somebody may try to log in: by account and by network, counted in the database.

In: a connection of its own, so that a try counts whatever becomes of it. Out: how long to wait.
Never: an address in the table (an HMAC of it), a try that is not counted because another ran beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.errors import TooManyTries
from outrider.kernel.secrets.blind_index import blind

PER_ACCOUNT, PER_NETWORK = 10, 50
"""Tries in a window; a login that succeeds gives its try back."""
WINDOW = timedelta(minutes=15)
_REMEMBERED = timedelta(seconds=10)
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Limit:
    """One thing that is counted."""

    target: str
    most: int


@dataclass(frozen=True)
class Tried:
    """What counting a try said. `wait` is how long nobody may try; zero: this one may."""

    wait: timedelta
    is_last: bool
    """Whether it was the last one that some limit allows."""
    reached: tuple[str, ...] = ()
    """The targets that have had their tries."""

    def or_refuse(self) -> None:
        """Raises TooManyTries, with the seconds to wait as the fact `retry_after`."""
        if self.wait > timedelta(0):
            seconds = max(1, int(self.wait.total_seconds()))
            raise TooManyTries(
                f"Too many logins were tried; try again in {-(-seconds // 60)} min.",
                retry_after=seconds,
            )


class Refusals:
    """Who was refused a moment ago, so that a flood costs a look into memory and not the database.

    The database stays the judge: what is remembered here is asked again after ten seconds.
    """

    def __init__(self) -> None:
        """Remembers nobody."""
        self._known: dict[str, tuple[datetime, datetime]] = {}

    def or_refuse(self, limits: Sequence[Limit], now: datetime) -> None:
        """Raises TooManyTries: one of these was refused a moment ago."""
        for limit in limits:
            until, ask_again = self._known.get(limit.target, (now, now))
            if now < ask_again:
                Tried(until - now, is_last=False).or_refuse()

    def remember(self, tried: Tried, now: datetime) -> None:
        """Note who was refused just now."""
        if len(self._known) + len(tried.reached) > _MOST_REMEMBERED:
            self._known.clear()
        for target in tried.reached:
            self._known[target] = (now + tried.wait, now + min(tried.wait, _REMEMBERED))


def limits_for(secret: bytes, account: str, network: str) -> tuple[Limit, Limit]:
    """What a login counts against: the account's address, known or not, and where it comes from."""
    return (
        Limit(_target(secret, "account", account.strip().casefold()), PER_ACCOUNT),
        Limit(_target(secret, "network", network_of(network)), PER_NETWORK),
    )


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which one household or host has for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)


async def count_try(conn: AsyncConnection, limits: Sequence[Limit], now: datetime) -> Tried:
    """Count one try against each limit; the caller commits, then asks `or_refuse`.

    A try that is refused counts too, but does not move the end of the window.
    """
    await conn.execute(
        text("delete from outrider.login_limits where began_at < :old"), {"old": now - 2 * WINDOW}
    )
    is_last, wait, reached = False, timedelta(0), []
    # In one order, so that two logins never wait for each other.
    for limit in sorted(limits, key=lambda one: one.target):
        row = (
            await conn.execute(
                text(
                    "insert into outrider.login_limits as l (target, tries, began_at)"
                    " values (:target, 1, :now) on conflict (target) do update set"
                    " tries = case when l.began_at <= :old then 1 else l.tries + 1 end,"
                    " began_at = case when l.began_at <= :old then :now else l.began_at end"
                    " returning tries, began_at"
                ),
                {"target": limit.target, "now": now, "old": now - WINDOW},
            )
        ).one()
        is_last = is_last or row.tries == limit.most
        if row.tries > limit.most:
            wait = max(wait, row.began_at + WINDOW - now)
            reached.append(limit.target)
    return Tried(wait, is_last, tuple(reached))


async def forgive(conn: AsyncConnection, limits: Sequence[Limit]) -> None:
    """A login succeeded: its account starts anew, its network gets the try back."""
    account, network = limits
    await conn.execute(
        text("delete from outrider.login_limits where target = :target"),
        {"target": account.target},
    )
    await conn.execute(
        text("update outrider.login_limits set tries = tries - 1 where target = :target"),
        {"target": network.target},
    )


def _target(secret: bytes, kind: str, value: str) -> str:
    return blind(secret, f"{kind}:{value}")
