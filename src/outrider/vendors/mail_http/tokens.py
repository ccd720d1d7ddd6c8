"""Access tokens of OAuth 2.0: by a refresh token, by a client's secret, by a signed assertion.

In: what the key file holds. Out: a bearer token, kept until a minute before it ends.
Never: a token on disk or in an error.
Source: RFC 6749, 4.4 and 6; RFC 7523, 2.1.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from outrider.kernel.errors import InvalidSetting, VendorUnavailable
from outrider.vendors.http_transport import HttpTransport, Request

_MARGIN = timedelta(minutes=1)
_SHORTEST_LIFE = timedelta(minutes=5)
_GOOD_FOR = timedelta(minutes=30)


class Tokens:
    """The access token of one account."""

    def __init__(
        self, http: HttpTransport, url: str, form: Callable[[datetime], Mapping[str, str]]
    ) -> None:
        """`form` makes what is posted to `url` at an instant."""
        self._http, self._url, self._form = http, url, form
        self._kept = ""
        self._until = datetime.min.replace(tzinfo=UTC)

    async def headers(self) -> dict[str, str]:
        """The Authorization header.

        Raises:
            VendorUnavailable: the token cannot be had now; nothing was sent.
            InvalidSetting: it will not be had with this key file.
        """
        if self._http.now() >= self._until:
            await self._fetch()
        return {"Authorization": f"Bearer {self._kept}"}

    def forget(self) -> None:
        """Take a new one next time."""
        self._until = datetime.min.replace(tzinfo=UTC)

    async def _fetch(self) -> None:
        form = urlencode(self._form(self._http.now())).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._http.ask(Request("POST", self._url, kind, form, is_repeatable=True))
        found = answer.fields()
        token = found.get("access_token")
        if answer.status == 200 and isinstance(token, str) and token.isprintable() and token:
            life = found.get("expires_in")
            seconds = life if isinstance(life, int) and 0 < life < 100_000 else 0
            lasts = max(timedelta(seconds=seconds) - _MARGIN, _SHORTEST_LIFE - _MARGIN)
            self._kept, self._until = token, self._http.now() + lasts
            return
        word = str(found.get("error") or f"status {answer.status}")[:60]
        if answer.status in (400, 401, 403):
            raise InvalidSetting(
                f"{self._http.name} gives no access ({word}): allow it anew and put the new "
                "credentials into the mailbox's key file."
            )
        raise VendorUnavailable(
            f"{self._http.name} gives no access token now ({word}); it is tried again."
        )


def signed_assertion(claims: Mapping[str, object], private_key: str) -> str:
    """Claims as a JSON Web Token, signed with RS256 (RFC 7515, 7518).

    Raises:
        InvalidSetting: the key is no RSA key in PEM.
    """
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidSetting(
            "The private_key in the mailbox's key file is no RSA key in PEM: download it again."
        )
    head = _packed({"alg": "RS256", "typ": "JWT"})
    signing = f"{head}.{_packed(claims)}"
    signature = key.sign(signing.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signing}.{_url64(signature)}"


def instants(now: datetime) -> dict[str, int]:
    """The claims `iat` and `exp` of an assertion that is used at once."""
    return {"iat": int(now.timestamp()), "exp": int((now + _GOOD_FOR).timestamp())}


def _packed(thing: Mapping[str, object]) -> str:
    return _url64(json.dumps(thing, separators=(",", ":")).encode())


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
