"""What only we should see: fields and ids of a CRM or of ours, and canary tokens.

In: a mail's words and the sender's own links. Out: blocking findings `internal_field` and `canary`.
Never: a block for a word of trade such as `lead score`, as long as it gives away none of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.mail import canary
from outrider.guardrails.mail.whole import Whole, block, few
from outrider.guardrails.reading.letters import seen
from outrider.guardrails.types import Finding, MailText

_SNAKE = re.compile(
    r"(?<![\w/.?&=-])(?:[A-Za-z][A-Za-z0-9_]{0,60}__(?:c|r|pc|x|mdt|kav|e)|(?:hs|hubspot|sf|sfdc|crm|icp|lead|mql|sql|"
    r"deal|opp)_[a-z0-9_]{2,60}|[a-z][a-z0-9_]{0,60}_(?:id|ids|score|status|stage|owner|tier|segment|flag|at|uuid|"
    r"hash|key|sha256|fk|pk)|(?:first|last|full|company|account|contact)_name)\b"
)
_CAMEL = re.compile(
    r"\b(?:(?:Account|Owner|Contact|Lead|Opportunity|Campaign|RecordType|Parent|User|CreatedBy)Id|LeadSource|"
    r"StageName|"
    r"IsConverted|IsWon|IsClosed|LastActivityDate|LastModifiedDate|CreatedDate|lifecyclestage|dealstage|"
    r"hubspotscore)\b"
)
_CAMEL_WORDS = frozenset(
    "accountid ownerid contactid leadid opportunityid campaignid recordtypeid parentid userid createdbyid "
    "leadsource "
    "stagename isconverted iswon isclosed lastactivitydate lastmodifieddate createddate lifecyclestage dealstage "
    "hubspotscore".split()
)
_LABEL_WORDS = frozenset(
    "stage status score owner disposition icp mql sql tier persona segment priority intent grade forecast "
    "probability source".split()
)
_LABEL = re.compile(
    r"\b(?:(?:opportunity |deal |pipeline |sales )?stage ?[:=] ?(?:closed|prospecting|qualif|discovery|negotiat|"
    r"proposal|won|lost|open|\d)[\w -]{0,20}|(?:lead|account|opportunity|contact|enrichment) (?:status|owner|"
    r"tier|source) ?"
    r"[:=] ?\w[\w -]{0,30}|(?:icp|lead|fit|account|intent|engagement|health|propensity|buying)[ -]?(?:score|"
    r"tier|grade)"
    r" ?(?:[:=]|of|is|at) ?\d[\d./%]*|your (?:icp|lead|fit|account|intent|engagement|propensity)[ -]score"
    r"|disposition ?[:=] ?\w[\w -]{0,20}|(?:persona|segment|priority|forecast|probability) ?[:=] ?\w[\w%-]{0,20})",
    re.IGNORECASE,
)
_UUID = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE
)
_OWN_ID = re.compile(
    r"\b(?:draft|lineage|outbox|enrollment|contact|account|lead|run|campaign|person|fact) ?[:#=] ?[0-9a-f-]{8,36}\b",
    re.IGNORECASE,
)
_OWN_WORDS = frozenset(
    "draft lineage outbox enrollment contact account lead run campaign person fact".split()
)
_RECORD = re.compile(r"(?<![\w/.-])[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?(?![\w/-])")
_KEY_PREFIX = re.compile(r"(?:00[1356QDGTUOkl]|701|500|800|a[0-9A-Z][0-9A-Za-z])[0-9A-Za-z]")
_CASE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LAST_OF_UUID = 12
_RECORD_LENGTHS = (15, 18)


def internal_field(words: Whole, mail: MailText) -> Iterator[Finding]:
    """Names of fields, labels with their values, and record ids."""
    own = [link for link in (mail.booking_link, mail.unsubscribe_url) if link]
    for pattern in _patterns(words):
        for found in few(pattern.finditer(words.text)):
            if not _in_link(words.text, found, own):
                yield _internal(words, found)
    if words.longest >= _RECORD_LENGTHS[0]:
        ids = (item for item in _RECORD.finditer(words.text) if is_record_id(item[0]))
        for found in few(item for item in ids if not _in_link(words.text, item, own)):
            yield _internal(words, found)


def _patterns(words: Whole) -> Iterator[re.Pattern[str]]:
    """Those that could find something: most mails have no word that any of them needs."""
    if words.has_any(_CAMEL_WORDS):
        yield _CAMEL
    if "_" in words.text:
        yield _SNAKE
    if words.has_any(_LABEL_WORDS):
        yield _LABEL
    if (
        words.longest >= 8
        and words.has_any(_OWN_WORDS)
        and any(map(words.text.__contains__, ":#="))
    ):
        yield _OWN_ID
    if words.longest >= _LAST_OF_UUID and words.text.count("-") > 3:
        yield _UUID


def canaries(words: Whole) -> Iterator[Finding]:
    """Canary tokens, also such as are written in look-alike letters."""
    if "q" not in words.text and "Q" not in words.text and words.text.isascii():
        return
    for start, end, _ in canary.found(words.text):
        yield _canary(words, (start, end))
        return
    if not words.text.isascii() and any(canary.found(seen(words.text))):
        yield _canary(words, None)


def is_record_id(word: str) -> bool:
    """Whether a word is a record id of Salesforce: 15 characters, or 18 with their check letters.

    The last three of eighteen encode which of the first fifteen are capitals, five to a letter, the
    first of the five in the lowest bit.
    """
    if len(word) not in _RECORD_LENGTHS or word.isalpha() or word.isdigit():
        return False
    if len(word) == _RECORD_LENGTHS[0]:
        return _KEY_PREFIX.match(word) is not None and sum(map(str.isdigit, word)) >= 4
    expected = "".join(
        _CASE_LETTERS[
            sum(1 << at for at, sign in enumerate(word[start : start + 5]) if sign.isupper())
        ]
        for start in (0, 5, 10)
    )
    return word[15:].upper() == expected and word[0] in "0578a"


def _in_link(text: str, found: re.Match[str], own: list[str]) -> bool:
    start, end = found.span()
    for link in own:
        at = text.rfind(link, 0, start + len(link))
        if 0 <= at <= start and end <= at + len(link):
            return True
    return False


def _internal(words: Whole, found: re.Match[str]) -> Finding:
    span = words.span(found.start(), found.end())
    return block(
        "internal_field",
        f"The {span.part} shows a field or an id that only we should see: {found[0][:60]}",
        "Say it in words that the reader would use, or take it out.",
        span,
    )


def _canary(words: Whole, place: tuple[int, int] | None) -> Finding:
    return block(
        "canary",
        "The mail has a mark of ours that no mail may carry: text of a prompt has leaked into it.",
        "Reject it and have it written anew; tell whoever runs the workspace.",
        words.span(*place) if place else None,
    )
