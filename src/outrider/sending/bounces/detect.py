"""What a received message reports about mail of ours.

In: raw bytes, written by anybody. Out: a `Report`, or None when it reports nothing. Never: an
exception, or more than linear time, whatever the bytes are.

Asked in this order: standard fields, feedback, notices in words, automatic answers. Delivery
notices carry the headers of automatic answers, so those come last.
"""

from __future__ import annotations

from outrider.sending.bounces import arf, autoreply, dsn, notification, original, prose, signs
from outrider.sending.bounces.codes import class_of, is_vague, reply_in, status_in
from outrider.sending.bounces.dsn import Told
from outrider.sending.bounces.parts import Parts, take_apart
from outrider.sending.bounces.prose import Block
from outrider.sending.bounces.reason import is_proven, reason_of
from outrider.sending.bounces.types import Kind, Outcome, Reason, Report

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_STATUS_OF = {
    Reason.USER_UNKNOWN: "5.1.1", Reason.HOST_UNKNOWN: "5.1.2", Reason.MAILBOX_FULL: "5.2.2",
    Reason.MAILBOX_INACTIVE: "5.2.1", Reason.CONTENT: "5.6.0", Reason.POLICY: "5.7.1",
    Reason.REPUTATION: "5.7.0", Reason.RATE_LIMITED: "4.7.0", Reason.TOO_LARGE: "5.3.4",
    Reason.NETWORK: "4.4.0", Reason.EXPIRED: "4.4.7", Reason.SYSTEM: "5.3.0",
}  # fmt: skip
"""RFC 3463: what stands for a reason when a server gives no code."""


def detect(raw: bytes) -> Report | None:
    """Read one message.

    Args:
        raw: the whole message. Only its first million bytes are looked at.

    Returns:
        What it reports; None for a mail that reports nothing, a person's for example.
    """
    parts = take_apart(raw)
    complaint = arf.feedback(parts)
    if complaint is not None:
        _, below = prose.split(parts.notice)
        return _with_ids(complaint, original.message_ids(parts, below))
    if parts.status or signs.is_notice(parts):
        return _notice(parts)
    if '"' in parts.notice and "{" in parts.notice:
        told, report, ids = notification.read(parts.notice)
        if report is not None or told:
            return report or _report([_outcome(one) for one in told], ids)
    return _auto_reply(parts) if autoreply.is_automatic(parts) else None


def _notice(parts: Parts) -> Report:
    """A delivery notice: its fields where it has some, else its words."""
    words, below = prose.split(parts.notice)
    fields = parts.status or dsn.inline(parts.notice)
    told = dsn.told(fields) if fields else []
    told = _completed(told, parts, words, below) if told else _in_words(parts, words, below)
    return _report([_outcome(one) for one in told], original.message_ids(parts, below))


def _auto_reply(parts: Parts) -> Report:
    day = autoreply.sent_on(parts)
    said = f"{parts.first('subject')}\n{parts.notice}"
    return Report(Kind.AUTO_REPLY, returns_on=autoreply.returns_on(said, day) if day else None)


def _with_ids(report: Report, ids: tuple[str, ...]) -> Report:
    both = tuple(dict.fromkeys([*report.message_ids, *ids]))
    return Report(report.kind, report.outcomes, report.feedback, both)


def _report(outcomes: list[Outcome], ids: tuple[str, ...]) -> Report:
    """The gravest outcome gives the report its kind."""
    merged: dict[str, Outcome] = {}
    for one in outcomes:
        known = merged.get(one.recipient)
        if known is None or (one.is_hard and not known.is_hard):
            merged[one.recipient] = one
    actions = {one.action for one in merged.values()}
    kind = Kind.BOUNCE
    if actions and actions <= _ARRIVED:
        kind = Kind.DELIVERED
    elif actions and "failed" not in actions:
        kind = Kind.DELAY
    return Report(kind, tuple(merged.values()), message_ids=ids)


def _outcome(told: Told) -> Outcome:
    """One recipient's fields, judged."""
    if told.action in _ARRIVED:
        return Outcome(told.recipient, told.original, told.action, told.status, told.reply)
    reason = reason_of(told.words, told.status, told.reply)
    severity = class_of(told.status, told.reply, told.action)
    severity = "5" if severity == "2" else severity
    is_final = severity != "4" and told.action == "failed"
    status = told.status
    if is_vague(status) and reason in _STATUS_OF:
        status = f"{severity or _STATUS_OF[reason][0]}{_STATUS_OF[reason][1:]}"
    return Outcome(
        recipient=told.recipient,
        original_recipient=told.original,
        action=told.action,
        status=status,
        reply=told.reply,
        reason=reason,
        is_hard=is_final and is_proven(reason, told.words, told.status, told.reply),
        diagnostic=told.words[:2000],
    )


def _completed(told: list[Told], parts: Parts, words: str, below: str) -> list[Told]:
    """Fields that say too little are completed from the words that stand beside them."""
    needy = [one for one in told if one.action not in _ARRIVED and _says_little(one)]
    if not needy:
        return told
    blocks = prose.blocks(words, _ours(parts))
    by_address = {block.recipient: block for block in blocks}
    whom = [block.recipient for block in blocks] or _failed_header(parts)
    if len(told) == 1:
        whom = _failed_header(parts) or whom or original.sent_to(parts, below)
    return [_complete(one, by_address, whom, words) if one in needy else one for one in told]


def _says_little(one: Told) -> bool:
    return not one.recipient or reason_of(one.words, one.status, one.reply) in (
        Reason.UNKNOWN,
        Reason.SYSTEM,
    )


def _complete(one: Told, blocks: dict[str, Block], whom: list[str], words: str) -> Told:
    recipient = one.recipient or (whom[0] if whom else "")
    block = blocks.get(recipient) or blocks.get(one.original)
    said = block.words if block else (words if len(blocks) <= 1 else "")
    joined = f"{one.words}\n{said}"[:2000].strip()
    status = one.status if not is_vague(one.status) else status_in(said) or one.status
    return Told(
        recipient,
        one.original or (block.original if block else ""),
        one.action,
        status,
        one.reply or reply_in(said),
        joined,
    )


def _in_words(parts: Parts, words: str, below: str) -> list[Told]:
    """The recipients of a notice in words."""
    blocks = prose.blocks(words, _ours(parts))
    failed = _failed_header(parts)
    if failed and not any(block.stands for block in blocks):
        blocks = [Block(one, words) for one in failed]
    if not blocks:
        whom = original.sent_to(parts, below) or [""]
        blocks = [Block(one, words) for one in (whom if len(whom) == 1 else whom[:1])]
    waiting = signs.is_waiting(parts.first("subject"), words)
    return [_told(block, words, waiting, len(blocks)) for block in blocks]


def _told(block: Block, words: str, waiting: bool, count: int) -> Told:
    said = block.words
    if count == 1 and reason_of(said, status_in(said), reply_in(said)) is Reason.UNKNOWN:
        said = words  # older servers tell what happened before they tell to whom
    status, reply = status_in(said), reply_in(said)
    is_final = class_of(status, reply, "") == "5"
    return Told(
        recipient=block.recipient,
        original=block.original,
        action="delayed" if waiting and not is_final else "failed",
        status=status,
        reply=reply,
        words=said[:2000],
    )


def _failed_header(parts: Parts) -> list[str]:
    stated = ",".join(parts.headers.get("x-failed-recipients", ()))[:20_000]
    return list(dict.fromkeys(prose.tidy(one[0]) for one in prose.LOOSE.finditer(stated)))


def _ours(parts: Parts) -> frozenset[str]:
    """Addresses of the notice's own headers: to us, from the server."""
    named = (parts.first(name) for name in ("to", "from", "sender", "return-path", "delivered-to"))
    return frozenset(
        prose.tidy(one[0]) for value in named for one in prose.ADDRESS.finditer(value[:2000])
    )
