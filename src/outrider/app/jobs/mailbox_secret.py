"""Whether a mailbox that a browser or a program adds may have the secret that it names.

In: a mailbox's form. Out: nothing, or a refusal. Never: a secret read; a secret of something else shown to
a mail server that whoever adds the mailbox has chosen.

A mail server is told the password at the first trial. On the command line people choose freely: who works
there has the keys folder anyway.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from outrider.app.jobs.secret_care import MACHINE_WIDE
from outrider.app.masters import VAULT_TOKEN
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.errors import InvalidSetting, NotAllowed
from outrider.kernel.secrets.key_files import ROLLS, STAYS
from outrider.sending import mailboxes
from outrider.sending.types import Mailbox, MailboxForm
from outrider.vendors.sms_twilio import KEY_FILE

_OTHERS = MACHINE_WIDE | {VAULT_TOKEN, KEY_FILE}
_WEBHOOK = "webhook-"
_OUR_OWN = (*ROLLS, *STAYS)


async def must_be_its_own(outrider: Outrider, form: MailboxForm) -> None:
    """Pass when nothing else uses the secret, or another mailbox at the same server does.

    Raises:
        NotAllowed: it is for something else.
        InvalidSetting: what else there is cannot be told.
    """
    name = form.smtp_password_file or form.secret_file
    if name is None:
        return
    host = form.smtp.rpartition(":")[0].strip("[]").lower() if form.smtp else None
    if (
        name in _OTHERS
        or name.startswith(_WEBHOOK)
        or (name.endswith(".key") and name.startswith(_OUR_OWN))
        or name in _named_in_files(outrider.settings.home)
        or await _is_elsewhere(outrider, name, host)
    ):
        raise NotAllowed(
            f"The secret {name} is kept for something else: name one for this mailbox alone, or use"
            " `outrider mailbox add` where Outrider runs."
        )


def _named_in_files(home: Path) -> set[str]:
    """Every word of the files that name keys of models and of other programs."""
    found: set[str] = set()
    for file in ("models.toml", "mcp.toml"):
        try:
            found.update(_words(tomllib.loads((home / file).read_text(encoding="utf-8"))))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            raise InvalidSetting(f"{file} cannot be read: mend it first.") from None
    return found


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _words(one)
    elif isinstance(node, str):
        yield node


async def _is_elsewhere(outrider: Outrider, name: str, host: str | None) -> bool:
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    for workspace in workspaces.values():
        async with outrider.within(workspace).begin()() as tx:
            if any(_is_for_another(one, name, host) for one in await mailboxes.listing(tx)):
                return True
    return False


def _is_for_another(box: Mailbox, name: str, host: str | None) -> bool:
    """Whether this mailbox signs with it, or shows it to another server."""
    if name in (box.dkim_key_file, box.dkim_ed25519_key_file):
        return True
    there = box.smtp_host.lower() if box.smtp_host else None
    return name in (box.smtp_password_file, box.secret_file) and there != host
