"""Where a machine at AWS gets its access key from: the role of a pod, of a container, of a computer.

In: what the environment names. Out: keys that are good for a while, fetched anew before they end.
Never: a key in an error or a log; a token over plain HTTP to anything but this machine and AWS's own
link-local addresses; a proxy in between.

In the order of AWS's own tools: web identity (STS), the endpoint of ECS and EKS, IMDSv2. Sources:
docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html,
docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html,
docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting, MasterKeyUnavailable
from outrider.kernel.telemetry import get_logger
from outrider.vendors.aws_sigv4 import Keys
from outrider.vendors.http_transport import (
    LOOPBACK,
    Answer,
    HttpTransport,
    NoAnswer,
    Request,
    shared_circuit,
)

BEFORE_THE_END = timedelta(minutes=5)
"""Keys are fetched anew so long before they end."""
AT_MOST = timedelta(hours=6)
"""Keys that name no end are believed for so long."""
TIMEOUT = timedelta(seconds=1)
"""Both endpoints are on the same machine or one hop away; without a role nobody answers."""
SESSION = "outrider"
_TOKEN_SECONDS = 21_600
_METADATA = "http://169.254.169.254"
_ROLES = "/latest/meta-data/iam/security-credentials/"
_CONTAINER = "http://169.254.170.2"
_IN_THE_OPEN = LOOPBACK | {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"}
_NAME = re.compile(r"[\w+=,.@/-]{1,256}")

_log = get_logger("aws")


@dataclass(frozen=True)
class Told:
    """What the environment names; the words are those of AWS's tools."""

    role_arn: str | None = None
    web_identity_token_file: Path | None = None
    relative_uri: str | None = None
    full_uri: str | None = None
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    metadata_url: str | None = None
    metadata_disabled: bool = False
    sts_url: str | None = None


class Login(Protocol):
    """Who has keys."""

    async def keys(self) -> Keys:
        """Keys that are good now.

        Raises:
            MasterKeyUnavailable: they cannot be had; the sentence says from where.
        """
        ...


class Fixed:
    """Keys of the environment."""

    def __init__(self, keys: Keys) -> None:
        """They are good until somebody changes them."""
        self._keys = keys

    async def keys(self) -> Keys:
        """The same each time."""
        return self._keys


class _Source(Protocol):
    @property
    def name(self) -> str:
        """As a person knows it."""
        ...

    @property
    def url(self) -> str:
        """Where it is asked."""
        ...

    async def fetch(self, ask: _Asking) -> Mapping[str, Any]:
        """Fields AccessKeyId, SecretAccessKey, Token and Expiration."""
        ...


class RoleLogin:
    """Keys of a role, kept until shortly before they end."""

    def __init__(self, source: _Source, clock: Clock) -> None:
        """`source` is asked when there are none, or they end soon."""
        self._source, self._clock = source, clock
        self._kept: Keys | None = None
        self._ends = datetime.min.replace(tzinfo=UTC)

    async def keys(self) -> Keys:
        """See `Login`; while the kept ones are still good, a source that is away does no harm."""
        left = self._ends - self._clock.now()
        if self._kept is None or left < BEFORE_THE_END:
            try:
                await self._fetch()
            except MasterKeyUnavailable as error:
                if self._kept is None or left <= timedelta():
                    raise
                _log.warning("aws_role_not_renewed", source=self._source.name, reason=error.message)
        assert self._kept is not None
        return self._kept

    async def _fetch(self) -> None:
        found = await self._source.fetch(_Asking(self._source, self._clock))
        id_, secret, token = (
            str(found.get(name) or "") for name in ("AccessKeyId", "SecretAccessKey", "Token")
        )
        if not id_ or not secret or not token:
            raise MasterKeyUnavailable(
                f"{self._source.name} answered without an access key: check that a role belongs to it."
            )
        self._kept = Keys(id_, secret, token)
        self._ends = _instant(str(found.get("Expiration") or "")) or self._clock.now() + AT_MOST


class _Asking:
    """Questions to one source, as to any vendor."""

    def __init__(self, source: _Source, clock: Clock) -> None:
        self.name = source.name
        self._http = HttpTransport(shared_circuit(self.name, source.url, clock), clock, TIMEOUT)

    async def __call__(self, request: Request, way_out: str) -> Answer:
        """The answer.

        Raises:
            MasterKeyUnavailable: there is none, or it refuses.
        """
        try:
            answer = await self._http.ask(request)
        except NoAnswer as trouble:
            raise MasterKeyUnavailable(f"There is no access key: {trouble} {way_out}") from None
        finally:
            await self._http.close()
        if answer.status != 200 or not answer.is_whole:
            raise MasterKeyUnavailable(
                f"There is no access key: {self.name} answers with status {answer.status}. {way_out}"
            )
        return answer


@dataclass(frozen=True)
class WebIdentity:
    """A pod's token, exchanged at STS; the call is signed by nothing but that token."""

    role_arn: str
    token_file: Path
    url: str
    name: str = "AWS STS"

    async def fetch(self, ask: _Asking) -> Mapping[str, Any]:
        """Exchange the token as it is now: Kubernetes renews the file."""
        form = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": self.role_arn,
            "RoleSessionName": SESSION,
            "WebIdentityToken": _token_in(self.token_file, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        answer = await ask(
            Request("POST", self.url, headers, body, is_repeatable=True),
            "Check AWS_ROLE_ARN and whom that role trusts.",
        )
        said = answer.body.decode("utf-8", "replace")
        names = {"SessionToken": "Token"}
        return {
            names.get(name, name): found[1].strip()
            for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
            if (found := re.search(f"<{name}>([^<]*)</{name}>", said))
        }


@dataclass(frozen=True)
class Container:
    """The endpoint that ECS and EKS give a container."""

    url: str
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    name: str = "The container's credentials endpoint"

    async def fetch(self, ask: _Asking) -> Mapping[str, Any]:
        """One GET, with the token when there is one."""
        token = self.token
        if self.token_file is not None:
            token = _token_in(self.token_file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        headers = {"Authorization": token} if token else {}
        request = Request("GET", self.url, headers, is_repeatable=True)
        way_out = "Check the role of the task, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        return (await ask(request, way_out)).fields()


@dataclass(frozen=True)
class Computer:
    """The metadata service of a computer at EC2, version 2 alone."""

    url: str
    name: str = "The metadata service of this computer"

    async def fetch(self, ask: _Asking) -> Mapping[str, Any]:
        """A token, the role's name, its keys."""
        way_out = (
            "Give this computer a role (on EC2; within a container the hop limit must be 2), or set"
            " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
        wanted = {"X-aws-ec2-metadata-token-ttl-seconds": str(_TOKEN_SECONDS)}
        put = Request("PUT", f"{self.url}/latest/api/token", wanted, is_repeatable=True)
        token = (await ask(put, way_out)).body.decode("ascii", "replace").strip()
        headers = {"X-aws-ec2-metadata-token": token}
        roles = f"{self.url}{_ROLES}"
        named = await ask(Request("GET", roles, headers, is_repeatable=True), way_out)
        role = named.body.decode("utf-8", "replace").split("\n")[0].strip()
        if not _NAME.fullmatch(role):
            raise MasterKeyUnavailable(
                f"There is no access key: {self.name} names no role. {way_out}"
            )
        one = Request("GET", roles + role, headers, is_repeatable=True)
        return (await ask(one, way_out)).fields()


def login(told: Told, region: str, clock: Clock) -> Login | None:
    """Who has keys on this machine; None when the environment rules it out.

    Raises:
        InvalidSetting: what the environment names is half said, or would show keys to others.
    """
    if told.web_identity_token_file is not None:
        if not told.role_arn:
            raise InvalidSetting(
                "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN: set both."
            )
        url = told.sts_url or f"https://sts.{region}.amazonaws.com/"
        return RoleLogin(WebIdentity(told.role_arn, told.web_identity_token_file, url), clock)
    if told.relative_uri or told.full_uri:
        url = f"{_CONTAINER}/{told.relative_uri.lstrip('/')}" if told.relative_uri else ""
        return RoleLogin(
            Container(url or _careful(told.full_uri or ""), told.token, told.token_file), clock
        )
    if told.metadata_disabled:
        return None
    return RoleLogin(Computer((told.metadata_url or _METADATA).rstrip("/")), clock)


def _careful(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _IN_THE_OPEN):
        return url
    raise InvalidSetting(
        f"AWS_CONTAINER_CREDENTIALS_FULL_URI ({url}) would show keys to everybody on the way: use https,"
        " or an address of this machine."
    )


def _token_in(file: Path, setting: str) -> str:
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise MasterKeyUnavailable(
            f"There is no access key: the file {file} of {setting} cannot be read: {why}."
        ) from None
    if not token or any(c.isspace() for c in token):
        raise MasterKeyUnavailable(
            f"There is no access key: the file {file} of {setting} holds no token."
        )
    return token


def _instant(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
