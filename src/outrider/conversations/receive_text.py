"""Take in an answer by text message: a stop counts at once, anything else goes to a person.

In: a message that its provider has signed. Out: suppressions, stopped sequences, a task to read it.
Never: an answer to it, a model, a way back for one who said no: START gives consent to text messages
to who has not opted out, and to nobody else (A-57).

The same message again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.campaigns import answers, sms
from outrider.campaigns.types import StopReason
from outrider.conversations import store_texts, text_rules
from outrider.conversations.text_rules import TextKind
from outrider.conversations.text_types import InboundText, TextTaken
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent, touch
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Channel, Contact, Direction, SuppressionReason, Touch
from outrider.sending import follow

LONGEST = 2000
"""Characters that are kept; ten joined text messages have 1,530."""


async def receive(tx: Tx, text: InboundText, suppressor: Suppressor) -> TextTaken:
    """Take in one message, and do what follows from it.

    Args:
        tx: the open transaction.
        text: the message; its signature was checked.
        suppressor: hashes the number for the suppression list.
    """
    text = InboundText(
        text.provider_id, text.number, text.text.replace("\0", "")[:LONGEST], text.is_stop
    )
    kind = TextKind.STOP if text.is_stop else text_rules.kind_of(text.text)
    people = await prospects.contacts_by_phone(tx, text.number)
    ids = tuple(one.id for one in people)
    answered = await answers.latest(tx, ids)
    first = answered.contact_id if answered else ids[0] if ids else None
    if not await store_texts.add(tx, text, kind, first):
        return TextTaken(kind, ids, is_new=False)
    source = f"text {text.provider_id}"
    if kind is TextKind.STOP:
        await _stop(tx, suppressor, (text.number, people), source)
    elif kind is TextKind.START:
        await _start(tx, people, source)
    elif kind is TextKind.OTHER:
        await _answered(tx, people, source)
    if kind is not TextKind.STOP and answered is not None:
        await answers.to_read(tx, answered, _for_a_person(kind, text.text))
    subject = f"contact:{first}" if first else f"text:{text.provider_id}"
    body = {"kind": str(kind), "contacts": len(ids), "text": text.provider_id}
    await record(tx, "conversations.text", subject, body)
    return TextTaken(kind, ids)


async def _stop(
    tx: Tx, suppressor: Suppressor, whose: tuple[str, Sequence[Contact]], source: str
) -> None:
    """Never text the number again, never write to its people on any channel."""
    number, people = whose
    await consent.suppress_phone(tx, suppressor, number, source)
    for one in people:
        await sms.withdraw(tx, one.id, source)
        await consent.suppress(tx, suppressor, one.id, SuppressionReason.OPT_OUT, source)
        await follow.halt(tx, one.id, StopReason.OPTED_OUT)


async def _start(tx: Tx, people: Sequence[Contact], source: str) -> None:
    """A person's own START is consent; one who opted out stays out."""
    may = await consent.may_write(tx, [one.id for one in people], ever=True)
    for one in people:
        if may[one.id] is None:
            await sms.agree(tx, one.id, f"answered START ({source})")


async def _answered(tx: Tx, people: Sequence[Contact], source: str) -> None:
    """Somebody answered: every sequence of theirs stops, and a person reads the words."""
    for one in people:
        await follow.halt(tx, one.id, StopReason.REPLIED)
        answer = Touch(
            account_id=one.account_id,
            contact_id=one.id,
            channel=Channel.SMS,
            direction=Direction.IN,
            reference=f"{source} {one.id}",
            at=tx.now,
        )
        await touch.record(tx, [answer])
    await consent.replied(tx, [one.id for one in people])


def _for_a_person(kind: TextKind, words: str) -> str:
    asked = {
        TextKind.START: "Asked to get text messages (again): one who opted out stays out.",
        TextKind.HELP: "Asked for help.",
    }
    return f"{asked.get(kind, 'Answered by text message.')} {words.strip()}".strip()
