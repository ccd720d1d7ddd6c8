"""The settings as they are, for whoever may look: values, where they come from, and no secret.

In: the settings, the keys folder. Out: typed lines. Never: the value of a secret, a change.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.settings import Settings

_PRIVATE = frozenset({"database_url", "app_database_url", "agent_database_url", "object_store"})
"""Addresses that may hold a password."""


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class SettingShown(Frozen):
    """One setting."""

    name: str
    value: str = Field(description="Of a secret only whether it is set")
    is_default: bool
    about: str


class SettingsShown(Frozen):
    """Every setting of this installation, and which secrets it has."""

    items: list[SettingShown]
    secrets: int = Field(description="How many files the keys folder has; it is every workspace's")
    sign_on: str | None = Field(description="Host of the company's own login, if there is one")
    retain_leads_days: float | None = Field(
        description="People with whom nothing happened for so long are erased; none: never"
    )


def shown(settings: Settings) -> SettingsShown:
    """The settings as a page shows them."""
    lines = [
        SettingShown(
            name=name,
            value=_value(settings, name),
            is_default=name not in settings.model_fields_set,
            about=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    kept = settings.retain_leads
    return SettingsShown(
        items=lines,
        secrets=len(kept_files(settings.home)),
        sign_on=urlsplit(settings.oidc_issuer).hostname if settings.oidc_issuer else None,
        retain_leads_days=kept.total_seconds() / 86_400 if kept else None,
    )


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        return "not set"
    if "SecretStr" in str(Settings.model_fields[name].annotation) or name in _PRIVATE:
        return "set"
    if isinstance(value, timedelta):
        return _span(value)
    return "set" if _may_hold_a_password(str(value)) else str(value)


def _may_hold_a_password(address: str) -> bool:
    """A key service's address is named by its key, `vault:https://…#key`."""
    _, is_one, rest = address.partition("://")
    return bool(is_one) and ("@" in rest or "?" in rest)


def _span(value: timedelta) -> str:
    seconds = value.total_seconds()
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {name}"
    return f"{seconds:g} s"


def kept_files(home: Path) -> list[str]:
    """Names of the files in the keys folder."""
    folder = home / "keys"
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if one.is_file() and one.name[0] != ".")
