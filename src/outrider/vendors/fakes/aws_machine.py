"""What a machine at AWS can ask for its keys, as the manuals describe it; ours, for tests.

In: requests of IMDSv2, of ECS and EKS, and of STS. Out: keys that end when `lasts` says. Never: an
answer to IMDSv1, or without the token that was asked for.

Sources: docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html and
docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from outrider.vendors.fakes.mail_http.server import Call, FakeMailApi, Reply, said

ROLE = "outrider-role"
_ROLES = "/latest/meta-data/iam/security-credentials/"


class AwsMachine(FakeMailApi):
    """One computer, container and pod at once; each fetch gives the next keys."""

    def __init__(self, now: Callable[[], datetime], lasts: timedelta = timedelta(hours=6)) -> None:
        """`now` is the clock of AWS."""
        super().__init__("container-token")
        self.now, self.lasts = now, lasts
        self.fetched = 0
        self.role = ROLE

    def is_hand_over(self, method: str, path: str) -> bool:
        """Every call may meet a fault."""
        return True

    def error(self, status: int) -> Reply:
        """A bare status."""
        return Reply(status, b"")

    def answer(self, call: Call) -> Reply:
        """As the service behind this path."""
        if call.path == "/latest/api/token":
            is_asked_well = call.method == "PUT" and call.headers.get(
                "x-aws-ec2-metadata-token-ttl-seconds", ""
            )
            return Reply(200, b"imds-token==") if is_asked_well else Reply(400)
        if call.path.startswith(_ROLES):
            return self._metadata(call)
        if call.path == "/v2/credentials/task":
            if call.headers.get("authorization") != self.key:
                return Reply(401)
            return said(200, self._keys())
        return Reply(404)

    def _metadata(self, call: Call) -> Reply:
        if call.headers.get("x-aws-ec2-metadata-token") != "imds-token==":
            return Reply(401)
        if not self.role:
            return Reply(404)
        if call.path == _ROLES:
            return Reply(200, self.role.encode())
        return said(200, self._keys()) if call.path == _ROLES + self.role else Reply(404)

    def _keys(self) -> dict[str, str]:
        self.fetched += 1
        return {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "AccessKeyId": f"ASIAEXAMPLE{self.fetched}",
            "SecretAccessKey": f"secret-{self.fetched}",
            "Token": f"session-{self.fetched}",
            "Expiration": f"{self.now() + self.lasts:%Y-%m-%dT%H:%M:%SZ}",
        }
