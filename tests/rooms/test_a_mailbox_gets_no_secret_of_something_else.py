"""Whoever adds a mailbox chooses its server, so no secret of something else is shown to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.sending import mailboxes
from outrider.sending.types import MailboxForm
from tests.access_world import signed_in

MAILBOXES = "/api/sending/mailboxes"
FORM: dict[str, Any] = {
    "name": "Ann Reed",
    "postal_address": "1 Main St, Springfield",
    "booking_link": "https://brand.example/book",
    "smtp": "mail.provider.example:587",
    "smtp_user": "ann",
}
MODELS = """
[models.strong]
vendor = "anthropic"
name = "claude-sonnet-4-5"
key_file = "models.secret"
price = { input = 3, output = 15 }

[tiers]
heavy = ["strong"]
mid = ["strong"]
light = ["strong"]
"""


@pytest.fixture
def outrider(outrider: Outrider, home: Path) -> Outrider:
    (home / "keys").mkdir(parents=True, exist_ok=True)
    return outrider


@pytest.fixture
async def manager(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "campaign_manager") as http:
        yield http


async def add(http: httpx2.AsyncClient, name: str, secret: str, **more: Any) -> httpx2.Response:
    form = {**FORM, "address": f"{name}@try-brand.example", "secret_file": secret, **more}
    return await http.post(MAILBOXES, json=form)


def put(outrider: Outrider, *names: str) -> None:
    for name in names:
        (outrider.settings.home / "keys" / name).write_text("hunter2\n")


async def test_a_secret_for_this_mailbox_alone_is_taken(
    manager: httpx2.AsyncClient, outrider: Outrider
) -> None:
    put(outrider, "ann.secret")
    told = await add(manager, "ann", "ann.secret")
    assert told.status_code == 201, told.text
    # The same account at the same server may serve a second mailbox.
    assert (await add(manager, "bob", "ann.secret")).status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        "vault-token",
        "models.secret",
        "twilio.json",
        "webhook-ses-x",
        "slack_bot_token",
        "master.key",
    ],
)
async def test_a_secret_of_something_else_is_refused(
    manager: httpx2.AsyncClient, outrider: Outrider, name: str
) -> None:
    put(outrider, name)
    (outrider.settings.home / "models.toml").write_text(MODELS)
    told = await add(manager, "ann", name)
    assert told.status_code == 403, told.text
    assert "something else" in told.json()["detail"]
    assert "hunter2" not in told.text
    listed = (await manager.get("/api/sending")).json()
    assert "ann@try-brand.example" not in str(listed)


async def test_another_mailboxs_password_is_shown_to_no_other_server(
    manager: httpx2.AsyncClient, outrider: Outrider, clock: VirtualClock
) -> None:
    put(outrider, "ann.secret", "their.secret", "dkim.pem")
    assert (await add(manager, "ann", "ann.secret")).status_code == 201
    elsewhere = {"smtp": "mail.evil.example:587"}
    assert (await add(manager, "eve", "ann.secret", **elsewhere)).status_code == 403
    async with outrider.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", clock.now())
    async with outrider.within(other).begin()() as tx:
        form = {**FORM, "address": "kim@other.example", "smtp_password_file": "their.secret"}
        signs = {"dkim_selector": "o1", "dkim_key_file": "dkim.pem"}
        await mailboxes.add(tx, MailboxForm.model_validate({**form, **signs}))
    assert (await add(manager, "eve", "their.secret", **elsewhere)).status_code == 403
    assert (await add(manager, "eve", "dkim.pem", **elsewhere)).status_code == 403
