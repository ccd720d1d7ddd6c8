"""Every check of a mail that needs no model.

In: composed content, the words, the claims, what it may rest on, what must not stand in it. Out: findings.
Never: a decision, a change of the text, a fact of another account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from outrider.campaigns import create
from outrider.campaigns.types import Campaign
from outrider.drafts import store_threads
from outrider.drafts.rules import mail_text
from outrider.drafts.types import Draft, DraftId, Frozen, MailContent, Source, WriteRequest
from outrider.guardrails import claims as grounding
from outrider.guardrails import content as assertions
from outrider.guardrails import guards
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    Finding,
    KnownFact,
    Names,
    OtherContact,
)
from outrider.kernel.database.tx import Tx
from outrider.prospects import read as prospects
from outrider.prospects.around import around
from outrider.prospects.types import Contact, ContactId, Dossier, FactKind

NO_RIVAL = frozenset(
    "none no n/a na - unknown excel spreadsheet spreadsheets manual in-house inhouse internal other".split()
)
"""What lists say in the column of a rival when there is none; no such word is anybody's name."""


class Grounds(Frozen):
    """What a mail may rest on: names that may stand in it, facts of its account, the day.

    And what it must not say again: the bodies that its contact was sent before, newest first.
    """

    names: Names
    facts: tuple[KnownFact, ...]
    today: date
    earlier: tuple[str, ...] = ()


def check(
    content: MailContent, body: str, claims: tuple[Claim, ...], grounds: Grounds
) -> tuple[Finding, ...]:
    """The seven assertions, grounding, then the guards; an empty result means that nothing is wrong."""
    mail = mail_text(content, body)
    if grounds.earlier:
        mail = mail.model_copy(update={"earlier": grounds.earlier})
    return (
        *assertions.check(mail, grounds.names),
        *grounding.ground(mail, claims, grounds.facts, grounds.names, grounds.today),
        *guards.check(mail, grounds.names, _cited(claims, grounds.facts)),
    )


def grounds_of(request: WriteRequest) -> Grounds:
    """What a mail written for this request may rest on, as far as the request itself knows."""
    recipient, sender = request.recipient, request.sender
    names = Names(
        account=request.dossier.account.name,
        contact_first=recipient.first_name,
        contact_last=recipient.last_name,
        contact_title=recipient.title,
        sender=sender.name,
        brand=sender.brand,
        competitors=competitors(request.dossier, request.competitors),
        others=tuple(words for words in (request.campaign, request.campaign_context) if words),
    )
    return Grounds(names=names, facts=known_facts(request.dossier), today=request.today)


async def grounds_now(tx: Tx, request: WriteRequest, lineage_id: DraftId) -> Grounds:
    """The same, with what only the database knows: the account's other contacts, the mails before.

    `lineage_id` is the mail's own; its earlier versions were never sent, so it may repeat them.
    """
    account_id, contact_id = request.dossier.account.id, request.recipient.contact_id
    found = grounds_of(request)
    others = _others(await prospects.contacts(tx, account_id), contact_id)
    names = found.names.model_copy(update={"other_contacts": others})
    earlier = await store_threads.earlier_bodies(tx, contact_id, lineage_id)
    return found.model_copy(update={"names": names, "earlier": earlier})


def is_evidence(source: Source, dossier: Dossier) -> bool:
    """Whether a source that a reviewer can open is the stored evidence of a fact of this account."""
    return any(
        (source.url, source.quote, source.raw_sha256)
        == (fact.evidence.url, fact.evidence.quote, fact.evidence.raw_sha256)
        for fact in dossier.facts
    )


class Known(Frozen):
    """What the rooms below know of a draft's campaign, account and people."""

    campaign: Campaign
    dossier: Dossier
    contacts: tuple[Contact, ...]
    why_not: str | None = None
    """Why the contact must not be written to; None when it may be."""


async def known(tx: Tx, draft: Draft, campaign: Campaign | None = None) -> Known:
    """What stands in the database now on what this draft is about.

    `campaign` is its campaign where it was read in this transaction.
    """
    found = await around(tx, draft.account_id, draft.contact_id)
    return Known(
        campaign=campaign or await create.find(tx, str(draft.campaign_id)),
        dossier=found.dossier,
        contacts=found.contacts,
        why_not=found.why_not,
    )


async def grounds(tx: Tx, draft: Draft, known_now: Known | None = None) -> Grounds:
    """What a stored draft may rest on now, for checking words that a person changed."""
    earlier = await store_threads.earlier_bodies(tx, draft.contact_id, draft.lineage_id)
    return grounds_with(known_now or await known(tx, draft), draft, tx.now.date(), earlier)


def grounds_with(now: Known, draft: Draft, today: date, earlier: tuple[str, ...]) -> Grounds:
    """The same of what was read already; `earlier` are the bodies that the contact was sent."""
    campaign, dossier = now.campaign, now.dossier
    recipient, sender = draft.content.recipient, draft.content.sender
    rivals = (campaign.target_competitor_name,) if campaign.target_competitor_name else ()
    names = Names(
        account=dossier.account.name,
        contact_first=recipient.first_name,
        contact_last=recipient.last_name,
        contact_title=recipient.title,
        sender=sender.name,
        brand=sender.brand,
        competitors=competitors(dossier, rivals),
        others=tuple(words for words in (campaign.name, campaign.additional_context) if words),
        other_contacts=_others(now.contacts, draft.contact_id),
    )
    return Grounds(names=names, facts=known_facts(dossier), today=today, earlier=earlier)


def competitors(dossier: Dossier, named: tuple[str, ...]) -> tuple[str, ...]:
    """Every rival that must not be named: the campaign's, and the one the account uses."""
    found = [fact.value for fact in dossier.facts if fact.kind is FactKind.COMPETITOR]
    own = [dossier.account.competitor] if dossier.account.competitor else []
    return tuple(dict.fromkeys(name for name in (*named, *own, *found) if is_rival(name)))


def is_rival(name: str) -> bool:
    """Whether a value names a product, and is no word for having none."""
    return bool(name.strip()) and name.strip().casefold() not in NO_RIVAL


def known_facts(dossier: Dossier) -> tuple[KnownFact, ...]:
    """The dossier's facts in the words of the guardrails."""
    return tuple(
        KnownFact(
            id=ClaimedFactId(fact.id),
            account=dossier.account.name,
            kind=fact.kind,
            value=fact.value,
            unit=fact.unit,
            as_of=fact.as_of,
            quote=fact.evidence.quote,
        )
        for fact in dossier.facts
    )


def _cited(claims: tuple[Claim, ...], facts: tuple[KnownFact, ...]) -> list[str]:
    cited = {claim.fact_id for claim in claims}
    return [words for fact in facts if fact.id in cited for words in (fact.quote, fact.value)]


def _others(known: Iterable[Contact], contact_id: ContactId) -> tuple[OtherContact, ...]:
    return tuple(
        OtherContact(
            first=other.first_name,
            last=other.last_name,
            email=other.email,
            phone=other.phone or "",
        )
        for other in known
        if other.id != contact_id
    )
