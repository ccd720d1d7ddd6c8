"""Data of other people: what we know of one contact must not reach another.

In: a mail's words, the names that belong to it. Out: blocking findings `foreign_contact`.
Never: a block for the recipient's own data, the sender's, or a name that the campaign itself gives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from outrider.guardrails.mail.links import addresses
from outrider.guardrails.mail.whole import MOST_FINDINGS, Whole, block
from outrider.guardrails.types import Finding, Names, OtherContact, Span

_PHONE = re.compile(r"(?<![\w.,$€£])\+?\(?\d[\d ()./-]{5,22}\d(?![\w%])")
_DIGITS = 7
"""Fewest digits of a phone number; a shorter run may be any number."""
_LAST_DIGITS = 9
"""Numbers that end alike are one number, whatever stands before for the country."""
_NO_SPACES = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_HONORIFIC = r"(?:mr|mrs|ms|mx|dr|prof|professor|herrn?|frau|m|mme|sr|sra)\.?\s+"


def foreign_contact(words: Whole, names: Names) -> Iterator[Finding]:
    """Address, phone number or full name of another contact of the account."""
    if not names.other_contacts:
        return
    count = 0
    for what, start, end in _found(words, names):
        yield _foreign(what, words.text[start:end], words.span(start, end))
        count += 1
        if count == MOST_FINDINGS:
            return


def _found(words: Whole, names: Names) -> Iterator[tuple[str, int, int]]:
    text = words.text
    others = names.other_contacts
    if "@" in text:
        known = {other.email.strip().casefold() for other in others}
        for start, address in addresses(text):
            if address.rstrip(".").casefold() in known:
                yield "address", start, start + len(address)
    phones = {number for other in others if (number := _number(other.phone))}
    if phones:
        for found in _PHONE.finditer(text):
            if _number(found[0]) in phones:
                yield "phone number", *found.span()
    allowed = _allowed(names)
    tokens = words.tokens if text.isascii() else {_folded(word) for word in words.tokens}
    for other in others:
        for start, end in _named(words, other, tokens, names):
            if _folded(text[start:end]) not in allowed:
                yield "name", start, end


def _named(
    words: Whole, other: OtherContact, tokens: frozenset[str] | set[str], names: Names
) -> Iterator[tuple[int, int]]:
    first, last = _folded(other.first), _folded(other.last)
    if len(last) < 2 and not _NO_SPACES.search(other.last):
        return
    if _NO_SPACES.search(other.last):
        for name in (
            other.last + other.first,
            f"{other.last} {other.first}",
            other.first + other.last,
        ):
            at = words.text.find(name)
            if at >= 0 and other.first:
                yield at, at + len(name)
                return
        return
    if not all(part in tokens for part in re.findall(r"[^\W_]+", last)):
        return
    pattern = _pattern(first, last, with_title=last not in _own_last_names(names))
    for found in pattern.finditer(_same_length(words.text)):
        # `will may` is no Will May: somebody's name has capitals, or is all in capitals.
        if words.text[found.start() : found.end()].islower() and first:
            continue
        yield found.span()


def _pattern(first: str, last: str, *, with_title: bool) -> re.Pattern[str]:
    first, last = re.escape(first), re.escape(last)
    forms = [rf"{first}\s+(?:[a-z]\.?\s+)?{last}", rf"{last},\s*{first}"] if first else []
    if with_title:
        forms.append(_HONORIFIC + last)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms) or '(?!)'})(?!\w)", re.IGNORECASE)


def _own_last_names(names: Names) -> set[str]:
    own = {_folded(names.contact_last)}
    if names.sender:
        own.add(_folded(names.sender.split()[-1]))
    return own


def _allowed(names: Names) -> str:
    """Everything that may stand in the mail anyway: its two sides, and the campaign's own words."""
    recipient = f"{names.contact_first} {names.contact_last}"
    return _folded(" | ".join((names.account, names.brand, names.sender, recipient, *names.others)))


def _folded(name: str) -> str:
    if name.isascii():
        return name.strip().casefold()
    split = unicodedata.normalize("NFKD", name.strip())
    return "".join(sign for sign in split if not unicodedata.combining(sign)).casefold()


def _same_length(text: str) -> str:
    """Accents away, sign for sign, so that places stay what they are."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", sign)[0] for sign in text)


def _number(phone: str) -> str | None:
    digits = re.sub(r"\D", "", phone)
    return digits[-_LAST_DIGITS:] if len(digits) >= _DIGITS else None


def _foreign(what: str, written: str, span: Span) -> Finding:
    return block(
        "foreign_contact",
        f"The {span.part} gives the {what} of another contact: {written[:60]}",
        "Take it out; what is known of one person is not for another.",
        span,
    )
