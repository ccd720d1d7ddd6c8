"""A company's login by OpenID Connect: the code flow with PKCE (RFC 7636), nonce and state.

In: the provider's address, our name there. Out: where to send a browser; who came back. Never: an
identity from an answer that is not signed by the provider, for us, for this very login, and now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from outrider.kernel.access.sign_on import Identity, Pending
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting, NotAllowed, VendorUnavailable
from outrider.kernel.ids import random_token
from outrider.vendors.http_transport import LOOPBACK, HttpTransport, Request, shared_circuit

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "EdDSA", "Ed25519")
"""Signatures with a public key only: `none`, or our own secret as the key, would prove nothing."""
LEEWAY = timedelta(minutes=1)
KEYS_KEPT = timedelta(hours=1)
SCOPE = "openid email profile"


class OpenId:
    """One provider."""

    def __init__(self, issuer: str, client: tuple[str, str | None], clock: Clock) -> None:
        """`client` is our name and secret there; without a secret PKCE alone proves who asks.

        Raises:
            InvalidSetting: the provider is not reached over TLS.
        """
        where = urlsplit(issuer)
        if where.scheme != "https" and where.hostname not in LOOPBACK:
            raise InvalidSetting(
                f"The setting `oidc_issuer` is {issuer}: a login needs https, or anybody on the way"
                " can be anybody."
            )
        self._issuer = issuer
        self._id, self._secret = client
        self._clock = clock
        self._http = HttpTransport(shared_circuit("The company's login", issuer, clock), clock)
        self._about: Mapping[str, Any] = {}
        self._keys: Any = {}
        self._fetched_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    async def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to remember of it.

        Raises:
            VendorUnavailable: the provider does not answer, or says something else than it should.
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

        await self._learn()
        pending = Pending(random_token(), random_token(), random_token())
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": create_s256_code_challenge(pending.verifier),
            "code_challenge_method": "S256",
        }
        start = str(self._about["authorization_endpoint"])
        return f"{start}{'&' if '?' in start else '?'}{urlencode(asked)}", pending

    async def finish(self, code: str, pending: Pending, redirect_uri: str) -> Identity:
        """Who came back with this code.

        Raises:
            NotAllowed: the code or the signed answer does not hold.
            VendorUnavailable: the provider does not answer.
        """
        await self._learn()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": pending.verifier,
            "client_id": self._id,
        }
        if self._secret:
            form["client_secret"] = self._secret
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._http.ask(
            Request("POST", str(self._about["token_endpoint"]), headers, urlencode(form).encode())
        )
        told = answer.fields()
        if answer.status != 200 or not isinstance(told.get("id_token"), str):
            raise NotAllowed("The company's login did not confirm this; begin again.")
        claims = await self._claims(told["id_token"], pending.nonce)
        if "email" not in claims and isinstance(told.get("access_token"), str):
            # Whether an address is verified is said beside the address, and only of that one.
            own = {name: value for name, value in claims.items() if name != "email_verified"}
            claims = {**await self._more(told["access_token"], claims["sub"]), **own}
        return Identity(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            email=str(claims.get("email") or ""),
            is_email_verified=claims.get("email_verified") is True,
            name=str(claims.get("name") or ""),
        )

    async def _claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        """What a signed token says of this login (OpenID Connect Core 1.0, section 3.1.3.7)."""
        from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
        from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            try:
                token = jwt.decode(id_token, KeySet.import_key_set(self._keys), ALGORITHMS)
            except (JoseError, ValueError):
                # A provider changes its keys when it likes; then the new ones are asked for once.
                await self._learn(again=True)
                token = jwt.decode(id_token, KeySet.import_key_set(self._keys), ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._id},
                    "sub": {"essential": True},
                },
                {"client_id": self._id, "nonce": nonce},
            )
            claims.validate(int(self._clock.now().timestamp()), int(LEEWAY.total_seconds()))
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise NotAllowed(
                "What the company's login sent does not hold"
                f" ({type(error).__name__}); begin again, or ask an admin."
            ) from error
        return dict(claims)

    async def _more(self, access_token: str, subject: str) -> Mapping[str, Any]:
        """What the provider tells besides; of this very subject only (section 5.3.2)."""
        where = self._about.get("userinfo_endpoint")
        if not isinstance(where, str):
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        told = (await self._http.ask(Request("GET", where, headers, is_repeatable=True))).fields()
        return told if told.get("sub") == subject else {}

    async def _learn(self, *, again: bool = False) -> None:
        """The provider's addresses and keys (OpenID Connect Discovery 1.0, section 4)."""
        now = self._clock.now()
        if not again and now - self._fetched_at < KEYS_KEPT:
            return
        base = self._issuer.rstrip("/")
        about = await self._fetch(f"{base}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if about.get("issuer") != self._issuer or not all(
            isinstance(about.get(name), str) for name in wanted
        ):
            raise VendorUnavailable(
                f"{base} does not describe itself as the login {self._issuer}: "
                "give `oidc_issuer` exactly as the provider writes it."
            )
        keys = await self._fetch(str(about["jwks_uri"]))
        self._about, self._keys, self._fetched_at = about, keys, now

    async def _fetch(self, url: str) -> Mapping[str, Any]:
        answer = await self._http.ask(Request("GET", url, is_repeatable=True))
        if answer.status != 200 or not answer.fields():
            raise VendorUnavailable("The company's login does not describe itself; try later.")
        return answer.fields()
