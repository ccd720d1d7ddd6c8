"""A mailbox of replies is read as it stands, in any of its shapes, and never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.conversations.parse import parse
from outrider.kernel.errors import InvalidInput
from outrider.vendors.maildir_in import MailFolder
from tests.mails import reply

MAILS = [reply("<1@x.example>", f"answer {n}", message_id=f"<{n}@acme.example>") for n in range(3)]
FROM_LINE = "From dana@acme.example Mon Mar  2 15:00:00 2026\n"


def maildir(folder: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, mail in enumerate(MAILS):
        part = "new" if number else "cur"
        (folder / part / f"17724636{number}.M{number}.host").write_bytes(mail)
    (folder / "tmp" / "half").write_bytes(b"From: half")
    (folder / "new" / ".hidden").write_bytes(b"x")
    return folder


def eml_folder(folder: Path) -> Path:
    folder.mkdir()
    for number, mail in enumerate(MAILS):
        (folder / f"{number}.eml").write_bytes(mail)
    (folder / "notes.txt").write_text("no mail")
    return folder


def mbox(folder: Path) -> Path:
    folder.mkdir()
    parts = [FROM_LINE + mail.decode().replace("\r\n", "\n") for mail in MAILS]
    (folder / "replies.mbox").write_text("\n".join(parts))
    return folder / "replies.mbox"


@pytest.mark.parametrize("make", [maildir, eml_folder, mbox])
def test_every_shape_gives_the_same_mails(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    place = make(tmp_path / "box")
    before = sorted((file, file.stat().st_mtime_ns) for file in tmp_path.rglob("*"))
    for _ in range(2):
        read = [parse(raw.data) for raw in MailFolder(place).mails()]
        assert sorted(mail.new_text for mail in read) == ["answer 0", "answer 1", "answer 2"]
    assert sorted((file, file.stat().st_mtime_ns) for file in tmp_path.rglob("*")) == before


def test_a_single_mail_is_a_mailbox_too(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(MAILS[0])
    assert [raw.data for raw in MailFolder(tmp_path / "one.eml").mails()] == [MAILS[0]]


def test_an_empty_maildir_is_empty_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert MailFolder(tmp_path).count() == 0


def test_a_missing_place_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"There is no mailbox at .*nowhere"):
        MailFolder(tmp_path / "nowhere")


def test_a_folder_without_mail_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no mail")
    with pytest.raises(InvalidInput, match="holds no mail"):
        MailFolder(tmp_path)
