"""Which mail a report is about.

In: the returned mail or its headers, the report's own headers. Out: Message-IDs and the address
that it was sent to. Never: an id that the returned mail only refers to.
"""

from __future__ import annotations

import re

from outrider.sending.bounces.parts import Parts, head_and_body
from outrider.sending.bounces.prose import ADDRESS, tidy

MOST_IDS = 8

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_INLINE_ID = re.compile(
    r"^[ \t>]{0,16}(?:original-|x-original-)?message-?id[ \t]{0,4}:[ \t]{0,4}(?:\n[ \t]{1,8})?(<[^<>\s]{1,500}>)",
    re.I | re.M,
)
_INLINE_TO = re.compile(r"^[ \t>]{0,16}(?:to|x-original-to):[ \t]{0,4}([^\n]{3,500})$", re.I | re.M)


def message_ids(parts: Parts, below: str) -> tuple[str, ...]:
    """Message-IDs of the returned mail; `below` is what stands under the notice's words."""
    fields, _ = head_and_body(parts.returned)
    found = [one for value in fields.get("message-id", ()) for one in _MESSAGE_ID.findall(value)]
    for text in (parts.returned, below, parts.status, parts.notice):
        if not found and (one := _INLINE_ID.search(text[:20_000])):
            found = [one[1]]
    for name in ("original-message-id", "x-original-message-id"):
        found += _MESSAGE_ID.findall(parts.first(name))
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def sent_to(parts: Parts, below: str) -> list[str]:
    """To whom the returned mail was addressed."""
    fields, _ = head_and_body(parts.returned)
    values = fields.get("x-original-to") or fields.get("to") or []
    if not values and (one := _INLINE_TO.search(below[:20_000])):
        values = [one[1]]
    found = [tidy(one[0]) for value in values for one in ADDRESS.finditer(value[:4000])]
    return list(dict.fromkeys(found))
