"""What `make run` opens with: past mail, a list and filings, all fictional and all readable."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from outrider.app.sample import contents
from outrider.campaigns import blueprint, create, features, ingest
from outrider.campaigns.parse import parse
from outrider.campaigns.types import (
    CadenceBucket,
    Campaign,
    Features,
    Intake,
    MailSource,
    ParsedMail,
    Step,
)
from outrider.drafts import check, write
from outrider.drafts.rules import compose
from outrider.drafts.types import Sender, Thread, Wording, WriteRequest
from outrider.guardrails.types import Severity
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.prospects import read, register, research
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import CompanyReport, FactKind
from outrider.vendors.mail_files import open_mail
from outrider.vendors.offline_writer.writer import OfflineWriter
from outrider.vendors.sec_edgar.folder import FolderFilings
from tests.conftest import MONDAY
from tests.filings import assert_stands_in

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
ROOT = Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 400_000
LEASES = {FactKind.OPERATING_LEASE_LIABILITY, FactKind.LEASE_LIABILITY_ALL}
NEEDED = {
    FactKind.AUDITOR,
    FactKind.COMPANY_NAME,
    FactKind.EMPLOYEES,
    FactKind.FISCAL_YEAR_END,
    FactKind.REVENUE,
    FactKind.STATEMENT,
}


@pytest.fixture
def begin(database: Database, workspace: WorkspaceId) -> Begin:
    return lambda: database.transaction(workspace, SYSTEM)


@pytest.fixture
async def campaign(begin: Begin) -> Campaign:
    async with begin() as tx:
        return await create.create(tx, "Leases", "Keystone Ledger", competitor_name="LeaseLoom")


def companies() -> dict[str, str]:
    """Name → CIK, or nothing, of every company in the list."""
    with contents.leads().open(encoding="utf-8-sig", newline="") as file:
        return {row["Company"]: row["CIK"] for row in csv.DictReader(file)}


async def reports(clock: VirtualClock) -> dict[str, CompanyReport | None]:
    source = FolderFilings(contents.filings(), clock)
    return {
        name: await source.report(name=name, cik=cik or None, ticker=None)
        for name, cik in companies().items()
    }


def past_mail(path: Path) -> list[tuple[ParsedMail, Features]]:
    mails = [parse(raw.data) for raw in open_mail(path)]
    assert all(isinstance(mail, ParsedMail) for mail in mails)
    return [(mail, features.extract(mail)) for mail in mails if isinstance(mail, ParsedMail)]


def everything() -> list[Path]:
    folder = contents.leads().parent
    return [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"]


async def test_every_sample_filing_gives_the_facts_that_the_writer_needs(
    clock: VirtualClock,
) -> None:
    found = {name: report for name, report in (await reports(clock)).items() if report}
    assert len(found) == len(list(contents.filings().iterdir())) == 32
    for name, report in found.items():
        kinds = Counter(fact.kind for fact in report.facts)
        assert kinds.keys() >= NEEDED, name
        assert sum(kinds[kind] for kind in LEASES) == 1, name
        assert kinds[FactKind.STATEMENT] >= 3, name
        assert report.name == name
        assert report.missing == (), name


async def test_every_quote_of_the_sample_stands_in_its_filing(clock: VirtualClock) -> None:
    for report in (await reports(clock)).values():
        for fact in report.facts if report else ():
            (raw,) = (
                document.content
                for document in report.documents  # type: ignore[union-attr]
                if hashlib.sha256(document.content).hexdigest() == fact.evidence.raw_sha256
            )
            for part in fact.evidence.quote.split(" … "):
                assert_stands_in(part, raw)


async def test_eight_sample_companies_have_no_filing(clock: VirtualClock) -> None:
    unknown = [name for name, report in (await reports(clock)).items() if report is None]
    assert len(unknown) == 8


async def test_the_sample_differs_from_company_to_company(clock: VirtualClock) -> None:
    found = [report for report in (await reports(clock)).values() if report]
    facts = [fact for report in found for fact in report.facts]
    statements = [fact.value for fact in facts if fact.kind is FactKind.STATEMENT]
    assert len(set(statements)) == len(statements)
    amounts = [fact.value for fact in facts if fact.kind in LEASES]
    assert len(set(amounts)) == len(found)
    assert len({fact.value for fact in facts if fact.kind is FactKind.FISCAL_YEAR_END}) >= 8
    assert len({fact.value for fact in facts if fact.kind is FactKind.AUDITOR}) >= 6
    assert max(fact.as_of for fact in facts if fact.as_of) < MONDAY.date()


async def test_the_sample_list_has_forty_companies_and_two_rows_that_are_refused(
    begin: Begin, keys: Keys, tmp_path: Path
) -> None:
    file = register.ListFile(contents.leads(), tmp_path, contents.COLUMN_MAP)
    report = await register.import_csv(begin, file, Suppressor(keys.key("suppression")))
    assert (report.rows, report.accounts_new, report.contacts_new) == (82, 40, 80)
    assert (report.rejected, report.repeated, report.ignored_columns) == (2, 0, ())
    assert report.rejects_file is not None
    with Path(report.rejects_file).open(encoding="utf-8-sig", newline="") as refused:
        rows = list(csv.DictReader(refused))
    assert [row["column"] for row in rows] == ["Email", "ICP Score"]
    async with begin() as tx:
        accounts = await read.accounts(tx)
    assert {account.country for account in accounts} == {"US", "GB", "DE", "CA", "AU"}
    assert Counter(account.competitor for account in accounts)["LeaseLoom"] >= 10


async def test_all_sample_mail_can_be_learned_from(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    read_in = {}
    for source, path in (
        (MailSource.BRAND, contents.brand_mail()),
        (MailSource.COMPETITOR, contents.competitor_mail()),
    ):
        mails = open_mail(path)
        report = await ingest.ingest(begin, objects, Intake(campaign.id, source), mails)
        read_in[source] = (report.new, report.unreadable, report.known)
    assert read_in == {MailSource.BRAND: (40, 0, 0), MailSource.COMPETITOR: (25, 0, 0)}
    async with begin() as tx:
        made = await blueprint.generate(tx, campaign.id)
        buckets = await tx.rows("select cadence_bucket from email_features")
    assert made.structure
    assert made.cadence
    gaps = Counter(CadenceBucket(row["cadence_bucket"]) for row in buckets)
    assert gaps[CadenceBucket.DAYS_2_3] >= 15


def test_brand_and_competitor_write_in_different_ways() -> None:
    ours, theirs = past_mail(contents.brand_mail()), past_mail(contents.competitor_mail())
    assert len({mail.text for mail, _ in ours}) == 40
    assert len({mail.from_address for mail, _ in ours}) == 4
    assert Counter(found.cta_type for _, found in ours).most_common(1)[0][0] == "question"
    assert Counter(found.cta_type for _, found in theirs).most_common(1)[0][0] == "meeting"
    first = [found.word_count for _, found in ours if not found.is_reply]
    their_first = [f.word_count for _, f in theirs if not f.is_reply and not f.is_bulk]
    assert max(first) < min(their_first)
    assert sum(found.is_bulk for _, found in theirs) == 5


async def test_forty_first_mails_of_the_sample_are_all_different_and_none_is_blocked(
    begin: Begin, objects: Objects, keys: Keys, campaign: Campaign, clock: VirtualClock, home: Path
) -> None:
    file = register.ListFile(contents.leads(), home / "rejects", contents.COLUMN_MAP)
    await register.import_csv(begin, file, Suppressor(keys.key("suppression")))
    source = FolderFilings(contents.filings(), clock)
    async with begin() as tx:
        accounts = await read.accounts(tx)
    bodies: list[str] = []
    for account in accounts:
        report = await source.report(name=account.name, cik=account.cik, ticker=None)
        for document in report.documents if report else ():
            await objects.put(document.content)
        async with begin() as tx:
            if report is not None:
                await research.save(tx, account.id, report)
            dossier = await research.dossier(tx, account.id)
            person = (await read.contacts(tx, account.id))[0]
        request = write.request(
            dossier,
            person,
            SENDER,
            campaign,
            blueprint=None,
            step=Step(number=1, delay_business_days=0, purpose="first_touch"),
            now=MONDAY,
        )
        bodies.append(await checked_body(request))
    assert len(set(bodies)) == 40
    openings = Counter(body.split("\n\n")[1] for body in bodies)
    assert len(openings) >= 12
    assert max(openings.values()) < 20


SENDER = Sender(
    mailbox_id=new_id(MONDAY),
    address="ann@try-keystoneledger.example",
    name="Ann Reed",
    brand="Keystone Ledger",
    postal_address="210 Harbor Street, Suite 4, Portland ME 04101",
    booking_link="https://cal.keystoneledger.example/ann",
    unsubscribe_url="https://try-keystoneledger.example/u/1",
)


async def checked_body(request: WriteRequest) -> str:
    """The written body, once no check blocks it."""
    answer = await OfflineWriter().ask(write.WRITE_TASK, request)
    mail = answer.output
    words = Wording(subject=mail.subject, body=mail.body)
    content = compose(words, request.recipient, request.sender, request.step, Thread())
    findings = check.check(content, mail.body, mail.claims, check.grounds_of(request))
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    assert not blocking, (request.dossier.account.name, mail.body)
    return mail.body


def test_the_sample_names_no_address_that_anybody_could_own() -> None:
    taxonomies = {"xbrl.org", "ifrs.org", "fasb.org", "sec.gov", "w3.org"}
    for file in everything():
        text = file.read_text(encoding="utf-8-sig")
        hosts = re.findall(r"(?:@|https?://)((?:[\w-]+\.)+[a-z]{2,})\b", text)
        own = {".".join(host.split(".")[-2:]) for host in hosts}
        assert {host for host in own - taxonomies if not host.endswith(".example")} == set(), file


def test_the_sample_is_small() -> None:
    assert sum(file.stat().st_size for file in everything()) < MOST_BYTES


def test_the_list_and_the_filings_are_what_the_script_makes() -> None:
    path = ROOT / "scripts" / "make_sample.py"
    spec = importlib.util.spec_from_file_location("make_sample", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = contents.leads().parent
    for name, content in script.files().items():
        assert (folder / name).read_bytes() == content, name
    made = {name for name in script.files() if name.startswith("filings/")}
    assert made == {f"filings/{file.name}" for file in contents.filings().iterdir()}
