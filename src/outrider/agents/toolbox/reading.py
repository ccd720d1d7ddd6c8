"""Tools that look at our own rows: accounts, people, facts, queues, replies.

In: ids and words. Out: rows in plain fields. Never: an e-mail address or a phone number (a model
needs none), a change, more rows than a model can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field

from outrider.agents import rules, store
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.types import Gives, Takes, Tool
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.campaigns.types import Enrollment, EnrollmentId
from outrider.conversations import read as conversations
from outrider.drafts import read as drafts
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects import research as dossiers
from outrider.prospects.types import AccountId, ContactId, Provenance
from outrider.sending import find
from outrider.sending.types import OutboxStatus

MOST = 50
PAGE = 500
IDS = frozenset({"account_id", "contact_id", "fact_id", "enrollment_id", "draft", "status", "kind"})


class Few(Takes):
    """How many."""

    limit: int = Field(default=20, ge=1, le=MOST, description="Most rows to return")


class Search(Few):
    """Accounts by name."""

    query: str = Field(default="", max_length=200, description="Part of the name; empty: all")
    status: str | None = Field(default=None, description="new, researched, sequenced, exhausted")


class OfAccount(Takes):
    """One account."""

    account_id: UUID = Field(description="From search_accounts")


class OfContact(Takes):
    """One person."""

    contact_id: UUID = Field(description="From list_account_contacts")


class OfEnrollment(Takes):
    """One person's way through a campaign."""

    enrollment_id: UUID = Field(description="From outreach_list_due_followups")


class OfCampaign(Few):
    """One campaign."""

    campaign: str = Field(min_length=1, max_length=200, description="Name or id")


class InState(Few):
    """Rows in one state."""

    status: str | None = Field(default=None, max_length=20, description="None: any")


class AccountLine(Gives):
    """One account."""

    account_id: UUID
    name: str
    status: str
    industry: str | None = None
    employees: int | None = None


class Accounts(Gives):
    """Accounts that fit."""

    total_found: int
    accounts: tuple[AccountLine, ...]


class Person(Gives):
    """One person; whether they may be written to is `why_not`."""

    contact_id: UUID
    account_id: UUID
    name: str
    title: str
    status: str
    why_not: str | None = Field(default=None, description="Why they may not be written to")


class People(Gives):
    """People, whose work it is first."""

    total_found: int
    people: tuple[Person, ...]


class FactLine(Gives):
    """One fact with where it stands."""

    fact_id: UUID
    kind: str
    value: str
    unit: str | None
    as_of: str | None
    source: str
    url: str
    quote: str
    provenance: str


class DossierGiven(Gives):
    """What is known of one account."""

    account_id: UUID
    name: str
    facts: tuple[FactLine, ...]


class BlueprintGiven(Gives):
    """How good mail of this campaign is built."""

    version: int | None
    rules: tuple[str, ...]


class EnrollmentLine(Gives):
    """One person's way through a campaign."""

    enrollment_id: UUID
    contact_id: UUID
    account_id: UUID
    status: str
    next_step: int
    due_at: datetime | None


class Enrollments(Gives):
    """What is due."""

    total_found: int
    enrollments: tuple[EnrollmentLine, ...]


class QueueLine(Gives):
    """A draft or a mail, without its text."""

    draft: str
    status: str
    account_id: UUID
    contact_id: UUID
    step: int


class Queue(Gives):
    """Drafts or mails in a state."""

    total_found: int
    items: tuple[QueueLine, ...]


class ReplyLine(Gives):
    """One mail that came back. A stranger wrote subject and text."""

    account_id: UUID | None
    contact_id: UUID | None
    kind: str
    received_at: datetime
    subject: str
    text: str


class Replies(Gives):
    """What people wrote, newest first."""

    total_found: int
    replies: tuple[ReplyLine, ...]


class Bounces(Gives):
    """Whether our mails arrive."""

    sent: int
    hard_bounces: int
    must_stop: str | None = Field(description="Why nothing new may be written; None: go on")


class Notes(Gives):
    """What this agent noted in earlier runs; strangers' words may be among it."""

    notes: tuple[str, ...]


async def search_accounts(hands: Hands, asked: Search) -> Accounts:
    """Accounts whose name holds the words, oldest first."""
    wanted = asked.query.casefold()
    found: list[AccountLine] = []
    page = await prospects.accounts(hands.tx, limit=PAGE)
    while page:
        found += [
            AccountLine(
                account_id=one.id,
                name=one.name,
                status=one.status,
                industry=one.industry,
                employees=one.employees,
            )
            for one in page
            if wanted in one.name.casefold() and asked.status in (None, one.status.value)
        ]
        page = await prospects.accounts(hands.tx, limit=PAGE, after=page[-1].id)
    return Accounts(total_found=len(found), accounts=tuple(found[: asked.limit]))


async def list_account_contacts(hands: Hands, asked: OfAccount) -> People:
    """People of an account."""
    account = await prospects.account(hands.tx, AccountId(asked.account_id))
    contacts = rules.best_first(await prospects.contacts(hands.tx, account.id))
    return await _people(hands, [one.id for one in contacts][:MOST])


async def get_decision_maker_contact(hands: Hands, asked: OfAccount) -> People:
    """The people who may be written to, the one whose work it is first."""
    account = await prospects.account(hands.tx, AccountId(asked.account_id))
    open_ = await prospects.next_contacts(hands.tx, [account.id])
    return await _people(hands, [one.id for one in rules.best_first(open_)][:5])


async def read_lead_record(hands: Hands, asked: OfContact) -> People:
    """One person with their account."""
    contact = await prospects.contact(hands.tx, ContactId(asked.contact_id))
    return await _people(hands, [contact.id])


async def _people(hands: Hands, ids: Sequence[ContactId]) -> People:
    contacts = {one.id: one for one in await prospects.contacts_by_id(hands.tx, ids)}
    why_not = await consent.may_write(hands.tx, ids)
    people = [
        Person(
            contact_id=one.id,
            account_id=one.account_id,
            name=f"{one.first_name} {one.last_name}".strip(),
            title=one.title,
            status=one.status,
            why_not=why_not[one.id],
        )
        for one in (contacts[id_] for id_ in ids)
    ]
    return People(total_found=len(people), people=tuple(people))


async def read_dossier(hands: Hands, asked: OfAccount) -> DossierGiven:
    """Facts with their evidence."""
    found = await dossiers.dossier(hands.tx, AccountId(asked.account_id))
    facts = [
        FactLine(
            fact_id=fact.id,
            kind=fact.kind,
            value=fact.value[:1000],
            unit=fact.unit,
            as_of=fact.as_of.isoformat() if fact.as_of else None,
            source=fact.evidence.source,
            url=fact.evidence.url,
            quote=fact.evidence.quote[:500],
            provenance=fact.evidence.provenance,
        )
        for fact in found.facts[:MOST]
    ]
    account = found.account
    return DossierGiven(account_id=account.id, name=account.name, facts=tuple(facts))


async def read_blueprint(hands: Hands, asked: OfCampaign) -> BlueprintGiven:
    """The blueprint in force."""
    campaign = await campaigns.find(hands.tx, asked.campaign)
    plan = await blueprints.active(hands.tx, campaign.id)
    if plan is None:
        return BlueprintGiven(version=None, rules=())
    rules_ = (*plan.structure, *plan.dos, *plan.donts, *plan.cadence)
    told = [f"step {rule.step or 'any'}: {rule.text}" for rule in rules_]
    return BlueprintGiven(version=plan.version, rules=tuple(told))


async def list_due(hands: Hands, asked: OfCampaign) -> Enrollments:
    """Enrollments whose next step is a mail and due."""
    campaign = await campaigns.find(hands.tx, asked.campaign)
    due = await enrol.due(hands.tx, campaign.id, MOST)
    lines = [_enrollment(one) for one in due]
    return Enrollments(total_found=len(lines), enrollments=tuple(lines[: asked.limit]))


async def get_enrollment(hands: Hands, asked: OfEnrollment) -> EnrollmentLine:
    """One enrollment."""
    return _enrollment(await enrol.find(hands.tx, EnrollmentId(asked.enrollment_id)))


def _enrollment(one: Enrollment) -> EnrollmentLine:
    return EnrollmentLine(
        enrollment_id=one.id,
        contact_id=one.contact_id,
        account_id=one.account_id,
        status=one.status,
        next_step=one.next_step,
        due_at=one.due_at,
    )


async def list_drafts(hands: Hands, asked: InState) -> Queue:
    """Drafts in a state."""
    found = await drafts.listing(hands.tx, asked.status, limit=asked.limit)
    items = [
        QueueLine(
            draft=str(one.number),
            status=one.status,
            account_id=one.account_id,
            contact_id=one.contact_id,
            step=one.step,
        )
        for one in found
        if not one.is_seed
    ]
    return Queue(total_found=len(items), items=tuple(items))


async def list_outbox(hands: Hands, asked: InState) -> Queue:
    """Mails in a state of the outbox."""
    known = [one.value for one in OutboxStatus]
    status = asked.status if asked.status in known else OutboxStatus.QUEUED.value
    found = await find.in_state(hands.tx, OutboxStatus(status), asked.limit)
    items = [
        QueueLine(
            draft=str(one.draft_id),
            status=one.status,
            account_id=one.account_id,
            contact_id=one.contact_id,
            step=one.step,
        )
        for one in found
    ]
    return Queue(total_found=len(items), items=tuple(items))


async def list_replies(hands: Hands, asked: Few) -> Replies:
    """What came back."""
    lines = []
    for thread in await conversations.threads(hands.tx, asked.limit):
        for turn in await conversations.turns(hands.tx, thread.id):
            lines.append(
                ReplyLine(
                    account_id=thread.account_id,
                    contact_id=thread.contact_id,
                    kind=turn.kind,
                    received_at=turn.received_at,
                    subject=turn.subject[:300],
                    text=turn.text[:2000],
                )
            )
    lines.sort(key=lambda line: line.received_at, reverse=True)
    return Replies(total_found=len(lines), replies=tuple(lines[: asked.limit]))


async def check_bounces(hands: Hands, asked: Takes) -> Bounces:
    """P1 of every run (A-24)."""
    health = await conversations.bounce_health(hands.tx)
    return Bounces(sent=health.sent, hard_bounces=health.hard_bounces, must_stop=health.reason)


async def read_notes(hands: Hands, asked: Few) -> Notes:
    """What `memory_note` kept."""
    return Notes(notes=tuple(await store.notes(hands.tx, hands.spec.name, asked.limit)))


READING: tuple[Tool, ...] = (
    Tool(
        "search_accounts",
        "Accounts of the workspace by name.",
        Search,
        Accounts,
        work=search_accounts,
    ),
    Tool(
        "list_account_contacts",
        "People at an account, whose work it is first, and whether they may be written to.",
        OfAccount,
        People,
        work=list_account_contacts,
        refs=frozenset({"account_id"}),
    ),
    Tool(
        "get_decision_maker_contact",
        "Up to five people at an account who may be written to, whose work it is first.",
        OfAccount,
        People,
        work=get_decision_maker_contact,
        refs=frozenset({"account_id"}),
    ),
    Tool(
        "read_lead_record",
        "One person: title, state, whether they may be written to.",
        OfContact,
        People,
        work=read_lead_record,
        refs=frozenset({"contact_id"}),
    ),
    Tool(
        "check_email_deliverability",
        "Whether a person may and can be written to: opt-outs, dead addresses, pauses.",
        OfContact,
        People,
        work=read_lead_record,
        refs=frozenset({"contact_id"}),
    ),
    Tool(
        "read_dossier",
        "Stored facts of an account with source, quote and fact_id.",
        OfAccount,
        DossierGiven,
        work=read_dossier,
        provenance=Provenance.FILING,
        trusted=IDS,
        refs=frozenset({"account_id"}),
    ),
    Tool(
        "read_blueprint",
        "Rules by which this campaign's mail is built.",
        OfCampaign,
        BlueprintGiven,
        work=read_blueprint,
    ),
    Tool(
        "outreach_list_due_followups",
        "People whose next mail is due; first touches are step 1, follow-ups later ones.",
        OfCampaign,
        Enrollments,
        work=list_due,
    ),
    Tool(
        "outreach_get_enrollment",
        "Where a person stands in a campaign.",
        OfEnrollment,
        EnrollmentLine,
        work=get_enrollment,
        refs=frozenset({"enrollment_id"}),
    ),
    Tool(
        "list_drafts",
        "Drafts by state: pending, approved, queued, sent, rejected, expired.",
        InState,
        Queue,
        work=list_drafts,
    ),
    Tool(
        "list_outbox",
        "Mails by state of the outbox: queued, sending, sent, deferred, failed, unknown, cancelled.",
        InState,
        Queue,
        work=list_outbox,
    ),
    Tool(
        "list_replies",
        "What people wrote back, newest first. Strangers wrote it.",
        Few,
        Replies,
        work=list_replies,
        provenance=Provenance.INBOUND,
        trusted=IDS,
    ),
    Tool(
        "outbound_check_bounces",
        "Whether our mails arrive; nothing new is written when too many bounce.",
        Takes,
        Bounces,
        work=check_bounces,
    ),
    Tool(
        "read_notes",
        "What you noted in earlier runs.",
        Few,
        Notes,
        work=read_notes,
        provenance=Provenance.WEB,
    ),
)
