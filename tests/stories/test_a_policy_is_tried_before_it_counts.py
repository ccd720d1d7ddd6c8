"""A dry run says what a policy would have done to past drafts, beside what people did; it changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.jobs.try_policy import try_policy
from outrider.drafts.review import judge, policy_file
from outrider.drafts.review.trial import Outcome, Trial
from outrider.drafts.review.types import Action, Policy
from outrider.drafts.types import Draft, Judgement
from outrider.kernel.asking import Answer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.drafts_world import World, build
from tests.policy_world import Judge, decided
from tests.program import Program

RULES = Policy.model_validate(
    {
        "rules": [
            {"name": "first", "when": "step == 1", "action": "escalate", "reason": "New people."},
        ]
    }
)
OPEN = Policy.model_validate(
    {"auto_approve": True, "bands": {"evidence": 4, "auto": 0, "escalate": 0, "held_back": 0}}
)


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> World:
    """Two days: the first with six decisions, the second with three on judged drafts."""
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        await decided(tx, world, person, "aaaaae")
    clock.advance(timedelta(days=1))
    async with database.transaction(workspace, SYSTEM) as tx:
        for one in await decided(tx, world, person, "aer"):
            await judged(tx, one)
    return world


async def judged(tx: Tx, draft: Draft) -> None:
    question = await judge.request(tx, draft)
    said: Answer[Judgement] = await Judge().ask(judge.task_for(draft), question)
    await judge.save(tx, draft, said)


def silent(done: int, total: int | None) -> None:
    assert total is not None
    assert done <= total


async def run(database: Database, workspace: WorkspaceId, policy: Policy, days: int = 30) -> Trial:
    begin = partial(database.transaction, workspace, SYSTEM)
    return await try_policy(begin, policy, days, None, silent)


async def test_each_verdict_stands_beside_what_people_said(
    database: Database, workspace: WorkspaceId, world: World
) -> None:
    found = await run(database, workspace, RULES)
    assert found.drafts == 9
    assert found.counts == {
        Action.ESCALATE: {Outcome.UNCHANGED: 6, Outcome.EDITED: 2, Outcome.REJECTED: 1}
    }
    assert found.rules == {"first": 9}
    assert {item.outcome for item in found.examples} == set(found.counts[Action.ESCALATE])


async def test_the_days_bound_what_is_tried(
    database: Database, workspace: WorkspaceId, world: World, clock: VirtualClock
) -> None:
    clock.advance(timedelta(hours=23, minutes=30))
    assert (await run(database, workspace, RULES, days=1)).drafts == 3
    for days in (0, 400):
        with pytest.raises(InvalidInput, match="cannot be tried"):
            await run(database, workspace, RULES, days=days)


async def test_a_dry_run_knows_only_what_was_known_then(
    database: Database, workspace: WorkspaceId, world: World
) -> None:
    found = await run(database, workspace, OPEN)
    # On the first day there was no evidence yet, so its six drafts could not have been automatic.
    assert found.count(Action.REVIEW) == 6
    assert found.counts[Action.AUTO_APPROVE] == {
        Outcome.UNCHANGED: 1, Outcome.EDITED: 1, Outcome.REJECTED: 1
    }  # fmt: skip


async def test_nothing_is_written(database: Database, workspace: WorkspaceId, world: World) -> None:
    tables = ("drafts", "decisions", "reviews", "policies", "audit_events", "draft_scores")

    async def counted() -> list[int]:
        async with database.transaction(workspace, SYSTEM) as tx:
            rows = [await tx.row(f"select count(*) as n from outrider.{name}") for name in tables]
        return [int(row["n"]) for row in rows if row]

    before = await counted()
    await run(database, workspace, OPEN)
    assert await counted() == before


async def test_more_drafts_than_a_batch_are_all_counted_once(
    database: Database,
    workspace: WorkspaceId,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("outrider.drafts.review.trial.BATCH", 3)
    assert (await run(database, workspace, RULES)).drafts == 9


async def test_the_command_line_leads_from_the_example_to_a_policy_in_force(
    tmp_path: Path, owner_url: URL
) -> None:
    program = Program(tmp_path / "home", owner_url)
    file = tmp_path / "policy.toml"
    file.write_text(program.run("policy", "example").out, encoding="utf-8")
    assert "can be used: 5 rules" in program.run("policy", "check", str(file)).out
    assert "No draft was written" in program.run("policy", "dry-run", str(file)).out
    done = program.run("policy", "set", str(file), "--note", "first try")
    assert "policy is version 1 now" in done.out
    shown = program.run("policy", "show")
    assert policy_file.read(shown.out) == policy_file.read(policy_file.EXAMPLE)
    history = json.loads(program.run("policy", "history", "--json").out)
    items = history["items"] if isinstance(history, dict) else history
    assert [item["note"] for item in items] == ["first try"]
    file.write_text(file.read_text().replace("deal_value >", "deal_vlue >"), encoding="utf-8")
    refused = program.run("policy", "set", str(file))
    assert refused.code == 2
    assert "perhaps deal_value is meant" in refused.err
    assert "Traceback" not in refused.err
    assert "built-in" in program.run("policy", "restore", "0").out
