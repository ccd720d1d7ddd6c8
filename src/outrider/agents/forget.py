"""What agents noted for themselves is kept for a while only.

In: the open transaction, and how long. Out: how many notes were blanked. Never: a step that goes: its
cost, its hashes and its place in the run stay, as after the erasure of a person.
"""

from __future__ import annotations

from datetime import timedelta

from outrider.agents import store
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx


async def forget_notes(tx: Tx, keep: timedelta) -> int:
    """Blank notes, and looks at notes, that are older than `keep`; how many steps that were."""
    count = await store.blank_notes(tx, tx.now - keep)
    if count:
        await record(tx, "agents.forget", f"workspace:{tx.workspace}", {"steps": count})
    return count
