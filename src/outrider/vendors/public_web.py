"""The one place that fetches an address which somebody else wrote, such as a picture of a mail.

In: an https address. Out: its bytes, up to a bound. Never: an address of this machine, of its network
or of a cloud's own services, whatever name leads there; a redirect that was not judged anew; a cookie,
a login or a referrer; more bytes or time than the bound.

Addresses of vendors that an operator sets (`http_transport`) are another matter: those are trusted.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

from outrider.kernel.errors import InvalidInput, VendorUnavailable

SECONDS = 8.0
"""For the whole fetch, redirects and all."""
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000

Resolve = Callable[[str], Awaitable[list[str]]]
"""The addresses of a host name."""

_UNICAST = ipaddress.ip_network("2000::/3")
"""What is given out of IPv6 (RFC 4291, section 2.4); all that maps, translates or loops back is outside."""
_TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
"""6to4 (RFC 3056) and Teredo (RFC 4380) carry an IPv4 address that would not be looked at."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Way:
    """How a server is reached; a test has another."""

    port: int = 443
    trust: ssl.SSLContext | None = None
    is_allowed: Callable[[str], bool] | None = None
    """None: `is_public`."""


class PublicWeb:
    """Fetches from the open web."""

    def __init__(self, resolve: Resolve | None = None, way: Way | None = None) -> None:
        """Resolve as this machine does, unless `resolve` says otherwise."""
        self._resolve = resolve or _addresses
        self._way = way or Way()
        self._is_allowed = self._way.is_allowed or is_public

    async def fetch(self, url: str, most_bytes: int) -> bytes:
        """The bytes behind an address.

        Raises:
            InvalidInput: the address is none that may be fetched, or leads to one, or to too much.
            VendorUnavailable: nobody answers there, or not with 200.
        """
        try:
            async with asyncio.timeout(SECONDS):
                return await self._followed(url, most_bytes)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError, UnicodeError) as error:
            raise VendorUnavailable(
                f"{_shown(url)} cannot be fetched ({type(error).__name__})."
            ) from None

    async def _followed(self, url: str, most_bytes: int) -> bytes:
        trust = self._way.trust or ssl.create_default_context()
        # A proxy of the environment would look the name up for itself, and go where it leads.
        transport = httpx2.AsyncHTTPTransport(verify=trust, trust_env=False)
        async with transport:
            for _ in range(MOST_REDIRECTS + 1):
                found = await self._once(transport, url, most_bytes)
                if isinstance(found, bytes):
                    return found
                url = urljoin(url, found)
        raise InvalidInput(f"{_shown(url)} leads on and on; it is not fetched.")

    async def _once(
        self, transport: httpx2.AsyncHTTPTransport, url: str, most_bytes: int
    ) -> bytes | str:
        """The bytes, or where they are instead."""
        host, target = _parts(url)
        request = httpx2.Request(
            "GET",
            f"https://{await self._place(host)}:{self._way.port}{target}",
            headers={"Host": host, "User-Agent": "Outrider", "Accept-Encoding": "identity"},
            # The name is looked up once: a second look could lead elsewhere (DNS rebinding).
            extensions={"sni_hostname": host, "timeout": dict.fromkeys(_PHASES, SECONDS)},
        )
        answer = await transport.handle_async_request(request)
        try:
            if answer.status_code in _REDIRECTS and "location" in answer.headers:
                return str(answer.headers["location"])
            if answer.status_code != 200:
                raise VendorUnavailable(f"{_shown(url)} answers {answer.status_code}.")
            return await _read(answer, url, most_bytes)
        finally:
            await answer.aclose()

    async def _place(self, host: str) -> str:
        """The address to connect to, for the authority of a URL."""
        found = await self._resolve(host)
        # One inner address among public ones is how a name is made to pass.
        if not found or not all(self._is_allowed(one) for one in found):
            raise InvalidInput(f"{host[:100]} is not on the open web; nothing is fetched from it.")
        return f"[{found[0]}]" if ":" in found[0] else found[0]


_PHASES = ("connect", "read", "write", "pool")


def is_public(address: str) -> bool:
    """Whether an IP address is of the open internet: no loopback, no private or link-local network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if found.is_multicast or not found.is_global:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return True
    return found in _UNICAST and not any(found in one for one in _TUNNELS)


def _parts(url: str) -> tuple[str, str]:
    """Host and target. Raises InvalidInput: it is no plain https address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        plain = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
    except (ValueError, UnicodeError):
        host, plain = "", False
    if (
        not plain
        or not host
        or len(url) > LONGEST_ADDRESS
        or not url.isascii()
        or not url.isprintable()
    ):
        raise InvalidInput(f"{_shown(url)} is not fetched: only plain https addresses are.")
    query = f"?{parts.query}" if parts.query else ""
    return host, f"{parts.path or '/'}{query}"


async def _addresses(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


async def _read(answer: httpx2.Response, url: str, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > most_bytes:
            raise InvalidInput(f"{_shown(url)} has more than {most_bytes:,} bytes.")
    return bytes(body)


def _shown(url: str) -> str:
    """As much of an address as an error may repeat: a query can hold who is meant."""
    return repr(url.partition("?")[0][:80])
