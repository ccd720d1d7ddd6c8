"""What a reviewer sees as changed is what was changed, and nothing is lost."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.diff import Op, word_diff

TEXTS = st.text(alphabet="ab \n.", max_size=60) | st.text(max_size=40)


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for op, text in pieces if op is not Op.ADDED) == before
    assert "".join(text for op, text in pieces if op is not Op.REMOVED) == after
    assert all(text for _, text in pieces)
    assert all(one[0] is not other[0] for one, other in pairwise(pieces))


@given(text=TEXTS)
def test_nothing_changed_is_one_piece(text: str) -> None:
    assert word_diff(text, text) == (((Op.SAME, text),) if text else ())


def test_a_changed_word_is_told_as_that_word() -> None:
    pieces = word_diff("Who reads the leases today?", "Who reads the amendments today?")
    assert pieces == (
        (Op.SAME, "Who reads the "),
        (Op.REMOVED, "leases"),
        (Op.ADDED, "amendments"),
        (Op.SAME, " today?"),
    )


def test_two_long_texts_without_a_word_in_common_are_told_at_once() -> None:
    before, after = "alpha " * 3_000, "beta\n" * 3_000
    began = time.process_time()
    pieces = word_diff(before, after)
    assert time.process_time() - began < 10
    assert pieces == ((Op.REMOVED, before), (Op.ADDED, after))
