"""A campaign's brand, competitor and offer, said anew.

In: what a person typed. Out: the campaign as it is now. Never: a change of a mail: what was approved under
another brand no longer matches its approval, and stays until a person has decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from outrider.campaigns import store
from outrider.campaigns.create import LONGEST_NAME
from outrider.campaigns.types import Campaign
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

FIELDS = ("brand", "target_competitor_name", "additional_context")
LONGEST_CONTEXT = 5_000


async def revise(tx: Tx, campaign: Campaign, said: Mapping[str, str | None]) -> Campaign:
    """Change what is named in `said`; a field of `FIELDS` that is empty or None is taken away.

    Raises:
        InvalidInput: the brand is empty, or a value is too long or has signs that are none.
    """
    wanted = {name: _checked(name, value) for name, value in said.items() if name in FIELDS}
    changed = sorted(name for name, value in wanted.items() if value != getattr(campaign, name))
    if not changed:
        return campaign
    now = campaign.model_copy(update=wanted)
    await store.revise(tx, now)
    # The log keeps which, not what: a context is free text.
    await record(tx, "campaigns.revise", f"campaign:{campaign.id}", {"changed": changed})
    return now


def _checked(name: str, value: str | None) -> str | None:
    text = (value or "").strip()
    field = name.removeprefix("target_").replace("_", " ")
    if name == "brand" and not text:
        raise InvalidInput(
            "The campaign's brand is empty: give the name that stands under its mails."
        )
    most = LONGEST_CONTEXT if name == "additional_context" else LONGEST_NAME
    if len(text) > most or not all(one.isprintable() or one.isspace() for one in text):
        raise InvalidInput(
            f"The campaign's {field} is {text[:40]!r}: give at most {most} printable characters."
        )
    return text or None
