"""What is known of where people are: for hours and holidays, not for post.

In: contacts. Out: what we were told, as it stands. Never: a guess; pacing makes its own of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.kernel.database.tx import Tx
from outrider.prospects import store_clues
from outrider.prospects.clues_types import Clues
from outrider.prospects.types import ContactId


async def of_contacts(tx: Tx, contact_ids: Sequence[ContactId]) -> dict[ContactId, Clues]:
    """What is known of where these contacts are; one query, whoever does not exist is left out."""
    return await store_clues.clues(tx, list(dict.fromkeys(contact_ids)))
