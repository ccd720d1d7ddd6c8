"""Facts are kept once, with their document; accounts are ranked by what is known of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.prospects import read, register, research, score
from outrider.prospects.identity import Suppressor
from outrider.prospects.states import AccountEvent
from outrider.prospects.types import (
    Account,
    AccountId,
    AccountStatus,
    CompanyReport,
    Evidence,
    FactKind,
    FoundFact,
    ImportRow,
    RawDocument,
)

SUPPRESSOR = Suppressor(b"k" * 32)
READ_AT = datetime(2026, 2, 1, tzinfo=UTC)
AGENT = Actor(ActorKind.AGENT, "researcher")


async def add_account(tx: Tx, name: str = "Acme Inc", people: int = 1, **more: object) -> Account:
    rows = [
        ImportRow.model_validate(
            {
                "line": i,
                "company": name,
                "email": f"p{i}@{name.split()[0].lower()}.example",
                "domain": f"{name.split()[0].lower()}.example",
                **more,
            }
        )
        for i in range(people)
    ]
    await register.add(tx, rows, SUPPRESSOR, "test")
    return next(account for account in await read.accounts(tx) if account.name == name)


def document(content: bytes = b"<html>10-K</html>") -> RawDocument:
    return RawDocument(
        source="sec_10k",
        url="https://sec.example/10k.htm",
        media_type="text/html",
        content=content,
        retrieved_at=READ_AT,
    )


def found(
    kind: FactKind,
    value: str,
    unit: str | None = None,
    as_of: date | None = None,
    content: bytes = b"<html>10-K</html>",
) -> FoundFact:
    evidence = Evidence(
        source="sec_10k",
        url="https://sec.example/10k.htm",
        quote=f"It says {value}.",
        retrieved_at=READ_AT,
        raw_sha256=hashlib.sha256(content).hexdigest(),
        accession="0000354950-25-000001",
    )
    return FoundFact(kind=kind, value=value, unit=unit, as_of=as_of, evidence=evidence)


def report(
    *facts: FoundFact, cik: str | None = "0000354950", ticker: str = "ACME"
) -> CompanyReport:
    return CompanyReport(
        cik=cik, name="ACME INC", ticker=ticker, facts=facts, documents=(document(),)
    )


LEASES = found(FactKind.OPERATING_LEASE_LIABILITY, "8700000000", "USD", date(2025, 2, 2))
YEAR_END = found(FactKind.FISCAL_YEAR_END, "05-31", "MM-DD")
AUDITOR = found(FactKind.AUDITOR, "KPMG LLP")


async def test_a_request_gives_what_a_source_needs(tx: Tx) -> None:
    account = await add_account(tx, cik="0000354950", ticker="ACME")
    asked = await research.request(tx, account.id)
    assert (asked.name, asked.cik, asked.ticker) == ("Acme Inc", "0000354950", "ACME")


async def test_a_report_is_kept_once_and_completes_the_account(tx: Tx) -> None:
    account = await add_account(tx)
    first = await research.save(tx, account.id, report(LEASES, YEAR_END, AUDITOR))
    again = await research.save(tx, account.id, report(LEASES, YEAR_END, AUDITOR))
    assert again == first
    assert len(first.facts) == 3
    assert first.account.status is AccountStatus.RESEARCHED
    assert (first.account.cik, first.account.ticker) == ("0000354950", "ACME")
    events = await tx.rows("select body from audit_events where action = 'prospects.research'")
    assert len(events) == 1
    (snapshot,) = await tx.rows("select raw_sha256, size_bytes from snapshots")
    assert snapshot["raw_sha256"] == LEASES.evidence.raw_sha256


async def test_a_dossier_holds_the_newest_fact_of_a_kind_and_each_statement_once(tx: Tx) -> None:
    account = await add_account(tx, employees=1200)
    older = found(FactKind.OPERATING_LEASE_LIABILITY, "7000000000", "USD", date(2024, 2, 4))
    lease_talk = found(FactKind.STATEMENT, "We lease stores.", as_of=date(2025, 2, 2))
    same_talk = found(FactKind.STATEMENT, "We  lease stores.", as_of=date(2024, 2, 4))
    other_talk = found(FactKind.STATEMENT, "We own trucks.", as_of=date(2025, 2, 2))
    kept = await research.save(
        tx, account.id, report(LEASES, older, lease_talk, same_talk, other_talk)
    )
    leases = kept.newest(FactKind.OPERATING_LEASE_LIABILITY)
    assert leases is not None
    assert leases.value == "8700000000"
    assert sorted(fact.value for fact in kept.statements()) == [
        "We lease stores.",
        "We own trucks.",
    ]
    assert [fact.kind for fact in kept.facts].count(FactKind.OPERATING_LEASE_LIABILITY) == 1
    employees = kept.newest(FactKind.EMPLOYEES)
    assert employees is not None
    assert (employees.value, employees.unit, employees.evidence.source) == (
        "1200",
        "people",
        "import",
    )


async def test_a_report_on_another_registrant_is_refused(tx: Tx) -> None:
    account = await add_account(tx, cik="0000000001")
    with pytest.raises(Conflict, match="CIK 0000354950"):
        await research.save(tx, account.id, report(LEASES))


async def test_a_fact_whose_document_is_not_at_hand_is_refused(tx: Tx) -> None:
    account = await add_account(tx)
    orphan = found(FactKind.AUDITOR, "KPMG LLP", content=b"another document")
    with pytest.raises(InvalidInput, match="auditor quotes the document"):
        await research.save(tx, account.id, report(orphan))


async def test_an_unknown_account_is_told(tx: Tx) -> None:
    with pytest.raises(NotFound):
        await research.request(tx, AccountId(new_id(tx.now)))


async def test_what_the_list_says_is_not_overwritten_by_research(tx: Tx) -> None:
    account = await add_account(tx, ticker="ACM")
    kept = await research.save(tx, account.id, report(LEASES))
    assert kept.account.ticker == "ACM"


async def test_accounts_are_ranked_best_first_and_scores_are_kept_with_their_version(
    tx: Tx,
) -> None:
    poor = await add_account(tx, "Beta Inc")
    rich = await add_account(tx, people=5, icp_score=Decimal(80), competitor="LeaseCo")
    await research.save(tx, rich.id, report(LEASES, YEAR_END, AUDITOR))
    ranked = await score.rank(tx)
    assert [found_score.account_id for found_score in ranked] == [rich.id, poor.id]
    assert ranked[0].coverage == 1
    assert "Operating lease liabilities of $8.7 billion as of 2025-02-02" in {
        factor.reason for factor in ranked[0].factors
    }
    assert await score.newest(tx) == ranked


async def test_a_score_does_not_move_because_another_account_arrived(tx: Tx) -> None:
    account = await add_account(tx)
    await research.save(tx, account.id, report(LEASES, YEAR_END))
    (before,) = await score.rank(tx, [account.id])
    for name in ("Beta Inc", "Gamma Inc"):
        other = await add_account(tx, name, people=5, icp_score=Decimal(100))
        await research.save(tx, other.id, report(AUDITOR, cik=None))
    after = next(s for s in await score.rank(tx) if s.account_id == account.id)
    assert after == before


async def test_a_score_that_stays_is_not_kept_again_and_one_that_moves_is(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        account = await add_account(tx)
        await research.save(tx, account.id, report(YEAR_END))
        await score.rank(tx)
        await score.rank(tx)
        assert len(await tx.rows("select id from scores")) == 1
    clock.advance(timedelta(days=10))
    async with database.transaction(workspace, SYSTEM) as tx:
        (moved,) = await score.rank(tx)
        assert len(await tx.rows("select id from scores")) == 2
        assert await score.newest(tx) == [moved]


async def test_the_agents_login_can_research_and_rank(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        account = await add_account(tx, employees=100)
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        asked = await research.request(tx, account.id)
        kept = await research.save(tx, asked.account_id, report(LEASES, YEAR_END, AUDITOR))
        (ranked,) = await score.rank(tx)
        assert kept.account.status is AccountStatus.RESEARCHED
        assert ranked.points > 0
        assert [c.account_id for c in await read.next_contacts(tx, [account.id])] == [account.id]
        assert len(await read.contacts(tx, account.id)) == 1


async def test_another_workspace_sees_nothing(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        account = await add_account(tx)
    other = WorkspaceId(new_id(clock.now()))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            (other, clock.now()),
        )
    async with database.transaction(other, SYSTEM) as tx:
        assert await read.accounts(tx) == []
        with pytest.raises(NotFound):
            await read.account(tx, account.id)
        same_name = await add_account(tx)
        assert same_name.id != account.id


async def test_accounts_move_on_and_an_exhausted_one_is_not_ranked(tx: Tx) -> None:
    account = await add_account(tx)
    other = await add_account(tx, "Beta Inc")
    assert await register.mark(tx, [account.id], AccountEvent.EXHAUSTED) == []
    assert await register.mark(tx, [account.id], AccountEvent.SEQUENCED) == [account.id]
    assert await register.mark(tx, [account.id], AccountEvent.EXHAUSTED) == [account.id]
    assert [s.account_id for s in await score.rank(tx)] == [other.id]
    assert [s.account_id for s in await score.rank(tx, [account.id])] == [account.id]


async def test_accounts_are_read_page_by_page(tx: Tx) -> None:
    for name in ("Acme Inc", "Beta Inc", "Gamma Inc"):
        await add_account(tx, name)
    whole = await read.accounts(tx)
    first = await read.accounts(tx, limit=2)
    rest = await read.accounts(tx, after=first[-1].id, limit=2)
    assert [*first, *rest] == whole
    assert len(whole) == 3
    assert await read.accounts(tx, status=AccountStatus.EXHAUSTED) == []


AWKWARD = [
    "back\\slash",
    "\\N",
    "\\.",
    'it\'s "quoted"; drop table accounts; --',
    "Zoë 🚀 日本 \u202e",
    ":name %(x)s {y} $1",
]


async def test_awkward_text_is_stored_as_it_stands(tx: Tx) -> None:
    rows = [
        ImportRow(
            line=i,
            company=f"Acme {text}",
            email=f"p{i}@c{i}.example",
            domain=f"c{i}.example",
            title=text,
            attributes={"note": text},
        )
        for i, text in enumerate(AWKWARD)
    ]
    await register.add(tx, rows, SUPPRESSOR, "test")
    accounts = await read.accounts(tx)
    assert sorted(account.attributes["note"] for account in accounts) == sorted(AWKWARD)
    for account in accounts:
        (contact,) = await read.contacts(tx, account.id)
        assert account.name == f"Acme {contact.title}"


async def test_control_signs_cannot_shift_columns(tx: Tx) -> None:
    row = ImportRow(
        line=1,
        company="Ac\tme\nInc",
        email="a@b.example",
        domain="b.example",
        title="VP\x1fof\x1e\x1d\x00 Sales",
    )
    await register.add(tx, [row], SUPPRESSOR, "test")
    (account,) = await read.accounts(tx)
    (contact,) = await read.contacts(tx, account.id)
    assert account.name == "Ac me Inc"
    assert contact.title.split() == ["VP", "of", "Sales"]


async def test_people_keep_the_order_of_their_list(tx: Tx) -> None:
    account = await add_account(tx, people=50)
    contacts = await read.contacts(tx, account.id)
    assert [contact.email for contact in contacts] == [f"p{i}@acme.example" for i in range(50)]
    assert {(contact.id.version, contact.id.variant) for contact in contacts} == {
        (7, "specified in RFC 4122")
    }
    assert [c.id for c in await read.next_contacts(tx, [account.id])] == [c.id for c in contacts]
