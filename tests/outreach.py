"""A campaign ready for an agent: accounts, contacts, a mailbox, filings, a writer that obeys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from outrider.agents.ports import Env
from outrider.agents.types import Progress
from outrider.campaigns import create
from outrider.campaigns.types import Campaign
from outrider.drafts.types import WriteRequest, WrittenMail
from outrider.kernel.asking import Answer, Asking, Task
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import register
from outrider.prospects.types import (
    CompanyReport,
    Evidence,
    FactKind,
    FoundFact,
    ImportRow,
    RawDocument,
)
from outrider.sending import mailboxes
from tests.conftest import MONDAY
from tests.sending_world import FORM, KEY, SUPPRESSOR

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)

LEASES = {"Zenith Homes": "9000000000", "Acme Stores": "200000000"}
AGENT = Actor(ActorKind.AGENT, "sdr")
CONTEXT = "Brand helps accounting teams keep their lease data ready for the audit."


PITCHES = (
    "How does your team keep track of lease changes between quarters? Most teams still collect them by hand and "
    "find the gaps in the week before the audit.\n\nWorth a short talk, or is it solved already?",
    "One more thought: somebody always asks for the page behind a number, and then the search begins. I wonder who "
    "that person is at your company.\n\nShould I write to them rather than to you?",
    "This is my last note, so nothing more is needed. A reply at any later time will find me, and I would be glad "
    "to hear how you solved it.\n\nWas it the wrong moment?",
)
"""One for each step: a follow-up that says the same again is blocked."""


@dataclass
class Writer:
    """A model that writes one plain mail, or fails where a test says so."""

    fails_for: dict[str, Exception] = field(default_factory=dict)
    asked: list[WriteRequest] = field(default_factory=list)
    cost: Decimal = Decimal("0.02")
    before: Callable[[WriteRequest], None] = lambda request: None

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        request = cast("WriteRequest", question)
        self.asked.append(request)
        self.before(request)
        trouble = self.fails_for.get(request.dossier.account.name)
        if trouble is not None:
            raise trouble
        mail = WrittenMail(
            subject="Lease changes between quarters",
            body=(
                f"Hi {request.recipient.first_name},\n\n{PITCHES[min(request.step, len(PITCHES)) - 1]}"
            ),
            claims=(),
            reasoning=("It is short.", "It asks one question.", "It names no figure."),
            sources=(),
            angle=f"leases-{request.step}",
            confidence=Decimal("0.7"),
        )
        return Answer(output=cast("Out", mail), model="scripted", tokens=900, cost_usd=self.cost)


@dataclass
class Filings:
    """Filings of every company but those that a test hides."""

    name: str = "test filings"
    unknown: frozenset[str] = frozenset()
    fails_for: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def report(
        self, *, name: str, cik: str | None, ticker: str | None
    ) -> CompanyReport | None:
        self.asked.append(name)
        if name in self.fails_for:
            raise self.fails_for[name]
        if name in self.unknown:
            return None
        content = f"annual report of {name}".encode()
        evidence = Evidence(
            source="sec_10k",
            url=f"https://filings.example/{len(name)}",
            quote="Operating lease liabilities 8,682",
            retrieved_at=MONDAY,
            raw_sha256=hashlib.sha256(content).hexdigest(),
        )
        amount = LEASES.get(name, "1000000")
        lease = FoundFact(
            kind=FactKind.OPERATING_LEASE_LIABILITY,
            value=amount,
            unit="USD",
            as_of=MONDAY.date(),
            evidence=evidence,
        )
        document = RawDocument(
            source="sec_10k",
            url=evidence.url,
            media_type="text/html",
            content=content,
            retrieved_at=MONDAY,
        )
        return CompanyReport(cik=None, name=name, facts=(lease,), documents=(document,))


@dataclass
class Office:
    """A workspace in which an agent can work."""

    database: Database
    workspace: WorkspaceId
    clock: VirtualClock
    objects: Objects
    campaign: Campaign
    writer: Writer = field(default_factory=Writer)
    filings: Filings = field(default_factory=Filings)
    seen: list[Progress] = field(default_factory=list)

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the system."""
        return self.database.transaction(self.workspace, SYSTEM)

    def begin_as_agent(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the agent, with its own login."""
        return self.database.transaction(self.workspace, AGENT, role=Role.AGENT)

    def env(self, asking: Asking | None = None, **more: Any) -> Env:
        """The hands of a run."""
        values: dict[str, Any] = {
            "begin": self.begin_as_agent,
            "asking": asking or self.writer,
            "objects": self.objects,
            "unsubscribe_key": KEY,
            "public_url": "https://outrider.brand.example",
            "clock": self.clock,
            "filings": self.filings,
            "progress": self.seen.append,
        }
        return Env(**(values | more))

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.begin() as tx:
            return [dict(row) for row in await tx.rows(sql, values)]

    async def run_sql(self, sql: str, **values: Any) -> None:
        """Change something behind the product's back."""
        async with self.begin() as tx:
            await tx.run(sql, values)


def people(company: str, *titles: str) -> list[ImportRow]:
    """One row of a list for each title, at one company."""
    domain = f"{company.lower().replace(' ', '')}.example"
    return [
        ImportRow(
            line=number + 2,
            company=company,
            email=f"{title.lower().replace(' ', '.')}{number}@{domain}",
            first_name="Dana",
            last_name=f"Cole{number}",
            title=title,
            domain=domain,
        )
        for number, title in enumerate(titles)
    ]


async def open_office(
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    objects: Objects,
    rows: list[ImportRow],
) -> Office:
    """A campaign `Leases` with one mailbox and these people."""
    async with database.transaction(workspace, SYSTEM) as tx:
        await mailboxes.add(tx, FORM)
        campaign = await create.create(tx, "Leases", "Brand", additional_context=CONTEXT)
        await register.add(tx, rows, SUPPRESSOR, "import: list.csv")
    return Office(database, workspace, clock, objects, campaign)
