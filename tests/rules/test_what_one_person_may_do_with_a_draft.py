"""Who may do what with a draft, and the sentence that says why not."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review.allowed import (
    Approval,
    Situation,
    Verb,
    allowed,
    enough,
    time_left,
    told,
)
from outrider.drafts.review.types import Action, Verdict
from outrider.drafts.types import DraftStatus
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.ids import PersonId

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def member(role: str, name: str = "Ann Reed", number: int = 1) -> Member:
    address = f"{name.split()[0].lower()}@brand.example"
    return Member(PersonId(UUID(int=number)), name, address, PersonRole(role))


ANN = member("approver")
MIA = member("admin", "Mia Holt", 2)
KIM = member("campaign_manager", "Kim Lee", 3)
COLE = member("compliance", "Cole Dunn", 4)
EVERYBODY = tuple((one.email, one.role) for one in (ANN, MIA, KIM, COLE))


def case(**values: Any) -> Situation:
    base = {"status": DraftStatus.PENDING, "content_hash": "h", "now": NOW, "people": EVERYBODY}
    return Situation.model_validate({**base, **values})


def verdict(action: Action = Action.REVIEW, **values: Any) -> Verdict:
    return Verdict(action=action, rule="deal", reason="The deal is over $100,000.", **values)


def why_not(situation: Situation, who: Member, verb: Verb = Verb.APPROVE) -> str | None:
    permission = allowed(situation, who)[verb]
    assert permission.allowed == (permission.why_not is None)
    return permission.why_not


def test_whoever_may_decide_may_do_everything_with_a_pending_draft() -> None:
    for who in (ANN, MIA, KIM):
        can = allowed(case(verdict=verdict(to="admin")), who)
        assert [str(verb) for verb, one in can.items() if not one.allowed] == ["take_back"]


def test_a_viewer_may_do_nothing_and_is_told_whom_to_ask() -> None:
    for verb in Verb:
        assert why_not(case(), member("viewer", "Vic Low"), verb) == (
            "Vic Low is viewer here and may not decide; "
            "ask an approver, a campaign manager or an admin."
        )


def test_what_was_decided_says_who_and_when() -> None:
    said = told(DraftStatus.APPROVED, None, "approve", "Mia", "15:02 UTC")
    assert said == "Mia approved it at 15:02 UTC."
    assert why_not(case(status=DraftStatus.APPROVED, told=said), ANN) == said
    assert told(DraftStatus.SENT, None, "approve", "Mia", "15:02 UTC") == (
        "Mia approved it at 15:02 UTC. It is sent."
    )
    assert told(DraftStatus.EXPIRED, "Nobody decided in time.", None, "", "") == (
        "It is expired (Nobody decided in time)."
    )
    assert told(DraftStatus.PENDING, None, None, "", "") is None


ESCALATIONS = [
    ("admin", ANN, "Its policy asks for an admin: The deal is over $100,000."),
    ("admin", KIM, "Its policy asks for an admin: The deal is over $100,000."),
    ("admin", MIA, None),
    ("campaign_manager", ANN, "Its policy asks for a campaign manager: The deal is over $100,000."),
    ("campaign_manager", KIM, None),
    ("campaign_manager", MIA, None),
    ("compliance", COLE, None),
    ("compliance", ANN, "Its policy asks for compliance: The deal is over $100,000."),
    ("compliance", MIA, None),
    ("mia@brand.example", ANN, "Its policy asks for mia@brand.example: The deal is over $100,000."),
    ("mia@brand.example", MIA, None),
    ("MIA@brand.example", MIA, None),
    ("gone@brand.example", KIM, None),
]


@pytest.mark.parametrize(("to", "who", "says"), ESCALATIONS)
def test_an_escalation_is_decided_by_whom_it_is_for_or_above(
    to: str, who: Member, says: str | None
) -> None:
    situation = case(verdict=verdict(Action.ESCALATE, to=to), assigned=to)
    for verb in (Verb.APPROVE, Verb.EDIT, Verb.REJECT):
        assert why_not(situation, who, verb) == says


def test_compliance_decides_nothing_else() -> None:
    assert why_not(case(verdict=verdict()), COLE) is not None


def test_a_stand_in_decides_in_the_place_of_another() -> None:
    situation = case(verdict=verdict(Action.ESCALATE, to="mia@brand.example"))
    assert not allowed(situation, ANN)[Verb.APPROVE].allowed
    assert allowed(situation, ANN, (MIA,))[Verb.APPROVE].allowed
    assert allowed(case(verdict=verdict(Action.ESCALATE, to="admin")), ANN, (MIA,))[
        Verb.APPROVE
    ].allowed


def test_time_never_lowers_the_role_that_a_policy_asks_for() -> None:
    to_admin = verdict(Action.ESCALATE, to="admin")
    late = case(verdict=to_admin, assigned="campaign_manager", level=1)
    assert why_not(late, KIM) is not None
    silent = case(
        verdict=verdict(Action.ESCALATE, to="mia@brand.example"), assigned="campaign_manager"
    )
    assert why_not(silent, KIM) is not None
    assert why_not(silent.model_copy(update={"level": 1}), KIM) is None


def test_a_role_that_nobody_holds_is_not_waited_for() -> None:
    small = case(
        verdict=verdict(Action.ESCALATE, to="campaign_manager"), people=((ANN.email, ANN.role),)
    )
    assert why_not(small, ANN) is None


def test_a_blocked_draft_can_be_edited_and_rejected() -> None:
    for situation, says in (
        (case(verdict=verdict(Action.BLOCK)), "Blocked by its policy: The deal is over $100,000. "
         "Edit or reject it."),
        (case(blocking=("It names a rival.", "x")), "Blocked: It names a rival (and 1 more)."),
    ):  # fmt: skip
        assert why_not(situation, MIA) == says
        assert why_not(situation, MIA, Verb.EDIT) is None
        assert why_not(situation, MIA, Verb.REJECT) is None


def test_one_person_is_never_two() -> None:
    own = Approval(person_id=ANN.person_id, name="Ann", content_hash="h", approved_at=NOW)
    twice = case(verdict=verdict(approvals=2), approvals=(own,))
    assert why_not(twice, ANN) == (
        "You approved it at 15:00 UTC; one more approval is needed, by somebody else."
    )
    assert not enough(twice, ANN)
    assert enough(twice, MIA)
    assert why_not(twice, MIA) is None
    other_words = twice.model_copy(update={"content_hash": "other"})
    assert not enough(other_words, MIA)
    assert why_not(other_words, ANN) is None


def test_an_approval_is_taken_back_in_its_time_only() -> None:
    approved = case(status=DraftStatus.APPROVED, undo_until=NOW + timedelta(seconds=22))
    assert why_not(approved, ANN, Verb.TAKE_BACK) is None
    late = approved.model_copy(update={"now": NOW + timedelta(seconds=22)})
    assert why_not(late, ANN, Verb.TAKE_BACK) == (
        "The time to take the approval back ended at 15:00:22 UTC."
    )
    assert why_not(case(), ANN, Verb.TAKE_BACK) == (
        "It waits for a decision: there is no approval to take back."
    )


def test_the_time_left_is_never_said_to_be_longer_than_it_is_by_more_than_a_second() -> None:
    for seconds, said in ((0.2, "1 s"), (22, "22 s"), (119, "119 s"), (120, "2 min"), (0, "0 s")):
        assert time_left(NOW + timedelta(seconds=seconds), NOW) == said


STATUSES = st.sampled_from(DraftStatus)
VERDICTS = st.none() | st.builds(
    verdict,
    st.sampled_from(Action),
    to=st.none()
    | st.sampled_from(["admin", "campaign_manager", "approver", "compliance", "x@y.z"]),
    approvals=st.sampled_from([1, 2]),
)


@given(
    STATUSES,
    VERDICTS,
    st.sampled_from(PersonRole),
    st.lists(st.sampled_from(["It names a rival."]), max_size=1),
)
def test_no_person_approves_what_is_not_pending_or_is_blocked(
    status: DraftStatus, found: Verdict | None, role: PersonRole, blocking: list[str]
) -> None:
    situation = case(status=status, verdict=found, blocking=tuple(blocking))
    can = allowed(situation, member(role))
    if can[Verb.APPROVE].allowed:
        assert status is DraftStatus.PENDING
        assert not blocking
        assert found is None or found.action is not Action.BLOCK
    for permission in can.values():
        assert permission.allowed == (permission.why_not is None)
        assert permission.why_not is None or permission.why_not.endswith(".")
    if role in (PersonRole.VIEWER, PersonRole.OPERATOR):
        assert not any(one.allowed for one in can.values())


def test_a_lower_role_never_may_more_than_one_above_it() -> None:
    for status, action, to in itertools.product(
        DraftStatus, Action, (None, "approver", "campaign_manager", "admin")
    ):
        situation = case(status=status, verdict=verdict(action, to=to))
        low, mid, high = (allowed(situation, who) for who in (ANN, KIM, MIA))
        for verb in Verb:
            assert low[verb].allowed <= mid[verb].allowed <= high[verb].allowed
