"""What the checks said of a mail, remembered under the hash of all that they look at.

In: what `check` takes. Out: what `check` gives. Never: an answer to another question: mail, words, claims,
facts, names, earlier mails and the day are all in the hash, so whatever changed is checked anew.
"""

from __future__ import annotations

import hashlib

from pydantic_core import PydanticSerializationError

from outrider.drafts.check import Grounds, check
from outrider.drafts.rules import content_hash
from outrider.drafts.types import MailContent
from outrider.guardrails.types import Claim, Finding

MOST_REMEMBERED = 10_000
"""Mails; some kilobytes each where there are findings, next to nothing where there are none."""

_remembered: dict[bytes, tuple[Finding, ...]] = {}


def checked(
    content: MailContent, body: str, claims: tuple[Claim, ...], grounds: Grounds
) -> tuple[Finding, ...]:
    """The same as `check`, which is pure; computed once by this process for the same input.

    Whoever opens a draft has it checked, and whoever approves it a moment later has it checked again.
    """
    key = _key(content, body, claims, grounds)
    if key is None:
        return check(content, body, claims, grounds)
    found = _remembered.get(key)
    if found is None:
        found = check(content, body, claims, grounds)
        while len(_remembered) >= MOST_REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[key] = found
    return found


def _key(
    content: MailContent, body: str, claims: tuple[Claim, ...], grounds: Grounds
) -> bytes | None:
    digest = hashlib.sha256(b"outrider.verdict.v1")
    try:
        parts = [content_hash(content), body, *(claim.model_dump_json() for claim in claims)]
        for part in (*parts, grounds.model_dump_json()):
            said = part.encode()
            digest.update(len(said).to_bytes(8, "big") + said)
    except (
        PydanticSerializationError,
        UnicodeEncodeError,
    ):  # no UTF-8: rare, and checked each time
        return None
    return digest.digest()
