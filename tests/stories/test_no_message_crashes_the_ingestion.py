"""Whatever a mailbox holds, the ingestion goes on, and every message is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.campaigns import create, ingest
from outrider.campaigns.features import extract
from outrider.campaigns.parse import parse
from outrider.campaigns.types import Intake, MailSource, ParsedMail, RawMessage, Unreadable
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.vendors.mail_files import open_mail

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

HEAD = b"From: a@b.example\nSubject: x\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
AWKWARD: dict[str, bytes] = {
    "nothing": b"",
    "only line ends": b"\r\n\r\n\n",
    "no headers": b"just a text\n",
    "binary": bytes(range(256)) * 20,
    "no body": HEAD,
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=klingon\n\nna\xefve text\n",
    "null charset": HEAD + b'Content-Type: text/plain; charset="\0"\n\ntext\n',
    "wrong base64": HEAD + b"Content-Transfer-Encoding: base64\n\nnot base64@\n",
    "odd base64": HEAD + b"Content-Transfer-Encoding: base64\n\nYWJjZ\n",
    "wrong quoted-printable": HEAD
    + b"Content-Transfer-Encoding: quoted-printable\n\n=ZZ =\n= text\n",
    "unknown encoding": HEAD + b"Content-Transfer-Encoding: x-rot13\n\nuryyb\n",
    "wrong encoded word": b"From: =?utf-8?B?!!!?= <a@b>\nSubject: =?x?q?=GG?= =?utf-8?b?/w==?=\n\ntext\n",
    "raw 8-bit headers": b"From: J\xf6rg <j@b.example>\nSubject: Gr\xfc\xdfe\n\ntext\n",
    "impossible date": b"Subject: x\nDate: Mon, 32 Foo 99999 77:88:99 +9999\n\ntext\n",
    "huge zone": b"Subject: x\nDate: Mon, 2 Mar 2026 10:00:00 +9999999999\n\ntext\n",
    "year one": b"Subject: x\nDate: Mon, 1 Jan 0001 00:00:00 +1400\n\ntext\n",
    "no boundary": HEAD + b"Content-Type: multipart/mixed\n\ntext\n",
    "boundary never comes": HEAD + b"Content-Type: multipart/mixed; boundary=x\n\ntext\n",
    "null characters": HEAD + b"\nte\0xt with \0 nulls\n",
    "surrogates": HEAD + b"Content-Type: text/plain; charset=utf-16\n\n\x00\xd8text\xd8\n",
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+2AA- text +AGE\n",
    "idna as a charset": HEAD + b"Content-Type: text/plain; charset=idna\n\n" + b"x" * 100,
    "zip as a charset": HEAD + b"Content-Type: text/plain; charset=zip\n\ntext\n",
    "broken html": HEAD + b"Content-Type: text/html\n\n<table><p <b>text</i></td><![CDATA[<!--\n",
    "empty html": HEAD + b"Content-Type: text/html\n\n<html><body><img src=x></body></html>\n",
    "deep html": HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 20_000 + b"text\n",
    "deep parts": HEAD
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_500)
    )
    + b"\ntext\n",
    "only an attachment": HEAD
    + b"Content-Type: text/plain\nContent-Disposition: attachment\n\nnot its words\n",
    "a delivery report": HEAD
    + b"Content-Type: multipart/report; boundary=x\n\n--x\n\ntext\n--x--\n",
    "one long line": HEAD + b"\n" + b"word " * 200_000,
    "one long word": HEAD + b"\n" + b"x" * 500_000,
    "carriage returns": HEAD.replace(b"\n", b"\r") + b"\rtext\r",
    "header of ten thousand addresses": b"To: " + b"a@b.example, " * 10_000 + b"\n\ntext\n",
    "unclosed quote": b'From: "Sam <sam@b.example>\nTo: <<<>>>,;:(\n\ntext\n',
    "references without end": HEAD + b"References: " + b"<a@b> " * 20_000 + b"\n\ntext\n",
}


def accounted_for(raw: bytes) -> str:
    """What became of it, after everything that the ingestion does in memory."""
    found = parse(raw)
    if isinstance(found, Unreadable):
        assert found.reason
        return found.reason
    features = extract(found)
    assert features.word_count >= 0
    text = "".join(
        (found.text, found.subject, found.from_name, found.thread_id, str(found.metadata))
    )
    assert "\0" not in text
    text.encode()
    return "read"


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_message_is_read_or_refused_with_a_reason(name: str) -> None:
    accounted_for(AWKWARD[name])


@pytest.mark.parametrize("name", ["unknown charset", "raw 8-bit headers", "null characters",
                                  "impossible date", "broken html", "utf-7"])  # fmt: skip
def test_a_fault_that_can_be_mended_costs_no_message(name: str) -> None:
    found = parse(AWKWARD[name])
    assert isinstance(found, ParsedMail)
    assert "text" in found.text


def test_words_in_a_wrong_or_missing_charset_stay_words() -> None:
    found = parse(AWKWARD["raw 8-bit headers"])
    unknown = parse(AWKWARD["unknown charset"])
    assert isinstance(found, ParsedMail)
    assert isinstance(unknown, ParsedMail)
    assert (found.subject, found.from_name) == ("Grüße", "Jörg")
    assert unknown.text == "naïve text"


@given(st.binary(max_size=4_000))
def test_no_bytes_crash_the_parser(raw: bytes) -> None:
    accounted_for(raw)


@given(st.binary(max_size=600), st.binary(max_size=600))
def test_no_headers_crash_the_parser(value: bytes, body: bytes) -> None:
    for name in (b"From", b"Date", b"Content-Type", b"References", b"Content-Transfer-Encoding"):
        accounted_for(name + b": " + value + b"\nSubject: x\n\n" + body)


def test_every_real_message_is_read_or_refused_with_a_reason(shared_data: Path) -> None:
    outcomes: dict[str, int] = {}
    for raw in real(shared_data):
        outcome = accounted_for(raw)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert sum(outcomes.values()) > 1_100
    assert outcomes["read"] > 900
    assert not [reason for reason in outcomes if "gave up" in reason or "nested" in reason]


def real(shared_data: Path) -> Iterator[bytes]:
    for box in sorted((shared_data / "mail").glob("*.mbox")):
        for message in open_mail(box):
            yield message.data
    for folder in ("mime", "bounces"):
        for file in sorted((shared_data / folder).rglob("*.eml")):
            yield file.read_bytes()


async def test_a_mailbox_of_awkward_messages_goes_in_to_the_last(
    database: Database, workspace: WorkspaceId, objects: Objects
) -> None:
    def begin() -> AbstractAsyncContextManager[Tx]:
        return database.transaction(workspace, SYSTEM)

    async with begin() as tx:
        campaign = await create.create(tx, "Spring", "Brand")
    into = Intake(campaign.id, MailSource.BRAND)
    mails = [RawMessage(name, "mbox", raw) for name, raw in AWKWARD.items()]
    first = await ingest.ingest(begin, objects, into, mails)
    second = await ingest.ingest(begin, objects, into, mails)
    assert (first.read, first.new + first.unreadable) == (len(mails), len(mails))
    assert first.new > 15
    assert sum(first.reasons.values()) == first.unreadable
    assert (second.new, second.unreadable, second.known) == (0, 0, len(mails))
    async with begin() as tx:
        rows = await tx.rows("select raw_sha256 from unread_emails")
        assert len(rows) == first.unreadable
        for row in rows:
            assert await ingest.raw(tx, objects, row["raw_sha256"]) in AWKWARD.values()


def test_an_mbox_is_split_at_its_separators_only(tmp_path: Path) -> None:
    box = tmp_path / "box.mbox"
    box.write_bytes(
        b"From a@b Mon Mar  2 10:00:00 2026\nSubject: one\n\nFrom here on, all is text.\n"
        b">From the quoted one\n>>From twice\n\nFrom 10:00 on we work\n\n"
        b"From a@b Tue Mar  3 10:00:00 2026\r\nSubject: two\r\n\r\ntext\r\n\r\n"
        b"From MAILER-DAEMON Wed Mar  4 10:00:00 2026\nSubject: three\n\nend"
    )
    mails = open_mail(box)
    data = [message.data for message in mails]
    assert len(mails) == 3
    assert data[0].endswith(b"\nFrom the quoted one\n>From twice\n\nFrom 10:00 on we work\n")
    assert data[1:] == [b"Subject: two\r\n\r\ntext\r\n", b"Subject: three\n\nend"]


def test_a_maildir_and_a_folder_of_eml_files_are_read_as_such(tmp_path: Path) -> None:
    (tmp_path / "dir" / "cur").mkdir(parents=True)
    (tmp_path / "dir" / "new").mkdir()
    (tmp_path / "dir" / "cur" / "1:2,S").write_bytes(b"Subject: seen\n\ntext")
    (tmp_path / "dir" / "new" / "2").write_bytes(b"Subject: new\n\ntext")
    (tmp_path / "eml" / "deep").mkdir(parents=True)
    (tmp_path / "eml" / "deep" / "a.EML").write_bytes(b"Subject: one\n\ntext")
    (tmp_path / "eml" / "notes.txt").write_text("no mail")
    maildir, folder = open_mail(tmp_path / "dir"), open_mail(tmp_path / "eml")
    assert (maildir.kind, len(maildir), len(list(maildir))) == ("maildir", 2, 2)
    assert (folder.kind, len(folder), len(list(folder))) == ("eml", 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_mails_is_read_whatever_its_spelling(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    file = tmp_path / "mails.csv"
    header = delimiter.join(("Sent At", "From", "To", "Email Subject", "Body"))
    row = delimiter.join(
        ("2026-03-02T10:00:00-06:00", "Jörg <j@b.example>", "x@y.example", '"Grüße\nBcc: z@z"',
         '"Hi Jane,\n\nOne line; and, more.\tEnd"')
    )  # fmt: skip
    file.write_text(f"{header}\n{row}\n\n", encoding=encoding)
    mails = open_mail(file)
    (message,) = mails
    found = parse(message.data)
    assert len(mails) == 1
    assert isinstance(found, ParsedMail)
    assert (found.subject, found.from_name) == ("Grüße Bcc: z@z", "Jörg")
    assert found.text.startswith("Hi Jane,\n\nOne line; and, more.")
    assert found.sent_at is not None
    assert (found.sent_at.hour, found.sent_offset_minutes) == (16, -360)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.mbox", b"", "is empty"),
        ("blank.mbox", b"\n\n  \n", "is empty"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0", "is a binary file"),
        ("notes.txt", b"Dear diary\n", "does not look like mail"),
        ("people.csv", b"name,phone\nJane,1\n", "need a column subject and a column body"),
        ("broken.csv", b"\0\0\0\n", "need a column subject"),
    ],
)
def test_a_file_that_holds_no_mail_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=sentence) as caught:
        open_mail(file)
    assert "\n" not in caught.value.message
    assert str(file) in caught.value.message


def test_a_missing_path_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        open_mail(tmp_path / "gone.mbox")
    with pytest.raises(InvalidInput, match="holds no mail"):
        open_mail(tmp_path)
