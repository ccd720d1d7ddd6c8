"""AWS KMS as the keeper of the master key: data keys are wrapped and opened there, and it never leaves.

In: a key's ARN, an access key or who has one. Out: a `Master` of `kernel.secrets.masters`. Never: a data key that is
bound to nothing (the encryption context names key and workspace, and KMS logs it), a key in an error.

Encrypt and Decrypt are two signed POSTs, so boto3 (with botocore 25 MB, synchronous) is not needed.
Source: docs.aws.amazon.com/kms/latest/APIReference, Encrypt, Decrypt and their errors.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from typing import Any

from outrider.kernel.clock import Clock
from outrider.kernel.errors import (
    InvalidSetting,
    MasterKeyDisabled,
    MasterKeyUnavailable,
    OutriderError,
)
from outrider.kernel.secrets.masters import Context, Wrapped, changed_key, other_master
from outrider.vendors.aws_login import Fixed, Login
from outrider.vendors.aws_sigv4 import Keys, Scope, sign
from outrider.vendors.http_transport import (
    Answer,
    HttpTransport,
    NoAnswer,
    Request,
    shared_circuit,
)

TIMEOUT = timedelta(seconds=3)
_STATES = {
    "DisabledException": "it is disabled: enable it, or set OUTRIDER_KEYS to another",
    "KMSInvalidStateException": "it waits for its deletion or is not ready: cancel that in AWS",
    "NotFoundException": "there is no such key in this account and region: check the ARN in OUTRIDER_KEYS",
    "InvalidKeyUsageException": "it is not for encryption: use a symmetric key",
    "AccessDeniedException": "this access key may not use it: allow kms:Encrypt and kms:Decrypt on it",
}
"""What the service says of a key for good, and the way out."""


class AwsKms:
    """One key of AWS KMS."""

    def __init__(
        self, arn: str, keys: Keys | Login | None, clock: Clock, url: str | None = None
    ) -> None:
        """`arn` names the key or an alias; `keys` are fixed, or of a role; `url` is another address.

        Raises:
            InvalidSetting: there is no access key.
        """
        if keys is None:
            raise InvalidSetting(
                f"OUTRIDER_KEYS is kms:{arn} and there is no access key: set AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY."
            )
        self._arn = arn
        self._login: Login = Fixed(keys) if isinstance(keys, Keys) else keys
        _, partition, _, self._region, *_ = arn.split(":")
        tail = ".cn" if partition == "aws-cn" else ""
        self._url = url or f"https://kms.{self._region}.amazonaws.com{tail}/"
        self._http = HttpTransport(shared_circuit("AWS KMS", arn, clock), clock, TIMEOUT)

    def told(self) -> str:
        """As the setting names it."""
        return f"kms:{self._arn}"

    def knows(self, master: str) -> bool:
        """Whether this key wrapped it."""
        return master == self.told()

    is_current = knows

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """Encrypt a data key; see `Master.wrap`."""
        found = await self._ask("Encrypt", {"Plaintext": _base64(data_key)}, context)
        return Wrapped(self.told(), self._bytes(found, "CiphertextBlob"))

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """Decrypt a data key, with this key and no other; see `Master.unwrap`."""
        found = await self._ask("Decrypt", {"CiphertextBlob": _base64(wrapped.bytes)}, context)
        return self._bytes(found, "Plaintext")

    async def _ask(self, action: str, fields: dict[str, Any], context: Context) -> dict[str, Any]:
        body = json.dumps({"KeyId": self._arn, "EncryptionContext": dict(context), **fields})
        headers = sign(
            await self._login.keys(),
            Scope(self._region, "kms"),
            ("POST", self._url, body.encode()),
            self._http.now(),
            content_type="application/x-amz-json-1.1",
            x_amz_target=f"TrentService.{action}",
        )
        request = Request("POST", self._url, headers, body.encode(), is_repeatable=True)
        try:
            answer = await self._http.ask(request)
        except NoAnswer as trouble:
            raise MasterKeyUnavailable(f"The master key cannot be asked: {trouble}") from None
        finally:
            await self._http.close()
        if answer.status != 200:
            raise self._error(answer, context)
        return dict(answer.fields())

    def _error(self, answer: Answer, context: Context) -> OutriderError:
        said = answer.headers.get("x-amzn-errortype") or str(answer.fields().get("__type") or "")
        code = said.partition(":")[0].rpartition("#")[2]
        if code in _STATES:
            return MasterKeyDisabled(f"AWS KMS refuses the key {self._arn}: {_STATES[code]}.")
        if code == "IncorrectKeyException":
            return other_master("another key of AWS KMS", self.told())
        if code == "InvalidCiphertextException":
            return changed_key(context)
        told = code if code.isalnum() and code.isascii() else f"status {answer.status}"
        return MasterKeyUnavailable(
            f"AWS KMS does not use the key {self._arn} now ({told}): check AWS_ACCESS_KEY_ID and its"
            " secret, or wait."
        )

    def _bytes(self, found: dict[str, Any], field: str) -> bytes:
        try:
            return base64.b64decode(found[field], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError):
            raise MasterKeyUnavailable(
                f"AWS KMS answered without {field}: check that {self._url} is the key service."
            ) from None


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
