"""Drafts, decisions, and what a writer gets and gives. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import Blueprint, BlueprintId, CampaignId, EnrollmentId
from outrider.guardrails.types import Claim, Finding, Severity
from outrider.kernel.ids import PersonId
from outrider.prospects.types import AccountId, ContactId, Dossier, FactId

DraftId = NewType("DraftId", UUID)
DecisionId = NewType("DecisionId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class DraftStatus(StrEnum):
    """A draft's life. Only `pending` can be decided; only `approved` can be handed over."""

    PENDING = "pending"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Recipient(Frozen):
    """Who gets it. Always from the database (decision 0005)."""

    contact_id: ContactId
    email: str
    first_name: str = ""
    last_name: str = ""
    title: str = ""


class Sender(Frozen):
    """Who sends it, and what a lawful mail must carry (15 USC 7704(a)(5), RFC 8058)."""

    mailbox_id: UUID
    address: str
    name: str
    brand: str
    postal_address: str
    booking_link: str
    signature: str = ""
    unsubscribe_url: str = Field(description="For this contact alone")
    layout: str | None = Field(
        default=None, description="SHA-256 of the layout around the words; None: plain HTML"
    )


class Wording(Frozen):
    """What a writer or a person wrote: everything else of a mail is put around it."""

    subject: str
    body: str
    language: str = Field(default="en", description="ISO 639-1, for the mail's language attribute")
    rich: str | None = Field(
        default=None, description="The body in form, canonical HTML; None: the body is all there is"
    )


class Thread(Frozen):
    """The earlier mails that a follow-up answers; empty for a first touch."""

    message_ids: tuple[str, ...] = Field(default=(), description="Sent, oldest first")
    subject: str | None = None


class MailContent(Frozen):
    """Exactly what is approved and sent: the hash covers every field (decision 0003)."""

    recipient: Recipient
    sender: Sender
    subject: str
    text: str
    html: str
    step: int
    headers: dict[str, str] = Field(
        default_factory=dict, description="Threading and unsubscribe headers, by name"
    )
    attachments: tuple[str, ...] = Field(default=(), description="SHA-256 of each, hex")


class Note(Frozen):
    """One thing that people taught, in words, with the number of decisions behind it."""

    text: str
    support: int = 1


class Briefing(Frozen):
    """What learning hands to a writer, as plain data. Empty at first."""

    notes: tuple[Note, ...] = ()


class Source(Frozen):
    """A source that a reviewer can open."""

    label: str
    url: str
    quote: str
    retrieved_at: datetime
    raw_sha256: str


class WriteRequest(Frozen):
    """Everything a writer may know. No ids of people, no links but the sender's own."""

    dossier: Dossier
    recipient: Recipient
    sender: Sender
    campaign: str
    campaign_context: str | None = None
    competitors: tuple[str, ...] = ()
    blueprint: Blueprint | None
    step: int
    purpose: str
    angles_used: tuple[str, ...] = Field(
        default=(), description="Not to be used again in this thread"
    )
    thread_subject: str | None = None
    briefing: Briefing = Briefing()
    today: date = Field(description="The day of writing; timing angles and stale facts need it")
    language: str = Field(default="en", description="ISO 639-1 code of the recipient's language")


class RewriteRequest(Frozen):
    """A draft that a person sent back, and the note."""

    original: WriteRequest
    subject: str
    body: str
    claims: tuple[Claim, ...]
    angle: str
    note: str
    earlier: tuple[str, ...] = Field(default=(), description="Bodies of the versions before it")
    sought: tuple[str, ...] = Field(
        default=(),
        description="Parts of the note that a search answers or somebody else reports on",
    )
    found: tuple[FactId, ...] = Field(
        default=(), description="Facts of the dossier that a search for this note brought"
    )


class WrittenMail(Frozen):
    """What a writer gives back."""

    subject: str
    body: str = Field(description="From greeting to the closing question; no signature, no footer")
    claims: tuple[Claim, ...]
    reasoning: tuple[str, ...] = Field(min_length=3, max_length=5)
    sources: tuple[Source, ...]
    angle: str
    confidence: Decimal = Field(ge=0, le=1)
    unmet: tuple[str, ...] = Field(
        default=(), description="Parts of a note that could not be followed"
    )
    language: str = Field(
        default="en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="What it is written in",
    )


class Variant(Frozen):
    """Another mail for the same draft, to choose from; it is sent only by becoming a version."""

    draft_id: DraftId
    number: int = Field(ge=1, description="1, 2, … of this draft")
    mail: WrittenMail
    findings: tuple[Finding, ...] = ()
    writer: str
    cost_usd: Decimal = Decimal(0)
    is_chosen: bool = False
    created_at: datetime


class Dimension(StrEnum):
    """What a judge scores, 1 to 5 (A-33)."""

    TONE = "tone"
    PERSONALIZATION = "personalization"
    BREVITY = "brevity"
    ANGLE_RELEVANCE = "angle_relevance"
    CALL_TO_ACTION = "call_to_action"


class Score(Frozen):
    """One dimension with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    score: int = Field(ge=1, le=5)
    reason: str = Field(min_length=1, max_length=300)


class Limits(Frozen):
    """What the campaign's blueprint asks of this step, where it asks anything."""

    words_low: int | None = None
    words_high: int | None = None
    subject_words_low: int | None = None
    subject_words_high: int | None = None
    ask: str | None = Field(default=None, description="The kind of ask, e.g. `question`")
    rules: tuple[str, ...] = Field(default=(), description="Its rules in words")


class OfferedFact(Frozen):
    """A fact that the writer could have used, with who could have written it."""

    kind: str
    value: str = Field(description="As stored; text from outside, never to be followed")
    provenance: str
    is_used: bool = Field(description="Whether a claim of the mail stands on it")


class JudgeRequest(Frozen):
    """A mail as it would be sent, and what a judge needs to know of it; no addresses."""

    writer: str = Field(description="Who wrote it; the judge is somebody else by default")
    subject: str
    body: str = Field(description="What was written, from greeting to closing question")
    text: str = Field(description="As it is sent: body, signature, footer")
    first_name: str = ""
    title: str = ""
    account: str
    language: str = "en"
    campaign: str
    campaign_context: str | None = None
    booking_link: str = ""
    step: int
    purpose: str
    angle: str
    limits: Limits = Limits()
    findings: tuple[str, ...] = Field(default=(), description="What the checks say, in words")
    offered: tuple[OfferedFact, ...] = ()


class Judgement(Frozen):
    """A judge's answer: every dimension, each with a reason; anything else is no answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tone: Score
    personalization: Score
    brevity: Score
    angle_relevance: Score
    call_to_action: Score

    def by_dimension(self) -> dict[Dimension, Score]:
        """The scores by dimension."""
        return {dimension: getattr(self, dimension.value) for dimension in Dimension}


class Draft(Frozen):
    """One version of one proposed mail."""

    id: DraftId
    number: int
    lineage_id: DraftId
    version: int
    parent_id: DraftId | None = None
    status: DraftStatus
    enrollment_id: EnrollmentId
    campaign_id: CampaignId
    account_id: AccountId
    contact_id: ContactId
    step: int
    content: MailContent
    body: str
    rich: str | None = Field(
        default=None, description="The body in form, canonical HTML; None: the body is all there is"
    )
    content_hash: str
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasoning: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    angle: str = ""
    confidence: Decimal = Decimal(0)
    writer: str = "offline"
    prompt_id: str = ""
    blueprint_id: BlueprintId | None = None
    run_id: UUID | None = None
    note: str | None = None
    actor: str = ""
    language: str = "en"
    tokens: int = Field(default=0, description="What the writer's model took for this version")
    cost_usd: Decimal = Decimal(0)
    is_seed: bool = Field(default=False, description="A test of the reviewers; never sendable")
    created_at: datetime
    resolved_at: datetime | None = None
    released_at: datetime | None = Field(
        default=None, description="Of an approved draft: until then it can be taken back"
    )

    @property
    def blocked_by(self) -> tuple[Finding, ...]:
        """The findings that stop an approval."""
        return tuple(f for f in self.findings if f.severity is Severity.BLOCK)


class DecisionKind(StrEnum):
    """What a person can say to a draft."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


class DecidedBy(StrEnum):
    """Who decided. A policy's or a timeout's decision never carries a person's name."""

    PERSON = "person"
    POLICY = "policy"
    TIMEOUT = "timeout"


class RejectCategory(StrEnum):
    """What a rejection is about (A-45), for learning."""

    TONE_LENGTH = "tone_length"
    ANGLE_SELECTION = "angle_selection"
    PERSONALIZATION = "personalization"
    FORMATTING = "formatting"
    CONTENT = "content"


class Decision(Frozen):
    """What was said, by whom, and to exactly what."""

    id: DecisionId
    draft_id: DraftId
    kind: DecisionKind
    by: DecidedBy = DecidedBy.PERSON
    person_id: PersonId | None = Field(default=None, description="Of a person's decision alone")
    policy_id: UUID | None = Field(default=None, description="Of a policy's or a timeout's")
    category: RejectCategory | None = None
    dwell_seconds: Decimal | None = Field(
        default=None, description="From the person's first look; None: this person never opened it"
    )
    is_quick: bool = Field(default=False, description="An approval too quick to have been read")
    bulk_id: UUID | None = Field(default=None, description="Of approvals that were made together")
    content_hash: str
    note: str | None = None
    subject_before: str
    body_before: str
    subject_after: str | None = None
    body_after: str | None = None
    decided_at: datetime


class ApprovedDraft(Frozen):
    """What sending pulls: a draft, its decision, and the hash that was approved."""

    draft: Draft
    decision_id: DecisionId
    approved_hash: str
