"""Mailboxes are shared out among senders: each to one, as even as can be, within the limit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.sharing import WORTH_A_SENDER, held, how_many, shares
from outrider.sending.types import MailboxId

DUE = st.dictionaries(
    st.uuids().map(MailboxId), st.integers(min_value=1, max_value=5_000), min_size=1, max_size=20
)


def boxes(*counts: int) -> dict[MailboxId, int]:
    return {MailboxId(UUID(int=number)): many for number, many in enumerate(counts)}


@given(DUE, st.integers(min_value=1, max_value=8), st.integers(min_value=1, max_value=20_000))
def test_every_mailbox_is_in_one_share_and_the_limit_holds(
    due: Mapping[MailboxId, int], senders: int, limit: int
) -> None:
    several = shares(due, senders, limit)
    given_out = [mailbox for share in several for mailbox in share.mailboxes]
    assert len(given_out) == len(set(given_out))
    assert sum(share.limit for share in several) <= limit
    if limit >= sum(due.values()):
        assert set(given_out) == set(due)
        for share in several:
            assert share.limit >= sum(due[mailbox] for mailbox in share.mailboxes)


def test_the_fullest_mailboxes_go_to_different_senders() -> None:
    first, second = shares(boxes(900, 800, 100, 10), 2, 1810)
    assert (first.limit, second.limit) == (910, 900)


@pytest.mark.parametrize(
    ("counts", "asked", "cores", "senders"),
    [
        ((10, 10), None, 8, 1),
        ((WORTH_A_SENDER, WORTH_A_SENDER), None, 8, 2),
        ((10 * WORTH_A_SENDER,), None, 8, 1),
        ((5_000, 5_000, 5_000, 5_000), None, 2, 2),
        ((1, 1, 1), 2, 1, 2),
        ((1, 1, 1), 8, 1, 3),
    ],
)
def test_senders_are_as_many_as_there_is_work_for(
    counts: tuple[int, ...], asked: int | None, cores: int, senders: int
) -> None:
    assert how_many(boxes(*counts), asked, cores) == senders


def test_a_mailbox_that_is_held_is_nobody_elses_until_it_is_let_go(tmp_path: Path) -> None:
    one, other = boxes(1, 1)
    with held(tmp_path / "turns", [one]) as mine:
        assert set(mine) == {one}
        with held(tmp_path / "turns", [one, other]) as theirs:
            assert set(theirs) == {other}
    with held(tmp_path / "turns", [one]) as again:
        assert set(again) == {one}
