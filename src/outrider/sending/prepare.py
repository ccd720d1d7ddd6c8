"""Claimed mails become the exact bytes that may leave: built, signed, kept.

In: claimed mails with their words, a signer. Out: bytes and where they lie, or why there are none.
Never: a transaction that is open meanwhile, a byte on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from outrider.drafts.types import MailContent
from outrider.kernel.errors import Refused
from outrider.kernel.objects import Objects
from outrider.sending import raw
from outrider.sending.dkim import Signer
from outrider.sending.flight_types import Claimed, Prepared
from outrider.sending.mail import build, wire_address
from outrider.sending.types import Mailbox, OutboxItem, Outgoing

FEW = 4
"""Mails that are built at once in the event loop; more go to a thread, for a signature takes long
and lets others run meanwhile."""


async def prepare(
    claimed: Sequence[Claimed],
    sender: tuple[Mailbox, Signer | None],
    at: datetime,
    objects: Objects,
) -> list[Prepared]:
    """Build and sign mails, and put their bytes into the store; in the order given.

    Args:
        claimed: mails of one mailbox.
        sender: the mailbox, and its DKIM key if it has one.
        at: becomes the Date of every mail.
        objects: where the bytes go.

    Raises:
        Unavailable: the store does not take them.
    """
    if len(claimed) > FEW:
        built = await asyncio.to_thread(_build_all, claimed, sender, at)
    else:
        built = _build_all(claimed, sender, at)
    whole = [one.outgoing for one in built if one.outgoing is not None]
    places = await raw.keep(objects, [one.data for one in whole])
    lies = {one.outbox_id: place for one, place in zip(whole, places, strict=True)}
    return [
        one
        if one.outgoing is None
        else Prepared(one.claimed, one.outgoing, lies[one.outgoing.outbox_id])
        for one in built
    ]


def _build_all(
    claimed: Sequence[Claimed], sender: tuple[Mailbox, Signer | None], at: datetime
) -> list[Prepared]:
    return [_built(one, sender, at) for one in claimed]


def _built(one: Claimed, sender: tuple[Mailbox, Signer | None], at: datetime) -> Prepared:
    if one.sendable is None:
        return Prepared(one)
    try:
        return Prepared(one, _outgoing(one.item, one.sendable.content, sender, at))
    except Refused as error:
        return Prepared(one, fault=error.message)


def _outgoing(
    item: OutboxItem, content: MailContent, sender: tuple[Mailbox, Signer | None], at: datetime
) -> Outgoing:
    mailbox, signer = sender
    data = build(content, item.message_id, at)
    if signer is not None:
        data = signer.sign(data, at)
    return Outgoing(
        message_id=item.message_id,
        envelope_from=wire_address("sender", mailbox.address),
        envelope_to=wire_address("recipient", content.recipient.email),
        data=data,
        outbox_id=item.id,
    )
