"""Somebody with whom nothing happens is forgotten after some time; somebody who waits is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.app.jobs import privacy
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.privacy import GONE
from outrider.kernel.secrets import Keys
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import Wire, make_world

KEEP = timedelta(days=90)


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


async def names(answers: Answers) -> list[str]:
    async with answers.world.begin() as tx:
        rows = await tx.rows("select first_name from outrider.contacts order by id")
        return [row["first_name"] for row in rows]


async def test_somebody_in_a_sequence_is_kept_and_forgotten_once_it_is_over(
    answers: Answers, outrider: Outrider, clock: VirtualClock
) -> None:
    ((_, item),) = await answers.send()
    clock.advance(timedelta(days=200))
    assert await privacy.forget_unused(outrider, KEEP, SYSTEM) == []
    await answers.receive(reply(item.message_id, "No, thanks."))
    assert await privacy.forget_unused(outrider, KEEP, SYSTEM) == []
    clock.advance(timedelta(days=91))
    done = await privacy.forget_unused(outrider, KEEP, SYSTEM)
    assert len(done) == 1
    assert GONE in await names(answers)
    assert await privacy.forget_unused(outrider, KEEP, SYSTEM) == []


async def test_being_forgotten_is_no_opt_out(
    answers: Answers, outrider: Outrider, clock: VirtualClock, keys: Keys
) -> None:
    ((_, item),) = await answers.send()
    await answers.receive(reply(item.message_id, "Not now."))
    row = await answers.one("select email from outrider.contacts order by id limit 1")
    clock.advance(timedelta(days=91))
    assert await privacy.forget_unused(outrider, KEEP, SYSTEM)
    suppressor = Suppressor(keys.key("suppression"))
    async with answers.world.begin() as tx:
        assert await consent.is_suppressed(tx, suppressor, [row["email"]]) == {row["email"]: False}


async def test_an_erasure_that_was_cut_off_is_taken_up_again(
    answers: Answers, outrider: Outrider, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answers.send()
    row = await answers.one("select email from outrider.contacts order by id limit 1")

    def dies(*_: object) -> dict[str, int]:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as broken:
        broken.setattr(privacy, "_take_out", dies)
        with pytest.raises(RuntimeError):
            await privacy.erase(outrider, row["email"], "asked", SYSTEM)
    assert GONE not in await names(answers)
    (done,) = await privacy.finish(outrider, SYSTEM)
    assert done.rows["contacts"] == 1
    assert GONE in await names(answers)
    assert await privacy.finish(outrider, SYSTEM) == []


async def test_a_longer_address_is_somebody_else(answers: Answers, outrider: Outrider) -> None:
    """`dana1@` ends in `ana1@`: what dana1 wrote is neither shown to ana1 nor erased with her."""
    await answers.world.approved(1, email="ana{n}@depot.example")
    ((_, theirs), *_) = await answers.send()
    await answers.receive(
        reply(theirs.message_id, "Please call me.", sender="Dana <dana1@depot.example>")
    )
    told = await privacy.rows_about(outrider, "ana1@depot.example", SYSTEM)
    assert "dana1@depot.example" not in [turn["from_address"] for turn in told.get("turns", [])]
    await privacy.erase(outrider, "ana1@depot.example", "asked", SYSTEM)
    kept = await answers.one("select from_address, text, raw_sha256 from outrider.turns")
    assert kept["from_address"] == "dana1@depot.example"
    assert "call me" in kept["text"]
    assert await outrider.objects.get(kept["raw_sha256"])
