"""No mail passes that a law, a reviewer or a reader would send back."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.rules import compose, mail_text
from outrider.drafts.types import Thread, Wording
from outrider.guardrails.content import LIMITS, check, clean
from outrider.guardrails.types import MailText, Names, Severity
from tests.drafts_world import recipient, sender

BODY = (
    "Hi Dana,\n\nA lease schedule is only as good as the last amendment somebody read. It rarely "
    "shows in the total, it shows when somebody asks about one site.\n\n"
    "Does your team still do that reading by hand?"
)
NAMES = Names(
    account="Harbor Outfitters",
    contact_first="Dana",
    contact_last="Ruiz",
    sender="Sam Ortiz",
    brand="Ledgerway",
    competitors=("LeaseKit", "Visual Rent"),
)


def mail(
    body: str = BODY, subject: str = "Lease terms at Harbor", *, thread: Thread | None = None
) -> MailText:
    step = 2 if thread else 1
    composed = compose(
        Wording(subject=subject, body=body), recipient(), sender(), step, thread or Thread()
    )
    return mail_text(composed, body)


def found(mail: MailText, names: Names = NAMES) -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in check(mail, names)}


def test_a_good_mail_has_no_findings() -> None:
    assert check(mail(), NAMES) == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("12 Main Street, Springfield, IL 62701", "postal address"),
        ("https://ledgerway.example/u/abc", "link to unsubscribe"),
    ],
)
def test_a_mail_without_a_lawful_part_is_blocked(missing: str, said: str) -> None:
    good = mail()
    bad = good.model_copy(update={"text": good.text.replace(missing, "")})
    [finding] = check(bad, NAMES)
    assert finding.check == "can_spam"
    assert finding.severity is Severity.BLOCK
    assert said in finding.message


def test_a_mail_that_does_not_say_who_sends_it_is_blocked() -> None:
    bad = mail().model_copy(
        update={"text": mail().text.replace("Sam Ortiz", "").replace("Ledgerway", "")}
    )
    assert "can_spam" in found(bad)


@pytest.mark.parametrize(
    "subject", ["Re: your leases", "RE : lease terms", "Fwd: lease terms", "AW: leases"]
)
def test_a_first_mail_must_not_pretend_to_be_a_reply(subject: str) -> None:
    assert found(mail(subject=subject))["can_spam"] is Severity.BLOCK


def test_a_follow_up_on_a_thread_may_say_re() -> None:
    thread = Thread(message_ids=("<a@x.example>",), subject="Lease terms at Harbor")
    answer = mail(thread=thread)
    assert answer.subject == "Re: Lease terms at Harbor"
    assert check(answer, NAMES) == []


def test_a_subject_cannot_carry_a_second_line() -> None:
    assert "\n" not in mail(subject="Lease terms\nBcc: all@x.example").subject
    raw = mail().model_copy(update={"subject": "Lease terms\r\nBcc: all@x.example"})
    assert found(raw)["can_spam"] is Severity.BLOCK


def test_an_em_dash_blocks_and_is_shown() -> None:
    raw = mail().model_copy(update={"body": BODY + " Yes \u2014 or no?"})
    [finding] = check(raw, NAMES)
    assert finding.check == "em_dash"
    assert finding.span is not None
    assert raw.body[finding.span.start : finding.span.end] == "\u2014"


@pytest.mark.parametrize(
    ("count", "severity"),
    [
        (5, Severity.BLOCK),
        (18, Severity.WARN),
        (80, None),
        (150, Severity.WARN),
        (260, Severity.BLOCK),
    ],
)
def test_length_is_judged_in_two_steps(count: int, severity: Severity | None) -> None:
    assert found(mail(body="word " * count)).get("length") is severity


def test_the_booking_link_must_be_there_and_no_other_link() -> None:
    good = mail()
    assert good.booking_link in good.text
    without = good.model_copy(update={"text": good.text.replace(good.booking_link, "")})
    assert found(without)["booking_link"] is Severity.BLOCK
    strange = mail(body=BODY + "\n\nSee https://phish.example/pay now.")
    assert found(strange)["booking_link"] is Severity.BLOCK
    own = mail(body=BODY + "\n\nTimes: https://ledgerway.example/sam.")
    assert "booking_link" not in found(own)


@pytest.mark.parametrize(
    "words",
    ["LeaseKit", "leasekit", "Lease Kit", "lease-kit", "LEASEKIT's", "Visual Rent", "visualrent.com",
     "Lease\u200bKit"],
)  # fmt: skip
def test_a_competitor_is_never_named(words: str) -> None:
    assert found(mail(body=f"{BODY}\n\nBetter than {words}?"))["competitor_named"] is Severity.BLOCK


def test_words_that_only_look_like_a_competitor_pass() -> None:
    assert "competitor_named" not in found(
        mail(body=BODY + "\n\nRelease kits and visual rents differ.")
    )


@pytest.mark.parametrize(
    ("subject", "severity"),
    [
        ("Leases", Severity.WARN),
        ("Lease terms at Harbor", None),
        ("One two three four five six seven eight", Severity.WARN),
        ("a b c d e f g h i j k l m n", Severity.BLOCK),
        ("Lease" * 30, Severity.BLOCK),
    ],
)
def test_subject_length(subject: str, severity: Severity | None) -> None:
    assert found(mail(subject=subject)).get("subject_length") is severity


@pytest.mark.parametrize("greeting", ["Hi Tom,", "Dear Mr. Becker,", "Hello Walter and team,"])
def test_a_greeting_of_somebody_else_blocks(greeting: str) -> None:
    assert found(mail(body=BODY.replace("Hi Dana,", greeting)))["wrong_entity"] is Severity.BLOCK


@pytest.mark.parametrize(
    "greeting", ["Hi Dana,", "Dear Ms. Ruiz,", "Hello Dana Ruiz,", "Hi there,", "Hello,"]
)
def test_a_greeting_of_the_right_person_passes(greeting: str) -> None:
    assert found(mail(body=BODY.replace("Hi Dana,", greeting))) == {}


@pytest.mark.parametrize(
    "place",
    ["{{first_name}}", "{company}", "[First Name]", "[insert pain point]", "<<name>>", "*|FNAME|*",
     "%FIRST_NAME%", "${name}",
     "TODO", "XXX", "<Company>", "{% if x %}", "[Your Name]"],
)  # fmt: skip
def test_an_unfilled_place_blocks(place: str) -> None:
    assert found(mail(body=f"{BODY}\n\nAt {place} we know."))["placeholder"] is Severity.BLOCK
    assert found(mail(body=BODY.replace("Dana", "")))["placeholder"] is Severity.BLOCK


@pytest.mark.parametrize("text", ["ASC 842 [draft]", "a < b and c > d", "100%", "{}", "(see [1])"])
def test_ordinary_brackets_are_no_places(text: str) -> None:
    assert "placeholder" not in found(mail(body=f"{BODY}\n\n{text}"))


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 2_000_000,
        " " * 1_000_000 + "x",
        "\u2014 " * 500_000,
        "{{" * 500_000,
        "<" * 1_000_000,
        "http://" * 200_000,
        "\u202eabc\u202c " * 200_000,
        "Hi " * 500_000,
        "[your " * 300_000,
        "%A" * 500_000,
    ],
    ids=[
        "long",
        "spaces",
        "dashes",
        "braces",
        "angles",
        "links",
        "rtl",
        "greetings",
        "brackets",
        "percent",
    ],
)
def test_hostile_text_is_judged_in_bounded_time(hostile: str) -> None:
    started = time.process_time()
    raw = mail().model_copy(
        update={"body": hostile, "text": hostile, "html": hostile, "subject": hostile}
    )
    assert any(item.severity is Severity.BLOCK for item in check(raw, NAMES))
    clean(hostile)
    assert time.process_time() - started < 10


def test_a_subject_of_emoji_is_judged_like_any_other() -> None:
    assert "subject_length" in found(mail(subject="\U0001f680\U0001f525"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("yes \u2014 no", "yes - no"),
        ("yes\u2014no", "yes - no"),
        ("yes \u2014\u2014 no", "yes - no"),
        ("\u2014 a point", "- a point"),
        ("the end \u2014", "the end -"),
        ("a \u2013 b", "a - b"),
        ("2019\u20132024", "2019\u20132024"),
        ("\u201cyes\u201d, it\u2019s", '"yes", it\'s'),
        ("wait\u2026", "wait..."),
        ("a\u00a0b", "a b"),
        ("a 12-month view", "a 12-month view"),
        ("Zo\u00eb M\u00fcller-L\u00fcd", "Zo\u00eb M\u00fcller-L\u00fcd"),
        ("\u0141\u00f3d\u017a", "\u0141\u00f3d\u017a"),
        ("Andr\u0435\u0301", "Andr\u0435\u0301"),
    ],
)  # fmt: skip
def test_cleaning_makes_plain_typography(before: str, after: str) -> None:
    assert clean(before) == after


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("\u2014\u2015\u2013\u2026\u201c\u2019 \n\ta-\u00a0"), st.characters()
        )
    )
)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not set(once) & set("\u2014\u2015\u2018\u2019\u201c\u201d\u2026\u00a0")


@given(st.text(alphabet=st.characters(categories=["L", "N"])))
def test_cleaning_never_touches_letters_and_digits(text: str) -> None:
    assert clean(text) == text
    assert unicodedata.normalize("NFC", clean(text)) == unicodedata.normalize("NFC", text)


@given(st.text(max_size=300), st.text(max_size=80))
def test_no_text_at_all_makes_the_checks_fail(body: str, subject: str) -> None:
    raw = mail().model_copy(update={"body": body, "subject": subject, "text": body, "html": body})
    assert all(finding.message and finding.fix for finding in check(raw, NAMES))


def test_the_limits_are_one_frozen_table() -> None:
    with pytest.raises(AttributeError):
        LIMITS.subject_characters = 10  # type: ignore[misc]
