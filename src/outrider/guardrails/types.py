"""The words of a judgement. In: nothing. Out: frozen values. Never: a row, a vendor's type."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

ClaimedFactId = NewType("ClaimedFactId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Severity(StrEnum):
    """What a finding does. `block` stops an approval; `warn` is shown; `note` is for the record."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class Span(Frozen):
    """A piece of one part of a mail: `start` and `end` are character offsets, end exclusive."""

    part: str = Field(description="subject, body, text or html")
    start: int
    end: int


class Finding(Frozen):
    """What is wrong, where, and how to mend it in words."""

    check: str = Field(description="Stable name of the assertion, e.g. `subject_length`")
    severity: Severity
    message: str
    fix: str
    span: Span | None = None


class Claim(Frozen):
    """A statement of fact in a draft, bound to one stored fact (decision 0007)."""

    span: str = Field(description="The exact words in the subject or the body")
    fact_id: ClaimedFactId
    value: str = Field(description="The value as written, e.g. `$8.7 billion`")


class KnownFact(Frozen):
    """A stored fact in the words of this room."""

    id: ClaimedFactId
    account: str = Field(description="Name of the account it is about")
    kind: str
    value: str
    unit: str | None = None
    as_of: date | None = None
    quote: str = ""

    def __hash__(self) -> int:
        # The rules remember what they read of a fact; hashing all its fields took a tenth of their time.
        return hash(self.id.int)

    def __eq__(self, other: object) -> bool:
        # What pydantic does for any two models takes four times as long.
        return self is other or (isinstance(other, KnownFact) and vars(self) == vars(other))


class OtherContact(Frozen):
    """What we hold of somebody else at the account; none of it may reach the recipient."""

    first: str = ""
    last: str = ""
    email: str = ""
    phone: str = ""


class Names(Frozen):
    """Names that may stand in a mail without a claim: who writes, to whom, for whom."""

    account: str
    contact_first: str = ""
    contact_last: str = ""
    contact_title: str = ""
    sender: str = ""
    brand: str = ""
    competitors: tuple[str, ...] = Field(default=(), description="Never by name (A-32)")
    others: tuple[str, ...] = Field(
        default=(), description="Further allowed names: the campaign's own words"
    )
    other_contacts: tuple[OtherContact, ...] = Field(
        default=(),
        description="Everybody else at the account; none of their data may be given away",
    )


class MailText(Frozen):
    """A mail as it would be sent, for judging."""

    subject: str
    body: str = Field(description="What the writer wrote")
    text: str = Field(description="The whole text part: body, signature, footer")
    html: str
    step: int = Field(ge=1, description="1 is the first touch")
    is_reply: bool = Field(
        default=False, description="Threads on an earlier mail of ours or theirs"
    )
    booking_link: str
    postal_address: str
    unsubscribe_url: str
    earlier: tuple[str, ...] = Field(
        default=(), description="Bodies of the mails that this contact got before, newest first"
    )
