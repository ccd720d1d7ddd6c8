"""The sample workspace's list and filings, made of `sample_companies.toml`.

In: the fictional companies. Out: `leads.csv` and one annual report a company that files one, as
small inline XBRL. Never: chance or today's date: the same companies give the same bytes.

    python scripts/make_sample.py [folder]
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tomllib
import unicodedata
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "src" / "outrider" / "app" / "sample"
FIRST_CIK = 9_990_000_001
COLUMNS = (
    "Company,Website,First Name,Last Name,Title,Email,Phone,Country,Industry,Employees,ICP Score,"
    "Current Software,CIK"
).split(",")
# Companies that the CRM knows by name only; research has to find their filing all the same.
NO_CIK_IN_LIST = frozenset({"saltfennel", "wrenfield", "coldwether"})
BAD_ROWS = (
    # An address that nobody can write to, and a score off the scale.
    ("ferrowick", "Tracy", "Holloway", "VP Tax", "tracy.holloway(at)ferrowick.example", None),
    ("elderport", "Anton", "Grieve", "Treasurer", "anton.grieve@elderport.example", "740"),
)

Company = dict[str, Any]


def companies() -> list[Company]:
    """All companies, each with the number that its filings carry, or none."""
    found: list[Company] = tomllib.loads((HERE / "sample_companies.toml").read_text())["company"]
    for place, company in enumerate(found):
        company["cik"] = str(FIRST_CIK + place) if "period" in company else ""
    return found


def files() -> dict[str, bytes]:
    """Every made file by its path inside the sample folder."""
    made = {"leads.csv": leads(companies())}
    for company in companies():
        if company["cik"]:
            made[f"filings/{company['site']}.html"] = filing(company)
    return made


def leads(found: list[Company]) -> bytes:
    """The list as a CRM exports it, with two rows that cannot be taken."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place, company in enumerate(found):
        for number, (first, last, title, phone) in enumerate(company["contacts"]):
            email = f"{_local(first, last, place)}@{company['site']}.example"
            writer.writerow(_row(company, (first, last, title, email, phone), number))
        for site, first, last, title, email, score in BAD_ROWS:
            if site == company["site"]:
                wrong = company | {"icp": score or company["icp"]}
                writer.writerow(_row(wrong, (first, last, title, email, ""), 0))
    return text.getvalue().encode("utf-8-sig")


def _row(company: Company, person: tuple[str, ...], number: int) -> list[str]:
    first, last, title, email, phone = person
    site = f"https://www.{company['site']}.example" if number == 0 else f"{company['site']}.example"
    cik = "" if company["site"] in NO_CIK_IN_LIST else company["cik"]
    return [
        company["name"],
        site,
        first,
        last,
        title,
        email,
        phone,
        company["country"],
        company["industry"],
        str(company.get("employees") or head_count(company)),
        str(company["icp"]),
        company["software"],
        cik,
    ]


def head_count(company: Company) -> int:
    """The count that the filing's sentence on its people gives."""
    written = re.search(r"\d{1,3}(?:,\d{3})+", company["people"])
    if written is None:
        raise ValueError(f"{company['name']} does not say how many people it employs")
    return int(written[0].replace(",", ""))


def _local(first: str, last: str, place: int) -> str:
    """The address's local part; companies differ in their habit."""
    plain = {"ö": "oe", "ü": "ue", "ä": "ae"}
    one, two = (
        re.sub(
            r"[^a-z]",
            "",
            unicodedata.normalize("NFKD", "".join(plain.get(sign, sign) for sign in name.lower())),
        )
        for name in (first, last)
    )
    return (f"{one}.{two}", f"{one[0]}{two}", f"{one}.{two}", f"{one}_{two}")[place % 4]


def filing(company: Company) -> bytes:
    """One annual report: 10-K in the American way, 20-F for those who report under IFRS."""
    report = _Report(company)
    body = [report.cover(), report.business(), report.properties(), report.people()]
    body += [report.statements(), report.lease_note(), report.controls()]
    head = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
        'xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12" '
        'xmlns:xbrli="http://www.xbrl.org/2003/instance" '
        'xmlns:dei="http://xbrl.sec.gov/dei/2025" '
        'xmlns:us-gaap="http://fasb.org/us-gaap/2025" '
        'xmlns:ifrs-full="https://xbrl.ifrs.org/taxonomy/2025/ifrs-full" '
        'xmlns:iso4217="http://www.xbrl.org/2003/iso4217">\n'
        f"<head><title>{company['site']}-{report.end:%Y%m%d}</title></head>\n<body>\n"
    )
    markup = head + report.header() + "\n".join(body) + "\n</body>\n</html>\n"
    return markup.encode()


class _Report:
    """One company's report; amounts stand in the scale that it reports in."""

    def __init__(self, company: Company) -> None:
        """Work out the periods: a fiscal year of 52 weeks where it ends within a month."""
        self.company = company
        self.form = company.get("form", "10-K")
        self.ifrs = self.form == "20-F"
        self.end = date.fromisoformat(company["period"])
        self.before = _year_before(self.end)
        self.earliest = _year_before(self.before)
        self.unit = company.get("unit", "USD")
        self.sign = {"USD": "$", "GBP": "£", "EUR": "€"}[self.unit]
        self.scale = company["scale"]

    def header(self) -> str:
        """The part that only machines read: contexts and units."""
        one_day = timedelta(days=1)
        contexts = "\n".join(
            (
                self._context("y1", self.end, self.before + one_day),
                self._context("y0", self.before, self.earliest + one_day),
                self._context("i1", self.end),
                self._context("i0", self.before),
            )
        )
        return (
            '<div style="display:none"><ix:header><ix:hidden>\n'
            f"{self._text('EntityCentralIndexKey', self.company['cik'])}\n"
            f"{self._text('AmendmentFlag', 'false')}\n"
            f"{self._text('DocumentFiscalYearFocus', str((self.end - timedelta(45)).year))}\n"
            f"</ix:hidden><ix:resources>\n{contexts}\n"
            f'<xbrli:unit id="money"><xbrli:measure>iso4217:{self.unit}</xbrli:measure>'
            "</xbrli:unit>\n</ix:resources></ix:header></div>\n"
        )

    def _context(self, name: str, end: date, start: date | None = None) -> str:
        period = f"<xbrli:instant>{end}</xbrli:instant>"
        if start is not None:
            period = (
                f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
            )
        return (
            f'<xbrli:context id="{name}"><xbrli:entity>'
            f'<xbrli:identifier scheme="http://www.sec.gov/CIK">{self.company["cik"]}'
            f"</xbrli:identifier></xbrli:entity><xbrli:period>{period}</xbrli:period>"
            "</xbrli:context>"
        )

    def _text(self, name: str, value: str, style: str = "") -> str:
        style = f' format="ixt:{style}"' if style else ""
        return (
            f'<ix:nonNumeric name="dei:{name}" contextRef="y1"{style}>{escape(value)}'
            "</ix:nonNumeric>"
        )

    def _day(self, day: date) -> str:
        if self.ifrs:
            return f"{day.day} {day:%B %Y}"
        return f"{day:%B} {day.day}, {day.year}"

    def cover(self) -> str:
        """The cover page."""
        order = "day-monthname" if self.ifrs else "monthname-day"
        whole = order.replace("monthname", "monthname-year") if self.ifrs else order + "-year"
        month_day = self._day(self.end).replace(str(self.end.year), "").strip(" ,")
        auditor, place = self.company["auditor"]
        return "\n".join(
            (
                "<div>Fictional document of the Outrider sample workspace. It was filed nowhere."
                "</div>",
                _centred(f"FORM {self._text('DocumentType', self.form)}"),
                _centred("ANNUAL REPORT"),
                _centred(
                    f"{'For the financial year ended' if self.ifrs else 'For the fiscal year ended'} "
                    + self._text("DocumentPeriodEndDate", self._day(self.end), f"date-{whole}-en")
                ),
                _centred(self._text("EntityRegistrantName", self.company["name"])),
                _centred(escape(self.company["place"])),
                "<div>Fiscal year end: "
                + self._text("CurrentFiscalYearEndDate", month_day, f"date-{order}-en")
                + "</div>",
                f"<div>Auditor: {self._text('AuditorName', auditor)}, "
                f"{self._text('AuditorLocation', place)}</div>",
            )
        )

    def business(self) -> str:
        """What the company does."""
        title = "Item 4. Information on the Company" if self.ifrs else "Item 1. Business"
        return _heading(title) + _paragraph(self.company["business"])

    def properties(self) -> str:
        """Where it works."""
        title = "Item 4.D. Property, Plants and Equipment" if self.ifrs else "Item 2. Properties"
        return _heading(title) + _paragraph(self.company["properties"])

    def people(self) -> str:
        """Whom it employs."""
        return _heading("Item 6.D. Employees" if self.ifrs else "Human Capital") + _paragraph(
            self.company["people"]
        )

    def controls(self) -> str:
        """What it says of its systems."""
        title = "Item 15" if self.ifrs else "Item 9A"
        return _heading(f"{title}. Controls and Procedures") + _paragraph(self.company["systems"])

    def statements(self) -> str:
        """Revenue and the rows of the balance sheet that hold leases."""
        tag = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax"
        if self.ifrs:
            tag = "ifrs-full:Revenue"
        elif self.scale == 3:
            tag = "us-gaap:Revenues"
        label = "Revenue" if self.ifrs else "Total revenues"
        size = {3: "thousands", 6: "millions"}[self.scale]
        return (
            _heading(
                "Item 18. Financial Statements" if self.ifrs else "Item 8. Financial Statements"
            )
            + f"<div>Amounts in {size} of {self.unit}</div>\n"
            + self._table([(label, tag, "y", self.company["revenue"])])
            + "\n"
            + self._table(self._liabilities())
        )

    def _liabilities(self) -> list[tuple[str, str, str, list[int]]]:
        current, noncurrent, old_current, old_noncurrent = self.company["lease"]
        labels = (
            ("Current portion of operating lease liabilities", "OperatingLeaseLiabilityCurrent"),
            (
                "Operating lease liabilities, less current portion",
                "OperatingLeaseLiabilityNoncurrent",
            ),
        )
        prefix = "us-gaap:"
        if self.ifrs:
            prefix = "ifrs-full:"
            labels = (
                ("Current lease liabilities", "CurrentLeaseLiabilities"),
                ("Non-current lease liabilities", "NoncurrentLeaseLiabilities"),
            )
        amounts = ([current, old_current], [noncurrent, old_noncurrent])
        return [
            (label, prefix + tag, "i", pair)
            for (label, tag), pair in zip(labels, amounts, strict=True)
        ]

    def lease_note(self) -> str:
        """The note on leases, with the total where the company gives one."""
        markup = _heading("Leases") + _paragraph(self.company["leases"])
        if self.company.get("total"):
            current, noncurrent, old_current, old_noncurrent = self.company["lease"]
            label, tag = "Total operating lease liabilities", "us-gaap:OperatingLeaseLiability"
            if self.ifrs:
                label, tag = "Total lease liabilities", "ifrs-full:LeaseLiabilities"
            total = [current + noncurrent, old_current + old_noncurrent]
            markup += "\n" + self._table([(label, tag, "i", total)])
        return markup

    def _table(self, rows: list[tuple[str, str, str, list[int]]]) -> str:
        days = f"<td>{self._day(self.end)}</td><td></td><td>{self._day(self.before)}</td>"
        lines = [f"<table>\n<tr><td></td><td></td>{days}</tr>"]
        for label, tag, period, amounts in rows:
            cells = "".join(
                f'<td>{self.sign}</td><td><ix:nonFraction name="{tag}" '
                f'contextRef="{period}{1 - place}" unitRef="money" scale="{self.scale}" '
                f'decimals="-{self.scale}" format="ixt:num-dot-decimal">{amount:,}'
                "</ix:nonFraction></td>"
                for place, amount in enumerate(amounts)
            )
            lines.append(f"<tr><td>{label}</td>{cells}</tr>")
        return "\n".join([*lines, "</table>"])


def _year_before(end: date) -> date:
    """The last day of the fiscal year before; a year of weeks has 364 days."""
    if (end + timedelta(days=1)).day == 1:
        return end.replace(day=1, year=end.year - 1) + timedelta(days=end.day - 1)
    return end - timedelta(days=364)


def _heading(text: str) -> str:
    return f'<div style="font-weight:bold">{escape(text)}</div>\n'


def _centred(markup: str) -> str:
    return f'<div style="text-align:center">{markup}</div>'


def _paragraph(text: str) -> str:
    return f"<div><span>{escape(text, quote=False)}</span></div>"


def main() -> None:
    """Write every file into the sample folder, or the one named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    for path, content in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(f"{path}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
