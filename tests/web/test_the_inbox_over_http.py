"""Over HTTP the inbox gives each draft with its evidence, tries words without keeping them, and tells what happens."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from outrider.app.api import live, web
from outrider.app.api.entry import Caller
from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider, person_actor
from outrider.drafts import decide
from outrider.drafts.types import Draft
from outrider.kernel import access
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.access_world import bearer
from tests.conftest import add_person
from tests.review_world import fresh


@pytest.fixture
async def drafts(database: Database, workspace: WorkspaceId) -> list[Draft]:
    return await fresh(database, workspace, 4)


@pytest.fixture
async def http(outrider: Outrider, person: PersonId) -> AsyncIterator[httpx2.AsyncClient]:
    async with outrider.database.connection() as conn:
        token = await access.open_session(conn, person, outrider.clock.now())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=create_app(outrider)),
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {token}"},
    ) as opened:
        yield opened


async def listed(http: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await http.get("/api/inbox", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_page_ends_where_the_next_begins(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    numbers = sorted(draft.number for draft in drafts)
    first = await listed(http, limit=3)
    assert [line["number"] for line in first["items"]] == numbers[:3]
    assert (first["more"], first["waiting"]) == (True, 4)
    rest = await listed(http, limit=3, after=numbers[2])
    assert [line["number"] for line in rest["items"]] == numbers[3:]
    assert rest["more"] is False


async def test_a_draft_lies_on_one_shelf(http: httpx2.AsyncClient, drafts: list[Draft]) -> None:
    aside, rejected = drafts[0].number, drafts[1].number
    await http.post(f"/api/drafts/{aside}/snooze", json={"until": "tomorrow"})
    await http.post(f"/api/drafts/{rejected}/reject", json={"note": "shorter"})
    shelves = {
        shelf: [line["number"] for line in (await listed(http, shelf=shelf))["items"]]
        for shelf in ("waiting", "aside", "decided")
    }
    assert shelves["aside"] == [aside]
    assert shelves["decided"] == [rejected]
    assert set(shelves["waiting"]) == {draft.number for draft in drafts[2:]}


async def test_words_with_signs_of_patterns_find_only_themselves(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    assert len((await listed(http, q="harbor"))["items"]) == 4
    for words in ("%", "_", "\\", "nobody' or 'a'='a"):
        assert (await listed(http, q=words))["items"] == []


async def test_a_draft_comes_with_its_numbered_evidence_and_every_check(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    item = (await http.get(f"/api/inbox/{drafts[0].number}")).json()
    assert [one["n"] for one in item["evidence"]] == [1, 2]
    for one in item["evidence"]:
        assert one["span"] in item["body"]
        assert one["quote"]
        assert one["retrieved_at"]
    names = [check["name"] for check in item["checks"]]
    assert len(names) == len(set(names)) == 9
    assert item["can"]["approve"] == {"allowed": True, "why_not": None}
    assert item["planned"]["zone"]
    assert item["person"]["suppressed"] is None


async def test_fetching_a_draft_is_not_looking_at_it(
    http: httpx2.AsyncClient, drafts: list[Draft], outrider: Outrider
) -> None:
    async def looks() -> int:
        async with outrider.begin()() as tx:
            return len(await tx.rows("select 1 from outrider.looks"))

    number = drafts[0].number
    await http.get(f"/api/inbox/{number}")
    assert await looks() == 0
    assert (await http.post(f"/api/inbox/{number}/look")).status_code == 204
    assert await looks() == 1


async def test_other_words_are_checked_and_forgotten(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    before = (await http.get(f"/api/inbox/{number}")).json()
    words = {"subject": before["subject"], "body": before["body"]}
    same = (await http.post(f"/api/inbox/{number}/check", json=words)).json()
    assert same["blocks"] == 0
    wrong = {**words, "body": words["body"] + "\n\nYou lost $9.9 billion last year."}
    tried = (await http.post(f"/api/inbox/{number}/check", json=wrong)).json()
    assert tried["blocks"] > 0
    claims = next(check for check in tried["checks"] if check["name"] == "claims")
    assert claims["state"] == "block"
    after = (await http.get(f"/api/inbox/{number}")).json()
    assert (after["content_hash"], after["versions"]) == (
        before["content_hash"],
        before["versions"],
    )
    empty = await http.post(f"/api/inbox/{number}/check", json={**words, "body": " "})
    assert empty.status_code == 400
    assert empty.json()["detail"].startswith("The body is empty")


EVIL = '<p>Hi</p><img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:alert(1)">x</a>'


async def test_words_in_form_are_tried_told_and_kept_as_the_server_composes_them(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    before = (await http.get(f"/api/inbox/{number}")).json()
    assert before["rich"] is None
    paragraphs = "".join(f"<p>{one}</p>" for one in before["body"].split("\n\n"))
    plain = {"subject": before["subject"], "html": paragraphs}
    same = (await http.post(f"/api/inbox/{number}/check", json=plain)).json()
    assert (same["body"], same["rich"], same["left_out"]) == (before["body"], None, [])
    words = {**plain, "html": paragraphs.replace("<p>", "<p><b>So</b> ", 1) + EVIL}
    tried = (await http.post(f"/api/inbox/{number}/check", json=words)).json()
    assert tried["rich"].startswith("<p><strong>So</strong> ")
    assert tried["left_out"] == [
        "<script>",
        "links that are no web or mail address",
        "pictures",
    ]
    edited = await http.post(f"/api/drafts/{number}/edit", json=words)
    assert edited.status_code == 200, edited.text
    made = edited.json()
    assert (made["rich"], made["body"]) == (tried["rich"], tried["body"])
    page = (await http.get(f"/api/inbox/{made['number']}/mail")).text
    assert "<strong>So</strong>" in page
    for part in (page, made["rich"], made["html"]):
        assert not re.search(r"alert|onerror|<script|<img|javascript", part)
    shown = (await http.get(f"/api/inbox/{made['number']}")).json()
    assert [one["has_other_form"] for one in shown["versions"]] == [True, False]


async def test_a_body_comes_as_text_or_as_html(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    both = {"subject": "Lease terms", "body": "Hi", "html": "<p>Hi</p>"}
    for path in (f"/api/inbox/{number}/check", f"/api/drafts/{number}/edit"):
        answer = await http.post(path, json=both)
        assert answer.status_code == 400
        assert "body or html" in answer.text


async def test_the_mail_is_framed_by_our_page_alone_and_runs_nothing(
    http: httpx2.AsyncClient, drafts: list[Draft]
) -> None:
    answer = await http.get(f"/api/inbox/{drafts[0].number}/mail")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_viewer_cannot_lift_what_others_halted(
    http: httpx2.AsyncClient, outrider: Outrider
) -> None:
    halted = await http.post("/api/switches", json={"is_on": True, "reason": "drill"})
    assert halted.json()["halted"] is True
    assert halted.json()["items"][0]["by"] == "Ann Reed"
    viewer = await add_person(
        outrider.database, outrider.workspace, "Vic", "vic@b.example", "viewer"
    )
    async with outrider.database.connection() as conn:
        token = await access.open_session(conn, viewer, outrider.clock.now())
    http.headers["Authorization"] = f"Bearer {token}"
    for is_on in (True, False):
        refused = await http.post("/api/switches", json={"is_on": is_on, "reason": "x"})
        assert refused.status_code == 403
    seen = (await http.get("/api/switches")).json()
    assert (seen["halted"], seen["may_halt"], seen["may_lift"]) == (True, False, False)


async def test_an_approver_may_halt_but_not_lift(http: httpx2.AsyncClient) -> None:
    assert (
        await http.post("/api/switches", json={"is_on": True, "reason": "x"})
    ).status_code == 200
    refused = await http.post("/api/switches", json={"is_on": False, "reason": "x"})
    assert refused.status_code == 403
    assert (await http.get("/api/switches")).json()["halted"] is True


async def test_what_others_decide_is_told_within_a_second_and_only_by_name(
    outrider: Outrider, person: PersonId, drafts: list[Draft]
) -> None:
    """The stream itself; an in-process client gives a body only when it is whole."""
    member = await outrider.person(None)
    headers = await bearer(outrider, member)
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/api/live",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "app": create_app(outrider),
        }
    )
    stream = live._events(request, Caller(outrider, member))
    told: list[str] = []
    async with asyncio.timeout(60):
        while not any("ready" in line for line in told):
            told.append(await anext(stream))
        draft = drafts[0]
        async with outrider.begin(person_actor(member))() as tx:
            await decide.approve(tx, draft.id, member.person_id, draft.content_hash)
        while not any("drafts.approve" in line for line in told):
            told.append(await anext(stream))
        request.app.state.is_ending = True
        async for _ in stream:
            pass
    [event] = [line for line in told if "drafts.approve" in line]
    kind, data = event.strip().split("\n")
    assert kind == "event: change"
    assert json.loads(data.removeprefix("data: ")).keys() == {"action", "subject", "at"}


async def test_an_address_that_is_no_page_is_not_answered_with_one(
    http: httpx2.AsyncClient,
) -> None:
    for path in ("/api/inbx", "/inbox/x", "/inbox/1/2", "/admin", "/assets/", "/assets/none.js"):
        assert (await http.get(path)).status_code == 404, path
    for path in ("/", "/inbox", "/inbox/12", "/login", "/audit"):
        assert (await http.get(path)).status_code == 200, path
        assert (await http.post(path)).status_code == 405, path


async def test_no_name_leads_out_of_the_built_files(http: httpx2.AsyncClient) -> None:
    for name in ("..%2Findex.html", "..%2f..%2fapi%2fweb.py", "%2e%2e", "web.py", ".gitignore"):
        assert (await http.get(f"/assets/{name}")).status_code == 404, name


async def test_without_the_built_files_the_first_page_says_how_to_build_them(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(web, "FOLDER", tmp_path)
    page = (await http.get("/")).text
    assert "The web app is not built" in page
    assert "sh scripts/web.sh" in page


async def test_built_files_are_kept_for_ever_and_the_page_is_not(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets" / "index-a1.js").write_text("1")
    monkeypatch.setattr(web, "FOLDER", tmp_path)
    page = await http.get("/inbox/3")
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    asset = await http.get("/assets/index-a1.js")
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-type"].startswith("text/javascript")
