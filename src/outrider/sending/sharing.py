"""Mailboxes are shared out among senders: one sender a mailbox, and as even as can be.

In: how many mails are due at each mailbox. Out: shares, and the right to a mailbox on this machine.
Never: a mailbox in two shares, a wait for one that another sender has.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from outrider.kernel.errors import Unavailable
from outrider.sending.types import MailboxId

WORTH_A_SENDER = 250
"""Mails that take longer to send than one more process takes to start."""


@dataclass(frozen=True)
class Share:
    """What one sender does."""

    mailboxes: tuple[MailboxId, ...]
    limit: int
    """The most mails that it sends."""


def how_many(due: Mapping[MailboxId, int], asked: int | None, cores: int) -> int:
    """Senders for these mails: as many as asked for, else by cores, but never more than mailboxes."""
    fits = min(cores, sum(due.values()) // WORTH_A_SENDER) if asked is None else asked
    return max(1, min(fits, len(due)))


def shares(due: Mapping[MailboxId, int], senders: int, limit: int) -> list[Share]:
    """The mailboxes in so many shares, the fullest first; together they send at most `limit` mails."""
    several: list[list[MailboxId]] = [[] for _ in range(senders)]
    sums = [0] * senders
    for mailbox in sorted(due, key=lambda id_: (-due[id_], id_)):
        least = sums.index(min(sums))
        several[least].append(mailbox)
        sums[least] += due[mailbox]
    return [
        Share(tuple(mailboxes), most)
        for mailboxes, most in zip(several, _parts(sums, limit), strict=True)
        if mailboxes and most
    ]


def _parts(sums: Sequence[int], limit: int) -> list[int]:
    """Of a limit each gets what its mails are of all mails."""
    parts = [limit * one // max(sum(sums), 1) for one in sums]
    parts[0] += limit - sum(parts)
    return parts


@contextmanager
def held(folder: Path, mailboxes: Collection[MailboxId]) -> Iterator[dict[MailboxId, int]]:
    """The mailboxes that no other sender of this machine has, with the file that says so.

    A process that inherits the file has the mailbox as long as it lives, whoever dies meanwhile.

    Raises:
        Unavailable: the folder cannot be written.
    """
    mine: dict[MailboxId, int] = {}
    try:
        for mailbox in mailboxes:
            file = _locked(folder, mailbox)
            if file is not None:
                mine[mailbox] = file
        yield mine
    finally:
        for file in mine.values():
            os.close(file)


def _locked(folder: Path, mailbox: MailboxId) -> int | None:
    path = folder / f"{mailbox}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(
            f"The file {path} cannot be written: {error.strerror}. Give it room or rights."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
