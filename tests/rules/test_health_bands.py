"""From what was counted to a band, and out of it again: thresholds, floors, evidence, rest."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.health.reading import is_about_us, trouble_of, without_addresses
from outrider.sending.health.rules import (
    FACTORS,
    LINES,
    REST,
    judge,
    may_be_planned,
    next_band,
    released,
    standing_of,
)
from outrider.sending.health.types import Band, Kept, Scope, Tally, Trouble, Verdict
from tests.conftest import MONDAY

MAILBOX, DOMAIN = Scope.MAILBOX, Scope.DOMAIN


@pytest.mark.parametrize(
    ("scope", "band", "facts"),
    [
        (MAILBOX, Band.GOOD, {}),
        (MAILBOX, Band.GOOD, {"sends": 49, "hard": 2}),
        (MAILBOX, Band.STOP, {"sends": 50, "hard": 3}),
        (MAILBOX, Band.SLOW, {"sends": 100, "hard": 5}),  # 5 % is reached, not passed
        (MAILBOX, Band.STOP, {"sends": 100, "hard": 6}),
        (MAILBOX, Band.WATCH, {"sends": 100, "hard": 3}),
        (MAILBOX, Band.GOOD, {"sends": 100, "hard": 2}),
        (MAILBOX, Band.STOP, {"sends": 20, "hard": 3, "hard_among_last": 3}),
        (MAILBOX, Band.WATCH, {"sends": 20, "hard": 2, "hard_among_last": 2}),
        (MAILBOX, Band.SLOW, {"sends": 200, "complaints": 1}),
        (MAILBOX, Band.PAUSE, {"sends": 1000, "complaints": 1}),
        (MAILBOX, Band.WATCH, {"sends": 1001, "complaints": 1}),
        (MAILBOX, Band.PAUSE, {"sends": 200, "complaints": 2}),
        (MAILBOX, Band.STOP, {"sends": 200, "complaints": 3}),
        (MAILBOX, Band.STOP, {"sends": 1000, "complaints": 3}),
        (MAILBOX, Band.WATCH, {"sends": 9000, "complaints": 8}),
        (MAILBOX, Band.GOOD, {"tried": 10, "unproven": 5}),
        (DOMAIN, Band.PAUSE, {"tried": 10, "unproven": 1}),
        (DOMAIN, Band.WATCH, {"tried": 40, "blocked": 1}),
        (DOMAIN, Band.SLOW, {"tried": 40, "blocked": 2}),
        (DOMAIN, Band.PAUSE, {"tried": 40, "blocked": 3}),
        (DOMAIN, Band.SLOW, {"tried": 900, "blocked": 3}),
        (MAILBOX, Band.GOOD, {"tried": 19, "slowed": 19}),
        (MAILBOX, Band.WATCH, {"tried": 100, "slowed": 5}),
        (MAILBOX, Band.SLOW, {"tried": 100, "slowed": 10}),
        (MAILBOX, Band.PAUSE, {"tried": 100, "slowed": 30}),
    ],
)
def test_numbers_lead_to_a_band(scope: Scope, band: Band, facts: dict[str, int]) -> None:
    verdict = judge(Tally(**facts), scope)
    assert verdict.band is band, verdict.reason
    assert bool(verdict.reason) is (band is not Band.GOOD)


def test_the_table_is_ordered_from_the_worst_so_that_the_first_line_decides() -> None:
    ranks = [line.band.rank for line in LINES]
    assert ranks == sorted(ranks, reverse=True)
    assert {line.what for line in LINES} | {line.of for line in LINES} <= set(Tally.model_fields)


COUNTS = st.integers(0, 400)


@given(st.builds(Tally, **dict.fromkeys(("sends", "hard", "complaints", "blocked"), COUNTS)))
def test_one_more_complaint_never_makes_it_better(tally: Tally) -> None:
    worse = tally.model_copy(update={"complaints": tally.complaints + 1})
    assert judge(worse, DOMAIN).band.rank >= judge(tally, DOMAIN).band.rank


def kept(band: Band, **more: object) -> Kept:
    return Kept(scope=MAILBOX, target="m", band=band, since=MONDAY, reason="why", **more)


def after(before: Kept, verdict: Verdict, taken: int = 0, hours: float = 1) -> Kept:
    return next_band(before, verdict, Tally(since_change=taken), MONDAY + timedelta(hours=hours))


GOOD = Verdict(band=Band.GOOD)


def test_it_gets_worse_at_once_and_over_several_bands() -> None:
    stopped = after(kept(Band.GOOD), Verdict(band=Band.STOP, reason="bounces"))
    assert (stopped.band, stopped.reason, stopped.until) == (Band.STOP, "bounces", None)


def test_it_gets_better_one_band_at_a_time_and_only_after_twenty_good_mails() -> None:
    assert after(kept(Band.SLOW), GOOD, taken=19).band is Band.SLOW
    risen = after(kept(Band.SLOW), GOOD, taken=20)
    assert risen.band is Band.WATCH
    assert after(risen, GOOD, taken=20).band is Band.GOOD


def test_a_stop_waits_for_a_person_however_good_the_numbers_look() -> None:
    for band in (Band.STOP, Band.PAUSE):
        assert after(kept(band), GOOD, taken=500, hours=24 * 30).band is band


def test_a_pause_for_deferrals_ends_after_a_rest_and_goes_on_slowly() -> None:
    paused = after(kept(Band.GOOD), Verdict(band=Band.PAUSE, reason="put off", is_passing=True))
    assert paused.until == MONDAY + timedelta(hours=1) + REST
    assert standing_of([paused], MONDAY + timedelta(hours=2)).band is Band.PAUSE
    assert standing_of([paused], paused.until).band is Band.SLOW
    assert next_band(paused, GOOD, Tally(), paused.until).band is Band.SLOW


def test_a_release_is_slow_and_forgets_what_was_before() -> None:
    done = released(kept(Band.STOP), MONDAY, "list cleaned")
    assert (done.band, done.evidence_from, done.until) == (Band.SLOW, MONDAY, None)
    assert "list cleaned" in done.reason


def test_a_mailbox_stands_as_the_worse_of_its_own_and_its_domains_band() -> None:
    domain = Kept(scope=DOMAIN, target="d", band=Band.PAUSE, reason="dkim", since=MONDAY)
    standing = standing_of([kept(Band.WATCH), domain], MONDAY)
    assert (standing.band, standing.may_send) == (Band.PAUSE, False)
    assert standing.factor == 0
    assert standing.reason == "its domain is paused: dkim"
    assert standing_of([], MONDAY).factor == 1


def test_worse_bands_allow_less() -> None:
    shares = [FACTORS[band] for band in Band]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("cap", "factor", "used", "waiting", "left"),
    [(40, "1", 0, 0, 40), (40, "0.4", 10, 4, 2), (40, "0.4", 10, 9, 0), (40, "0", 0, 0, 0)],
)
def test_reputation_is_a_budget(cap: int, factor: str, used: int, waiting: int, left: int) -> None:
    assert may_be_planned(cap, Decimal(factor), used, waiting) == left


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("550 5.1.1 <x@y.example>: Recipient address rejected: User unknown", Trouble.ADDRESS),
        ("550 5.7.515 Access denied, sending domain does not meet the required authentication"
         " level.", Trouble.AUTHENTICATION),
        ("550-5.7.26 Your email has been blocked because the sender is unauthenticated.",
         Trouble.AUTHENTICATION),
        ("550 5.7.509 Access denied, sending domain does not pass DMARC verification",
         Trouble.AUTHENTICATION),
        ("550 5.7.1 Unauthenticated email from d.example is not accepted due to domain's DMARC"
         " policy", Trouble.AUTHENTICATION),
        ("550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your"
         " Internet service provider since part of their network is on our block list (S3140).",
         Trouble.BLOCKED),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
         Trouble.BLOCKED),
        ("421 4.7.28 Gmail has detected an unusual rate of unsolicited mail", Trouble.SLOWED),
        ("451 4.7.1 Greylisting in action, please come back later", Trouble.OTHER),
        ("452 4.2.2 The email account that you tried to reach is over quota", Trouble.OTHER),
        ("554 5.7.1 Message rejected as spam by content filter", Trouble.OTHER),
        ("", Trouble.OTHER),
    ],
)  # fmt: skip
def test_words_are_about_the_address_or_about_us(words: str, trouble: Trouble) -> None:
    assert trouble_of(words) is trouble


def test_only_a_dead_address_speaks_against_the_address() -> None:
    assert not is_about_us(Trouble.ADDRESS)
    assert all(map(is_about_us, (Trouble.AUTHENTICATION, Trouble.BLOCKED, Trouble.SLOWED)))


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_answer_breaks_the_reading(words: str, status: str) -> None:
    trouble_of(words, status or None)
    assert "a.b@c.example" not in without_addresses(f"{words} <a.b@c.example> {status}")
