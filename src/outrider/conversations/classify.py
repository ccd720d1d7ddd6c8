"""What a received mail is: a person's words, an opt-out, a machine's notice, a bounce, our copy.

In: a mail that was read, and our own addresses. Out: its kind. Never: a tool, a model, a row: the
words are a stranger's, and nothing in them is followed.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from outrider.conversations import rules
from outrider.conversations.types import DeliveryStatus, InboundMail, TurnKind
from outrider.guardrails.inbound import opt_out
from outrider.prospects.identity import is_same_mailbox

_FEEDBACK_COMPLAINTS = frozenset(
    {"abuse", "fraud", "opt-out", "opt-out-list", "other", "virus", "miscategorized"}
)
"""RFC 5965, section 7.3; `not-spam` and `auth-failure` (RFC 6591) accuse nobody."""

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
"""RFC 3464, section 2.3.3: a receipt, no bounce."""

_AWAY_SUBJECT = re.compile(
    r"^(?:re: ?)?(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)"
    r"|out of (?:the )?office"
    r"|ooo\b|away from|abwesenheits|automatische antwort|réponse automatique|absence du bureau"
    r"|respuesta automática|risposta automatica|automatisch antwoord|autosvar|fuera de la oficina)",
    re.I,
)

_AWAY = re.compile(
    r"\bout of (?:the )?office\b|\booo\b|\b(?:away|absent) (?:from|until|till|on|this|for|at)\b"
    r"|\b(?:am|be|is|was|currently|i'm|i’m) (?:away|travel+ing|on (?:the road|leave|vacation|holidays?"
    r"|annual leave|(?:parental|maternity|paternity|sick|medical) leave))\b"
    r"|\bon (?:annual|parental|maternity|paternity|sick|medical) leave\b|\bon vacation\b"
    r"|\bback (?:in|at) (?:the |my )?(?:office|work|desk)\b"
    r"|\b(?:limited|no) access to (?:my )?(?:e-?)?mails?\b"
    r"|abwesen|nicht im b[üu]ro|im urlaub|im hause? (?:nicht )?erreichbar|wieder (?:da|im b[üu]ro)"
    r"|absen(?:t|ce) du bureau|\b(?:je suis|serai) absent|en cong[ée]s?\b|de retour (?:le|au)"
    r"|fuera de la oficina|\bausente\b|de vacaciones|fuori (?:sede|ufficio)|\bin ferie\b"
    r"|fora do escrit[óo]rio|de f[ée]rias|\bafwezig|frånvarande|fraværende|ikke på kontoret"
    r"|poissa|nieobecn|poza biurem|不在",
    re.I,
)
"""Words of an absence; a ticket number or a receipt says nothing of where a person is."""
_SAYS_SO_WITHIN = 1500
"""Characters of a notice; what stands further below is mostly our own mail."""


def kind_of(mail: InboundMail, own_addresses: Collection[str]) -> TurnKind:
    """The kind of a mail.

    A machine's notice never counts as a person's reply, whatever it says; a delivery report counts
    before everything else, because servers send it under any name.
    """
    if mail.report is not None:
        return _kind_of_report(mail)
    if mail.unreadable:
        return TurnKind.OTHER
    if mail.from_address in own_addresses:
        return TurnKind.OWN
    if is_automatic(mail):
        return TurnKind.AUTO_REPLY
    return TurnKind.OPT_OUT if asks_to_stop(mail) else TurnKind.REPLY


def _kind_of_report(mail: InboundMail) -> TurnKind:
    assert mail.report is not None
    if not mail.report.complaint:
        arrived = [status.action in _ARRIVED for status in mail.report.statuses]
        return TurnKind.OTHER if arrived and all(arrived) else TurnKind.BOUNCE
    is_complaint = mail.report.complaint in _FEEDBACK_COMPLAINTS
    return TurnKind.COMPLAINT if is_complaint else TurnKind.OTHER


def is_automatic(mail: InboundMail) -> bool:
    """Whether a machine sent it (RFC 3834); old responders only say so in the subject."""
    return bool(mail.automatic or _AWAY_SUBJECT.match(mail.subject))


def is_away(mail: InboundMail, kind: TurnKind) -> bool:
    """Whether a machine says that the person is away for a while.

    An automatic answer that says nothing of an absence (a ticket number, a read receipt) does not.
    """
    if kind is not TurnKind.AUTO_REPLY:
        return False
    said = f"{mail.subject}\n{(mail.new_text or mail.text)[:_SAYS_SO_WITHIN]}"
    return _AWAY.search(said) is not None


def asks_to_stop(mail: InboundMail) -> bool:
    """Whether its new words, or a subject of its own, ask to be left alone.

    The subject of a reply is ours; only one that does not begin with `Re:` is the person's. A mail
    without new words is judged by the subject alone.
    """
    if opt_out(mail.new_text) is not None:
        return True
    has_own_subject = not re.match(r"\s*(?:re|aw|sv|antw|fwd?|wg|tr)\s*:", mail.subject, re.I)
    return has_own_subject and opt_out(mail.subject) is not None


def is_dead_address(mail: InboundMail, address: str | None = None) -> bool:
    """Whether it proves that an address is dead: it is closed for ever.

    With an address, only what the report says of that one counts, or of nobody by name: a person
    who forwards his mail to a dead mailbox is alive, and a stranger's report closes nobody else.
    """
    failed = [status for status in failures(mail) if status.is_hard]
    if address is not None:
        failed = [s for s in failed if not s.recipient or is_same_mailbox(s.recipient, address)]
    return bool(failed)


def is_undeliverable(mail: InboundMail) -> bool:
    """Whether it says that the next mail would not arrive either: the sequence ends."""
    return any(rules.is_undeliverable(status) for status in failures(mail))


def failures(mail: InboundMail) -> tuple[DeliveryStatus, ...]:
    """What it says of each recipient, when it is about deliveries."""
    report = mail.report
    return () if report is None or report.complaint else report.statuses
