"""Words in form keep bold, italic, links and lists, say the same as text, and carry nothing that runs."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from outrider.drafts.layout import dress
from outrider.drafts.rich import LONGEST_MARKUP, read
from outrider.drafts.rules import compose, content_hash, mail_text, wording
from outrider.drafts.types import MailContent, Thread, Wording
from outrider.guardrails import guards
from outrider.guardrails.content import check as assertions
from outrider.kernel.errors import InvalidInput
from tests.drafts_world import recipient, sender
from tests.guarded import BODY, NAMES
from tests.rules.test_a_layout_holds_the_approved_words import PLAIN as LAYOUT

KNOWN = {"p", "br", "strong", "em", "a", "ul", "ol", "li"}

HOSTILE = {
    "a script": "<p>Hi</p><script>alert(1)</script>",
    "a handler": '<p onclick="alert(1)" onmouseover=alert(2)>Hi</p>',
    "a picture that fails": "<p>Hi <img src=x onerror=alert(1)></p>",
    "a script as a link": '<p>Hi <a href="javascript:alert(1)">go</a></p>',
    "a script as a link, in disguise": '<p>Hi <a href=" java&#x0A;script:alert(1)">go</a></p>',
    "data as a link": '<p>Hi <a href="data:text/html,<script>alert(1)</script>">go</a></p>',
    "a drawing": '<p>Hi <svg onload=alert(1)><a href="https://a.example">x</a></svg></p>',
    "a frame": '<p>Hi <iframe srcdoc="<script>alert(1)</script>"></iframe></p>',
    "a form": '<form action="https://evil.example"><p>Hi <input autofocus onfocus=alert(1)></p></form>',
    "a style": '<style>p{background:url(https://evil.example)}</style><p style="position:fixed">Hi</p>',
    "a quote that ends an attribute": "<p>Hi <a href='https://a.example/\"onclick=alert(1)'>go</a></p>",
    "a comment": "<p>Hi <!--><script>alert(1)</script>--></p>",
    "math that changes the parser": "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "a template": "<p>Hi <template><script>alert(1)</script></template></p>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">Hi</p></noscript>',
    "a base": '<base href="https://evil.example"><p>Hi <a href="x">go</a></p>',
    "a name before the host": '<p>Hi <a href="https://bank.example@evil.example/">go</a></p>',
    "a host of look-alike letters": '<p>Hi <a href="https://аpple.example/">go</a></p>',
}  # fmt: skip


def elements(markup: str) -> list[tuple[str, dict[str, str | None]]]:
    body = LexborHTMLParser(markup).body
    assert body is not None
    return [(node.tag or "", node.attributes) for node in body.css("body *")]


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_that_runs_or_loads_is_left(what: str) -> None:
    made = read(HOSTILE[what]).html
    for tag, attributes in elements(made):
        assert tag in KNOWN
        assert set(attributes) <= ({"href"} if tag == "a" else set())
        assert re.match(r"https?://|mailto:", attributes.get("href") or "https://")
    assert not re.search(r"alert|evil|srcdoc|<!--", re.sub(r'href="[^"]*"', "", made))


def test_bold_italic_links_and_lists_stay() -> None:
    found = read(
        "<p>Hi Dana,</p><p>We <b>read</b> and <i>sort</i> <b><i>leases</i></b>,<br>see"
        ' <a href="https://ledgerway.example/how" onclick="x">how it works</a>:</p>'
        "<ul><li><p>stores</p></li><li>offices</li></ul><ol><li>one</li><li>two</li></ol>"
    )
    assert found.html == (
        "<p>Hi Dana,</p><p>We <strong>read</strong> and <em>sort</em> <strong><em>leases</em></strong>,<br>\n"
        'see <a href="https://ledgerway.example/how">how it works</a>:</p>'
        "<ul><li>stores</li><li>offices</li></ul><ol><li>one</li><li>two</li></ol>"
    )
    assert found.text == (
        "Hi Dana,\n\nWe read and sort leases,\nsee how it works (https://ledgerway.example/how):\n\n"
        "- stores\n- offices\n\n1. one\n2. two"
    )
    assert found.left_out == ()


def test_what_is_left_out_is_told() -> None:
    pasted = (
        '<h1>Leases</h1><table><tr><td>a</td></tr></table><img src="https://a.example/x.png">'
        '<ul><li>one<ul><li>two</li></ul></li></ul><p><u>three</u> <a href="ftp://a.example">four</a></p>'
    )
    assert read(pasted).left_out == (
        "headings",
        "links that are no web or mail address",
        "lists within lists",
        "pictures",
        "tables",
        "underlining",
    )
    assert read(pasted).text == "Leases\n\na\n\n- one\n- two\n\nthree four"


def test_hidden_words_are_shown_to_whoever_decides() -> None:
    found = read('<p>Hi <span style="display:none">secret</span><b hidden>more</b></p>')
    assert found.text == "Hi secretmore"


def test_the_sender_s_own_link_around_itself_is_no_form() -> None:
    own = sender().booking_link
    assert read(f'<p>Book: <a href="{own}">{own}</a></p>', [own]).is_plain
    named = read(f'<p><a href="{own}">Book a time</a></p>', [own])
    assert not named.is_plain
    assert named.text == f"Book a time ({own})"


def test_an_em_dash_between_forms_is_cleaned_as_in_plain_words() -> None:
    assert read("<p>Stores<b>\u2014offices</b>, too</p>").text == "Stores - offices, too"


def test_a_mail_in_form_has_it_in_its_html_and_says_it_in_its_text() -> None:
    found = read(f"<p>{BODY.split(chr(10) * 2)[0]}</p><ul><li>one <b>bold</b> item</li></ul>")
    content = mail(found.html, found.text)
    assert "<ul>\n<li>one <strong>bold</strong> item</li>\n</ul>" in content.html
    assert content.text.startswith(found.text + "\n\n")
    dressed = dress(content, LAYOUT, "en", (found.html, found.text))
    assert "<li>one <strong>bold</strong> item</li>" in dressed.html
    assert dressed.text == content.text
    assert dressed.html.count("Ledgerway") == dress(content, LAYOUT, "en").html.count("Ledgerway")
    plain = mail(None, found.text)
    assert len({content_hash(one) for one in (content, dressed, plain)}) == 3


def test_html_that_says_other_words_than_the_text_is_no_mail() -> None:
    with pytest.raises(InvalidInput, match="is not what the text says"):
        mail("<p>Hi <strong>Dana</strong>, pay today</p>", "Hi Dana, read today")
    with pytest.raises(InvalidInput, match="is not what the text says"):
        mail('<p onclick="x">Hi <strong>Dana</strong></p>', "Hi Dana")


def test_the_checks_see_where_a_link_of_the_form_leads() -> None:
    found = read(f'<p>{BODY}</p><p><a href="https://evil.example/pay">our page</a></p>')
    judged = mail_text(mail(found.html, found.text), found.text)
    blocked = [item for item in assertions(judged, NAMES) if item.check == "booking_link"]
    assert [item.severity for item in blocked] == ["block"]
    assert "https://evil.example/pay" in blocked[0].message


def test_form_alone_is_no_fault_to_the_guards() -> None:
    first, *rest = BODY.split("\n\n")
    found = read(f"<p>{first}</p>" + "".join(f"<p><b>{one[:9]}</b>{one[9:]}</p>" for one in rest))
    assert not found.is_plain
    in_form = mail_text(mail(found.html, found.text), found.text)
    plain = mail_text(mail(None, found.text), found.text)
    assert guards.check(in_form, NAMES, []) == guards.check(plain, NAMES, [])


def test_far_too_much_html_is_refused() -> None:
    with pytest.raises(InvalidInput, match="shorten it to 60,000 at most"):
        read("a" * (LONGEST_MARKUP + 1))


@pytest.mark.parametrize(
    "piece", ["<b>", "<ul><li>", "<p>", "<a href='https://a.example'>a\u2014", "&#10;"]
)
def test_hostile_lengths_take_little_time(piece: str) -> None:
    began = time.process_time()
    read(piece * (LONGEST_MARKUP // len(piece)))
    assert time.process_time() - began < 15


@pytest.mark.parametrize("form", ["<b x{}>", '<i x="{}">', "<EM x='>{}'>", "<font/x{}>"])
def test_forms_that_a_parser_would_repeat_without_end_are_refused(form: str) -> None:
    left_open = "".join(form.format(number) for number in range(1_000))
    with pytest.raises(InvalidInput, match="paste it as plain text"):
        read(f"<p>{left_open}{'<p>x' * 1_000}")


def test_a_long_mail_with_many_colours_and_links_is_read() -> None:
    coloured = "".join(f'<font color="#0000{one:02x}">a</font><b>b</b><br>' for one in range(40))
    linked = "".join(f'<p><a href="https://a.example/{one}">c</a></p>' for one in range(500))
    assert len(read(coloured + linked).blocks) == 501


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<br>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>",
     "<div>", "</div>", '<a href="https://a.example/(x)">', "<a href='mailto:a@b.example'>", "</a>", "word",
     " ", "\n", "&nbsp;", "\u2014", " \u2013 ", "\u2026", "e", "\u0301", "\u200d", "&lt;b&gt;", "\u201cq\u201d",
     "https://a.example", "- ", "1. ", "שלום", "\u202e", "<script>x</script>", "<h2>", "\u3000", "\U0001d400",
     "\r", "\x0b", "\u2028", "\u0645\u200c", "&amp;amp;", "'"],
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_reading_twice_changes_nothing_and_the_text_is_clean(markup: str) -> None:
    found = read(markup)
    again = read(found.html)
    assert (again.html, again.text, again.left_out) == (found.html, found.text, ())
    if found.text:
        assert wording("x", found.text).body == found.text
        mail(None if found.is_plain else found.html, found.text)


def mail(rich: str | None, body: str) -> MailContent:
    words = Wording(subject="Lease terms at Harbor", body=body, rich=rich)
    return compose(words, recipient(), sender(), 1, Thread())
