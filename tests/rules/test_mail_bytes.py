"""The bytes of a mail: right by the standard library's reading, and deaf to injected headers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

import mailparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outrider.drafts.types import MailContent, Recipient, Sender
from outrider.kernel.errors import Refused
from outrider.prospects.types import ContactId
from outrider.sending.mail import ascii_address, build, message_id, wire_address

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MESSAGE_ID = "<0195500000007000800000000000abcd@try-brand.example>"
LINK = "https://outrider.brand.example/u/" + "a" * 43
HEADERS = {
    "List-Unsubscribe": f"<mailto:sam@try-brand.example?subject=unsubscribe>, <{LINK}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "In-Reply-To": "<first@try-brand.example>",
    "References": "<first@try-brand.example> <second@try-brand.example>",
}
NAMES = {
    "Received", "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
} - {"Received"}  # fmt: skip


def content(
    subject: str = "Your lease data before February",
    text: str = "Hello Dana,\n\nA question about leases.\n\n-- \nSam",
    name: str = "Sam Poole",
    first: str = "Dana",
    headers: dict[str, str] | None = None,
    email: str = "dana@depot.example",
) -> MailContent:
    return MailContent(
        recipient=Recipient(
            contact_id=ContactId(UUID(int=1)),
            email=email,
            first_name=first,
            last_name="Lee",
        ),
        sender=Sender(
            mailbox_id=UUID(int=2),
            address="sam@try-brand.example",
            name=name,
            brand="Brand",
            postal_address="1 Main Street, 02110 Boston",
            booking_link="https://cal.example/sam",
            unsubscribe_url=LINK,
        ),
        subject=subject,
        text=text,
        html=f"<p>{text}</p>",
        step=1,
        headers=HEADERS if headers is None else headers,
    )


def parsed(mail: bytes) -> EmailMessage:
    message = message_from_bytes(mail, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def well_formed(mail: bytes) -> None:
    """RFC 5322: CRLF only, 7 bits, no line above 998 octets; folded to 78 where it can."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail)
    assert max(mail) < 128
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert mail.endswith(b"\r\n")


def same_lines(text: str) -> str:
    lines = re.sub(r"\r\n|\r|\n", "\n", text)
    return lines if lines.endswith("\n") else lines + "\n"


def test_the_standard_library_reads_every_field_back() -> None:
    mail = build(content(), MESSAGE_ID, AT)
    well_formed(mail)
    message = parsed(mail)
    assert message["From"] == "Sam Poole <sam@try-brand.example>"
    assert message["To"] == "Dana Lee <dana@depot.example>"
    assert message["Subject"] == "Your lease data before February"
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Date"].datetime == AT
    for name, value in HEADERS.items():
        assert re.sub(r"\s+", " ", message[name]) == value
    plain, html = message.iter_parts()
    assert [plain.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert same_lines(plain.get_content()) == same_lines(content().text)
    assert same_lines(html.get_content()) == same_lines(content().html)
    assert set(message.keys()) == NAMES


def test_it_says_the_same_as_the_standard_librarys_own_builder() -> None:
    ours = parsed(build(content(subject="Prüfung für März"), MESSAGE_ID, AT))
    theirs = EmailMessage(policy.SMTP)
    theirs["Subject"] = "Prüfung für März"
    theirs.set_content(content().text)
    theirs.add_alternative(content().html, subtype="html")
    again = parsed(theirs.as_bytes())
    assert ours["Subject"] == again["Subject"]
    for mine, other in zip(ours.iter_parts(), again.iter_parts(), strict=True):
        assert mine.get_content_type() == other.get_content_type()
        assert same_lines(mine.get_content()) == same_lines(other.get_content())


def test_a_second_parser_agrees() -> None:
    mail = mailparser.parse_from_bytes(build(content(name="Zoë Ångström"), MESSAGE_ID, AT))
    assert mail.subject == "Your lease data before February"
    assert mail.from_ == [("Zoë Ångström", "sam@try-brand.example")]
    assert mail.message_id == MESSAGE_ID
    assert same_lines(mail.text_plain[0]) == same_lines(content().text)
    assert mail.defects == []


def test_the_same_arguments_always_give_the_same_bytes() -> None:
    assert build(content(), MESSAGE_ID, AT) == build(content(), MESSAGE_ID, AT)


anything = st.text(max_size=400)


@settings(max_examples=300, deadline=None)
@given(subject=anything, name=anything, first=anything)
@example(subject="x\r\nBcc: all@other.example", name="a", first="b")
@example(subject="=?utf-8?q?=0D=0ABcc:_x=40y=2Eexample?=", name='"; <x@y.example>', first="\\")
@example(subject="a" * 1200, name="é" * 300, first="，")
@example(subject="two  spaces ", name="Dr. Sam, MBA", first="D'Ana (CFO)")
def test_no_field_can_add_a_header_or_a_recipient(subject: str, name: str, first: str) -> None:
    try:
        mail = build(content(subject=subject, name=name, first=first), MESSAGE_ID, AT)
    except Refused:
        assert re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", subject + name + first)
        return
    well_formed(mail)
    message = parsed(mail)
    assert set(message.keys()) == NAMES
    assert len(message.keys()) == len(NAMES)
    assert [a.addr_spec for a in message["From"].addresses] == ["sam@try-brand.example"]
    assert [a.addr_spec for a in message["To"].addresses] == ["dana@depot.example"]


@settings(max_examples=300, deadline=None)
@given(
    subject=st.text(
        alphabet=st.characters(min_codepoint=32, exclude_categories=["C", "Z"]) | st.just(" ")
    )
)
def test_every_printable_subject_comes_back_as_it_was(subject: str) -> None:
    message = parsed(build(content(subject=subject), MESSAGE_ID, AT))
    assert str(message["Subject"]) == subject


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example(text="trailing space \nand tab\t\n.\n..\nFrom here\n=3D " + "x" * 3000)
@example(text="--=_boundary\n\n\n")
def test_every_text_comes_back_as_it_was(text: str) -> None:
    mail = build(content(text=text), MESSAGE_ID, AT)
    well_formed(mail)
    assert max(map(len, mail.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    plain, html = parsed(mail).iter_parts()
    assert plain.get_payload(decode=True) == same_lines(text).replace("\n", "\r\n").encode()
    assert html.get_content_type() == "text/html"


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"Bcc": "x@y.example"}, "bcc"),
        ({"List-Unsubscribe": f"<{LINK}>\r\nBcc: x@y.example"}, "List-Unsubscribe"),
        ({"References": "<é@x.example>"}, "References"),
        ({"References": "<" + "a" * 1200 + ">"}, "References"),
        ({"reply-to": "a@b.example", "Reply-To": "c@d.example"}, "list"),
    ],
)
def test_a_header_that_a_draft_may_not_set_is_refused_by_name(
    headers: dict[str, str], named: str
) -> None:
    with pytest.raises(Refused, match=named):
        build(content(headers=headers), MESSAGE_ID, AT)


def test_a_message_id_is_the_rows_id_at_the_senders_domain() -> None:
    assert message_id("ab" * 16, "Sam@Try-Brand.example") == f"<{'ab' * 16}@try-brand.example>"
    assert message_id("ab", "sam@bücher.example") == "<ab@xn--bcher-kva.example>"


def test_a_sender_that_needs_smtputf8_is_refused() -> None:
    with pytest.raises(Refused, match="not plain ASCII"):
        message_id("ab", "sämi@x.example")


printable = st.text(
    alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80
).map(lambda text: " ".join(text.split()) or "x")
written = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


def shown_name(mail: bytes, field: str) -> str:
    """The name in an address field, by the older reader: the newer one splits long encoded names."""
    raw = message_from_bytes(mail, policy=policy.compat32)[field]
    if "=?utf-8?b?" in raw:
        return str(make_header(decode_header(raw.rpartition("<")[0].strip())))
    return parseaddr(raw)[0]


@settings(max_examples=250, deadline=None)
@given(subject=printable, name=printable, text=written)
@example(
    subject="日本語の件名 " * 9, name='Zoë "Z" (CFO), Ltd. \\', text="שלום\u200f\n.\n👩‍👧 e\u0301\n"
)
@example(subject="=?utf-8?q?no?=", name="=?utf-8?q?no?= <x@y.example>", text="=_ --=_ \t \n\n")
def test_whatever_goes_in_is_what_the_standard_librarys_own_mail_says(
    subject: str, name: str, text: str
) -> None:
    mail = build(content(subject=subject, name=name, text=text), MESSAGE_ID, AT)
    ours = parsed(mail)
    theirs = EmailMessage(policy.SMTP)
    theirs["Subject"] = subject
    theirs["From"] = Address(name, addr_spec="sam@try-brand.example")
    theirs["To"] = Address("Dana Lee", addr_spec="dana@depot.example")
    assert str(ours["Subject"]) == subject
    for field, said in (("From", name), ("To", "Dana Lee")):
        (mine,), (other,) = ours[field].addresses, theirs[field].addresses
        assert mine.addr_spec == other.addr_spec
        assert shown_name(mail, field) == said
    # The library reads encoded words into a field that is set; a mail must not.
    assert "=?" in subject or str(theirs["Subject"]) == subject
    for part, said in zip(ours.iter_parts(), (text, f"<p>{text}</p>"), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode() == same_lines(said).replace("\n", "\r\n")
    assert ours.defects == []


def test_an_international_address_is_written_as_both_standards_say() -> None:
    mail = build(content(email="jo\u0308rg@b\u00fccher.example"), MESSAGE_ID, AT)
    head, _, body = mail.partition(b"\r\n\r\n")
    others = [line for line in head.split(b"\r\n") if not line.startswith(b"To:")]
    assert all(line.isascii() for line in others)
    assert body.isascii()
    assert "To: Dana Lee <j\u00f6rg@xn--bcher-kva.example>".encode() in head
    (found,) = parsed(mail)["To"].addresses
    raw = found.addr_spec.encode("utf-8", "surrogateescape")
    assert raw.decode() == "j\u00f6rg@xn--bcher-kva.example"


@settings(max_examples=200, deadline=None)
@given(
    local=st.text(min_size=1, max_size=20), domain=st.sampled_from(["x.example", "bücher.example"])
)
@example(local='a"b', domain="x.example")
@example(local="x>\r\nBcc: y", domain="x.example")
@example(local="x\u202ey", domain="x.example")
def test_no_address_can_break_out_of_its_field(local: str, domain: str) -> None:
    try:
        at = wire_address("recipient", f"{local}@{domain}")
    except Refused:
        return
    assert not re.search(r"[\s<>\",;:\\()\[\]\x00-\x1f\x7f]", at)
    assert at.count("@") == 1
    assert at.rpartition("@")[2].isascii()
    assert wire_address("recipient", at) == at
    mail = build(content(email=f"{local}@{domain}"), MESSAGE_ID, AT)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail)
    assert {name.lower() for name in parsed(mail)} == {name.lower() for name in NAMES}
    if not at.isascii():
        with pytest.raises(Refused, match="not plain ASCII"):
            ascii_address("recipient", f"{local}@{domain}")
