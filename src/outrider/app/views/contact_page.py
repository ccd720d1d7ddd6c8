"""One person on one page: may we write, where in which sequence, text messages, every touch.

In: the open transaction, a contact. Out: typed values. Never: a change, a phone number.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from outrider.app.views.prospect_types import InCampaign
from outrider.app.views.task_types import Frozen, TextConsent, TouchShown
from outrider.kernel.database.tx import Row, Tx
from outrider.prospects import consent
from outrider.prospects import read as prospects
from outrider.prospects.types import Channel, ContactId

WAYS = ("call", "meeting", "mail", "message")
"""How a colleague reaches somebody."""
MOST_TOUCHES = 50
_SEQUENCES = (
    "select k.id as campaign_id, k.name as campaign, e.status, e.stop_reason, e.next_step,"
    " e.next_channel, e.due_at from outrider.enrollments e"
    " join outrider.campaigns k on k.id = e.campaign_id"
    " where e.contact_id = :id order by e.created_at, e.id"
)
_TOUCHES = (
    "select t.at, t.channel, t.direction, t.reference from outrider.touches t"
    " where t.workspace_id = :workspace and t.contact_id = :id order by t.at desc, t.id desc limit :most"
)
_CONSENT = (
    "select s.source, s.given_at, s.revoked_at,"
    # Who said so stands in the log; whoever says it again changes nothing of the agreement.
    " (select p.name from outrider.audit_events v join outrider.people p"
    "  on v.actor = 'person:' || cast(p.id as text)"
    "  where v.subject = :subject and v.action = 'campaigns.sms_consent' and v.at = s.given_at"
    "  order by v.id limit 1) as noted_by"
    " from outrider.sms_consents s where s.contact_id = :id"
)


class InOneCampaign(InCampaign):
    """Where the person stands in one campaign, which has a page."""

    campaign_id: UUID


class ContactShown(Frozen):
    """One person with all that matters before somebody gets in touch."""

    id: UUID
    name: str
    email: str
    title: str
    account: str
    account_id: UUID
    country: str | None
    timezone: str | None
    status: str
    source: str = Field(description="Where the address came from")
    has_phone: bool = Field(description="Whether a number is kept; the number is not shown here")
    may_write: bool
    why_not: str | None
    is_closed: bool = Field(description="Nobody may ever write to this person again")
    campaigns: list[InOneCampaign]
    consent: TextConsent | None = Field(description="To text messages; none: never given")
    touches: list[TouchShown] = Field(description="By anyone, the newest first, at most 50")


async def one(tx: Tx, contact_id: UUID) -> ContactShown:
    """One person, whole.

    Raises:
        NotFound: there is no such contact in this workspace.
    """
    contact = await prospects.contact(tx, ContactId(contact_id))
    account = await prospects.account(tx, contact.account_id)
    why_not = (await consent.may_write(tx, [contact.id]))[contact.id]
    never = (await consent.may_write(tx, [contact.id], ever=True))[contact.id]
    rows = await tx.rows(_SEQUENCES, {"id": contact.id})
    return ContactShown(
        id=contact.id,
        name=f"{contact.first_name} {contact.last_name}".strip() or contact.email,
        email=contact.email,
        title=contact.title,
        account=account.name,
        account_id=account.id,
        country=contact.country or account.country,
        timezone=contact.timezone,
        status=str(contact.status),
        source=contact.source,
        has_phone=bool(contact.phone),
        may_write=why_not is None,
        why_not=why_not,
        is_closed=never is not None,
        campaigns=[InOneCampaign.model_validate(dict(row)) for row in rows],
        consent=await text_consent(tx, contact.id),
        touches=await touches(tx, contact.id, MOST_TOUCHES),
    )


async def text_consent(tx: Tx, contact_id: ContactId) -> TextConsent | None:
    """What a person said of text messages last, with its proof."""
    row = await tx.row(_CONSENT, {"id": contact_id, "subject": f"contact:{contact_id}"})
    return None if row is None else TextConsent.model_validate(dict(row))


async def touches(tx: Tx, contact_id: ContactId, most: int) -> list[TouchShown]:
    """The last touches of a person by anyone, newest first."""
    rows = await tx.rows(_TOUCHES, {"workspace": tx.workspace, "id": contact_id, "most": most})
    return [_touch(row) for row in rows]


def _touch(row: Row) -> TouchShown:
    said = row["reference"].partition(" ")[0] if row["channel"] == Channel.CRM else ""
    return TouchShown(
        at=row["at"],
        channel=row["channel"],
        direction=row["direction"],
        what=said if said in WAYS else None,
    )
