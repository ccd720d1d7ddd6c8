"""Secrets of services over HTTP: their names, setting one, taking one away, new data keys.

In: a session, a secret. Out: names. Never: a secret in an answer or the log; one for every workspace, which
is set where Outrider runs.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, SecretStr

from outrider.app.api.entry import Caller, needs
from outrider.app.api.login import Strict
from outrider.app.jobs import secret_care
from outrider.app.views import services
from outrider.app.views.services import Services
from outrider.app.views.settings import kept_files
from outrider.kernel.access import Permission
from outrider.kernel.errors import Refused
from outrider.kernel.secrets.text import SecretText

router = APIRouter(prefix="/api/secrets", tags=["settings"])

Reads = Annotated[Caller, needs(Permission.SETTINGS_READ)]
Sets = Annotated[Caller, needs(Permission.SETTINGS_WRITE)]
Name = Annotated[str, Path(max_length=100, description="Its name, such as webhook-postmark-main")]


class SecretWanted(Strict):
    """A secret to keep."""

    secret: Annotated[SecretStr, Field(min_length=1, max_length=60_000)]


class Resealed(BaseModel):
    """What a rotation did."""

    secrets: int = Field(description="Secrets of this workspace that have a new data key now")


@router.get("")
async def list_secrets(person: Reads) -> Services:
    """The names of what is kept, what each is for, and the addresses that services call."""
    return await _all(person)


@router.post("/rotate")
async def rotate_data_key(person: Sets) -> Resealed:
    """Seal every secret of this workspace with a new data key, while everybody works."""
    moved = await secret_care.rotate_data_key(person.outrider, person.actor)
    return Resealed(secrets=moved)


async def _all(person: Caller) -> Services:
    outrider = person.outrider
    # The folder is every workspace's: whoever sets nothing there needs no name out of it.
    may_set = Permission.SETTINGS_WRITE in person.permissions
    files = kept_files(outrider.settings.home) if may_set else []
    async with person.begin() as tx:
        return await services.shown(
            tx,
            files,
            outrider.settings.public_url,
            may_store=outrider.given.ring is not None,
        )


@router.put("/{name}")
async def set_secret(person: Sets, name: Name, wanted: SecretWanted) -> Services:
    """Keep a secret for this workspace, sealed; it counts within five seconds."""
    if name.startswith("dkim-"):
        raise Refused(
            "A DKIM key is made or handed over at its mailbox, each under a selector of its own:"
            " mails on their way are checked with the one before."
        )
    text = SecretText(wanted.secret.get_secret_value())
    await secret_care.set_secret(person.outrider, person.actor, name, text)
    return await _all(person)


@router.delete("/{name}")
async def remove_secret(person: Sets, name: Name) -> Services:
    """Take a secret of this workspace away; one for every workspace, or a file, counts again."""
    await secret_care.remove_secret(person.outrider, person.actor, name)
    return await _all(person)
