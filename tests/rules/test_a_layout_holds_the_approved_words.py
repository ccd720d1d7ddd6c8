"""A layout changes how a mail looks, never what it says, loads or hides."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.app.jobs.mailbox_trial import starter
from outrider.drafts.layout import DEEPEST, LONGEST, LONGEST_PAGE, checked, dress
from outrider.drafts.rules import compose, content_hash, mail_text
from outrider.drafts.types import MailContent, Thread, Wording
from outrider.guardrails.content import clean
from outrider.guardrails.guards import check
from outrider.kernel.errors import InvalidInput
from outrider.sending.mail import build
from tests.drafts_world import recipient, sender
from tests.guarded import BODY, NAMES
from tests.rules.test_mail_bytes import AT, parsed, well_formed

LAYOUT = """<mjml>
<mj-head>
  <mj-attributes>
    <mj-all font-family="Georgia, serif" />
    <mj-text font-size="16px" line-height="1.5" color="#1a1a1a" />
  </mj-attributes>
</mj-head>
<mj-body background-color="#f4f2ee">
  <mj-section background-color="#ffffff" padding="24px">
    <mj-column>
      <mj-text font-size="20px" font-weight="700">Ledgerway</mj-text>
      <mj-divider border-width="1px" border-color="#cccccc" />
      <mj-text>{{body}}</mj-text>MORE
      <mj-text font-size="12px" color="#595959">{{footer}}</mj-text>
    </mj-column>
  </mj-section>
</mj-body>
</mjml>"""
PLAIN = LAYOUT.replace("MORE", "")


def mail(body: str = BODY, subject: str = "Lease terms at Harbor") -> MailContent:
    return compose(Wording(subject=subject, body=body), recipient(), sender(), 1, Thread())


class Shown(HTMLParser):
    """The words of a page, and the elements that hold them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._in_head = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_head = self._in_head and tag != "body"
        self.words += " "

    def handle_data(self, data: str) -> None:
        self.words += "" if self._in_head else data


def shown(html: str) -> Shown:
    page = Shown()
    page.feed(html)
    page.close()
    return page


def test_the_words_are_all_there_in_their_order_and_the_text_part_stays() -> None:
    plain = mail()
    dressed = dress(plain, PLAIN, "en")
    words = " ".join(shown(dressed.html).words.split())
    assert " ".join(plain.text.split()) in words.replace(" ,", ",")
    assert dressed.model_copy(update={"html": plain.html}) == plain
    assert content_hash(dressed) != content_hash(plain)


def test_every_guard_and_the_last_look_take_it() -> None:
    dressed = dress(mail(), PLAIN, "en")
    assert check(mail_text(dressed, BODY), NAMES) == []
    assert clean(dressed.html) == dressed.html


def test_it_is_readable_for_everybody() -> None:
    page = shown(dress(mail(), PLAIN, "de").html)
    assert ("html", "de") in [(tag, given.get("lang")) for tag, given in page.tags]
    assert {given.get("role") for tag, given in page.tags if tag == "table"} == {"presentation"}
    links = {given["href"] for tag, given in page.tags if tag == "a"}
    assert links == {sender().booking_link, sender().unsubscribe_url}
    # The lawful footer is English inside a German mail.
    assert ("p", "en") in [(tag, given.get("lang")) for tag, given in page.tags]
    assert "<title>Lease terms at Harbor</title>" in dress(mail(), PLAIN, "de").html


def test_nothing_is_fetched_when_it_is_opened() -> None:
    html = dress(mail(), PLAIN, "en").html
    seen = re.sub(r'href="[^"]*"', "", html)
    assert not re.search(r"<(?:img|link|script|iframe|form)|@import|url\(|fonts\.", seen)


def test_the_layout_to_start_from_is_one_and_the_checks_find_nothing_in_it() -> None:
    assert checked(starter()) == starter()
    dressed = dress(mail(), starter(), "en")
    assert check(mail_text(dressed, BODY), NAMES) == check(mail_text(mail(), BODY), NAMES)
    assert "prefers-color-scheme: dark" in dressed.html


def test_a_paragraph_from_right_to_left_says_so() -> None:
    dressed = dress(mail(f"{BODY}\n\n\u0634\u06a9\u0631"), PLAIN, "en")
    assert dressed.html.count('dir="rtl"') == 1


words = st.text(
    alphabet=st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n<>&\"'{}"),
    min_size=1,
    max_size=120,
).filter(lambda text: bool(text.strip()))


@settings(max_examples=150, deadline=None)
@given(body=words, subject=words)
def test_no_words_become_markup(body: str, subject: str) -> None:
    try:
        plain = mail(body, subject)
    except InvalidInput:
        return
    before = [tag for tag, _ in shown(dress(mail("x"), PLAIN, "en").html).tags]
    page = shown(dress(plain, PLAIN, "en").html)
    added = [tag for tag, _ in page.tags if tag not in ("p", "br")]
    assert added == [tag for tag in before if tag not in ("p", "br")]


@pytest.mark.parametrize("words", ["{{footer}}", "{{body}}", "outrider-slot-footer", "</p><b>"])
def test_words_that_look_like_a_slot_stay_words(words: str) -> None:
    page = shown(dress(mail(f"Hi Dana,\n\n{words}"), PLAIN, "en").html)
    assert words in page.words
    assert page.words.count("rather not hear") == 1


def test_the_mail_around_it_is_well_formed() -> None:
    raw = build(dress(mail("Grüße 你好 🙂\n\n" + BODY), PLAIN, "de"), "<a@x.example>", AT)
    well_formed(raw)
    _, html = parsed(raw).iter_parts()
    assert "Grüße 你好 🙂" in html.get_content()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<mj-raw><b>x</b></mj-raw>", "<mj-raw>"),
        ('<mj-include path="secret.mjml" />', "<mj-include>"),
        ('<mj-image src="https://x.example/pixel.png" />', "<mj-image>"),
        ('<mj-text><img src="https://x.example/pixel.png" alt="" /></mj-text>', "<img>"),
        ("<mj-text><script>alert(1)</script></mj-text>", "<script>"),
        ('<mj-text onclick="x()">x</mj-text>', "onclick"),
        ('<mj-text><a href="javascript:x()">x</a></mj-text>', "javascript"),
        ('<mj-button href="http://x.example">x</mj-button>', "https"),
        ("<mj-style>p { background: url(https://x.example) }</mj-style>", "loads"),
        ('<mj-style>@import "https://x.example/a.css";</mj-style>', "loads"),
        ("<mj-style>p { background: \\75rl(x) }</mj-style>", "loads"),
        ('<mj-text><p style="display: none">x</p></mj-text>', "hides"),
        ('<mj-text css-class="a&quot;&gt;&lt;img src=x&gt;">x</mj-text>', "take the marks out"),
        ('<mj-text css-class="{{body}}">x</mj-text>', "2 times"),
        ("<mj-text>{{body}}</mj-text>", "2 times"),
        ("<mj-text>" + "<b>" * DEEPEST + "x" + "</b>" * DEEPEST + "</mj-text>", "nests"),
        ("<mj-text>" + "<b>" * 12_000 + "</mj-text>", "nests"),
        ("<mj-text><!-- x --></mj-text>", "comment"),
        ("<mj-text>", "no MJML"),
        ("<mj-text>" + "x" * LONGEST + "</mj-text>", "bytes"),
        ("<mj-text>" + "x" * LONGEST_PAGE + "</mj-text>", "characters of HTML"),
    ],
    ids=lambda value: value[:40],
)
def test_what_a_layout_may_not_do_is_refused_in_one_sentence(more: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        checked(LAYOUT.replace("MORE", more))


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("", "begin with <mjml>"),
        ("<html></html>", "begin with <mjml>"),
        (PLAIN.replace("{{footer}}", ""), "{{footer}} 0 times"),
        (PLAIN.replace("<mjml>", '<mjml lang="fr">'), "language"),
        (PLAIN.replace("<mj-text>{{body}}</mj-text>", "{{body}}"), "outside of <mj-text>"),
        (PLAIN.replace("{{body}}", "<a>{{body}}</a>"), "outside of <mj-text>"),
        (PLAIN.replace("Ledgerway", "outrider-slot-body"), "outrider-slot"),
    ],
)
def test_a_layout_that_would_lose_the_mail_is_refused(layout: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        checked(layout)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/mj-text section=\"' {}body&;x!", max_size=200))
def test_any_text_is_a_layout_or_a_plain_refusal(more: str) -> None:
    try:
        whole = dress(mail(), LAYOUT.replace("MORE", more), "en").html
    except InvalidInput:
        return
    assert {tag for tag, _ in shown(whole).tags} <= {
        "html", "head", "title", "meta", "style", "body", "div", "table", "tbody", "tr", "td", "p",
        "a", "br",
    }  # fmt: skip
