"""The judge without a model: worse mails score lower, in the dimension in which they are worse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from outrider.drafts.types import Dimension, Judgement, JudgeRequest, Limits, OfferedFact, Score
from outrider.vendors.offline_writer.judge import judge

GOOD = (
    "Hi Dana,\n\nWhen an amendment comes in, somebody at Harbor Outfitters has to read it before the "
    "$413 million of lease liabilities can be right. Most teams do that by hand.\n\n"
    "We read lease documents and keep every number linked to its page.\n\n"
    "Who does the reading on your side?"
)
FACTS = (
    OfferedFact(kind="lease", value="412600000", provenance="filing", is_used=True),
    OfferedFact(kind="auditor", value="Bellweather", provenance="filing", is_used=False),
)


def asked(
    body: str = GOOD, subject: str = "Lease amendments at Harbor", **more: object
) -> JudgeRequest:
    values: dict[str, object] = {
        "writer": "a-model",
        "subject": subject,
        "body": body,
        "text": body,
        "first_name": "Dana",
        "title": "Controller",
        "account": "Harbor Outfitters, Inc.",
        "campaign": "Leases",
        "campaign_context": "We read lease documents for accounting teams.",
        "step": 1,
        "purpose": "first_touch",
        "angle": "paper",
        "offered": FACTS,
    }
    return JudgeRequest.model_validate(values | more)


def scores(request: JudgeRequest) -> dict[Dimension, int]:
    return {name: item.score for name, item in judge(request).by_dimension().items()}


WORSE = {
    "stock phrases": (
        Dimension.TONE,
        GOOD.replace("When an", "I hope this finds you well! Just checking in. When an"),
    ),
    "pressure": (Dimension.TONE, GOOD.replace("We read", "Act now, it's a no-brainer. We read")),
    "no name": (Dimension.PERSONALIZATION, GOOD.replace("Hi Dana,", "Hello,")),
    "no company": (
        Dimension.PERSONALIZATION,
        GOOD.replace("somebody at Harbor Outfitters", "somebody").replace("Harbor", ""),
    ),
    "too long": (
        Dimension.BREVITY,
        GOOD.replace("\n\nWho", " It is a lot to read." * 30 + "\n\nWho"),
    ),
    "no reason": (
        Dimension.ANGLE_RELEVANCE,
        "Hi Dana,\n\nHarbor Outfitters is a fine company, and our product is a fine product.\n\n"
        "Would you like to hear more of it?",
    ),
    "no question": (
        Dimension.CALL_TO_ACTION,
        GOOD.replace("Who does the reading on your side?", "Have a good week."),
    ),
    "many questions": (
        Dimension.CALL_TO_ACTION,
        GOOD.replace("Who does", "Is it you? Is it Tom? Should I ask him? Who does"),
    ),
    "a meeting at once": (
        Dimension.CALL_TO_ACTION,
        GOOD.replace("Who does the reading on your side?", "Can we book a 30 minute call?"),
    ),
}


@pytest.mark.parametrize("fault", WORSE)
def test_a_fault_lowers_its_dimension(fault: str) -> None:
    dimension, body = WORSE[fault]
    assert scores(asked(body))[dimension] < scores(asked())[dimension]


@pytest.mark.parametrize("fault", ["stock phrases", "no name", "no question"])
def test_a_fault_leaves_the_other_dimensions_alone(fault: str) -> None:
    dimension, body = WORSE[fault]
    good, bad = scores(asked()), scores(asked(body))
    others = [name for name in Dimension if name is not dimension]
    assert all(bad[name] <= good[name] for name in others)
    assert sum(good[name] - bad[name] for name in others) <= 1


def test_a_good_mail_is_good_in_everything() -> None:
    assert min(scores(asked()).values()) >= 4


def test_the_blueprint_s_limit_counts_before_ours() -> None:
    tight = asked(limits=Limits(words_high=40))
    assert scores(tight)[Dimension.BREVITY] < scores(asked())[Dimension.BREVITY]
    assert "40 are the limit" in judge(tight).brevity.reason


def test_a_list_of_figures_is_no_personal_mail() -> None:
    many = tuple(fact.model_copy(update={"is_used": True}) for fact in FACTS * 2)
    assert (
        scores(asked(offered=many))[Dimension.PERSONALIZATION]
        < scores(asked())[Dimension.PERSONALIZATION]
    )


@pytest.mark.parametrize("body", ["?", "a", "\n", "!" * 5_000, "\u202eabc \u0000", "Hi,\n\n?"])
def test_any_text_gets_five_scores_with_a_reason(body: str) -> None:
    answer = judge(asked(body))
    assert all(item.reason.strip() for item in answer.by_dimension().values())
    assert answer == judge(asked(body))


def test_a_judgement_without_a_dimension_or_a_reason_is_none() -> None:
    one = {"score": 3, "reason": "fits"}
    whole = {name.value: one for name in Dimension}
    assert Judgement.model_validate(whole).tone == Score(score=3, reason="fits")
    for wrong in (
        {name: value for name, value in whole.items() if name != "tone"},
        whole | {"tone": {"score": 6, "reason": "fits"}},
        whole | {"tone": {"score": 0, "reason": "fits"}},
        whole | {"tone": {"score": 3, "reason": "   "}},
        whole | {"tone": {"score": 3.5, "reason": "fits"}},
        whole | {"wit": one},
    ):
        with pytest.raises(ValidationError):
            Judgement.model_validate(wrong)
