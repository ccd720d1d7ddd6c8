"""The briefing of an agent: what people have asked for more than once.

In: observations that have not expired. Out: `Briefing`, plain data that `app` hands to a run.
Never: a prospect's words, or a rule that one rejection made.
"""

from __future__ import annotations

from outrider.drafts.types import Briefing
from outrider.kernel.database.tx import Tx
from outrider.learning import rules, store


async def brief(tx: Tx, agent: str) -> Briefing:
    """What the agent is told before it starts (A-48); empty as long as nothing was asked twice.

    `agent` is whom it is for. All agents share the feedback so far, for only one of them writes.
    """
    return Briefing(notes=rules.notes(await store.rejection_notes(tx)))
