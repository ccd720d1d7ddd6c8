"""Delivery status notifications: their fields per recipient (RFC 3464, RFC 3461, RFC 6533).

In: the text of a message/delivery-status part, wherever it stood. Out: one `Told` per recipient.
Never: an outcome from the fields of the message itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outrider.sending.bounces.codes import STATUS, is_vague, reply_in, status_in
from outrider.sending.bounces.parts import Fields, decoded, fields_of
from outrider.sending.bounces.prose import address_in, tidy

MOST_RECIPIENTS = 200

_STRAY = re.compile(r"^--[^\n]{2,200}\n(?:content-|[ \t]*$)", re.I | re.M)
_EMPTY = re.compile(r"\n[ \t]*\n")
_FINAL = re.compile(r"^final-recipient[ \t]{0,4}:", re.I | re.M)
_INLINE = re.compile(r"^[ \t>]{0,8}(?:final-recipient|original-recipient)[ \t]{0,4}:", re.I | re.M)
_TYPED = re.compile(r"^\s{0,9}[\w-]{1,40}\s{0,9};\s{0,9}")


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient's fields, read."""

    recipient: str
    original: str
    action: str
    status: str
    reply: str
    words: str


def told(text: str) -> list[Told]:
    """The recipients of a delivery status text."""
    stray = _STRAY.search(text)
    text = text[: stray.start()] if stray else text
    found: list[Told] = []
    pending: Fields = {}
    for block in _blocks(text):
        fields = fields_of(block)
        if "final-recipient" not in fields and "original-recipient" not in fields:
            if "action" in fields or "status" in fields:
                pending = fields  # some servers part a recipient's fields with an empty line
                if found and not (found[-1].action and found[-1].status):
                    found[-1] = _read({**_again(found[-1]), **fields})
                    pending = {}
            continue
        found.append(_read({**pending, **fields}))
        pending = {}
        if len(found) >= MOST_RECIPIENTS:
            break
    return found


def _blocks(text: str) -> list[str]:
    """Groups of fields; where the empty line between two recipients is missing, it is put in."""
    found: list[str] = []
    for block in _EMPTY.split(text):
        starts = [one.start() for one in _FINAL.finditer(block)][1 : MOST_RECIPIENTS + 1]
        begin = 0
        for end in [*starts, len(block)]:
            found.append(block[begin:end])
            begin = end
    return found


def inline(text: str) -> str:
    """Delivery status fields that stand in the words of a notice; empty when there are none."""
    first = _INLINE.search(text)
    if first is None:
        return ""
    begin = text.rfind("\n\n", 0, first.start())
    return re.sub(r"(?m)^[ \t>]{1,8}(?=[\w-]{3,40}:)", "", text[begin + 2 if begin >= 0 else 0 :])


def _again(known: Told) -> Fields:
    return {
        "final-recipient": [known.recipient],
        "original-recipient": [known.original],
        "action": [known.action],
        "status": [known.status],
        "diagnostic-code": [known.words],
    }


def _read(fields: Fields) -> Told:
    def one(name: str) -> str:
        return next((value for value in fields.get(name, ()) if value), "")

    words = "\n".join(_TYPED.sub("", decoded(value)) for value in fields.get("diagnostic-code", ()))
    final, original = _address(one("final-recipient")), _address(one("original-recipient"))
    actual = _address(one("x-actual-recipient")) or _address(one("x-display-name"))
    recipient = final or actual or original
    stated = STATUS.search(one("status"))
    status, in_words = (stated[1] if stated else ""), status_in(words)
    if is_vague(status) and in_words:
        status = in_words
    action = one("action").partition(";")[0].partition("(")[0].strip().lower()
    return Told(
        recipient=recipient,
        original=original if original != recipient else "",
        action=action if action in _ACTIONS else _action_of(action, status),
        status=status,
        reply=reply_in(f"\n{words}"),
        words=words[:2000],
    )


_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})


def _action_of(stated: str, status: str) -> str:
    """Servers invent actions: `failure`, `fail`, `deferred`; a status of class 2 is a delivery."""
    if stated.startswith(("delay", "defer", "transient", "warn")):
        return "delayed"
    if stated.startswith(("deliver", "relay", "expand", "success")) or status.startswith("2"):
        return "delivered"
    return "failed"


def _address(value: str) -> str:
    """The address of a typed field (RFC 3464, section 2.1.2): `rfc822; dana@acme.example`."""
    value = value.partition(";")[2] or value
    if "@" not in value:
        return ""
    angle = re.search(r"<([^<>\s]{1,320})>", value)
    return tidy(angle[1]) if angle and "@" in angle[1] else address_in(value, loose=True)
