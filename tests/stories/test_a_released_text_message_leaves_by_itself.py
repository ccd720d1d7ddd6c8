"""While Outrider runs, a text message that a person released leaves by itself, once, by day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from outrider.app.jobs.texts import send_texts_everywhere
from outrider.app.wiring import Outrider
from outrider.campaigns import sms, tasks
from outrider.campaigns.task_types import TaskStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.switches import set_switch
from outrider.vendors import sms_twilio
from outrider.vendors.fakes.sms_twilio import FakeTwilio
from tests.rooms.test_tasks_are_done_once import PHONE, opened_sms


@pytest.fixture
async def released(outrider: Outrider, person: PersonId) -> int:
    """The number of a text message that a person released."""
    async with outrider.begin()() as tx:
        one, task = await opened_sms(tx, PHONE)
        await sms.agree(tx, one.contact_id, "web form")
        await sms.approve(tx, task.number, person)
    return task.number


async def status(outrider: Outrider, number: int) -> TaskStatus:
    async with outrider.begin()() as tx:
        return (await tasks.find(tx, number)).status


def key(outrider: Outrider, secret: str) -> None:
    """The key file of Twilio, as whoever runs the machine puts it there."""
    file = outrider.keys.folder / sms_twilio.KEY_FILE
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secret)


async def test_it_leaves_once_and_not_while_it_is_halted_or_night(
    outrider: Outrider, released: int, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeTwilio() as fake:
        monkeypatch.setattr(sms_twilio, "URL", fake.url)
        key(outrider, fake.secret)
        async with outrider.begin()() as tx:
            await set_switch(tx, "workspace", "", is_on=True, reason="drill")
        assert await send_texts_everywhere(outrider, {}) == 0
        async with outrider.begin()() as tx:
            await set_switch(tx, "workspace", "", is_on=False, reason="drill")
        clock.advance(timedelta(hours=12))
        assert await send_texts_everywhere(outrider, {}) == 0
        assert (fake.texts, await status(outrider, released)) == ([], TaskStatus.APPROVED)
        clock.advance(timedelta(hours=12))
        assert await send_texts_everywhere(outrider, {}) == 1
        assert await send_texts_everywhere(outrider, {}) == 0
        assert len(fake.texts) == 1
    assert await status(outrider, released) is TaskStatus.DONE


async def test_without_a_key_it_waits_and_the_log_says_so_once(
    outrider: Outrider, released: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[WorkspaceId, str] = {}
    with capture_logs() as log:
        for _ in range(3):
            assert await send_texts_everywhere(outrider, told) == 0
    assert [one["event"] for one in log] == ["texts_not_sent"]
    assert await status(outrider, released) is TaskStatus.APPROVED
    with FakeTwilio() as fake:
        monkeypatch.setattr(sms_twilio, "URL", fake.url)
        key(outrider, fake.secret)
        assert await send_texts_everywhere(outrider, told) == 1
    assert told == {}


async def test_a_provider_in_trouble_gets_one_message_a_round_and_the_log_says_so_once(
    outrider: Outrider, person: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with outrider.begin()() as tx:
        for n in range(3):
            one, task = await opened_sms(tx, f"+1512555020{n}")
            await sms.agree(tx, one.contact_id, "web form")
            await sms.approve(tx, task.number, person)
    told: dict[WorkspaceId, str] = {}
    with FakeTwilio() as fake, capture_logs() as log:
        monkeypatch.setattr(sms_twilio, "URL", fake.url)
        key(outrider, FakeTwilio.secret_of("another-token"))
        for _ in range(2):
            assert await send_texts_everywhere(outrider, told) == 0
        async with outrider.begin()() as tx:
            events = "select 1 from audit_events where action = 'campaigns.sms_approved'"
            assert len(await tx.rows(events)) == 2, "one try a round"
        assert [one["event"] for one in log] == ["texts_not_sent"]
        key(outrider, fake.secret)
        assert await send_texts_everywhere(outrider, told) == 3
