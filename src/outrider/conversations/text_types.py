"""Answers by text message. In: nothing. Out: frozen values. Never: a row object."""

from __future__ import annotations

from dataclasses import dataclass

from outrider.conversations.text_rules import TextKind
from outrider.prospects.types import ContactId


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text message from a person, as a provider handed it over; all of it is untrusted."""

    provider_id: str
    """The provider's own name of it: the same again is the same message."""
    number: str
    """Who wrote, with the country code (+1…)."""
    text: str
    is_stop: bool = False
    """The provider took it for a stop itself, in a language that we may not know."""


@dataclass(frozen=True, slots=True)
class TextTaken:
    """What became of it."""

    kind: TextKind
    contacts: tuple[ContactId, ...]
    """Whose number it is; several share a switchboard."""
    is_new: bool = True
