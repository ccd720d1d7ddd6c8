"""A text message that asks to stop is known in four languages; one that only holds the word is not."""

from __future__ import annotations

import pytest

from outrider.conversations.text_rules import TextKind, kind_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop", " Stop! ", "STOP please", "please stop", "Stopall", "UNSUBSCRIBE", "Cancel",
        "END", "quit", "opt-out", "Opt out now", "REVOKE", "Stopp", "Bitte stoppen", "ABMELDEN",
        "abbestellen bitte", "Aufhören!", "ARRÊT", "arret", "Arrêtez svp", "Désabonner",
        "DÉSINSCRIRE", "Don't text me again", "no more texts", "BAJA", "dar de baja", "Alto", "PARAR",
        "no más", "Cancelar por favor", "please stop texting me", "Remove me from your list",
        "take me off your list please",
    ],
)  # fmt: skip
def test_a_wish_to_stop_is_understood(text: str) -> None:
    assert kind_of(text) is TextKind.STOP


@pytest.mark.parametrize(
    "text",
    [
        "Stop by our office on Tuesday", "We are at the end of our lease", "Can we cancel the call?",
        "At the end of the month works", "Yes", "Who is this?", "Alto Networks is our vendor here",
        "Ich bin Ende der Woche da", "La baja temporada es en enero", "", "👍", "call me",
    ],
)  # fmt: skip
def test_an_answer_that_only_holds_the_word_goes_to_a_person(text: str) -> None:
    assert kind_of(text) is TextKind.OTHER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("START", TextKind.START), ("unstop", TextKind.START), ("ALTA", TextKind.START),
        ("Wieder anmelden", TextKind.START), ("reprendre", TextKind.START),
        ("HELP", TextKind.HELP), ("Hilfe bitte", TextKind.HELP), ("aide", TextKind.HELP),
        ("Ayuda", TextKind.HELP), ("Info?", TextKind.HELP),
    ],
)  # fmt: skip
def test_start_and_help_are_words_of_their_own(text: str, kind: TextKind) -> None:
    assert kind_of(text) is kind
