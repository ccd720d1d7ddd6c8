"""Nothing leaves unless every fact allows it, at the moment of sending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outrider.campaigns.types import CampaignStatus, EnrollmentStatus, StopReason
from outrider.sending.rules import (
    MOST_ATTEMPTS,
    Act,
    Facts,
    Reach,
    day_of,
    may_send,
    pause_before_retry,
)

GOOD = Facts(
    mailbox_address="sam@try-brand.example",
    mailbox_is_active=True,
    daily_cap=40,
    used_today=39,
    campaign=CampaignStatus.ACTIVE,
    enrollment=EnrollmentStatus.ACTIVE,
    next_step=2,
    step=2,
    consent=None,
    draft_is_queued=True,
    queued_hash="a",
    approved_hash="a",
    stored_hash="a",
    present_hash="a",
    is_clean=True,
)

CANCELLED = [
    ({"consent": "the address is suppressed"}, "suppressed"),
    ({"enrollment": EnrollmentStatus.STOPPED, "stop_reason": StopReason.REPLIED}, "replied"),
    ({"enrollment": EnrollmentStatus.STOPPED, "stop_reason": StopReason.OPTED_OUT}, "no more"),
    ({"enrollment": EnrollmentStatus.STOPPED, "stop_reason": StopReason.BOUNCED}, "bounced"),
    ({"enrollment": EnrollmentStatus.STOPPED, "stop_reason": StopReason.MEETING}, "meeting"),
    ({"enrollment": EnrollmentStatus.STOPPED}, "stopped"),
    ({"enrollment": EnrollmentStatus.FINISHED}, "no longer the next step"),
    ({"next_step": 3}, "no longer the next step"),
    ({"draft_is_queued": False}, "withdrawn"),
    ({"queued_hash": "b"}, "not what was approved"),
    ({"approved_hash": "b"}, "not what was approved"),
    ({"stored_hash": "b"}, "not what was approved"),
    ({"present_hash": "b"}, "not what was approved"),
    ({"present_hash": ""}, "not what was approved"),
    ({"is_clean": False}, "cleaning"),
    ({"campaign": CampaignStatus.CANCELED}, "canceled"),
]
HELD = [
    ({"switch_scope": "global", "switch_reason": "s"}, Reach.WORKSPACE),
    ({"switch_scope": "workspace", "switch_reason": "s"}, Reach.WORKSPACE),
    ({"switch_scope": "campaign", "switch_reason": "s"}, Reach.CAMPAIGN),
    ({"switch_scope": "mailbox", "switch_reason": "s"}, Reach.MAILBOX),
    ({"enrollment": EnrollmentStatus.PAUSED}, Reach.MAIL),
    ({"campaign": CampaignStatus.PAUSED}, Reach.CAMPAIGN),
    ({"mailbox_is_active": False}, Reach.MAILBOX),
    ({"used_today": 40}, Reach.MAILBOX),
    ({"daily_cap": 0, "used_today": 0}, Reach.MAILBOX),
]


def test_a_mail_goes_when_everything_allows_it() -> None:
    assert may_send(GOOD).act is Act.GO


@pytest.mark.parametrize(("change", "word"), CANCELLED)
def test_what_lasts_cancels_the_mail_and_says_why(change: dict[str, object], word: str) -> None:
    verdict = may_send(GOOD.model_copy(update=change))
    assert verdict.act is Act.CANCEL
    assert word in verdict.reason


@pytest.mark.parametrize(("change", "reach"), HELD)
def test_what_passes_holds_the_mail_and_says_how_far_it_reaches(
    change: dict[str, object], reach: Reach
) -> None:
    verdict = may_send(GOOD.model_copy(update=change))
    assert (verdict.act, verdict.reach) == (Act.HOLD, reach)
    assert verdict.reason


@pytest.mark.parametrize(("lasting", "word"), CANCELLED)
@pytest.mark.parametrize(("passing", "reach"), HELD)
def test_a_hold_never_hides_a_reason_to_cancel(
    lasting: dict[str, object], word: str, passing: dict[str, object], reach: Reach
) -> None:
    both = GOOD.model_copy(update={**passing, **lasting})
    assert may_send(both).act is Act.CANCEL


def test_pauses_grow_to_six_hours_and_then_the_mail_fails() -> None:
    pauses = [pause_before_retry(attempt) for attempt in range(1, MOST_ATTEMPTS + 1)]
    known = [pause for pause in pauses if pause is not None]
    assert pauses[-1] is None
    assert known == sorted(known)
    assert known[0] == timedelta(minutes=5)
    assert max(known) <= timedelta(hours=6)
    assert pause_before_retry(1, asked_seconds=7200) == timedelta(hours=2)


def test_a_day_is_a_day_of_utc() -> None:
    start, end = day_of(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))
    assert (start, end) == (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
