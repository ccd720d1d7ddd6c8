"""The transit engine of HashiCorp Vault, and of OpenBao, as the keeper of the master key.

In: an address, a key's name, a token. Out: a `Master` of `kernel.secrets.masters`. Never: a token in an
error, or over plain HTTP to another machine; a data key that is bound to nothing (`associated_data`).

Source: developer.hashicorp.com/vault/api-docs/secret/transit, Encrypt Data and Decrypt Data.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from outrider.kernel.clock import Clock
from outrider.kernel.errors import (
    InvalidSetting,
    MasterKeyDisabled,
    MasterKeyUnavailable,
    OutriderError,
)
from outrider.kernel.secrets.masters import Context, Wrapped, canonical, changed_key
from outrider.vendors.http_transport import (
    LOOPBACK,
    Answer,
    HttpTransport,
    NoAnswer,
    Request,
    shared_circuit,
)

TIMEOUT = timedelta(seconds=3)


class VaultTransit:
    """One key of a transit engine."""

    def __init__(self, address: str, token: str | None, clock: Clock) -> None:
        """`address` is `https://host#key`, with `/v1/MOUNT` before the `#` when it is not `transit`.

        Raises:
            InvalidSetting: there is no token, or it would travel in the open.
        """
        base, _, self._key = address.partition("#")
        parts = urlsplit(base)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise InvalidSetting(
                f"OUTRIDER_KEYS is vault:{address}, which would show the token to everybody on the way:"
                " use https."
            )
        if not token or not token.isascii() or any(c.isspace() for c in token):
            raise InvalidSetting(
                f"OUTRIDER_KEYS is vault:{address} and there is no token: set VAULT_TOKEN, or put it"
                " into the file vault-token in `keys` of the home folder."
            )
        self._told, self._token = f"vault:{address}", token
        path = parts.path.rstrip("/") or "/v1/transit"
        self._base = f"{parts.scheme}://{parts.netloc}{path}"
        self._http = HttpTransport(shared_circuit("Vault", address, clock), clock, TIMEOUT)

    def told(self) -> str:
        """As the setting names it."""
        return self._told

    def knows(self, master: str) -> bool:
        """Whether this key wrapped it."""
        return master == self._told

    is_current = knows

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """Encrypt a data key; see `Master.wrap`."""
        found = await self._ask("encrypt", {"plaintext": _base64(data_key)}, context)
        sealed = str(found.get("ciphertext") or "")
        if not sealed.startswith("vault:"):
            # Kept as it is, it would take the place of a key that opens.
            raise MasterKeyUnavailable(
                f"Vault answered with no wrapped key: check that {self._base} is its transit engine."
            )
        return Wrapped(self._told, sealed.encode())

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """Decrypt a data key; see `Master.unwrap`."""
        try:
            fields = {"ciphertext": wrapped.bytes.decode("ascii")}
        except UnicodeDecodeError:
            raise changed_key(context) from None
        found = await self._ask("decrypt", fields, context)
        try:
            return base64.b64decode(str(found.get("plaintext")), validate=True)
        except (binascii.Error, ValueError):
            raise changed_key(context) from None

    async def _ask(self, action: str, fields: dict[str, Any], context: Context) -> dict[str, Any]:
        body = json.dumps({**fields, "associated_data": _base64(canonical(context))}).encode()
        headers = {"X-Vault-Token": self._token, "Content-Type": "application/json"}
        url = f"{self._base}/{action}/{self._key}"
        try:
            answer = await self._http.ask(Request("POST", url, headers, body, is_repeatable=True))
        except NoAnswer as trouble:
            raise MasterKeyUnavailable(f"The master key cannot be asked: {trouble}") from None
        finally:
            await self._http.close()
        if answer.status != 200:
            raise self._error(answer, context)
        found = answer.fields().get("data")
        return found if isinstance(found, dict) else {}

    def _error(self, answer: Answer, context: Context) -> OutriderError:
        errors = answer.fields().get("errors")
        said = " ".join(map(str, errors)) if isinstance(errors, list) else ""
        if answer.status == 403:
            return MasterKeyDisabled(
                f"Vault refuses the key {self._key}: the token ended, or its policy does not allow"
                " update on encrypt and decrypt of it; give another in VAULT_TOKEN."
            )
        if answer.status == 404 or "not found" in said or "too old" in said:
            return MasterKeyDisabled(
                f"Vault has no key {self._key} that may open this: check OUTRIDER_KEYS and the key's"
                " min_decryption_version."
            )
        if answer.status == 400:
            return changed_key(context)
        return MasterKeyUnavailable(
            f"Vault does not use the key {self._key} now (status {answer.status}): it may be sealed;"
            " unseal it, or wait."
        )


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
