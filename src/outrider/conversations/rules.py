"""Decisions of the room: is an address dead, must everything stop, when is somebody back.

In: facts and the day. Out: decisions. Never: I/O, a clock, a setting.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.conversations.types import BounceHealth, DeliveryStatus
from outrider.sending.bounces.types import DEAD
from outrider.sending.health.rules import (
    BOUNCE_FLOOR,
    BOUNCE_LIMIT,
    LAST_HARD_LIMIT,
    LAST_SENDS,
    WINDOW,
)


def is_undeliverable(status: DeliveryStatus) -> bool:
    """Whether a report says, proven or not, that the next mail would not arrive either.

    Bounces that blame us, the senders, are none: they say nothing against the address.
    """
    is_waiting = status.action != "failed" or status.status.startswith("4")
    return status.reason in DEAD and not is_waiting


def bounce_health(sends: Sequence[tuple[bool, bool]]) -> BounceHealth:
    """Whether everything must stop.

    Args:
        sends: newest first, each (is within the window, bounced hard). More than 5 % of at least 50
            sends in 7 days, or 3 among the last 20, stops.
    """
    within = [bounced for is_within, bounced in sends if is_within]
    hard, last = sum(within), sum(bounced for _, bounced in sends[:LAST_SENDS])
    reason = None
    if len(within) >= BOUNCE_FLOOR and hard > BOUNCE_LIMIT * len(within):
        share = 100 * hard / len(within)
        reason = (
            f"{hard} of {len(within)} mails of the last {WINDOW.days} days bounced hard "
            f"({share:.1f} %, the limit is {BOUNCE_LIMIT * 100:.0f} %)"
        )
    elif last >= LAST_HARD_LIMIT:
        reason = f"{last} of the last {min(LAST_SENDS, len(sends))} mails bounced hard"
    return BounceHealth(sent=len(within), hard_bounces=hard, hard_among_last=last, reason=reason)
