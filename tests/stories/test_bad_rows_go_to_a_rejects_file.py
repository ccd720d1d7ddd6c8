"""What cannot go in is written down with its line and the reason; the rest goes in."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.prospects import read, register
from outrider.prospects.identity import Suppressor
from outrider.prospects.register import ListFile

SUPPRESSOR = Suppressor(b"k" * 32)
Begin = Callable[[], AbstractAsyncContextManager[Tx]]
LIST = """\
E-Mail;Unternehmen;Name;Telefon;Mitarbeiter;CIK
ann@acme.example;Acme GmbH;Ann Reed;+49 30 1;1.200;354950
bo@acme.example;Acme GmbH;"Bo
Berg";+49 30 2;;
no address;Beta AG;Cy;+49 30 3;;
dee@beta.example;Beta AG;Dee;=1+1;viele;
eve@gmail.com;;Eve;;;
fay@gamma.example;Gamma SE;Fay;;;99999999999
gus@gamma.example;Gamma SE;Gus;;;7;more
"""


@pytest.fixture
def begin(database: Database, workspace: WorkspaceId) -> Begin:
    return lambda: database.transaction(workspace, SYSTEM)


def rows_of(path: str | Path) -> list[list[str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


async def test_bad_rows_are_told_apart_by_line_column_and_reason(
    begin: Begin, tmp_path: Path
) -> None:
    file = ListFile(tmp_path / "leads.csv", tmp_path / "rejects")
    file.path.write_bytes(LIST.encode("latin-1"))
    report = await register.import_csv(begin, file, SUPPRESSOR)
    assert (report.rows, report.contacts_new, report.rejected) == (7, 2, 5)
    assert report.rejects_file == str(tmp_path / "rejects" / "leads.rejects.csv")
    header, *rows = rows_of(report.rejects_file)
    assert header == ["line", "column", "reason", *LIST.split("\n")[0].split(";")]
    assert [(row[0], row[1]) for row in rows] == [
        ("5", "E-Mail"),
        ("6", "Mitarbeiter"),
        ("7", "Unternehmen"),
        ("8", "CIK"),
        ("9", ""),
    ]
    assert rows[0][2].startswith("'no address' is no e-mail address")
    assert rows[1][6] == "'=1+1"  # a spreadsheet would run it otherwise
    assert rows[4][3:] == ["gus@gamma.example", "Gamma SE", "Gus", "", "", "7", "more"]


async def test_a_mended_rejects_file_goes_in_as_it_is(begin: Begin, tmp_path: Path) -> None:
    file = ListFile(tmp_path / "leads.csv", tmp_path)
    file.path.write_text("Email,Company,Phone\nann at acme.example,Acme,+1 555 0100\n")
    report = await register.import_csv(begin, file, SUPPRESSOR)
    assert report.rejects_file is not None
    rejects = Path(report.rejects_file)
    assert "'+1 555 0100" in rejects.read_text(encoding="utf-8-sig")
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace(
            "ann at acme.example,Acme", "ann@acme.example,Acme"
        ),
        encoding="utf-8-sig",
    )
    again = await register.import_csv(begin, ListFile(rejects, tmp_path / "r"), SUPPRESSOR)
    assert (again.contacts_new, again.rejected) == (1, 0)
    async with begin() as tx:
        contact = await read.contact_by_email(tx, "ann@acme.example")
    assert contact is not None
    assert contact.phone == "+1 555 0100"


async def test_a_list_without_faults_leaves_no_rejects_file(begin: Begin, tmp_path: Path) -> None:
    file = ListFile(tmp_path / "leads.csv", tmp_path / "rejects")
    file.path.write_text("Email,Company\nann@acme.example,Acme\n")
    report = await register.import_csv(begin, file, SUPPRESSOR)
    assert report.rejects_file is None
    assert not (tmp_path / "rejects").exists()


async def test_a_list_without_addresses_leaves_the_database_as_it_was(
    begin: Begin, tmp_path: Path
) -> None:
    file = ListFile(tmp_path / "leads.csv", tmp_path / "rejects")
    file.path.write_text("Company,City\nAcme,Bonn\n")
    with pytest.raises(InvalidInput, match="--map email=COLUMN"):
        await register.import_csv(begin, file, SUPPRESSOR)
    async with begin() as tx:
        assert await read.accounts(tx) == []


async def test_a_rejects_folder_that_cannot_be_used_is_told_in_one_sentence(
    begin: Begin, tmp_path: Path
) -> None:
    (tmp_path / "rejects").write_text("in the way")
    file = ListFile(tmp_path / "leads.csv", tmp_path / "rejects")
    file.path.write_text("Email,Company\nann@acme.example,Acme\n")
    with pytest.raises(InvalidInput, match=r"The rejects file .* cannot be written"):
        await register.import_csv(begin, file, SUPPRESSOR)
    async with begin() as tx:
        assert await read.accounts(tx) == []


async def test_columns_that_nobody_asked_for_are_not_stored(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Email,Company,Shoe Size,Plan\nann@acme.example,Acme,38,gold\n")
    shown = register.preview(path)
    assert shown.ignored_columns == ("Shoe Size", "Plan")
    file = ListFile(path, tmp_path, {"attribute.plan": "plan"})
    report = await register.import_csv(begin, file, SUPPRESSOR)
    assert report.ignored_columns == ("Shoe Size",)
    async with begin() as tx:
        (account,) = await read.accounts(tx)
    assert account.attributes == {"plan": "gold"}


async def test_progress_is_told_and_ends_at_the_whole(begin: Begin, tmp_path: Path) -> None:
    file = ListFile(tmp_path / "leads.csv", tmp_path)
    rows = "".join(f"p{i}@acme.example,Acme\n" for i in range(30))
    file.path.write_text("Email,Company\n" + rows)
    told: list[tuple[int, float]] = []
    await register.import_csv(begin, file, SUPPRESSOR, lambda *said: told.append(said))
    assert told[-1][0] == 30
    assert 0.9 < told[-1][1] <= 1
