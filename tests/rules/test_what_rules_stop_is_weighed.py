"""Learned weights let some findings through and stop others; hard evidence they leave alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

from outrider.guardrails.claims import ground
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    Finding,
    KnownFact,
    MailText,
    Names,
    Severity,
)

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 10, 20)
SOURCE = "In 2025 we baked 88 million bread rolls in two bakeries in Kassel."
FACT = KnownFact(
    id=ClaimedFactId(UUID(int=1)),
    account="Immenroth Brot GmbH",
    kind="statement",
    value=SOURCE,
    quote=SOURCE,
    as_of=date(2025, 12, 31),
)
NAMES = Names(
    account="Immenroth Brot GmbH",
    contact_first="Ute",
    contact_last="Dressler",
    sender="Jan Vogt",
    brand="Ofenfit",
    competitors=("Backdoktor",),
    others=("Ofenfit services industrial baking ovens at night and on Sundays.",),
)
CLAIM = "88 million bread rolls"


def judged(body: str, *spans: str) -> list[Finding]:
    mail = MailText(
        subject="Ovens at night", body=body, text=body, html="", step=1, booking_link="https://b.example/t",
        postal_address="1 Main Street", unsubscribe_url="https://b.example/u",
    )  # fmt: skip
    claims = [Claim(span=span, fact_id=FACT.id, value=span) for span in (CLAIM, *spans)]
    return ground(mail, claims, (FACT,), NAMES, TODAY)


def on(findings: list[Finding], words: str, body: str) -> list[Finding]:
    return [
        item for item in findings if item.span and body[item.span.start : item.span.end] == words
    ]


def test_an_unknown_name_in_a_question_about_a_day_is_shown_with_a_reason_and_does_not_block() -> (
    None
):
    body = (
        "Dear Ms Dressler,\n\nYou baked 88 million bread rolls.\n\nWe look after ovens at night. Would late "
        "October be acceptable, or is it better to wait until after Obonto?"
    )
    found = on(judged(body), "Obonto", body)
    assert [item.severity for item in found] == [Severity.WARN]
    assert found[0].fix.startswith("Look whether it is true: ")
    assert len(found[0].fix) > len("Look whether it is true: ") + 5


def test_a_name_that_does_something_to_the_reader_still_blocks() -> None:
    body = (
        "Dear Ms Dressler,\n\n88 million bread rolls! Halberg Foods hired us after you bought its third oven.\n\n"
        "We look after ovens at night. May I call you?"
    )
    found = on(judged(body), "Halberg Foods", body)
    assert [item.severity for item in found] == [Severity.BLOCK]


def test_a_claimed_figure_that_differs_from_its_fact_blocks_whatever_surrounds_it() -> None:
    body = (
        "Dear Ms Dressler,\n\n88 million bread rolls! I tried to picture it and perhaps somebody once told me of "
        "61 million rolls.\n\nMay I call you?"
    )
    assert any(
        item.severity is Severity.BLOCK and item.check == "claim_contradicted"
        for item in judged(body, "61 million rolls")
    )


def test_a_competitor_by_name_blocks_wherever_it_stands() -> None:
    body = "Dear Ms Dressler,\n\n88 million bread rolls! I passed Backdoktor on the way home.\n\nMay I call you?"
    found = on(judged(body), "Backdoktor", body)
    assert [item.severity for item in found] == [Severity.BLOCK]


def test_a_small_count_of_what_the_reader_has_blocks_though_the_rules_only_warn() -> None:
    body = (
        "Dear Ms Dressler,\n\nYou baked 88 million bread rolls, and you received 12 new ovens in Kassel this year.\n\n"
        "May I call you?"
    )
    assert any(
        item.severity is Severity.BLOCK
        and item.span
        and "12" in body[item.span.start : item.span.end]
        for item in judged(body)
    )


def test_the_weights_in_the_tree_are_those_that_the_published_first_looks_give() -> None:
    script = ROOT / "scripts" / "claim_weights.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
