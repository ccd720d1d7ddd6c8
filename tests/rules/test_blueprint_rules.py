"""What past mail may and may not teach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from outrider.campaigns import derive, rules, warn
from outrider.campaigns.types import Blueprint, BlueprintId, CampaignId, Features, Rule, Strength
from outrider.campaigns.weigh import Asked, Evidence, PastMailFacts, avoided, chosen, ranged
from outrider.kernel.ids import new_id

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
GOOD = {
    "word_count": 90,
    "cta_type": "question",
    "cta_count": 1,
    "cta_position": "end",
    "has_personalization": True,
    "personalization": ("greeting_name",),
    "structure_type": "plain",
    "is_bulk": False,
    "is_reply": False,
    "subject_words": 4,
    "subject_characters": 24,
    "subject_form": "statement",
    "subject_generic": False,
    "greeting": "hey",
    "opening": "prospect_fact",
    "sentences": 6,
    "sentence_words_median": 12,
    "sentence_words_p90": 18,
    "paragraphs": 3,
    "grade_level": "6.1",
    "value_words": 2,
    "problem_words": 2,
    "generic_phrases": 0,
    "links": 0,
    "sent_weekday": 1,
    "sent_hour": 10,
    "cadence_bucket": "first",
}
NEWSLETTER = GOOD | {
    "is_bulk": True,
    "word_count": 900,
    "cta_type": "link",
    "subject_words": 12,
    "structure_type": "newsletter",
    "paragraphs": 30,
    "links": 50,
}


def evidence(*kinds: tuple[int, dict[str, object]]) -> Evidence:
    mails: list[PastMailFacts] = []
    for count, values in kinds:
        for _ in range(count):
            number = len(mails)
            features = Features.model_validate({"series": f"s{number}"} | values)
            at = MONDAY + timedelta(days=number)
            mails.append(PastMailFacts(features, f"p{number % 3}@brand.example", at))
    return Evidence(mails=tuple(mails))


def span(rule: Rule) -> tuple[int, int]:
    """Low and high."""
    assert rule.low is not None
    assert rule.high is not None
    return int(rule.low), int(rule.high)


def every_rule(brand: Evidence, rival: Evidence | None = None) -> tuple[Rule, ...]:
    return (
        *derive.structure(brand),
        *derive.dos(brand),
        *derive.donts(brand),
        *derive.cadence(brand),
        *derive.compared(brand, rival or Evidence(())),
    )


def by_name(found: tuple[Rule, ...], name: str, step: int | None = None) -> Rule:
    return next(rule for rule in found if rule.name == name and rule.step == step)


@pytest.mark.parametrize(
    "brand",
    [
        Evidence(()),
        evidence((60, NEWSLETTER)),
        evidence((60, GOOD)),
        evidence((60, GOOD | {"word_count": 4000, "cta_type": "meeting", "cta_count": 9})),
        evidence((60, GOOD | {"word_count": 1, "subject_words": 0, "sent_hour": 3})),
        evidence((9, GOOD), (200, NEWSLETTER)),
    ],
)
def test_no_past_mail_moves_a_rule_out_of_its_safe_range(brand: Evidence) -> None:
    ranges = [rule for rule in every_rule(brand) if (rule.name, rule.step) in rules.SAFE
              or (rule.name, None) in rules.SAFE]  # fmt: skip
    assert len(ranges) >= 13
    for rule in ranges:
        safe = rules.safe(rule.name, rule.step)
        low, high = span(rule)
        assert safe.low <= low <= high <= safe.high, rule


@pytest.mark.parametrize("brand", [Evidence(()), evidence((40, GOOD)), evidence((40, NEWSLETTER))])
def test_a_writer_finds_every_rule_by_its_name(brand: Evidence) -> None:
    blueprint = Blueprint(
        id=BlueprintId(new_id(MONDAY)),
        campaign_id=CampaignId(new_id(MONDAY)),
        version=1,
        status="active",
        dos=derive.dos(brand),
        donts=derive.donts(brand),
        cadence=derive.cadence(brand),
        structure=derive.structure(brand),
        sufficiency=Decimal(0),
        created_at=MONDAY,
    )
    names = (
        "subject_words subject_form body_words paragraphs sentence_words grade_level greeting"
        " opening cta_type cta_count step_delay_business_days steps personalization"
    )
    for name in names.split():
        for step in (1, 2, 3):
            if name != "step_delay_business_days" or step > 1:
                assert blueprint.rule(name, step) is not None, (name, step)


def test_newsletters_do_not_teach_the_length_of_a_sales_mail() -> None:
    rule = by_name(every_rule(evidence((85, NEWSLETTER))), "body_words", 1)
    assert (span(rule), rule.strength) == ((50, 125), Strength.DEFAULT)
    assert (rule.support, rule.out_of, rule.confidence) == (0, 85, Decimal(0))
    assert "900" in rule.text


def test_good_past_mail_makes_strong_rules() -> None:
    found = every_rule(evidence((60, GOOD)))
    words = by_name(found, "body_words", 1)
    assert words.strength is Strength.STRONG
    low, high = span(words)
    assert low <= 90 <= high
    assert (low, high) != (50, 125)
    assert by_name(found, "greeting").choice == "hey"


def test_a_first_mail_never_learns_to_ask_for_a_meeting() -> None:
    pushy = GOOD | {"cta_type": "meeting"}
    found = every_rule(evidence((80, pushy)))
    ask = by_name(found, "cta_type", 1)
    dont = by_name(found, "hard_meeting_ask", 1)
    assert (ask.choice, ask.strength) == ("question", Strength.DEFAULT)
    assert (dont.support, dont.out_of, dont.strength) == (0, 80, Strength.DEFAULT)


def test_a_habit_that_was_given_up_is_not_learned() -> None:
    old, new = GOOD | {"subject_words": 3}, GOOD | {"subject_words": 7}
    steady = ranged(Asked("subject_words", "{low} to {high}"), [3, 7] * 20)
    changed = by_name(every_rule(evidence((20, old), (20, new | {"greeting": "dear"}))), "greeting")
    assert steady.strength is not Strength.DEFAULT
    assert changed.strength is Strength.DEFAULT


def test_answers_in_a_discussion_are_no_outreach() -> None:
    talk = evidence((50, GOOD | {"is_reply": True}))
    assert talk.one_to_one == ()
    assert by_name(every_rule(talk), "cta_type", 1).strength is Strength.DEFAULT


def test_a_competitors_norms_are_never_strong() -> None:
    found = derive.compared(evidence((60, GOOD)), evidence((60, NEWSLETTER)))
    assert {rule.strength for rule in found} == {Strength.WEAK}
    assert by_name(found, "compared_body_words").choice == "differentiate"
    assert by_name(found, "compared_cta_type").choice == "differentiate"
    close = derive.compared(evidence((60, GOOD)), evidence((60, GOOD)))
    assert by_name(close, "compared_body_words").choice == "align"


def test_more_mail_raises_the_demand_on_a_strong_rule() -> None:
    demands = [rules.needed_confidence(mails) for mails in (10, 50, 100, 500)]
    assert demands == sorted(demands)
    assert demands[0] < demands[-1]


@pytest.mark.parametrize(
    ("hits", "total", "bound"),
    [(0, 0, "0"), (0, 10, "0.000"), (10, 10, "0.722"), (5, 10, "0.237"), (80, 100, "0.711")],
)
def test_confidence_is_the_lower_wilson_bound(hits: int, total: int, bound: str) -> None:
    assert rules.wilson_lower(hits, total) == Decimal(bound)


def test_few_cases_make_no_rule_however_clear_they_are() -> None:
    few = chosen(Asked("greeting", "Greet with {choice}"), ["hey"] * 4, ("hi", "hey"))
    enough = chosen(Asked("greeting", "Greet with {choice}"), ["hey"] * 6, ("hi", "hey"))
    assert (few.choice, few.strength) == ("hi", Strength.DEFAULT)
    assert (enough.choice, enough.confidence > 0) == ("hey", True)


def test_a_warning_in_a_dont_counts_those_who_kept_to_it() -> None:
    rule = avoided(Asked("many_links", "No links"), [True] * 18 + [False] * 2, "they cost trust")
    assert (rule.support, rule.out_of) == (18, 20)
    assert "18 of 20" in rule.text


def test_low_data_is_said_in_plain_words() -> None:
    nothing = Evidence(())
    gaps = warn.Gaps.of(nothing, nothing)
    said = " ".join(warn.warnings(gaps, None, ()))
    for part in ("may come out generic", "no past mail of the brand", "no mail of a competitor",
                 "no additional context"):  # fmt: skip
        assert part in said
    letters = " ".join(warn.warnings(warn.Gaps.of(evidence((85, NEWSLETTER)), nothing), "x", ()))
    assert "Only 0 of 85 brand mails" in letters


def test_enough_good_data_gives_no_warning() -> None:
    steps = [
        (30, GOOD),
        *[(1, GOOD | {"series": f"s{n}", "follow_up_index": 1}) for n in range(30)],
        *[(1, GOOD | {"series": f"s{n}", "follow_up_index": 2}) for n in range(30)],
    ]
    brand = evidence(*steps)
    gaps = warn.Gaps.of(brand, evidence((40, GOOD)))
    assert warn.sufficiency(gaps) > Decimal("0.9")
    assert warn.warnings(gaps, None, ()) == ()


def test_sufficiency_grows_with_the_data_and_stays_between_0_and_1() -> None:
    scores = [
        warn.sufficiency(warn.Gaps.of(evidence((n, GOOD)), evidence((n, NEWSLETTER))))
        for n in (0, 5, 20, 60, 400)
    ]
    assert scores == sorted(scores)
    assert scores[0] == 0
    assert scores[-1] <= 1


def test_the_campaigns_context_fills_in_for_defaults_only() -> None:
    context = "Keep it to 60 to 80 words, 3 to 4 mails, nothing pushy."
    default = warn.with_context(derive.structure(Evidence(())), context)
    learned = warn.with_context(derive.structure(evidence((60, GOOD))), context)
    first = by_name(default, "body_words", 1)
    assert span(first) == (60, 80)
    assert first.text.startswith(warn.FROM_CONTEXT)
    assert by_name(default, "body_words", 2).low == 40
    assert by_name(learned, "body_words", 1).strength is Strength.STRONG


def test_a_wish_outside_the_safe_range_is_cut_to_it() -> None:
    wished = warn.with_context(derive.structure(Evidence(())), "Write 100 to 600 words please")
    assert span(by_name(wished, "body_words", 1)) == (
        100,
        125,
    )
    unsafe = warn.with_context(derive.structure(Evidence(())), "Write 400 to 600 words please")
    assert span(by_name(unsafe, "body_words", 1)) == (
        50,
        125,
    )
