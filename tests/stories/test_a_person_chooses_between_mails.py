"""On the command line: have other mails written, put one in the draft's place, see how the judge agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.drafts.types import Draft
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.drafts_world import build, offline_draft
from tests.program import Program, plain_sentence


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@pytest.fixture
async def draft(database: Database, workspace: WorkspaceId, person: PersonId) -> Draft:
    async with database.transaction(workspace, SYSTEM) as tx:
        return await offline_draft(tx, await build(tx))


async def test_variants_are_written_shown_and_one_is_chosen(program: Program, draft: Draft) -> None:
    number = str(draft.number)
    told = program.json("drafts", "variants", number, "--count", "2")
    first, second = told["items"]
    assert [first["number"], second["number"]] == [1, 2]
    assert len({draft.angle, first["angle"], second["angle"]}) == 3
    shown = program.ok("drafts", "variants", number, "--count", "0").out
    assert first["subject"] in shown
    assert second["body"].split("\n\n")[-1] in shown

    chosen = program.json("drafts", "choose", number, "--variant", "2")
    assert (chosen["replaces"], chosen["version"]) == (draft.number, 2)
    now = program.json("drafts", "show", str(chosen["draft"]))
    assert (now["status"], now["body"]) == ("pending", second["body"])
    assert (now["angle"], now["writer"]) == (second["angle"], "offline")
    again = plain_sentence(program.run("drafts", "choose", number, "--variant", "1"))
    assert f"edited draft {number}" in again
    assert f"Draft {chosen['draft']} replaced it" in again


async def test_a_variant_that_is_not_there_is_told_plainly(program: Program, draft: Draft) -> None:
    said = program.run("drafts", "choose", str(draft.number), "--variant", "4")
    assert plain_sentence(said) == "There is no variant 4 of this draft; it has none yet."


async def test_agreement_says_plainly_when_it_cannot_tell(program: Program, draft: Draft) -> None:
    told = program.ok("drafts", "agreement").out
    assert "0 drafts of the last 90 days" in told
    assert "too few to tell" in told
    found = program.json("drafts", "agreement", "--days", "7")
    assert found["pairs"] == 0
    assert found["approval"]["kappa"] is None
