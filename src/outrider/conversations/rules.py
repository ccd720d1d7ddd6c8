"""Decisions of the room: is an address dead, must everything stop, when is somebody back.

In: facts and the day. Out: decisions. Never: I/O, a clock, a setting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from outrider.conversations.types import BounceHealth, DeliveryStatus

BOUNCE_WINDOW = timedelta(days=7)
BOUNCE_FLOOR = 50
"""Sends within the window, below which a share says nothing."""

BOUNCE_LIMIT_PERCENT = 5
LAST_SENDS = 20
LAST_HARD_LIMIT = 3

_DEAD_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})
"""RFC 3463, sections 3.2 and 3.5: bad mailbox, bad system, bad syntax, moved, null MX; no route."""

_MAILBOX_TROUBLE = "5.2."
"""RFC 3463, section 3.3: disabled or full; it may be mended, whatever words stand beside it."""

_DEAD_WORDS = re.compile(
    r"user(?: is)? (?:unknown|not found|doesn'?t exist|does not exist)|unknown (?:user|recipient"
    r"|address)"
    r"|no such (?:user|mailbox|recipient|person|address|account|domain|host)"
    r"|recipient (?:not found|unknown|name is not)"
    r"|(?:mailbox|account|address|recipient|user|e-?mail)[^.;]{0,60}(?:does not|doesn'?t"
    r"|do not) exist"
    r"|invalid (?:recipient|mailbox|address)|no mailbox (?:here|by that name)|host (?:unknown"
    r"|or domain name not found)"
    r"|domain (?:does not exist|not found)|unrout(?:e)?able address|not a valid (?:mailbox|user"
    r"|recipient)"
    r"|unknown (?:local[ -]part|mailbox)|resolver\.adr\.recip\w*notfound|mailbox (?:not found"
    r"|unavailable or not)"
    r"|name or service not known|this address no longer accepts mail|not our customer"
    r"|no account by that name"
    r"|user doesn'?t have a|not listed in|no valid recipients|no mx record|does not accept mail"
    r"|nxdomain|addressee unknown|null mx",
    re.I,
)
_ANOTHER_REASON = re.compile(
    r"spam|block(?:ed|list)|blacklist|reputation|polic(?:y|ies)|quota|mailbox (?:is )?full"
    r"|over (?:the )?limit"
    r"|too (?:many|large|big)|rate limit|greylist|authenticat|spf|dkim|dmarc|reverse dns|\bptr\b"
    r"|relay(?:ing)? denied"
    r"|suspended|disabled|inactive|virus|sender (?:address )?(?:rejected|verif|denied)|temporar"
    r"|try again"
    r"|access denied|not (?:permitted|allowed|authori[sz]ed)|5\.7\.\d|recipient preferences"
    r"|\[?4\.\d\.\d",
    re.I,
)


def is_hard(status: DeliveryStatus) -> bool:
    """Whether a report proves that the address is dead, so that it may be closed for ever.

    The code must be about the address (RFC 3463, 5.1.x) and the words must not tell of another
    reason: servers give 5.1.1 for blocked senders, too. A wrong yes loses a good address for ever,
    so a doubt is a no.
    """
    is_about_address = status.status.startswith("5.1.") or status.status in _DEAD_CODES
    return is_about_address and is_undeliverable(status)


def is_undeliverable(status: DeliveryStatus) -> bool:
    """Whether a report says, by code or in words, that the next mail would not arrive either."""
    if status.action not in ("failed", "") or status.status.startswith(("2", "4")):
        return False
    if status.action == "" or status.status.startswith(_MAILBOX_TROUBLE):
        return False
    if _ANOTHER_REASON.search(status.diagnostic):
        return False
    return bool(status.status in _DEAD_CODES or _DEAD_WORDS.search(status.diagnostic))


def bounce_health(sends: Sequence[tuple[bool, bool]]) -> BounceHealth:
    """Whether everything must stop (decision 5).

    Args:
        sends: newest first, each (is within the window, bounced hard). More than 5 % of at least 50
            sends in 7 days, or 3 among the last 20, stops.
    """
    within = [bounced for is_within, bounced in sends if is_within]
    hard, last = sum(within), sum(bounced for _, bounced in sends[:LAST_SENDS])
    reason = None
    if len(within) >= BOUNCE_FLOOR and hard * 100 > BOUNCE_LIMIT_PERCENT * len(within):
        share = 100 * hard / len(within)
        reason = (
            f"{hard} of {len(within)} mails of the last {BOUNCE_WINDOW.days} days bounced hard "
            f"({share:.1f} %, the limit is {BOUNCE_LIMIT_PERCENT} %)"
        )
    elif last >= LAST_HARD_LIMIT:
        reason = f"{last} of the last {min(LAST_SENDS, len(sends))} mails bounced hard"
    return BounceHealth(sent=len(within), hard_bounces=hard, hard_among_last=last, reason=reason)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january januari janvier enero",
            "feb februar february februari février febrero",
            "mar mär märz march maart mars marzo",
            "apr april avril abril",
            "may mai mei mayo",
            "jun juni june juin junio",
            "jul juli july juillet julio",
            "aug august augustus août agosto",
            "sep sept september septembre septiembre",
            "oct okt oktober october octobre octubre",
            "nov november novembre noviembre",
            "dec dez dezember december décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_UNTIL = re.compile(
    r"\b(?:until|till|through|return(?:ing)?(?: on| to the office on)?"
    r"|back(?: in the office)?(?: on)?"
    r"|bis(?: zum| einschließlich)?|ab dem|zurück am|jusqu'au|retour le|hasta el|tot(?: en met)?"
    r"|t/m)\b"
    r"[ ,:]*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag"
    r"|mittwoch)?[ ,]*"
    r"(?:the )?(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[ ]+(?:of "
    r"|de )?(?P<month>[^\W\d]{3,10})\.?(?:[ ,]+(?P<year>\d{4}))?"
    r"|(?P<month2>[^\W\d]{3,10})\.?[ ]+(?P<day2>\d{1,2})(?:st|nd|rd"
    r"|th)?(?:[ ,]+(?P<year2>\d{4}))?)",
    re.I,
)


def returns_on(text: str, today: date) -> date | None:
    """The day up to which somebody is away, as their notice says it; None when it does not.

    A day without a year is the next one of that name, at most a year ahead. Days in digits only
    (`05/04`) are left alone: nobody can know which part is the month.
    """
    for found in _UNTIL.finditer(text[:4000]):
        day = _day(found, today)
        if day is not None and today - timedelta(days=31) <= day <= today + timedelta(days=366):
            return day
    return None


def _day(found: re.Match[str], today: date) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        month = _MONTHS.get((found["month"] or found["month2"]).casefold())
        if month is None:
            return None
        number, year = int(found["day"] or found["day2"]), found["year"] or found["year2"]
        day = date(int(year) if year else today.year, month, number)
        is_past = not year and day < today - timedelta(days=31)
        return day.replace(year=today.year + 1) if is_past else day
    except ValueError:
        return None
