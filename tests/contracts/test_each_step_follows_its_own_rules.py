"""A blueprint may ask each step of a sequence for something else; the writer follows its step's rule."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import UUID

import pytest

from outrider.campaigns.types import Blueprint, BlueprintId, CampaignId, Rule, Strength
from outrider.drafts.review.judge import limits
from outrider.drafts.types import WriteRequest, WrittenMail
from outrider.vendors.offline_writer.writer import write
from tests.drafts_world import NOW, dossier, write_request

MOST = {1: 75, 2: 48, 3: 36}
GREETINGS = {1: "hello", 2: "hey", 3: "hi"}
COMPANIES = ("Harbor Outfitters", "Blue Mesa Foods", "Oak & Iron Gyms", "Tidewater Freight",
             "Juniper Cinemas", "Larkspur Books Ltd")  # fmt: skip


def rule(
    name: str, step: int | None, *, high: int | None = None, choice: str | None = None
) -> Rule:
    return Rule(
        name=name,
        text=f"{name} of step {step}",
        low=Decimal(20) if high else None,
        high=None if high is None else Decimal(high),
        choice=choice,
        support=9,
        out_of=10,
        confidence=Decimal("0.6"),
        strength=Strength.STRONG,
        step=step,
    )


def blueprint(most: dict[int, int] = MOST) -> Blueprint:
    return Blueprint(
        id=BlueprintId(UUID(int=1)),
        campaign_id=CampaignId(UUID(int=2)),
        version=4,
        status="active",
        structure=tuple(rule("body_words", step, high=high) for step, high in most.items()),
        dos=(
            *(rule("greeting", step, choice=choice) for step, choice in GREETINGS.items()),
            *(rule("cta_type", step, choice="question") for step in MOST),
        ),
        donts=(rule("hard_meeting_ask", 1), rule("generic_phrases", None)),
        cadence=(),
        sufficiency=Decimal("0.5"),
        created_at=NOW,
    )


def written(name: str, step: int, asked: Blueprint | None) -> tuple[WriteRequest, WrittenMail]:
    request = write_request(dossier(name), step=step).model_copy(update={"blueprint": asked})
    return request, write(request)


@pytest.mark.parametrize("step", MOST)
@pytest.mark.parametrize("name", COMPANIES)
def test_length_greeting_and_ask_are_those_of_the_step(name: str, step: int) -> None:
    _, mail = written(name, step, blueprint())
    assert len(mail.body.split()) <= MOST[step]
    assert mail.body.casefold().startswith(f"{GREETINGS[step]} dana,")
    assert mail.body.count("?") == 1
    assert mail.body.endswith("?")
    if step == 1:
        assert not re.search(r"(?i)minutes|\bcall\b|meeting", mail.body)


def test_without_the_rule_the_same_steps_are_longer() -> None:
    longer = [
        (name, step)
        for name in COMPANIES
        for step in MOST
        if len(written(name, step, None)[1].body.split()) > MOST[step]
    ]
    assert len(longer) >= 3


def test_a_rule_of_another_step_does_not_count() -> None:
    only_second = blueprint({2: 30})
    plain = written("Harbor Outfitters", 1, None)[1]
    mail = written("Harbor Outfitters", 1, only_second)[1]
    assert mail.body.split()[2:] == plain.body.split()[2:]


def test_what_cannot_be_kept_is_said_to_the_reviewer() -> None:
    _, mail = written("Harbor Outfitters", 1, blueprint({1: 10}))
    words = len(mail.body.split())
    assert words > 10
    assert (
        f"{words} words where version 4 of the campaign's blueprint asks for 10 at most; none is "
        "shorter." in mail.reasoning
    )
    assert not any(line.startswith("Built by") for line in mail.reasoning)


@pytest.mark.parametrize("step", MOST)
def test_reasons_are_three_to_five_sentences(step: int) -> None:
    _, mail = written("Harbor Outfitters", step, blueprint())
    assert 3 <= len(mail.reasoning) <= 5
    assert all(line.endswith(".") and len(line.split()) >= 4 for line in mail.reasoning)


@pytest.mark.parametrize("step", MOST)
def test_the_judge_is_told_the_limits_of_the_step(step: int) -> None:
    told = limits(blueprint(), step)
    assert (told.words_low, told.words_high, told.ask) == (20, MOST[step], "question")
    assert f"greeting of step {step}" in told.rules
    assert not any(
        f"of step {other}" in text for other in MOST if other != step for text in told.rules
    )
    assert "generic_phrases of step None" in told.rules
