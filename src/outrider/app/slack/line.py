"""Posts that are about no draft: what an agent asks, what a run did. One thing, one post.

In: the id of the thing, which the post carries as metadata; what it shall say. Out: the post, as it
shall be. Never: a post before the job that intends it is committed; a second post of one thing.

The job is the intent and Slack itself the record: every try looks for the post first, so that a process
that dies between posting and noting it leaves nothing to be posted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from outrider.app.slack.ports import Block
from outrider.app.slack.post import GONE, Desk
from outrider.kernel.errors import Refused


async def keep(
    desk: Desk,
    about: UUID,
    since: datetime,
    words: tuple[str, Sequence[Block]],
    *,
    is_wanted: bool = True,
) -> None:
    """Bring the one post about this in line; post it if it is wanted and not there.

    Raises:
        VendorUnavailable, Refused: Slack did not take it, or nobody knows; call again later.
    """
    text, blocks = words
    place = await desk.api.find(desk.channel, str(about), since)
    if place is None:
        if is_wanted:
            await desk.api.post(desk.channel, text, blocks, str(about))
        return
    try:
        await desk.api.update(*place, text, blocks)
    except Refused as error:
        if error.facts.get("slack") not in GONE:
            raise
