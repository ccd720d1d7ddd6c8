"""A backup, a thief and a new machine get wrapped secrets only; what opens them is kept apart."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from tests import master_keys, oracles
from tests.master_keys import AWS
from tests.program import OUTRIDER, Program, plain_sentence

SECRET = "hunter2-of-the-mail-server"


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@contextmanager
def served(program: Program, folder: Path) -> Iterator[str]:
    errors = folder / "errors"
    with (
        errors.open("w") as err,
        subprocess.Popen(
            [*OUTRIDER, "up"],
            env=program.environment | {"OUTRIDER_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert "ready at" in told, errors.read_text()
            yield told.split()[-1]
        finally:
            process.terminate()
            try:
                process.wait(90)
            finally:
                process.kill()


def ready(address: str) -> httpx2.Response:
    return httpx2.get(f"{address}/readyz", timeout=60)


def test_a_backup_holds_no_secret_and_its_keys_open_it_elsewhere(
    program: Program, empty_url: URL, tmp_path: Path
) -> None:
    assert program.run("secrets", "set", "smtp.secret", stdin=SECRET).code == 0
    program.ok("backup", str(tmp_path / "saved"), "--keys", str(tmp_path / "keys.json"))
    for file in (tmp_path / "saved").rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes()

    elsewhere = Program(tmp_path / "elsewhere", empty_url)
    elsewhere.ok(
        "restore", str(tmp_path / "saved"), "--into-empty", "--keys", str(tmp_path / "keys.json")
    )
    assert "1 of 1 stored secret" in elsewhere.ok("secrets", "check").out


def test_a_restore_without_the_master_key_says_so_and_what_to_do(
    program: Program, empty_url: URL, tmp_path: Path
) -> None:
    assert program.run("secrets", "set", "smtp.secret", stdin=SECRET).code == 0
    program.ok("backup", str(tmp_path / "saved"))
    elsewhere = Program(tmp_path / "elsewhere", empty_url)
    said = elsewhere.ok("restore", str(tmp_path / "saved"), "--into-empty")
    assert "1 stored secrets are under the master key local:" in said.out + said.err
    checked = elsewhere.run("secrets", "check")
    assert checked.code == 2
    assert "outrider backup --keys" in checked.out
    assert not (tmp_path / "elsewhere" / "keys" / "master.key").exists(), (
        "none is made in its place"
    )
    (found,) = [one for one in elsewhere.run("doctor", "--json").items if one["part"] == "secrets"]
    assert found["health"] == "broken"
    up = elsewhere.run("up", "--port", "0")
    assert up.code == 2
    assert "under the master key" in plain_sentence(up)
    for machine in ([], ["--machine"]):
        said = elsewhere.run("secrets", "set", "other.secret", *machine, stdin="new")
        assert said.code == 2
    assert not (tmp_path / "elsewhere" / "keys" / "master.key").exists()
    # Once what is lost was taken away, the machine makes a master key of its own.
    elsewhere.ok("secrets", "remove", "smtp.secret")
    assert elsewhere.run("secrets", "set", "smtp.secret", stdin="new").code == 0
    assert "1 of 1 stored secret" in elsewhere.ok("secrets", "check").out


def test_a_key_service_opens_secrets_and_its_absence_is_told(
    program: Program, tmp_path: Path
) -> None:
    with oracles.moto() as url:
        arn, wrong = master_keys.new_kms_key(url), master_keys.new_kms_key(url)
        kms = Program(
            program.home,
            program.url,
            {
                "OUTRIDER_KEYS": f"kms:{arn}",
                "AWS_ACCESS_KEY_ID": AWS.id,
                "AWS_SECRET_ACCESS_KEY": AWS.secret,
                "AWS_ENDPOINT_URL_KMS": f"{url}/",
            },
        )
        said = kms.run("secrets", "set", "webhook-postmark-main", stdin=f"outrider:{SECRET}")
        assert said.code == 0, said.err
        assert not (program.home / "keys" / "master.key").exists()
        assert f"with kms:{arn}" in kms.ok("secrets", "check").out
        with served(kms, tmp_path) as address:
            assert ready(address).status_code == 200
            signed = httpx2.post(
                f"{address}/api/webhooks/postmark/main",
                json={},
                auth=("outrider", SECRET),
                timeout=60,
            )
            other = httpx2.post(
                f"{address}/api/webhooks/postmark/main",
                json={},
                auth=("outrider", "guess"),
                timeout=60,
            )
            assert (signed.status_code, other.status_code) != (401, 401)
            assert other.status_code == 401
        wrongly = Program(kms.home, kms.url, kms.extra | {"OUTRIDER_KEYS": f"kms:{wrong}"})
        said = wrongly.run("up", "--port", "0")
        assert said.code == 2
        assert f"set OUTRIDER_KEYS to kms:{arn}" in plain_sentence(said)
    gone = kms.run("up", "--port", "0")
    assert gone.code == 8
    assert "master key" in plain_sentence(gone)
    assert AWS.secret not in gone.err
    # What needs no secret works without the service.
    assert kms.run("kill", "on", "--reason", "drill").code == 0


def test_a_running_server_says_when_its_secrets_cannot_be_opened(
    program: Program, tmp_path: Path
) -> None:
    assert program.run("secrets", "set", "webhook-postmark-main", stdin=f"a:{SECRET}").code == 0
    quick = Program(program.home, program.url, {"OUTRIDER_KEYS_REMEMBERED": "PT30S"})
    key = program.home / "keys" / "master.key"
    with served(quick, tmp_path) as address:
        assert ready(address).status_code == 200
        key.rename(tmp_path / "master.key")
        answer = until(address, 503)
        assert "outrider secrets check" in answer.json()["detail"]
        (tmp_path / "master.key").rename(key)
        until(address, 200)
        log_file = program.home / "logs" / "outrider.log"
        for _ in range(600):  # who writes it looks every few seconds
            if "secrets_open" in log_file.read_text():
                break
            time.sleep(0.2)
    log = log_file.read_text()
    assert log.count("secrets_closed") == log.count("secrets_open") == 1


def until(address: str, status: int) -> httpx2.Response:
    """The answer once it has this status; what changes counts within five seconds."""
    for _ in range(600):
        answer = ready(address)
        if answer.status_code == status:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{answer.status_code} after two minutes: {answer.text}")
