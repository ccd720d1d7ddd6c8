"""What the room knows: accounts, contacts, facts with evidence, scores, suppressions.

In: nothing. Out: frozen values. Never: a row object, a default that hides a missing fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    quiet_until: date | None = Field(
        default=None, description="The last day of a pause that the person asked for"
    )
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
    """Who could have written a text. Anything but `operator` is untrusted."""

    OPERATOR = "operator"
    CRM = "crm"
    FILING = "filing"
    WEB = "web"
    INBOUND = "inbound"


class Evidence(Frozen):
    """Where a fact comes from, so that a reader can find it again."""

    source: str = Field(description="e.g. `sec_10k`, `sec_companyfacts`, `import`")
    url: str
    quote: str = Field(
        description="The words of the source, or the reported value as it stands there"
    )
    retrieved_at: datetime
    raw_sha256: str = Field(description="SHA-256 of the raw document in the object store, hex")
    accession: str | None = Field(default=None, description="SEC accession number of the filing")
    provenance: Provenance = Provenance.FILING


class FoundFact(Frozen):
    """A fact as research finds it, before it has an id."""

    kind: FactKind
    value: str = Field(description="Canonical: plain decimal, ISO date, or the text itself")
    unit: str | None = Field(default=None, description="ISO 4217 code, `people`, `MM-DD`, or none")
    as_of: date | None = Field(default=None, description="End of the period that it describes")
    topic: str | None = Field(default=None, description="Of a statement: leases, properties, audit")
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


class ResearchRequest(Frozen):
    """What a filings source needs to look an account up."""

    account_id: AccountId
    name: str
    cik: str | None = None
    ticker: str | None = None


class Dossier(Frozen):
    """What a writer may know of one account: the newest fact of each kind, and statements."""

    account: Account
    facts: tuple[Fact, ...]

    def newest(self, kind: FactKind) -> Fact | None:
        """The fact of this kind with the latest `as_of`, or None."""
        return _newest(self.facts, kind)

    def statements(self) -> tuple[Fact, ...]:
        """The sentences that can be quoted."""
        return tuple(fact for fact in self.facts if fact.kind == FactKind.STATEMENT)


def _newest(facts: Iterable[Fact], kind: FactKind) -> Fact | None:
    of_kind = [fact for fact in facts if fact.kind == kind]
    return max(of_kind, key=lambda fact: fact.as_of or date.min, default=None)


class FactorName(StrEnum):
    """The parts of a score (A-28)."""

    LEASES = "operating_lease_liability"
    ICP = "icp_score"
    COMPETITOR = "competitor_presence"
    YEAR_END = "fiscal_year_end_timing"
    CONTACTS = "contact_count"
    AUDITOR = "auditor"


class Weighting(Frozen):
    """The weights of a score and the scales of its factors: data, for a vertical has its own."""

    version: str
    weights: dict[FactorName, Decimal] = Field(description="Shares of the whole; they sum to 1")
    lease_knots: tuple[tuple[Decimal, Decimal], ...] = Field(
        description="(US dollars, value 0 to 1), both ascending; between them log1p is linear"
    )
    year_end_peak_days: int = Field(description="Days before the fiscal year's end that score best")
    year_end_reach_days: int = Field(description="Days from the peak at which the value is 0", gt=0)
    contacts_enough: int = Field(description="Contacts that earn the whole factor", gt=0)
    auditors: tuple[tuple[str, Decimal], ...] = Field(
        description="(words of an auditor's name in small letters, value 0 to 1); first match wins"
    )
    other_auditor: Decimal = Field(description="Value of an auditor that the table does not name")

    @model_validator(mode="after")
    def _whole(self) -> Weighting:
        if sum(self.weights.values()) != 1:
            raise ValueError(f"the weights of {self.version} sum to {sum(self.weights.values())}")
        knots = list(self.lease_knots)
        if len(knots) < 2 or knots != sorted(knots) or len({dollars for dollars, _ in knots}) < 2:
            raise ValueError(f"the lease knots of {self.version} must be two or more and ascend")
        return self


class Standing(Frozen):
    """What a score looks at: the account, its newest facts, and how many people we may write to."""

    account: Account
    facts: tuple[Fact, ...] = ()
    contacts: int = Field(default=0, ge=0)

    def newest(self, kind: FactKind) -> Fact | None:
        """The fact of this kind with the latest `as_of`, or None."""
        return _newest(self.facts, kind)


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


class Channel(StrEnum):
    """How a person was reached."""

    EMAIL = "email"
    CALL = "call"
    LINKEDIN = "linkedin"
    SMS = "sms"
    CRM = "crm"


class Direction(StrEnum):
    """Who reached whom."""

    OUT = "out"
    IN = "in"


class Touch(Frozen):
    """One contact with a person, by anyone; pacing is decided from these."""

    account_id: AccountId
    contact_id: ContactId
    channel: Channel
    direction: Direction
    reference: str = Field(description="Message id or activity id; unique per channel")
    at: datetime


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
    timezone: str | None = None
    employees: int | None = None
    icp_score: Decimal | None = None
    competitor: str | None = None
    opted_out: bool = Field(default=False, description="The list itself says: do not write")
    attributes: dict[str, str] = Field(default_factory=dict)


class RejectedRow(Frozen):
    """A row that did not go in: its line, the column at fault and why."""

    line: int
    column: str
    value: str
    reason: str
    raw: tuple[str, ...]


class ListPreview(Frozen):
    """How a list would be read."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    column_map: dict[str, str] = Field(description="Our field → the column of the file")
    ignored_columns: tuple[str, ...] = Field(description="Columns that are not stored")


class ImportReport(Frozen):
    """What an import did. The rows are new + changed + unchanged + repeated + rejected."""

    rows: int
    accounts_new: int
    accounts_changed: int = 0
    contacts_new: int
    contacts_changed: int
    unchanged: int
    repeated: int = Field(default=0, description="Rows whose address came earlier in the file")
    suppressed: int = Field(default=0, description="People of the list who said no")
    rejected: int
    rejects_file: str | None = None
    column_map: dict[str, str] = Field(description="Our field → the column of the file")
    ignored_columns: tuple[str, ...] = Field(default=(), description="Columns that are not stored")
