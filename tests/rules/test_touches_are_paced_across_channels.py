"""Nobody is reached too often, whoever it is that reaches him, and on whatever channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.errors import InvalidInput
from outrider.prospects.business_days import add_business_days, is_business_day
from outrider.prospects.touch_rules import (
    MOST_DAYS,
    NAMES,
    STANDARD,
    TouchPolicy,
    may_touch,
    policy,
)
from outrider.prospects.types import AccountId, Channel, ContactId, Direction, Touch

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ACCOUNT = AccountId(UUID(int=1))
DANA, LEE, KIM, ALI, SAM = (ContactId(UUID(int=number)) for number in range(10, 15))


def touched(
    who: ContactId = DANA,
    at: datetime = MONDAY,
    channel: Channel = Channel.EMAIL,
    direction: Direction = Direction.OUT,
) -> Touch:
    return Touch(
        account_id=ACCOUNT,
        contact_id=who,
        channel=channel,
        direction=direction,
        reference="r",
        at=at,
    )


def test_nobody_was_in_touch_so_nothing_waits() -> None:
    assert may_touch([], DANA, MONDAY) is None


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.CALL, Channel.LINKEDIN, Channel.SMS])
def test_a_touch_on_any_channel_holds_the_next_for_two_business_days(channel: Channel) -> None:
    wait = may_touch([touched(channel=channel)], DANA, MONDAY + timedelta(hours=1))
    assert wait is not None
    assert wait.until == MONDAY + timedelta(days=2)
    assert "once in 2 business days" in wait.reason
    assert may_touch([touched(channel=channel)], DANA, wait.until) is None


def test_a_weekend_and_a_holiday_there_do_not_count() -> None:
    friday = MONDAY + timedelta(days=4)
    wait = may_touch([touched(at=friday)], DANA, friday)
    assert wait is not None
    assert wait.until == friday + timedelta(days=4)
    thursday = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)  # the third is Independence Day observed
    home = may_touch([touched(at=thursday)], DANA, thursday, country="US")
    away = may_touch([touched(at=thursday)], DANA, thursday, country="DE")
    assert home is not None
    assert away is not None
    assert (home.until - thursday, away.until - thursday) == (timedelta(days=5), timedelta(days=4))


def test_the_fourth_person_of_an_account_waits_and_the_first_three_do_not() -> None:
    three = [touched(who, MONDAY + timedelta(hours=n)) for n, who in enumerate((DANA, LEE, KIM))]
    now = MONDAY + timedelta(days=3)
    wait = may_touch(three, ALI, now)
    assert wait is not None
    assert "3 other people" in wait.reason
    assert wait.until == MONDAY + timedelta(days=7)
    assert may_touch(three, DANA, now) is None
    assert may_touch(three[:2], ALI, now) is None


def test_a_colleagues_call_in_the_crm_keeps_us_quiet_for_the_person_and_the_account() -> None:
    call = touched(channel=Channel.CRM, direction=Direction.OUT)
    own = may_touch([call], DANA, MONDAY)
    other = may_touch([call], LEE, MONDAY)
    assert own is not None
    assert other is not None
    assert "a colleague was in touch" in own.reason
    assert own.until == MONDAY + timedelta(days=3)
    assert other.until == MONDAY + timedelta(days=1)


def test_after_an_answer_it_is_quiet_for_everybody_at_the_account() -> None:
    answer = touched(direction=Direction.IN)
    for who in (DANA, LEE):
        wait = may_touch([answer], who, MONDAY)
        assert wait is not None
        assert "answered on 2026-03-02" in wait.reason


def test_several_touches_in_a_window_still_keep_a_gap() -> None:
    table = policy({"person_touches": 3, "person_days": 10, "gap_days": 2})
    wait = may_touch([touched(channel=Channel.CALL)], DANA, MONDAY + timedelta(hours=2), table)
    assert wait is not None
    assert wait.until == MONDAY + timedelta(days=2)
    said = "by phone on 2026-03-02, and 2 business days must pass between two touches"
    assert wait.reason.endswith(said)


def test_an_account_is_reached_so_many_times_in_a_window_by_all_of_us_together() -> None:
    table = policy({"account_people": 50, "account_touches": 2})
    touches = [
        touched(LEE, MONDAY - timedelta(days=3), Channel.LINKEDIN),
        touched(LEE, MONDAY - timedelta(hours=1), Channel.CALL),
    ]
    wait = may_touch(touches, DANA, MONDAY, table)
    assert wait is not None
    assert wait.reason == "this account was reached 2 times in the last 5 business days"
    assert may_touch(touches, DANA, wait.until, table) is None
    assert may_touch(touches[1:], DANA, MONDAY, table) is None


def test_a_campaign_may_say_other_numbers_and_switch_a_line_off() -> None:
    table = policy(
        {"person_touches": 2, "gap_days": 0, "after_colleague_days": 0, "account_days": 0}
    )
    assert may_touch([touched()], DANA, MONDAY, table) is None
    assert may_touch([touched(), touched()], DANA, MONDAY, table) is not None
    call = touched(at=MONDAY - timedelta(days=9), channel=Channel.CRM, direction=Direction.IN)
    assert may_touch([call], DANA, MONDAY, table) is None


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"person_tuches": 1}, "person_tuches"),
        ({"person_days": -1}, "-1"),
        ({"person_touches": 0}, "from 1"),
        ({"account_days": MOST_DAYS + 1}, str(MOST_DAYS)),
        ({"account_days": True}, "True"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name(overrides: dict[str, int], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        policy(overrides)


TOUCHES = st.lists(
    st.builds(
        touched,
        st.sampled_from((DANA, LEE, KIM, ALI, SAM)),
        st.timedeltas(timedelta(0), timedelta(days=30)).map(lambda ago: MONDAY - ago),
        st.sampled_from(list(Channel)),
        st.sampled_from(list(Direction)),
    ),
    max_size=25,
)
TABLES = st.fixed_dictionaries({name: st.integers(1, 8) for name in NAMES}).map(policy)


@given(TOUCHES, TABLES, st.sampled_from((None, "US", "JP")))
def test_a_wait_is_over_at_its_own_end_and_not_before(
    touches: list[Touch], table: TouchPolicy, country: str | None
) -> None:
    wait = may_touch(touches, DANA, MONDAY, table, country)
    if wait is None:
        return
    assert wait.until > MONDAY
    assert may_touch(touches, DANA, wait.until, table, country) is None
    assert may_touch(touches, DANA, wait.until - timedelta(seconds=1), table, country) is not None


@given(TOUCHES, st.sampled_from(list(Channel)), st.sampled_from(list(Direction)))
def test_another_touch_never_shortens_a_wait(
    touches: list[Touch], channel: Channel, direction: Direction
) -> None:
    more = [*touches, touched(channel=channel, direction=direction)]
    before = may_touch(touches, DANA, MONDAY)
    after = may_touch(more, DANA, MONDAY)
    assert before is None or (after is not None and after.until >= before.until)


@given(st.lists(st.integers(0, 96), min_size=1, max_size=60))
def test_whoever_obeys_reaches_a_person_once_in_two_business_days(hours: list[int]) -> None:
    now, made = MONDAY, list[Touch]()
    for gap in hours:
        now += timedelta(hours=gap)
        if may_touch(made, DANA, now, STANDARD, "US") is None:
            made.append(touched(at=now, channel=list(Channel)[gap % 4]))
    for first, second in pairwise(made):
        assert second.at >= add_business_days(first.at, STANDARD.person_days, "US")


@pytest.mark.parametrize("country", [None, "", "XX", "Germany", "de", " de "])
def test_a_country_that_nobody_knows_has_weekends_and_a_known_one_its_holidays(
    country: str | None,
) -> None:
    unity = datetime(2025, 10, 3, tzinfo=UTC).date()
    is_german = (country or "").strip().lower() == "de"
    assert is_business_day(unity, country) is not is_german
    assert not is_business_day(unity + timedelta(days=1), country)
