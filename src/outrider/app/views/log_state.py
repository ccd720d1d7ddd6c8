"""How far the log is sealed and kept elsewhere, and a search of it as a file.

In: Outrider, what is asked. Out: typed state; events as lines of JSON, oldest pages never in memory
together. Never: a change, or "verified" for what was not compared just now.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.views import audit
from outrider.app.wiring import Outrider
from outrider.kernel.audit import prove
from outrider.kernel.audit.exported import Exported
from outrider.kernel.audit.keys import KeyChain
from outrider.kernel.audit.seal import Seal, Signer
from outrider.kernel.audit.search import MOST
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, NotFound, Unavailable

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

MOST_WAITING = 1_000
"""Events without a seal are counted so far."""
_WAITING = (
    "select count(*) as n from (select 1 from outrider.audit_events e left join lateral"
    "  (select true as is_sealed from outrider.audit_leaves l where l.event_id = e.id limit 1) x on true"
    " where e.workspace_id = :workspace and e.id >= :since and x.is_sealed is null limit :most) y"
)
_ALL = (
    "select count(*) as n from (select 1 from outrider.audit_events e"
    " where e.workspace_id = :workspace limit :most) y"
)
LOOK_BACK = timedelta(minutes=5)
"""An event is sealed within a second; before the newest seal by this much there is none without."""


class Checkpoint(BaseModel):
    """A signed state of the log."""

    model_config = ConfigDict(frozen=True)

    leaves: int
    at: datetime


class LogState(BaseModel):
    """What can be said of the log now."""

    model_config = ConfigDict(frozen=True)

    newest: Checkpoint | None = Field(description="The newest seal; none: nothing is sealed yet")
    is_signed: bool = Field(
        description="Whether the newest seal carries the signature of our key of that time"
    )
    waiting: int = Field(description="Events of this workspace without a seal yet")
    most_waiting: int = Field(description="They are counted so far")
    elsewhere: Checkpoint | None = Field(description="The newest seal in the checkpoint store")
    agrees: bool | None = Field(
        description="Whether the log still begins as that one says; none: it could not be compared"
    )
    trouble: str | None = Field(description="Why it could not, or what is wrong, in a sentence")


async def state(outrider: Outrider, begin: Begin) -> LogState:
    """The newest seal, and whether the log begins with what was put elsewhere.

    The comparison is a consistency proof (RFC 9162, section 2.1.4): it reads some hundred hashes,
    however long the log is. That every event is what was hashed, only `outrider audit verify` says.
    """
    kept, trouble = await _elsewhere(outrider)
    async with begin() as tx:
        newest = await prove.newest_seal(tx)
        waiting = await _waiting(tx, newest)
        agrees, why = await _compared(tx, newest, kept)
        is_signed = newest is not None and await key_of(tx, outrider.signer, newest) is not None
    return LogState(
        newest=_shown(newest),
        is_signed=is_signed,
        waiting=waiting,
        most_waiting=MOST_WAITING,
        elsewhere=_shown(kept),
        agrees=agrees,
        trouble=why or trouble,
    )


async def key_of(tx: Tx, signer: Signer, seal: Seal) -> Ed25519PublicKey | None:
    """Our key that signed this checkpoint, or None.

    A key that was just replaced signs until the sealer has noted the next one.
    """
    changes = await prove.key_changes(tx)
    chains = [KeyChain(one.public, changes) for one in (signer, *signer.before)]
    return next((chain.of(seal) for chain in chains if chain.signed(seal)), None)


async def _elsewhere(outrider: Outrider) -> tuple[Seal | None, str | None]:
    try:
        return await Exported(outrider.settings.checkpoints_url).newest(), None
    except Unavailable as error:
        return None, error.message


async def _waiting(tx: Tx, newest: Seal | None) -> int:
    asked = {"workspace": tx.workspace, "most": MOST_WAITING}
    if newest is None:
        row = await tx.row(_ALL, asked)
    else:
        since = int((newest.sealed_at - LOOK_BACK).timestamp() * 1000)
        row = await tx.row(_WAITING, {**asked, "since": UUID(int=since << 80)})
    return int(row["n"]) if row else 0


async def _compared(
    tx: Tx, newest: Seal | None, kept: Seal | None
) -> tuple[bool | None, str | None]:
    """Whether the log goes on from the checkpoint that was kept, and why not."""
    if kept is None:
        return None, None
    if newest is None or newest.size < kept.size:
        has = newest.size if newest else 0
        return False, f"The store knows {kept.size} leaves, and the log has {has}: it was cut."
    try:
        proof = await prove.consistency(tx, kept.size)
    except Broken as error:
        return False, error.message
    except NotFound:
        return (
            False,
            f"The log has no seal of {kept.size} leaves, as the checkpoint elsewhere says.",
        )
    if proof["old"] != kept.note():
        return False, f"The checkpoint of {kept.size} leaves elsewhere is not the one in the log."
    return True, None


def _shown(seal: Seal | None) -> Checkpoint | None:
    return Checkpoint(leaves=seal.size, at=seal.sealed_at) if seal else None


async def first_page(
    begin: Begin, asked: audit.Asked, reader: audit.Reader
) -> Sequence[dict[str, Any]]:
    """The newest events that fit; here a search that cannot be made is refused.

    Raises:
        NotFound, InvalidInput: as `audit.search`.
    """
    async with begin() as tx:
        return await audit.search(tx, asked, limit=MOST, reader=reader)


async def lines(
    begin: Begin, asked: audit.Asked, reader: audit.Reader, page: Sequence[dict[str, Any]]
) -> AsyncIterator[str]:
    """Every event that fits as a line of JSON, newest first, from the first page on."""
    while page:
        for event in page:
            yield json.dumps(event, ensure_ascii=False, default=str) + "\n"
        if len(page) < MOST:
            return
        async with begin() as tx:
            last = UUID(page[-1]["id"])
            page = await audit.search(tx, asked, before=last, limit=MOST, reader=reader)
