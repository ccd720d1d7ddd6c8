"""Campaigns, past mail, blueprints, sequences, enrollments.

In: nothing. Out: frozen values. Never: a row object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.prospects.types import AccountId, ContactId

CampaignId = NewType("CampaignId", UUID)
EmailId = NewType("EmailId", UUID)
BlueprintId = NewType("BlueprintId", UUID)
SequenceId = NewType("SequenceId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class CampaignStatus(StrEnum):
    """Only an `active` campaign writes and sends."""

    ACTIVE = "active"
    PAUSED = "paused"
    CANCELED = "canceled"


class Rotation(StrEnum):
    """How new people are shared out among a campaign's mailboxes; a thread keeps the one it got."""

    EVEN = "even"
    HEALTH = "health"


class Campaign(Frozen):
    """One effort: a brand, its competitor, a blueprint, a sequence (D-18)."""

    id: CampaignId
    name: str
    status: CampaignStatus
    brand: str
    target_competitor_name: str | None = None
    target_competitor_website: str | None = None
    additional_context: str | None = None
    mailbox_ids: tuple[UUID, ...] = Field(
        default=(), description="Who writes to new people; empty: the one that a run names"
    )
    rotation: Rotation = Rotation.HEALTH
    created_at: datetime


class MailSource(StrEnum):
    """Whose past mail it is."""

    BRAND = "brand"
    COMPETITOR = "competitor"


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One mail as it was stored somewhere, unread."""

    origin: str
    """Where it lies, for a person to find it: file and position."""
    provider: str
    """mbox, maildir, eml, csv …"""
    data: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail that cannot be learned from, and why in plain words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What markup tells of a mail's build, before it is turned into text."""

    is_html: bool = False
    links: int = 0
    images: int = 0
    headings: int = 0
    list_items: int = 0
    tables: int = 0


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One past mail as clean text: no NUL, no surrogates, so that every store takes it."""

    message_id: str | None
    thread_id: str
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    subject: str
    text: str
    sent_at: datetime | None
    """In UTC; None when the date is missing or impossible."""
    sent_offset_minutes: int | None
    """The sender's own zone, which makes the local hour of sending known."""
    shape: Shape
    metadata: dict[str, str] = field(default_factory=dict)


class CtaType(StrEnum):
    """What a mail asks for (D-40). `question` is the soft one; `meeting` the hard one."""

    QUESTION = "question"
    MEETING = "meeting"
    LINK = "link"
    REPLY = "reply"
    NONE = "none"


class CadenceBucket(StrEnum):
    """Time since the mail before in the same thread or series (D-22)."""

    FIRST = "first"
    SAME_DAY = "same_day"
    DAYS_1 = "1_day"
    DAYS_2_3 = "2_3_days"
    DAYS_4 = "4_days"
    DAYS_5_7 = "5_7_days"
    LONGER = "longer"


class StructureType(StrEnum):
    """How a mail is built (D-22)."""

    PLAIN = "plain"
    LIST = "list"
    SECTIONS = "sections"
    NEWSLETTER = "newsletter"


class SubjectForm(StrEnum):
    """Question or statement (D-44)."""

    QUESTION = "question"
    STATEMENT = "statement"


class Features(Frozen):
    """What can be counted in one mail without judging it (D-22, D-37 to D-49)."""

    word_count: int
    cta_type: CtaType
    cta_count: int
    cta_position: str = Field(description="start, middle, end or none")
    has_personalization: bool
    personalization: tuple[str, ...] = Field(
        default=(), description="greeting_name, name, company; placement in `subject_tokens`"
    )
    structure_type: StructureType
    is_bulk: bool = Field(description="Sent to a list: says little about one-to-one mail")
    is_reply: bool = False
    subject_words: int
    subject_characters: int
    subject_form: SubjectForm
    subject_tokens: tuple[str, ...] = Field(default=(), description="name, company")
    subject_generic: bool
    greeting: str = Field(description="hi, hello, hey, dear, other or none")
    opening: str = Field(description="prospect_fact, question, self, pleasantry or statement")
    sentences: int
    sentence_words_median: int
    sentence_words_p90: int
    paragraphs: int
    grade_level: Decimal | None = Field(description="Flesch-Kincaid; None below 3 sentences' worth")
    value_words: int
    problem_words: int
    generic_phrases: int
    links: int
    sent_weekday: int | None = Field(description="0 is Monday, in the sender's zone")
    sent_hour: int | None = Field(description="0 to 23, in the sender's zone")
    follow_up_index: int = Field(default=0, description="0 is the first mail of a series")
    cadence_bucket: CadenceBucket = CadenceBucket.FIRST
    gap_business_days: int | None = Field(default=None, description="Since the mail before it")
    series: str = Field(default="", description="Which series it belongs to: a digest")


class FeatureQuery(Frozen):
    """Which past mails to find, e.g. the competitor's soft asks on step 2 (D-23)."""

    campaign_id: CampaignId
    source: MailSource | None = None
    cta_types: tuple[CtaType, ...] = ()
    step: int | None = Field(default=None, ge=1, description="1 is the first mail of a series")
    cadence: tuple[CadenceBucket, ...] = ()
    limit: int = 100


class FoundMail(Frozen):
    """A past mail found by its features."""

    email_id: EmailId
    source: MailSource
    subject: str
    sent_at: datetime | None
    word_count: int
    cta_type: CtaType
    step: int
    cadence_bucket: CadenceBucket


class Strength(StrEnum):
    """How far a rule may be trusted (D-50, D-51)."""

    STRONG = "strong"
    WEAK = "weak"
    DEFAULT = "default"


class Rule(Frozen):
    """One rule of a blueprint, with the evidence behind it."""

    name: str = Field(description="Stable, e.g. `body_words`")
    text: str = Field(description="One sentence a person can read")
    low: Decimal | None = None
    high: Decimal | None = None
    choice: str | None = None
    support: int = Field(description="Past mails that speak for it")
    out_of: int = Field(description="Past mails looked at")
    confidence: Decimal = Field(description="0 to 1: lower Wilson bound, or 0 for a safe default")
    strength: Strength
    step: int | None = Field(default=None, description="Only for this step of a sequence")


class Blueprint(Frozen):
    """How mails of this campaign are built: structure, timing; not what they say (D-52)."""

    id: BlueprintId
    campaign_id: CampaignId
    version: int
    status: str
    dos: tuple[Rule, ...]
    donts: tuple[Rule, ...]
    cadence: tuple[Rule, ...]
    structure: tuple[Rule, ...]
    warnings: tuple[str, ...] = Field(default=(), description="Low-data warnings (D-54, D-55)")
    sufficiency: Decimal = Field(description="0 to 1: how much past mail there is to learn from")
    inputs: dict[str, object] = Field(default_factory=dict, description="D-28")
    created_at: datetime

    def rule(self, name: str, step: int | None = None) -> Rule | None:
        """The rule of this name for this step, else for every step, else None."""
        all_rules = (*self.structure, *self.dos, *self.donts, *self.cadence)
        named = [r for r in all_rules if r.name == name]
        own = [r for r in named if r.step == step]
        every = [r for r in named if r.step is None]
        return next(iter(own or every), None)


class StepChannel(StrEnum):
    """How a step reaches a person. All but `email` are tasks that a person does or releases."""

    EMAIL = "email"
    LINKEDIN = "linkedin"
    CALL = "call"
    SMS = "sms"


class ReplyClass(StrEnum):
    """What an answer means for a sequence; `sequence_rules.WAYS` says what follows from each."""

    INTERESTED = "interested"
    NOT_NOW = "not_now"
    OBJECTION = "objection"
    MEETING = "meeting"
    OPTED_OUT = "opted_out"
    BOUNCE = "bounce"
    OUT_OF_OFFICE = "out_of_office"


class Way(StrEnum):
    """What a class of reply does where it does not lead to a step."""

    STOP = "stop"
    PAUSE = "pause"


class Arm(Frozen):
    """One variant of a step; what it leaves empty is as the step says."""

    name: str
    purpose: str = ""
    template: str = ""
    angle: str = Field(default="", description="Family of angles that the writer keeps to")
    subject_style: str = Field(default="", description="question or statement")


class Experiment(Frozen):
    """Arms compared at one step; who gets which follows from the lead alone, for good."""

    name: str = Field(description="Unique in the campaign; other arms need another name")
    arms: tuple[Arm, ...] = Field(description="The first is what the others are compared with")


class Step(Frozen):
    """One step of a sequence, as data."""

    number: int = Field(ge=1)
    channel: str = "email"
    delay_business_days: int = Field(ge=0, description="After the step before was sent")
    purpose: str = Field(description="first_touch, follow_up, break_up")
    template: str = Field(
        default="", description="Instructions of a task or words of an SMS; {first_name}, {company}"
    )
    then: int | None = Field(
        default=None, description="The step after it; None: the next number; 0: the sequence ends"
    )
    branches: dict[str, int | str] = Field(
        default_factory=dict, description="Reply class: a later step's number, `stop` or `pause`"
    )
    experiment: Experiment | None = None
    angle: str = Field(default="", description="Family of angles that the writer keeps to")
    subject_style: str = Field(default="", description="question or statement")


class Sequence(Frozen):
    """Ordered steps."""

    id: SequenceId
    campaign_id: CampaignId
    version: int
    steps: tuple[Step, ...]
    pacing: dict[str, int] = Field(
        default_factory=dict, description="What differs from the table of `touch_rules`"
    )
    note: str = ""
    made_by: str = ""
    created_at: datetime | None = None


class EnrollmentStatus(StrEnum):
    """An enrollment ends `finished` after its last step, or `stopped` for a reason.

    A paused one is active again by itself at its `due_at`: whoever reads it then reads `active`.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why an enrollment stopped. `replied` is set before a reply is even classified."""

    REPLIED = "replied"
    MEETING = "meeting"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    CANCELED = "canceled"


class SentStep(Frozen):
    """A step that is behind the person, and when it was sent or done."""

    number: int
    at: datetime
    is_skipped: bool = Field(default=False, description="Passed over: nothing reached the person")


class Heard(Frozen):
    """A reply whose class is known."""

    reply_id: str
    reply_class: ReplyClass
    after_step: int = Field(description="The last step sent before it; 0: none was")
    at: datetime


class Enrollment(Frozen):
    """One contact in one campaign's sequence."""

    id: EnrollmentId
    campaign_id: CampaignId
    sequence_id: SequenceId
    account_id: AccountId
    contact_id: ContactId
    mailbox_id: UUID
    status: EnrollmentStatus
    stop_reason: StopReason | None = None
    closed_reason: StopReason | None = Field(
        default=None, description="Once set, no class of reply leads on any more"
    )
    next_step: int
    next_channel: StepChannel = StepChannel.EMAIL
    due_at: datetime | None = None
    thread_message_ids: tuple[str, ...] = ()
    thread_subject: str | None = None
    steps_sent: tuple[SentStep, ...] = Field(default=(), description="By number")
    replies_at: tuple[datetime, ...] = Field(
        default=(), description="When answers of the person came in, classified or not"
    )
    heard: tuple[Heard, ...] = Field(default=(), description="Classes of replies, oldest first")
    arms: dict[str, str] = Field(default_factory=dict, description="Experiment: the arm")

    @property
    def last_step(self) -> int:
        """The number of the last step that was sent; 0: none was."""
        return self.steps_sent[-1].number if self.steps_sent else 0

    def steps_sent_of(self, number: int) -> SentStep | None:
        """When this step was sent; None: it was not."""
        return next((one for one in self.steps_sent if one.number == number), None)


@dataclass(frozen=True, slots=True)
class Intake:
    """Where past mail goes: which campaign, and whose mail it is."""

    campaign_id: CampaignId
    source: MailSource


class IngestReport(Frozen):
    """What an ingestion did."""

    source: MailSource
    read: int
    new: int
    known: int
    unreadable: int
    reasons: dict[str, int] = Field(default_factory=dict)
