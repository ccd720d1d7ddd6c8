"""The outbox's table of states (decision 0004).

In: a state and a wanted state. Out: nothing, or an error. Never: a row, a way out of a final state.

    queued ──► sending ──► sent
      ▲  ▲        │  ├───► failed
      │  │        │  ├───► cancelled  (also from queued and deferred)
      │  └────────┤  └───► unknown ──► sent | failed | queued   (a person, or a look-up, says which)
      │           ▼
      └─────── deferred ─► sending
"""

from __future__ import annotations

from collections.abc import Mapping

from outrider.kernel.errors import IllegalTransition
from outrider.sending.types import OutboxStatus as S

TRANSITIONS: Mapping[S, frozenset[S]] = {
    S.QUEUED: frozenset({S.SENDING, S.CANCELLED}),
    S.DEFERRED: frozenset({S.SENDING, S.QUEUED, S.CANCELLED}),
    S.SENDING: frozenset({S.QUEUED, S.DEFERRED, S.SENT, S.FAILED, S.UNKNOWN, S.CANCELLED}),
    S.UNKNOWN: frozenset({S.SENT, S.FAILED, S.QUEUED}),
    S.SENT: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""Every cell that exists. A missing cell is an error."""

FINAL = frozenset(state for state, after in TRANSITIONS.items() if not after)
"""States that nothing leaves."""


def require(before: S, after: S) -> None:
    """Pass when the table has the cell.

    Raises:
        IllegalTransition: it has not; the sentence names both states and what is possible.
    """
    if after in TRANSITIONS[before]:
        return
    possible = ", ".join(sorted(TRANSITIONS[before])) or "nothing, it is final"
    raise IllegalTransition(
        f"A mail that is {before} cannot become {after}; possible from here: {possible}."
    )
