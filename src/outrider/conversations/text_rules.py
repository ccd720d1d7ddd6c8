"""What an answer by text message is: stop, start, help, or words for a person to read.

In: the words. Out: their kind. Never: a row, a model; the words are a stranger's, and nothing else in
them is followed.

The single words are those that carriers and CTIA's Messaging Principles (2023, 5.1.3) ask senders to
know, with their German, French and Spanish kin; US law asks for any reasonable wording besides
(47 CFR 64.1200(a)(10)), so a sentence that asks to stop is one as well.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from outrider.guardrails.inbound import opt_out


class TextKind(StrEnum):
    """What a text message from a person means."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    OTHER = "other"


STOP = frozenset(
    "stop|stopall|stop all|stop it|unsubscribe|cancel|end|quit|revoke|optout|opt out|remove|remove me"
    "|stopp|stoppen|aufhoren|abmelden|abbestellen|austragen|beenden|ende|keine sms|keine sms mehr"
    "|arret|arreter|arretez|stopper|desabonner|desabonnement|desabonnez moi|desinscrire"
    "|desinscription|annuler|parar|pare|pare ya|alto|baja|dar de baja|darme de baja|cancelar|detener"
    "|basta|no mas|no mas mensajes".split("|")
)
START = frozenset(
    "start|unstop|resume|subscribe|starten|anmelden|wieder anmelden|commencer|demarrer|reprendre"
    "|abonner|iniciar|comenzar|empezar|alta|reanudar".split("|")
)
HELP = frozenset("help|info|information|hilfe|aide|ayuda|informacion".split("|"))

_POLITE = frozenset(
    "please pls thanks thank you now ok hi hello bitte danke sofort merci svp sil vous plait"
    " maintenant por favor gracias ya".split()
)
_LONGEST_WORDS = 6
_SENTENCE = re.compile(
    r"\b(?:stop|quit|cease) (?:texting|messaging|contacting|sending|writing)\b"
    r"|\b(?:dont|do not|never) (?:text|message|contact|write to) (?:me|us|this number)\b"
    r"|\bno more (?:texts?|messages|sms)\b|\bwrong number\b.*\bstop\b"
)


def kind_of(text: str) -> TextKind:
    """The kind of an answer. A wish to stop counts before everything else."""
    words = _words(text)
    core = " ".join(word for word in words if word not in _POLITE)
    whole = " ".join(words)
    if len(words) <= _LONGEST_WORDS:
        for kind, known in ((TextKind.STOP, STOP), (TextKind.HELP, HELP), (TextKind.START, START)):
            if whole in known or core in known:
                return kind
    is_stop = _SENTENCE.search(whole) is not None or opt_out(text) is not None
    return TextKind.STOP if is_stop else TextKind.OTHER


def _words(text: str) -> list[str]:
    """Words in small letters, without accents and signs."""
    letters = unicodedata.normalize("NFKD", text).casefold().replace("'", "").replace("’", "")
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", plain)
