"""A login opens a session, tells nothing about who is known, and cannot be tried without end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import perf_counter

import pytest

from outrider.app.api.entry import COOKIE
from outrider.app.wiring import Outrider
from outrider.kernel.access import limits, passwords
from outrider.kernel.access.passwords import Passwords, usable
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidInput, TooManyTries
from tests.access_world import PASSWORD, bearer, client, login, somebody

KIM = "kim@brand.example"


async def test_a_login_says_who_one_is_and_what_one_may(outrider: Outrider) -> None:
    member = await somebody(outrider, "approver")
    async with client(outrider) as http:
        answer = await login(http, "  KIM@brand.example ")
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].lower()
        for flag in ("httponly", "samesite=lax", "path=/", "max-age=604800"):
            assert flag in cookie
        told = (await http.get("/api/me")).json()
    assert told == answer.json()
    assert told["person"] == {
        "id": str(member.person_id),
        "name": "Kim Lee",
        "email": KIM,
    }
    assert told["role"] == "approver"
    assert "drafts.decide" in told["permissions"]
    assert "people.manage" not in told["permissions"]
    assert told["workspace"] == {"id": str(outrider.workspace), "name": "default"}


async def test_off_this_machine_the_cookie_goes_over_tls_alone(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        here = await login(http, KIM)
        http.base_url = "http://outrider.brand.example"
        elsewhere = await login(http, KIM)
    assert "secure" not in here.headers["set-cookie"].lower()
    assert "secure" in elsewhere.headers["set-cookie"].lower()


async def test_a_login_ends_the_session_that_the_browser_had(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        await login(http, KIM)
        first = http.cookies[COOKIE]
        await login(http, KIM)
        assert http.cookies[COOKIE] != first
        http.cookies.clear()
        stolen = await http.get("/api/me", headers={"Authorization": f"Bearer {first}"})
    assert stolen.status_code == 401


async def test_nothing_tells_whether_an_address_is_known(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    took: dict[str, list[float]] = {KIM: [], "nobody@brand.example": []}
    async with client(outrider) as http:
        await login(http, KIM)
        said = set()
        for _ in range(4):
            for email, times in took.items():
                began = perf_counter()
                answer = await login(http, email, "not the password")
                times.append(perf_counter() - began)
                assert answer.status_code == 401
                said.add(answer.text)
    assert len(said) == 1
    # Without the same work the unknown one would take a hundredth of the time.
    assert min(took["nobody@brand.example"]) > min(took[KIM]) / 3


async def test_an_account_is_not_tried_without_end(outrider: Outrider, clock: VirtualClock) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        for _ in range(limits.PER_ACCOUNT):
            assert (await login(http, KIM, "wrong one here")).status_code == 401
        for password in ("wrong one here", PASSWORD):
            refused = await login(http, KIM, password)
            assert refused.status_code == 429
            assert refused.json()["code"] == "too_many_tries"
            assert 0 < int(refused.headers["retry-after"]) <= 900
        assert (await login(http, "other@brand.example", "x")).status_code == 401
        clock.advance(limits.WINDOW + timedelta(seconds=1))
        assert (await login(http, KIM)).status_code == 200
    async with outrider.begin()() as tx:
        told = await tx.rows(
            "select subject from outrider.audit_events where action = 'access.login_limit_reached'"
        )
    assert len(told) == 1


async def test_a_network_is_not_let_to_try_many_accounts(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    secret = outrider.keys.key("login-limits")
    async with outrider.database.connection() as conn:
        for number in range(limits.PER_NETWORK):
            both = limits.limits_for(secret, f"a{number}@x.example", "2001:db8::1")
            tried = await limits.count_try(conn, both, outrider.clock.now())
            tried.or_refuse()
    async with client(outrider, "2001:db8::ffff") as http:
        assert (await login(http, KIM)).status_code == 429
    async with client(outrider, "2001:db8:0:1::1") as http:
        assert (await login(http, KIM)).status_code == 200


async def test_tries_beside_each_other_are_all_counted(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        answers = await asyncio.gather(
            *(login(http, KIM, "wrong one here") for _ in range(limits.PER_ACCOUNT + 15))
        )
    assert sum(answer.status_code == 401 for answer in answers) <= limits.PER_ACCOUNT
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_a_flood_of_logins_is_turned_away_and_the_rest_goes_on(outrider: Outrider) -> None:
    """Ten thousand a minute are 167 a second; three hundred at once are harder."""
    await somebody(outrider, "viewer")
    async with client(outrider) as http, client(outrider, "203.0.113.7") as another:
        began = perf_counter()
        flood = asyncio.gather(
            *(login(http, f"a{number % 40}@x.example", "guess") for number in range(300))
        )
        await asyncio.sleep(0.3)
        asked = perf_counter()
        assert (await another.get("/healthz")).status_code == 200
        waited = perf_counter() - asked
        answers = await flood
        took = perf_counter() - began
        assert (await login(another, KIM)).status_code == 200
    codes = [answer.status_code for answer in answers]
    # Who waited for a minute on a busy machine is sent away as well.
    assert set(codes) <= {401, 429, 503}
    assert codes.count(401) <= limits.PER_NETWORK
    assert waited < max(2, took / 4), "the event loop was blocked"
    assert took < 120


async def test_checks_that_wait_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = Passwords()
    stored = await checks.hashed(PASSWORD)
    done = await asyncio.gather(
        *(checks.verified(PASSWORD, stored) for _ in range(passwords.WAITING + 5)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TooManyTries) for one in done) == 5
    assert all(one == (True, None) for one in done if not isinstance(one, BaseException))


async def test_a_stored_password_is_argon2id_and_nowhere_else(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        await login(http, KIM)
    async with outrider.begin()() as tx:
        row = await tx.row("select argon2id from outrider.passwords")
        events = await tx.rows("select body from outrider.audit_events")
        counted = await tx.rows("select target from outrider.login_limits")
    assert row is not None
    assert row["argon2id"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in str(events)
    assert "kim" not in str(events)
    assert "kim" not in str(counted)


async def test_old_parameters_are_renewed_at_the_next_login(outrider: Outrider) -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    member = await somebody(outrider, "viewer")
    old = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192),)).hash(PASSWORD)
    async with outrider.begin()() as tx:
        await passwords.set_password(tx, member, old)
    async with client(outrider) as http:
        assert (await login(http, KIM)).status_code == 200
    async with outrider.begin()() as tx:
        assert "m=65536" in (await passwords.stored_hash(tx, member.person_id) or "")


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(outrider: Outrider) -> None:
    member = await somebody(outrider, "viewer")
    elsewhere = await bearer(outrider, member)
    async with client(outrider) as http:
        await login(http, KIM)
        new = "another four good words"
        wrong = await http.put("/api/me/password", json={"current": "no", "new": new})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_login")
        short = await http.put("/api/me/password", json={"current": PASSWORD, "new": "short"})
        assert short.status_code == 400
        assert "5 characters" in short.json()["detail"]
        done = await http.put("/api/me/password", json={"current": PASSWORD, "new": new})
        assert done.status_code == 200
        assert (await http.get("/api/me")).status_code == 200
        assert len((await http.get("/api/me/sessions")).json()["items"]) == 1
        http.cookies.clear()
        assert (await http.get("/api/me", headers=elsewhere)).status_code == 401
        assert (await login(http, KIM)).status_code == 401
        assert (await login(http, KIM, new)).status_code == 200


async def test_ones_own_sessions_are_listed_and_ended(outrider: Outrider) -> None:
    member = await somebody(outrider, "viewer")
    phone = await bearer(outrider, member)
    other = await somebody(outrider, "viewer", "Ben Ash")
    async with client(outrider) as http:
        await login(http, KIM)
        items = (await http.get("/api/me/sessions")).json()["items"]
        assert {(one["method"], one["is_current"]) for one in items} == {
            ("password", True),
            ("console", False),
        }
        target = next(one["id"] for one in items if not one["is_current"])
        foreign = await http.delete(
            f"/api/me/sessions/{target}", headers=await bearer(outrider, other)
        )
        assert foreign.status_code == 404
        assert (await http.delete(f"/api/me/sessions/{target}")).status_code == 204
        assert (await http.delete(f"/api/me/sessions/{target}")).status_code == 404
        http.cookies.clear()
        assert (await http.get("/api/me", headers=phone)).status_code == 401


async def test_a_logout_ends_the_session_and_not_only_the_cookie(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        await login(http, KIM)
        token = http.cookies[COOKIE]
        assert (await http.post("/api/logout")).status_code == 204
        assert COOKIE not in http.cookies
        answer = await http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert (await http.post("/api/logout")).status_code == 204


async def test_a_forged_cookie_is_a_plain_no(outrider: Outrider) -> None:
    async with client(outrider) as http:
        for forged in ("x", "0" * 64, "é" * 10, "a" * 5000, "' or 1=1 --"):
            cookie = [(b"cookie", f"{COOKIE}={forged}".encode())]
            answer = await http.get("/api/me", headers=cookie)
            assert (answer.status_code, answer.json()["code"]) == (401, "no_session"), forged


async def test_another_sites_page_logs_nobody_in(outrider: Outrider) -> None:
    await somebody(outrider, "viewer")
    async with client(outrider) as http:
        http.headers["Origin"] = "https://evil.example"
        assert (await login(http, KIM)).status_code == 403


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "x" * 300, "aaaaaaaaaaaaaa", "kimkim@brand", "brandbrandbrand1"],
)
def test_a_password_that_anybody_guesses_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        usable(password, "Kim Lee", "kimkim@brand.example")


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "ünïcode wörter für alle"])
def test_length_is_what_counts(password: str) -> None:
    assert usable(password, "Kim Lee", KIM) == password


async def test_a_stranger_without_a_link_takes_no_place_at_the_hashing(
    outrider: Outrider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAITING", 0)
    eve = {"token": "0" * 64, "name": "Eve", "password": PASSWORD}
    with_address = {**eve, "email": "eve@brand.example"}
    async with client(outrider) as http:
        guessed = await http.post("/api/setup", json=with_address)
        form = await http.post("/setup", data=with_address)
        invited = await http.post("/api/join", json=eve)
    # With no place left, whoever comes as far as a hash is told to come back.
    assert guessed.status_code == 403, guessed.text
    assert form.status_code == 403, form.text
    assert invited.status_code == 403, invited.text
