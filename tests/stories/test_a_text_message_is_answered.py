"""A STOP by text message counts at once and for good; any other answer stops and goes to a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.campaigns import enrol, sms, tasks
from outrider.campaigns.task_types import ANSWER, OutreachTask, TaskStatus
from outrider.campaigns.types import Enrollment, EnrollmentStatus, StopReason
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.prospects import consent, touch
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Channel, Direction
from outrider.vendors.fakes.sms_twilio import FakeTwilio
from outrider.vendors.sms_twilio import from_secret
from outrider.vendors.sms_twilio_answers import sign
from tests.rooms.test_tasks_are_done_once import PHONE, opened_sms

NUMBER = "+15125550100"
PATH = "/api/texts/twilio"
TOKEN = "token-one-two"
SID = "SM" + "a" * 32


@pytest.fixture
def outrider(
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
) -> Outrider:
    keys.key("suppression")
    (keys.folder / "twilio.json").write_text(FakeTwilio.secret_of(TOKEN))
    settings = load(home=home, public_url="https://mail.brand.example")
    return Outrider(settings, clock, database, objects, keys, workspace, "test")


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(outrider))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def said(
    http: httpx2.AsyncClient, words: str, sid: str = SID, token: str = TOKEN, **more: str
) -> httpx2.Response:
    """What Twilio posts when a person answers."""
    fields = {
        "AccountSid": FakeTwilio.account, "MessageSid": sid, "From": NUMBER, "To": "+15125550199",
        "Body": words, **more,
    }  # fmt: skip
    signature = sign(token, f"https://mail.brand.example{PATH}", list(fields.items()))
    headers = {
        "X-Twilio-Signature": signature.decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return await http.post(PATH, content=urlencode(fields).encode(), headers=headers)


async def texted(outrider: Outrider, person: PersonId) -> tuple[Enrollment, OutreachTask]:
    """A person who agreed got a text message, and a mail is to follow."""
    async with outrider.begin()() as tx:
        one, task = await opened_sms(tx, PHONE)
        await sms.agree(tx, one.contact_id, "web form")
        await sms.approve(tx, task.number, person)
    await send(outrider)
    async with outrider.begin()() as tx:
        return await enrol.find(tx, one.id), await tasks.find(tx, task.number)


async def send(outrider: Outrider) -> int:
    with FakeTwilio(TOKEN) as fake:
        twilio = from_secret(fake.secret, outrider.clock).at(fake.url)
        suppressor = Suppressor(outrider.keys.key("suppression"))
        report = await sms.send_all(outrider.begin(), twilio, suppressor)
        await twilio.close()
    return report.sent


def test_the_signature_is_the_one_that_twilio_documents() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234"),
        ("From", "+14158675309"), ("To", "+18005551212"),
    ]  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, fields) == b"RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize("words", ["STOP", "Bitte stopp", "Arrêtez", "BAJA"])
async def test_stop_closes_the_number_and_the_person_at_once_and_twice_is_once(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId, words: str
) -> None:
    one, _ = await texted(outrider, person)
    assert one.status is EnrollmentStatus.ACTIVE
    for _ in range(2):
        answer = await said(http, words)
        assert (answer.status_code, "<Message" in answer.text) == (200, False)
    async with outrider.begin()() as tx:
        stopped = await enrol.find(tx, one.id)
        assert (stopped.status, stopped.stop_reason) == (
            EnrollmentStatus.STOPPED,
            StopReason.OPTED_OUT,
        )
        assert (await consent.may_write(tx, [one.contact_id]))[one.contact_id] is not None
        rows = await tx.rows("select count(*) as n from text_answers")
        assert rows[0]["n"] == 1
        assert (await tx.rows("select revoked_at from sms_consents"))[0]["revoked_at"] is not None


async def test_a_number_that_said_stop_is_not_texted_under_another_name(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId
) -> None:
    await texted(outrider, person)
    await said(http, "STOP")
    async with outrider.begin()() as tx:
        other, task = await opened_sms(tx, "+1 512 555 0100")
        await sms.agree(tx, other.contact_id, "another form")
        await sms.approve(tx, task.number, person)
    assert await send(outrider) == 0
    async with outrider.begin()() as tx:
        failed = await tasks.find(tx, task.number)
        assert (failed.status, failed.reason) == (
            TaskStatus.FAILED,
            "somebody at this number asked for no more text messages",
        )


async def test_any_other_answer_stops_the_sequence_and_a_person_reads_it(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId
) -> None:
    one, _ = await texted(outrider, person)
    await said(http, "Who is this?")
    await said(http, "Ah, the leases. Call me.", sid="SM" + "b" * 32)
    async with outrider.begin()() as tx:
        stopped = await enrol.find(tx, one.id)
        assert stopped.stop_reason is StopReason.REPLIED
        (task,) = await tasks.listing(tx)
        assert (task.step, task.status) == (ANSWER, TaskStatus.OPEN)
        assert "Who is this?" in task.text
        assert "Call me." in task.text
        came_in = [
            touched
            for touched in await touch.of_contact(tx, one.contact_id)
            if touched.direction is Direction.IN
        ]
        assert [touched.channel for touched in came_in] == [Channel.SMS, Channel.SMS]
        with pytest.raises(InvalidInput, match="is an answer to read"):
            await sms.approve(tx, task.number, person)
        read = await tasks.done(tx, task.number, "called back")
        assert read.status is TaskStatus.DONE
        # Reading an answer is no touch of ours, and leads no sequence on.
        assert (await enrol.find(tx, one.id)) == stopped
        assert await tasks.listing(tx) == []
    await said(http, "And?", sid="SM" + "c" * 32)
    async with outrider.begin()() as tx:
        (again,) = await tasks.listing(tx)
        assert again.text == "Answered by text message. And?"


async def test_help_goes_to_a_person_and_stops_nothing(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId
) -> None:
    one, _ = await texted(outrider, person)
    await said(http, "HELP")
    async with outrider.begin()() as tx:
        assert (await enrol.find(tx, one.id)).status is EnrollmentStatus.ACTIVE
        (task,) = await tasks.listing(tx)
        assert task.text == "Asked for help. HELP"


async def test_start_is_consent_but_no_way_back_from_an_opt_out(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId
) -> None:
    one, _ = await texted(outrider, person)
    async with outrider.begin()() as tx:
        await sms.withdraw(tx, one.contact_id, "told us by phone")
    await said(http, "START")
    async with outrider.begin()() as tx:
        assert (await tx.rows("select revoked_at from sms_consents"))[0]["revoked_at"] is None
    await said(http, "STOP", sid="SM" + "b" * 32)
    await said(http, "START", sid="SM" + "c" * 32)
    async with outrider.begin()() as tx:
        assert (await consent.may_write(tx, [one.contact_id]))[one.contact_id] is not None
        assert (await tx.rows("select revoked_at from sms_consents"))[0]["revoked_at"] is not None


async def test_what_twilio_did_not_sign_changes_nothing(
    outrider: Outrider, http: httpx2.AsyncClient, person: PersonId
) -> None:
    one, _ = await texted(outrider, person)
    for answer in (
        await said(http, "STOP", token="guessed-token"),
        await said(http, "STOP", AccountSid="AC" + "9" * 32),
        await http.post(PATH, content=b"Body=STOP&From=%2B15125550100"),
    ):
        assert answer.status_code == 401
    # A delivery receipt is signed as well, and is no answer.
    receipt = await said(http, "", MessageStatus="delivered", From="")
    assert receipt.status_code == 200
    async with outrider.begin()() as tx:
        assert (await enrol.find(tx, one.id)).status is EnrollmentStatus.ACTIVE
        assert await tx.rows("select id from text_answers") == []


async def test_a_stranger_who_says_stop_is_closed_too(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    assert (await said(http, "STOP")).status_code == 200
    async with outrider.begin()() as tx:
        suppressor = Suppressor(outrider.keys.key("suppression"))
        assert await consent.is_phone_suppressed(tx, suppressor, NUMBER)
