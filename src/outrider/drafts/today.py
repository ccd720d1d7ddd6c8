"""What stands against a draft now, for whoever opens it: what an approval would find, found before it.

In: a stored draft. Out: today's findings, and what else would stop an approval. Never: a change, an error,
a word on a test of the reviewers, whose row says what its reviewers may know.
"""

from __future__ import annotations

from outrider.drafts import genuine
from outrider.drafts.types import Draft, DraftStatus, Frozen
from outrider.guardrails.types import Finding
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, Conflict, NotFound, Refused


class Today(Frozen):
    """How a draft stands today."""

    findings: tuple[Finding, ...]
    why_not: str | None = None
    """Why it cannot be approved whatever the checks say, in a sentence."""


async def today(tx: Tx, draft: Draft) -> Today:
    """What the checks say today of a draft that waits; of any other, what its row says."""
    if draft.is_seed or draft.status is not DraftStatus.PENDING:
        return Today(findings=draft.findings)
    try:
        return Today(findings=await genuine.findings(tx, draft))
    except (Broken, Conflict, NotFound, Refused) as error:
        return Today(findings=draft.findings, why_not=error.message)
