"""What the room needs from the world of names and servers. In: names. Out: answers. Never: a vendor's type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Lack(StrEnum):
    """Why there is no record."""

    NO_NAME = "no_name"
    """The name does not exist (NXDOMAIN)."""
    NO_RECORD = "no_record"
    """The name exists, without a record of this kind."""
    FAILED = "failed"
    """No server could say; later one may (RFC 2308)."""


@dataclass(frozen=True, slots=True)
class Records:
    """What DNS said of one name and kind."""

    values: tuple[str, ...] = ()
    lack: Lack | None = None
    why: str = ""
    """Of `failed`: what went wrong, for a person."""

    @property
    def is_void(self) -> bool:
        """Whether it counts as a void lookup (RFC 7208, 4.6.4)."""
        return self.lack in (Lack.NO_NAME, Lack.NO_RECORD)


class Names(Protocol):
    """DNS. It never raises for what a server says; it tells it."""

    async def txt(self, name: str) -> Records:
        """TXT records, the strings of each joined (RFC 7208, 3.3)."""
        ...

    async def mx(self, name: str) -> Records:
        """Mail exchangers, the preferred first; a null MX (RFC 7505) is a single `.`."""
        ...

    async def addresses(self, name: str) -> Records:
        """A and AAAA records."""
        ...

    async def reverse(self, address: str) -> Records:
        """The names that an IP address points back to."""
        ...


@dataclass(frozen=True, slots=True)
class ServerLook:
    """What a mail server showed when it was knocked at."""

    answers: bool
    offers_tls: bool = False
    is_trusted: bool = False
    problem: str = ""
    expires_at: datetime | None = None
    names: tuple[str, ...] = ()


class MailServers(Protocol):
    """Mail servers, looked at without sending anything."""

    async def look(self, host: str, port: int, *, is_implicit_tls: bool) -> ServerLook:
        """Say hello, start TLS, read the certificate, say goodbye."""
        ...
