"""A figure is believed with the unit, the time and the thing that its source gives it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from outrider.guardrails.claims import ground
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    KnownFact,
    MailText,
    Names,
    Severity,
)

TODAY = date(2026, 5, 12)
NAMES = Names(account="Hallin Rör AB", contact_first="Ebba", contact_last="Norén", brand="Rostvakt")


def blocked(source: str, span: str, after: str = "") -> list[str]:
    """The words that block in a mail with one claim on one statement."""
    fact = KnownFact(
        id=ClaimedFactId(UUID(int=1)), account=NAMES.account, kind="statement", value=source, quote=source,
        as_of=date(2026, 4, 2),
    )  # fmt: skip
    body = f"Dear Ebba,\n\n{span}{after}.\n\nMay I call you?"
    mail = MailText(
        subject="A call", body=body, text=body, html="", step=1, booking_link="https://b.example/t",
        postal_address="1 Main Street", unsubscribe_url="https://b.example/u",
    )  # fmt: skip
    claims = [Claim(span=span, fact_id=fact.id, value=span)]
    found = ground(mail, claims, (fact,), NAMES, TODAY)
    return [
        body[item.span.start : item.span.end]
        for item in found
        if item.span and item.severity is Severity.BLOCK
    ]


def test_pieces_are_not_tonnes() -> None:
    source = "In April 2026 we received an order for 1,200 valves from Orrby."
    assert blocked(source, "an order for 1,200 valves") == []
    assert blocked(source, "an order for 1,200 tonnes of valves") == ["1,200"]


def test_what_is_told_of_a_year_is_not_told_of_a_week() -> None:
    source = "In 2025 we laid 5.1 million pipes."
    assert blocked(source, "5.1 million pipes a year") == []
    assert blocked(source, "5.1 million pipes a week") == ["5.1 million"]


def test_a_furnace_with_a_number_is_no_count_of_furnaces() -> None:
    source = "We relit furnace 4 in Målilla after a rebuild."
    assert blocked(source, "furnace 4 in Målilla") == []
    assert blocked(source, "four furnaces in Målilla") == ["four"]


def test_a_wrong_amount_is_found_beside_a_time_that_fits() -> None:
    source = "Hallin Rör raised 42 million euros in March 2026."
    assert blocked(source, "the 42 million euros of this spring") == []
    assert blocked(source, "the 24 million euros of this spring") == ["24 million euros"]


def test_the_number_of_a_makers_model_counts_nothing() -> None:
    source = "We operate 54 Lindqvist 175 presses in two halls."
    assert blocked(source, "54 presses") == []


def test_a_length_of_time_of_the_source_may_be_repeated() -> None:
    source = "Scrap cost us 640,000 euros in the first nine months of 2025."
    assert blocked(source, "640,000 euros of scrap", " in nine months isn't the end") == []
