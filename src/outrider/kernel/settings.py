"""Settings: one class, every field with its unit and default. `docs/settings.md` is made from it.

In: the environment (`OUTRIDER_…`) and `settings.toml` in the home folder. Out: one frozen `Settings`.
Never: a secret's value in a log, or a second place that reads the environment.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from outrider.kernel.errors import InvalidSetting

_KEYS = re.compile(
    r"file:|env:|kms:arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+"
    r"|vault:https?://[^\s#@]+#[A-Za-z0-9_.-]+"
)


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
    api_processes: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="Processes that answer the web app and programs; 1: the workers' own. Unset: half the"
        " processors, at least 1, at most 4.",
    )
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
    keys: str = Field(
        default="file:",
        description="What keeps the master key of stored secrets: `file:` (in `keys` of the home folder),"
        " `env:` (OUTRIDER_MASTER_KEY), `kms:` and an ARN of AWS, or `vault:https://…#key` (transit).",
    )
    keys_before: str | None = Field(
        default=None,
        description="What kept it before, until `outrider secrets rotate --master` is through.",
    )
    keys_remembered: timedelta = Field(
        default=timedelta(hours=1),
        ge=timedelta(seconds=30),
        le=timedelta(days=1),
        description="Longest use of a data key without asking its master key again; it is asked four"
        " times as often, so that an outage of the key service is bridged.",
    )
    master_key: SecretStr | None = Field(
        default=None, description="Master key for `env:`, 32 bytes in base64."
    )
    master_key_before: SecretStr | None = Field(
        default=None, description="The master key before it, until the rotation is through."
    )
    aws_access_key_id: str | None = Field(
        default=None,
        validation_alias="AWS_ACCESS_KEY_ID",
        description="Access key for `kms:`.",
    )
    aws_secret_access_key: SecretStr | None = Field(
        default=None, validation_alias="AWS_SECRET_ACCESS_KEY", description="Its secret."
    )
    aws_session_token: SecretStr | None = Field(
        default=None,
        validation_alias="AWS_SESSION_TOKEN",
        description="Its token, when it is a temporary one.",
    )
    aws_role_arn: str | None = Field(
        default=None,
        validation_alias="AWS_ROLE_ARN",
        description="Role for `kms:` that a pod takes on. Without an access key its role is used, else"
        " that of the container (ECS, EKS), else that of the computer (IMDSv2).",
    )
    aws_web_identity_token_file: Path | None = Field(
        default=None,
        validation_alias="AWS_WEB_IDENTITY_TOKEN_FILE",
        description="File of the pod's token, which Kubernetes renews.",
    )
    aws_container_relative_uri: str | None = Field(
        default=None,
        validation_alias="AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        description="Where ECS gives keys.",
    )
    aws_container_full_uri: str | None = Field(
        default=None,
        validation_alias="AWS_CONTAINER_CREDENTIALS_FULL_URI",
        description="The same as a whole address, as EKS sets it.",
    )
    aws_container_token: SecretStr | None = Field(
        default=None,
        validation_alias="AWS_CONTAINER_AUTHORIZATION_TOKEN",
        description="Token for that address.",
    )
    aws_container_token_file: Path | None = Field(
        default=None,
        validation_alias="AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        description="File of that token.",
    )
    aws_metadata_url: str | None = Field(
        default=None,
        validation_alias="AWS_EC2_METADATA_SERVICE_ENDPOINT",
        description="Another address of the computer's metadata service.",
    )
    aws_metadata_disabled: bool = Field(
        default=False,
        validation_alias="AWS_EC2_METADATA_DISABLED",
        description="The computer's role is not asked for.",
    )
    sts_url: str | None = Field(
        default=None,
        validation_alias="AWS_ENDPOINT_URL_STS",
        description="Another address of the service that exchanges a pod's token.",
    )
    kms_url: str | None = Field(
        default=None,
        validation_alias="AWS_ENDPOINT_URL_KMS",
        description="Another address of the key service, such as a private endpoint.",
    )
    vault_token: SecretStr | None = Field(
        default=None,
        validation_alias="VAULT_TOKEN",
        description="Token for `vault:`. Unset: the file `vault-token` in `keys` of the home folder.",
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
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern="^https?://",
        description="Collector of traces (OTLP over HTTP), such as http://localhost:4318. Unset: none.",
    )
    pool_size: int = Field(default=8, ge=1, le=100, description="Connections per role and process.")
    statement_timeout: timedelta = Field(
        default=timedelta(seconds=60), description="Longest one SQL statement may run."
    )
    agent_pool_size: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="The same for the login of agents. Unset: as many as `pool_size`.",
    )
    lock_timeout: timedelta = Field(
        default=timedelta(seconds=30),
        ge=timedelta(seconds=1),
        description="Longest a statement waits for a row or table that another transaction holds.",
    )
    seal_every: timedelta = Field(
        default=timedelta(milliseconds=250),
        description="Pause between two sealings of the audit log.",
    )
    checkpoint_store: str | None = Field(
        default=None,
        description="Folder or URL that signed checkpoints of the log are written to, best a bucket with"
        " object lock. Unset: `checkpoints` in the object store.",
    )
    checkpoint_every: timedelta = Field(
        default=timedelta(minutes=1),
        ge=timedelta(seconds=1),
        description="Shortest pause between two checkpoints that are written there.",
    )
    retain_log: timedelta | None = Field(
        default=timedelta(days=2557),
        description="Events of the audit log older than this are dropped by the month, at least 31 days;"
        " their hashes stay. `null`: never.",
    )
    send_every: timedelta | None = Field(
        default=timedelta(seconds=5),
        description="Pause between two looks for due mail while `outrider up` runs. `null`: it never sends, text"
        " messages neither.",
    )
    agents_every: timedelta | None = Field(
        default=timedelta(seconds=15),
        description="Pause between two looks at agents' schedules under `outrider up`. `null`: none starts by itself.",
    )
    agent_dry_run: bool = Field(
        default=False,
        description="Agents do nothing that others would see: they are told what they would have called.",
    )
    send_lease: timedelta = Field(
        default=timedelta(minutes=5),
        description="Time after which a mail still `sending` is taken for interrupted.",
    )
    retain_leads: timedelta | None = Field(
        default=timedelta(days=90),
        description="People with whom nothing happened for so long are erased. `null`: never.",
    )
    retain_memories: timedelta | None = Field(
        default=timedelta(days=30),
        description="What agents noted for themselves is blanked after so long. `null`: never.",
    )
    smtp_timeout: timedelta = Field(
        default=timedelta(seconds=30), description="Longest wait for one SMTP answer."
    )

    @field_validator(
        "send_every", "agents_every", "retain_leads", "retain_log", "retain_memories", mode="before"
    )
    @classmethod
    def _never(cls, given: object) -> object:
        """An environment has no other word for nothing."""
        return None if isinstance(given, str) and given.lower() in ("", "null") else given

    @field_validator("keys", "keys_before")
    @classmethod
    def _provider(cls, given: str | None) -> str | None:
        if given is None or _KEYS.fullmatch(given):
            return given
        raise PydanticCustomError(
            "provider", "write file:, env:, kms: and the ARN of a key, or vault:https://…#key"
        )

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

    @cached_property
    def checkpoints_url(self) -> str:
        """Where checkpoints are kept outside the database."""
        return self.checkpoint_store or self.objects_url


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
    _known_variables()
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "settings"
        if first["type"] == "extra_forbidden":
            raise InvalidSetting(
                f"There is no setting `{field}`{_nearest(field)}: docs/settings.md has them all."
            ) from None
        told = [f for n, f in Settings.model_fields.items() if field in (n, f.validation_alias)]
        is_secret = any("SecretStr" in str(one.annotation) for one in told)
        given = "" if is_secret else f" (given: {first.get('input')!r})"
        raise InvalidSetting(
            f"The setting `{field}` cannot be used: {first['msg']}{given}. See docs/settings.md."
        ) from None
    except ValueError as error:
        raise InvalidSetting(f"settings.toml cannot be read: {error}.") from None


def _known_variables() -> None:
    """Raises InvalidSetting: a variable looks like a setting's, and would be passed over."""
    fields = {f"OUTRIDER_{name}".upper() for name in Settings.model_fields}
    for variable in os.environ:
        name = variable.upper()
        if not name.startswith("OUTRIDER_") or name in fields | _OTHER_VARIABLES:
            continue
        if near := get_close_matches(name, fields, 1, 0.88):
            raise InvalidSetting(
                f"There is no setting {variable}, but {near[0]}: correct its name."
            )


_OTHER_VARIABLES = frozenset(
    {"OUTRIDER_DEBUG", "OUTRIDER_DATABASE_PASSWORD", "OUTRIDER_MASTER_KEY"}
)


def _nearest(field: str) -> str:
    near = get_close_matches(field, Settings.model_fields, 1)
    return f", but `{near[0]}`" if near else ""


def debug() -> bool:
    """Whether tracebacks are shown for errors that nobody foresaw (`OUTRIDER_DEBUG=1`)."""
    return os.environ.get("OUTRIDER_DEBUG", "") not in ("", "0")
