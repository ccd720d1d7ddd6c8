"""A machine is not taken for a person, nor our own copy for an answer."""

from __future__ import annotations

from datetime import date

import pytest

from outrider.conversations.classify import kind_of
from outrider.conversations.parse import parse
from outrider.conversations.rules import bounce_health
from outrider.conversations.states import after
from outrider.conversations.types import ThreadStatus, TurnKind
from outrider.sending.bounces.autoreply import returns_on
from tests.mails import complaint, read_receipt, reply

OURS = "<0190aa@try-brand.example>"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (reply(OURS, "Sounds interesting, tell me more."), TurnKind.REPLY),
        (reply(OURS, "Please stop emailing me."), TurnKind.OPT_OUT),
        (reply(OURS, "We should not stop now!"), TurnKind.REPLY),
        (
            reply(OURS, "I am away.", headers="Auto-Submitted: auto-replied\r\n"),
            TurnKind.AUTO_REPLY,
        ),
        (reply(OURS, "Yes.", headers="Auto-Submitted: no\r\n"), TurnKind.REPLY),
        (reply(OURS, "I am away.", subject="Out of Office: Lease data"), TurnKind.AUTO_REPLY),
        (reply(OURS, "Yes.", headers="Precedence: bulk\r\n"), TurnKind.REPLY),
        (reply(OURS, "Hi", sender="Sam <SAM@try-brand.example>"), TurnKind.OWN),
        (reply(OURS, "", subject="unsubscribe"), TurnKind.OPT_OUT),
        (reply(OURS, "Yes please", subject="Re: unsubscribe"), TurnKind.REPLY),
        (complaint(OURS), TurnKind.COMPLAINT),
        (read_receipt(OURS), TurnKind.AUTO_REPLY),
    ],
)
def test_each_mail_is_what_it_is(raw: bytes, kind: TurnKind) -> None:
    assert kind_of(parse(raw), {"sam@try-brand.example"}) is kind


def test_our_unsubscribe_line_in_the_quote_is_no_opt_out() -> None:
    mail = parse(reply(OURS, "Can you call me on Friday?"))
    assert "unsubscribe" in mail.text
    assert kind_of(mail, ()) is TurnKind.REPLY


def test_the_nearest_parent_comes_first() -> None:
    assert parse(reply(OURS, "Yes.")).references == (OURS, "<older@acme.example>")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until March 16, 2026.", date(2026, 3, 16)),
        ("I'll be back on Monday, 16 March.", date(2026, 3, 16)),
        ("Returning on 2026-03-16", date(2026, 3, 16)),
        ("Ich bin bis zum 16. März nicht im Büro.", date(2026, 3, 16)),
        ("I am back on January 7th.", date(2027, 1, 7)),
        ("Back on 05/04.", None),
        ("I am away until further notice.", None),
        ("away until February 31", None),
    ],
)
def test_the_end_of_an_absence_is_read_where_it_is_plain(text: str, day: date | None) -> None:
    assert returns_on(text, date(2026, 3, 2)) == day


@pytest.mark.parametrize(
    ("sends", "stops"),
    [
        ([(True, False)] * 1000, False),
        ([(True, True)] * 2, False),
        ([(True, True)] * 3, True),
        ([(True, False)] * 40 + [(True, True)] * 9, False),
        ([(True, False)] * 57 + [(True, True)] * 3, False),
        ([(True, False)] * 56 + [(True, True)] * 3, True),
        ([(False, True)] * 3 + [(True, False)] * 20, True),
        ([(True, False)] * 20 + [(False, True)] * 30, False),
    ],
)
def test_everything_stops_above_five_percent_or_three_of_the_last_twenty(
    sends: list[tuple[bool, bool]], stops: bool
) -> None:
    assert (bounce_health(sends).reason is not None) is stops


def test_a_closed_thread_stays_closed() -> None:
    assert after(ThreadStatus.OPEN, TurnKind.OPT_OUT) is ThreadStatus.CLOSED
    assert after(ThreadStatus.OPEN, TurnKind.BOUNCE, is_hard=True) is ThreadStatus.CLOSED
    assert all(after(ThreadStatus.CLOSED, kind) is ThreadStatus.CLOSED for kind in TurnKind)
