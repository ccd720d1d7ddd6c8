"""DNS by dnspython, behind `sending.health.ports.Names`.

In: a name. Out: records, or why there are none. Never: an exception for what a server says, an
answer kept longer than one look.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
import dns.reversename

from outrider.kernel.errors import InvalidInput
from outrider.sending.health.ports import Lack, Records

TIMEOUT_SECONDS = 3.0
"""For one server; a look asks many names."""

LIFETIME_SECONDS = 8.0


class DnsNames:
    """A resolver. Each name is asked once and kept for as long as this object lives."""

    def __init__(
        self,
        server: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        lifetime: float = LIFETIME_SECONDS,
    ) -> None:
        """Use one server, or those of this machine.

        Args:
            server: `address` or `address:port` of a DNS server; None: as this machine is set up.
            timeout: seconds for one try.
            lifetime: seconds for one name, all tries together.

        Raises:
            InvalidInput: the server is no address, or this machine has no resolver set up.
        """
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=server is None)
        except dns.exception.DNSException as error:
            raise InvalidInput(
                f"This machine names no DNS server ({error}); give one with --dns 192.0.2.53."
            ) from None
        if server is not None:
            self._resolver.nameservers = [_server(server)]
        self._resolver.timeout = timeout
        self._resolver.lifetime = lifetime
        self._resolver.cache = None
        self._asked: dict[tuple[str, str], asyncio.Task[Records]] = {}

    async def txt(self, name: str) -> Records:
        """TXT records, the strings of each joined."""
        return await self._once(name, "TXT", _joined)

    async def mx(self, name: str) -> Records:
        """Mail exchangers, the preferred first; a null MX is a single `.`."""
        return await self._once(name, "MX", str, key=lambda rdata: int(rdata.preference))

    async def addresses(self, name: str) -> Records:
        """A and AAAA records."""
        four, six = await asyncio.gather(
            self._once(name, "A", lambda rdata: str(rdata.address)),
            self._once(name, "AAAA", lambda rdata: str(rdata.address)),
        )
        if four.values or six.values:
            return Records(four.values + six.values)
        return four if four.lack is Lack.FAILED or six.lack is not Lack.FAILED else six

    async def reverse(self, address: str) -> Records:
        """The names that an IP address points back to."""
        name = dns.reversename.from_address(address).to_text(omit_final_dot=True)
        return await self._once(name, "PTR", lambda rdata: _host(rdata.target))

    async def _once(
        self,
        name: str,
        kind: str,
        told: Callable[[Any], str],
        key: Callable[[Any], int] | None = None,
    ) -> Records:
        asked = (name.lower().rstrip("."), kind)
        if asked not in self._asked:
            self._asked[asked] = asyncio.create_task(self._ask(asked[0], kind, told, key))
        return await self._asked[asked]

    async def _ask(
        self,
        name: str,
        kind: str,
        told: Callable[[Any], str],
        key: Callable[[Any], int] | None,
    ) -> Records:
        try:
            # A final dot: a machine's own search domains must not answer for a name.
            answer = await self._resolver.resolve(f"{name}.", kind, search=False)
        except dns.resolver.NXDOMAIN:
            return Records(lack=Lack.NO_NAME)
        except dns.resolver.NoAnswer:
            return Records(lack=Lack.NO_RECORD)
        except dns.exception.Timeout:
            return Records(lack=Lack.FAILED, why="no DNS server answered in time")
        except (dns.resolver.NoNameservers, dns.resolver.YXDOMAIN) as error:
            return Records(lack=Lack.FAILED, why=_why(error))
        except (dns.exception.DNSException, UnicodeError, OSError) as error:
            return Records(lack=Lack.FAILED, why=f"{name[:80]} could not be asked: {error}"[:200])
        found = sorted(answer, key=key) if key else list(answer)
        if kind == "MX":
            return Records(tuple(_host(rdata.exchange) for rdata in found))
        return Records(tuple(told(rdata) for rdata in found))


def _joined(rdata: Any) -> str:
    raw: bytes = b"".join(rdata.strings)
    return raw.decode("utf-8", "replace")


def _host(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower() or "."


def _why(error: dns.exception.DNSException) -> str:
    answers = str(error)
    for said in ("SERVFAIL", "REFUSED", "FORMERR"):
        if said in answers:
            return f"the DNS server answered {said}"
    return "no DNS server gave an answer"


def _server(server: str) -> dns.nameserver.Do53Nameserver:
    host, colon, port = server.rpartition(":")
    if not colon or "]" in port or (":" in host.strip("[]") and not host.startswith("[")):
        host, port = server, "53"
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
        return dns.nameserver.Do53Nameserver(address, int(port))
    except ValueError:
        raise InvalidInput(
            f"--dns is {server!r}; give the IP address of a DNS server, such as 192.0.2.53."
        ) from None
