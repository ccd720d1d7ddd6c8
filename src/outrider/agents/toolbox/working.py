"""Tools that add to our own rows: research, scores, enrollments, drafts.

In: ids that our tools have told, a writer's words. Out: what was added. Never: a recipient, a sender
or a link from a model; a draft that is anything but pending; somebody who may not be written to.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.reading import IDS, OfAccount
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.campaigns.types import Enrollment, EnrollmentId
from outrider.drafts import write
from outrider.drafts.types import Sender, WriteRequest, WrittenMail
from outrider.guardrails.types import Claim
from outrider.kernel.asking import Answer
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound, Refused
from outrider.prospects import consent, register, score
from outrider.prospects import read as prospects
from outrider.prospects import research as dossiers
from outrider.prospects.states import AccountEvent
from outrider.prospects.types import AccountId, CompanyReport, ContactId, Provenance
from outrider.sending import mailboxes, unsubscribe
from outrider.sending.types import Mailbox, MailboxId


class FactsFound(Gives):
    """What a filings source knew."""

    account_id: UUID
    source: str
    is_known: bool
    fact_ids: tuple[UUID, ...] = ()
    kinds: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class ScoreGiven(Gives):
    """How much an account is worth our time, with the reasons."""

    account_id: UUID
    points: Decimal
    coverage: Decimal
    reasons: tuple[str, ...]


class EnrolAsked(Takes):
    """Whom to put into which campaign."""

    contact_id: UUID = Field(description="From list_account_contacts")
    campaign: str = Field(min_length=1, max_length=200, description="Name or id")


class Enrolled(Gives):
    """The enrollment, if there is a new one."""

    enrollment_id: UUID | None
    is_new: bool


class ClaimAsked(Takes):
    """One statement of the mail that a stored fact proves."""

    span: str = Field(min_length=1, max_length=500, description="The exact words of the mail")
    fact_id: UUID = Field(description="From read_dossier")
    value: str = Field(min_length=1, max_length=500, description="The value as you wrote it")


class DraftAsked(Takes):
    """A mail for the next step of one person; everything else of it comes from the database."""

    enrollment_id: UUID = Field(description="From outreach_list_due_followups")
    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=5000, description="Greeting to closing question")
    claims: tuple[ClaimAsked, ...] = Field(
        default=(), description="One for each figure, name, date"
    )
    reasoning: tuple[str, ...] = Field(min_length=3, max_length=5, description="For the reviewer")
    angle: str = Field(min_length=1, max_length=80)
    confidence: Decimal = Field(default=Decimal("0.5"), ge=0, le=1)


class DraftGiven(Gives):
    """The draft that waits for a person, and what the checks say against it."""

    draft: int
    status: str
    step: int
    blocked_by: tuple[str, ...] = Field(description="Checks that stop an approval; write it anew")


async def ask_filings(hands: Hands, asked: OfAccount) -> tuple[str, CompanyReport | None]:
    """What the source reports, its documents kept before any row refers to them."""
    source = hands.env.filings
    if source is None:
        raise Refused("No filings source is set up: set OUTRIDER_SEC_CONTACT, or give a folder.")
    async with hands.env.begin() as tx:
        wanted = await dossiers.request(tx, AccountId(asked.account_id))
    report = await source.report(name=wanted.name, cik=wanted.cik, ticker=wanted.ticker)
    for document in report.documents if report else ():
        await hands.env.objects.put(document.content)
    return source.name, report


async def keep_filings(hands: Hands, asked: OfAccount) -> FactsFound:
    """The report's facts, stored."""
    source, report = hands.fetched
    if report is None:
        return FactsFound(account_id=asked.account_id, source=source, is_known=False)
    dossier = await dossiers.save(hands.tx, AccountId(asked.account_id), report)
    return FactsFound(
        account_id=asked.account_id,
        source=source,
        is_known=True,
        fact_ids=tuple(fact.id for fact in dossier.facts),
        kinds=tuple(dict.fromkeys(fact.kind.value for fact in dossier.facts)),
        missing=report.missing,
    )


async def score_prospect(hands: Hands, asked: OfAccount) -> ScoreGiven:
    """Score one account by the workspace's weights."""
    found = await score.rank(hands.tx, [AccountId(asked.account_id)])
    if not found:
        raise NotFound(f"There is no account {asked.account_id} in this workspace.")
    one = found[0]
    reasons = tuple(f"{factor.name}: {factor.reason}" for factor in one.factors)
    return ScoreGiven(
        account_id=one.account_id, points=one.points, coverage=one.coverage, reasons=reasons
    )


async def enroll_contact(hands: Hands, asked: EnrolAsked) -> Enrolled:
    """Put a person into a campaign, from the mailbox that the campaign writes from."""
    tx = hands.tx
    contact = await prospects.contact(tx, ContactId(asked.contact_id))
    await _must_be_willing(tx, contact.id)
    campaign = await campaigns.find(tx, asked.campaign)
    own = campaign.mailbox_ids
    box = await (mailboxes.by_id(tx, MailboxId(own[0])) if own else mailboxes.find(tx, None))
    fresh = await enrol.enrol(tx, campaign.id, [contact.id], box.id)
    if not fresh:
        return Enrolled(enrollment_id=None, is_new=False)
    await register.mark(tx, [contact.account_id], AccountEvent.SEQUENCED)
    return Enrolled(enrollment_id=fresh[0].id, is_new=True)


async def _must_be_willing(tx: Tx, contact_id: ContactId) -> None:
    why_not = (await consent.may_write(tx, [contact_id]))[contact_id]
    if why_not is not None:
        raise Refused(f"No mail for the contact {contact_id}: {why_not}.")


async def draft_for_approval(hands: Hands, asked: DraftAsked) -> DraftGiven:
    """Keep a pending draft: composed, checked, for a person to decide."""
    tx = hands.tx
    enrollment = await enrol.find(tx, EnrollmentId(asked.enrollment_id))
    await _must_be_willing(tx, enrollment.contact_id)
    request = await _request(hands, enrollment)
    mail = WrittenMail(
        subject=asked.subject,
        body=asked.body,
        claims=tuple(Claim.model_validate(claim.model_dump()) for claim in asked.claims),
        reasoning=asked.reasoning,
        sources=(),
        angle=asked.angle,
        confidence=asked.confidence,
        language=request.language,
    )
    answer = Answer(output=mail, model=f"agent:{hands.spec.name}")
    draft = await write.save(tx, enrollment, request, answer, hands.run_id)
    blocked = tuple(f"{finding.check}: {finding.message}" for finding in draft.blocked_by)
    return DraftGiven(draft=draft.number, status=draft.status, step=draft.step, blocked_by=blocked)


async def _request(hands: Hands, enrollment: Enrollment) -> WriteRequest:
    tx = hands.tx
    campaign = await campaigns.find(tx, str(enrollment.campaign_id))
    contact = await prospects.contact(tx, enrollment.contact_id)
    mailbox = await mailboxes.by_id(tx, MailboxId(enrollment.mailbox_id))
    step = await enrol.step_for(tx, enrollment)
    if step is None:
        raise Refused(f"The sequence has no step {enrollment.next_step}.")
    return write.request(
        await dossiers.dossier(tx, enrollment.account_id),
        contact,
        _sender(hands, mailbox, campaign.brand, contact.id),
        campaign,
        blueprint=await blueprints.active(tx, campaign.id),
        step=step,
        now=tx.now,
        enrollment=enrollment,
    )


def _sender(hands: Hands, mailbox: Mailbox, brand: str, contact_id: ContactId) -> Sender:
    """Who sends it, with the way out for this contact alone (A-57)."""
    env = hands.env
    return Sender(
        mailbox_id=mailbox.id,
        address=mailbox.address,
        name=mailbox.name,
        brand=brand,
        postal_address=mailbox.postal_address,
        booking_link=mailbox.booking_link,
        signature=mailbox.signature,
        unsubscribe_url=unsubscribe.url(env.public_url, contact_id, env.unsubscribe_key),
        layout=mailbox.layout,
    )


WORKING: tuple[Tool, ...] = (
    Tool(
        "sec_company_facts",
        "Look an account up in SEC filings and store what is found, with evidence.",
        OfAccount,
        FactsFound,
        fetch=ask_filings,
        work=keep_filings,
        per_minute=60,
        fresh_for=timedelta(days=30),
        provenance=Provenance.FILING,
        trusted=IDS | {"fact_ids", "kinds", "source"},
        refs=frozenset({"account_id"}),
    ),
    Tool(
        "score_prospect",
        "Score an account from 0 to 100 with the reason of each factor.",
        OfAccount,
        ScoreGiven,
        work=score_prospect,
        refs=frozenset({"account_id"}),
    ),
    Tool(
        "outreach_enroll_contact",
        "Put a person into a campaign; a draft for the first step is due then. Nothing is sent.",
        EnrolAsked,
        Enrolled,
        effect=Effect.DRAFT,
        work=enroll_contact,
        refs=frozenset({"contact_id"}),
    ),
    *(
        Tool(
            name,
            "Give a person a draft for the next step of an enrollment. It is checked, and nothing "
            "is sent before a person approves.",
            DraftAsked,
            DraftGiven,
            effect=Effect.DRAFT,
            work=draft_for_approval,
            refs=frozenset({"enrollment_id", "fact_id"}),
            is_echo=True,
        )
        for name in ("draft_for_approval", "draft_email")
    ),
)
