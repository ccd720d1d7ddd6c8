"""What we know of an account, with evidence.

In: reports of a filings source, and what lists say. Out: dossiers. Never: a call to a source (the
caller makes it, outside the transaction), or a fact whose document is not at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput
from outrider.prospects import store, store_facts
from outrider.prospects.evidence import distinct, fingerprint_of_list
from outrider.prospects.states import AccountEvent, next_account_status
from outrider.prospects.store_lists import ListFact, TouchedAccount
from outrider.prospects.types import (
    AccountId,
    CompanyReport,
    Dossier,
    FactKind,
    ImportRow,
    Provenance,
    ResearchRequest,
)


async def request(tx: Tx, account_id: AccountId) -> ResearchRequest:
    """What a filings source needs to look the account up.

    Raises:
        NotFound: there is no such account in this workspace.
    """
    account = await store.account(tx, account_id)
    return ResearchRequest(
        account_id=account.id, name=account.name, cik=account.cik, ticker=account.ticker
    )


async def save(tx: Tx, account_id: AccountId, report: CompanyReport) -> Dossier:
    """Keep a report: its documents as snapshots, its facts once each; the account is researched.

    The bytes of the documents must be in the object store already. The same report again adds
    nothing.

    Raises:
        NotFound: there is no such account in this workspace.
        Conflict: the report is about another registrant than the account.
        InvalidInput: a fact quotes a document that is neither in the report nor kept before.
    """
    account = await store.account(tx, account_id)
    if account.cik and report.cik and account.cik != report.cik.zfill(10):
        raise Conflict(
            f"The report is about CIK {report.cik} ({report.name}), but the account "
            f"{account.name} has CIK {account.cik}: correct the account, or look it up again."
        )
    snapshots = await store_facts.add_snapshots(tx, account_id, report.documents)
    orphan = next((f for f in report.facts if f.evidence.raw_sha256 not in snapshots), None)
    if orphan is not None:
        raise InvalidInput(
            f"The fact {orphan.kind} quotes the document {orphan.evidence.raw_sha256[:12]}…, which "
            "is not at hand: hand over every document that a fact quotes."
        )
    added = await store_facts.add_facts(tx, account_id, report.facts, snapshots)
    after = next_account_status(account.status, AccountEvent.RESEARCHED)
    cik = report.cik.zfill(10) if report.cik else None
    changed = await store.complete_account(tx, account, after, cik=cik, ticker=report.ticker)
    if added or changed:
        about = {"facts_new": added, "documents": [_sha256(d.content) for d in report.documents]}
        await record(tx, "prospects.research", f"account:{account_id}", about)
    return await dossier(tx, account_id)


async def dossier(tx: Tx, account_id: AccountId) -> Dossier:
    """What is known of the account: the newest fact of each kind, and each statement once.

    Raises:
        NotFound: there is no such account in this workspace.
    """
    account = await store.account(tx, account_id)
    facts = await store_facts.facts(tx, [account_id])
    return Dossier(account=account, facts=distinct(facts.get(account_id, ())))


def facts_of_list(
    touched: Sequence[TouchedAccount], rows: Mapping[str, ImportRow], source: str, sha256: str
) -> list[ListFact]:
    """The facts that a list gives on new and changed accounts, ready to store.

    Only what the account says as well: what a repeated row says and the account does not is no
    fact of ours.
    """
    found: list[ListFact] = []
    for account in touched:
        row = rows[account.key]
        said: list[tuple[FactKind, str, str | None]] = []
        if row.employees is not None and row.employees == account.employees:
            said.append((FactKind.EMPLOYEES, str(row.employees), "people"))
        if row.competitor is not None and row.competitor == account.competitor:
            said.append((FactKind.COMPETITOR, row.competitor, None))
        for kind, value, unit in said:
            found.append(
                ListFact(
                    account_id=account.id,
                    fingerprint=fingerprint_of_list(kind, value, unit),
                    kind=kind,
                    value=value,
                    unit=unit,
                    url=f"{source.replace(': ', ':')}#line={row.line}",
                    provenance=Provenance.OPERATOR,
                    raw_sha256=sha256,
                )
            )
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
