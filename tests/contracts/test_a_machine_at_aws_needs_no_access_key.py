"""A computer, a container or a pod at AWS opens its secrets by its role, and renews it in time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outrider.app.masters import ring_of
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.errors import InvalidSetting, MasterKeyUnavailable
from outrider.kernel.secrets.masters import Wrapped
from outrider.kernel.settings import load
from outrider.vendors import http_transport
from outrider.vendors.aws_kms import AwsKms
from outrider.vendors.aws_login import Login, Told, login
from outrider.vendors.fakes.aws_kms import RefusingKms
from outrider.vendors.fakes.aws_machine import AwsMachine
from outrider.vendors.fakes.mail_http.server import Call, Fault, Reply, Trouble, said
from tests import master_keys, oracles

CONTEXT = {"data_key": "01a1", "workspace": "01b2"}
DATA_KEY = bytes(range(32))
ARN = f"arn:aws:kms:{master_keys.REGION}:123456789012:key/a"


@pytest.fixture(autouse=True)
def has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is silent here."""
    master_keys.give_time(monkeypatch)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 3, 2, 15, tzinfo=UTC))


@pytest.fixture
def machine(clock: VirtualClock) -> Iterator[AwsMachine]:
    with AwsMachine(clock.now) as fake:
        yield fake


def at(told: Told, clock: VirtualClock) -> Login:
    found = login(told, master_keys.REGION, clock)
    assert found is not None
    return found


def computer(machine: AwsMachine) -> Told:
    return Told(metadata_url=machine.url)


def container(machine: AwsMachine, token: str | None = "container-token") -> Told:
    return Told(full_uri=f"{machine.url}/v2/credentials/task", token=token)


async def test_a_computer_asks_by_version_two_alone(
    machine: AwsMachine, clock: VirtualClock
) -> None:
    keys = await at(computer(machine), clock).keys()
    assert (keys.id, keys.secret, keys.token) == ("ASIAEXAMPLE1", "secret-1", "session-1")
    assert [(call.method, call.path) for call in machine.calls] == [
        ("PUT", "/latest/api/token"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/latest/meta-data/iam/security-credentials/outrider-role"),
    ]


async def test_a_container_shows_its_token_and_reads_it_anew(
    machine: AwsMachine, clock: VirtualClock, tmp_path: Path
) -> None:
    assert (await at(container(machine), clock).keys()).id == "ASIAEXAMPLE1"
    file = tmp_path / "token"
    file.write_text("container-token\n")
    told = Told(full_uri=f"{machine.url}/v2/credentials/task", token_file=file)
    by_file = at(told, clock)
    assert (await by_file.keys()).id == "ASIAEXAMPLE2"
    machine.key = "next-token"
    file.write_text("next-token")
    clock.advance(timedelta(hours=7))
    assert (await by_file.keys()).id == "ASIAEXAMPLE3"


async def test_keys_are_kept_until_shortly_before_they_end(
    machine: AwsMachine, clock: VirtualClock
) -> None:
    role = at(computer(machine), clock)
    first = [await role.keys() for _ in range(3)]
    clock.advance(timedelta(hours=5, minutes=54))
    assert await role.keys() == first[0]
    assert machine.fetched == 1
    clock.advance(timedelta(minutes=2))
    assert (await role.keys()).id == "ASIAEXAMPLE2"


async def test_an_outage_does_no_harm_while_the_keys_are_good(
    machine: AwsMachine, clock: VirtualClock
) -> None:
    role = at(computer(machine), clock)
    first = await role.keys()
    machine.role = ""
    clock.advance(timedelta(hours=5, minutes=57))
    assert await role.keys() == first
    clock.advance(timedelta(minutes=4))
    with pytest.raises(MasterKeyUnavailable, match="Give this computer a role"):
        await role.keys()


async def test_a_pod_takes_its_role_at_sts_and_uses_kms(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a-token-of-kubernetes")
    with oracles.moto() as url:
        told = Told(
            role_arn="arn:aws:iam::123456789012:role/outrider",
            web_identity_token_file=file,
            sts_url=f"{url}/",
        )
        pod = login(told, master_keys.REGION, SystemClock())
        assert pod is not None
        keys = await pod.keys()
        assert keys.id.startswith("ASIA")
        assert keys.token
        kms = AwsKms(master_keys.new_kms_key(url), pod, SystemClock(), f"{url}/")
        wrapped = await kms.wrap(DATA_KEY, CONTEXT)
        assert await kms.unwrap(wrapped, CONTEXT) == DATA_KEY


async def test_settings_alone_lead_to_the_role(
    machine: AwsMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    machine.now = SystemClock().now
    with oracles.moto() as url:
        monkeypatch.setenv("OUTRIDER_KEYS", f"kms:{master_keys.new_kms_key(url)}")
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"{url}/")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.url)
        ring = ring_of(load(home=tmp_path), SystemClock())
        wrapped = await ring.masters.wrap(DATA_KEY, CONTEXT)
        assert await ring.masters.unwrap(wrapped, CONTEXT) == DATA_KEY
        assert machine.fetched == 1
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(InvalidSetting, match="AWS_ACCESS_KEY_ID"):
            ring_of(load(home=tmp_path), SystemClock())


async def test_what_is_wrong_is_one_sentence_without_a_key(
    machine: AwsMachine, clock: VirtualClock, tmp_path: Path
) -> None:
    with pytest.raises(MasterKeyUnavailable, match="status 401") as told:
        await at(container(machine, "wrong-token"), clock).keys()
    assert "wrong-token" not in str(told.value)
    machine.fail(Fault(Trouble.GIBBERISH))
    with pytest.raises(MasterKeyUnavailable, match="without an access key"):
        await at(container(machine), clock).keys()
    gone = Told(role_arn="arn:x", web_identity_token_file=tmp_path / "absent")
    with pytest.raises(MasterKeyUnavailable, match="AWS_WEB_IDENTITY_TOKEN_FILE cannot be read"):
        await at(gone, clock).keys()
    with pytest.raises(InvalidSetting, match="AWS_ROLE_ARN"):
        login(Told(web_identity_token_file=tmp_path / "absent"), "eu-west-1", clock)
    for open_ in ("http://evil.example/keys", "http://169.254.169.254/keys", "ftp://127.0.0.1/"):
        with pytest.raises(InvalidSetting, match="on the way"):
            login(Told(full_uri=open_), "eu-west-1", clock)


async def test_no_proxy_ever_sees_the_keys(
    machine: AwsMachine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await at(computer(machine), clock).keys()).id == "ASIAEXAMPLE1"
    assert {"169.254.169.254", "169.254.170.2", "169.254.170.23"} <= http_transport._LINK_LOCAL


class Counting(RefusingKms):
    """A key service that takes its time."""

    def answer(self, call: Call) -> Reply:
        return said(200, {"Plaintext": "AAAA", "CiphertextBlob": "AAAA"})


async def test_many_who_ask_the_key_service_at_once_do_not_disturb_each_other() -> None:
    with Counting("none") as fake:
        kms = master_keys.kms(ARN, fake.url)
        asked = [kms.unwrap(Wrapped(f"kms:{ARN}", b"x" * 60), CONTEXT) for _ in range(30)]
        assert await asyncio.gather(*asked) == [b"\0\0\0"] * 30
        assert not kms._http._clients, "the last one to leave frees what is kept"
