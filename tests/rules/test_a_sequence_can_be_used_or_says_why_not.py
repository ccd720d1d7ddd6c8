"""Steps lead forward and end; a file says the same when it is written and read again."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.campaigns import sequence_file
from outrider.campaigns.create import STEPS
from outrider.campaigns.sequence_rules import FINAL, MOST_STEPS, after, checked, way
from outrider.campaigns.types import Arm, Experiment, ReplyClass, Step, Way
from outrider.kernel.errors import InvalidInput


def step(number: int, **told: object) -> Step:
    values = {"number": number, "delay_business_days": 1, "purpose": "follow_up", **told}
    return Step.model_validate(values)


def three(**told: object) -> list[Step]:
    """Three steps, the second with what is told."""
    return [step(1), step(2, **told), step(3)]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "no steps"),
        ([step(n) for n in range(1, MOST_STEPS + 2)], "21 steps"),
        ([step(1), step(3)], "without a gap"),
        ([step(1), step(1)], "without a gap"),
        ([step(2)], "without a gap"),
        (three(channel="fax"), "'fax'"),
        (three(delay_business_days=500), "500 business days"),
        (three(then=2), "circle"),
        (three(then=1), "back to step 1"),
        (three(then=9), "not there"),
        (three(branches={"objection": 1}), "circle"),
        (three(branches={"objection": 2}), "circle"),
        (three(branches={"objection": 4}), "not there"),
        (three(branches={"angry": 3}), "'angry'"),
        (three(branches={"objection": "retry"}), "'retry'"),
        (three(branches={"objection": "pause"}), "only not_now and out_of_office"),
        (three(branches={"opted_out": 3}), "always stops"),
        (three(branches={"meeting": "pause"}), "always stops"),
        (three(branches={"bounce": 3}), "always stops"),
        (three(branches={"out_of_office": 3}), "an absence is no answer"),
        (three(then=0), "Step 3 can never be reached"),
        (three(purpose="Follow up!"), "Follow up!"),
        (three(subject_style="loud"), "'loud'"),
        (three(angle="Two words"), "'Two words'"),
        (three(template="a\0b"), "control character"),
        (three(channel="call"), "no template"),
        (three(channel="call", template="Ask {last_name}"), "last_name"),
        (three(channel="sms", template="x" * 481), "481 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(steps: list[Step], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        checked(steps)
    assert refused.value.message.endswith(".")
    assert "\n" not in refused.value.message


def experiment(*arms: str, name: str = "style") -> Experiment:
    return Experiment(name=name, arms=tuple(Arm(name=arm) for arm in arms))


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (experiment("a"), "2 to 6 arms"),
        (experiment("a", "a"), "different names"),
        (experiment(*"abcdefg"), "2 to 6 arms"),
        (experiment("a", "B c"), "small letters"),
    ],
)
def test_an_experiment_needs_arms_that_can_be_told_apart(test: Experiment, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked(three(experiment=test))


def test_two_experiments_need_two_names() -> None:
    test = experiment("a", "b")
    with pytest.raises(InvalidInput, match="its own"):
        checked([step(1, experiment=test), step(2, experiment=test)])


def test_the_default_steps_and_the_example_can_be_used() -> None:
    assert checked(STEPS) == STEPS
    found = sequence_file.read(sequence_file.EXAMPLE)
    assert [one.channel for one in found.steps] == ["email", "email", "linkedin", "email", "email"]
    assert way(found.steps, 2, ReplyClass.OBJECTION) == 5
    assert way(found.steps, 2, ReplyClass.NOT_NOW) is Way.PAUSE
    assert after(found.steps, 4) is None


@pytest.mark.parametrize("kind", list(ReplyClass))
def test_without_a_line_a_reply_stops_and_only_an_absence_pauses(kind: ReplyClass) -> None:
    expected = Way.PAUSE if kind is ReplyClass.OUT_OF_OFFICE else Way.STOP
    assert way(STEPS, 1, kind) is expected
    assert way(STEPS, 0, kind) is expected


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}"), min_size=1, max_size=80
).filter(lambda text: bool(text.strip()))
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


@st.composite
def sequences(draw: Callable[..., object], most: int = 8) -> tuple[Step, ...]:
    """Any sequence that can be used."""
    last = draw(st.integers(1, most))
    assert isinstance(last, int)
    made = [draw(_steps(number, last)) for number in range(1, last + 1)]
    return checked([one for one in made if isinstance(one, Step)])


def _steps(number: int, last: int) -> st.SearchStrategy[Step]:
    later = st.integers(number + 1, last) if number < last else st.just("stop")
    branches = st.dictionaries(
        st.sampled_from([ReplyClass.INTERESTED.value, ReplyClass.OBJECTION.value]), later
    )
    arms = st.lists(st.builds(Arm, name=NAMES, subject_style=st.sampled_from(("", "question"))),
                    min_size=2, max_size=4, unique_by=lambda arm: arm.name)  # fmt: skip
    test = st.none() | st.builds(Experiment, name=st.just(f"test_{number}"), arms=arms.map(tuple))
    return st.builds(
        Step,
        number=st.just(number),
        channel=st.sampled_from(("email", "linkedin", "call", "sms")),
        delay_business_days=st.integers(0, 9),
        purpose=st.sampled_from(("first_touch", "follow_up", "break_up")),
        template=WORDS,
        then=st.none() if number < last else st.sampled_from((None, 0)),
        branches=branches,
        experiment=test,
    )


@given(sequences())
def test_a_file_reads_back_as_what_was_written(steps: tuple[Step, ...]) -> None:
    text = sequence_file.write(steps, {"person_days": 3})
    found = sequence_file.read(text)
    assert (found.steps, found.pacing) == (steps, {"person_days": 3})


@given(sequences(), st.data())
def test_every_way_through_a_sequence_goes_up_and_ends(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    number, seen = 1, [1]
    while len(seen) <= MOST_STEPS + 1:
        kind = data.draw(st.sampled_from([None, *ReplyClass]))
        target = way(steps, number, kind) if kind else after(steps, number)
        if target is None or isinstance(target, Way):
            break
        number = target if isinstance(target, int) else target.number
        seen.append(number)
    assert seen == sorted(set(seen))
    assert len(seen) <= len(steps)
    assert all(way(steps, number, kind) is Way.STOP for kind in FINAL)


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise_than_with_a_sentence(text: str) -> None:
    with suppress(InvalidInput):
        assert sequence_file.read(text).steps


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps = 3", "steps"),
        ("[[steps]]\nnumber = 1\npurpose = 'a'\ndelay = -1", "-1 business days"),
        ("[[steps]]\nnumber = 1\npurpose = 'a'\nthen = 'over'", "'over'"),
        ("[[steps]]\nnumber = 1\npurpose = 'a'\nthen = 0", "then = 0"),
        ("[[steps]]\nnumber = 0\npurpose = 'a'", "number 0"),
        ("[[steps]]\nnumber = '1'\npurpose = 'a'", "steps.1.number"),
        ("[[steps]]\nnumber = 1\npurpos = 'a'", "purpos"),
        ("[[steps]]\nnumber = 1\npurpose = 'a'\n[pacing]\nslow = 1", "slow"),
        ("[[steps", "no TOML"),
        ("x" * 200_001, "200001 characters"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_field(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        sequence_file.read(text)


def test_the_example_has_every_field_that_a_step_may_have() -> None:
    told = tomllib.loads(sequence_file.EXAMPLE)
    used = {name for one in told["steps"] for name in one}
    assert used >= {"number", "channel", "purpose", "delay", "template", "then", "on", "experiment"}
