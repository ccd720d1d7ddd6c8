"""Answers the writing tasks without a model, the same way every time.

In: a write or a rewrite request. Out: a `WrittenMail` with claims, reasons and sources.
Never: a network, a cost, an answer to a task it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from outrider.campaigns.types import Blueprint
from outrider.drafts.types import (
    Judgement,
    JudgeRequest,
    RewriteRequest,
    Source,
    WriteRequest,
    WrittenMail,
)
from outrider.kernel.asking import Answer, In, Out, Task
from outrider.kernel.errors import Refused
from outrider.prospects.types import Fact
from outrider.vendors.offline_writer import compose, dossier_words, judge, offer, told
from outrider.vendors.offline_writer.compose import Mail
from outrider.vendors.offline_writer.wishes import Wishes, read, read_briefing

MODEL = "offline"
SHORTER_BY = Decimal("0.85")
"""What `shorter` means at the least: this share of the words before."""


class OfflineWriter:
    """Writes first mails, follow-ups and rewrites from hand-written angles."""

    model = MODEL

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        """Answer a task of writing, or of judging by rules.

        Raises:
            Refused: the task is another one; a model is needed for it.
        """
        if task.gives is Judgement and isinstance(question, JudgeRequest):
            return Answer(output=cast(Out, judge.judge(question)), model=judge.MODEL)
        if task.gives is WrittenMail:
            if isinstance(question, WriteRequest):
                return Answer(output=cast(Out, write(question)), model=MODEL)
            if isinstance(question, RewriteRequest):
                return Answer(output=cast(Out, rewrite(question)), model=MODEL)
        raise Refused(
            f"The offline writer cannot answer {task.prompt_id}; it only writes, rewrites and scores mails."
        )


def write(request: WriteRequest) -> WrittenMail:
    """A mail for one step, by the blueprint's ranges and the briefing's notes."""
    wishes = read_briefing(note.text for note in request.briefing.notes)
    used = frozenset(request.angles_used)
    mail, unmet = _first_fit(request, wishes, used)
    return _written(request, mail, (), unmet)


def rewrite(request: RewriteRequest) -> WrittenMail:
    """A better version by the note; says plainly what it could not do."""
    original = request.original
    taught = read_briefing(note.text for note in original.briefing.notes)
    wishes = read(request.note, taught, request.sought)
    before = len(request.body.split())
    if wishes.shorter and not wishes.longer:
        share = Decimal("0.5") if wishes.half else SHORTER_BY
        goal = min(before - 5, int(before * share))
        wishes = replace(wishes, most_words=min(wishes.most_words or goal, goal))
    used = frozenset(original.angles_used)
    if wishes.other_angle:
        used |= {request.angle}
    best, unmet = _best(request, wishes, used)
    short = told.undone(request, wishes, best)
    return _written(
        original, best, told.done(request, wishes, best), (*wishes.unmet, *unmet, *short)
    )


def _first_fit(
    request: WriteRequest, wishes: Wishes, used: frozenset[str]
) -> tuple[Mail, tuple[str, ...]]:
    """The most fitting mail that keeps the limits; without one, the shortest there is."""
    mails = list(compose.candidates(request, wishes, used))
    if not mails:
        mails = list(compose.candidates(request, Wishes(), frozenset()))
        return mails[0], ("Every angle was used in this thread; this one repeats.",)
    most = compose.most_words(request, wishes)
    fit = [mail for mail in mails if mail.words <= most]
    return (fit[0] if fit else min(mails, key=lambda mail: mail.words)), ()


def _best(
    request: RewriteRequest, wishes: Wishes, used: frozenset[str]
) -> tuple[Mail, tuple[str, ...]]:
    """The same angle where the note allows it, within the wished length, and never the same text."""
    mails = list(compose.candidates(request.original, wishes, used))
    unmet: list[str] = []
    if not mails:
        mails = list(compose.candidates(request.original, Wishes(), frozenset()))
        unmet.append("No angle is left that does what the note asks; this one was used before.")
    changed = [mail for mail in mails if _is_new(mail, request)]
    if not changed:
        unmet.append("The offline writer has no other words for this; a person may edit the draft.")
    mails = changed or mails
    mails, missed = told.narrowed(request, wishes, mails)
    unmet += missed
    asking = [mail for mail in mails if mail.places & wishes.wanted]
    if wishes.wanted and not asking:
        named = " or ".join(sorted(place.replace("_", " ") for place in wishes.wanted))
        unmet.append(f"No mail for this step can tell the {named} from what is stored.")
    mails = asking or mails
    most = wishes.most_words
    fit = [mail for mail in mails if most is None or mail.words <= most]
    if not fit:
        shortest = min(mails, key=lambda mail: mail.words)
        if wishes.is_measured or shortest.words >= len(request.body.split()):
            unmet.append(f"Shorter than {shortest.words} words would leave nothing worth sending.")
        return shortest, tuple(unmet)
    if wishes.longer:
        unmet.append("The offline writer does not pad a mail; it stays short.")
    same = [mail for mail in fit if mail.angle.key == request.angle] or fit
    if wishes.keeps_the_text():
        return max(same, key=lambda mail: _shared(mail.body, request.body)), tuple(unmet)
    return same[0], tuple(unmet)


def _shared(one: str, other: str) -> int:
    """How many words two texts have in common; the first of equals is the more fitting."""
    return len(set(one.split()) & set(other.split()))


def _is_new(mail: Mail, request: RewriteRequest) -> bool:
    repeats = mail.body in request.earlier
    return not repeats and (mail.subject, mail.body) != (request.subject, request.body)


def _written(
    request: WriteRequest, mail: Mail, followed: Sequence[str], unmet: Iterable[str]
) -> WrittenMail:
    return WrittenMail(
        subject=mail.subject,
        body=mail.body,
        claims=mail.claims,
        reasoning=_reasons(request, mail, followed),
        sources=_sources(mail.facts),
        angle=mail.angle.key,
        confidence=_confidence(request, mail),
        unmet=tuple(dict.fromkeys(unmet)),
    )


def _reasons(request: WriteRequest, mail: Mail, followed: Sequence[str]) -> tuple[str, ...]:
    """Three to five sentences for the reviewer."""
    company = dossier_words.company(request.dossier)
    title = request.recipient.title or "no title known"
    reasons = [f"Angle: {mail.angle.why}."]
    remark = offer.own(request).remark
    if remark:
        reasons.insert(0, remark)
    if followed:
        reasons.insert(0, f"Followed from the note: {'; '.join(followed)}.")
    if mail.facts:
        kinds = ", ".join(dict.fromkeys(dossier_words.kind_of(fact) for fact in mail.facts))
        reasons.append(
            f"Says of {company} only what is stored with its source: {kinds}."
            f"{dossier_words.added_up(mail.facts)}"
        )
    else:
        reasons.append(f"Says nothing of {company} that would need a source.")
    reasons.append(
        f"Step {request.step} to {title}: it ends with one question that is easy to answer."
    )
    if request.blueprint is not None:
        reasons.append(_by_blueprint(request.blueprint, request.step, mail))
    return tuple(reasons[:5])


def _by_blueprint(blueprint: Blueprint, step: int, mail: Mail) -> str:
    """How the mail stands to the blueprint's length for this step; said also where it falls short."""
    whose = f"version {blueprint.version} of the campaign's blueprint"
    rule = blueprint.rule("body_words", step)
    low, high = (rule.low, rule.high) if rule else (None, None)
    if high is not None and mail.words > high:
        return f"{mail.words} words where {whose} asks for {high} at most; none is shorter."
    if low is not None and mail.words < low:
        return f"{mail.words} words where {whose} asks for {low} at least; it is not padded."
    return f"Built by {whose}: {mail.words} words."


def _sources(facts: Sequence[Fact]) -> tuple[Source, ...]:
    found = {(s.url, s.quote): s for s in (dossier_words.source_of(fact) for fact in facts)}
    return tuple(found.values())


def _confidence(request: WriteRequest, mail: Mail) -> Decimal:
    """A plain sum of what is known; calibration by decisions belongs to learning."""
    points = Decimal("0.50")
    points += Decimal("0.15") if mail.facts else 0
    points += Decimal("0.10") if request.recipient.first_name else 0
    points += Decimal("0.05") if request.recipient.title else 0
    points += Decimal("0.05") if request.blueprint is not None else 0
    points += Decimal("0.05") if request.campaign_context else 0
    return points
