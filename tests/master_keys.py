"""The keepers of master keys, each as a test needs it: one that works, and the same once more."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from outrider.kernel.clock import Clock, SystemClock
from outrider.kernel.secrets.key_files import Keys
from outrider.kernel.secrets.masters import EnvMaster, FileMaster, Master
from outrider.vendors import aws_kms, aws_login, vault_transit
from outrider.vendors.aws_kms import AwsKms
from outrider.vendors.aws_sigv4 import Keys as AwsKeys
from outrider.vendors.aws_sigv4 import Scope, sign
from outrider.vendors.fakes.vault_transit import FakeVault
from outrider.vendors.vault_transit import VaultTransit

AWS = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REGION = "eu-west-1"


@dataclass(frozen=True)
class Keeper:
    """One keeper: `here` works with its key, `other` is the same kind with another key."""

    here: Callable[[], Master]
    other: Callable[[], Master]


def in_files(folder: Path) -> Keeper:
    """Files in two homes."""
    return Keeper(
        lambda: FileMaster(Keys(folder / "one")), lambda: FileMaster(Keys(folder / "other"))
    )


def in_environment() -> Keeper:
    """Two values."""
    one, other = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    return Keeper(lambda: EnvMaster(one), lambda: EnvMaster(other))


def in_kms(url: str) -> Keeper:
    """Two keys of one account."""
    one, other = new_kms_key(url), new_kms_key(url)
    return Keeper(lambda: kms(one, url), lambda: kms(other, url))


def in_vault(fake: FakeVault) -> Keeper:
    """Two keys of one engine."""
    fake.versions["other"] = [b"o" * 32]
    return Keeper(lambda: vault(fake), lambda: vault(fake, "other"))


def give_time(patched: pytest.MonkeyPatch) -> None:
    """Stand-ins answer, if late: what they are asked may take long on a busy machine."""
    for vendor in (aws_kms, aws_login, vault_transit):
        patched.setattr(vendor, "TIMEOUT", timedelta(seconds=60))


def kms(arn: str, url: str) -> AwsKms:
    """A key of AWS KMS as it is played at `url`."""
    return AwsKms(arn, AWS, SystemClock(), f"{url}/")


def vault(
    fake: FakeVault, name: str = "outrider", token: str | None = None, clock: Clock | None = None
) -> VaultTransit:
    """A key of a running stand-in."""
    return VaultTransit(fake.address(name), token or fake.key, clock or SystemClock())


def new_kms_key(url: str) -> str:
    """Make a key; returns its ARN."""
    return str(ask_kms(url, "CreateKey", {})["KeyMetadata"]["Arn"])


def ask_kms(url: str, action: str, fields: dict[str, Any]) -> dict[str, Any]:
    """One call to the key service, as an administrator makes it."""
    body = json.dumps(fields).encode()
    headers = sign(
        AWS,
        Scope(REGION, "kms"),
        ("POST", f"{url}/", body),
        datetime.now(UTC),
        content_type="application/x-amz-json-1.1",
        x_amz_target=f"TrentService.{action}",
    )
    answer = httpx2.post(f"{url}/", content=body, headers=headers, timeout=60)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found
