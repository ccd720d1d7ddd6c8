"""Servers of the Model Context Protocol that are not ours: started, asked, and never believed.

In: how a server is reached, a call. Out: what it says of its tools; an answer as text and data.
Never: more bytes than a bound, our environment for its process, a request of its own answered, a tool
that says something else of itself than a person accepted.

Each call has a connection of its own: a server that died or went mad in one run is anew in the next.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2

from outrider.kernel.errors import InvalidSetting, OutriderError, Refused, VendorUnavailable

if TYPE_CHECKING:
    from mcp import Client

LARGEST = 4 * 1024 * 1024
"""Bytes of one message of a server; a tool's answer is held to less by the seam."""
LONGEST_TEXT = 150_000
"""Characters of an answer that are kept; what a model reads is cut again."""
MOST_TOOLS = 500
MOST_PAGES = 20
TO_START = timedelta(seconds=20)
TO_END = 2.0
"""Seconds that a server's process has to end by itself."""


@dataclass(frozen=True)
class Server:
    """How one server is reached: a command, or an address."""

    name: str
    command: tuple[str, ...] = ()
    url: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of its process, secrets among them; it gets nothing of ours but the path."""
    token: str | None = None


@dataclass(frozen=True)
class Offered:
    """What a server says of one of its tools."""

    name: str
    description: str
    schema: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Digest of all that a model would read of it."""
        said = {"name": self.name, "description": self.description, "schema": self.schema}
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class McpServer:
    """One server. `accepted` has the digest of each tool as a person accepted it."""

    def __init__(self, server: Server, accepted: Mapping[str, str]) -> None:
        """Raises InvalidSetting: the SDK is not installed."""
        try:
            import mcp  # noqa: F401 - only whether it is there
        except ImportError:
            raise InvalidSetting(
                "Servers of other programs need a package: pip install 'outrider[mcp]'."
            ) from None
        self._server = server
        self._accepted = accepted

    async def tools(self) -> list[Offered]:
        """What it says of its tools, now.

        Raises:
            VendorUnavailable: it is not there, died, or said more than can be read.
        """
        try:
            async with asyncio.timeout(TO_START.total_seconds()), self._connected() as client:
                return await self._listed(client)
        except TimeoutError:
            raise VendorUnavailable(
                f"The server {self._server.name} did not answer in {TO_START.seconds} s."
            ) from None

    async def call(self, tool: str, given: Mapping[str, Any]) -> tuple[str, Any]:
        """Its answer, as text and as data.

        Raises:
            VendorUnavailable: it is not there, died, or gave what cannot be read.
            Refused: it said no, or the tool is not what a person accepted.
        """
        async with self._connected() as client:
            await self._must_be_the_same(client, tool)
            answer = await client.call_tool(tool, dict(given))
        parts = [getattr(part, "text", f"(left out: {part.type})") for part in answer.content]
        text = "\n".join(parts)
        if answer.is_error:
            raise Refused(f"The tool {tool} of {self._server.name} failed: {text[:500]}")
        data = answer.structured_content
        if len(text) > LONGEST_TEXT:
            left_out = len(text) - LONGEST_TEXT
            return f"{text[:LONGEST_TEXT]}… ({left_out} characters more were left out)", None
        # Most servers say the same twice, as text and as data.
        is_short = len(json.dumps(data, default=str)) + len(text) <= LONGEST_TEXT
        return text, data if is_short else None

    async def _must_be_the_same(self, client: Client, tool: str) -> None:
        found = [one for one in await self._listed(client) if one.name == tool]
        if not found:
            raise Refused(f"The server {self._server.name} has no tool {tool} any more.")
        if len(found) > 1 or found[0].sha256 != self._accepted.get(tool):
            raise Refused(
                f"The tool {tool} of {self._server.name} is no longer what a person accepted: "
                f"outrider mcp accept {self._server.name} {tool}."
            )

    async def _listed(self, client: Client) -> list[Offered]:
        found: list[Offered] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor, cache_mode="bypass")
            found += [Offered(t.name, t.description or "", t.input_schema) for t in page.tools]
            cursor = page.next_cursor
            if cursor is None or len(found) > MOST_TOOLS:
                break
        return found[:MOST_TOOLS]

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        """A client; every trouble inside becomes one sentence.

        What a group of tasks raises is looked through for the first trouble that says something.
        """
        from mcp import Client

        heard = _Trouble()
        try:
            async with Client(self._transport(heard)) as client:
                yield client
        except (OutriderError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - the SDK and the server raise what they like
            raise heard.first or self._trouble(error) from None

    def _transport(self, heard: _Trouble) -> AbstractAsyncContextManager[Any]:
        if self._server.command:
            return _process(self._server, heard)
        return _http(self._server)

    def _trouble(self, error: BaseException) -> OutriderError:
        inner = error
        while isinstance(inner, BaseExceptionGroup):
            ours = [one for one in inner.exceptions if isinstance(one, OutriderError)]
            inner = ours[0] if ours else inner.exceptions[0]
        if isinstance(inner, OutriderError):
            return inner
        why = " ".join(str(inner).split())[:200] or type(inner).__name__
        return VendorUnavailable(f"The server {self._server.name} gave no answer: {why}.")


@dataclass
class _Trouble:
    """Why a connection was closed, where the SDK would say only that it is."""

    first: OutriderError | None = None


@asynccontextmanager
async def _process(server: Server, trouble: _Trouble) -> AsyncIterator[Any]:
    """The server as a process of ours; its messages are lines, each of a bounded length.

    The SDK's own way to do this keeps a line of any length in memory.
    """
    import anyio

    try:
        process = await asyncio.create_subprocess_exec(
            *server.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, **server.env},
            limit=LARGEST,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise VendorUnavailable(
            f"The server {server.name} could not be started: {server.command[0]}: {why}."
        ) from None
    heard, incoming = anyio.create_memory_object_stream[Any](0)
    outgoing, said = anyio.create_memory_object_stream[Any](0)
    assert process.stdout is not None
    assert process.stdin is not None
    tasks = [
        asyncio.create_task(_hear(server.name, process.stdout, heard, trouble)),
        asyncio.create_task(_say(process.stdin, said)),
    ]
    try:
        yield incoming, outgoing
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stream in (heard, incoming, outgoing, said):
            stream.close()
        await _end(process)


async def _hear(name: str, stdout: asyncio.StreamReader, heard: Any, trouble: _Trouble) -> None:
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    with heard:
        while True:
            try:
                line = await stdout.readline()
            except ValueError:
                # Longer than the bound; whatever follows is the rest of the same.
                too_long = f"The server {name} said more than {LARGEST // 2**20} MiB at once."
                trouble.first = VendorUnavailable(too_long)
                return
            if not line:
                return
            with suppress(ValueError):  # what is no message is a server's chatter
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                await heard.send(SessionMessage(message))


async def _say(stdin: asyncio.StreamWriter, said: Any) -> None:
    with suppress(OSError):
        async for one in said:
            stdin.write(one.message.model_dump_json(by_alias=True, exclude_unset=True).encode())
            stdin.write(b"\n")
            await stdin.drain()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its input, wait a moment, then end it and whatever it started."""
    if process.stdin is not None:
        process.stdin.close()
    # A process counts as ended only when its output was read to the end.
    rest = asyncio.create_task(_discard(process.stdout))
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), TO_END)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # Something that it started and that left its group may hold the output for ever.
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(process.wait(), rest), TO_END)


async def _discard(stdout: asyncio.StreamReader | None) -> None:
    while stdout is not None and await stdout.read(65536):
        pass


@asynccontextmanager
async def _http(server: Server) -> AsyncIterator[Any]:
    """The server behind an address, over a client that reads no more than the bound."""
    from mcp.client.streamable_http import streamable_http_client

    assert server.url is not None
    headers = {"authorization": f"Bearer {server.token}"} if server.token else {}
    timeout = httpx2.Timeout(TO_START.total_seconds(), read=300)
    bounded = _Bounded(httpx2.AsyncHTTPTransport())
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout, transport=bounded) as client,
        streamable_http_client(
            server.url, http_client=client, max_sse_event_size=LARGEST
        ) as streams,
    ):
        yield streams


class _Bounded(httpx2.AsyncBaseTransport):
    """Refuses an answer that is too long while it arrives."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer with a counted stream."""
        answer = await self._inner.handle_async_request(request)
        answer.stream = _Counted(answer.stream)
        return answer

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self._inner:
            count += len(chunk)
            if count > LARGEST:
                raise httpx2.ReadError(f"it said more than {LARGEST // 2**20} MiB at once")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
