"""What touched the wire, written by its sender just before and just after: one file a process.

In: mails at the wire and their answers. Out: after a death, which mails never touched the wire, and
what was answered to those that did. Never: a decision without it; where there is no journal, a mail
that was handed off may have left.

A line is one `write` to the page cache: it outlives the process, whatever ends it, and is not asked
to outlive the machine. The name of an owner holds the boot of its machine, so nobody reads a journal
of before a crash of the machine as if it were whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from outrider.kernel.errors import Unavailable
from outrider.sending.types import DeliveryResult, OutboxItem

Try = tuple[UUID, int]
"""One attempt to deliver one mail: its outbox id and the number of the attempt."""

_BEGUN, _ENDED = "b", "e"
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


def attempt(item: OutboxItem) -> Try:
    """The attempt that an item is in, once its hand-off is written down."""
    return item.id, item.attempts


@dataclass
class Told:
    """What a journal says of a sender that is gone."""

    begun: set[Try] = field(default_factory=set)
    answered: dict[Try, DeliveryResult] = field(default_factory=dict)

    def touched(self, one: Try) -> bool:
        """Whether this attempt may have touched the wire."""
        return one in self.begun


class Journal:
    """The journal of this process. Drains of one process share it, see `opened`."""

    def __init__(self, folder: Path, owner: str) -> None:
        """`folder` is made on first use, readable by its owner alone."""
        self._path = path_of(folder, owner)
        self._open: set[Try] = set()
        self._users = 0
        self._out = -1

    def begin(self, one: Try) -> None:
        """Note that a mail goes on the wire now.

        Raises:
            Unavailable: it cannot be noted; the mail must not go.
        """
        self._write(f"{_BEGUN} {one[0].hex} {one[1]}\n")
        self._open.add(one)

    def end(self, one: Try, result: DeliveryResult) -> None:
        """Note what the other side said. What cannot be noted is as if it had not been heard."""
        try:
            said = result.model_dump_json(exclude_defaults=True)
            self._write(f"{_ENDED} {one[0].hex} {one[1]} {said}\n")
        except Unavailable:
            return

    def settled(self, several: Iterable[Try]) -> None:
        """The database knows of these now."""
        self._open.difference_update(several)

    def acquire(self) -> None:
        """One more drain writes here.

        Raises:
            Unavailable: the file cannot be made.
        """
        if self._out < 0:
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
                self._out = os.open(self._path, flags, 0o600)
            except OSError as error:
                raise _unwritable(self._path, error) from error
        self._users += 1

    def release(self) -> None:
        """A drain is done; the last one takes the file away, unless it tells what nobody else knows."""
        self._users -= 1
        if self._users or self._out < 0:
            return
        if not self._open:
            self._path.unlink(missing_ok=True)
        os.close(self._out)
        self._out = -1

    def _write(self, line: str) -> None:
        data = line.encode()
        try:
            written = os.write(self._out, data)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        if written != len(data):
            raise Unavailable(
                f"The sender's journal {self._path} takes no more; make room on the disk."
            )


_journals: dict[tuple[Path, str], Journal] = {}


def opened(folder: Path, owner: str) -> Journal:
    """The journal of this owner in this process, acquired once more; `release` it when done.

    Raises:
        Unavailable: the file cannot be made.
    """
    journal = _journals.setdefault((folder, owner), Journal(folder, owner))
    journal.acquire()
    return journal


def path_of(folder: Path, owner: str) -> Path:
    """The file of an owner."""
    return folder / (_UNSAFE.sub("_", owner) + ".log")


def owners(folder: Path) -> list[str]:
    """Whose journals lie in a folder."""
    return [path.stem.replace("_", ":") for path in folder.glob("*.log")]


def read(folder: Path, owner: str) -> Told | None:
    """What the journal of an owner says; None when there is none, and nobody can know.

    A last line that was cut short counts for nothing: its mail had not gone. With a line before it that
    makes no sense, nothing is certain of anything, as if there were no journal.
    """
    try:
        whole = path_of(folder, owner).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    told = Told()
    try:
        for line in whole.split("\n")[:-1]:
            _take(told, line)
    except ValueError:
        return None
    return told


def _take(told: Told, line: str) -> None:
    kind, _, rest = line.partition(" ")
    id_, _, rest = rest.partition(" ")
    number, _, said = rest.partition(" ")
    one = (UUID(hex=id_), int(number))
    if kind == _BEGUN:
        told.begun.add(one)
        told.answered.pop(one, None)
    elif kind == _ENDED:
        told.answered[one] = DeliveryResult.model_validate_json(said)
    else:
        raise ValueError(kind)


def discard(folder: Path, owner: str) -> None:
    """Take away the journal of an owner whose mails are all settled."""
    path_of(folder, owner).unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"The sender's journal {path} cannot be written: {error.strerror or error}. "
        "Give it room or rights, then send again."
    )
