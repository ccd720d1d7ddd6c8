"""What we know of others, and what only we should see, never reaches a recipient."""

from __future__ import annotations

import string
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.guardrails.mail import canary
from outrider.guardrails.mail.internal import is_record_id
from outrider.guardrails.types import Names, Severity
from tests.guarded import NAMES, findings, mail, marked, saying, severities

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("I wrote to tom.becker@harbor.example as well.", "tom.becker@harbor.example"),
        ("I wrote to Tom.Becker@Harbor.example.", "Tom.Becker@Harbor.example"),
        ("Tom Becker told me so.", "Tom Becker"),
        ("TOM BECKER told me so.", "TOM BECKER"),
        ("As Becker, Tom is out", "Becker, Tom"),
        ("Mr. Becker told me so.", "Mr. Becker"),
        ("Tom J. Becker said", "Tom J. Becker"),
        ("Zoe Muller-Lud knows.", "Zoe Muller-Lud"),
        ("Zoë Müller-Lüd knows.", "Zoë Müller-Lüd"),
        ("I called 415.555.0172 first.", "415.555.0172"),
        ("I called +1 415 555 0172 first.", "+1 415 555 0172"),
        ("田中太郎さんから伺いました。", "田中太郎"),
        ("Maria Ruiz sits next to you.", "Maria Ruiz"),
    ],
)
def test_data_of_another_contact_is_blocked_and_marked(words: str, said: str) -> None:
    letter = saying(words)
    found = findings(letter, "foreign_contact")
    assert {item.severity for item in found} == {Severity.BLOCK}
    assert marked(letter, found[0]) == said


@pytest.mark.parametrize(
    "words",
    [
        "Dana Ruiz is who I hoped to reach.",
        "Ms. Ruiz, is that so?",
        "dana.ruiz@harbor.example is how I found you.",
        "It will may be later.",
        "Tom said so.",
        "A Becker key fits.",
        "Call me at +1 650 555 0100.",
        "That was 415 leases in 5550 sites.",
        "Sam Ortiz wrote this.",
    ],
)
def test_the_recipient_the_sender_and_common_words_pass(words: str) -> None:
    assert "foreign_contact" not in severities(saying(words))


def test_a_name_that_the_campaign_itself_gives_passes() -> None:
    names = NAMES.model_copy(update={"others": ("Ask whether Tom Becker is the right person.",)})
    assert findings(saying("Is Tom Becker the one?"), "foreign_contact", names) == []


def test_nobody_is_foreign_where_no_other_contact_is_known() -> None:
    names = Names(account="Harbor Outfitters", contact_first="Dana")
    assert findings(saying("Tom Becker told me."), "foreign_contact", names) == []


@pytest.mark.parametrize(
    "words",
    [
        "Your icp_score is high.",
        "Renewal_Date__c is empty.",
        "Stage: Closed Lost",
        "deal stage = Negotiation",
        "Lead status: nurture",
        "ICP score: 82",
        "Your lead score is 87.",
        "lifecyclestage is set.",
        "The AccountId fits.",
        "Lead source: webinar",
        "See 0015g00000K3xYzAAJ for it.",
        "See 0035g00000AbC12 for it.",
        "Ref 018f3b5e-7c1a-7d2e-9a41-3b5c7d9e1f20",
        "draft:018f3b5e",
        "See lead #018f3b5e",
        "contact_id=4711",
        "hs_object_id 12",
        "Disposition: no answer",
        "Your intent score told me.",
        "owner_id is mine",
    ],
)
def test_fields_and_ids_of_ours_are_blocked_and_marked(words: str) -> None:
    letter = saying(words)
    found = findings(letter, "internal_field")
    assert {item.severity for item in found} == {Severity.BLOCK}
    assert marked(letter, found[0]) in words


@pytest.mark.parametrize(
    "words",
    [
        "At what stage is the close?",
        "Do you score your leads?",
        "The owner of that file left.",
        "Section 10b5-1 plans",
        "The lease ID on page 2",
        "Tier 1 landlords",
        "IBAN DE89370400440532013000",
        "misunderstandings happen",
        "Tracking 123456789012345",
        "Form 10-K, 0000320193-25-000073",
        "https://ledgerway.example/sam",
        "Internationalization",
        "Was the account lead: you?",
        "A one-to-one talk",
    ],
)
def test_words_of_trade_are_no_fields(words: str) -> None:
    assert "internal_field" not in severities(saying(words))


def test_an_id_inside_the_senders_own_link_is_no_leak() -> None:
    link = f"https://ledgerway.example/{uuid4()}/contact_id"
    letter = saying(f"Times: {link}").model_copy(update={"booking_link": link})
    assert findings(letter, "internal_field") == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("0015g00000K3xYzAAJ", True),
        ("0015g00000K3xYzAAK", False),
        ("500A0000006z5lkIAA", True),
        ("Responsibilities12", False),
        ("123456789012345678", False),
        ("Misunderstandings", False),
    ],
)
def test_record_ids_are_known_by_their_check_letters(word: str, expected: bool) -> None:
    assert is_record_id(word) is expected


def test_a_canary_token_is_the_same_each_time_and_differs_by_key_and_subject() -> None:
    token = canary.token(KEY, "drafts/write@1")
    assert token == canary.token(KEY, "drafts/write@1")
    others = {canary.token(b"j" * 32, "drafts/write@1"), canary.token(KEY, "drafts/write@2")}
    assert token not in others
    assert len(others) == 2
    assert token.isalnum()


def test_a_short_key_makes_no_token() -> None:
    with pytest.raises(ValueError, match="16 or more"):
        canary.token(b"short", "x")


@pytest.mark.parametrize(
    "how",
    [
        str,
        str.upper,
        lambda t: " ".join(t),
        lambda t: "-".join((t[:9], t[9:])),
        lambda t: f"{t[:11]}\n{t[11:]}",
        lambda t: f"({t}).",
    ],
    ids=["plain", "capitals", "spaced", "hyphen", "wrapped", "brackets"],
)
def test_a_canary_token_is_found_however_it_is_written(how: object) -> None:
    assert callable(how)
    token = canary.token(KEY, "drafts/write@1")
    letter = saying(f"By the way {how(token)}")
    [found] = findings(letter, "canary")
    assert found.severity is Severity.BLOCK
    assert [plain for _, _, plain in canary.found(letter.body)] == [token]


def test_a_canary_token_in_look_alike_letters_is_found() -> None:
    token = next(t for n in range(99) if "a" in (t := canary.token(KEY, str(n))))
    assert findings(saying(token.replace("a", "\u0430")), "canary")


@given(st.text(alphabet=string.ascii_lowercase + "234567 -", max_size=400))
def test_words_are_no_canary_token(text: str) -> None:
    assert list(canary.found(text)) == []


def test_a_good_mail_leaks_nothing() -> None:
    assert severities(mail()) == {}
