"""What of a second reader's answer counts, and how it joins what the rules found.

In: a mail's words, the question, an answer; the rules' findings. Out: findings to add. Never: I/O, a
finding of the rules changed or dropped, a span that the mail does not have, an answer's orders followed.

The answer is a model's word on text that strangers had a hand in. So words are taken only where they
stand in the sentence named, facts only where the question had them, and reasons only where they tell
nobody what to do. Whatever is not taken sends the mail to a person, instead of being passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from outrider.drafts.review.reading_types import (
    Doubt,
    Doubted,
    Joined,
    Place,
    Reply,
    Silence,
    Taken,
)
from outrider.guardrails.mail.residue import injection_residue
from outrider.guardrails.mail.whole import whole_of
from outrider.guardrails.reading.letters import plain
from outrider.guardrails.types import Finding, MailText, Severity, Span

PREFIX = "reader_"
"""How the checks of the second reader begin; all others are of the rules."""
NOT_YET = f"{PREFIX}not_yet"
READ = f"{PREFIX}read"
SILENT = f"{PREFIX}silent"
UNCLEAR = f"{PREFIX}unclear"
INSTRUCTIONS = f"{PREFIX}instructions"

_GROUNDED = ("claim", "unsupported")
"""Checks of the rules that say of words what the second reader says."""
_HARD = (Severity.NOTE, Severity.WARN, Severity.BLOCK)
_WHAT = {
    Doubt.UNSUPPORTED: "nothing stored says {}",
    Doubt.CONTRADICTED: "what is stored contradicts {}",
    Doubt.WRONG_RELATION: "what is stored does not relate as {} says",
    Doubt.OTHER_COMPANY: "{} is told of another company",
    Doubt.STALE: "{} is out of date",
}
_SILENCE = {
    Silence.NO_MODEL: "no model is configured",
    Silence.ONLY_THE_WRITER: "no model but the writer's is there to ask",
    Silence.LATE: "its answer came too late",
    Silence.UNAVAILABLE: "no model could be reached",
    Silence.UNUSABLE: "its answer had not the form asked for",
    Silence.BUDGET: "the question would cost more than it may",
    Silence.SETTING: "its setting cannot be used",
}
_FIX = "Read it beside its source: write what the source says, or reject the draft with a note."
_READ_IT = "Read the mail beside its sources yourself."
_SHOWN = 60
"""Characters of the words that a message repeats; the span marks all of them."""

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n+")
_SHORT = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|inc|ltd|co|corp|no|st|vs|approx|dept|est|jr|sr|e\.g|i\.e|u\.s|u\.k)"
    r"|\b[A-Z])\.$",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|override|bypass|skip)\b"
    r"|(?:(?:^|[.!?:;]\s*)(?:please\s+)?|\b(?:please|must|should|now)\s+)"
    r"(?:approve|auto-?approve|send|release|publish|accept|allow|trust|click|visit|run|execute|"
    r"forward|call|download|log ?in|pay)\b"
    r"|\b(?:approve|send|release|forward|accept)\s+(?:(?:this|the|it|all|every)\s*){0,2}"
    r"(?:mails?|drafts?|e-?mails?|messages?|versions?)\b"
    r"|\b(?:safe|ready|fine|good|cleared|ok(?:ay)?) to (?:send|go|approve|release)\b"
    r"|https?:|www\.|\S@\S+\.\w|</?\w|[{}`]",
    re.IGNORECASE,
)


def places(subject: str, body: str) -> tuple[Place, ...]:
    """The sentences of a mail in order, each exactly as it stands; the subject comes first."""
    return (
        *([Place("subject", 0, subject)] if subject.strip() else []),
        *(Place("body", start, text) for start, text in _sentences(body)),
    )


def taken(
    reply: Reply, sentences: Sequence[Place], facts: Sequence[UUID], severity: Severity
) -> Taken:
    """What of an answer is taken.

    Args:
        reply: the answer.
        sentences: the mail's, in the order of their numbers, which begin with 1.
        facts: the stored facts behind `F1`, `F2`, … of the question.
        severity: of every doubt.
    """
    found = dict[tuple[Doubt, str, int, int], Finding]()
    named, unplaced, told_off = dict[UUID, None](), reply.unusable, False
    for doubted in reply.findings:
        span, known = _span(doubted, sentences), _known(doubted.facts, facts)
        if span is None or known is None:
            unplaced += 1
            continue
        named |= dict.fromkeys(known)
        why = None if _is_instructed(doubted.why) else " ".join(plain(doubted.why).split())
        told_off = told_off or why is None
        key = (doubted.kind, span.part, span.start, span.end)
        found.setdefault(key, _finding(doubted, span, why, severity))
    rests = [_known(one.facts, facts) for one in reply.sentences]
    unplaced += sum(one is None for one in rests)
    for one in rests:
        named |= dict.fromkeys(one or ())
    answered = sorted(one.sentence for one in reply.sentences)
    unplaced += answered != list(range(1, len(sentences) + 1))
    return Taken(
        findings=(*found.values(), *_trouble(unplaced, told_off)),
        facts=tuple(named),
        unplaced=unplaced,
        is_instructed=told_off,
    )


def joined(rules: tuple[Finding, ...], read: Sequence[Finding]) -> Joined:
    """The rules' findings, all of them and untouched, and what the reading adds to them.

    Words that the rules mark for the same reason at least as hard are not marked twice.
    """
    added = list[Finding]()
    for one in read:
        if one not in rules and one not in added and not any(_says(rule, one) for rule in rules):
            added.append(one)
    return Joined(rules=rules, added=tuple(added))


def note_of(model: str, found: Taken) -> Finding:
    """That it was read, by whom, and what came of it."""
    doubts = sum(one.span is not None for one in found.findings)
    came = {0: "found nothing to add", 1: "marked one place"}.get(doubts, f"marked {doubts} places")
    read = "answered in part" if found.unplaced else "read every sentence"
    message = f"Second reader: {model} {read} and {came}."
    return Finding(check=READ, severity=Severity.NOTE, message=message, fix="")


def silence_of(why: Silence) -> Finding:
    """That nobody read it; a person does."""
    return _warn(SILENT, f"The second reader did not answer: {_SILENCE[why]}.", _READ_IT)


def not_yet() -> Finding:
    """That it is still to be read."""
    fix = "Wait a minute and open it again, or read the mail beside its sources yourself."
    return _warn(NOT_YET, "The second reader has not read this version yet.", fix)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        if not end[0].startswith("\n") and _SHORT.search(piece):
            continue
        yield from _trimmed(start, piece)
        start = end.end()
    yield from _trimmed(start, text[start:])


def _trimmed(start: int, piece: str) -> Iterator[tuple[int, str]]:
    text = piece.strip()
    if text:
        yield start + piece.index(text), text


def _span(doubted: Doubted, sentences: Sequence[Place]) -> Span | None:
    if not 1 <= doubted.sentence <= len(sentences):
        return None
    place = sentences[doubted.sentence - 1]
    at = place.text.find(doubted.span)
    if at < 0 or not any(sign.isalnum() for sign in doubted.span):
        return None
    start = place.start + at
    return Span(part=place.part, start=start, end=start + len(doubted.span))


def _known(names: Sequence[str], facts: Sequence[UUID]) -> list[UUID] | None:
    by_name = {f"F{number}": fact for number, fact in enumerate(facts, start=1)}
    if any(name not in by_name for name in names):
        return None
    return [by_name[name] for name in names]


def _finding(doubted: Doubted, span: Span, why: str | None, severity: Severity) -> Finding:
    words = " ".join(plain(doubted.span).split())
    words = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    said = _WHAT[doubted.kind].format(f'"{words}"')
    because = f" ({why.rstrip('. ')})" if why and why.rstrip(". ") else ""
    return Finding(
        check=f"{PREFIX}{doubted.kind}",
        severity=severity,
        message=f"Second reader: {said}{because}.",
        fix=_FIX,
        span=span,
    )


def _trouble(unplaced: int, is_instructed: bool) -> Iterator[Finding]:
    if unplaced:
        message = (
            "Second reader: its answer is not whole: parts of it name no words, no sentence or no"
            " fact of this mail."
        )
        yield _warn(UNCLEAR, message, _READ_IT)
    if is_instructed:
        message = (
            "Second reader: its answer tells somebody what to do; those words are not shown and"
            " nothing follows from them."
        )
        yield _warn(INSTRUCTIONS, message, "Look for such words in the mail and in its sources.")


def _is_instructed(why: str) -> bool:
    """Whether a reason tells somebody what to do, hides signs, or carries a link."""
    said = " ".join(plain(why).split())
    mail = MailText(
        subject="", body=why, text=why, html="", step=1, booking_link="", postal_address="",
        unsubscribe_url="",
    )  # fmt: skip
    return bool(_ORDERS.search(said)) or any(injection_residue(whole_of(mail), mail))


def _says(rule: Finding, read: Finding) -> bool:
    """Whether a finding of the rules says the same of the same words, and no softer."""
    if rule.span is None or read.span is None or not rule.check.startswith(_GROUNDED):
        return False
    overlaps = (
        rule.span.part == read.span.part
        and rule.span.start < read.span.end
        and read.span.start < rule.span.end
    )
    return overlaps and _HARD.index(rule.severity) >= _HARD.index(read.severity)


def _warn(check: str, message: str, fix: str) -> Finding:
    return Finding(check=check, severity=Severity.WARN, message=message, fix=fix)
