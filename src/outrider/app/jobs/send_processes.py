"""Several senders, each a process with its share of the mailboxes.

In: Outrider and shares. Out: one report of all. Never: a mailbox given to two, a sender that holds a
mailbox after its end.

A sender's process is this module: an order on stdin, lines of JSON on stdout.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from pydantic import BaseModel

from outrider.app.wiring import Outrider, opened
from outrider.kernel import heap, telemetry
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import Unavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.settings import load
from outrider.sending import send
from outrider.sending.means import Means
from outrider.sending.sharing import Share
from outrider.sending.types import MailboxId, SendReport

SENDER = Actor(ActorKind.JOB, "sending")

Progress = Callable[[int, int | None], None]

_EVERY = 20
"""Mails between two words of progress."""
_LONGEST_LINE = 512 * 1024 * 1024
"""A report tells every mail."""


def means_of(outrider: Outrider) -> Means:
    """What sending needs, bound."""
    return Means(
        begin=outrider.begin(SENDER),
        transports=outrider.transport,
        objects=outrider.objects,
        signers=outrider.dkim,
        unsubscribe_url=outrider.unsubscribe_url,
        lease=outrider.settings.send_lease,
        # One folder a workspace: who settles the mails of one must not forget what another's need.
        journal=outrider.settings.home / "sending" / str(outrider.workspace),
    )


class Order(BaseModel):
    """What one sender's process is told."""

    workspace: UUID
    correlation_id: str
    mailboxes: tuple[UUID, ...]
    limit: int


@dataclass(frozen=True)
class Errand:
    """What all of them have in common."""

    outrider: Outrider
    progress: Progress
    total: int


async def send_all(
    errand: Errand, shares: Sequence[Share], files: Collection[int]
) -> list[SendReport]:
    """One process a share, all at the same time; their reports.

    Args:
        errand: where, and who is told how far they are.
        shares: who sends what.
        files: the files that say whose the mailboxes are; every process keeps them.

    Raises:
        Unavailable: a process ended without a report; what it held is settled by the next sender.
    """
    done = [0] * len(shares)

    def heard(number: int, many: int) -> None:
        done[number] = many
        errand.progress(sum(done), errand.total)

    senders = [
        _sender(errand, share, tuple(files), partial(heard, number))
        for number, share in enumerate(shares)
    ]
    # Whoever still sends is not cut off because another one failed: that would leave mails unclear.
    ended = await asyncio.gather(*senders, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if isinstance(one, SendReport)]


async def _sender(
    errand: Errand, share: Share, files: tuple[int, ...], heard: Callable[[int], None]
) -> SendReport:
    order = Order(
        workspace=errand.outrider.workspace,
        correlation_id=errand.outrider.correlation_id,
        mailboxes=share.mailboxes,
        limit=share.limit,
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "outrider.app.jobs.send_processes",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        pass_fds=files, limit=_LONGEST_LINE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    report: SendReport | None = None
    try:
        process.stdin.write(order.model_dump_json().encode() + b"\n")
        process.stdin.close()
        async for line in process.stdout:
            told = json.loads(line)
            if "report" in told:
                report = SendReport.model_validate(told["report"])
            else:
                heard(told["done"])
        await process.wait()
    finally:
        if process.returncode is None:
            # As Ctrl-C does: it ends what it has at the wire in good order.
            process.send_signal(signal.SIGINT)
            await process.wait()
    if report is None:
        raise Unavailable(
            f"A sender's process ended early (code {process.returncode}); run `outrider send` again: "
            "it settles what was under way and sends the rest."
        )
    return report


def merged(reports: Sequence[SendReport]) -> SendReport:
    """Several reports as one; of a mail that two of them name, what the later says counts."""
    items = {i.id: i for one in reports for i in (*one.sent, *one.waiting, *one.stopped)}
    names = ("sent", "waiting", "stopped")
    last = {i.id: name for one in reports for name in names for i in getattr(one, name)}
    parts = {
        name: tuple(items[id_] for id_ in sorted(items) if last[id_] == name) for name in names
    }
    halted = next((one.halted_by for one in reports if one.halted_by), None)
    return SendReport(queued=sum(one.queued for one in reports), halted_by=halted, **parts)


async def _work(order: Order) -> SendReport:
    """One sender's life."""
    settings = load()
    telemetry.configure(settings.log_level, settings.home / "logs", to_stderr=False)

    def say(done: int, total: int | None) -> None:
        if done % _EVERY == 0:
            _tell({"done": done})

    async with opened(settings) as opened_here:
        outrider = replace(
            opened_here.within(WorkspaceId(order.workspace)), correlation_id=order.correlation_id
        )
        with telemetry.correlated(order.correlation_id):
            mailboxes = {MailboxId(one) for one in order.mailboxes}
            heap.settled()
            return await send.drain_ready(
                means_of(outrider), mailboxes, limit=order.limit, progress=say
            )


def _tell(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """An order on stdin, a report on stdout."""
    order = Order.model_validate_json(sys.stdin.readline())
    try:
        report = asyncio.run(_work(order))
    except KeyboardInterrupt:
        # Whoever pressed Ctrl-C pressed it for all of them.
        os._exit(130)
    _tell({"report": report.model_dump(mode="json")})


if __name__ == "__main__":
    main()
