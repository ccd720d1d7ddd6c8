"""The story of one mail with the proofs from the sealed log.

In: Outrider and a Message-ID. Out: one dictionary. Never: a proof taken on trust; each is checked as it is made.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from outrider.app.views import trace
from outrider.app.wiring import Outrider
from outrider.kernel.audit.prove import inclusion
from outrider.kernel.errors import Conflict


async def traced(outrider: Outrider, message_id: str) -> dict[str, Any]:
    """Everything that led to the mail; an event that is not sealed yet has no proof.

    Raises:
        NotFound: no mail of this workspace has the Message-ID.
        Broken: the log is not what was sealed.
    """
    async with outrider.begin()() as tx:
        story = await trace.trace(tx, message_id)
        story["proofs"] = {}
        for event in story["events"]:
            try:
                story["proofs"][event["id"]] = await inclusion(tx, UUID(event["id"]))
            except Conflict:
                continue
    return story
