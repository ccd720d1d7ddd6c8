"""At a terminal: how long an approval can be taken back is said, kept, and waited for."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.drafts.types import Draft
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.program import OUTRIDER, Program, plain_sentence
from tests.review_world import fresh
from tests.sending_world import make_world


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@pytest.fixture
async def drafts(database: Database, workspace: WorkspaceId, person: PersonId) -> list[Draft]:
    return await fresh(database, workspace, 3)


async def test_an_approval_says_how_to_take_it_back_and_undo_does(
    program: Program, drafts: list[Draft]
) -> None:
    number = drafts[0].number
    shown = program.ok("drafts", "show", str(number))
    assert "Next     a decision by anyone who may, due" in shown.out
    assert "Because  A person reads every draft." in shown.out
    said = program.ok("drafts", "approve", str(number))
    assert f"It can be taken back for 30 s: outrider drafts undo {number}" in said.out
    assert "Next: outrider send" in said.err
    back = program.ok("drafts", "undo", str(number))
    assert f"The approval of draft {number} is taken back: nothing leaves." in back.out
    again = plain_sentence(program.run("drafts", "undo", str(number)))
    assert "Ann Reed approved draft" in again
    assert "replaced it and is pending" in again
    report = program.json("drafts", "reviewers")["items"]
    assert [(line["name"], line["approved"], line["taken_back"]) for line in report] == [
        ("Ann Reed", 1, 1)
    ]


async def test_a_draft_is_put_aside_and_listed_again(program: Program, drafts: list[Draft]) -> None:
    number = str(drafts[0].number)
    assert "is put aside until" in program.ok("drafts", "snooze", number, "2h").out
    assert len(program.json("drafts", "list")["items"]) == 2
    assert len(program.json("drafts", "list", "--snoozed")["items"]) == 3
    program.ok("drafts", "snooze", number, "now")
    assert len(program.json("drafts", "list")["items"]) == 3
    assert "is no time to put a draft aside" in plain_sentence(
        program.run("drafts", "snooze", number, "someday")
    )


async def test_approving_alike_needs_a_terminal_and_a_campaign(
    program: Program, drafts: list[Draft]
) -> None:
    asked = plain_sentence(program.run("drafts", "approve", "--all", "--campaign", "Leases"))
    assert "run it at a terminal" in asked
    assert "--all goes with --campaign" in plain_sentence(program.run("drafts", "approve", "--all"))
    assert "Give the numbers of drafts" in plain_sentence(program.run("drafts", "approve"))
    wrong = program.run("drafts", "reject", str(drafts[0].number), "--note", "x", "--category", "y")
    assert "There is no category 'y'" in plain_sentence(wrong)


async def test_send_waits_until_nothing_can_be_taken_back_unless_told_otherwise(
    program: Program, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    world = await make_world(database, workspace, person)
    await world.approved(1)

    async def hold(seconds: int) -> None:
        async with database.transaction(workspace, SYSTEM) as tx:
            await tx.run(
                "update drafts set released_at = clock_timestamp() + :s * interval '1 second'"
                " where status = 'approved'",
                {"s": seconds},
            )

    await hold(600)
    left = program.ok("send")  # which gives up on a command after four minutes
    assert "can be taken back for 10 min: outrider drafts undo" in left.err
    assert "0 sent, 0 waiting, 0 stopped" in left.out
    program.ok("send")  # both programs that take turns have their imports done
    start = time.monotonic()
    await hold(15)
    waited = program.ok("send")
    assert time.monotonic() - start >= 15
    assert "can be taken back for" in waited.err
    assert "0 sent, 0 waiting, 0 stopped" not in waited.out
    await world.approved(1)
    await hold(600)
    assert "0 sent, 0 waiting, 0 stopped" not in program.ok("send", "--now").out


def at_a_terminal(program: Program, answers: str, *words: str) -> tuple[int, str, str]:
    """Run a command whose standard input is a terminal at which these answers are typed."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answers.encode())
        done = subprocess.run(
            [*OUTRIDER, *words],
            env=program.environment,
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.returncode, done.stdout, done.stderr


async def test_drafts_alike_are_approved_at_a_terminal_after_the_samples(
    program: Program, drafts: list[Draft]
) -> None:
    words = ("drafts", "approve", "--all", "--campaign", "Leases")
    code, out, err = at_a_terminal(program, "n\n", *words)
    assert code == 0, err
    assert "3 drafts alike: step 1, free. Read 2 of them first." in out
    assert "Who reads the amendments today?" in out
    assert "decide them one by one" in err
    assert len(program.json("drafts", "list")["items"]) == 3
    code, out, err = at_a_terminal(program, "y\ny\ny\n", *words)
    assert code == 0, err
    assert "1 draft approved together." in out
    assert program.json("drafts", "list")["items"] == []
    [line] = program.json("drafts", "reviewers")["items"]
    assert (line["approved"], line["in_bulk"]) == (3, 1)
