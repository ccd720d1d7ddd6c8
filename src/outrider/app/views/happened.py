"""What was committed a moment ago, for screens that are open.

In: the open transaction, an instant. Out: actions and subjects. Never: a body, a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from outrider.kernel.database.tx import Tx

MOST = 500


@dataclass(frozen=True)
class Happened:
    """One audit event, without its body."""

    id: UUID
    at: datetime
    action: str
    subject: str

    def told(self) -> dict[str, str]:
        """What goes to a screen."""
        return {"action": self.action, "subject": self.subject, "at": self.at.isoformat()}


async def since(tx: Tx, moment: datetime) -> list[Happened]:
    """Events of this workspace from `moment` on, newest first; found by id, whose first bits are time."""
    least = UUID(int=int(moment.timestamp() * 1000) << 80)
    rows = await tx.rows(
        "select id, at, action, subject from outrider.audit_events where id >= :least"
        " order by id desc limit :most",
        {"least": least, "most": MOST},
    )
    return [Happened(**row) for row in rows]
