"""A bucket of Amazon or a container of Azure keeps objects as a folder does: once, checked, and swept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from outrider.kernel.errors import InvalidSetting
from outrider.kernel.objects import Objects
from tests import oracles
from tests.bucket_promises import (
    DATA,
    PATH,
    keeps_one_of_twenty,
    never_writes_over,
    says_that_there_is_none,
)
from tests.program import Program

_ACCOUNT = "devstoreaccount1"
_PUBLIC_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
"""Every emulator of Azure has this one; it is in its manual."""
_ANYBODY = "AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
AMAZON = {
    "AWS_ALLOW_HTTP": "true",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_SERVER_SIDE_ENCRYPTION": "AES256",
}
AZURE = {
    "AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT,
    "AZURE_STORAGE_ACCOUNT_KEY": _PUBLIC_KEY,
    "AZURE_ALLOW_HTTP": "true",
}


@pytest.fixture(scope="module")
def amazon() -> Iterator[str]:
    with oracles.moto() as url:
        for bucket in ("outrider-objects", "outrider-elsewhere"):
            answer = httpx2.put(f"{url}/{bucket}", headers={"Authorization": _ANYBODY})
            assert answer.status_code == 200
        yield url


@pytest.fixture(scope="module")
def azure() -> Iterator[str]:
    with oracles.azurite() as url:
        now = format_datetime(datetime.now(UTC), usegmt=True)
        headers = f"x-ms-date:{now}\nx-ms-version:2021-08-06\n"
        what = f"/{_ACCOUNT}/{_ACCOUNT}/outrider-objects\nrestype:container"
        signed = hmac.digest(
            base64.b64decode(_PUBLIC_KEY), f"PUT{chr(10) * 12}{headers}{what}".encode(), "sha256"
        )
        answer = httpx2.put(
            f"{url}/outrider-objects?restype=container",
            headers={
                "x-ms-date": now,
                "x-ms-version": "2021-08-06",
                "Content-Length": "0",
                "Authorization": f"SharedKey {_ACCOUNT}:{base64.b64encode(signed).decode()}",
            },
        )
        assert answer.status_code == 201, answer.text
        yield url


@pytest.fixture(params=["amazon", "azure"])
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the objects of this test go, with the credentials in the environment."""
    url = request.getfixturevalue(request.param)
    given = AMAZON if request.param == "amazon" else AZURE
    endpoint = "AWS_ENDPOINT_URL" if request.param == "amazon" else "AZURE_ENDPOINT"
    for name, value in {**given, endpoint: url}.items():
        monkeypatch.setenv(name, value)
    scheme = "s3" if request.param == "amazon" else "az"
    return f"{scheme}://outrider-objects/{hashlib.sha256(request.node.name.encode()).hexdigest()}"


async def test_twenty_at_once_keep_one_object_and_it_goes_once(address: str) -> None:
    await keeps_one_of_twenty(address)


async def test_what_is_there_is_never_written_over_and_a_change_is_noticed(address: str) -> None:
    await never_writes_over(address)


async def test_a_bucket_that_is_not_there_is_said_on_one_line(address: str) -> None:
    await says_that_there_is_none(address)


async def test_objects_are_encrypted_by_the_bucket_when_the_setting_says_so(
    amazon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**AMAZON, "AWS_ENDPOINT_URL": amazon}.items():
        monkeypatch.setenv(name, value)
    await Objects("s3://outrider-objects/sealed").put(DATA)
    answer = httpx2.head(
        f"{amazon}/outrider-objects/sealed/{PATH}", headers={"Authorization": _ANYBODY}
    )
    assert answer.headers["x-amz-server-side-encryption"] == "AES256"


@pytest.mark.parametrize("address", ["s3:/bucket", "s3:bucket", "s3://", "ftp://host/x", "az://x"])
def test_an_address_that_cannot_be_is_one_sentence_and_makes_no_folder(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(InvalidSetting) as refused:
        Objects(address)
    assert "\n" not in refused.value.message
    assert address in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_backup_from_one_bucket_comes_back_in_another(
    amazon: str, home: Path, owner_url: URL, empty_url: URL, tmp_path: Path
) -> None:
    bucket = {**AMAZON, "AWS_ENDPOINT_URL": amazon}
    here = Program(
        home, owner_url, {**bucket, "OUTRIDER_OBJECT_STORE": f"s3://outrider-objects/{home.name}-a"}
    )
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: a@brand.example\nTo: b@x.example\nSubject: Leases\n\nHello there.\n")
    here.ok("campaign", "create", "Leases", "--brand", "Brand", "--mail", str(mail))
    kept = here.json("sweep")
    assert kept["objects"] > 0
    assert kept["orphans"] == 0
    here.ok("backup", str(tmp_path / "saved.tar"), "--keys", str(tmp_path / "keys"))
    there = Program(
        tmp_path / "there",
        empty_url,
        {**bucket, "OUTRIDER_OBJECT_STORE": f"s3://outrider-elsewhere/{home.name}-b"},
    )
    there.ok(
        "restore", str(tmp_path / "saved.tar"), "--into-empty", "--keys", str(tmp_path / "keys")
    )
    assert there.json("sweep")["objects"] == kept["objects"]
    assert "holds" in there.ok("audit", "verify").out
