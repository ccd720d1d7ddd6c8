"""From the setting to what keeps the master key.

In: settings, the keys folder. Out: a ring of data keys. Never: a question to a key service; that comes
with the first secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.secrets.key_files import Keys
from outrider.kernel.secrets.masters import EnvMaster, FileMaster, Master, Masters
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.settings import Settings

if TYPE_CHECKING:  # an adapter is imported when it is bound
    from outrider.vendors.aws_login import Told

VAULT_TOKEN = "vault-token"


def ring_of(settings: Settings, clock: Clock) -> Ring:
    """The ring of this installation.

    Raises:
        InvalidSetting: what keeps the master key is half set up.
    """
    before = [settings.keys_before] if settings.keys_before else []
    masters = [_master(told, settings, clock) for told in (settings.keys, *before)]
    return Ring(Masters(*masters), clock, settings.keys_remembered)


def _master(told: str, settings: Settings, clock: Clock) -> Master:
    kind, _, rest = told.partition(":")
    if kind == "env":
        current, before = settings.master_key, settings.master_key_before
        return EnvMaster(
            current.get_secret_value() if current else None,
            before.get_secret_value() if before else None,
        )
    if kind == "kms":
        return _kms(rest, settings, clock)
    if kind == "vault":
        from outrider.vendors.vault_transit import VaultTransit

        return VaultTransit(rest, _vault_token(settings), clock)
    return FileMaster(Keys(settings.home))


def _kms(arn: str, settings: Settings, clock: Clock) -> Master:
    from outrider.vendors.aws_kms import AwsKms
    from outrider.vendors.aws_login import login
    from outrider.vendors.aws_sigv4 import Keys as AwsKeys

    id_, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    if not id_ or not secret:
        region = arn.split(":")[3]
        return AwsKms(arn, login(_of_machine(settings), region, clock), clock, settings.kms_url)
    token = settings.aws_session_token
    keys = AwsKeys(id_, secret.get_secret_value(), token.get_secret_value() if token else None)
    return AwsKms(arn, keys, clock, settings.kms_url)


def _of_machine(settings: Settings) -> Told:
    from outrider.vendors.aws_login import Told

    token = settings.aws_container_token
    return Told(
        role_arn=settings.aws_role_arn,
        web_identity_token_file=settings.aws_web_identity_token_file,
        relative_uri=settings.aws_container_relative_uri,
        full_uri=settings.aws_container_full_uri,
        token=token.get_secret_value() if token else None,
        token_file=settings.aws_container_token_file,
        metadata_url=settings.aws_metadata_url,
        metadata_disabled=settings.aws_metadata_disabled,
        sts_url=settings.sts_url,
    )


def _vault_token(settings: Settings) -> str | None:
    if settings.vault_token:
        return settings.vault_token.get_secret_value()
    file = Keys(settings.home).folder / VAULT_TOKEN
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise InvalidSetting(f"The token of Vault in {file} cannot be read: {why}.") from None
