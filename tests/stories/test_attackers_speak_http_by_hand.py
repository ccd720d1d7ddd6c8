"""What no browser would send is refused: two lengths, false hosts, names that climb, other sites, dead sessions.

The addresses come from the API's own description, so that a new one is asked without a word here.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import URL

from outrider.app.api.entry import COOKIE, MEANT
from outrider.app.api.web import WebPage
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.access.api_keys import PREFIX
from outrider.kernel.settings import load
from tests import attackers
from tests.access_world import client
from tests.api_server import served
from tests.attackers_world import Inhabited, asking, inhabited

EVIL = "https://evil.example"
ENDS_THE_TEST = {"logout", "end_session", "end_my_session", "change_password", "examine"}
"""What would end the session that asks; and the doctor, who asks the world's name servers."""
INSIDE = (b"HTTP/1.1 200", b'"person"')
"""What the second, hidden request would be answered with."""
HIDDEN = (
    b"GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    b"Authorization: Bearer %s\r\n\r\n"
)


@pytest.fixture
async def here(outrider: Outrider) -> Inhabited:
    return await inhabited(outrider)


@pytest.fixture
async def http(here: Inhabited) -> AsyncIterator[httpx2.AsyncClient]:
    async with asking(here.outrider, here.headers) as opened:
        yield opened


def said(url: str, raw: bytes, seconds: float = 60) -> bytes:
    """Everything that the server answers to these bytes until it hangs up or is silent."""
    where = urlsplit(url)
    assert where.hostname is not None
    answer = b""
    with socket.create_connection((where.hostname, where.port or 80), 30) as conn:
        conn.sendall(raw)
        conn.settimeout(seconds)
        try:
            while piece := conn.recv(65_536):
                answer += piece
        except OSError:
            pass  # it waits for more, or hung up on us
    return answer


LENGTHS = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a list of lengths": b"Content-Length: 2, 3\r\n\r\n{}",
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}",
    "a length below nothing": b"Content-Length: -1\r\n\r\n{}",
    "a length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and something": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks in disguise": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no number": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a header in a header": b"X-A: b\rContent-Length: 2\r\n\r\n{}",
}


def test_no_request_hides_in_another(owner_url: URL, tmp_path: Path) -> None:
    hidden_answered = []
    with served(owner_url, tmp_path / "home") as api:
        second = HIDDEN % api.session.encode()
        assert INSIDE[1] in said(api.url, second), "the hidden one would be answered"
        for name, rest in LENGTHS.items():
            head = (
                b"POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            )
            answer = said(api.url, head + rest + second)
            first = answer.split(b"\r\n")[0]
            if INSIDE[1] in answer or b" 400 " not in first + b" ":
                hidden_answered.append(
                    f"{name}: {first!r} and {answer.count(b'HTTP/1.1 ')} answers"
                )
    assert not hidden_answered, "\n".join(hidden_answered)


def test_no_name_climbs_out_of_its_folder(owner_url: URL, tmp_path: Path) -> None:
    climbs = [
        "../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc%252fpasswd",
        "....//....//etc/passwd",
        "..%5c..%5c..%5cetc%5cpasswd",
        "/etc/passwd",
        "index.html",
        "../api/main.py",
        "..%2f..%2fapi%2fmain.py",
        "x%00.js",
        ".%2e/main.py",
    ]
    with served(owner_url, tmp_path / "home") as api:
        for place in ("/assets/", "/", "/api/imports/rejects/", "/unsubscribe/", "/api/trace/"):
            for climb in climbs:
                raw = (
                    f"GET {place}{climb} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    f"Authorization: Bearer {api.session}\r\n\r\n"
                )
                answer = said(api.url, raw.encode())
                assert answer.split(b" ")[1] in (b"400", b"404", b"422"), (
                    place,
                    climb,
                    answer[:99],
                )
                assert b"root:" not in answer
                assert b"create_app" not in answer


def is_open(conn: socket.socket) -> bool:
    """Whether the server has neither answered nor hung up."""
    conn.setblocking(False)
    try:
        conn.recv(1)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def test_half_requests_hold_nobody_up(owner_url: URL, tmp_path: Path) -> None:
    with served(owner_url, tmp_path / "home") as api:
        where = urlsplit(api.url)
        address = (str(where.hostname), where.port or 80)
        slow = [socket.create_connection(address, 60) for _ in range(200)]
        for number, conn in enumerate(slow):
            begun = b"POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            conn.sendall(begun if number % 2 else begun + b"Content-Length: 50\r\n\r\n{")
        answer = said(api.url, b"GET /healthz HTTP/1.0\r\n\r\n")
        waiting = sum(is_open(conn) for conn in slow)
        for conn in slow:
            conn.close()
    assert b" 200 " in answer.split(b"\r\n")[0]
    assert waiting == 200, "it was answered after those that it stood behind"


async def test_a_body_that_never_ends_is_let_go(here: Inhabited) -> None:
    settings = load(home=here.outrider.settings.home, request_timeout=timedelta(seconds=0.3))

    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    async with asking(replace(here.outrider, settings=settings), here.headers) as http:
        answer = await http.post(
            "/api/switches", content=drops(), headers={"content-type": "application/json"}
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_packed_body_is_not_unpacked(http: httpx2.AsyncClient) -> None:
    bomb = gzip.compress(b" " * 50_000_000 + b"{}")
    for coding in ("gzip", "deflate", "br", "zstd"):
        answer = await http.post(
            "/api/switches",
            content=bomb,
            headers={"content-type": "application/json", "content-encoding": coding},
        )
        assert answer.status_code == 400


async def test_no_answer_repeats_or_follows_a_false_host(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    false = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "forwarded": "host=evil.example",
    }
    for one in attackers.operations():
        if one.name in ENDS_THE_TEST:
            continue
        body = attackers.lawful(one.body) if one.body else None
        answer = await http.request(
            one.method, one.address(here.ids_for(one.path)), json=body, headers=false
        )
        assert "evil.example" not in answer.text + str(answer.headers), one.name
        slash = await http.get(one.address(here.ids_for(one.path)) + "/", headers=false)
        assert "location" not in slash.headers, one.name


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "//evil.example/%2f..", "/%5cevil.example", "/login?next=https://evil.example",
     "/inbox?next=//evil.example", "/api/login/oidc?next=https://evil.example",
     "/api/login/oidc/callback?code=x&state=https://evil.example", "/join?token=x&next=//evil.example",
     "/setup?token=x&next=//evil.example", "/.//evil.example", "/https://evil.example"],
)  # fmt: skip
async def test_no_address_sends_a_browser_elsewhere(http: httpx2.AsyncClient, address: str) -> None:
    answer = await http.get(f"http://127.0.0.1{address}", headers={"accept": "text/html"})
    assert "evil.example" not in answer.headers.get("location", "")
    assert "evil.example" not in answer.headers.get("refresh", "")
    assert "http-equiv" not in answer.text


async def test_no_other_site_reads_or_changes_anything(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    token = here.headers["Authorization"].partition(" ")[2]
    async with client(here.outrider) as browser:
        browser.cookies.set(COOKIE, token)
        for one in attackers.operations():
            address = one.address(here.ids_for(one.path))
            asked = {"origin": EVIL, "access-control-request-method": one.method,
                     "access-control-request-headers": MEANT}  # fmt: skip
            for answer in (
                await browser.options(address, headers=asked),
                await browser.get(address, headers={"origin": EVIL}),
            ):
                allowed = [name for name in answer.headers if name.startswith("access-control")]
                assert allowed == [], one.name
            if one.method == "GET" or one.path.startswith(("/unsubscribe", "/api/slack")):
                continue
            body = attackers.lawful(one.body) if one.body else None
            answer = await browser.request(one.method, address, json=body, headers={"origin": EVIL})
            assert answer.status_code in (401, 403, 404), (one.name, answer.text)


def pages() -> list[str]:
    """Every address of the web app, of each kind one."""
    kinds = WebPage.regex.strip("(?:)").split("|")
    filled = [
        kind.replace("[0-9]{1,15}", "1")
        .replace("[0-9a-f-]{36}", attackers.NOBODY)
        .replace("[^/]{3,320}", "a@b.example")
        .replace("[a-z-]{1,30}", "people")
        for kind in kinds
    ]
    return ["/", *(f"/{page.rstrip(')?')}" for page in filled)]


async def test_no_answer_can_be_framed_sniffed_or_kept(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    got = [
        one.address(here.ids_for(one.path)) for one in attackers.operations() if one.method == "GET"
    ]
    more = [
        "/setup?token=x",
        "/join?token=x",
        "/assets/none.js",
        "/nowhere",
        "/api/nowhere",
        "/%00",
    ]
    assert len(pages()) > 15
    for address in [*got, *pages(), *more]:
        headers = (await http.get(address)).headers
        policy = headers["content-security-policy"]
        framed = "'self'" if address.endswith(("/mail", "/pictures")) else "'none'"
        assert f"frame-ancestors {framed}" in policy, address
        assert "script-src *" not in policy
        assert "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["cache-control"] in ("no-store", "no-cache"), address


async def test_a_dead_or_forged_session_opens_no_door(here: Inhabited) -> None:
    outrider, token = here.outrider, here.headers["Authorization"].partition(" ")[2]
    async with outrider.begin()() as tx:
        await access.revoke_session(tx.conn, token, tx.now)
    forged = [token, token[:-1] + "x", token.upper(), "", "null", "' or 1=1 --", "x" * 4_000,
              PREFIX + "x" * 40, f"{PREFIX}{token}"]  # fmt: skip
    guarded = [one for one in attackers.operations() if one.permission]
    async with client(outrider) as browser:
        for number, one in enumerate(guarded):
            for bad in (forged[0], forged[1 + number % (len(forged) - 1)]):
                for headers in ({"cookie": f"{COOKIE}={bad}"}, {"authorization": f"Bearer {bad}"}):
                    answer = await browser.request(
                        one.method, one.address(here.ids_for(one.path)), headers=headers
                    )
                    assert answer.status_code == 401, (one.name, bad[:20], answer.text)


async def test_a_key_in_an_address_is_refused_everywhere_and_told_nobody(
    here: Inhabited, http: httpx2.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = f"{PREFIX}{'s3cr3t' * 7}"
    for one in attackers.operations():
        address = one.address(here.ids_for(one.path))
        for put in (f"{address}?key={secret}", f"{address}?access_token=s3cr3ts3cr3t"):
            answer = await http.request(one.method, put)
            assert answer.status_code == 400, one.name
            assert "s3cr3t" not in answer.text
    heard = capfd.readouterr()
    assert "s3cr3t" not in heard.out + heard.err
    logs = here.outrider.settings.home / "logs"
    assert not any(b"s3cr3t" in file.read_bytes() for file in logs.glob("*"))


async def test_no_error_tells_how_it_is_made(here: Inhabited, http: httpx2.AsyncClient) -> None:
    telling = (
        "Traceback",
        "site-packages",
        ".py",
        "psycopg",
        "sqlalchemy",
        "uvicorn",
        "pydantic.dev",
        "SELECT",
    )
    for one in attackers.operations():
        address = one.address({name: "'" for name in one.wanted})
        for method in ("POST", "TRACE", "X" * 40):
            if method == one.method == "POST" and one.name in ENDS_THE_TEST:
                continue
            answer = await http.request(method, address)
            assert answer.status_code != 500, (method, address)
            if answer.status_code >= 400:
                assert not [word for word in telling if word in answer.text], (method, address)
