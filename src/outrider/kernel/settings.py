"""Settings: one class, every field with its unit and default. `docs/settings.md` is made from it.

In: the environment (`OUTRIDER_…`) and `settings.toml` in the home folder. Out: one frozen `Settings`.
Never: a secret's value in a log, or a second place that reads the environment.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from outrider.kernel.errors import InvalidSetting


def default_home() -> Path:
    """The user's data folder for Outrider."""
    return Path(platformdirs.user_data_dir("outrider", appauthor=False))


class Settings(BaseSettings):
    """All settings. Read once at the door, passed down as values."""

    model_config = SettingsConfigDict(env_prefix="OUTRIDER_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=default_home,
        description="Folder of all state: embedded database, objects, outbox Maildir, keys, logs.",
    )
    database_url: str | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="Postgres 16+ with pgvector, as the owner. Unset: an embedded server in `home`.",
    )
    app_database_url: str | None = Field(
        default=None,
        description="Login of the role `outrider_app`. Unset: derived from `DATABASE_URL`.",
    )
    agent_database_url: str | None = Field(
        default=None,
        description="Login of the role `outrider_agent`. Unset: derived from `DATABASE_URL`.",
    )
    workspace: str = Field(default="default", description="Name of the workspace commands act in.")
    person: str | None = Field(
        default=None,
        description="E-mail address of the person who decides on the command line. Unset: the only person there is.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the API listens on.")
    port: int = Field(default=8460, ge=0, le=65535, description="TCP port that the API listens on.")
    public_url: str = Field(
        default="http://127.0.0.1:8460",
        description="Address under which recipients reach the unsubscribe page.",
    )
    object_store: str | None = Field(
        default=None, description="Folder or URL of the object store. Unset: `objects` in `home`."
    )
    sec_contact: str | None = Field(
        default=None,
        description="Contact e-mail address that EDGAR requires in the User-Agent; needed for live filings.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None,
        description="Bot token (xoxb-…) of the Slack app that shows drafts. Unset: no Slack.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="App token (xapp-…) for Slack's Socket Mode. Unset: Slack reaches the API by itself.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the Slack app; proves that clicks are Slack's."
    )
    slack_channel: str | None = Field(
        default=None,
        pattern="^[CG][A-Z0-9]{2,20}$",
        description="Id of the Slack channel that drafts are shown in, such as C012AB3CD.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Address of Slack's Web API; for rehearsals."
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern="^https?://",
        description="Address of the company's own login (OpenID Connect). Unset: passwords only.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="Name under which that login knows Outrider."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Secret that goes with it. Unset: a public client, PKCE alone."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses, with commas between, whose X-Forwarded-For and -Proto count. Unset: none.",
    )
    largest_body: int = Field(
        default=10_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="Bytes that the body of one request may have.",
    )
    request_timeout: timedelta = Field(
        default=timedelta(seconds=60),
        description="Longest one request may take; streams of live events are exempt.",
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level logged."
    )
    pool_size: int = Field(default=8, ge=1, le=100, description="Connections per role and process.")
    statement_timeout: timedelta = Field(
        default=timedelta(seconds=60), description="Longest one SQL statement may run."
    )
    seal_every: timedelta = Field(
        default=timedelta(milliseconds=250),
        description="Pause between two sealings of the audit log.",
    )
    send_every: timedelta | None = Field(
        default=timedelta(seconds=5),
        description="Pause between two looks for due mail while `outrider up` runs. `null`: it never sends.",
    )
    send_lease: timedelta = Field(
        default=timedelta(minutes=5),
        description="Time after which a mail still `sending` is taken for interrupted.",
    )
    retain_leads: timedelta | None = Field(
        default=timedelta(days=90),
        description="People with whom nothing happened for so long are erased. `null`: never.",
    )
    smtp_timeout: timedelta = Field(
        default=timedelta(seconds=30), description="Longest wait for one SMTP answer."
    )

    @field_validator("send_every", "retain_leads", mode="before")
    @classmethod
    def _never(cls, given: object) -> object:
        """An environment has no other word for nothing."""
        return None if isinstance(given, str) and given.lower() in ("", "null") else given

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        """A relative folder means the one it names now, wherever the process goes later."""
        return Path(os.path.abspath(home.expanduser()))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over `settings.toml`."""
        home = Path(os.environ.get("OUTRIDER_HOME") or default_home())
        file = home / "settings.toml"
        toml = [TomlConfigSettingsSource(settings_cls, file)] if _readable(file) else []
        return (init_settings, env_settings, *toml)

    @cached_property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address that the API listens on."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @cached_property
    def objects_url(self) -> str:
        """Where objects are kept."""
        return self.object_store or str(self.home / "objects")


def _readable(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:
        return False


def load(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        InvalidSetting: one sentence that names the field, the value and the way out.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "settings"
        told = Settings.model_fields.get(field)
        is_secret = told is not None and "SecretStr" in str(told.annotation)
        given = "" if is_secret else f" (given: {first.get('input')!r})"
        raise InvalidSetting(
            f"The setting `{field}` cannot be used: {first['msg']}{given}. See docs/settings.md."
        ) from None
    except ValueError as error:
        raise InvalidSetting(f"settings.toml cannot be read: {error}.") from None


def debug() -> bool:
    """Whether tracebacks are shown for errors that nobody foresaw (`OUTRIDER_DEBUG=1`)."""
    return os.environ.get("OUTRIDER_DEBUG", "") not in ("", "0")
