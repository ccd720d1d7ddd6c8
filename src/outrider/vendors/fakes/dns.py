"""A small DNS server with chosen faults, for the rehearsal and for tests.

In: records by name and kind, and faults by name. Out: answers over UDP and TCP on loopback.
Never: a question passed on to anybody.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

LONGEST_OVER_UDP = 512
TTL = 60


class DnsFault(StrEnum):
    """What goes wrong with a name."""

    SERVFAIL = "servfail"
    REFUSED = "refused"
    SILENT = "silent"
    SLOW = "slow"
    TRUNCATED = "truncated"
    """Over UDP only a part is told, so that the question must come again over TCP."""
    GIBBERISH = "gibberish"


@dataclass
class FakeDns:
    """The server.

    `records` maps `(name, kind)` to values in the form of zone files; a name that has none of any
    kind does not exist. `asked` are the questions that came, in order.
    """

    records: Mapping[tuple[str, str], Sequence[str]]
    faults: Mapping[str, DnsFault] = field(default_factory=dict)
    slow_seconds: float = 0.3
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    port: int = 0
    _udp: asyncio.DatagramTransport | None = None
    _tcp: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on loopback; returns the port, the same for UDP and TCP."""
        loop = asyncio.get_running_loop()
        for _ in range(20):
            self._tcp = await asyncio.start_server(self._stream, "127.0.0.1", 0)
            self.port = int(self._tcp.sockets[0].getsockname()[1])
            try:
                self._udp, _ = await loop.create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=("127.0.0.1", self.port)
                )
            except OSError:  # the port is free for TCP only
                self._tcp.close()
                continue
            return self.port
        raise OSError("no port is free for both UDP and TCP")

    async def stop(self) -> None:
        """Stop listening."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
            await self._tcp.wait_closed()

    async def answer(self, question: bytes, over: str) -> bytes | None:
        """The answer to one question; None is silence."""
        try:
            query = dns.message.from_wire(question)
        except dns.exception.DNSException:
            return None
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind, over))
        fault = self.faults.get(name)
        if fault is DnsFault.SILENT:
            return None
        if fault is DnsFault.GIBBERISH:
            return question[:2] + b"\xff" * 9
        if fault is DnsFault.SLOW:
            await asyncio.sleep(self.slow_seconds)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA | dns.flags.RA
        if fault in (DnsFault.SERVFAIL, DnsFault.REFUSED):
            reply.set_rcode(dns.rcode.from_text(fault.value.upper()))
            return reply.to_wire()
        self._fill(reply, asked.name, name, kind)
        wire = reply.to_wire(max_size=65535)
        if over == "udp" and (fault is DnsFault.TRUNCATED or len(wire) > LONGEST_OVER_UDP):
            short = dns.message.make_response(query)
            short.flags |= dns.flags.AA | dns.flags.TC
            return short.to_wire()
        return wire

    def _fill(self, reply: dns.message.Message, owner: dns.name.Name, name: str, kind: str) -> None:
        values = self.records.get((name, kind))
        if values:
            reply.answer.append(dns.rrset.from_text_list(owner, TTL, "IN", kind, list(values)))
        elif not any(known == name or known.endswith(f".{name}") for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            told = await self.answer(await reader.readexactly(length), "tcp")
            if told is not None:
                writer.write(struct.pack("!H", len(told)) + told)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: FakeDns) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # In Python 3.11 the transport of datagrams does not say that it is one.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.get_running_loop().create_task(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: tuple[str, int]) -> None:
        told = await self._server.answer(data, "udp")
        if told is not None and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(told, addr)
