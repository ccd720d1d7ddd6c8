"""A list may be imported again, in part, in another order of events: nothing comes in twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId
from outrider.prospects import consent, register
from outrider.prospects.identity import Suppressor
from outrider.prospects.register import ListFile
from outrider.prospects.types import ImportReport, SuppressionReason

HEADER = "First Name,Last Name,Job Title,Company,Work Email,Website,Employees,Competitor\n"
SUPPRESSOR = Suppressor(b"k" * 32)
Begin = Callable[[], AbstractAsyncContextManager[Tx]]


@pytest.fixture
def begin(database: Database, workspace: WorkspaceId) -> Begin:
    return lambda: database.transaction(workspace, SYSTEM)


def write(folder: Path, *rows: str, name: str = "list.csv") -> ListFile:
    path = folder / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return ListFile(path, folder / "rejects")


def many(count: int) -> list[str]:
    """Five people an account; every seventh address comes again further down."""
    rows = []
    for i in range(count):
        person = i if i % 7 else i // 2
        rows.append(
            f"Ann{i},Reed,Title {i},Company {person // 5},p{person}@c{person // 5}.example,,"
            f"{person // 5 + 10},{'LeaseCo' if i % 3 else ''}"
        )
    return rows


async def everything(begin: Begin) -> dict[str, list[dict[str, Any]]]:
    """All rows that an import writes, but for the log of imports."""
    async with begin() as tx:
        return {
            table: [dict(row) for row in await tx.rows(f"select * from {table} order by id")]
            for table in ("accounts", "contacts", "facts")
        }


async def test_the_same_list_twice_changes_nothing(
    begin: Begin, clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "BATCH_ROWS", 40)  # addresses come again across batches
    file = write(tmp_path, *many(300))
    first = await register.import_csv(begin, file, SUPPRESSOR)
    before = await everything(begin)
    clock.advance(timedelta(days=1))
    again = await register.import_csv(begin, file, SUPPRESSOR)
    assert first.contacts_new == len(before["contacts"]) > 250
    assert first.repeated == 300 - first.contacts_new
    assert (again.contacts_new, again.contacts_changed) == (0, 0)
    assert (again.accounts_new, again.accounts_changed) == (0, 0)
    assert again.unchanged == first.contacts_new
    assert await everything(begin) == before


async def test_every_row_is_accounted_for(begin: Begin, tmp_path: Path) -> None:
    file = write(tmp_path, *many(50), "Bo,Berg,,Acme,not an address,,,", ",,,,,,,")
    report = await register.import_csv(begin, file, SUPPRESSOR)
    parts = (
        report.contacts_new
        + report.contacts_changed
        + report.unchanged
        + report.repeated
        + report.rejected
    )
    assert report.rows == parts == 51


async def test_an_import_that_was_cut_short_is_run_again_to_the_same_end(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "BATCH_ROWS", 25)
    file = write(tmp_path, *many(200), "Bo,Berg,,Acme,not an address,,,")

    def cut(rows: int, share: float) -> None:
        if rows >= 75:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await register.import_csv(begin, file, SUPPRESSOR, cut)
    half = await everything(begin)
    assert 0 < len(half["contacts"]) < 100
    assert not list(file.rejects_dir.iterdir()) if file.rejects_dir.exists() else True

    report = await register.import_csv(begin, file, SUPPRESSOR)
    whole = await everything(begin)
    assert {row["id"] for row in half["contacts"]} <= {row["id"] for row in whole["contacts"]}
    expected = {
        f"p{i if i % 7 else i // 2}@c{(i if i % 7 else i // 2) // 5}.example" for i in range(200)
    }
    assert {row["email"] for row in whole["contacts"]} == expected
    assert report.rejected == 1


async def test_two_imports_of_one_list_at_once_make_one(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "BATCH_ROWS", 20)
    file = write(tmp_path, *many(120))
    reports = await asyncio.gather(
        register.import_csv(begin, file, SUPPRESSOR), register.import_csv(begin, file, SUPPRESSOR)
    )
    after = await everything(begin)
    assert sum(report.contacts_new for report in reports) == len(after["contacts"])
    assert sum(report.accounts_new for report in reports) == len(after["accounts"])
    assert [report.contacts_changed for report in reports] == [0, 0]


async def imported(begin: Begin, folder: Path, *rows: str) -> ImportReport:
    return await register.import_csv(begin, write(folder, *rows), SUPPRESSOR)


async def test_a_changed_title_updates_and_an_empty_cell_erases_nothing(
    begin: Begin, clock: VirtualClock, tmp_path: Path
) -> None:
    await imported(begin, tmp_path, "Ann,Reed,CFO,Acme,ann@acme.example,,100,LeaseCo")
    clock.advance(timedelta(days=1))
    report = await imported(begin, tmp_path, "Ann,,COO,,Ann@acme.example,,,")
    after = await everything(begin)
    assert (report.contacts_changed, report.accounts_changed) == (1, 0)
    (contact,), (account,) = after["contacts"], after["accounts"]
    assert (contact["title"], contact["last_name"]) == ("COO", "Reed")
    assert contact["updated_at"] > contact["created_at"]
    assert (account["name"], account["employees"]) == ("Acme", 100)
    assert account["updated_at"] == account["created_at"]


async def test_of_two_rows_for_one_person_the_first_counts_and_the_second_fills(
    begin: Begin, tmp_path: Path
) -> None:
    report = await imported(
        begin,
        tmp_path,
        "Ann,,CFO,Acme,ann@acme.example,,,",
        "Anna,Reed,COO,Acme Inc,ANN@ACME.example,,70,",
    )
    after = await everything(begin)
    (contact,), (account,) = after["contacts"], after["accounts"]
    assert (contact["first_name"], contact["last_name"], contact["title"]) == ("Ann", "Reed", "CFO")
    assert (account["name"], account["employees"]) == ("Acme", 70)
    assert (report.contacts_new, report.repeated) == (1, 1)


async def test_who_said_no_is_not_brought_back_by_a_list(begin: Begin, tmp_path: Path) -> None:
    row = "Ann,Reed,CFO,Acme,ann@acme.example,,,"
    await imported(begin, tmp_path, row)
    async with begin() as tx:
        await consent.suppress(
            tx, SUPPRESSOR, "ann@acme.example", SuppressionReason.OPT_OUT, "a click"
        )
    await imported(begin, tmp_path, row.replace("CFO", "COO"))
    (contact,) = (await everything(begin))["contacts"]
    assert (contact["status"], contact["title"]) == ("opted_out", "COO")


async def test_who_said_no_and_was_erased_comes_in_as_unwritable(
    begin: Begin, tmp_path: Path
) -> None:
    async with begin() as tx:
        await consent.suppress(
            tx, SUPPRESSOR, "ann@acme.example", SuppressionReason.OPT_OUT, "a letter"
        )
    report = await imported(
        begin,
        tmp_path,
        "Ann,Reed,CFO,Acme,ANN+sales@acme.example,,,",
        "Bo,Berg,CFO,Acme,bo@acme.example,,,",
    )
    assert (report.contacts_new, report.suppressed) == (2, 1)
    statuses = {row["email"]: row["status"] for row in (await everything(begin))["contacts"]}
    assert statuses == {"ANN+sales@acme.example": "opted_out", "bo@acme.example": "active"}


async def test_a_list_that_says_something_else_and_back_leaves_the_last_word_as_the_newest_fact(
    begin: Begin, clock: VirtualClock, tmp_path: Path
) -> None:
    for employees in (100, 200, 100):
        await imported(begin, tmp_path, f"Ann,Reed,CFO,Acme,ann@acme.example,,{employees},")
        clock.advance(timedelta(days=1))
    facts = (await everything(begin))["facts"]
    newest = max(facts, key=lambda fact: fact["retrieved_at"])
    assert len(facts) == 2
    assert (newest["value"], newest["source"]) == ("100", "import")


async def test_who_opted_out_elsewhere_is_closed_by_the_list_that_says_so(
    begin: Begin, tmp_path: Path
) -> None:
    file = ListFile(tmp_path / "crm.csv", tmp_path)
    file.path.write_text("Email,Company\nann@acme.example,Acme\nbo@acme.example,Acme\n")
    await register.import_csv(begin, file, SUPPRESSOR)
    file.path.write_text(
        "Email,Company,Do Not Email\nann@acme.example,Acme,Yes\nbo@acme.example,Acme,No\n"
        "cy@acme.example,Acme,2024-05-01\ndee@acme.example,Acme,\n"
    )
    report = await register.import_csv(begin, file, SUPPRESSOR)
    again = await register.import_csv(begin, file, SUPPRESSOR)
    statuses = {row["email"][:3]: row["status"] for row in (await everything(begin))["contacts"]}
    assert statuses == {"ann": "opted_out", "bo@": "active", "cy@": "opted_out", "dee": "active"}
    assert (report.suppressed, again.suppressed) == (2, 0)
    file.path.write_text("Email,Company,Do Not Email\nann@acme.example,Acme,No\n")
    await register.import_csv(begin, file, SUPPRESSOR)
    assert (await everything(begin))["contacts"][0]["status"] == "opted_out"
