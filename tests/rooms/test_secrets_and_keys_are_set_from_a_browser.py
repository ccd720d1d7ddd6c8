"""Over HTTP one hands over secrets, makes DKIM keys, lays mail out and says what a campaign is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outrider.app.slack import people as in_slack
from outrider.app.wiring import Outrider
from outrider.drafts import decide
from outrider.drafts.types import DraftStatus
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import OutriderError
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.given import Given
from outrider.kernel.secrets.masters import FileMaster, Masters
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.settings import load
from outrider.vendors.mail_webhooks.choose import SECRETS
from tests.access_world import bearer, client, somebody
from tests.drafts_world import build, offline_draft

SECRET = "hunter2-and-then-some"
ADDRESS = "ann@try-brand.example"
BOX = f"/api/sending/mailboxes/{ADDRESS}"
FORM: dict[str, Any] = {
    "address": ADDRESS,
    "name": "Ann Reed",
    "postal_address": "1 Main St, Springfield",
    "booking_link": "https://brand.example/book",
}
MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>{{body}}</mj-text>"
    "<mj-text>{{footer}}</mj-text></mj-column></mj-section></mj-body></mjml>"
)


@pytest.fixture
def outrider(
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
) -> Outrider:
    (home / "keys").mkdir(parents=True, exist_ok=True)
    given = Given(Ring(Masters(FileMaster(keys)), SystemClock()))
    settings = load(home=home, public_url="https://outrider.brand.example")
    return Outrider(settings, clock, database, objects, keys, workspace, "test", given)


@pytest.fixture
async def admin(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    member = await somebody(outrider, "admin")
    async with client(outrider) as opened:
        opened.headers.update(await bearer(outrider, member))
        yield opened


@pytest.fixture
async def manager(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    member = await somebody(outrider, "campaign_manager", "Max Hall")
    async with client(outrider) as opened:
        opened.headers.update(await bearer(outrider, member))
        yield opened


async def done(answer: httpx2.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def everything(outrider: Outrider) -> str:
    """What the log and the kept answers hold."""
    async with outrider.begin()() as tx:
        events = await tx.rows("select action, body::text as body from outrider.audit_events")
        kept = await tx.rows("select * from outrider.idempotency_keys")
        return str([dict(one) for one in (*events, *kept)])


async def test_a_secret_counts_and_is_never_shown_again(
    outrider: Outrider, admin: httpx2.AsyncClient
) -> None:
    answer = await admin.put("/api/secrets/slack_bot_token", json={"secret": SECRET})
    (item,) = (await done(answer))["items"]
    assert (item["name"], item["kept"]) == ("slack_bot_token", "workspace")
    assert item["used_for"] == "Slack: posts and answers"
    assert SECRET not in answer.text
    assert outrider.secret_setting("slack_bot_token") == SECRET
    assert SECRET not in (await admin.get("/api/secrets")).text
    assert "secrets.set" in await everything(outrider)
    assert SECRET not in await everything(outrider)
    again = await done(await admin.post("/api/secrets/rotate"))
    assert again == {"secrets": 1}
    assert outrider.secret_setting("slack_bot_token") == SECRET
    left = await done(await admin.delete("/api/secrets/slack_bot_token"))
    assert left["items"] == []
    assert outrider.secret_setting("slack_bot_token") is None
    assert (await admin.delete("/api/secrets/slack_bot_token")).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("audit-seal.key", {"secret": SECRET}, "Outrider's own"),
        ("two%20words", {"secret": SECRET}, "cannot be used"),
        ("webhook-resend-main", {"secret": "  "}, "empty"),
        ("webhook-resend-main", {}, "secret"),
        ("webhook-resend-main", {"secret": SECRET, "machine": True}, "machine"),
    ],
)
async def test_what_is_no_secret_is_refused_in_a_sentence_that_does_not_show_it(
    admin: httpx2.AsyncClient, name: str, body: dict[str, Any], word: str
) -> None:
    answer = await admin.put(f"/api/secrets/{name}", json=body)
    assert answer.status_code == 400, answer.text
    assert word in answer.json()["detail"]
    assert SECRET not in answer.text


async def test_names_in_the_keys_folder_are_for_those_who_set_secrets(
    outrider: Outrider, admin: httpx2.AsyncClient
) -> None:
    keys = outrider.settings.home / "keys"
    for name in ("smtp-zoe-of-elsewhere", "person-keys-replaced.key"):
        (keys / name).write_text("x")
    reader = await somebody(outrider, "compliance", "Cora Pell")
    async with client(outrider) as http:
        http.headers.update(await bearer(outrider, reader))
        for path in ("/api/settings", "/api/secrets"):
            told = (await http.get(path)).text
            assert "elsewhere" not in told
            assert "replaced" not in told
    settings = await done(await admin.get("/api/settings"))
    assert settings["secrets"] >= 2
    named = {one["name"] for one in (await done(await admin.get("/api/secrets")))["items"]}
    assert "smtp-zoe-of-elsewhere" in named
    assert "person-keys-replaced.key" not in named


async def test_compliance_sees_names_and_sets_nothing(outrider: Outrider) -> None:
    member = await somebody(outrider, "compliance", "Cora Pell")
    async with client(outrider) as http:
        http.headers.update(await bearer(outrider, member))
        assert (await http.get("/api/secrets")).status_code == 200
        assert (await http.put("/api/secrets/x", json={"secret": "y"})).status_code == 403
        assert (await http.post("/api/secrets/rotate")).status_code == 403


async def test_a_webhooks_address_is_told_and_its_secret_opens_it(
    outrider: Outrider, admin: httpx2.AsyncClient
) -> None:
    before = await admin.post("/api/webhooks/sendgrid/main", content=b"[]")
    assert before.status_code == 404
    found = await done(
        await admin.put("/api/secrets/webhook-sendgrid-main", json={"secret": "MFk="})
    )
    (hook,) = found["webhooks"]
    assert hook["address"] == "https://outrider.brand.example/api/webhooks/sendgrid/main"
    assert {one["name"] for one in found["providers"]} == set(SECRETS)
    after = await admin.post("/api/webhooks/sendgrid/main", content=b"[]")
    assert after.status_code != 404


async def test_a_mailbox_gets_its_password_without_a_file(
    outrider: Outrider, manager: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    name = (await done(await manager.put(f"{BOX}/secret", json={"secret": SECRET})))["name"]
    wanted = {**FORM, "smtp": "mail.provider.example:587", "smtp_user": "ann", "secret_file": name}
    box = await done(await manager.post("/api/sending/mailboxes", json=wanted), 201)
    assert (box["server"], box["user"], box["secret"]) == ("mail.provider.example:587", "ann", name)
    assert outrider.handed(name) == SECRET.encode()
    # Another server would be told the password that was meant for this one.
    way = {"smtp": "evil.example:587", "smtp_user": "ann", "secret_file": name}
    moved = await admin.patch(BOX, json={"way": way, "reason": "It moves"})
    assert moved.status_code == 403
    assert "for something else" in moved.json()["detail"]
    await done(await manager.put(f"{BOX}/secret", json={"secret": "of the new server"}))
    there = {**way, "smtp": "new.provider.example:587"}
    box = await done(await manager.patch(BOX, json={"way": there, "reason": "It moves"}))
    assert box["server"] == "new.provider.example:587"
    away = await manager.patch(
        BOX, json={"way": {"transport": "maildir"}, "reason": "Nothing leaves"}
    )
    assert (await done(away))["transport"] == "maildir"
    resend = {"transport": "resend", "secret_file": name}
    assert (await done(await manager.patch(BOX, json={"way": resend, "reason": "By HTTP"})))[
        "transport"
    ] == "resend"
    assert SECRET not in await everything(outrider)


async def test_a_password_that_another_typed_is_told_to_no_new_server_by_a_detour(
    outrider: Outrider, manager: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    name = (await done(await admin.put(f"{BOX}/secret", json={"secret": SECRET})))["name"]
    home = {"smtp": "mail.provider.example:587", "smtp_user": "ann", "secret_file": name}
    first = await manager.post("/api/sending/mailboxes", json={**FORM, **home})
    assert first.status_code == 403
    await done(await admin.post("/api/sending/mailboxes", json={**FORM, **home}), 201)
    await done(await manager.patch(BOX, json={"way": home, "reason": "As it is"}))
    nowhere = {"way": {"transport": "maildir"}, "reason": "Nothing leaves"}
    await done(await manager.patch(BOX, json=nowhere))
    evil = {**home, "smtp": "evil.example:587"}
    answer = await manager.patch(BOX, json={"way": evil, "reason": "It moves"})
    assert answer.status_code == 403
    assert "type it again" in answer.json()["detail"]
    # Whoever types it anew tells nobody what they did not know.
    await done(await manager.put(f"{BOX}/secret", json={"secret": "the new one"}))
    moved = await done(await manager.patch(BOX, json={"way": evil, "reason": "It moves"}))
    assert moved["server"] == "evil.example:587"


async def test_a_colleagues_password_that_is_not_used_yet_is_told_to_no_server(
    manager: httpx2.AsyncClient,
) -> None:
    name = (await done(await manager.put(f"{BOX}/secret", json={"secret": SECRET})))["name"]
    mine = {"address": "eve@try-brand.example", "smtp": "evil.example:587", "smtp_user": "eve"}
    answer = await manager.post(
        "/api/sending/mailboxes", json={**FORM, **mine, "secret_file": name}
    )
    assert answer.status_code == 403
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    await done(await manager.put(f"{BOX}/dkim/o1", json={}))
    answer = await manager.post(
        "/api/sending/mailboxes",
        json={**FORM, **mine, "secret_file": "dkim-try-brand.example-o1.pem"},
    )
    assert answer.status_code == 403


async def test_a_key_signs_only_after_somebody_says_that_its_record_is_there(
    outrider: Outrider, manager: httpx2.AsyncClient
) -> None:
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    assert (await manager.post(f"{BOX}/dkim/o1/use")).status_code == 404
    made = await manager.put(f"{BOX}/dkim/o1", json={})
    (key,) = (await done(made))["items"]
    assert (key["selector"], key["algorithm"], key["is_used"]) == ("o1", "rsa-sha256", False)
    assert key["name"] == "o1._domainkey.try-brand.example"
    assert key["value"].startswith("v=DKIM1; k=rsa; p=MII")
    assert "PRIVATE" not in made.text
    assert (await done(await manager.get(BOX)))["dkim"] == []
    assert (await manager.put(f"{BOX}/dkim/o1", json={})).status_code == 409
    (used,) = (await done(await manager.post(f"{BOX}/dkim/o1/use")))["items"]
    assert used == {**key, "is_used": True}
    box = await done(await manager.get(BOX))
    assert box["records"] == [{"name": key["name"], "type": "TXT", "value": key["value"]}]
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    await done(await manager.put(f"{BOX}/dkim/e1", json={"pem": pem.decode()}))
    both = (await done(await manager.post(f"{BOX}/dkim/e1/use")))["items"]
    assert [one["algorithm"] for one in both] == ["rsa-sha256", "ed25519-sha256"]
    left = (await done(await manager.delete(f"{BOX}/dkim")))["items"]
    assert [one["is_used"] for one in left] == [False, False]


async def test_a_secret_of_the_keys_folder_is_not_freed_from_a_browser(
    outrider: Outrider, manager: httpx2.AsyncClient, home: Path
) -> None:
    (home / "keys" / "relay").write_text(SECRET)
    way = {"smtp": "mail.provider.example:587", "smtp_user": "ann", "secret_file": "relay"}
    await done(await manager.post("/api/sending/mailboxes", json={**FORM, **way}), 201)
    for other in ({"transport": "maildir"}, {**way, "smtp": "evil.example:587"}):
        answer = await manager.patch(BOX, json={"way": other, "reason": "It moves"})
        assert answer.status_code == 403
    assert (await done(await manager.get(BOX)))["secret"] == "relay"


async def test_a_key_file_of_this_machine_signs_for_no_mailbox_of_a_browser(
    outrider: Outrider, manager: httpx2.AsyncClient, home: Path
) -> None:
    pem = rsa.generate_private_key(public_exponent=65_537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (home / "keys" / "dkim-try-brand.example-o1.pem").write_bytes(pem)
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    # It may be another workspace's: a mailbox at its domain would sign as that one does.
    answer = await manager.post(f"{BOX}/dkim/o1/use")
    assert answer.status_code == 404
    assert (await done(await manager.get(BOX)))["dkim"] == []


async def test_no_key_is_refused_with_what_it_is(manager: httpx2.AsyncClient) -> None:
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    answer = await manager.put(f"{BOX}/dkim/o1", json={"pem": "no key at all"})
    assert answer.status_code == 400
    assert "cannot be read" in answer.json()["detail"]
    assert (await manager.put(f"{BOX}/dkim/o.1", json={})).status_code == 400


async def test_a_key_that_signs_is_never_written_over(admin: httpx2.AsyncClient) -> None:
    name = "dkim-try-brand.example-o1.pem"
    answer = await admin.put(f"/api/secrets/{name}", json={"secret": SECRET})
    assert answer.status_code == 422
    assert "selector of its own" in answer.json()["detail"]


async def test_a_layout_is_tried_set_and_taken_away(manager: httpx2.AsyncClient) -> None:
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    first = await done(await manager.get(f"{BOX}/layout"))
    assert first["is_own"] is False
    assert "<mjml>" in first["mjml"]
    tried = await done(await manager.post(f"{BOX}/layout/preview", json={"mjml": MJML}))
    assert "Hi Dana" in tried["html"]
    assert (await done(await manager.get(f"{BOX}/layout")))["is_own"] is False
    own = await done(await manager.put(f"{BOX}/layout", json={"mjml": MJML}))
    assert (own["is_own"], own["mjml"]) == (True, MJML)
    assert (await done(await manager.get(BOX)))["has_layout"] is True
    bad = MJML.replace("{{body}}", "<script>alert(1)</script>{{body}}")
    answer = await manager.put(f"{BOX}/layout", json={"mjml": bad})
    assert answer.status_code == 400
    assert (await done(await manager.delete(f"{BOX}/layout")))["is_own"] is False


async def test_a_campaign_gets_mailboxes_of_its_own(
    outrider: Outrider, manager: httpx2.AsyncClient
) -> None:
    async with outrider.begin()() as tx:
        world = await build(tx)
    place = f"/api/campaigns/{world.campaign.id}/mailboxes"
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    first = await done(await manager.get(place))
    assert first["items"] == []
    assert ADDRESS in first["others"]
    wanted = {"mailboxes": [ADDRESS], "rotation": "even"}
    now = await done(await manager.put(place, json=wanted))
    assert [(one["address"], one["of_next_100"]) for one in now["items"]] == [(ADDRESS, 100)]
    assert now["rotation"] == "even"
    answer = await manager.put(place, json={"mailboxes": ["nobody@try-brand.example"]})
    assert answer.status_code == 404
    twice = await manager.put(place, json={"mailboxes": [ADDRESS, ADDRESS.upper()]})
    assert twice.status_code == 400
    assert (await done(await manager.put(place, json={"mailboxes": []})))["items"] == []


async def test_under_another_brand_nothing_leaves_that_was_approved_before(
    outrider: Outrider, manager: httpx2.AsyncClient
) -> None:
    approver = await somebody(outrider, "approver", "Ari Bold")
    async with outrider.begin()() as tx:
        world = await build(tx)
        draft = await offline_draft(tx, world)
    place = f"/api/campaigns/{world.campaign.id}"
    changed = await done(
        await manager.patch(place, json={"brand": "Other Ledger", "competitor": "Rival Inc"})
    )
    assert changed["campaign"]["brand"] == "Other Ledger"
    assert changed["campaign"]["competitor"] == "Rival Inc"
    with pytest.raises(OutriderError):
        async with outrider.begin()() as tx:
            await decide.approve(tx, draft.id, approver.person_id)
    gone = await done(await manager.patch(place, json={"competitor": None}))
    assert gone["campaign"]["competitor"] is None
    assert gone["campaign"]["brand"] == "Other Ledger"
    assert (await manager.patch(place, json={"brand": " "})).status_code == 400
    events = await everything(outrider)
    assert "campaigns.revise" in events
    assert "Other Ledger" not in events
    async with outrider.begin()() as tx:
        rows = await tx.rows("select status from outrider.drafts")
    assert {one["status"] for one in rows} == {str(DraftStatus.PENDING)}


async def test_a_domain_is_released_with_a_reason(manager: httpx2.AsyncClient) -> None:
    await done(await manager.post("/api/sending/mailboxes", json=FORM), 201)
    (domain,) = (await done(await manager.get("/api/sending/domains")))["items"]
    assert (domain["name"], domain["band"]) == ("try-brand.example", "good")
    place = "/api/sending/domains/try-brand.example/release"
    assert (await manager.post(place, json={"reason": "ask ann@brand.example"})).status_code == 400
    answer = await manager.post(place, json={"reason": "DKIM is mended"})
    assert answer.status_code in (200, 409), answer.text


async def test_only_an_admin_says_who_somebody_is_in_slack(
    outrider: Outrider, admin: httpx2.AsyncClient, manager: httpx2.AsyncClient
) -> None:
    approver = await somebody(outrider, "approver", "Ari Bold")
    place = f"/api/people/{approver.person_id}/slack"
    assert (await manager.put(place, json={"slack_user": "U012AB3CD"})).status_code == 403
    assert (await admin.put(place, json={"slack_user": "ari"})).status_code == 400
    assert (await admin.put(place, json={"slack_user": "U012AB3CD"})).status_code == 204
    async with outrider.begin()() as tx:
        found = await in_slack.behind(tx, "U012AB3CD")
    assert found is not None
    assert found.person_id == approver.person_id
