"""What may leave, decided from plain facts (decision 0004).

In: what the database said a moment ago. Out: go, hold with a reason, or cancel with a reason.
Never: a query, a clock, a second opinion from a model.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import CampaignStatus, EnrollmentStatus, StopReason

MOST_ATTEMPTS = 8
"""Hand-offs of one mail before it counts as failed; with the pauses below, about a day."""

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)


class Act(StrEnum):
    """What to do with one claimed mail."""

    GO = "go"
    HOLD = "hold"
    CANCEL = "cancel"


class Reach(StrEnum):
    """What else a hold stops."""

    MAIL = "mail"
    CAMPAIGN = "campaign"
    MAILBOX = "mailbox"
    WORKSPACE = "workspace"


class Verdict(BaseModel):
    """The decision on one mail, with a reason in plain words unless it goes."""

    model_config = ConfigDict(frozen=True)

    act: Act
    reason: str = ""
    reach: Reach = Reach.MAIL
    until: datetime | None = Field(default=None, description="When a held mail is due again")


class Facts(BaseModel):
    """All that the decision rests on, read in the transaction that marks the hand-off."""

    model_config = ConfigDict(frozen=True)

    switch_scope: str | None = Field(default=None, description="Scope of a kill switch that is on")
    switch_reason: str = Field(default="", description="The switch in a sentence, by whom and why")
    mailbox_address: str
    mailbox_is_active: bool
    health: str | None = Field(
        default=None, description="Why the mailbox or its domain must rest; None: it need not"
    )
    daily_cap: int | None = Field(description="Mails a day, UTC; None: the mailbox's pace counts")
    used_today: int = Field(description="Mails of this mailbox that left or may have left today")
    campaign: CampaignStatus
    enrollment: EnrollmentStatus
    stop_reason: StopReason | None = None
    next_step: int
    step: int
    consent: str | None = Field(description="Why the contact may not be written to; None: may")
    draft_is_queued: bool = Field(description="The draft is still the one that was handed over")
    queued_hash: str = Field(description="The hash in the outbox row")
    approved_hash: str = Field(description="The hash in the decision")
    stored_hash: str = Field(description="Recomputed from the stored draft")
    present_hash: str = Field(description="The same with today's mailbox and contact in it")
    is_clean: bool = Field(description="Cleaning the text again would change nothing (A-56)")


GO = Verdict(act=Act.GO)


def may_send(facts: Facts) -> Verdict:
    """Whether one mail may leave now. Reasons that last cancel; reasons that pass hold.

    What lasts is asked first: a suppressed person's mail is cancelled even while a switch is on.
    """
    for question in (_lasting, _passing):
        found = question(facts)
        if found is not None:
            return found
    return GO


def _lasting(facts: Facts) -> Verdict | None:
    reason = _person(facts) or _content(facts)
    if reason is None and facts.campaign is CampaignStatus.CANCELED:
        reason = "its campaign was canceled"
    return Verdict(act=Act.CANCEL, reason=reason) if reason else None


def _person(facts: Facts) -> str | None:
    if facts.consent is not None:
        return facts.consent
    if facts.enrollment is EnrollmentStatus.STOPPED:
        why = {
            StopReason.REPLIED: "the person replied",
            StopReason.OPTED_OUT: "the person asked for no more mail",
            StopReason.BOUNCED: "an earlier mail to this address bounced",
            StopReason.MEETING: "a meeting was agreed",
        }
        return why.get(facts.stop_reason or StopReason.CANCELED, "its sequence was stopped")
    if facts.enrollment is EnrollmentStatus.FINISHED or facts.next_step != facts.step:
        return f"step {facts.step} is no longer the next step of its sequence"
    return None


def _content(facts: Facts) -> str | None:
    if not facts.draft_is_queued:
        return "its draft was withdrawn"
    hashes = {facts.queued_hash, facts.approved_hash, facts.stored_hash, facts.present_hash}
    if len(hashes) != 1 or "" in hashes:
        return (
            "the draft, the mailbox or the contact is not what was approved; "
            "a new version needs a new approval"
        )
    if not facts.is_clean:
        return "the text holds characters that cleaning removes; a new version needs a new approval"
    return None


def _passing(facts: Facts) -> Verdict | None:
    if facts.switch_scope is not None:
        named = {"campaign": Reach.CAMPAIGN, "mailbox": Reach.MAILBOX}
        reach = named.get(facts.switch_scope, Reach.WORKSPACE)
        return Verdict(act=Act.HOLD, reason=facts.switch_reason, reach=reach)
    if facts.enrollment is EnrollmentStatus.PAUSED:
        return Verdict(act=Act.HOLD, reason="the person is away; its sequence is paused")
    if facts.campaign is not CampaignStatus.ACTIVE:
        return Verdict(act=Act.HOLD, reason="its campaign is paused", reach=Reach.CAMPAIGN)
    if not facts.mailbox_is_active:
        reason = f"the mailbox {facts.mailbox_address} is paused"
        return Verdict(act=Act.HOLD, reason=reason, reach=Reach.MAILBOX)
    if facts.health is not None:
        return Verdict(act=Act.HOLD, reason=facts.health, reach=Reach.MAILBOX)
    if facts.daily_cap is not None and facts.used_today >= facts.daily_cap:
        return Verdict(
            act=Act.HOLD,
            reason=cap_reason(facts.mailbox_address, facts.daily_cap),
            reach=Reach.MAILBOX,
        )
    return None


def cap_reason(address: str, daily_cap: int) -> str:
    """Why a mailbox sends no more today."""
    return f"the mailbox {address} has sent its {daily_cap} mails of today (UTC)"


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """The first instant of the cap's day and of the next one, in UTC."""
    start = datetime.combine(now.date(), time(), tzinfo=now.tzinfo)
    return start, start + timedelta(days=1)


def pause_before_retry(attempts: int, asked_seconds: int | None = None) -> timedelta | None:
    """The pause after the `attempts`-th hand-off was put off; None when it was the last one.

    Doubles from five minutes to six hours (RFC 5321, 4.5.4.1 asks for growing pauses); a server
    that names a longer pause gets it.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    doublings = max(attempts - 1, 0)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return max(pause, timedelta(seconds=asked_seconds or 0))
