"""An address that others can reach is opened only with TLS said to be in front, and an admin inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.program import Program, plain_sentence

REACHED = {"OUTRIDER_HOST": "0.0.0.0", "OUTRIDER_PORT": "0"}
TLS = {
    "OUTRIDER_PUBLIC_URL": "https://outrider.brand.example",
    "OUTRIDER_TRUSTED_PROXIES": "127.0.0.1",
}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"OUTRIDER_PUBLIC_URL": "https://outrider.brand.example"},
        {**TLS, "OUTRIDER_PUBLIC_URL": "http://outrider.brand.example"},
    ],
)
def test_without_tls_in_front_it_stays_on_loopback(
    home: Path, owner_url: URL, said: dict[str, str]
) -> None:
    sentence = plain_sentence(Program(home, owner_url, {**REACHED, **said}).run("up"))
    assert "loopback" in sentence
    assert "OUTRIDER_TRUSTED_PROXIES" in sentence


def test_before_there_is_an_admin_nobody_from_afar_is_let_near(home: Path, owner_url: URL) -> None:
    sentence = plain_sentence(Program(home, owner_url, {**REACHED, **TLS}).run("up"))
    assert "Nobody is admin yet" in sentence
    assert "/setup?token=" not in sentence


def test_with_an_admin_and_tls_it_listens(home: Path, owner_url: URL) -> None:
    program = Program(home, owner_url, {**REACHED, **TLS})
    program.ok("person", "add", "Kim Lee", "kim@brand.example", "--role", "admin")
    said = program.interrupted("up", once_it_said="ready at")
    assert "Outrider is ready at http://0.0.0.0:" in said.out
    assert "/setup?token=" not in said.out + said.err
