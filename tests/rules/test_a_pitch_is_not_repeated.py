"""A follow-up gives a new reason to write; the same pitch twice is stopped."""

from __future__ import annotations

import re

import pytest

from outrider.guardrails.mail.repetition import BLOCK_FROM, WARN_FROM, overlap
from outrider.guardrails.types import Severity
from outrider.vendors.offline_writer.writer import write
from tests.drafts_world import dossier, recipient, write_request
from tests.guarded import BODY, findings, mail

FIRST = (
    "Hi Dana,\n\nRenewal options don't send reminders. They sit on some page until the "
    "date has passed. I'd guess there is "
    "one like that somewhere in your files. We read lease documents and keep every number "
    "linked to its page.\n\n"
    "Who keeps watch on those dates?"
)
OTHER = (
    "Hi Dana,\n\nOne thing I left out: the test of lease data is the sample, not the "
    "total. Auditors pick it, and nobody "
    "gets to choose the tidy ones.\n\nHow many could you hand over just as they are?"
)
CONTEXT = "We read lease documents, pull out the terms, and keep every number linked to its page."
COMPANIES = (
    "Harbor Outfitters",
    "Tidewater Freight Corp",
    "Oak & Iron Gyms",
    "Juniper Cinemas",
    "Larkspur Books Ltd",
)


def judged(body: str, *earlier: str) -> list[Severity]:
    letter = mail(body).model_copy(update={"earlier": earlier})
    return [item.severity for item in findings(letter, "repetition")]


@pytest.mark.parametrize(
    "again",
    [
        FIRST,
        FIRST.replace("Hi Dana", "Hello again Dana"),
        FIRST.upper().replace("HI DANA", "Hi Dana"),
        FIRST.replace("\n\n", " \n "),
        FIRST + "\n\nBest regards,\nSam",
        "Hi Dana,\n\nI wanted to ask once more. " + FIRST.partition("\n\n")[2],
        FIRST.replace("I'd guess there is one like that somewhere in your files. ", ""),
    ],
)
def test_the_same_pitch_again_is_blocked(again: str) -> None:
    assert judged(again, FIRST) == [Severity.BLOCK]


def test_two_sentences_of_the_mail_before_warn_and_a_new_reason_passes() -> None:
    kept = OTHER.replace(
        "How many",
        "Renewal options don't send reminders. They sit on some page until the date has "
        "passed. How many",
    )
    assert judged(kept, FIRST) == [Severity.WARN]
    assert judged(OTHER, FIRST) == []


def test_every_earlier_mail_counts_and_nothing_else() -> None:
    assert judged(FIRST, OTHER, BODY, FIRST) == [Severity.BLOCK]
    assert judged(FIRST) == []


def test_signature_and_footer_do_not_make_two_mails_alike() -> None:
    ending = "\n\n-- \nSam Ortiz\nLedgerway, reading leases so that every number is linked to its page since 2019"
    footer = "\n\nSam Ortiz, Ledgerway, 12 Main Street, unsubscribe here: https://ledgerway.example/u/abc or reply stop"
    for tail in (ending, footer, "\n\nOn Mon, 2 Mar 2026, Dana wrote:\n" + FIRST):
        assert overlap(OTHER + tail, BODY + tail) == 0


def test_scripts_without_spaces_are_compared_by_signs() -> None:
    first = "リース台帳は、最後に誰かが読んだ変更契約と同じ程度にしか正確ではありません。"
    assert overlap(first, first) == 1
    assert overlap(first, "監査人が選ぶのは合計ではなく、一つひとつの契約の見本です。") == 0


def test_short_notes_are_never_a_repetition() -> None:
    assert overlap("Hi Dana,\n\nIs it you?", "Hi Dana,\n\nIs it you?") == 0


@pytest.mark.parametrize("context", [None, CONTEXT])
@pytest.mark.parametrize("company", COMPANIES)
def test_the_offline_writers_sequences_stay_far_below_the_limit(
    company: str, context: str | None
) -> None:
    bodies: list[str] = []
    used: tuple[str, ...] = ()
    for step in (1, 2, 3):
        request = write_request(
            dossier(company), to=recipient(), step=step, context=context, angles_used=used
        )
        written = write(request)
        used = (*used, written.angle)
        assert all(overlap(written.body, before) < WARN_FROM / 2 for before in bodies)
        bodies.append(written.body)


def test_what_share_is_kept_decides() -> None:
    """Sentence by sentence: the share rises with what is kept, and crosses each limit once."""
    sentences = re.split(r"(?<=[.?])\s+", FIRST.partition("\n\n")[2])
    fill = " Something else follows here about the new bridge and the weather of a spring that came late."
    shares = [
        overlap(" ".join(sentences[:kept]) + fill, FIRST) for kept in range(len(sentences) + 1)
    ]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert WARN_FROM <= shares[2] < BLOCK_FROM <= shares[3]
