"""Variants sum to their step whatever the mails did, and no share is told of too few."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from outrider.app.views.outcomes import _Group, _step
from outrider.campaigns.results import LEAST_PEOPLE

CAMPAIGN = UUID(int=1)
TESTS = ("ask", "style")
SUMS = ("sent", "replies", "good", "counted", "hits")


@st.composite
def groups(draw: st.DrawFn) -> _Group:
    """Mails of people in some arms; each count is of those before it."""
    arms = draw(
        st.dictionaries(st.sampled_from([*TESTS, "of another step"]), st.sampled_from("ab"))
    )
    sent = draw(st.integers(1, 200))
    replies, counted = draw(st.integers(0, sent)), draw(st.integers(0, sent))
    good = draw(st.integers(0, replies))
    in_time = draw(st.integers(0, min(replies, counted)))
    counts = {
        "sent": sent,
        "replies": replies,
        "good": good,
        "counted": counted,
        "replies_in_time": in_time,
        "good_in_time": draw(st.integers(0, min(good, in_time))),
    }
    return _Group(CAMPAIGN, 1, arms, counts)


@given(st.lists(groups(), min_size=1, max_size=12), st.booleans())
def test_the_variants_of_a_step_sum_to_it(mails: list[_Group], is_classed: bool) -> None:
    step = _step((CAMPAIGN, "Leases", 1), mails, TESTS, is_classed)
    for name in SUMS:
        whole = getattr(step, name)
        if step.arms:
            assert sum(getattr(one, name) for one in step.arms) == whole
    assert step.sent == sum(one.counts["sent"] for one in mails)
    keys = [(one.experiment, one.arm) for one in step.arms]
    assert len(keys) == len(set(keys))


@given(st.lists(groups(), min_size=1, max_size=12), st.booleans())
def test_a_share_lies_in_its_interval_and_few_mails_tell_nothing(
    mails: list[_Group], is_classed: bool
) -> None:
    step = _step((CAMPAIGN, "Leases", 1), mails, TESTS, is_classed)
    for one in (step, *step.arms):
        assert one.is_enough == (one.counted >= LEAST_PEOPLE)
        if one.share is None:
            assert (one.counted, one.low, one.high) == (0, 0.0, 1.0)
        else:
            assert 0 <= one.low <= one.share + 1e-9
            assert one.share <= one.high + 1e-9 <= 1 + 2e-9


def test_a_person_of_two_comparisons_counts_in_the_newest_alone() -> None:
    counts = dict.fromkeys(("sent", "counted"), 3) | dict.fromkeys(
        ("replies", "good", "replies_in_time", "good_in_time"), 1
    )
    both = _Group(CAMPAIGN, 1, {"ask": "a", "style": "b"}, counts)
    neither = _Group(CAMPAIGN, 1, {"of another step": "a"}, counts)
    step = _step((CAMPAIGN, "Leases", 1), [both, neither], TESTS, is_classed=True)
    assert [(one.experiment, one.arm, one.sent) for one in step.arms] == [
        ("style", "b", 3),
        ("", "", 3),
    ]
    assert _step((CAMPAIGN, "Leases", 1), [neither], TESTS, is_classed=True).arms == []
