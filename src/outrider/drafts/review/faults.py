"""The faults that a test draft may have: each plain to a careful reader, none found by a check that is shown.

In: a draft and the account's name. Out: the faults that fit, each with the words it makes.
Never: I/O, chance: the same draft has the same faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from outrider.drafts.review.types import Frozen
from outrider.drafts.types import Draft


class Fault(Frozen):
    """One fault in a mail's words."""

    name: str
    told: str
    """What is wrong, as the end of a sentence."""
    old: str
    new: str
    subject: str
    body: str


_OTHER_COMPANIES = ("Norvale Foods", "Castine Freight", "Bramwell Stores")
_OTHER_NAMES = ("Robin", "Casey", "Jordan")
_DIRECTIONS = (
    ("rose", "fell"), ("grew", "shrank"), ("increased", "decreased"), ("increase", "decrease"),
    ("growing", "shrinking"), ("up from", "down from"), ("higher", "lower"),
    ("gained", "lost"), ("above", "below"),
)  # fmt: skip
_DIGITS = re.compile(r"\d[\d.,]*\d")
_TAIL = re.compile(
    r",?\s+(?:inc|corp|corporation|company|co|llc|ltd|plc|group|holdings)\.?$", re.IGNORECASE
)
_GREETING = re.compile(r"\A(?:hi|hey|hello|dear)\s+([^\W\d_][\w'-]*)", re.IGNORECASE)


def faults(draft: Draft, account: str) -> list[Fault]:
    """Every fault that fits this draft, in a fixed order."""
    makers: tuple[Callable[[Draft, str], Iterator[Fault]], ...] = (
        _figure,
        _company,
        _direction,
        _name,
    )
    return [fault for make in makers for fault in make(draft, account)]


def _figure(draft: Draft, account: str) -> Iterator[Fault]:
    """Two digits of a figure that a source is quoted for change places."""
    for claim in draft.claims:
        found = _DIGITS.search(claim.span)
        swapped = _swapped(found[0]) if found else None
        if found and swapped and claim.span in draft.body:
            new = claim.span.replace(found[0], swapped, 1)
            told = f'it says "{new}" where its source has "{claim.span}"'
            yield _made(draft, "figure", told, (claim.span, new))
            return


def _swapped(figure: str) -> str | None:
    digits = [place for place, sign in enumerate(figure) if sign.isdigit()]
    for one, other in pairwise(digits):
        if figure[one] != figure[other] and figure[other] != "0":
            signs = list(figure)
            signs[one], signs[other] = signs[other], signs[one]
            return "".join(signs)
    return None


def _company(draft: Draft, account: str) -> Iterator[Fault]:
    """Another company stands where the account's name should."""
    name = account.strip()
    while name and name not in draft.body:
        shorter = _TAIL.sub("", name)
        if shorter == name:
            return
        name = shorter
    if len(name) >= 3:
        other = next(one for one in _OTHER_COMPANIES if one != name)
        yield _made(draft, "company", f"it speaks of {other} to somebody at {name}", (name, other))


def _direction(draft: Draft, account: str) -> Iterator[Fault]:
    """What rose falls, what fell rises."""
    for pair in _DIRECTIONS:
        for old, new in (pair, pair[::-1]):
            if re.search(rf"\b{old}\b", draft.body):
                told = f'it says "{new}" where it should say "{old}"'
                yield _made(draft, "direction", told, (old, new))
                return


def _name(draft: Draft, account: str) -> Iterator[Fault]:
    """Somebody else is greeted."""
    first, found = draft.content.recipient.first_name, _GREETING.search(draft.body)
    if first and found and found[1] == first:
        other = next(one for one in _OTHER_NAMES if one != first)
        told = f"it greets {other}, and the recipient is {first}"
        yield _made(draft, "name", told, (found[0], found[0].replace(first, other)))


def _made(draft: Draft, name: str, told: str, words: tuple[str, str]) -> Fault:
    old, new = words
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    return Fault(
        name=name,
        told=told,
        old=old,
        new=new,
        subject=pattern.sub(new, draft.content.subject),
        body=pattern.sub(new, draft.body),
    )
