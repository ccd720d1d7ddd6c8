"""Whatever keeps the master key: it opens what it wrapped, for what it was wrapped, and nothing else."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from outrider.kernel.clock import SystemClock
from outrider.kernel.errors import (
    InvalidSetting,
    MasterKeyDisabled,
    MasterKeyUnavailable,
    OutriderError,
    SecretBroken,
    WrongMasterKey,
)
from outrider.kernel.secrets.key_files import Keys
from outrider.kernel.secrets.masters import EnvMaster, FileMaster, Masters, Wrapped, canonical
from outrider.vendors.aws_kms import AwsKms
from outrider.vendors.fakes.aws_kms import RefusingKms
from outrider.vendors.fakes.mail_http.server import Call, Reply, said
from outrider.vendors.fakes.vault_transit import FakeVault
from outrider.vendors.vault_transit import VaultTransit
from tests import master_keys, oracles
from tests.master_keys import Keeper

CONTEXT = {"data_key": "01a1", "workspace": "01b2"}
DATA_KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is silent here."""
    master_keys.give_time(monkeypatch)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with oracles.moto() as url:
        yield url


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with FakeVault() as fake:
        yield fake


@pytest.fixture(params=["file", "env", "kms", "vault"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Keeper:
    if request.param == "kms":
        return master_keys.in_kms(request.getfixturevalue("moto"))
    if request.param == "vault":
        return master_keys.in_vault(request.getfixturevalue("vault"))
    return (
        master_keys.in_files(tmp_path) if request.param == "file" else master_keys.in_environment()
    )


async def test_it_opens_what_it_wrapped_and_so_does_the_next_process(keeper: Keeper) -> None:
    wrapped = await keeper.here().wrap(DATA_KEY, CONTEXT)
    assert DATA_KEY not in wrapped.bytes
    assert keeper.here().knows(wrapped.master)
    assert keeper.here().is_current(wrapped.master)
    assert await keeper.here().unwrap(wrapped, CONTEXT) == DATA_KEY


async def test_a_wrapped_key_is_bound_to_its_place(keeper: Keeper) -> None:
    wrapped = await keeper.here().wrap(DATA_KEY, CONTEXT)
    with pytest.raises(SecretBroken, match="changed, or moved here"):
        await keeper.here().unwrap(wrapped, {**CONTEXT, "workspace": "01b3"})


async def test_a_changed_key_is_refused(keeper: Keeper) -> None:
    wrapped = await keeper.here().wrap(DATA_KEY, CONTEXT)
    for changed in (wrapped.bytes[:-4] + bytes(4), wrapped.bytes[: len(wrapped.bytes) // 2]):
        with pytest.raises(SecretBroken):
            await keeper.here().unwrap(replace(wrapped, bytes=changed), CONTEXT)


async def test_another_master_says_which_one_is_missing(keeper: Keeper) -> None:
    wrapped = await keeper.here().wrap(DATA_KEY, CONTEXT)
    await keeper.other().wrap(DATA_KEY, CONTEXT)
    assert not keeper.other().knows(wrapped.master)
    with pytest.raises(WrongMasterKey) as refused:
        await Masters(keeper.other()).unwrap(wrapped, CONTEXT)
    assert wrapped.master in str(refused.value)
    both = Masters(keeper.other(), keeper.here())
    assert await both.unwrap(wrapped, CONTEXT) == DATA_KEY


async def test_the_wrong_key_of_the_service_opens_nothing(moto: str) -> None:
    one, other = (master_keys.kms(master_keys.new_kms_key(moto), moto) for _ in range(2))
    wrapped = await one.wrap(DATA_KEY, CONTEXT)
    # KMS says which it was, moto says only that this is refused.
    with pytest.raises((WrongMasterKey, MasterKeyDisabled)):
        await other.unwrap(wrapped, CONTEXT)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("DisabledException", MasterKeyDisabled, "enable it"),
        ("KMSInvalidStateException", MasterKeyDisabled, "waits for its deletion"),
        ("AccessDeniedException", MasterKeyDisabled, "allow kms:Encrypt and kms:Decrypt"),
        ("com.amazonaws.kms#DisabledException", MasterKeyDisabled, "enable it"),
        ("IncorrectKeyException", WrongMasterKey, "another key of AWS KMS"),
        ("InvalidCiphertextException", SecretBroken, "changed, or moved here"),
        ("ExpiredTokenException", MasterKeyUnavailable, "AWS_ACCESS_KEY_ID"),
        ("ThrottlingException", MasterKeyUnavailable, "ThrottlingException"),
    ],
)
async def test_each_refusal_of_kms_is_one_sentence_with_a_way_out(
    code: str, kind: type[OutriderError], words: str
) -> None:
    arn = f"arn:aws:kms:{master_keys.REGION}:123456789012:key/{code.lower()[-12:]}"
    with RefusingKms(code) as fake:
        with pytest.raises(kind, match=words) as refused:
            await master_keys.kms(arn, fake.url).unwrap(Wrapped(f"kms:{arn}", b"x" * 60), CONTEXT)
    assert type(refused.value) is kind
    assert master_keys.AWS.secret not in str(refused.value)
    assert refused.value.exit_code in (2, 8, 9)


async def test_an_unknown_key_of_kms_is_told(moto: str) -> None:
    arn = master_keys.new_kms_key(moto)[:-12] + "000000000000"
    with pytest.raises(MasterKeyDisabled, match="no such key"):
        await master_keys.kms(arn, moto).wrap(DATA_KEY, CONTEXT)


async def test_a_service_that_is_away_is_told_without_a_secret() -> None:
    arn = f"arn:aws:kms:{master_keys.REGION}:123456789012:key/away"
    gone = "http://127.0.0.1:9"
    away = (
        master_keys.kms(arn, gone),
        VaultTransit(f"{gone}#outrider", "hvs.a-token-of-mine", SystemClock()),
    )
    for master in away:
        with pytest.raises(MasterKeyUnavailable, match="cannot be asked") as told:
            await master.wrap(DATA_KEY, CONTEXT)
        assert not isinstance(told.value, MasterKeyDisabled)
        assert "a-token" not in str(told.value)
        assert master_keys.AWS.secret not in str(told.value)


class Proxy(FakeVault):
    """Something between us and Vault that says yes to everything."""

    def answer(self, call: Call) -> Reply:
        return said(200, {"data": None})


async def test_an_answer_without_a_wrapped_key_is_never_kept_as_one() -> None:
    with Proxy() as fake:
        with pytest.raises(MasterKeyUnavailable, match="no wrapped key"):
            await master_keys.vault(fake).wrap(DATA_KEY, CONTEXT)


async def test_a_sealed_vault_is_away_and_a_dead_token_is_refused(vault: FakeVault) -> None:
    vault.is_sealed = True
    with pytest.raises(MasterKeyUnavailable, match="sealed"):
        await master_keys.vault(vault).wrap(DATA_KEY, CONTEXT)
    vault.is_sealed = False
    with pytest.raises(MasterKeyDisabled, match="VAULT_TOKEN"):
        await master_keys.vault(vault, token="hvs.ended").wrap(DATA_KEY, CONTEXT)
    with pytest.raises(MasterKeyDisabled, match="no key absent"):
        await master_keys.vault(vault, "absent").wrap(DATA_KEY, CONTEXT)


def test_a_token_never_travels_in_the_open() -> None:
    with pytest.raises(InvalidSetting, match="https") as told:
        VaultTransit("http://vault.example:8200#outrider", "hvs.a-token-of-mine", SystemClock())
    assert "a-token" not in str(told.value)


def test_a_provider_without_its_secret_says_where_it_goes() -> None:
    with pytest.raises(InvalidSetting, match="OUTRIDER_MASTER_KEY"):
        EnvMaster(None)
    with pytest.raises(InvalidSetting, match="32 bytes") as told:
        EnvMaster("c2hvcnQ=")
    assert "c2hvcnQ" not in str(told.value)
    with pytest.raises(InvalidSetting, match="VAULT_TOKEN"):
        VaultTransit("https://vault.example#outrider", None, SystemClock())
    with pytest.raises(InvalidSetting, match="AWS_ACCESS_KEY_ID"):
        AwsKms("arn:aws:kms:eu-west-1:123456789012:key/a", None, SystemClock())


async def test_a_file_gets_a_successor_and_opens_what_the_first_wrapped(tmp_path: Path) -> None:
    master = FileMaster(Keys(tmp_path))
    wrapped = await master.wrap(DATA_KEY, CONTEXT)
    assert master.roll() == "master-1"
    assert not master.is_current(wrapped.master)
    assert await master.unwrap(wrapped, CONTEXT) == DATA_KEY
    assert (await master.wrap(DATA_KEY, CONTEXT)).master != wrapped.master
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_looking_for_a_master_key_makes_none(tmp_path: Path) -> None:
    assert not FileMaster(Keys(tmp_path)).knows("local:0000")
    assert not (tmp_path / "keys").exists()


BOTO = """
import json, sys, boto3
told = json.load(sys.stdin)
kms = boto3.client("kms", region_name=told["region"], endpoint_url=told["url"],
    aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")
import base64
found = kms.decrypt(CiphertextBlob=base64.b64decode(told["blob"]), KeyId=told["arn"],
    EncryptionContext=told["context"])
print(base64.b64encode(found["Plaintext"]).decode())
"""


async def test_amazons_own_client_opens_what_we_wrapped(moto: str) -> None:
    arn = master_keys.new_kms_key(moto)
    wrapped = await master_keys.kms(arn, moto).wrap(DATA_KEY, CONTEXT)
    told = {
        "region": master_keys.REGION,
        "url": moto,
        "arn": arn,
        "blob": base64.b64encode(wrapped.bytes).decode(),
        "context": CONTEXT,
    }
    done = subprocess.run(
        [oracles.FOLDER / "moto" / "bin" / "python", "-W", "ignore", "-c", BOTO],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert base64.b64decode(done.stdout) == DATA_KEY, done.stderr


HVAC = """
import base64, json, sys, hvac
told = json.load(sys.stdin)
transit = hvac.Client(url=told["url"], token=told["token"]).secrets.transit
found = transit.decrypt_data("outrider", told["ciphertext"], associated_data=told["aad"])
again = transit.encrypt_data("outrider", found["data"]["plaintext"], associated_data=told["aad"])
print(json.dumps([found["data"]["plaintext"], again["data"]["ciphertext"]]))
"""


async def test_the_usual_client_of_vault_and_ours_open_each_others(vault: FakeVault) -> None:
    master = master_keys.vault(vault)
    wrapped = await master.wrap(DATA_KEY, CONTEXT)
    told = {
        "url": vault.url,
        "token": vault.key,
        "ciphertext": wrapped.bytes.decode(),
        "aad": base64.b64encode(canonical(CONTEXT)).decode(),
    }
    done = subprocess.run(
        [oracles.hvac(), "-W", "ignore", "-c", HVAC],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    plain, again = json.loads(done.stdout or f"[{done.stderr!r}, '']")
    assert base64.b64decode(plain) == DATA_KEY
    assert await master.unwrap(replace(wrapped, bytes=again.encode()), CONTEXT) == DATA_KEY
