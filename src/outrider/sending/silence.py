"""Mail servers that give no answer: said once when it begins, and once when they answer again.

In: a drain that is over. Out: two lines of the log for each outage of a mailbox's server, however many
senders, drains and mails meet it, and one for each mail that became `unknown`. Never: an address, a query.

Each drain may be a process of its own, so what was said is remembered beside the journal, by a file a
mailbox. Without a journal's folder nothing is remembered, and each drain speaks for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from outrider.kernel.telemetry import get_logger
from outrider.sending.running import Run
from outrider.sending.types import MailboxId, OutboxStatus

_log = get_logger("sending")

_ANSWERED = {OutboxStatus.SENT, OutboxStatus.FAILED}


def tell(run: Run) -> None:
    """What this drain learned of servers that are silent, in a line or none."""
    met = {id_: run.items[id_] for id_ in run.unanswered if id_ in run.items}
    silent = {item.mailbox_id for item in met.values()}
    heard = {item.mailbox_id for item in run.items.values() if item.status in _ANSWERED} - silent
    unknown = [item for item in met.values() if item.status is OutboxStatus.UNKNOWN]
    begun = _begun(run.means.journal, silent)
    # Each unknown mail needs a person, so it is said also when the outage is an old one.
    if run.unanswered and (begun or unknown):
        _log.warning(
            "mail_server_gave_no_answer",
            count=len(run.unanswered),
            unknown=len(unknown),
            mailboxes=[str(id_) for id_ in sorted(silent)],
            reason=next(iter(run.unanswered.values())),
        )
    if over := _over(run.means.journal, heard):
        _log.warning("mail_server_answers_again", mailboxes=[str(id_) for id_ in sorted(over)])


def _begun(folder: Path | None, silent: Iterable[MailboxId]) -> set[MailboxId]:
    """Those of which it was not said before."""
    if folder is None:
        return set(silent)
    new = set()
    for id_ in silent:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _place(folder, id_).touch(exist_ok=False)
            new.add(id_)
        except FileExistsError:
            continue
        except OSError:  # said twice rather than never
            new.add(id_)
    return new


def _over(folder: Path | None, heard: Iterable[MailboxId]) -> set[MailboxId]:
    """Those of which it was said that they are silent, and which answer now."""
    over: set[MailboxId] = set()
    if folder is None:
        return over
    for id_ in heard:
        with suppress(OSError):
            _place(folder, id_).unlink()
            over.add(id_)
    return over


def _place(folder: Path, id_: MailboxId) -> Path:
    return folder / f"{id_}.silent"
