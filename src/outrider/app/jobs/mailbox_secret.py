"""The secret of a mailbox that a browser or a program sets: kept under its own name, and no other's.

In: a mailbox's form, a secret. Out: a name, or a refusal. Never: a secret read; a secret of something else
shown to a mail server that whoever adds the mailbox has chosen.

A mail server is told the password at the first trial. On the command line people choose freely: who works
there has the keys folder anyway.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from outrider.app.jobs import secret_care
from outrider.app.jobs.secret_care import MACHINE_WIDE
from outrider.app.masters import VAULT_TOKEN
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.database.tx import Actor
from outrider.kernel.errors import Conflict, InvalidSetting, NotAllowed
from outrider.kernel.secrets import keep
from outrider.kernel.secrets.key_files import ROLLS, STAYS
from outrider.kernel.secrets.text import SecretText
from outrider.sending import mailboxes
from outrider.sending.types import Mailbox, MailboxForm
from outrider.vendors.sms_twilio import KEY_FILE

_OTHERS = MACHINE_WIDE | {VAULT_TOKEN, KEY_FILE}
_FOR_ELSE = ("webhook-", "dkim-")
"""How names of secrets begin that no mail server is ever told."""
_ONE_MAILBOXES = re.compile(r"mailbox-.*\.secret")
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60
"""Of an address inside a name."""
_PLAIN = re.compile(r"[a-z0-9._]+@[a-z0-9._]+")
"""Addresses that no other address shares a name with, once `@` is a dash."""
_OUR_OWN = (*ROLLS, *STAYS)


def name_for(address: str) -> str:
    """Under which name a mailbox's secret is kept, whichever door it comes by; no two share one.

    An address with a dash, a sign that no name has, or too many letters ends in 16 digits of its SHA-256.
    """
    address = address.strip().lower()
    name = _STRANGE.sub("-", address)[:_LONGEST]
    if len(address) > _LONGEST or not _PLAIN.fullmatch(address):
        name += f"-{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    return f"mailbox-{name}.secret"


async def keep_for(outrider: Outrider, actor: Actor, address: str, text: SecretText) -> str:
    """Keep the password or the provider's key of a mailbox, one that is there or one to be added.

    Returns:
        The name that the mailbox calls it by.

    Raises:
        InvalidInput: the text is empty or too long.
        Conflict: another mailbox has its secret under this name.
    """
    name = name_for(address)
    async with outrider.begin()() as tx:
        for one in await mailboxes.listing(tx):
            named = name in (one.smtp_password_file, one.secret_file)
            if named and one.address.lower() != address.strip().lower():
                raise Conflict(
                    f"{one.address} has its secret under the name {name}: use `outrider secrets set`"
                    " with another name where Outrider runs."
                )
    await secret_care.set_secret(outrider, actor, name, text)
    return name


async def must_be_its_own(outrider: Outrider, actor: Actor, form: MailboxForm) -> None:
    """Pass when nothing else uses the secret, or another mailbox at the same server does.

    A password goes to a new mail server only for whoever typed it: nobody else knows it yet.

    Raises:
        NotAllowed: it is for something else, or somebody else typed it for another server.
        InvalidSetting: what else there is cannot be told.
    """
    name = form.smtp_password_file or form.secret_file
    if name is None:
        return
    host = form.smtp.rpartition(":")[0].strip("[]").lower() if form.smtp else None
    is_own = name == name_for(form.address)
    is_typed = is_own and await _is_typed_by(outrider, actor, name)
    if (
        name in _OTHERS
        or name.startswith(_FOR_ELSE)
        or (_ONE_MAILBOXES.fullmatch(name) and not is_own)
        or (name.endswith(".key") and name.startswith(_OUR_OWN))
        or name in _named_in_files(outrider.settings.home)
        or await _is_elsewhere(outrider, (name, host), form.address if is_typed else None)
    ):
        raise NotAllowed(
            f"The secret {name} is kept for something else: name one for this mailbox alone, or use"
            " `outrider mailbox add` where Outrider runs."
        )
    if is_own and host is not None and not is_typed and not await _is_there(outrider, form, host):
        raise NotAllowed(
            f"The secret {name} was not typed by you, and {host} would be told it: type it again."
        )


def must_not_free(box: Mailbox, form: MailboxForm) -> None:
    """Pass when a change leaves no secret behind that another mailbox could show to any server.

    Raises:
        NotAllowed: the mailbox would give up a secret that has no mailbox's name.
    """
    name, now = (one.smtp_password_file or one.secret_file for one in (box, form))
    if name is not None and name not in (now, name_for(box.address)):
        raise NotAllowed(
            f"The secret {name} would belong to no mailbox any more, and any could take it: use"
            " `outrider mailbox set` where Outrider runs."
        )


async def _is_typed_by(outrider: Outrider, actor: Actor, name: str) -> bool:
    async with outrider.begin()() as tx:
        found = await keep.listing(tx)
    return any(
        (one.workspace, one.name, one.set_by) == (outrider.workspace, name, str(actor))
        for one in found
    )


async def _is_there(outrider: Outrider, form: MailboxForm, host: str) -> bool:
    """Whether this mailbox shows its secret to this server already."""
    async with outrider.begin()() as tx:
        return any(
            one.address.lower() == form.address.strip().lower()
            and one.smtp_password_file == form.smtp_password_file
            and (one.smtp_host or "").lower() == host
            for one in await mailboxes.listing(tx)
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


async def _is_elsewhere(outrider: Outrider, shown: tuple[str, str | None], but: str | None) -> bool:
    """Whether a secret is used elsewhere than at a server; the mailbox `but` of ours does not count."""
    async with outrider.database.connection() as conn:
        workspaces = await access.workspaces(conn)
    for workspace in workspaces.values():
        async with outrider.within(workspace).begin()() as tx:
            for one in await mailboxes.listing(tx):
                is_moving = but is not None and one.address.lower() == but.strip().lower()
                if is_moving and workspace == outrider.workspace:
                    continue
                if _is_for_another(one, *shown):
                    return True
    return False


def _is_for_another(box: Mailbox, name: str, host: str | None) -> bool:
    """Whether this mailbox signs with it, or shows it to another server."""
    if name in (box.dkim_key_file, box.dkim_ed25519_key_file):
        return True
    there = box.smtp_host.lower() if box.smtp_host else None
    return name in (box.smtp_password_file, box.secret_file) and there != host
