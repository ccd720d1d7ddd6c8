"""Of a model's context 30 % are for input, 20 % for the answer, and the rest is left for reasoning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.agents.message_types import Message, ModelRequest, Speaker, Text, ToolResult, ToolUse
from outrider.agents.models import estimated_tokens
from outrider.agents.shorten import fit, most_output
from outrider.kernel.errors import InvalidInput

TASK = Message(Speaker.USER, (Text("Find the accounts worth work."),))


def turns(count: int, letters: int) -> list[Message]:
    """A conversation in which each turn uses a tool that answers so many letters."""
    found = [TASK]
    for number in range(count):
        use = ToolUse(f"u{number}", "search_accounts", {"query": str(number)})
        found.append(Message(Speaker.ASSISTANT, (Text("Next."), use)))
        found.append(Message(Speaker.USER, (ToolResult(use.id, "x" * letters),)))
    return found


@given(count=st.integers(0, 60), letters=st.integers(0, 20_000), window=st.integers(8_000, 200_000))
def test_the_input_is_never_more_than_its_share_and_no_use_is_without_its_result(
    count: int, letters: int, window: int
) -> None:
    fixed = 3_000
    found = fit(turns(count, letters), window, fixed)
    tokens = estimated_tokens(ModelRequest("s" * fixed, found))
    # The estimate of a request adds 50 tokens, and some letters for names.
    assert tokens <= window * 30 // 100 + 50 + 10 * len(found)
    used = [p.id for m in found for p in m.parts if isinstance(p, ToolUse)]
    told = [p.id for m in found for p in m.parts if isinstance(p, ToolResult)]
    assert used == told
    assert found[0].parts[0] == TASK.parts[0]
    assert [m.speaker for m in found[:2]] == [Speaker.USER, Speaker.ASSISTANT][: len(found)]


def test_what_fits_is_left_as_it_is() -> None:
    messages = turns(5, 100)
    assert fit(messages, 100_000) == tuple(messages)


def test_older_results_are_shortened_before_newer_ones() -> None:
    found = fit(turns(10, 3_000), 25_000)
    results = [p.content for m in found for p in m.parts if isinstance(p, ToolResult)]
    assert "shortened" in results[0]
    assert results[-1] == "x" * 3_000


def test_turns_that_are_left_out_are_told_in_a_line() -> None:
    found = fit(turns(60, 20_000), 8_000)
    line = found[0].parts[-1]
    assert isinstance(line, Text)
    assert "earlier turns are left out" in line.text
    assert "search_accounts (" in line.text
    assert len(found) < 121


def test_a_task_that_does_not_fit_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="make the task shorter"):
        fit([Message(Speaker.USER, (Text("x" * 10_000),))], 8_000)


def test_the_answer_has_a_fifth_of_the_window() -> None:
    assert most_output(100_000) == 20_000
