"""A small world for drafts: one campaign, one account with facts, one enrolled contact.

The companies and people here do not exist. Facts have the shape that filings give them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from outrider.campaigns import create, enrol
from outrider.campaigns.types import Campaign, Enrollment, Step
from outrider.drafts import write
from outrider.drafts.types import (
    Briefing,
    Draft,
    Recipient,
    Sender,
    WriteRequest,
    WrittenMail,
)
from outrider.guardrails.types import Claim, ClaimedFactId
from outrider.kernel.asking import Answer
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import new_id
from outrider.prospects import read, research
from outrider.prospects.types import (
    Account,
    AccountId,
    CompanyReport,
    Contact,
    ContactId,
    Dossier,
    Evidence,
    Fact,
    FactId,
    FactKind,
    FoundFact,
    RawDocument,
)
from outrider.vendors.offline_writer.writer import OfflineWriter

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
RAW = b"annual report of a company that does not exist"
RAW_SHA256 = hashlib.sha256(RAW).hexdigest()
STEPS = (
    Step(number=1, delay_business_days=0, purpose="first_touch"),
    Step(number=2, delay_business_days=3, purpose="follow_up"),
    Step(number=3, delay_business_days=4, purpose="break_up"),
)
SENTENCE = "We lease most of our stores, two warehouses and our offices in Fairhaven."


def evidence(quote: str) -> Evidence:
    return Evidence(
        source="sec_10k",
        url="https://filings.example/harbor/10k",
        quote=quote,
        retrieved_at=NOW,
        raw_sha256=RAW_SHA256,
        accession="0000000001-25-000001",
    )


def found_facts() -> tuple[FoundFact, ...]:
    """What research finds on Harbor Outfitters."""
    year_end = date(2026, 1, 31)
    rows = (
        (FactKind.OPERATING_LEASE_LIABILITY, "412600000", "USD", year_end, None,
         "Total operating lease liabilities $ 412.6"),
        (FactKind.AUDITOR, "Bellweather & Marsh LLP", None, year_end, None, "Bellweather & Marsh LLP"),
        (FactKind.FISCAL_YEAR_END, "01-31", "MM-DD", None, None, "January 31"),
        (FactKind.EMPLOYEES, "6240", "people", year_end, None,
         "As of January 31, 2026, we employed 6,240 people."),
        (FactKind.STATEMENT, SENTENCE, None, year_end, "leases", SENTENCE),
    )  # fmt: skip
    return tuple(
        FoundFact(kind=kind, value=value, unit=unit, as_of=as_of, topic=topic,
                  evidence=evidence(quote))
        for kind, value, unit, as_of, topic, quote in rows
    )  # fmt: skip


def dossier(
    name: str = "Harbor Outfitters",
    *,
    competitor: str | None = None,
    without: tuple[FactKind, ...] = (),
) -> Dossier:
    """A dossier for pure tests; ids depend on the name only."""
    account = Account(id=AccountId(_id(name)), name=name, competitor=competitor)
    found = [item for item in found_facts() if item.kind not in without]
    if competitor:
        found.append(
            FoundFact(kind=FactKind.COMPETITOR, value=competitor, evidence=evidence(competitor))
        )
    facts = tuple(
        Fact(id=FactId(_id(f"{name}/{item.kind}")), account_id=account.id, **item.model_dump())
        for item in found
    )
    return Dossier(account=account, facts=facts)


def recipient(first: str = "Dana", last: str = "Ruiz", title: str = "Controller") -> Recipient:
    return Recipient(
        contact_id=ContactId(_id(f"{first} {last}")),
        email=f"{first}.{last}@harbor.example".lower(),
        first_name=first,
        last_name=last,
        title=title,
    )


def sender() -> Sender:
    return Sender(
        mailbox_id=_id("mailbox"),
        address="sam@try-ledgerway.example",
        name="Sam Ortiz",
        brand="Ledgerway",
        postal_address="12 Main Street, Springfield, IL 62701",
        booking_link="https://ledgerway.example/sam",
        unsubscribe_url="https://ledgerway.example/u/abc",
    )


def write_request(
    about: Dossier | None = None,
    *,
    to: Recipient | None = None,
    step: int = 1,
    campaign: str = "Leases",
    context: str | None = None,
    briefing: Briefing | None = None,
    angles_used: tuple[str, ...] = (),
) -> WriteRequest:
    return WriteRequest(
        dossier=about or dossier(),
        recipient=to or recipient(),
        sender=sender(),
        campaign=campaign,
        campaign_context=context,
        competitors=("LeaseKit",),
        blueprint=None,
        step=step,
        purpose=STEPS[step - 1].purpose,
        angles_used=angles_used,
        briefing=briefing or Briefing(),
        today=NOW.date(),
    )


@dataclass(frozen=True)
class World:
    """What stands in the database."""

    campaign: Campaign
    contact: Contact
    enrollment: Enrollment
    dossier: Dossier

    def request(self, step: int = 1) -> WriteRequest:
        return write.request(
            self.dossier,
            self.contact,
            sender(),
            self.campaign,
            blueprint=None,
            step=STEPS[step - 1],
            now=NOW,
            enrollment=self.enrollment,
        )


async def build(tx: Tx) -> World:
    """A campaign, a researched account, an enrolled contact; made through the rooms' own verbs."""
    campaign = await create.create(tx, "Leases", "Ledgerway", competitor_name="LeaseKit")
    account_id, contact_id = AccountId(tx.new_id()), ContactId(tx.new_id())
    await tx.run(
        "insert into outrider.accounts (id, workspace_id, key, name, status, attributes, created_at,"
        " updated_at) values (:id, :workspace, :key, 'Harbor Outfitters', 'new', '{}', :now, :now)",
        {"id": account_id, "workspace": tx.workspace, "key": f"name:{account_id}", "now": tx.now},
    )
    await tx.run(
        "insert into outrider.contacts (id, workspace_id, account_id, email, email_key, first_name,"
        " last_name, title, status, source, created_at, updated_at) values (:id, :workspace, :account,"
        " :email, :email, 'Dana', 'Ruiz', 'Controller', 'active', 'import', :now, :now)",
        {
            "id": contact_id,
            "workspace": tx.workspace,
            "account": account_id,
            "email": f"dana-{contact_id.hex[-6:]}@harbor.example",
            "now": tx.now,
        },
    )
    document = RawDocument(
        source="sec_10k", url="https://filings.example/harbor/10k", media_type="text/html",
        content=RAW, retrieved_at=tx.now,
    )  # fmt: skip
    report = CompanyReport(
        cik=None,
        name="Harbor Outfitters",
        facts=found_facts(),
        documents=(document,),
    )
    known = await research.save(tx, account_id, report)
    [enrollment] = await enrol.enrol(tx, campaign.id, [contact_id], _id("mailbox"))
    contact = await read.contact(tx, contact_id)
    return World(campaign=campaign, contact=contact, enrollment=enrollment, dossier=known)


async def offline_draft(tx: Tx, world: World, step: int = 1) -> Draft:
    """A pending draft, written by the offline writer."""
    request = world.request(step)
    answer = await OfflineWriter().ask(write.WRITE_TASK, request)
    return await write.save(tx, world.enrollment, request, answer)


def answer(subject: str, body: str, *claims: Claim) -> Answer[WrittenMail]:
    """What some model might give back."""
    return Answer(
        output=WrittenMail(
            subject=subject,
            body=body,
            claims=claims,
            reasoning=("one", "two", "three"),
            sources=(),
            angle="free",
            confidence=Decimal("0.5"),
        ),
        model="a-model",
    )


def claim(span: str, fact: Fact, value: str | None = None) -> Claim:
    return Claim(span=span, fact_id=ClaimedFactId(fact.id), value=value or span)


def _id(name: str) -> UUID:
    number = int.from_bytes(name.encode()[-5:].rjust(5, b"\0"), "big") + sum(name.encode())
    return UUID(int=(new_id(NOW).int >> 80 << 80) | (0x7 << 76) | (0b10 << 62) | number)
