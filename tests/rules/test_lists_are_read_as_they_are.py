"""Lists are read however programs write them, and every row keeps the line it starts at."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from outrider.kernel.errors import InvalidInput
from outrider.prospects import cells, listfile
from outrider.prospects.listfile import UNCLOSED, examine
from outrider.prospects.rejects import guarded
from outrider.prospects.rows import RowReader
from outrider.prospects.types import ImportRow, RejectedRow


def read(folder: Path, content: bytes) -> list[tuple[int, list[str], str | None]]:
    path = folder / "list.csv"
    path.write_bytes(content)
    layout = examine(path)
    return [(r.line, list(r.cells), r.problem) for r in listfile.records(layout)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["Email", "Company", "Note"], ["a@b.example", "B, Inc.; B|C", "x,y;z"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert read(tmp_path, text.encode()) == [(2, rows[1], None)]


def test_commas_within_cells_do_not_hide_a_semicolon(tmp_path: Path) -> None:
    text = "Email;Company;Title\n" + "a@b.example;B, C, D;VP, Finance, EMEA\n" * 9
    assert read(tmp_path, text.encode())[0][1] == ["a@b.example", "B, C, D", "VP, Finance, EMEA"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    text = "E-Mail;Société\na@b.example;Müller\n"
    assert read(tmp_path, text.encode(encoding)) == [(2, ["a@b.example", "Müller"], None)]


def test_letters_of_windows_are_read_even_if_they_come_late(tmp_path: Path) -> None:
    text = "Email,Company\n" + "a@b.example,B\n" * 100_000
    found = read(tmp_path, text.encode() + "z@b.example,Café “X”\n".encode("cp1252"))
    assert found[-1] == (100_002, ["z@b.example", "Café “X”"], None)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_through_quoted_newlines_and_blank_lines(
    tmp_path: Path, end: str
) -> None:
    lines = ["Email,Title", 'a@b.example,"two', 'lines"', "", ",", "c@d.example,x"]
    found = read(tmp_path, end.join(lines).encode())
    assert [(line, row[0]) for line, row, _ in found] == [(2, "a@b.example"), (6, "c@d.example")]


def test_excels_separator_line_is_obeyed_and_is_no_header(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffsep=|\r\nEmail|Company\r\na@b.example|B;C,D\r\n".encode())
    assert found == [(3, ["a@b.example", "B;C,D"], None)]


def test_short_rows_are_filled_and_long_rows_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, b"Email,Company\na@b.example\nc@d.example,D,,\ne@f.example,F,G\n")
    assert found[0] == (2, ["a@b.example", ""], None)
    assert found[1] == (3, ["c@d.example", "D"], None)
    assert found[2][2] == "the row has 3 cells where the header has 2"


@pytest.mark.parametrize(
    "content",
    [
        b'Email,Title\na@b.example,"open\nc@d.example,x\ne@f.example,"q"\n',
        b'Email,Title\na@b.example,"open\nc@d.example,x\ne@f.example,q\n',
        b'Email,Title\na@b.example,"open\nc@d.example,"x"\ne@f.example,q',
    ],
)
def test_an_unclosed_quotation_mark_costs_one_row_and_not_the_rest(
    tmp_path: Path, content: bytes
) -> None:
    found = read(tmp_path, content)
    assert [(line, row[0], problem) for line, row, problem in found] == [
        (2, "a@b.example", UNCLOSED),
        (3, "c@d.example", None),
        (4, "e@f.example", None),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n\t\n", "is empty"),
        (b",,,\n;;\n", "is empty"),
        (bytes(range(256)) * 20, "is not a text file"),
        (b"PK\x03\x04rest", "an Excel or zip file, not text: save it as CSV"),
        (b"a@b.example,Ann\n", "starts with a row of data"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        read(tmp_path, content)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        examine(tmp_path / "nothing.csv")
    with pytest.raises(InvalidInput, match="is a folder"):
        examine(tmp_path)


COLUMNS = ("Email", "Company", "Name", "Website", "CIK", "Employees", "ICP", "Country")
MAP = dict(
    zip(
        ("email", "company", "full_name", "domain", "cik", "employees", "icp_score", "country"),
        COLUMNS,
        strict=True,
    )
)


def row(*cells_: str) -> ImportRow | RejectedRow:
    padded = [*cells_, *[""] * (len(COLUMNS) - len(cells_))]
    return RowReader(COLUMNS, MAP).read(listfile.Record(7, padded))


def test_a_clean_row_is_normalised() -> None:
    found = row(
        " Ann@ACME.example", "Acme  Inc.", "Reed, Dr. Ann", "www.acme.example/", "CIK 354950",
        "1,200", "85,5 %", "Deutschland",
    )  # fmt: skip
    assert found == ImportRow(
        line=7,
        company="Acme Inc.",
        email="Ann@acme.example",
        first_name="Ann",
        last_name="Reed",
        domain="acme.example",
        cik="0000354950",
        employees=1200,
        icp_score=Decimal("85.5"),
        country="DE",
    )


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        (("",), "Email", "there is no e-mail address"),
        (("ann at acme",), "Email", "'ann at acme' is no e-mail address"),
        (("a@gmail.com",), "Company", "there is no company"),
        (("a@b.example", "B" * 301), "Company", "longer than 300"),
        (("a@b.example", "B", "", "no site"), "Website", "'no site' is no web address"),
        (("a@b.example", "B", "", "", "12345678901"), "CIK", "is no CIK"),
        (("a@b.example", "B", "", "", "0"), "CIK", "is no CIK"),
        (("a@b.example", "B", "", "", "", "many"), "Employees", "is no number"),
        (("a@b.example", "B", "", "", "", "-5"), "Employees", "between 0 and 10,000,000"),
        (("a@b.example", "B", "", "", "", "1.5"), "Employees", "between 0 and 10,000,000"),
        (("a@b.example", "B", "", "", "", "1e9"), "Employees", "between 0 and 10,000,000"),
        (("a@b.example", "B", "", "", "", "NaN1"), "Employees", "is no number"),
        (("a@b.example", "B", "", "", "", "", "101"), "ICP", "from 0 to 100"),
        (("a@b.example", "B", "", "", "", "", "Infinity"), "ICP", "is no number"),
    ],
)
def test_a_bad_row_names_its_column_and_the_reason(
    values: tuple[str, ...], column: str, reason: str
) -> None:
    found = row(*values)
    assert isinstance(found, RejectedRow)
    assert (found.line, found.column) == (7, column)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("said", "number"),
    [("1,200", 1200), ("1.200", 1200), ("1 200", 1200), ("1'200", 1200), ("250.0", 250),
     ("1.5k", 1500), ("2M", 2_000_000), ("12 employees", 12), ("n/a", None), ("-", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(said: str, number: int | None) -> None:
    assert cells.employees(said) == number


def test_a_range_is_no_number_but_is_kept_as_it_stands() -> None:
    found = row("a@b.example", "B", "", "", "", "51-200")
    assert isinstance(found, ImportRow)
    assert found.employees is None
    assert found.attributes == {"employees_range": "51-200"}


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Ann Reed", ("Ann", "Reed")),
        ("Dr. Ann B. Reed", ("Ann B.", "Reed")),
        ("Jan van der Berg", ("Jan", "van der Berg")),
        ("Reed, Ann", ("Ann", "Reed")),
        ("John Smith Jr.", ("John", "Smith Jr.")),
        ("John Smith, Jr.", ("John", "Smith, Jr.")),
        ("Madonna", ("Madonna", "")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_split(whole: str, parts: tuple[str, str]) -> None:
    assert cells.split_name(whole) == parts


@pytest.mark.parametrize(
    ("said", "code"),
    [("USA", "US"), ("U.S.", "US"), ("Österreich", "AT"), ("uk", "GB"), ("na", "NA"),
     ("Atlantis", "Atlantis"), ("de", "DE"), ("n/a", None)],
)  # fmt: skip
def test_countries_become_codes_where_they_are_known(said: str, code: str | None) -> None:
    assert cells.country(said) == code


@pytest.mark.parametrize("cell", ["=1+1", "+1 555", "-5", "@x", "\tx", "\rx"])
def test_no_cell_of_a_rejects_file_runs_as_a_formula_and_its_guard_is_read_away(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("plain") == "plain"
    assert cells.text(guarded("=1+1")) == "=1+1"
