"""Who acts on this machine's command line where nobody has to be named.

In: an address, if one was given. Out: the actor of the log. Never: a decision on a draft, which
always names a person; a halt or an opt-out that waits for a name.
"""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import InvalidInput

As = Annotated[str | None, typer.Option("--as", help="E-mail address of the person who acts.")]


async def whoever(outrider: Outrider, email: str | None) -> Actor:
    """The person named, or the only one there is; else the account of this machine.

    Raises:
        InvalidInput: an address was given and nobody has it.
    """
    try:
        return person_actor(await local_person(outrider, email))
    except InvalidInput:
        if email or outrider.settings.person:
            raise
        return Actor(ActorKind.SYSTEM, f"account {getpass.getuser()}")
