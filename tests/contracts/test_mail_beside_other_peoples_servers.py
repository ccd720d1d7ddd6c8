"""Mail over HTTP against what we did not write: moto, Prism over published specs, emulate, botocore."""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

from outrider.kernel.clock import SystemClock
from outrider.kernel.errors import NotAllowed
from outrider.sending.events_types import DeliveryKind
from outrider.sending.types import Delivery, Transport
from outrider.vendors.aws_sigv4 import Keys, Scope, sign
from outrider.vendors.fakes.loopback import OnLoopback
from outrider.vendors.fakes.mail_http.resend import FakeResend
from outrider.vendors.fakes.mail_http.sendgrid import FakeSendGrid
from outrider.vendors.fakes.mail_http.server import FakeMailApi
from outrider.vendors.mail_http.choose import transport_of
from outrider.vendors.mail_webhooks.checks import posted
from outrider.vendors.mail_webhooks.choose import reader_of
from tests import oracles
from tests.mail_places import SENDER, mailbox, outgoing
from tests.webhooks_world import WHOM, ses

# The key, scope and instant of the vectors that AWS publishes for Signature Version 4.
EXAMPLE = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SCOPE = Scope("us-east-1", "service")
THEN = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SES_KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret", "region": "us-east-1"}


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with oracles.moto() as url:
        yield url


@pytest.fixture(scope="module")
def gmail() -> Iterator[str]:
    with oracles.emulate("google") as url:
        yield url


@pytest.fixture(scope="module")
def resend() -> Iterator[str]:
    with oracles.emulate("resend") as url:
        yield url


def aws(url: str, path: str, body: dict[str, Any]) -> httpx2.Response:
    data = json.dumps(body).encode()
    keys = Keys(SES_KEYS["access_key_id"], SES_KEYS["secret_access_key"])
    now = datetime.now(UTC)
    headers = sign(keys, Scope("us-east-1", "ses"), ("POST", url + path, data), now)
    return httpx2.post(url + path, content=data, headers=headers)


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_requests_are_signed_as_the_published_vectors_say(method: str, signature: str) -> None:
    headers = sign(EXAMPLE, SCOPE, (method, "https://example.amazonaws.com/", b""), THEN)
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )
    assert headers["x-amz-date"] == "20150830T123600Z"


BOTOCORE = """
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
import botocore.auth, datetime
told = json.load(sys.stdin)
class Then(datetime.datetime):
    @classmethod
    def now(cls, tz=None): return cls(2015, 8, 30, 12, 36, tzinfo=tz)
    @classmethod
    def utcnow(cls): return cls(2015, 8, 30, 12, 36)
botocore.auth.datetime = type("m", (), {"datetime": Then, "timezone": datetime.timezone})
for name in ("get_current_datetime",):
    if hasattr(botocore.auth, name):
        setattr(botocore.auth, name, lambda *a, **k: Then.utcnow())
request = AWSRequest("POST", told["url"], headers={"content-type": "application/json"}, data=told["body"].encode())
SigV4Auth(Credentials("AKIDEXAMPLE", told["secret"], told["token"]), "ses", "eu-central-1").add_auth(request)
print(request.headers["Authorization"])
"""


@pytest.mark.parametrize("token", [None, "a-session-token"])
def test_requests_are_signed_as_botocore_signs_them(moto: str, token: str | None) -> None:
    url = "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails"
    body = '{"Content": "ünïcode"}'
    keys = Keys(EXAMPLE.id, EXAMPLE.secret, token)
    headers = sign(
        keys,
        Scope("eu-central-1", "ses"),
        ("POST", url, body.encode()),
        THEN,
        content_type="application/json",
    )
    told = {"url": url, "body": body, "secret": keys.secret, "token": token}
    done = subprocess.run(
        [oracles.FOLDER / "moto" / "bin" / "python", "-W", "ignore", "-c", BOTOCORE],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == headers["Authorization"], done.stderr


async def test_ses_takes_our_bytes_once_the_sender_is_verified(moto: str) -> None:
    httpx2.post(f"{moto}/moto-api/reset")
    ses = transport_of(mailbox(Transport.SES), json.dumps(SES_KEYS), SystemClock(), moto)
    early = await ses.deliver(outgoing(1))
    assert early.delivery is Delivery.REFUSED, early
    assert aws(moto, "/v2/email/identities", {"EmailIdentity": SENDER}).status_code == 200
    result = await ses.deliver(outgoing(1))
    await ses.close()
    assert result.delivery is Delivery.ACCEPTED, result
    assert result.seen_as == f"<{result.provider_id}@email.amazonses.com>"
    (there,) = httpx2.get(f"{moto}/moto-api/data.json").json()["ses"]["RawMessage"]
    assert there["id"] == result.provider_id
    # moto adds the recipients of the headers to those of the request.
    assert {one.rpartition("<")[2].strip(">") for one in there["destinations"]} == {
        outgoing(1).envelope_to
    }
    raw = there["raw_data"]
    read = raw if raw.startswith("From:") else base64.b64decode(raw).decode()
    assert read.encode() == outgoing(1).data


async def test_resend_described_by_itself_takes_what_we_send(shared_specs: Path) -> None:
    await _described(shared_specs / "resend.yaml", Transport.RESEND, FakeResend())


async def test_sendgrid_described_by_itself_takes_what_we_send(shared_specs: Path) -> None:
    await _described(shared_specs / "sendgrid_mail.json", Transport.SENDGRID, FakeSendGrid())


async def _described(spec: Path, provider: Transport, fake: FakeMailApi) -> None:
    with fake, oracles.prism(spec) as mock:
        transport = transport_of(mailbox(provider), fake.key, SystemClock(), mock)
        result = await transport.deliver(outgoing(1))
        await transport.close()
        assert result.delivery is Delivery.ACCEPTED, result
        with oracles.prism(spec, in_front_of=fake.url) as both_ways:
            transport = transport_of(mailbox(provider), fake.key, SystemClock(), both_ways)
            result = await transport.deliver(outgoing(2))
            assert result.delivery is Delivery.ACCEPTED, result
            assert fake.taken[0].provider_id == result.provider_id
            assert fake.taken[0].subject == "Größe über alles – before February"
            if provider is Transport.RESEND:
                known = [outgoing(2).message_id]
                assert await transport.find(known) == dict.fromkeys(known, True)
            await transport.close()


def test_a_description_refuses_what_is_not_in_it(shared_specs: Path) -> None:
    with oracles.prism(shared_specs / "resend.yaml") as mock:
        headers = {"Authorization": "Bearer k", "Content-Type": "application/json"}
        answer = httpx2.post(f"{mock}/emails", content=b'{"from": "a@b.example"}', headers=headers)
        assert answer.status_code == 422


async def test_emulate_takes_a_mail_for_resend_once(resend: str) -> None:
    transport = transport_of(mailbox(Transport.RESEND), "re_test", SystemClock(), resend)
    first = await transport.deliver(outgoing(1))
    assert first.delivery is Delivery.ACCEPTED, first
    assert (await transport.deliver(outgoing(1))).provider_id == first.provider_id
    changed = await transport.deliver(outgoing(1, text="Other words"))
    assert changed.delivery is Delivery.UNKNOWN, changed
    await transport.close()
    headers = {"Authorization": "Bearer re_test"}
    there = httpx2.get(f"{resend}/emails/{first.provider_id}", headers=headers).json()
    assert there["subject"] == "Größe über alles – before February"
    assert there["to"] == [outgoing(1).envelope_to]
    assert "ünïcode — and dots" in there["text"]
    listed = httpx2.get(f"{resend}/emails", headers=headers).json()["data"]
    assert len(listed) == 1


async def test_emulate_takes_a_mail_for_gmail(gmail: str) -> None:
    secret = {"client_id": "c", "client_secret": "s", "refresh_token": _consent(gmail)}
    transport = transport_of(mailbox(Transport.GMAIL), json.dumps(secret), SystemClock(), gmail)
    result = await transport.deliver(outgoing(3))
    assert result.delivery is Delivery.ACCEPTED, result
    assert result.seen_as is None
    # It cannot search by Message-ID, so it must not be taken for absent.
    assert await transport.find([outgoing(3).message_id]) is None
    await transport.close()
    token = httpx2.post(
        f"{gmail}/oauth2/token", data=secret | {"grant_type": "refresh_token"}
    ).json()["access_token"]
    there = httpx2.get(
        f"{gmail}/gmail/v1/users/me/messages/{result.provider_id}?format=raw",
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    assert "SENT" in there["labelIds"]
    raw = base64.urlsafe_b64decode(there["raw"] + "==")
    for words in (b"Message-ID: <00000000000000000000000000000003@", b"List-Unsubscribe-Post: "):
        assert words in raw


def _consent(url: str) -> str:
    """A refresh token, by the way that a person takes through the consent page."""
    page = httpx2.get(f"{url}/o/oauth2/v2/auth", params={"client_id": "c"}).text
    email = page.partition('name="email" value="')[2].partition('"')[0]
    back = httpx2.post(
        f"{url}/o/oauth2/v2/auth/callback",
        data={
            "email": email,
            "redirect_uri": "http://127.0.0.1/back",
            "scope": "x",
            "client_id": "c",
        },
    )
    code = back.headers["location"].partition("code=")[2]
    form = {"grant_type": "authorization_code", "code": code, "client_id": "c"}
    told = httpx2.post(f"{url}/oauth2/token", data=form | {"redirect_uri": "http://127.0.0.1/back"})
    return str(told.json()["refresh_token"])


async def test_a_notification_that_moto_signed_is_read(moto: str) -> None:
    taken: queue.Queue[bytes] = queue.Queue()
    bounced = json.loads(ses().request.body)["Message"]
    with _listener(taken) as url:
        topic = _sns(moto, Action="CreateTopic", Name="outrider")
        _sns(moto, Action="Subscribe", TopicArn=topic, Protocol="http", Endpoint=url)
        # Without a subject: moto leaves it out of what it signs, against the published rule.
        _sns(moto, Action="Publish", TopicArn=topic, Message=bounced)
        said = [taken.get(timeout=60)]
        while json.loads(said[-1])["Type"] != "Notification":
            said.append(taken.get(timeout=60))

    async def fetch(url: str) -> tuple[int, bytes]:
        parts = urlsplit(url)
        headers = {"Host": parts.netloc, **_signed_for_sns(moto, b"")}
        answer = httpx2.get(moto + parts.path, headers=headers)
        return answer.status_code, answer.content

    reader = reader_of("ses", topic, SystemClock(), fetch)
    request = posted(said[-1], {})
    (event,) = (await reader(request, datetime.now(UTC))).events
    assert (event.kind, event.recipient) == (DeliveryKind.BOUNCED, WHOM)
    forged = posted(said[-1].replace(b"dana@", b"eve1@"), {})
    with pytest.raises(NotAllowed):
        await reader(forged, datetime.now(UTC))


def _signed_for_sns(url: str, data: bytes) -> dict[str, str]:
    keys = Keys(SES_KEYS["access_key_id"], SES_KEYS["secret_access_key"])
    return sign(keys, Scope("us-east-1", "sns"), ("POST", url, data), datetime.now(UTC))


def _sns(url: str, **form: str) -> str:
    data = urlencode(form).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx2.post(url, content=data, headers=kind | _signed_for_sns(url, data))
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<TopicArn>")[2].partition("</TopicArn>")[0]


@contextlib.contextmanager
def _listener(taken: queue.Queue[bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with OnLoopback(Handler) as server:
        yield f"{server.url}/hook"
