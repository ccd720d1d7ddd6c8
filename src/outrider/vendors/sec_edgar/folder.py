"""Filings that lie in a folder: copies of EDGAR's answers and of annual reports.

In: a folder. Out: company reports. Never: a request, a write, or a trust in file names: what a file
is and whose it is stands inside it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Literal

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.prospects.types import CompanyReport, RawDocument
from outrider.vendors.sec_edgar import documents
from outrider.vendors.sec_edgar import facts as sec_facts
from outrider.vendors.sec_edgar import inline_xbrl as ix
from outrider.vendors.sec_edgar.addresses import EdgarAddresses
from outrider.vendors.sec_edgar.annual_report import read_annual_report
from outrider.vendors.sec_edgar.assemble import Gathered, company_report
from outrider.vendors.sec_edgar.documents import (
    Filed,
    Unreadable,
    media_type_of,
    must_be_of,
    padded_cik,
    source_of,
)
from outrider.vendors.sec_edgar.names import Companies

LARGEST_FILE_BYTES = 200_000_000
_HEAD_BYTES = 4096
_MOST_NAMED = 5
_CLAIMS = frozenset({".json", ".htm", ".html", ".xhtml", ".xml"})
_HEAD_CIK = re.compile(rb'"cik"\s*:\s*"?(?:CIK)?(\d{1,10})\b')
_HEAD_NAME = re.compile(rb'"entityName"\s*:\s*("(?:[^"\\]|\\.)*")')
_IDENTIFIER = re.compile(rb"identifier[^>]*>\s*(\d{1,10})\s*<")
_TAG = re.compile(r"<[^>]*>")
Kind = Literal["facts", "submissions", "tickers", "report"]


@dataclass(frozen=True)
class _Indexed:
    """What one file is, and whose."""

    path: Path
    kind: Kind
    cik: str
    form: str = ""
    period: date | None = None


class FolderFilings:
    """A filings source over a folder; the folder is looked through once, at the first question."""

    name = "folder"

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Read from `folder`, with all folders in it; `clock` dates the evidence.

        Raises:
            InvalidSetting: `folder` is no folder.
        """
        if not folder.is_dir():
            raise InvalidSetting(
                f"The filings folder {folder} does not exist; create it or change the setting.",
                folder=str(folder),
            )
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._index: _Index | None = None

    async def report(
        self, *, name: str, cik: str | None, ticker: str | None
    ) -> CompanyReport | None:
        """All facts on one company in the folder; None when the folder does not know it."""
        return await asyncio.to_thread(self._report, name, cik, ticker)

    def _report(self, name: str, cik: str | None, ticker: str | None) -> CompanyReport | None:
        with self._lock:
            if self._index is None:
                self._index = _Index(self._folder)
        index = self._index
        found = index.companies.find(name=name, cik=cik, ticker=ticker)
        if found is None or (found not in index.companies and found not in index.files):
            return None
        gathered = Gathered(
            cik=found,
            name=index.companies.name_of(found) or name,
            ticker=index.companies.ticker_of(found),
            missing=index.complaints(),
        )
        for item in _worth_reading(index.files.get(found, [])):
            try:
                self._read(item, gathered)
            except Unreadable as error:
                gathered.missing.append(f"{item.path.name} {error}.")
            except OSError:
                gathered.missing.append(f"{item.path.name} cannot be opened.")
        return company_report(gathered)

    def _read(self, item: _Indexed, gathered: Gathered) -> None:
        content = item.path.read_bytes()
        if item.kind == "facts":
            answer = sec_facts.read_json(content)
            must_be_of(gathered.cik, sec_facts.company_of_facts(answer)[0])
            url = EdgarAddresses().company_facts(gathered.cik)
            filed = self._filed(content, documents.COMPANY_FACTS, url)
            gathered.company_facts.append((filed, answer))
        elif item.kind == "submissions":
            submissions = sec_facts.read_submissions(sec_facts.read_json(content))
            must_be_of(gathered.cik, submissions.cik)
            url = EdgarAddresses().submissions(gathered.cik)
            filed = self._filed(content, documents.SUBMISSIONS, url)
            gathered.submissions.append((filed, submissions))
        else:
            filing = _filing_of(item, gathered)
            url = f"folder:{item.path.relative_to(self._folder).as_posix()}"
            if filing is not None and filing.document:
                url = EdgarAddresses().document(gathered.cik, filing.accession, filing.document)
            accession = filing.accession if filing else None
            filed = self._filed(content, source_of(item.form), url, accession)
            report = read_annual_report(filed)
            must_be_of(gathered.cik, report.cik)
            of_year = report.form.partition("/")[0] in sec_facts.ANNUAL_FORMS
            (gathered.annual if of_year else gathered.interim).append(report)

    def _filed(self, content: bytes, source: str, url: str, accession: str | None = None) -> Filed:
        raw = RawDocument(
            source=source,
            url=url,
            media_type=media_type_of(source),
            content=content,
            retrieved_at=self._clock.now(),
        )
        return Filed(raw, accession)


def _worth_reading(items: list[_Indexed]) -> list[_Indexed]:
    """All JSON first (it names accession numbers), then the reports of the newest period.

    Of annual and of quarterly reports the newest period each: older ones are 2 MB each and can add
    nothing, nor can a quarter before the year's end. A report without a period is read to say why.
    """
    reports = [item for item in items if item.kind == "report"]
    chosen: list[_Indexed] = [item for item in reports if item.period is None]
    least = date.min
    for forms in (sec_facts.ANNUAL_FORMS, sec_facts.INTERIM_FORMS):
        dated = [
            (item.period, item)
            for item in reports
            if item.period is not None
            and item.period > least
            and item.form.partition("/")[0] in forms
        ]
        least = max((period for period, _ in dated), default=least)
        chosen += [item for period, item in dated if period == least]
    return [*(item for item in items if item.kind != "report"), *chosen]


def _filing_of(item: _Indexed, gathered: Gathered) -> sec_facts.Filing | None:
    """The filing in the submissions that this report must be: same form, same period, only one."""
    fitting = [
        filing
        for _, submissions in gathered.submissions
        for filing in submissions.filings
        if item.period is not None and filing.period == item.period and filing.form == item.form
    ]
    return fitting[0] if len({filing.accession for filing in fitting}) == 1 else None


class _Index:
    """Which file is whose. Reads each file once, and parses none but the list of tickers."""

    def __init__(self, folder: Path) -> None:
        """Look through `folder`."""
        self.files: dict[str, list[_Indexed]] = defaultdict(list)
        self.companies = Companies()
        self._unknown: list[str] = []
        self._listed: list[sec_facts.Listed] = []
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            try:
                self._add(path)
            except Unreadable as error:
                self._unknown.append(f"{path.name} {error}.")
            except OSError:
                self._unknown.append(f"{path.name} cannot be opened.")
        # A company's own documents name it first; the list only adds to them.
        for row in self._listed:
            self.companies.add(row.cik, [row.name], [row.ticker])

    def complaints(self) -> list[str]:
        """Plain words on the files that nothing can be read from."""
        named = self._unknown[:_MOST_NAMED]
        more = len(self._unknown) - len(named)
        return [*named, f"{more} more files cannot be read."] if more else named

    def _add(self, path: Path) -> None:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise Unreadable(f"is larger than {LARGEST_FILE_BYTES // 1_000_000} MB")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start in {b"{", b"["}:
            self._add_json(path, head)
        elif start == b"<":
            self._add_report(path)
        elif path.suffix.lower() in _CLAIMS:
            raise Unreadable("is empty" if not head.strip() else "is neither JSON nor HTML")

    def _add_json(self, path: Path, head: bytes) -> None:
        if b'"cik_str"' in head:
            self._listed += sec_facts.read_tickers(sec_facts.read_json(path.read_bytes()))
            return
        number, name = _HEAD_CIK.search(head), _HEAD_NAME.search(head)
        early = padded_cik(number[1].decode()) if number else None
        if early is not None and name is not None and b'"facts"' in head:
            self.files[early].append(_Indexed(path, "facts", early))
            self.companies.add(early, [str(sec_facts.read_json(name[1]))], [])
            return
        try:
            answer = sec_facts.read_json(path.read_bytes())
        except Unreadable:
            if early is None:
                raise
            # Whose it is can be told: only that company's report complains of it.
            self.files[early].append(_Indexed(path, "submissions", early))
            return
        if not isinstance(answer, dict) or "cik" not in answer:
            return
        if "facts" in answer:
            stated, title = sec_facts.company_of_facts(answer)
            self.files[stated].append(_Indexed(path, "facts", stated))
            self.companies.add(stated, [title], [])
        elif "name" in answer:
            submissions = sec_facts.read_submissions(answer)
            self.files[submissions.cik].append(_Indexed(path, "submissions", submissions.cik))
            self.companies.add(submissions.cik, [submissions.name], submissions.tickers)

    def _add_report(self, path: Path) -> None:
        content = path.read_bytes()
        if b"\x00" in content[:_HEAD_BYTES] and content[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
            raise Unreadable("is binary, not a text")
        identifier = _IDENTIFIER.search(content)
        stated = padded_cik(_tagged(content, "EntityCentralIndexKey")[0])
        cik = stated or padded_cik(identifier[1].decode() if identifier else None)
        if cik is None:
            raise Unreadable("holds no inline XBRL that says which company it is of")
        # A report that breaks off may not have come to its form: reading it will say so.
        form = _tagged(content, "DocumentType")[0].upper()
        if form and form.partition("/")[0] not in sec_facts.ANNUAL_FORMS | sec_facts.INTERIM_FORMS:
            return
        period, style = _tagged(content, "DocumentPeriodEndDate")
        self.files[cik].append(_Indexed(path, "report", cik, form, ix.day_of(period, style)))
        names = [_tagged(content, "EntityRegistrantName")[0]]
        self.companies.add(cik, names, [_tagged(content, "TradingSymbol")[0]])


def _tagged(content: bytes, concept: str) -> tuple[str, str]:
    """The first text tagged `dei:<concept>` and its format, found without parsing the document."""
    opening = re.search(
        rb"<[\w.-]+:nonnumeric\b([^>]*\bname\s*=\s*[\"']dei:" + concept.encode() + rb"[\"'][^>]*)>",
        content,
        re.IGNORECASE,
    )
    if opening is None or opening[1].endswith(b"/"):
        return "", ""
    end = re.compile(rb"</[\w.-]+:nonnumeric\s*>", re.IGNORECASE).search(content, opening.end())
    if end is None or end.start() - opening.end() > 10_000:
        return "", ""
    style = re.search(rb"\bformat\s*=\s*[\"']([^\"']*)", opening[1])
    inner = content[opening.end() : end.start()].decode("utf-8", errors="replace")
    text = " ".join(unescape(_TAG.sub("", inner)).split())
    return text, style[1].decode("utf-8", errors="replace").lower() if style else ""
