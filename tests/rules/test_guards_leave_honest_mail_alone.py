"""The guards stop what they should and leave honest mail alone; the rates are stated and held."""

from __future__ import annotations

import mailbox
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.drafts.check import check, grounds_of
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import Thread
from outrider.guardrails import guards
from outrider.guardrails.types import MailText, Names, Severity
from outrider.vendors.offline_writer.writer import write
from tests.claims.measure import HALVES, drafts
from tests.drafts_world import dossier, recipient, write_request
from tests.guarded import NAMES, mail, severities

COMPANIES = (
    "Harbor Outfitters", "BLUE MESA FOODS, INC.", "Tidewater Freight Corp", "Oak & Iron Gyms", "COCA-COLA CO",
    "Granite Peak Rail Co", "SALT & PEPPER GRILLS, INC.", "Juniper Cinemas", "Copper Kettle Stores",
    "Larkspur Books Ltd",
)  # fmt: skip
TITLES = ("Controller", "CFO", "VP Real Estate")
CONTEXT = "We read lease documents, pull out the terms, and keep every number linked to its page."
SALES_BLOCKED, LETTERS_BLOCKED = 0.005, 0.02
"""Share of honest mail that a guard may block: written sales drafts, and letters of people to people.

Measured: 0 of 1,641 labelled drafts, 0 of the offline writer's, 5 of 400 letters (`!!!`,
control characters, a signature in base 64).
"""


def test_the_offline_writers_mails_have_no_finding_at_all() -> None:
    for company in COMPANIES:
        for title in TITLES:
            for step in (1, 2, 3):
                for context in (None, CONTEXT):
                    request = write_request(
                        dossier(company), to=recipient(title=title), step=step, context=context
                    )
                    written = write(request)
                    words = wording(written.subject, written.body)
                    content = compose(words, request.recipient, request.sender, step, Thread())
                    own = grounds_of(request)
                    found = check(content, words.body, written.claims, own)
                    assert not [item for item in found if item.check in guards.CHECKS]


@pytest.mark.parametrize("half", HALVES)
def test_written_sales_drafts_are_not_blocked(half: str) -> None:
    rows = list(drafts(half))
    blocked = [row.id for row in rows if _is_blocked(row.mail, row.names)]
    # `Our fee`, `free of charge`: in some campaigns every sixth mail speaks of prices, and is shown.
    warned = [
        row.id
        for row in rows
        if any(item.check != "sensitive_pricing" for item in guards.check(row.mail, row.names))
    ]
    assert len(blocked) <= SALES_BLOCKED * len(rows), blocked
    # Wire fraud, a material weakness, the lawyers: those should go to a person.
    assert len(warned) <= 0.05 * len(rows), warned


def test_letters_of_people_are_seldom_blocked(shared_data: Path) -> None:
    letters = list(_letters(shared_data / "mail" / "discussion_threads.mbox"))
    blocked = [letter.subject for letter in letters if _is_blocked(letter, Names(account="Acme"))]
    assert len(letters) == 400
    assert len(blocked) <= LETTERS_BLOCKED * len(letters), blocked


def test_letters_rarely_go_to_a_person_for_their_words(shared_data: Path) -> None:
    letters = list(_letters(shared_data / "mail" / "discussion_threads.mbox"))
    counts = dict.fromkeys(guards.CHECKS, 0)
    for letter in letters:
        for name in {item.check for item in guards.check(letter, Names(account="Acme"))}:
            counts[name] += 1
    assert counts["sensitive_pricing"] <= 0.04 * len(letters)
    assert counts["sensitive_contract"] <= 0.02 * len(letters)
    assert counts["sensitive_legal"] <= 0.05 * len(letters)
    assert counts["sensitive_regulatory"] <= 0.02 * len(letters)
    assert counts["internal_field"] == counts["canary"] == counts["foreign_contact"] == 0


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 1_000_000, "<div>" * 100_000, "<div style='color:red'>" * 50_000, "<b>x" * 100_000, "q x" * 300_000,
        "our our our " * 80_000, "$1 " * 300_000, "Aa1" * 300_000, "-" * 500_000, "here is the " * 60_000,
        "\u202e" * 300_000, "send send the " * 60_000, "{'name'" * 90_000, "_id" * 200_000, "1 " * 300_000,
        "<p><a href=x>" * 40_000, "<table>" * 60_000, "AAAA BBBB " * 60_000, "<img>" * 100_000, "\n" * 500_000,
        "subject:" * 90_000, "Tom Becker " * 60_000, "the 1,1,1,1" * 60_000, "stage: " * 90_000,
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_hostile_text_is_judged_in_bounded_time(hostile: str) -> None:
    raw = mail().model_copy(
        update={"subject": hostile, "body": hostile, "html": hostile, "earlier": (hostile, hostile)}
    )
    started = time.process_time()
    guards.check(raw, NAMES)
    assert time.process_time() - started < 10


@settings(max_examples=150)
@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=200))
def test_no_text_at_all_makes_the_guards_fail(body: str, subject: str, html: str) -> None:
    raw = mail().model_copy(
        update={
            "body": body,
            "subject": subject,
            "html": f"<p style='{html}'>{html}",
            "earlier": (html,),
        }
    )
    for item in guards.check(raw, NAMES, (html,)):
        assert item.check in guards.CHECKS
        assert item.message
        assert item.fix
        if item.span is not None:
            part: str = getattr(raw, item.span.part)
            assert 0 <= item.span.start <= item.span.end <= len(part)


def test_a_good_mail_has_no_finding() -> None:
    assert severities(mail()) == {}


def _is_blocked(letter: MailText, names: Names) -> bool:
    return any(item.severity is Severity.BLOCK for item in guards.check(letter, names))


def _letters(path: Path) -> Iterator[MailText]:
    with closing(mailbox.mbox(path, create=False)) as box:
        for message in box:
            texts = (text for part in message.walk() if (text := _text(part)) is not None)
            subject = " ".join(str(message["subject"] or "").split())
            changes = {"subject": subject, "body": next(texts, ""), "html": ""}
            yield mail().model_copy(update=changes)


def _text(part: Message) -> str | None:
    if part.get_content_type() != "text/plain":
        return None
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else None
