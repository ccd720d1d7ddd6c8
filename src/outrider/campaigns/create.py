"""Campaigns: made with a sequence of three steps, found, listed.

In: a brand, perhaps a competitor, perhaps context. Out: `Campaign`. Never: a mail.
"""

from __future__ import annotations

from outrider.campaigns import store
from outrider.campaigns.types import (
    Campaign,
    CampaignId,
    CampaignStatus,
    Sequence,
    SequenceId,
    Step,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound

STEPS = (
    Step(number=1, delay_business_days=0, purpose="first_touch"),
    Step(number=2, delay_business_days=3, purpose="follow_up"),
    Step(number=3, delay_business_days=4, purpose="break_up"),
)
"""Delays inside the 2 to 5 business days after which a follow-up is due (A-26)."""

LONGEST_NAME = 120


async def create(  # noqa: PLR0913 - the optional three are given by name
    tx: Tx,
    name: str,
    brand: str,
    *,
    competitor_name: str | None = None,
    competitor_website: str | None = None,
    additional_context: str | None = None,
) -> Campaign:
    """Make a campaign, active at once, with the three steps of `STEPS`.

    Raises:
        InvalidInput: the name or the brand is empty or too long.
        Conflict: the workspace has a campaign of this name.
    """
    for field, value in (("name", name), ("brand", brand)):
        if not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
            raise InvalidInput(
                f"The campaign's {field} is {value[:40]!r}: give 1 to {LONGEST_NAME} printable "
                "characters."
            )
    made = Campaign(
        id=CampaignId(tx.new_id()),
        name=name.strip(),
        status=CampaignStatus.ACTIVE,
        brand=brand.strip(),
        target_competitor_name=_given(competitor_name),
        target_competitor_website=_given(competitor_website),
        additional_context=_given(additional_context),
        created_at=tx.now,
    )
    if not await store.add_campaign(tx, made):
        raise Conflict(f"There is a campaign named {made.name} already: choose another name.")
    sequence = Sequence(id=SequenceId(tx.new_id()), campaign_id=made.id, version=1, steps=STEPS)
    await store.add_sequence(tx, sequence)
    body: dict[str, object] = {"steps": len(STEPS), "sequence": str(sequence.id)}
    await record(tx, "campaigns.create", f"campaign:{made.id}", body)
    return made


def _given(value: str | None) -> str | None:
    return (value or "").strip() or None


async def find(tx: Tx, name_or_id: str) -> Campaign:
    """A campaign by its name or its id.

    Raises:
        NotFound: there is none; the message lists those there are.
    """
    found = await store.campaign(tx, str(name_or_id).strip())
    if found is not None:
        return found
    names = [campaign.name for campaign in await store.campaigns(tx)]
    if not names:
        raise NotFound(f"There is no campaign {name_or_id}: create one first.")
    verb = "is" if len(names) == 1 else "are"
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    raise NotFound(
        f"There is no campaign {name_or_id}; there {verb} {', '.join(names[:20])}{more}."
    )


async def listing(tx: Tx) -> list[Campaign]:
    """Every campaign of the workspace, oldest first."""
    return await store.campaigns(tx)
