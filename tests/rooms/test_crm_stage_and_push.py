"""What was sent and said reaches the CRM once, through crashes and silence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from outrider.crm import push, stage
from outrider.crm.types import Activity
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Refused, VendorUnavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.vendors.crm_file import CrmFile
from tests.answers import Answers
from tests.mails import reply
from tests.sending_world import Wire, make_world


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


@dataclass
class Moody:
    """A CRM that refuses, falls silent or dies after it took an activity, as a test says."""

    refuses: set[str] = field(default_factory=set)
    silent: bool = False
    dies: bool = False
    kept: dict[str, str] = field(default_factory=dict)

    async def log(self, activity: Activity) -> str:
        if self.silent:
            raise VendorUnavailable("the CRM does not answer")
        if activity.reference in self.refuses:
            raise Refused("this contact is locked")
        self.kept.setdefault(activity.reference, f"crm-{len(self.kept) + 1}")
        if self.dies:
            raise KeyboardInterrupt
        return self.kept[activity.reference]

    async def exists(self, reference: str) -> str | None:
        return self.kept.get(reference)


async def staged(answers: Answers) -> tuple[int, int]:
    async with answers.world.begin() as tx:
        report = await stage.stage(tx)
    return report.sent, report.received


async def test_sent_mails_and_answers_are_staged_once(answers: Answers) -> None:
    sent = await answers.send(3)
    await answers.receive(reply(sent[0][1].message_id, "Yes."))
    assert await staged(answers) == (3, 1)
    assert await staged(answers) == (0, 0)
    await answers.send(2)
    assert await staged(answers) == (2, 0)


async def test_they_are_pushed_to_a_file_that_salespeople_can_read(
    answers: Answers, tmp_path: Path
) -> None:
    ((ready, item),) = await answers.send()
    await answers.receive(reply(item.message_id, "Please stop emailing me."))
    await staged(answers)
    crm = CrmFile(tmp_path / "crm.jsonl")
    report = await push.push(answers.world.begin, crm)
    assert (report.pushed, report.failed, report.error) == (2, 0, None)
    assert (await push.push(answers.world.begin, crm)).pushed == 0
    lines = [json.loads(line) for line in (tmp_path / "crm.jsonl").read_text().splitlines()]
    of = {line["kind"]: line for line in lines}
    assert set(of) == {"email_sent", "email_received"}
    assert {line["contact_id"] for line in lines} == {str(ready.contact_id)}
    assert of["email_received"]["outcome"] == "opt_out"
    assert of["email_sent"]["reference"] == item.message_id


async def test_a_crm_that_is_silent_loses_nothing(answers: Answers) -> None:
    await answers.send(3)
    await staged(answers)
    crm = Moody(silent=True)
    report = await push.push(answers.world.begin, crm)
    assert (report.pushed, report.error) == (0, "the CRM does not answer")
    crm.silent = False
    assert (await push.push(answers.world.begin, crm)).pushed == 3


async def test_what_the_crm_refuses_is_kept_with_its_reason(answers: Answers) -> None:
    sent = await answers.send(2)
    await staged(answers)
    crm = Moody(refuses={sent[0][1].message_id})
    report = await push.push(answers.world.begin, crm)
    assert (report.pushed, report.failed) == (1, 1)
    row = await answers.one("select error from outrider.crm_activities where status = 'failed'")
    assert row["error"] == "this contact is locked"


async def test_a_crash_after_the_call_makes_no_second_entry(answers: Answers) -> None:
    await answers.send(1)
    await staged(answers)
    crm = Moody(dies=True)
    with pytest.raises(KeyboardInterrupt):
        await push.push(answers.world.begin, crm)
    crm.dies = False
    report = await push.push(answers.world.begin, crm)
    assert (report.found, report.pushed, len(crm.kept)) == (1, 0, 1)
    row = await answers.one("select status, crm_id from outrider.crm_activities")
    assert (row["status"], row["crm_id"]) == ("pushed", "crm-1")
