"""A provider's webhook is believed by its signature alone, kept once, and answered at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from tests import webhooks_world
from tests.webhooks_world import Signed


@asynccontextmanager
async def client(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


def expect(outrider: Outrider, signed: Signed, key: str = "main") -> str:
    """Put the secret where the door looks for it; the door's address."""
    folder = outrider.keys.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"webhook-{signed.provider}-{key}").write_text(signed.secret + "\n")
    return f"/api/webhooks/{signed.provider}/{key}"


async def events(outrider: Outrider) -> list[tuple[str, str]]:
    async with outrider.begin()() as tx:
        rows = await tx.rows("select provider, kind from outrider.delivery_events")
    return [(row["provider"], row["kind"]) for row in rows]


@pytest.mark.parametrize("make", ["resend", "sendgrid", "mailgun", "postmark"])
async def test_a_signed_request_is_kept_once(outrider: Outrider, make: str) -> None:
    signed: Signed = getattr(webhooks_world, make)()
    address = expect(outrider, signed)
    async with client(outrider) as http:
        for _ in range(3):
            answer = await http.post(
                address, content=signed.request.body, headers=dict(signed.request.headers)
            )
            assert (answer.status_code, answer.content) == (202, b"")
    assert await events(outrider) == [(signed.provider, "bounced")]


@pytest.mark.parametrize("make", ["resend", "sendgrid", "mailgun", "postmark"])
async def test_another_body_another_secret_or_no_signature_is_401(
    outrider: Outrider, make: str
) -> None:
    signed: Signed = getattr(webhooks_world, make)()
    address, headers = expect(outrider, signed), dict(signed.request.headers)
    body = signed.request.body
    async with client(outrider) as http:
        answers = [await http.post(address, content=body)] if headers else []
        if make == "mailgun":  # its signature stands in the body, and covers only a part of it
            body = body.replace(b"token-1", b"token-2")
        elif make == "postmark":
            headers["authorization"] = "Basic b3V0cmlkZXI6d3Jvbmc="
        else:
            body = body.replace(b"5.1.1", b"2.0.0")
        answers.append(await http.post(address, content=body, headers=headers))
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json()["detail"] == "Not signed by the provider."
    assert await events(outrider) == []


async def test_an_old_request_is_not_read_again(outrider: Outrider, clock: VirtualClock) -> None:
    signed = webhooks_world.resend()
    address = expect(outrider, signed)
    await clock.sleep(timedelta(minutes=6))
    async with client(outrider) as http:
        answer = await http.post(
            address, content=signed.request.body, headers=dict(signed.request.headers)
        )
    assert answer.status_code == 401
    assert await events(outrider) == []


@pytest.mark.parametrize(
    "address",
    ["resend/other", "nobody/main", "resend/..%2f..%2fsecret", "resend/UPPER", "resend/a.b"],
)
async def test_where_no_secret_lies_nothing_is_expected(outrider: Outrider, address: str) -> None:
    signed = webhooks_world.resend()
    expect(outrider, signed)
    async with client(outrider) as http:
        answer = await http.post(
            f"/api/webhooks/{address}",
            content=signed.request.body,
            headers=dict(signed.request.headers),
        )
    assert answer.status_code == 404
    assert await events(outrider) == []


async def test_a_new_secret_counts_from_the_next_request_on(outrider: Outrider) -> None:
    signed = webhooks_world.mailgun()
    address = expect(outrider, signed)
    async with client(outrider) as http:
        assert (await http.post(address, content=signed.request.body)).status_code == 202
        (outrider.keys.folder / "webhook-mailgun-main").write_text("another")
        assert (await http.post(address, content=signed.request.body)).status_code == 401


async def test_graph_gets_its_token_back_as_plain_text(outrider: Outrider) -> None:
    address = expect(outrider, webhooks_world.graph())
    async with client(outrider) as http:
        answer = await http.post(f"{address}?validationToken=abc%20123")
    assert (answer.status_code, answer.text) == (200, "abc 123")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_body_beyond_the_bound_is_refused(outrider: Outrider) -> None:
    address = expect(outrider, webhooks_world.resend())
    async with client(outrider) as http:
        answer = await http.post(address, content=b"x" * 1_100_000)
    assert answer.status_code == 413
