"""One answer as a person reads it: its words, our mail before it, and what followed.

In: the open transaction, an answer. Out: a typed value. Never: a change, or words called anything but
a stranger's.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from outrider.app.views import replies
from outrider.app.views.replies import ReplyLine
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound

MOST_TEXT = 20_000
"""Characters of an answer that are shown."""
_ONE = (
    "select u.subject, left(u.text, :most) as text, length(u.text) as length, u.returns_on,"
    " t.enrollment_id, e.stop_reason, e.closed_reason, o.message_id as answers,"
    " d.number as draft, o.step, d.subject as our_subject"
    " from outrider.turns u join outrider.threads t on t.id = u.thread_id"
    " join outrider.enrollments e on e.id = t.enrollment_id"
    " left join outrider.outbox o on o.id = u.outbox_id"
    " left join outrider.drafts d on d.id = o.draft_id"
    " where u.id = :id and u.direction = 'in' and u.kind in ('reply', 'opt_out', 'auto_reply')"
)


class ReplyShown(ReplyLine):
    """One answer, whole. Its words are a stranger's."""

    subject: str
    text: str = Field(description=f"At most {MOST_TEXT} characters of what its author wrote")
    is_cut: bool
    returns_on: date | None = Field(description="End of an absence, where it says so")
    stop_reason: str | None = Field(description="Why the sequence stopped")
    closed_reason: str | None = Field(description="Set: nothing is written to this person again")
    answers: str | None = Field(description="Message-ID of our mail that it answers")
    draft: int | None = Field(description="Number of that mail's draft")
    step: int | None
    our_subject: str | None


async def shown(tx: Tx, turn_id: UUID) -> ReplyShown:
    """One answer with all its words.

    Raises:
        NotFound: there is no such answer in this workspace.
    """
    row = await tx.row(_ONE, {"id": turn_id, "most": MOST_TEXT})
    if row is None:
        raise NotFound(f"There is no reply {turn_id} in this workspace.")
    line = await replies.one(tx, turn_id, row["enrollment_id"])
    own = {name: row[name] for name in row if name not in ("length", "enrollment_id")}
    return ReplyShown(**line.model_dump(), **own, is_cut=row["length"] > MOST_TEXT)
