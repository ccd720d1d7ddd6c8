"""From what was counted to a band: one table of thresholds, and what leads out of a band again.

In: a tally, the stored band, the present. Out: a band with its reason. Never: a query, a clock.

Sources: the numbers of bounces and complaints are this product's requirements (5 % of at least 50
mails in 7 days, or 3 of the last 20; complaints .1 % and .3 %, which are also what Gmail and Yahoo
ask of senders). The numbers of deferrals and blocks are ours, and cautious.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from outrider.sending.health.types import Band, Kept, Scope, Standing, Tally, Verdict

WINDOW = timedelta(days=7)
SHORT_WINDOW = timedelta(hours=24)
LAST_SENDS = 20
REST = timedelta(hours=24)
"""How long a pause for deferrals lasts; it ends in `slow`."""

SENDS_TO_RISE = 20
"""Mails that must have been taken in a band before the next better one is possible."""

FACTORS = {
    Band.GOOD: Decimal(1),
    Band.WATCH: Decimal("0.75"),
    Band.SLOW: Decimal("0.4"),
    Band.PAUSE: Decimal(0),
    Band.STOP: Decimal(0),
}
"""The share of its daily cap that a mailbox may use, by band."""

BOUNCE_FLOOR = 50
BOUNCE_LIMIT = Decimal("0.05")
LAST_HARD_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One threshold. All its conditions together lead to its band."""

    band: Band
    what: str
    """The field of `Tally` that is counted."""
    of: str = "sends"
    """The field of `Tally` that it is a share of."""
    events: int = 1
    """The least number of events."""
    share: Decimal = Decimal(0)
    floor: int = 0
    """The least number in `of`, below which the share says nothing."""
    is_strict: bool = False
    """Whether the share must be passed, not only reached."""
    is_of_domain: bool = False
    """Whether the domain answers for it, and not the one mailbox."""
    is_passing: bool = False


def _bounces(band: Band, share: str) -> Line:
    return Line(band, "hard", share=Decimal(share), floor=BOUNCE_FLOOR, is_strict=True)


def _complaints(band: Band, events: int, share: str, floor: int = 0) -> Line:
    return Line(band, "complaints", events=events, share=Decimal(share), floor=floor)


def _deferrals(band: Band, share: str) -> Line:
    pauses = band is Band.PAUSE
    return Line(band, "slowed", "tried", share=Decimal(share), floor=20, is_passing=pauses)


LINES = (
    Line(Band.STOP, "hard", share=BOUNCE_LIMIT, floor=BOUNCE_FLOOR, is_strict=True),
    Line(Band.STOP, "hard_among_last", events=LAST_HARD_LIMIT),
    # A share of few mails is noise: one complaint slows, and only more, or many mails, do more.
    _complaints(Band.STOP, 1, "0.003", floor=1000),
    _complaints(Band.STOP, 3, "0.003"),
    # Authentication fails for every mail alike, so the first refusal says it all.
    Line(Band.PAUSE, "unproven", "tried", is_of_domain=True),
    _complaints(Band.PAUSE, 1, "0.001", floor=1000),
    _complaints(Band.PAUSE, 2, "0.001"),
    Line(Band.PAUSE, "blocked", "tried", events=3, share=Decimal("0.05"), is_of_domain=True),
    _deferrals(Band.PAUSE, "0.30"),
    _bounces(Band.SLOW, "0.03"),
    _complaints(Band.SLOW, 1, "0.001"),
    Line(Band.SLOW, "blocked", "tried", events=2, is_of_domain=True),
    _deferrals(Band.SLOW, "0.10"),
    _bounces(Band.WATCH, "0.02"),
    Line(Band.WATCH, "hard_among_last", events=2),
    _complaints(Band.WATCH, 1, "0"),
    Line(Band.WATCH, "blocked", "tried", is_of_domain=True),
    _deferrals(Band.WATCH, "0.05"),
)
"""Every threshold, the worst band first; the first line that holds decides."""

_TOLD = {
    "hard": "bounced hard in the last 7 days",
    "complaints": "were called spam by their recipients in the last 7 days",
    "blocked": "were refused for the domain's reputation in the last 24 hours",
    "unproven": "were refused because the domain's authentication failed (SPF, DKIM, DMARC)",
    "slowed": "were put off because of how much or what we send, in the last 24 hours",
}


def judge(tally: Tally, scope: Scope) -> Verdict:
    """What these numbers say by themselves."""
    for line in LINES:
        if (scope is Scope.DOMAIN or not line.is_of_domain) and _holds(line, tally):
            return Verdict(
                band=line.band, reason=_sentence(line, tally), is_passing=line.is_passing
            )
    return Verdict(band=Band.GOOD)


def _holds(line: Line, tally: Tally) -> bool:
    events, of = int(getattr(tally, line.what)), int(getattr(tally, line.of))
    if events < line.events or of < line.floor:
        return False
    least = line.share * of
    return events > least if line.is_strict else events >= least


def _sentence(line: Line, tally: Tally) -> str:
    events, of = int(getattr(tally, line.what)), int(getattr(tally, line.of))
    if line.what == "hard_among_last":
        return f"{events} of the last {LAST_SENDS} mails bounced hard"
    share = f"{Decimal(100 * events) / of:.2f} %, " if of else ""
    limit = f"the limit of this band is {100 * line.share:.2g} %" if line.share else "one is enough"
    told = f"{events} of {of} mails {_TOLD[line.what]}"
    return f"{told} ({share}{limit})" if line.share or line.events == 1 else told


def next_band(kept: Kept, verdict: Verdict, tally: Tally, now: datetime) -> Kept:
    """The band after a look: worse at once, better one step at a time and only with evidence.

    A pause for deferrals ends by itself after a rest, in `slow`. Every other pause and each stop
    waits for a person, since what is not sent can prove nothing.
    """
    if verdict.band.rank > kept.band.rank:
        until = now + REST if verdict.is_passing else None
        return _moved(kept, verdict.band, verdict.reason, now, until)
    if kept.band.rank >= Band.PAUSE.rank:
        if kept.until is None or now < kept.until:
            return kept
        return _moved(kept, Band.SLOW, f"it rested, after: {kept.reason}", now, None)
    if verdict.band.rank == kept.band.rank or tally.since_change < SENDS_TO_RISE:
        return kept
    better = list(Band)[kept.band.rank - 1]
    reason = verdict.reason if better is verdict.band else f"recovering, after: {kept.reason}"
    return _moved(kept, better, reason if better is not Band.GOOD else "", now, None)


def _moved(kept: Kept, band: Band, reason: str, now: datetime, until: datetime | None) -> Kept:
    return kept.model_copy(
        update={"band": band, "reason": _shortened(reason), "since": now, "until": until}
    )


def _shortened(reason: str) -> str:
    """Reasons that quote reasons do not grow without end."""
    first = "recovering, after: "
    while reason.count(first) > 1:
        reason = reason.replace(first, "", 1)
    return reason.replace("after: it rested, after:", "after:")[:500]


def released(kept: Kept, now: datetime, reason: str) -> Kept:
    """The band after a person's release: slow, and what was before counts no more."""
    told = f"released: {reason}"[:500]
    return kept.model_copy(
        update={
            "band": Band.SLOW, "reason": told, "since": now, "until": None, "evidence_from": now,
        }
    )  # fmt: skip


def standing_of(bands: list[Kept], now: datetime) -> Standing:
    """The worst of these bands, as it is at this instant."""
    worst = Standing()
    for kept in bands:
        is_over = kept.until is not None and now >= kept.until
        band = Band.SLOW if is_over and kept.band is Band.PAUSE else kept.band
        if band.rank > worst.band.rank:
            subject = "its domain" if kept.scope is Scope.DOMAIN else "the mailbox"
            worst = Standing(
                band=band,
                factor=FACTORS[band],
                reason=_held(subject, band, kept.reason),
                until=None if is_over else kept.until,
            )
    return worst


def _held(subject: str, band: Band, reason: str) -> str:
    does = {
        Band.WATCH: "is watched",
        Band.SLOW: "is slowed down",
        Band.PAUSE: "is paused",
        Band.STOP: "is stopped",
    }
    return f"{subject} {does[band]}: {reason}"


def may_be_planned(cap: int, factor: Decimal, used: int, waiting: int) -> int:
    """First touches that may still be planned today (X-8): reputation is a budget.

    Args:
        cap: mails a day, as the ramp or the mailbox allows.
        factor: of the standing.
        used: mails that left today.
        waiting: mails that are due today already; follow-ups come first.
    """
    return max(int(cap * factor) - used - waiting, 0)
