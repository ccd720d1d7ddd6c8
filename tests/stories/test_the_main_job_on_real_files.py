"""The main job, from past mail and a list to a sent, traceable mail, on real mail and real filings."""

from __future__ import annotations

import csv
import email
import email.policy
import re
from pathlib import Path

import mailparser
import pytest
from sqlalchemy import URL

from tests.program import Program
from tests.sealing import sealed_at_the_command_line

NOTE = "shorter, and do not open with filing data"
FILING_WORDS = re.compile(r"\d|annual report|10-K|filing|balance sheet", re.IGNORECASE)

COMPANIES = {
    "Home Depot": ("The Home Depot, Inc.", "HD", "Maria", "Lopez", "Controller"),
    "Walmart": ("Walmart Inc.", "WMT", "James", "Chen", "VP Accounting"),
    "Tesla": ("Tesla, Inc.", "TSLA", "Nora", "Berg", "Director of Lease Accounting"),
    "Netflix": ("Netflix, Inc.", "NFLX", "Sam", "Ortiz", "Chief Accounting Officer"),
    "Salesforce": ("Salesforce, Inc.", "CRM", "Priya", "Nair", "Corporate Controller"),
    "NIKE": ("NIKE, Inc.", "NKE", "Tom", "Walsh", "VP Real Estate"),
    "Union Pacific": ("Union Pacific Corporation", "UNP", "Ellen", "Frost", "Controller"),
    "Snowflake": ("Snowflake Inc.", "SNOW", "Raj", "Patel", "Controller"),
    "Logistic": ("Logistic Properties of the Americas", "LPA", "Ana", "Soto", "CFO"),
}


def write_leads(file: Path) -> None:
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["Company", "Ticker", "First Name", "Last Name", "Job Title", "E-Mail"])
        for company, ticker, first, last, title in COMPANIES.values():
            domain = ticker.lower() + ".example"
            address = f"{first}.{last}@{domain}".lower()
            writer.writerow([company, ticker, first, last, title, address])


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@pytest.fixture
def ready(program: Program, shared_data: Path, tmp_path: Path) -> Program:
    """Mailbox, campaign from 115 real mails, nine real companies, one run over their filings."""
    program.ok(
        "mailbox", "add", "sales@try-cnet.example", "--name", "Ann Reed",
        "--postal-address", "12 Main Street, Boston MA 02110",
        "--booking-link", "https://cal.try-cnet.example/ann",
    )  # fmt: skip
    campaign = program.json(
        "campaign", "create", "Leases", "--brand", "CNET",
        "--mail", str(shared_data / "mail/brand_cnet.mbox"),
        "--competitor", "Lockergnome",
        "--competitor-mail", str(shared_data / "mail/competitor_lockergnome.mbox"),
    )  # fmt: skip
    assert sum(report["new"] for report in campaign["ingested"]) == 115
    write_leads(tmp_path / "leads.csv")
    assert program.json("import", str(tmp_path / "leads.csv"))["contacts_new"] == len(COMPANIES)
    program.ok("run", "sdr", "--campaign", "Leases", "--filings", str(shared_data / "sec"))
    return program


def words(text: str) -> int:
    return len(text.split())


def test_each_company_with_filings_gets_a_green_draft_that_can_be_sent_and_traced(
    ready: Program, shared_data: Path
) -> None:
    drafts = {d["account"]: d for d in ready.json("drafts", "list")["items"]}
    assert len(drafts) == len(COMPANIES)
    for draft in drafts.values():
        assert [f for f in draft["findings"] if f["severity"] == "block"] == [], draft["text"]
        assert set(draft) >= {"id", "status", "account", "contact", "subject", "text", "findings"}
        assert len(draft["content_hash"]) == 64
        assert 3 <= len(draft["reasoning"]) <= 5
    quoting = [d for d in drafts.values() if d["claims"]]
    assert len(quoting) >= 7

    approved, rejected = quoting[0], quoting[1]
    again = ready.json("drafts", "reject", rejected["id"], "--note", NOTE)
    assert words(again["body"]) < words(rejected["body"])
    opening = next(p for p in again["body"].split("\n\n") if not p.startswith(("Hi", "Hey")))
    assert not FILING_WORDS.search(opening), opening
    for kept in ("contact_id", "enrollment_id", "lineage_id", "account_id"):
        assert again[kept] == rejected[kept]

    ready.ok("drafts", "approve", approved["id"])
    report = ready.json("send", "--now")
    assert [item["draft_id"] for item in report["sent"]] == [approved["id"]]
    assert ready.json("send", "--now")["sent"] == []

    [file] = list((ready.home / "outbox" / "new").iterdir())
    mail = mailparser.parse_from_bytes(file.read_bytes())
    assert mail.subject == approved["subject"]
    assert mail.to[0][1] == approved["contact_email"]
    assert approved["body"].split() == mail.text_plain[0].split()[: len(approved["body"].split())]
    assert "12 Main Street" in mail.text_plain[0]
    raw = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    sealed_at_the_command_line(ready)
    story = ready.json("trace", report["sent"][0]["message_id"])
    assert story["decision"]["content_hash"] == approved["content_hash"]
    assert story["decision"]["name"]
    assert [v["id"] for v in story["versions"]] == [approved["id"]]
    assert story["run"]["agent_name"] == "sdr"
    assert any(step["name"].startswith("drafts/write") for step in story["run"]["steps"])
    assert story["blueprint"]["version"] == 1
    for item in story["evidence"]:
        assert item["fact"]["quote"]
        assert len(item["fact"]["raw_sha256"]) == 64
    assert set(story["proofs"]) == {event["id"] for event in story["events"]}
    assert "drafts.approve" in {event["action"] for event in story["events"]}
    assert ready.json("audit", "verify")["holds"]


def test_every_quote_can_be_found_in_its_filing(ready: Program, shared_data: Path) -> None:
    from lxml import html

    pages = {
        file.name: re.sub(r"\s+", "", html.fromstring(file.read_bytes()).text_content())
        for file in (shared_data / "sec/10k").glob("*.html")
    }
    checked = 0
    for draft in ready.json("drafts", "list")["items"]:
        for source in draft["sources"]:
            page = pages.get(source["url"].rpartition("/")[2])
            if page is None:
                continue
            for part in source["quote"].split(" … "):
                assert re.sub(r"\s+", "", part) in page, source
                checked += 1
    assert checked >= 5


def test_a_second_run_proposes_nothing_twice(ready: Program, shared_data: Path) -> None:
    before = ready.json("drafts", "list")["items"]
    ready.ok("run", "sdr", "--campaign", "Leases", "--filings", str(shared_data / "sec"))
    after = ready.json("drafts", "list")["items"]
    assert [d["id"] for d in after] == [d["id"] for d in before]
