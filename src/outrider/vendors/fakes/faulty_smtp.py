"""A small SMTP server with chosen faults, for the rehearsal and for tests.

In: SMTP on loopback, and faults by recipient. Out: a journal of every mail it accepted.
Never: a delivery, an answer before the journal is on disk.

Run it as a process of its own: `python -m outrider.vendors.fakes.faulty_smtp JOURNAL [PORT]`; it
prints its port. The local part of the recipient chooses the fault: `later.anything@…` is put off, and
`once-later.anything@…` is put off the first time only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from email.parser import BytesHeaderParser
from enum import StrEnum
from pathlib import Path
from typing import IO, Any


class Fault(StrEnum):
    """What goes wrong, named by the first word of the recipient's local part."""

    LATER = "later"
    REFUSED = "refused"
    LATER_AFTER_DATA = "laterdata"
    REFUSED_AFTER_DATA = "refuseddata"
    DROPS_BEFORE_DATA = "dropbefore"
    ACCEPTS_THEN_DROPS = "acceptdrop"
    ACCEPTS_THEN_SILENT = "acceptsilent"
    BUSY = "busy"
    GIBBERISH = "gibberish"


_AT_RECIPIENT = {
    Fault.LATER: "451 4.7.1 Greylisted, come back later",
    Fault.REFUSED: "550 5.1.1 No such user here",
    Fault.BUSY: "421 4.3.2 Too busy, closing",
}
_AFTER_DATA = {
    Fault.LATER_AFTER_DATA: "452 4.3.1 Disk is full",
    Fault.REFUSED_AFTER_DATA: "554 5.7.1 Message refused by policy",
}


class FaultySmtp:
    """The server. `accepted` are the Message-IDs it took, in order."""

    def __init__(self, journal: Path, *, pipelining: bool = True) -> None:
        """`journal` gets one JSON line per accepted mail, written before the answer."""
        self.journal = journal
        self.pipelining = pipelining
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._out: IO[str] | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._shown: set[str] = set()

    def fault_of(self, recipient: str) -> Fault | None:
        """What goes wrong with a mail to this recipient now."""
        name = recipient.partition("@")[0].partition(".")[0]
        if name.startswith("once-"):
            if recipient in self._shown:
                return None
            self._shown.add(recipient)
        with contextlib.suppress(ValueError):
            return Fault(name.removeprefix("once-"))
        return None

    async def start(self, port: int = 0) -> int:
        """Listen on loopback; returns the port."""
        self._out = open(self.journal, "a", encoding="utf-8")
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()
        if self._out is not None:
            self._out.close()

    def hang_up(self) -> None:
        """Cut every connection, as a server that restarts does."""
        for writer in list(self._writers):
            writer.transport.abort()

    def accepted(self) -> list[dict[str, Any]]:
        """What the journal holds."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await _Session(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def keep(self, sender: str, recipient: str, data: bytes) -> None:
        """Write one accepted mail to the journal."""
        assert self._out is not None
        message_id = BytesHeaderParser().parsebytes(data)["Message-ID"]
        line = {
            "message_id": message_id,
            "from": sender,
            "to": recipient,
            "data": data.decode("utf-8", "surrogateescape"),
        }
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()


class _Session:
    """One client."""

    def __init__(
        self, server: FaultySmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._sender = self._recipient = ""
        self._fault: Fault | None = None

    async def run(self) -> None:
        self._say("220 faulty.example ESMTP")
        while True:
            line = (await self._reader.readuntil(b"\r\n")).decode("utf-8", "replace").strip()
            if not await self._obey(line):
                return

    async def _obey(self, line: str) -> bool:
        verb = line[:4].upper()
        if verb == "DATA":
            return await self._data()
        if verb == "RCPT":
            return self._rcpt(line)
        if verb == "MAIL":
            self._sender, self._recipient, self._fault = _address(line), "", None
        if verb == "EHLO" and self._server.pipelining:
            self._say("250-faulty.example\r\n250-PIPELINING\r\n250 8BITMIME")
        else:
            self._say("221 bye" if verb == "QUIT" else "250 OK")
        return verb != "QUIT"

    def _rcpt(self, line: str) -> bool:
        recipient = _address(line)
        self._fault = self._server.fault_of(recipient)
        answer = _AT_RECIPIENT.get(self._fault) if self._fault else None
        if answer is None:
            self._recipient = recipient
        self._say(answer or "250 OK")
        return self._fault is not Fault.BUSY

    async def _data(self) -> bool:
        if not self._recipient:
            self._say("554 5.5.1 No valid recipients")
            return True
        if self._fault is Fault.DROPS_BEFORE_DATA:
            self._writer.transport.abort()
            return False
        self._say("354 Go on")
        lines = []
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        refusal = _AFTER_DATA.get(self._fault) if self._fault else None
        if refusal is None:
            self._server.keep(self._sender, self._recipient, b"".join(lines))
        if self._fault is Fault.ACCEPTS_THEN_DROPS:
            self._writer.transport.abort()
            return False
        if self._fault is Fault.ACCEPTS_THEN_SILENT:
            await self._reader.read()
            return False
        self._say("hello?" if self._fault is Fault.GIBBERISH else refusal or "250 OK: kept")
        return True

    def _say(self, answer: str) -> None:
        self._writer.write(answer.encode() + b"\r\n")


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


async def _main(journal: Path, port: int) -> None:
    server = FaultySmtp(journal)
    sys.stdout.write(f"{await server.start(port)}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
