"""The first steps of a new workspace, each from what is there: nothing is ticked off by hand.

In: the open transaction. Out: which steps are done. Never: a change.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx

_DONE = (
    "select exists (select 1 from outrider.mailboxes) as mailbox,"
    " exists (select 1 from outrider.blueprints) as campaign,"
    " exists (select 1 from outrider.contacts) as people,"
    " exists (select 1 from outrider.drafts) as drafts,"
    " exists (select 1 from outrider.decisions) as decided"
)


class FirstSteps(BaseModel):
    """What a new workspace has already."""

    model_config = ConfigDict(frozen=True)

    mailbox: bool
    campaign: bool = Field(description="A campaign with a blueprint")
    people: bool
    drafts: bool = Field(description="An agent has written at least one draft")
    decided: bool
    is_done: bool


async def first_steps(tx: Tx) -> FirstSteps:
    """Which steps are done."""
    row = await tx.row(_DONE)
    done = dict(row) if row else {}
    return FirstSteps(**done, is_done=all(done.values()))
