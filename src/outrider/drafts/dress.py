"""A composed mail gets the layout that its sender names, wherever a mail is composed.

In: a composed mail, the open transaction. Out: the same mail, its HTML in the layout.
Never: a layout that no person gave to a mailbox: agents can name one, they cannot add one.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from outrider.drafts import store_layouts
from outrider.drafts.layout import checked, dress
from outrider.drafts.types import MailContent, Wording
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken


async def keep(tx: Tx, mjml: str) -> str:
    """Keep a layout; its SHA-256 is what a sender names it by.

    Raises:
        InvalidInput: no mail can be put into it, or it would load, run or hide something.
    """
    sha256 = hashlib.sha256(checked(mjml).encode()).hexdigest()
    await store_layouts.add(tx, sha256, mjml)
    return sha256


async def mjml_of(tx: Tx, sha256: str) -> str:
    """The text of a layout.

    Raises:
        Broken: there is none of this hash.
    """
    found = await store_layouts.mjml_of(tx, sha256)
    if found is None:
        raise Broken(
            f"There is no layout {sha256[:12]} here: reject the draft with a note for a new version, "
            "and give the mailbox its layout again."
        )
    return found


async def dressed(
    tx: Tx, content: MailContent, language: str, words: Wording | None = None
) -> MailContent:
    """The mail in the layout of its sender; as it is where the sender has none.

    Args:
        tx: the open transaction.
        content: a composed mail.
        language: ISO 639-1 code of its words.
        words: what it was composed of, where that may be in form.

    Raises:
        Broken: the sender names a layout that is not kept here.
    """
    if content.sender.layout is None:
        return content
    form = (words.rich, words.body) if words and words.rich is not None else None
    return dress(content, await mjml_of(tx, content.sender.layout), language, form)


async def waiting_without(tx: Tx, mailbox_id: UUID, sha256: str | None) -> int:
    """How many open drafts of a mailbox have another layout than this one, and keep it."""
    return await store_layouts.waiting_without(tx, mailbox_id, sha256)
