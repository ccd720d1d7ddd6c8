"""A score follows from the account alone, says why, and shows what it does not know (A-28)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from outrider.prospects.rules import in_words, next_year_end, position, ranked, score, why_not
from outrider.prospects.types import (
    Account,
    AccountId,
    ContactStatus,
    Evidence,
    Fact,
    FactId,
    FactKind,
    FactorName,
    Standing,
    SuppressionReason,
)
from outrider.prospects.weights import LEASE_ACCOUNTING

TODAY = date(2026, 3, 2)
KNOTS = LEASE_ACCOUNTING.lease_knots


def fact(kind: FactKind, value: str, unit: str | None = None, as_of: date | None = None) -> Fact:
    evidence = Evidence(
        source="sec_10k",
        url="https://sec.example/10k",
        quote=value,
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        raw_sha256="0" * 64,
    )
    return Fact(
        id=FactId(UUID(int=1)),
        account_id=AccountId(UUID(int=2)),
        kind=kind,
        value=value,
        unit=unit,
        as_of=as_of,
        evidence=evidence,
    )


def standing(*facts: Fact, contacts: int = 0, **account: object) -> Standing:
    given_account = Account.model_validate({"id": UUID(int=2), "name": "Acme", **account})
    return Standing(account=given_account, facts=facts, contacts=contacts)


FULL = standing(
    fact(FactKind.OPERATING_LEASE_LIABILITY, "8700000000", "USD", date(2025, 2, 2)),
    fact(FactKind.FISCAL_YEAR_END, "05-31", "MM-DD"),
    fact(FactKind.AUDITOR, "KPMG LLP"),
    contacts=5,
    icp_score=Decimal(80),
    competitor="LeaseCo",
)


def test_the_six_weights_are_those_of_the_requirement() -> None:
    assert LEASE_ACCOUNTING.weights == {
        FactorName.LEASES: Decimal("0.35"),
        FactorName.ICP: Decimal("0.25"),
        FactorName.COMPETITOR: Decimal("0.15"),
        FactorName.YEAR_END: Decimal("0.10"),
        FactorName.CONTACTS: Decimal("0.10"),
        FactorName.AUDITOR: Decimal("0.05"),
    }


def test_weights_that_do_not_sum_to_one_are_refused() -> None:
    raw = LEASE_ACCOUNTING.model_dump()
    raw["weights"][FactorName.AUDITOR] = Decimal("0.06")
    with pytest.raises(ValidationError, match=r"sum to 1\.01"):
        type(LEASE_ACCOUNTING).model_validate(raw)


def test_every_factor_says_why_in_words() -> None:
    reasons = {f.name: f.reason for f in score(FULL, LEASE_ACCOUNTING, TODAY).factors}
    assert reasons == {
        "operating_lease_liability": "Operating lease liabilities of $8.7 billion as of 2025-02-02",
        "icp_score": "ICP score of 80 of 100",
        "competitor_presence": "They use LeaseCo",
        "fiscal_year_end_timing": "The fiscal year ends on 2026-05-31, in 90 days",
        "contact_count": "5 people we may write to",
        "auditor": "Audited by KPMG LLP",
    }


def test_the_points_are_the_weighted_sum() -> None:
    found = score(FULL, LEASE_ACCOUNTING, TODAY)
    by_hand = 35 * position(Decimal(8_700_000_000), KNOTS) + 25 * Decimal("0.8") + 15 + 10 + 10 + 5
    assert abs(found.points - by_hand) < Decimal("0.01")
    assert found.coverage == 1
    assert found.weights_version == LEASE_ACCOUNTING.version


def test_what_is_missing_adds_nothing_and_lowers_the_coverage() -> None:
    whole = score(FULL, LEASE_ACCOUNTING, TODAY)
    without = FULL.model_copy(
        update={"facts": tuple(f for f in FULL.facts if f.kind != FactKind.AUDITOR)}
    )
    found = score(without, LEASE_ACCOUNTING, TODAY)
    assert found.coverage == Decimal("0.95")
    assert found.points == whole.points - 5
    assert [f.value for f in found.factors if f.name == FactorName.AUDITOR] == [None]


def test_an_unknown_account_scores_nothing_and_says_so() -> None:
    found = score(standing(), LEASE_ACCOUNTING, TODAY)
    assert (found.points, found.coverage) == (Decimal(0), Decimal("0.1"))


def test_a_known_zero_is_not_a_missing_value() -> None:
    found = score(standing(icp_score=Decimal(0), competitor="none"), LEASE_ACCOUNTING, TODAY)
    assert found.coverage == Decimal("0.5")


def test_a_liability_in_another_currency_is_not_taken_for_dollars() -> None:
    euros = standing(fact(FactKind.OPERATING_LEASE_LIABILITY, "9000000000", "EUR"))
    lease = score(euros, LEASE_ACCOUNTING, TODAY).factors[0]
    assert lease.value is None
    assert "EUR" in lease.reason


@given(st.decimals(0, 10**13, places=2), st.decimals(0, 10**13, places=2))
def test_more_leases_never_score_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert 0 <= position(low, KNOTS) <= position(high, KNOTS) <= 1


def test_a_position_meets_the_reference_at_its_knots() -> None:
    for dollars, value in KNOTS:
        assert abs(position(dollars, KNOTS) - value) < Decimal("1e-12")


@pytest.mark.parametrize(
    ("month_day", "expected"),
    [
        ("03-02", date(2026, 3, 2)),
        ("03-01", date(2027, 3, 1)),
        ("02-29", date(2027, 2, 28)),
        ("12-31", date(2026, 12, 31)),
        ("13-01", None),
        ("06-31", None),
        ("January", None),
    ],
)
def test_the_next_year_end_is_on_or_after_today(month_day: str, expected: date | None) -> None:
    assert next_year_end(month_day, TODAY) == expected


@pytest.mark.parametrize(
    ("month_day", "value"), [("05-31", "1"), ("04-16", "0.5"), ("03-02", "0"), ("12-31", "0")]
)
def test_the_window_before_the_year_end_is_a_triangle(month_day: str, value: str) -> None:
    found = score(
        standing(fact(FactKind.FISCAL_YEAR_END, month_day)), LEASE_ACCOUNTING, TODAY
    ).factors[3]
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("auditor", "value"),
    [
        ("Ernst & Young LLP", "1"),
        ("PricewaterhouseCoopers LLP", "1"),
        ("BDO USA, P.C.", "0.6"),
        ("Smith and Partners", "0.3"),
        ("Abdomen Crowell", "0.3"),
    ],
)
def test_an_auditor_is_found_in_the_table_by_whole_words(auditor: str, value: str) -> None:
    found = score(standing(fact(FactKind.AUDITOR, auditor)), LEASE_ACCOUNTING, TODAY)
    assert found.factors[5].value == Decimal(value)


@given(st.integers(0, 50), st.decimals(0, 100, places=1), st.booleans())
def test_points_stay_between_0_and_100(contacts: int, icp: Decimal, known: bool) -> None:
    competitor = "LeaseCo" if known else None
    found = score(
        standing(*FULL.facts, contacts=contacts, icp_score=icp, competitor=competitor),
        LEASE_ACCOUNTING,
        TODAY,
    )
    assert 0 <= found.points <= 100
    assert 0 <= found.coverage <= 1


def test_the_best_comes_first_and_of_equals_the_better_known() -> None:
    best = score(FULL, LEASE_ACCOUNTING, TODAY)
    unknown = score(standing(), LEASE_ACCOUNTING, TODAY)
    known_zero = score(standing(icp_score=Decimal(0)), LEASE_ACCOUNTING, TODAY)
    assert ranked([unknown, known_zero, best]) == [best, known_zero, unknown]


@pytest.mark.parametrize(
    ("dollars", "said"),
    [
        ("8700000000", "$8.7 billion"),
        ("8000000000", "$8 billion"),
        ("999960000", "$1 billion"),
        ("74300000", "$74.3 million"),
        ("950000", "$950,000"),
        ("0", "$0"),
    ],
)
def test_amounts_are_said_as_people_say_them(dollars: str, said: str) -> None:
    assert in_words(Decimal(dollars)) == said


@pytest.mark.parametrize("status", ContactStatus)
def test_the_suppression_list_beats_every_status(status: ContactStatus) -> None:
    assert why_not(status, SuppressionReason.OPT_OUT) == "this person asked not to be written to"


def test_only_an_open_contact_may_be_written_to() -> None:
    assert why_not(ContactStatus.ACTIVE, None) is None
    assert why_not(ContactStatus.REPLIED, None) is None
    assert why_not(ContactStatus.OPTED_OUT, None)
    assert why_not(ContactStatus.INVALID, None)
