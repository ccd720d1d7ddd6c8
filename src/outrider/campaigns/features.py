"""Features of one past mail, and its place in a series (D-22, D-37 to D-49).

In: a parsed mail. Out: `Features`: counts and classes that are the same each time.
Never: a model, a judgement of quality, a row.

Long texts are counted whole for `word_count`; the finer signals read the first 6,000 characters,
ten times a sales mail, and of a mail to a list the first 2,500.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from outrider.campaigns import measure, wording
from outrider.campaigns.parse import bare_subject
from outrider.campaigns.rules import business_days_between
from outrider.campaigns.types import (
    CadenceBucket,
    CtaType,
    Features,
    ParsedMail,
    StructureType,
    SubjectForm,
)

VERSION = "1"
READ_CHARACTERS = 6_000
READ_CHARACTERS_BULK = 2_500
NEW_SERIES_AFTER = timedelta(days=45)
"""A mail after a longer silence is a new approach, not a follow-up."""

_TELLING = (wording.VALUE_WORDS | wording.PROBLEM_WORDS).__contains__
_BULK_LINKS, _BULK_TABLES, _BULK_IMAGES = 8, 3, 6
_NEWSLETTER_CHARACTERS = 4_000
_PARAGRAPH_LEAST_WORDS = 4
"""A shorter block is a greeting, a name or a label."""


def extract(mail: ParsedMail) -> Features:
    """All signals of one mail; its place in its series is put in by `placed`."""
    return Features.model_validate(signals(mail))


def signals(mail: ParsedMail) -> dict[str, object]:
    """The same as plain values, for stores that take thousands a second."""
    own = measure.own_text(mail.text)
    bulk = is_bulk(mail)
    read = own[: READ_CHARACTERS_BULK if bulk else READ_CHARACTERS]
    blocks = measure.paragraphs(read)
    greeting, greeted, rest = _greeting(blocks)
    parts = measure.sentences(rest.lower(), wrapped=not mail.shape.is_html)
    pieces = [part.split() for part in parts]
    lengths = sorted(map(len, pieces))
    tokens = measure.words(rest)
    telling = list(filter(_TELLING, tokens))
    asks = _asks(parts, pieces)
    links = max(mail.shape.links, own.count("http://") + own.count("https://"))
    cta = _main_ask(asks, bulk=bulk, links=links)
    name, company = _recipient(mail)
    personal = _personalization(greeted, tokens, name if name.capitalize() in rest else "", company)
    in_subject = _subject_tokens(mail.subject, name, company)
    lowered = read.lower()
    is_reply = bare_subject(mail.subject) != mail.subject
    subject = wording.LIST_TAG.sub("", bare_subject(mail.subject))
    weekday, hour = _local_time(mail)
    return {
        "word_count": len(own.split()),
        "cta_type": cta,
        "cta_count": len(asks),
        "cta_position": _position(asks, cta, len(parts)),
        "has_personalization": bool(personal or in_subject),
        "personalization": personal,
        "structure_type": _structure(mail, read, bulk=bulk),
        "is_bulk": bulk,
        "is_reply": is_reply,
        "subject_words": len(subject.split()),
        "subject_characters": len(subject),
        "subject_form": SubjectForm.QUESTION if "?" in subject else SubjectForm.STATEMENT,
        "subject_tokens": in_subject,
        "subject_generic": any(phrase in subject.lower() for phrase in wording.GENERIC_SUBJECTS),
        "greeting": greeting,
        "opening": _opening(parts, company),
        "sentences": len(parts),
        "sentence_words_median": measure.percentile(lengths, 0.5),
        "sentence_words_p90": measure.percentile(lengths, 0.9),
        "paragraphs": sum(1 for block in blocks if block.count(" ") >= _PARAGRAPH_LEAST_WORDS),
        "grade_level": measure.grade_level(tokens, len(parts)),
        "value_words": sum([token in wording.VALUE_WORDS for token in telling]),
        "problem_words": sum([token in wording.PROBLEM_WORDS for token in telling]),
        "generic_phrases": sum(1 for phrase in wording.GENERIC_PHRASES if phrase in lowered),
        "links": links,
        "sent_weekday": weekday,
        "sent_hour": hour,
        "series": series_of(mail, bulk=bulk, is_reply=is_reply),
    }


def is_bulk(mail: ParsedMail) -> bool:
    """Whether it went to a list.

    `List-Unsubscribe` alone is no sign: a good one-to-one sender carries it as well (RFC 8058).
    """
    answered = bare_subject(mail.subject) != mail.subject and not mail.shape.is_html
    shape = mail.shape
    heavy = (
        shape.links >= _BULK_LINKS or shape.tables >= _BULK_TABLES or shape.images >= _BULK_IMAGES
    )
    return heavy or (_is_listed(mail) and not answered)


def _is_listed(mail: ParsedMail) -> bool:
    precedence = mail.metadata.get("precedence", "").lower()
    return "list-id" in mail.metadata or precedence in ("bulk", "list")


def series_of(mail: ParsedMail, *, bulk: bool, is_reply: bool) -> str:
    """A digest that mails of one series share.

    One-to-one: the same sender to the same recipient, whether or not the thread was kept. A list:
    the same sender to it. A discussion on a list: the sender's mails in that thread.
    """
    domain = mail.from_address.rpartition("@")[2]
    sender = (
        f"{mail.from_name.casefold()}@{domain}" if bulk and mail.from_name else mail.from_address
    )
    if bulk:
        key = ("list", mail.metadata.get("list-id", ""), sender)
    elif is_reply and "list-id" in mail.metadata:
        key = ("thread", mail.thread_id, sender)
    else:
        key = ("pair", mail.to_address or mail.thread_id, sender)
    return hashlib.sha256("\n".join(key).encode()).hexdigest()[:24]


def _greeting(blocks: list[str]) -> tuple[str, bool, str]:
    """Its kind, whether it names somebody, and the text after it."""
    if not blocks:
        return "none", False, ""
    first_line, _, below = blocks[0].partition("\n")
    found = wording.GREETING.match(first_line)
    if found is None:
        if wording.BARE_NAME.match(first_line):
            return "other", True, "\n\n".join([below, *blocks[1:]])
        return "none", False, "\n\n".join(blocks)
    word = found.group(1).lower()
    who = found.group(2).split()
    named = bool(who) and who[0].lower() not in wording.GREETED_NOBODY and who[0][:1].isupper()
    after = first_line[found.end() :].lstrip(",!:. ")
    kind = word if word in ("hi", "hello", "hey", "dear") else "other"
    return kind, named, "\n\n".join(part for part in (after, below, *blocks[1:]) if part)


Ask = tuple[int, CtaType]


def _asks(parts: list[str], pieces: list[list[str]]) -> list[Ask]:
    """Every sentence that asks the reader to do something: its position and kind.

    `parts` are sentences in lower case, `pieces` their words.
    """
    found: list[Ask] = []
    no_trigger = wording.ASK_TRIGGERS.isdisjoint
    for position, (part, own) in enumerate(zip(parts, pieces, strict=True)):
        question = part[-1] == "?"
        if not question and no_trigger(own) and own[-1].rstrip(".!:") not in wording.ASK_TRIGGERS:
            continue
        kind = _kind_of_ask(part, question=question)
        if kind is not None:
            found.append((position, kind))
    return found


def _kind_of_ask(lowered: str, *, question: bool) -> CtaType | None:
    if wording.MEETING_ASK.search(lowered):
        return CtaType.MEETING
    if question and wording.SOFT_ASK.search(lowered):
        return CtaType.QUESTION
    if wording.REPLY_ASK.search(lowered):
        return CtaType.REPLY
    if wording.LINK_ASK.search(lowered):
        return CtaType.LINK
    return None


_HARDEST_FIRST = (CtaType.MEETING, CtaType.QUESTION, CtaType.REPLY, CtaType.LINK)


def _main_ask(asks: list[Ask], *, bulk: bool, links: int) -> CtaType:
    """One to one, the hardest ask is what the reader feels; in a newsletter, the commonest."""
    if bulk and links >= _BULK_LINKS:
        counts = Counter(kind for _, kind in asks)
        counts[CtaType.LINK] += links
        return counts.most_common(1)[0][0]
    kinds = {kind for _, kind in asks}
    for kind in _HARDEST_FIRST:
        if kind in kinds:
            return kind
    return CtaType.LINK if links else CtaType.NONE


def _position(asks: list[Ask], cta: CtaType, total: int) -> str:
    at = next((position for position, kind in reversed(asks) if kind is cta), None)
    if at is None:
        return "none"
    third = 3 * (at + 1) / max(1, total)
    return "start" if third <= 1 else "middle" if third <= 2 else "end"


def _recipient(mail: ParsedMail) -> tuple[str, str]:
    """The recipient's first name and company as they would stand in a text, in lower case."""
    if _is_listed(mail):  # a list's name is no recipient's
        return "", ""
    local, _, domain = mail.to_address.partition("@")
    label = domain.rsplit(".", 2)[-2] if domain.count(".") else ""
    own_domain = mail.from_address.rpartition("@")[2]
    known = len(label) > 2 and label not in wording.FREE_MAIL and domain != own_domain
    shown = mail.to_name.split()
    name = shown[0] if shown and "@" not in shown[0] else local.replace("_", ".").split(".")[0]
    name = name.strip("\"',").lower()
    usable = len(name) > 2 and name.isalpha() and name not in wording.ROLE_ADDRESSES
    return (name if usable else ""), (label if known else "")


def _personalization(greeted: bool, tokens: list[str], name: str, company: str) -> tuple[str, ...]:
    found = ["greeting_name"] if greeted else []
    if name and name in tokens:
        found.append("name")
    if company and company in tokens:
        found.append("company")
    return tuple(found)


def _subject_tokens(subject: str, name: str, company: str) -> tuple[str, ...]:
    tokens = measure.words(subject)
    pairs = (("name", name), ("company", company))
    return tuple(label for label, token in pairs if token and token in tokens)


def _opening(parts: list[str], company: str) -> str:
    """How it begins; `parts` are sentences in lower case."""
    if not parts:
        return "statement"
    first = parts[0]
    if wording.PLEASANTRY.search(first):
        return "pleasantry"
    if wording.PROSPECT_FACT.search(first) or (company and company in first):
        return "prospect_fact"
    if first.endswith("?"):
        return "question"
    return "self" if wording.ABOUT_SELF.match(first) else "statement"


def _structure(mail: ParsedMail, read: str, *, bulk: bool) -> StructureType:
    if bulk and (mail.shape.links >= _BULK_LINKS or len(mail.text) > _NEWSLETTER_CHARACTERS):
        return StructureType.NEWSLETTER
    headings = mail.shape.headings or len(wording.HEADING_LINE.findall(read))
    if headings >= 2:
        return StructureType.NEWSLETTER if bulk else StructureType.SECTIONS
    bullets = mail.shape.list_items or len(wording.BULLET.findall(read))
    return StructureType.LIST if bullets >= 3 else StructureType.PLAIN


def _local_time(mail: ParsedMail) -> tuple[int | None, int | None]:
    if mail.sent_at is None:
        return None, None
    local = mail.sent_at + timedelta(minutes=mail.sent_offset_minutes or 0)
    return local.weekday(), local.hour


@dataclass(frozen=True, slots=True)
class Dated:
    """What the place of a mail in its series depends on."""

    email_id: UUID
    series: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a mail in its series: `index` 0 is the first; the gap is to the one before."""

    email_id: UUID
    index: int
    bucket: CadenceBucket
    gap_business_days: int | None


def placed(mails: Sequence[Dated]) -> Iterator[Place]:
    """The place of each mail, whatever the order they come in.

    A mail without a date cannot be placed: it counts as a first one.
    """
    before: Dated | None = None
    index = 0
    for mail in sorted(mails, key=_order):
        if mail.sent_at is None or before is None or before.series != mail.series:
            starts = True
        else:
            starts = before.sent_at is None or mail.sent_at - before.sent_at > NEW_SERIES_AFTER
        if starts or before is None or before.sent_at is None or mail.sent_at is None:
            index = 0
            yield Place(mail.email_id, 0, CadenceBucket.FIRST, None)
        else:
            index += 1
            gap = business_days_between(before.sent_at, mail.sent_at)
            yield Place(mail.email_id, index, bucket_of(before.sent_at, mail.sent_at), gap)
        before = mail


def _order(mail: Dated) -> tuple[str, bool, float, UUID]:
    # Undated mails last, so that they stand between no two dated ones.
    at = mail.sent_at
    return mail.series, at is None, at.timestamp() if at else 0.0, mail.email_id


def bucket_of(before: datetime, after: datetime) -> CadenceBucket:
    """The bucket by calendar days between two instants (D-22)."""
    days = (after.date() - before.date()).days
    for most, bucket in (
        (0, CadenceBucket.SAME_DAY),
        (1, CadenceBucket.DAYS_1),
        (3, CadenceBucket.DAYS_2_3),
        (4, CadenceBucket.DAYS_4),
        (7, CadenceBucket.DAYS_5_7),
    ):
        if days <= most:
            return bucket
    return CadenceBucket.LONGER


def variation(bodies: Iterable[str]) -> float:
    """How much mails of one series differ: 1 minus the mean Jaccard overlap of neighbours' words.

    0 is the same words again, 1 shares none (D-41).
    """
    sets = [set(measure.words(body[:READ_CHARACTERS])) for body in bodies]
    pairs = [(a, b) for a, b in pairwise(sets) if a or b]
    if not pairs:
        return 1.0
    return 1.0 - sum(len(a & b) / len(a | b) for a, b in pairs) / len(pairs)
