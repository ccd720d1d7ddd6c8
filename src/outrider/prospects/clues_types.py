"""What is known of where a person is. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clues:
    """Everything that tells where a person works, as it was imported."""

    timezone: str | None = None
    phone: str | None = None
    country: str | None = None
    account_country: str | None = None
    account_region: str | None = None
    """A state or province of the account, by its name or its code."""
