"""The company's own login: whoever it vouches for and was invited is in; nobody else, by no detour.

The provider is `oidc-provider` for Node, in a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from sqlalchemy import URL

from outrider.app.api.entry import COOKIE
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access import invitations
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.access_world import client, somebody
from tests.oracles import oidc_provider

OURS = "http://127.0.0.1:8460"
BACK = f"{OURS}/api/login/oidc/callback"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider(Path(__file__).parent.parent / "oidc_provider.mjs", BACK) as url:
        yield url


@pytest.fixture
def clock() -> VirtualClock:
    """The provider lives in the present, so we do."""
    return VirtualClock(SystemClock().now())


@pytest.fixture
def outrider(
    issuer: str,
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
    owner_url: URL,
) -> Outrider:
    settings = load(
        home=home,
        oidc_issuer=issuer,
        oidc_client_id="outrider",
        oidc_client_secret="a secret of the company",
    )
    return Outrider(settings, clock, database, objects, keys, workspace, "test")


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(outrider) as opened:
        opened.base_url = OURS
        yield opened


async def at_the_company(start: str, account: str) -> str:
    """Log in at the provider and agree, as its own pages ask; returns where it sends the browser."""
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as browser:
        where = start
        for _ in range(12):
            answer = await browser.get(where)
            while answer.is_redirect:
                where = str(answer.next_request.url) if answer.next_request else ""
                if where.startswith(OURS):
                    return where
                answer = await browser.get(where)
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert action is not None, answer.text[:500]
            assert prompt is not None, answer.text[:500]
            answer = await browser.post(
                action[1], data={"prompt": prompt[1], "login": account, "password": "x"}
            )
            assert answer.is_redirect, answer.text[:500]
            assert answer.next_request is not None
            where = str(answer.next_request.url)
            if where.startswith(OURS):
                return where
    raise AssertionError("the provider never sent the browser back")


async def sign_on(http: httpx2.AsyncClient, account: str) -> httpx2.Response:
    began = await http.get("/api/login/oidc")
    assert began.status_code == 303, began.text
    return await http.get(await at_the_company(began.headers["location"], account))


async def invited(outrider: Outrider, email: str, role: str = "approver") -> None:
    async with outrider.begin()() as tx:
        await invitations.invite(tx, None, email, role)


async def test_an_invited_person_is_in_and_known_again(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    await invited(outrider, "kim@brand.example")
    answer = await sign_on(http, "kim")
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    me = (await http.get("/api/me")).json()
    assert me["person"]["email"] == "kim@brand.example"
    assert (me["role"], me["has_password"]) == ("approver", False)
    http.cookies.clear()
    assert (await sign_on(http, "kim")).status_code == 303
    again = (await http.get("/api/me")).json()
    assert again["person"]["id"] == me["person"]["id"]


async def test_nobody_is_in_who_was_not_invited(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    answer = await sign_on(http, "stranger")
    assert answer.status_code == 403
    assert "not invited" in answer.text
    assert COOKIE not in http.cookies
    async with outrider.begin()() as tx:
        assert await access.members(tx) == []


async def test_an_address_that_the_company_has_not_verified_counts_for_nothing(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    await invited(outrider, "kim@brand.example")
    answer = await sign_on(http, "unproved-kim")
    assert answer.status_code == 403
    assert "verified" in answer.text


async def test_a_member_is_not_taken_over_by_the_same_address_elsewhere(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    member = await somebody(outrider, "admin")
    assert (await sign_on(http, "kim")).status_code == 403
    async with outrider.begin()() as tx:
        await invitations.password_link(tx, None, member)
    assert (await sign_on(http, "kim")).status_code == 303
    assert (await http.get("/api/me")).json()["person"]["id"] == str(member.person_id)


async def test_whoever_was_removed_is_out_here_too(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    await invited(outrider, "kim@brand.example")
    await sign_on(http, "kim")
    async with outrider.begin()() as tx:
        found = await access.by_email(tx, "kim@brand.example")
        assert found is not None
        await access.remove_member(tx, found.person_id)
    assert (await http.get("/api/me")).status_code == 401
    assert (await sign_on(http, "kim")).status_code == 403


async def test_an_answer_for_another_browser_or_a_used_one_is_refused(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    await invited(outrider, "kim@brand.example")
    began = await http.get("/api/login/oidc")
    back = await at_the_company(began.headers["location"], "kim")
    async with client(outrider) as another:
        another.base_url = OURS
        assert (await another.get(back)).status_code == 403
        await another.get("/api/login/oidc")
        # A login that somebody else began, sent to this browser.
        assert (await another.get(back)).status_code == 403
    forged = f"{BACK}?{urlencode({'code': 'made up', 'state': 'made up'})}"
    kept = dict(http.cookies)
    assert (await http.get(forged)).status_code == 403
    http.cookies.update(kept)
    state = parse_qs(urlsplit(back).query)["state"][0]
    wrong = f"{BACK}?{urlencode({'code': 'made up', 'state': state})}"
    assert (await http.get(wrong)).status_code == 403
    http.cookies.update(kept)
    mixed = f"{BACK}?{urlsplit(back).query.split('&iss=')[0]}&iss=https://other.example"
    assert (await http.get(mixed)).status_code == 403
    http.cookies.update(kept)
    assert (await http.get(back)).status_code == 303
    http.cookies.update(kept)
    assert (await http.get(back)).status_code == 403


async def test_a_login_that_took_too_long_is_begun_again(
    outrider: Outrider, http: httpx2.AsyncClient, clock: VirtualClock
) -> None:
    from outrider.app.api.sign_on import BACK_WITHIN

    await invited(outrider, "kim@brand.example")
    began = await http.get("/api/login/oidc")
    back = await at_the_company(began.headers["location"], "kim")
    clock.advance(BACK_WITHIN * 1.1)
    assert (await http.get(back)).status_code == 403


def test_a_login_without_tls_is_refused(home: Path, outrider: Outrider) -> None:
    from outrider.vendors.openid import OpenId

    with pytest.raises(InvalidSetting, match="https"):
        OpenId("http://login.brand.example", ("outrider", None), outrider.clock)


async def test_a_state_of_foreign_letters_is_refused_like_any_other(
    http: httpx2.AsyncClient,
) -> None:
    await http.get("/api/login/oidc")
    answer = await http.get("/api/login/oidc/callback?code=x&state=%C3%A9")
    assert answer.status_code == 403
    assert "another browser" in answer.text
