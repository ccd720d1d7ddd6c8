"""Several processes that answer on one listener, kept up by the process that has the workers.

In: settings, a bound listener, how many. Out: processes that answer; their lines, passed on to each other.
Never: a process that outlives this one: each ends when the pipe on its stdin does, however this one ended; one
that hangs and is left in its place.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType

from pydantic import ValidationError

from outrider.app.cli.serve_one import (
    BACK,
    BEAT_SECONDS,
    GONE,
    LONGEST_LINE,
    OUTAGES,
    Order,
    Told,
)
from outrider.app.views.kept import DROPPED_AFTER, Line
from outrider.kernel import telemetry
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.settings import Settings

MOST_BY_ITSELF = 4
"""More were not measured; whoever has more people at work says so."""
_QUICKLY = 10.0
"""Seconds; a process that falls so soon waits longer each time before it is started again."""
_LONGEST_PAUSE = 5.0
_LAST_BREATH = 2.0
"""Seconds from a process's last word to its end."""
SILENT_LOOKS = 15
"""A process that answers says something before each of our looks; after 30 s without a word it hangs."""
SILENT_LOOKS_AT_START = 300
"""It says nothing while it reads its program, which takes minutes on a machine that is busy enough."""

_log = telemetry.get_logger("serve")
_database = telemetry.get_logger("database")


def how_many(settings: Settings) -> int:
    """Processes that answer: as set, else half the processors, as the other half is the database's."""
    if settings.api_processes is not None:
        return settings.api_processes
    # Not every system says which processors this process may use.
    usable = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return max(1, min(len(usable(0)) // 2, MOST_BY_ITSELF))


class _Outages(logging.Filter):
    """The first word of any process that the database is gone, and the first that it is back."""

    def __init__(self) -> None:
        """It answers all of them."""
        super().__init__()
        self._gone: set[str] = set()

    def is_news(self, who: str, event: str) -> bool:
        """Whether what a process says of the database is not known yet."""
        if event == GONE:
            is_first = not self._gone
            self._gone.add(who)
            return is_first
        was_gone = who in self._gone
        self._gone.clear()
        return was_gone

    def filter(self, record: logging.LogRecord) -> bool:
        """The same for what this process says itself."""
        event = record.msg.get("event") if isinstance(record.msg, dict) else None
        return event not in (GONE, BACK) or self.is_news("workers", event)


class Silence:
    """How long a process has said nothing, in looks of ours and by no clock.

    A machine that slept for a night makes one look longer. One that is so busy that we ourselves come late
    to a look says nothing of a process that does not get to speak, so that look does not count.
    """

    def __init__(self) -> None:
        """It has just begun."""
        self._looks = 0
        self._most = SILENT_LOOKS_AT_START

    def broken(self) -> None:
        """The process said something."""
        self._looks = 0
        self._most = SILENT_LOOKS

    def is_too_long(self, seconds: float) -> bool:
        """Whether the process hangs; `seconds` is how long we were away since the look before."""
        if seconds < 2 * BEAT_SECONDS:
            self._looks += 1
        return self._looks >= self._most


def pause_after(falls: int) -> float:
    """Seconds before a process that fell so soon, so many times in a row, is started again."""
    # No number of falls is too many: a database may be away for a day.
    return min(0.25 * 2 ** min(falls, 10), _LONGEST_PAUSE) if falls else 0.0


class Processes:
    """So many of them; `async with` starts them and ends them."""

    def __init__(
        self, settings: Settings, listener: socket.socket, many: int, *, for_people: bool
    ) -> None:
        """`listener` is bound; `for_people`: what is logged on stderr is for people."""
        self._settings = settings
        self._listener = listener
        self._order: Order | None = None
        self._for_people = for_people
        self._numbers = range(1, many + 1)
        self._alive: dict[int, Process] = {}
        self._ready = {number: asyncio.Event() for number in self._numbers}
        self._figures: dict[tuple[str, str], tuple[datetime, bytes]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_ending = False
        self._outages = _Outages()

    async def __aenter__(self) -> Processes:
        """Start them; they read their program while this one goes on, and wait for their order."""
        logging.getLogger(OUTAGES).addFilter(self._outages)
        for number in self._numbers:
            self._alive[number] = await self._spawned()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what is left."""
        await self.end()
        logging.getLogger(OUTAGES).removeFilter(self._outages)

    async def end(self) -> None:
        """End all in good order: each finishes what it answers. Cancelled meanwhile: end them at once."""
        self._is_ending = True
        try:
            for process in self._alive.values():
                _close(process)
                if self._order is None and process.returncode is None:
                    process.kill()  # it has not begun
            for process in list(self._alive.values()):
                await process.wait()
        finally:
            for process in self._alive.values():
                if process.returncode is None:
                    process.kill()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def serve(self) -> None:
        """Give the order, and come back when all answer.

        Raises:
            InvalidSetting: one of them ended instead.
        """
        self._order = Order.of(self._settings, self._listener, for_people=self._for_people)
        self._tasks = [asyncio.create_task(self._kept_up(number)) for number in self._numbers]
        ready = asyncio.create_task(self._all_ready())
        await asyncio.wait([ready, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            raise InvalidSetting(
                f"Outrider did not start: {self._settings.home / 'logs' / 'outrider.log'} says why."
            )

    async def _all_ready(self) -> None:
        for one in self._ready.values():
            await one.wait()

    async def _spawned(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "outrider.app.cli.serve_one",
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=(self._listener.fileno(),),
            limit=LONGEST_LINE,
            # Ctrl-C on a terminal is for this process, which ends the others in good order.
            start_new_session=True,
        )

    async def _kept_up(self, number: int) -> None:
        """Start it again whenever it falls; come back if it never answered."""
        clock = asyncio.get_running_loop().time
        falls = 0
        while not self._is_ending:
            begun = clock()
            code = await self._lived(number)
            if self._is_ending or not self._ready[number].is_set():
                return
            falls = falls + 1 if clock() - begun < _QUICKLY else 0
            _log.error("api_process_fell", number=number, code=code)
            await asyncio.sleep(pause_after(falls))
            await self._replace(number)

    async def _replace(self, number: int) -> None:
        """Another process in the place of one that fell, as soon as the machine lets us start one."""
        while not self._is_ending:
            try:
                self._alive[number] = await self._spawned()
                return
            except OSError as error:  # no memory for it, or its program is being renewed
                _log.error("api_process_not_started", number=number, reason=type(error).__name__)
                await asyncio.sleep(_LONGEST_PAUSE)

    async def _lived(self, number: int) -> int:
        """Tell a process what it needs, hear what it says, to its end; the exit code."""
        process = self._alive[number]
        assert self._order is not None
        assert process.stdout is not None
        order = self._order.model_copy(update={"number": number})
        figures = [line for _, line in self._figures.values()]
        _say(process, order.model_dump_json().encode() + b"\n", *figures)
        silence = Silence()
        watch = asyncio.create_task(self._ended_if_it_hangs(number, process, silence))
        try:
            with suppress(ValueError):  # a line without an end
                async for line in process.stdout:
                    silence.broken()
                    self._heard(number, line)
        finally:
            watch.cancel()
        # To kill one that is dead already would hide how it ended.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_BREATH):
                return await process.wait()
        if process.returncode is None and not self._is_ending:
            process.kill()  # it closed its mouth and lives: nobody would hear whether it answers
        return await process.wait()

    async def _ended_if_it_hangs(self, number: int, process: Process, silence: Silence) -> None:
        clock = asyncio.get_running_loop().time
        before = clock()
        while True:  # also in a good end: one that finishes what it answers says so
            await asyncio.sleep(BEAT_SECONDS)
            now = clock()
            if silence.is_too_long(now - before):
                _log.error("api_process_hangs", number=number, pid=process.pid)
                process.kill()
                return
            before = now

    def _heard(self, number: int, line: bytes) -> None:
        try:
            told = Told.model_validate_json(line)
        except ValidationError:
            _log.warning("api_process_babbles", number=number, bytes=len(line))
            return
        if told.is_ready:
            self._ready[number].set()
            self._tell_family()
        if told.outage:
            self._said_of_database(f"api-{number}", told.outage)
        if told.kept:
            self._keep(told.kept, line)
            self._tell([other for other in self._numbers if other != number], line)

    def _keep(self, figure: Line, line: bytes) -> None:
        """For processes that come later; what nobody asks for any more is dropped, as they do."""
        self._figures[str(figure.workspace), figure.name] = figure.as_of, line
        for key, (as_of, _) in list(self._figures.items()):
            if figure.as_of - as_of > DROPPED_AFTER:
                del self._figures[key]

    def _said_of_database(self, who: str, outage: dict[str, str | float]) -> None:
        event = str(outage["event"])
        more = {name: value for name, value in outage.items() if name != "event"}
        if self._outages.is_news(who, event):
            (_database.error if event == GONE else _database.warning)(event, **more)

    def _tell_family(self) -> None:
        pids = {f"api-{number}": process.pid for number, process in sorted(self._alive.items())}
        self._tell(self._numbers, Told(family={"workers": os.getpid(), **pids}).line())

    def _tell(self, numbers: Sequence[int], line: bytes) -> None:
        for number in numbers:
            if self._ready[number].is_set():
                _say(self._alive[number], line)


def _say(process: Process, *lines: bytes) -> None:
    if process.stdin is not None and not process.stdin.is_closing():
        process.stdin.writelines(lines)


def _close(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
