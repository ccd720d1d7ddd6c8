"""The outbox's states: what is final stays final, and nothing unknown is resent by itself."""

from __future__ import annotations

from itertools import product

import pytest

from outrider.kernel.errors import IllegalTransition
from outrider.sending.states import FINAL, TRANSITIONS, require
from outrider.sending.types import OutboxStatus as S


def reachable(start: S) -> set[S]:
    seen: set[S] = set()
    todo = [start]
    while todo:
        for after in TRANSITIONS[todo.pop()] - seen:
            seen.add(after)
            todo.append(after)
    return seen


def test_every_state_has_a_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(S)


def test_sent_failed_and_cancelled_are_final() -> None:
    assert {S.SENT, S.FAILED, S.CANCELLED} == FINAL
    assert all(not reachable(state) for state in FINAL)


def test_a_mail_reaches_sent_only_through_the_hand_off_or_a_persons_word() -> None:
    assert {before for before in S if S.SENT in TRANSITIONS[before]} == {S.SENDING, S.UNKNOWN}


def test_an_unknown_mail_is_never_handed_off_again_directly() -> None:
    assert S.SENDING not in TRANSITIONS[S.UNKNOWN]


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_a_missing_cell_is_an_error_that_names_both_states(before: S, after: S) -> None:
    if after in TRANSITIONS[before]:
        require(before, after)
    else:
        with pytest.raises(IllegalTransition, match=f"{before} cannot become {after}"):
            require(before, after)
