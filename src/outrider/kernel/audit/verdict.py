"""What a verification of the log found, in types.

In: nothing. Out: `Fault`, `Verdict`. Never: a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from outrider.kernel.audit.expire import Cut
from outrider.kernel.audit.seal import Seal


@dataclass(frozen=True)
class Fault:
    """One thing that is not what was sealed."""

    kind: str
    sentence: str
    leaf_no: int | None = None
    event_id: UUID | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Verdict:
    """What a full verification found."""

    events: int
    """Leaves of the sealed tree; the events of those before `cut` may have been dropped."""
    seals: int
    unsealed: int
    newest: Seal | None
    faults: tuple[Fault, ...]
    faults_in_all: int
    cut: Cut | None = None
    """The newest signed cut: events before it may be gone, their hashes were checked."""
    compared: int = 0
    """Checkpoints kept elsewhere that the log agrees with."""

    @property
    def holds(self) -> bool:
        """Whether the log is what was sealed."""
        return self.faults_in_all == 0
