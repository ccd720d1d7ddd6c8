"""Which mailboxes write to a campaign's new people, and how they are shared out.

In: mailboxes that the door has found. Out: the campaign with them. Never: a change of a thread, which
stays with the mailbox that began it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.campaigns import store
from outrider.campaigns.types import Campaign, Rotation
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

MOST = 200
"""Mailboxes of one campaign."""


async def set_rotation(
    tx: Tx,
    campaign: Campaign,
    mailbox_ids: Sequence[UUID] | None = None,
    rotation: Rotation | None = None,
) -> Campaign:
    """Name a campaign's mailboxes and how new people are shared out; None leaves it as it is.

    Without mailboxes a run writes from the one that it is given, or from the only one there is.

    Raises:
        InvalidInput: there are too many mailboxes, or one is named twice.
    """
    ids = campaign.mailbox_ids if mailbox_ids is None else tuple(mailbox_ids)
    if len(ids) > MOST or len(set(ids)) < len(ids):
        raise InvalidInput(
            f"The campaign {campaign.name} was given {len(ids)} mailboxes: name each once, "
            f"{MOST} at most."
        )
    changed = campaign.model_copy(
        update={"mailbox_ids": ids, "rotation": rotation or campaign.rotation}
    )
    if changed == campaign:
        return campaign
    await store.set_rotation(tx, changed)
    body = {"mailboxes": [str(one) for one in ids], "rotation": str(changed.rotation)}
    await record(tx, "campaigns.rotation", f"campaign:{campaign.id}", body)
    return changed
