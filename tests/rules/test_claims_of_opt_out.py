"""Whoever asks to be left alone is heard, whatever words are used; quoted text does not ask."""

from __future__ import annotations

import time

import pytest

from outrider.guardrails.inbound import opt_out

ASKS = [
    "unsubscribe", "Please unsubscribe me.", "STOP", "Stop.", "Stop emailing me", "please stop e-mailing us!",
    "please take me off your list", "Remove me from this list.", "We'd like to be removed from your list",
    "Do not contact me again.", "don\u2019t email me", "Please don't contact me.", "No more emails please",
    "I no longer wish to receive these messages", "I don't want to receive your emails",
    "Please opt me out", "Kindly delete my details from your database.", "Quit spamming me",
    "Not interested. Please do not follow up.", "leave me alone", "Take me off", "remove",
    "Please cease and desist", "If you email me again I'll report you as spam", "don't reach out again",
    "Thanks, but no.\nPlease stop reaching out.\n\nOn Mon, Mar 2, 2026 at 9:00 Sam wrote:\n> hello",
    "Bitte keine weiteren E-Mails.", "Bitte nehmen Sie mich aus Ihrem Verteiler.", "Merci de me d\u00e9sabonner",
    "Ne me contactez plus.", "Quiero darme de baja", "Por favor, no me escriban.", "Geen e-mails meer, graag.",
    "Cancellami dalla lista", "N\u00e3o me contacte mais.", "Inga fler mejl, tack.",
]  # fmt: skip
GOES_ON = [
    "we should not stop now", "Please don't stop, this is useful", "Let's not stop here, send more.",
    "Sounds good, call me Tuesday.", "Do not hesitate to contact me", "do not call me, email me instead",
    "How does your unsubscribe link work?", "Our lease has an opt-out clause in 2027",
    "The bus stop is near our office", "Can you stop by on Tuesday?", "No further questions",
    "Please remove the second line from the quote and send it again",
    "We stopped using spreadsheets last year.", "I'm out of office until Monday.",
    "Thanks!\n\nOn Mon, Mar 2, 2026 at 9:00 AM Sam Ortiz <sam@x.example> wrote:\n> reply stop or unsubscribe\n",
    "Sure, send it.\n\nFrom: Sam\nSent: Monday\nTo: Dana\n\nreply with the word stop or unsubscribe",
    "Interesting.\n> or reply with the word stop.\n> unsubscribe here: https://x.example", "",
]  # fmt: skip


@pytest.mark.parametrize("text", ASKS)
def test_a_request_to_stop_is_found(text: str) -> None:
    finding = opt_out(text)
    assert finding is not None
    assert finding.span is not None


@pytest.mark.parametrize("text", GOES_ON)
def test_other_replies_are_no_request_to_stop(text: str) -> None:
    assert opt_out(text) is None


@pytest.mark.parametrize(
    "piece", ["stop ", "remove ", "> ", "\n", " ", "from:a\n", "on ", "do not "]
)
def test_endless_replies_are_read_in_bounded_time(piece: str) -> None:
    started = time.process_time()
    opt_out(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 10
