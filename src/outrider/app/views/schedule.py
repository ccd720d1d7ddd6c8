"""The schedule to come, with names: when each mail will leave, and why it waits until then.

In: the open transaction. Out: plain dictionaries. Never: a change.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from outrider.app.views.rotation import shares
from outrider.campaigns import create as campaigns
from outrider.campaigns.types import CampaignStatus
from outrider.kernel.database.tx import Tx
from outrider.sending import mailboxes
from outrider.sending.health import bands
from outrider.sending.pacing import preview, rules
from outrider.sending.pacing.preview import Planned
from outrider.sending.pacing.types import Terms


async def schedule(tx: Tx, *, pending: bool = False) -> dict[str, Any]:
    """Every mail that has not left, the next first; and each mailbox's days with what they hold."""
    boxes = await mailboxes.listing(tx)
    standings = await bands.standing(tx, [box.id for box in boxes])
    factors = {id_: one.factor for id_, one in standings.items()}
    changed = await bands.to_plan_anew(tx)
    planned = await preview.preview(tx, pending=pending, factors=factors, to_plan_anew=changed)
    names = await _names(tx, planned)
    addresses = {box.id: box.address for box in boxes}
    by_mailbox = preview.by_mailbox(planned)
    return {
        "now": tx.now.isoformat(),
        "items": [_item(one, names, addresses.get(one.mailbox_id)) for one in planned],
        "mailboxes": [
            {
                "address": box.address,
                "zone": rules.zone_of(terms),
                "has_pace": box.pacing is not None,
                "health": standings[box.id].reason,
                "days": _days(terms, by_mailbox[box.id]),
            }
            for box in boxes
            if box.id in by_mailbox
            for terms in [Terms.of(box, standings[box.id].factor)]
        ],
        "rotation": [
            {"campaign": one.name, "mailboxes": await shares(tx, one)}
            for one in await campaigns.listing(tx)
            if one.mailbox_ids and one.status is CampaignStatus.ACTIVE
        ],
    }


async def next_ones(tx: Tx, most: int) -> list[dict[str, Any]]:
    """The mails that leave next: of the outbox and of the approved so many each are looked at.

    What touches will ask of a mailbox without a pace, `outrider send --preview` tells: this is a screen
    that is drawn anew with each change.
    """
    boxes = await mailboxes.listing(tx)
    standings = await bands.standing(tx, [box.id for box in boxes])
    factors = {id_: one.factor for id_, one in standings.items()}
    changed = await bands.to_plan_anew(tx)
    planned = await preview.preview(
        tx, factors=factors, to_plan_anew=changed, most=most, touches=False
    )
    names = await _names(tx, planned[:most])
    addresses = {box.id: box.address for box in boxes}
    return [_item(one, names, addresses.get(one.mailbox_id)) for one in planned[:most]]


def _days(terms: Terms, planned: list[Planned]) -> list[dict[str, Any]]:
    counted: dict[str, dict[str, Any]] = {}
    for one in planned:
        day = rules.local_day(terms, one.at)
        row = counted.setdefault(
            day.isoformat(), {"day": day.isoformat(), "mails": 0, "cap": rules.cap_on(terms, day)}
        )
        row["mails"] += 1
    return list(counted.values())


def _item(one: Planned, names: dict[Any, dict[str, Any]], mailbox: str | None) -> dict[str, Any]:
    named = names.get(one.draft_id, {})
    return {
        "draft": named.get("number"),
        "contact": named.get("email"),
        "account": named.get("account"),
        "subject": named.get("subject"),
        "step": one.step,
        "mailbox": mailbox,
        "status": one.status,
        "at": one.at.isoformat(),
        "local": one.at.astimezone(ZoneInfo(one.zone)).isoformat(),
        "zone": one.zone,
        "zone_from": one.told_by,
        "reason": one.reason,
    }


async def _names(tx: Tx, planned: list[Planned]) -> dict[Any, dict[str, Any]]:
    rows = await tx.rows(
        "select d.id, d.number, d.subject, c.email, a.name as account from outrider.drafts d"
        " join outrider.contacts c on c.id = d.contact_id"
        " join outrider.accounts a on a.id = d.account_id where d.id = any(:ids)",
        {"ids": [one.draft_id for one in planned]},
    )
    return {row["id"]: dict(row) for row in rows}
