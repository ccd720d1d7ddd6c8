"""What a company's login sends counts only if it is signed by it, for us, for this login, and now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from outrider.kernel.access.sign_on import Identity, Pending
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import NotAllowed, VendorUnavailable
from outrider.vendors.openid import OpenId

BACK = "http://127.0.0.1:8460/api/login/oidc/callback"
PENDING = Pending("the state", "the nonce", "the verifier" * 4)
Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Company:
    """A provider that says what a test lets it say."""

    url: str
    key: RSAKey
    claims: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    status: int = 200
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/auth",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "userinfo_endpoint": f"{self.url}/me",
                **self.about,
            }
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/me":
            return self.more
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, self.claims, self.key)
        return {"id_token": self.token or signed, "access_token": "an access token"}


@pytest.fixture
def company(clock: VirtualClock) -> Iterator[Company]:
    now = int(clock.now().timestamp())
    state: list[Company] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(state[0].answer(self.path)).encode()
            self.send_response(state[0].status if self.path == "/token" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state[0].asked.append(parse_qs(asked))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}, auto_kid=False)
    claims = {
        "iss": url,
        "sub": "u1",
        "aud": "outrider",
        "iat": now,
        "exp": now + 300,
        "nonce": PENDING.nonce,
        "email": "kim@brand.example",
        "email_verified": True,
        "name": "Kim Lee",
    }
    state.append(Company(url, key, claims))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state[0]
    server.shutdown()
    thread.join()
    server.server_close()


async def come_back(company: Company, clock: VirtualClock) -> Identity:
    return await OpenId(company.url, ("outrider", "secret"), clock).finish("code", PENDING, BACK)


async def test_an_honest_one_is_believed(company: Company, clock: VirtualClock) -> None:
    found = await come_back(company, clock)
    assert found == Identity(company.url, "u1", "kim@brand.example", True, "Kim Lee")
    assert company.asked[0]["code_verifier"] == [PENDING.verifier]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"nonce": "another"}, id="another login's nonce"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"aud": "another program"}, id="for another program"),
        pytest.param({"aud": ["outrider", "other"]}, id="for several, without saying for whom"),
        pytest.param({"aud": ["outrider", "other"], "azp": "other"}, id="for the other of two"),
        pytest.param({"iss": "https://evil.example"}, id="from another issuer"),
        pytest.param({"exp": 1}, id="over"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"iat": 10**11}, id="of the future"),
        pytest.param({"sub": None}, id="of nobody"),
        pytest.param({"sub": ""}, id="of an empty name"),
    ],
)
async def test_what_it_says_must_hold(
    company: Company, clock: VirtualClock, change: dict[str, Any]
) -> None:
    company.claims = {k: v for k, v in {**company.claims, **change}.items() if v is not None}
    with pytest.raises(NotAllowed):
        await come_back(company, clock)


def by_public_key(company: Company) -> str:
    """A token for which the public key was taken for a shared secret."""
    parts = ({"alg": "HS256", "kid": "1"}, company.claims)
    told = b".".join(
        base64.urlsafe_b64encode(json.dumps(one).encode()).strip(b"=") for one in parts
    )
    seal = hmac.new(company.key.as_pem(private=False), told, hashlib.sha256).digest()
    return (told + b"." + base64.urlsafe_b64encode(seal).strip(b"=")).decode()


async def test_nothing_but_its_own_signature_counts(company: Company, clock: VirtualClock) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "1"}, auto_kid=False)
    none = "eyJhbGciOiJub25lIn0.e30."
    for token in (
        jwt.encode({"alg": "RS256", "kid": "1"}, company.claims, stranger),
        by_public_key(company),
        none,
        "not a token",
        "",
    ):
        company.token = token or "."
        with pytest.raises(NotAllowed):
            await come_back(company, clock)


async def test_a_changed_key_is_fetched_anew(company: Company, clock: VirtualClock) -> None:
    login = OpenId(company.url, ("outrider", None), clock)
    assert (await login.finish("code", PENDING, BACK)).subject == "u1"
    company.key = RSAKey.generate_key(2048, {"kid": "2", "use": "sig"}, auto_kid=False)
    assert (await login.finish("code", PENDING, BACK)).subject == "u1"


@pytest.mark.parametrize("said", ["true", 1, "yes", None])
async def test_an_address_is_verified_only_by_a_plain_true(
    company: Company, clock: VirtualClock, said: object
) -> None:
    company.claims["email_verified"] = said
    assert not (await come_back(company, clock)).is_email_verified


async def test_what_is_told_besides_must_be_of_the_same_person(
    company: Company, clock: VirtualClock
) -> None:
    del company.claims["email"]
    company.more = {"sub": "u2", "email": "boss@brand.example", "email_verified": True}
    assert (await come_back(company, clock)).email == ""
    company.more = {"sub": "u1", "email": "kim@brand.example", "email_verified": False}
    found = await come_back(company, clock)
    assert (found.email, found.is_email_verified) == ("kim@brand.example", False)


async def test_a_provider_that_is_another_is_not_asked(
    company: Company, clock: VirtualClock
) -> None:
    company.about = {"issuer": "https://evil.example"}
    with pytest.raises(VendorUnavailable, match="oidc_issuer"):
        await come_back(company, clock)


async def test_a_code_that_it_refuses_lets_nobody_in(company: Company, clock: VirtualClock) -> None:
    company.status = 400
    with pytest.raises(NotAllowed, match="begin again"):
        await come_back(company, clock)
