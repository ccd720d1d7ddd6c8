"""A small Vault with a transit engine: encrypts and decrypts with keys that it keeps.

In: calls of its API. Out: its answers. Never: a key, a call with another token.

Statuses and words as Vault gives them (developer.hashicorp.com/vault/api-docs/secret/transit).
"""

from __future__ import annotations

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said

_NONCE = 12


class FakeVault(FakeMailApi):
    """POST /v1/transit/{encrypt,decrypt}/{key}. `key` is the token."""

    def __init__(self, key: str = "hvs.token", names: tuple[str, ...] = ("outrider",)) -> None:
        """`names` are the keys of the engine."""
        super().__init__(key)
        self.versions: dict[str, list[bytes]] = {name: [os.urandom(32)] for name in names}
        self.is_sealed = False

    def address(self, name: str = "outrider") -> str:
        """What stands behind `vault:` in the setting."""
        return f"{self.url}#{name}"

    def is_hand_over(self, method: str, path: str) -> bool:
        """Every call may meet a fault."""
        return True

    def error(self, status: int) -> Reply:
        """A list of words."""
        return said(status, {"errors": ["something is wrong"]})

    def answer(self, call: Call) -> Reply:
        """Do one operation."""
        if self.is_sealed:
            return said(503, {"errors": ["Vault is sealed"]})
        if call.headers.get("x-vault-token") != self.key:
            return said(403, {"errors": ["permission denied"]})
        action, _, name = call.path.removeprefix("/v1/transit/").partition("/")
        given = call.json()
        if action not in ("encrypt", "decrypt") or not isinstance(given, dict):
            return said(404, {"errors": []})
        if name not in self.versions:
            return said(400, {"errors": ["encryption key not found"]})
        return self._encrypt(name, given) if action == "encrypt" else self._decrypt(name, given)

    def _encrypt(self, name: str, given: dict[str, Any]) -> Reply:
        versions, nonce = self.versions[name], os.urandom(_NONCE)
        raw = base64.b64decode(given["plaintext"])
        sealed = AESGCM(versions[-1]).encrypt(nonce, raw, _aad(given))
        text = base64.b64encode(nonce + sealed).decode()
        return said(200, {"data": {"ciphertext": f"vault:v{len(versions)}:{text}"}})

    def _decrypt(self, name: str, given: dict[str, Any]) -> Reply:
        try:
            _, version, text = str(given["ciphertext"]).split(":")
            raw = base64.b64decode(text, validate=True)
            key = self.versions[name][int(version[1:]) - 1]
            plain = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _aad(given))
        except (ValueError, IndexError):
            return said(400, {"errors": ["invalid ciphertext: no prefix"]})
        except InvalidTag:
            return said(400, {"errors": ["cipher: message authentication failed"]})
        return said(200, {"data": {"plaintext": base64.b64encode(plain).decode()}})


def _aad(given: dict[str, Any]) -> bytes:
    return base64.b64decode(given.get("associated_data", ""))
