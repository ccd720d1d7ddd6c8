"""Every check of a mail that needs no model.

In: composed content, the words, the claims, and what it may rest on. Out: findings.
Never: a decision, a change of the text, a fact of another account.
"""

from __future__ import annotations

from datetime import date

from outrider.campaigns import create
from outrider.campaigns.types import Campaign
from outrider.drafts.rules import mail_text
from outrider.drafts.types import Draft, Frozen, MailContent, Source, WriteRequest
from outrider.guardrails import claims as grounding
from outrider.guardrails import content as assertions
from outrider.guardrails.types import Claim, ClaimedFactId, Finding, KnownFact, Names
from outrider.kernel.database.tx import Tx
from outrider.prospects import research
from outrider.prospects.types import Dossier, FactKind

NO_RIVAL = frozenset(
    "none no n/a na - unknown excel spreadsheet spreadsheets manual in-house inhouse internal other".split()
)
"""What lists say in the column of a rival when there is none; no such word is anybody's name."""


class Grounds(Frozen):
    """What a mail may rest on: names that may stand in it, facts of its account, the day."""

    names: Names
    facts: tuple[KnownFact, ...]
    today: date


def check(
    content: MailContent, body: str, claims: tuple[Claim, ...], grounds: Grounds
) -> tuple[Finding, ...]:
    """The seven assertions, then grounding; an empty result means that nothing is wrong."""
    mail = mail_text(content, body)
    return (
        *assertions.check(mail, grounds.names),
        *grounding.ground(mail, claims, grounds.facts, grounds.names, grounds.today),
    )


def grounds_of(request: WriteRequest) -> Grounds:
    """What a mail written for this request may rest on."""
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


def is_evidence(source: Source, dossier: Dossier) -> bool:
    """Whether a source that a reviewer can open is the stored evidence of a fact of this account."""
    return any(
        (source.url, source.quote, source.raw_sha256)
        == (fact.evidence.url, fact.evidence.quote, fact.evidence.raw_sha256)
        for fact in dossier.facts
    )


async def grounds(tx: Tx, draft: Draft) -> Grounds:
    """What a stored draft may rest on now, for checking words that a person changed."""
    campaign: Campaign = await create.find(tx, str(draft.campaign_id))
    dossier = await research.dossier(tx, draft.account_id)
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
    )
    return Grounds(names=names, facts=known_facts(dossier), today=tx.now.date())


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
