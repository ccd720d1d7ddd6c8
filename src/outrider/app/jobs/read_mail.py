"""Read received mail from files, then log it in the CRM.

In: Outrider and a path. Out: what each new mail was and what followed. Never: a change of the mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from outrider.app.jobs.send_mail import log_activities
from outrider.app.jobs.slack_posts import refresh_all
from outrider.app.views import turns
from outrider.app.wiring import Outrider
from outrider.conversations import receive
from outrider.conversations.types import ReceiveReport
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidInput
from outrider.prospects.identity import Suppressor
from outrider.vendors.mail_files import open_mail
from outrider.vendors.maildir_in import MailFolder

READER = Actor(ActorKind.JOB, "reader")


async def read_mail(
    outrider: Outrider, path: Path, progress: Callable[[int, int | None], None]
) -> tuple[ReceiveReport, list[dict[str, object]]]:
    """Receive every mail there; what was received before changes nothing.

    Returns:
        The counts, and the new turns with what followed from each.

    Raises:
        InvalidInput: the path holds no mail or cannot be read.
    """
    _be_mail(path)
    folder = MailFolder(path)
    total = folder.count()
    async with outrider.begin()() as tx:
        newest = await turns.newest(tx)
    report = await receive.receive_all(
        outrider.begin(READER),
        outrider.objects,
        Suppressor(outrider.keys.key("suppression")),
        folder.mails(),
        lambda done: progress(done, total),
    )
    await log_activities(outrider)
    await refresh_all(outrider)
    async with outrider.begin()() as tx:
        return report, await turns.since(tx, newest)


def _be_mail(path: Path) -> None:
    """Any bytes can be parsed as a mail of unknown origin; a file given by mistake is refused."""
    if not path.is_file():
        return
    if path.suffix.lower() == ".csv":
        raise InvalidInput(
            f"--maildir {path} is a list: give a Maildir, an mbox or a folder of .eml."
        )
    open_mail(path)
