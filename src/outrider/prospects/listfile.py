"""Reading a list as spreadsheets and exports write it.

In: a path. Out: its encoding, delimiter and columns, then one record after the other with the line
it starts at. Never: the whole file in memory, or a row dropped without a word.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

from outrider.kernel.errors import InvalidInput
from outrider.prospects import columns

_CHUNK = 1 << 20
_SAMPLE_ROWS = 60
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_LINE = 1 << 20
_LONGEST_RECORD_LINES = 500
_NOT_TEXT = (
    (b"PK\x03\x04", "an Excel or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "a gzip file"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

UNCLOSED = "a quotation mark opens here and does not close where the row ends"


@dataclass(frozen=True)
class ListLayout:
    """How a list is written."""

    path: Path
    sha256: str
    size_bytes: int
    line_count: int
    encoding: str
    delimiter: str
    header_line: int
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


class Record(NamedTuple):
    """One row of the file; `problem` says what is wrong with its shape."""

    line: int
    cells: Sequence[str]
    problem: str | None = None


def examine(path: Path) -> ListLayout:
    """Look at the whole file once and find out how it is written.

    Raises:
        InvalidInput: it is missing, no file, empty, unreadable or no text, or it has no header.
    """
    scan = _scan(path)
    encoding = scan.encoding
    with _open(path, encoding) as file:
        head = file.read(_CHUNK // 4)
    lines = list(io.StringIO(head, newline=""))
    if len(head) == _CHUNK // 4 and len(lines) > 1:
        lines.pop()  # the last one may be cut
    start = next((i for i, line in enumerate(lines) if line.strip(" \t\r\n,;|\ufeff")), None)
    if start is None:
        raise InvalidInput(f"The list {path.name} is empty: it has no line with a value.")
    declared = _declared(lines[start])
    start += 1 if declared else 0
    delimiter = declared or _delimiter(lines[start:])
    rows = [row for row in _parsed(lines[start:], delimiter) if any(map(str.strip, row))]
    if not rows:
        raise InvalidInput(f"The list {path.name} has no header: its first row must name columns.")
    header = columns.unique(rows[0])
    if not columns.recognised(header) and any("@" in cell for cell in rows[0]):
        raise InvalidInput(
            f"The list {path.name} starts with a row of data: put a row of column names above it."
        )
    sample = tuple(tuple(row) for row in rows[1:])
    return ListLayout(
        path=path,
        sha256=scan.sha256,
        size_bytes=scan.size_bytes,
        line_count=scan.line_count,
        encoding=encoding,
        delimiter=delimiter,
        header_line=start + 1,
        columns=header,
        sample=sample,
    )


@dataclass(frozen=True)
class _Scan:
    sha256: str
    size_bytes: int
    line_count: int
    encoding: str


def _scan(path: Path) -> _Scan:
    """What one pass over the bytes tells."""
    digest, size, nuls, lines = hashlib.sha256(), 0, 0, 0
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, blank, first = True, True, b""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            kind = "a folder" if path.is_dir() else "no regular file"
            raise InvalidInput(f"The list {path} is {kind}: give the path of a CSV file.")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                first = first or chunk
                digest.update(chunk)
                size += len(chunk)
                blank = blank and not chunk.strip()
                nuls += chunk.count(0)
                lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
                is_utf8 = is_utf8 and _decodes(utf8, chunk)
        is_utf8 = is_utf8 and _decodes(utf8, b"", final=True)
    except FileNotFoundError:
        raise InvalidInput(f"The list {path} does not exist: check the path.") from None
    except OSError as error:
        raise InvalidInput(f"The list {path} cannot be read: {error.strerror}.") from None
    if blank:
        raise InvalidInput(f"The list {path.name} is empty.")
    encoding = _encoding(path, first, is_utf8=is_utf8, nuls=nuls)
    return _Scan(digest.hexdigest(), size, lines + 1, encoding)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(path: Path, first: bytes, *, is_utf8: bool, nuls: int) -> str:
    for magic, kind in _NOT_TEXT:
        if first.startswith(magic):
            raise InvalidInput(
                f"The list {path.name} is {kind}, not text: save it as CSV and import that."
            )
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding if encoding != "utf-8-sig" or is_utf8 else "cp1252"
    # Plain letters in UTF-16 without a mark: every other byte is zero.
    even, odd = first[0:4096:2], first[1:4096:2]
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros and zeros.count(0) > len(zeros) * 0.7 and others.count(0) < len(others) * 0.1:
            return encoding
    if nuls > 8 and nuls * 1000 > len(first):
        raise InvalidInput(f"The list {path.name} is not a text file: save it as CSV in UTF-8.")
    return "utf-8" if is_utf8 else "cp1252"


def _open(path: Path, encoding: str) -> TextIO:
    # A byte that the encoding lacks must not end an import: it shows as a sign in its own row.
    return path.open(encoding=encoding, errors="replace", newline="")


def _declared(line: str) -> str | None:
    """The delimiter of Excel's `sep=;` line."""
    said = line.strip().lstrip("\ufeff").strip('"')
    return said[4] if len(said) == 5 and said.lower().startswith("sep=") else None


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that gives the header most names we know, then the most regular rows."""

    def fitness(delimiter: str) -> tuple[int, float, int]:
        rows = [row for row in _parsed(lines, delimiter) if any(map(str.strip, row))]
        width = len(rows[0]) if rows else 0
        if width < 2:
            return (0, 0.0, 0)
        regular = sum(len(row) == width for row in rows) / len(rows)
        return (columns.recognised(rows[0]), round(regular, 2), width)

    return max(_DELIMITERS, key=fitness)


def _parsed(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # what could be read up to there is the sample
    return rows


class _Lines:
    """The file's lines, with a look back at those of the present record."""

    def __init__(self, file: TextIO, skip: int) -> None:
        self._file = file
        self.number = 0
        self.taken: list[str] = []
        self._again: list[str] = []
        self.ended = False
        for _ in range(skip):
            next(self, None)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._file.readline(_LONGEST_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        if len(self.taken) >= _LONGEST_RECORD_LINES:
            self._again.append(line)
            raise csv.Error(UNCLOSED)
        self.number += 1
        self.taken.append(line)
        return line

    def start_again_after_first(self) -> str:
        """Give back all lines of the record but the first, which is returned."""
        first, *rest = self.taken
        self._again.extend(reversed(rest))
        self.number -= len(rest)
        self.ended = False
        return first


def records(layout: ListLayout) -> Iterator[Record]:
    """All rows after the header, each with the line of the file at which it starts.

    Blank rows are left out. Short rows are filled up with nothing, for many programs drop empty
    cells at the end. When a quotation mark swallows the rows below it, its row is told as a problem
    and reading goes on at the next line.
    """
    width = len(layout.columns)
    with _open(layout.path, layout.encoding) as file:
        lines = _Lines(file, layout.header_line - 1)
        reader = csv.reader(lines, delimiter=layout.delimiter)
        lines.taken.clear()
        next(reader, None)
        while not (lines.ended and not lines.taken):
            lines.taken.clear()
            start = lines.number + 1
            record = _next(reader, lines, start, width, layout.delimiter)
            if record is None:
                return
            if record.cells[0] or record.problem or any(map(str.strip, record.cells)):
                yield record


def _next(
    reader: Iterator[list[str]], lines: _Lines, start: int, width: int, delimiter: str
) -> Record | None:
    try:
        cells = next(reader)
    except StopIteration:
        return None
    except csv.Error:
        problem = UNCLOSED if len(lines.taken) > 1 else "a cell is longer than 131,072 characters"
        return Record(start, _alone(lines.start_again_after_first(), delimiter), problem)
    several = len(lines.taken) > 1
    if several and (len(cells) != width or not _well_formed(lines.taken, delimiter)):
        return Record(start, _alone(lines.start_again_after_first(), delimiter), UNCLOSED)
    if lines.ended and not _well_formed(lines.taken, delimiter):
        return Record(start, cells, UNCLOSED)
    if len(cells) == width:
        return Record(start, cells)
    if len(cells) > width:
        if any(map(str.strip, cells[width:])):
            said = f"the row has {len(cells)} cells where the header has {width}"
            return Record(start, cells, said)
        cells = cells[:width]
    return Record(start, cells + [""] * (width - len(cells)))


def _well_formed(taken: Sequence[str], delimiter: str) -> bool:
    """Whether every quotation mark closes at the end of its cell.

    Asked of a row of several lines only: in a row of one line a stray mark harms nobody.
    """
    try:
        return len(list(csv.reader(taken, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _alone(line: str, delimiter: str) -> list[str]:
    """The cells of one line whose quotation mark does not close."""
    return [cell.strip(' "') for cell in line.rstrip("\r\n").split(delimiter)]
