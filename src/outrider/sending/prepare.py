"""Claimed mails become the exact bytes that may leave: built, signed, kept.

In: claimed mails with their words, a signer. Out: bytes and where they lie, or why there are none.
Never: a transaction that is open meanwhile, a byte on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from outrider.kernel.errors import Refused
from outrider.kernel.objects import Objects
from outrider.sending import raw
from outrider.sending.dkim import Signer, Unsigned
from outrider.sending.flight_types import Claimed, Prepared
from outrider.sending.mail import build, wire_address
from outrider.sending.types import Mailbox, Outgoing

FEW = 4
"""Mails that are signed at once in the event loop; more go to a thread, for a signature takes long
and lets others run meanwhile."""


@dataclass(frozen=True, slots=True)
class Built:
    """A claimed mail in words and headers, not signed yet; or the reason why it cannot be a mail."""

    claimed: Claimed
    unsigned: Unsigned | None = None
    envelope: tuple[str, str] = ("", "")
    fault: str | None = None


def build_all(
    claimed: Sequence[Claimed], sender: tuple[Mailbox, Signer | None], at: datetime
) -> list[Built]:
    """Build mails, in the order given. All of it is Python: in a thread it would slow the others down.

    Args:
        claimed: mails of one mailbox.
        sender: the mailbox, and its DKIM key if it has one.
        at: becomes the Date of every mail.
    """
    return [_built(one, sender, at) for one in claimed]


async def prepare(built: Sequence[Built], objects: Objects) -> list[Prepared]:
    """Sign mails and put their bytes into the store; in the order given.

    Raises:
        Unavailable: the store does not take them.
    """
    unsigned = [one.unsigned for one in built if one.unsigned is not None]
    signed = (
        await asyncio.to_thread(_signed, unsigned) if len(unsigned) > FEW else _signed(unsigned)
    )
    places = await raw.keep(objects, signed)
    whole = zip(signed, places, strict=True)
    prepared: list[Prepared] = []
    for one in built:
        if one.unsigned is None:
            prepared.append(Prepared(one.claimed, fault=one.fault))
            continue
        data, place = next(whole)
        prepared.append(Prepared(one.claimed, _outgoing(one, data), place))
    return prepared


def _built(one: Claimed, sender: tuple[Mailbox, Signer | None], at: datetime) -> Built:
    if one.sendable is None:
        return Built(one)
    (mailbox, signer), content = sender, one.sendable.content
    try:
        data = build(content, one.item.message_id, at)
        envelope = (
            wire_address("sender", mailbox.address),
            wire_address("recipient", content.recipient.email),
        )
    except Refused as error:
        return Built(one, fault=error.message)
    return Built(one, signer.ready(data, at) if signer else Unsigned(data, ()), envelope)


def _signed(several: Sequence[Unsigned]) -> list[bytes]:
    return [one.signed() for one in several]


def _outgoing(one: Built, data: bytes) -> Outgoing:
    item = one.claimed.item
    return Outgoing(
        message_id=item.message_id,
        envelope_from=one.envelope[0],
        envelope_to=one.envelope[1],
        data=data,
        outbox_id=item.id,
    )
