"""What the room knows: accounts, contacts, facts with evidence, scores, suppressions.

In: nothing. Out: frozen values. Never: a row object, a default that hides a missing fact.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

AccountId = NewType("AccountId", UUID)
ContactId = NewType("ContactId", UUID)
FactId = NewType("FactId", UUID)
SnapshotId = NewType("SnapshotId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class AccountStatus(StrEnum):
    """Where an account stands in prospecting (A-29)."""

    NEW = "new"
    RESEARCHED = "researched"
    SEQUENCED = "sequenced"
    EXHAUSTED = "exhausted"


class ContactStatus(StrEnum):
    """Whether a person may be written to at all. `opted_out` and `invalid` are terminal (A-57)."""

    ACTIVE = "active"
    REPLIED = "replied"
    OPTED_OUT = "opted_out"
    INVALID = "invalid"


class Account(Frozen):
    """A company that we may sell to."""

    id: AccountId
    name: str
    domain: str | None = None
    cik: str | None = Field(default=None, description="SEC registrant number, ten digits")
    ticker: str | None = None
    industry: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2 where known")
    employees: int | None = None
    icp_score: Decimal | None = Field(default=None, description="0 to 100, from the import or CRM")
    competitor: str | None = Field(default=None, description="A rival product the account uses")
    status: AccountStatus = AccountStatus.NEW
    attributes: dict[str, str] = Field(default_factory=dict)


class Contact(Frozen):
    """A person at an account."""

    id: ContactId
    account_id: AccountId
    email: str
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    phone: str | None = None
    country: str | None = None
    timezone: str | None = None
    status: ContactStatus = ContactStatus.ACTIVE
    source: str = Field(default="import", description="Where the address came from (GDPR art. 14)")


class FactKind(StrEnum):
    """What a fact is about. A writer's verbs are fixed per kind; see the angles."""

    OPERATING_LEASE_LIABILITY = "operating_lease_liability"
    LEASE_LIABILITY_ALL = "lease_liability_all"
    AUDITOR = "auditor"
    FISCAL_YEAR_END = "fiscal_year_end"
    PERIOD_END = "period_end"
    REVENUE = "revenue"
    EMPLOYEES = "employees"
    STATEMENT = "statement"
    COMPANY_NAME = "company_name"
    COMPETITOR = "competitor"


class Provenance(StrEnum):
    """Who could have written a text. Anything but `operator` is untrusted (DESIGN 2.7)."""

    OPERATOR = "operator"
    CRM = "crm"
    FILING = "filing"
    WEB = "web"
    INBOUND = "inbound"


class Evidence(Frozen):
    """Where a fact comes from, so that a reader can find it again."""

    source: str = Field(description="e.g. `sec_10k`, `sec_companyfacts`, `sec_submissions`, `import`")
    url: str
    quote: str = Field(description="The words of the source, or the reported value as it stands there")
    retrieved_at: datetime
    raw_sha256: str = Field(description="SHA-256 of the raw document in the object store, hex")
    accession: str | None = Field(default=None, description="SEC accession number of the filing")
    provenance: Provenance = Provenance.FILING


class FoundFact(Frozen):
    """A fact as research finds it, before it has an id."""

    kind: FactKind
    value: str = Field(description="Canonical: plain decimal, ISO date, or the text itself")
    unit: str | None = Field(default=None, description="ISO 4217 code, `people`, `MM-DD`, or nothing")
    as_of: date | None = Field(default=None, description="End of the period that it describes")
    topic: str | None = Field(default=None, description="For statements: leases, properties, audit …")
    basis: str | None = Field(default=None, description="How it was derived, e.g. `us_gaap_total`")
    evidence: Evidence


class Fact(FoundFact):
    """A stored fact about one account."""

    id: FactId
    account_id: AccountId

    @property
    def number(self) -> Decimal:
        """The value as a decimal. Raises decimal.InvalidOperation when it is no number."""
        return Decimal(self.value)


class RawDocument(Frozen):
    """A document as it was fetched; its bytes go to the object store under their hash."""

    source: str
    url: str
    media_type: str
    content: bytes
    retrieved_at: datetime


class CompanyReport(Frozen):
    """All that a filings source found on one company."""

    cik: str | None
    name: str
    ticker: str | None = None
    facts: tuple[FoundFact, ...]
    documents: tuple[RawDocument, ...]
    missing: tuple[str, ...] = Field(default=(), description="Plain words on what was not there")


class Dossier(Frozen):
    """What a writer may know of one account: the newest fact of each kind, and statements."""

    account: Account
    facts: tuple[Fact, ...]

    def newest(self, kind: FactKind) -> Fact | None:
        """The fact of this kind with the latest `as_of`, or None."""
        of_kind = [fact for fact in self.facts if fact.kind == kind]
        return max(of_kind, key=lambda fact: fact.as_of or date.min, default=None)

    def statements(self) -> tuple[Fact, ...]:
        """The sentences that can be quoted."""
        return tuple(fact for fact in self.facts if fact.kind == FactKind.STATEMENT)


class Factor(Frozen):
    """One part of a score: its weight, how much of it the account earns, and why."""

    name: str
    weight: Decimal = Field(description="Share of the whole, 0 to 1; all weights sum to 1")
    value: Decimal | None = Field(description="0 to 1; None when the input is missing")
    reason: str


class Score(Frozen):
    """A weighted score of one account (A-28). Missing inputs add nothing and lower the coverage."""

    account_id: AccountId
    points: Decimal = Field(description="0 to 100")
    coverage: Decimal = Field(description="Observed share of the weight, 0 to 1")
    factors: tuple[Factor, ...]
    weights_version: str


class SuppressionReason(StrEnum):
    """Why an address is never written to again."""

    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    MANUAL = "manual"


class Suppression(Frozen):
    """One suppressed address; only a keyed hash of it is kept (decision 7)."""

    address_hash: str
    reason: SuppressionReason
    source: str = Field(description="What told us: a message id, a click, a person")
    created_at: datetime


class ImportRow(Frozen):
    """One clean row of an imported list."""

    line: int
    company: str
    email: str
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    phone: str | None = None
    domain: str | None = None
    cik: str | None = None
    ticker: str | None = None
    industry: str | None = None
    country: str | None = None
    employees: int | None = None
    icp_score: Decimal | None = None
    competitor: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class RejectedRow(Frozen):
    """A row that did not go in: its line, the column at fault and why."""

    line: int
    column: str
    value: str
    reason: str
    raw: tuple[str, ...]


class ImportReport(Frozen):
    """What an import did."""

    rows: int
    accounts_new: int
    contacts_new: int
    contacts_changed: int
    unchanged: int
    rejected: int
    rejects_file: str | None = None
    column_map: dict[str, str] = Field(description="Our field → the column of the file")
