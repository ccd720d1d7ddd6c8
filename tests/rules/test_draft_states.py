"""What has ended stays ended: no way leads from a refused draft to a sent one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.states import TABLE, Event, after, before
from outrider.drafts.types import DraftStatus
from outrider.kernel.errors import IllegalTransition

ENDED = (
    DraftStatus.REJECTED,
    DraftStatus.EXPIRED,
    DraftStatus.SUPERSEDED,
    DraftStatus.WITHDRAWN,
    DraftStatus.SENT,
)


def walk(status: DraftStatus, events: list[Event]) -> DraftStatus:
    for event in events:
        try:
            status = after(status, event)
        except IllegalTransition:
            continue
    return status


@given(
    st.sampled_from([s for s in ENDED if s is not DraftStatus.SENT]),
    st.lists(st.sampled_from(Event), max_size=30),
)
def test_no_path_leads_from_an_ended_draft_to_sent(start: DraftStatus, events: list[Event]) -> None:
    assert walk(start, events) is start


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_a_draft_is_sent_only_after_an_approval(events: list[Event]) -> None:
    if walk(DraftStatus.PENDING, events) is DraftStatus.SENT:
        assert Event.APPROVE in events


@pytest.mark.parametrize(("status", "event"), list(itertools.product(DraftStatus, Event)))
def test_a_missing_cell_is_an_error_and_a_known_one_is_not(
    status: DraftStatus, event: Event
) -> None:
    if (status, event) in TABLE:
        assert after(status, event) is TABLE[status, event]
        assert status in before(event)
        return
    with pytest.raises(
        IllegalTransition, match=f"A draft that is {status} cannot {event.replace('_', ' ')}"
    ):
        after(status, event)


def test_only_a_pending_draft_can_be_decided() -> None:
    for event in (Event.APPROVE, Event.EDIT, Event.REJECT, Event.EXPIRE):
        assert before(event) == (DraftStatus.PENDING,)


def test_every_way_to_sent_goes_through_an_approval_and_never_through_an_end() -> None:
    """All walks without a repeated status, from every status: the table is small enough."""

    def ways(path: tuple[DraftStatus, ...], events: tuple[Event, ...]) -> int:
        found = 0
        if path[-1] is DraftStatus.SENT and len(path) > 1:
            assert not set(path[:-1]) & set(ENDED)
            assert path[0] is not DraftStatus.PENDING or events[0] is Event.APPROVE
            found = 1
        for event in Event:
            to = TABLE.get((path[-1], event))
            if to is not None and to not in path:
                found += ways((*path, to), (*events, event))
        return found

    assert {status: ways((status,), ()) for status in DraftStatus} == {
        DraftStatus.PENDING: 1,
        DraftStatus.APPROVED: 1,
        DraftStatus.QUEUED: 1,
        **dict.fromkeys(ENDED, 0),
    }


def test_only_an_approved_draft_that_is_not_queued_can_be_taken_back() -> None:
    assert before(Event.TAKE_BACK) == (DraftStatus.APPROVED,)
    assert after(DraftStatus.APPROVED, Event.TAKE_BACK) is DraftStatus.SUPERSEDED


def test_every_status_can_be_reached() -> None:
    assert {DraftStatus.PENDING, *TABLE.values()} == set(DraftStatus)
