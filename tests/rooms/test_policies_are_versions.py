"""A policy never changes: each is a version with its author, and an earlier one can hold again."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from outrider.campaigns import create
from outrider.campaigns.types import Campaign
from outrider.drafts.review import policy as policies
from outrider.drafts.review.types import Action, Clock, OnTimeout, Policy, Rule, SecondReader
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person

BIG = Rule(
    name="big deal",
    when="deal_value > 100000",
    action=Action.ESCALATE,
    to="admin",
    reason="It is large.",
)
FIRST = Policy(rules=(BIG,))
SECOND = Policy(rules=(BIG.model_copy(update={"when": "deal_value > 50000"}),))


@pytest.fixture
async def admin(database: Database, workspace: WorkspaceId) -> PersonId:
    return await add_person(database, workspace, "Ada Moss", "ada@brand.example", "admin")


@pytest.fixture
async def manager(database: Database, workspace: WorkspaceId) -> PersonId:
    return await add_person(database, workspace, "Max Orr", "max@brand.example", "campaign_manager")


@pytest.fixture
async def campaign(tx: Tx) -> Campaign:
    return await create.create(tx, "Leases", "Ledgerway")


async def test_the_built_in_policy_holds_until_somebody_sets_one(tx: Tx, admin: PersonId) -> None:
    before = await policies.active(tx, None)
    assert (before.id, before.version, before.policy) == (None, 0, policies.BUILT_IN)
    assert not before.policy.auto_approve
    stored = await policies.adopt(tx, admin, FIRST, None, "  large deals\n")
    assert (stored.version, stored.made_by, stored.note) == (1, "Ada Moss", "large deals")
    assert (await policies.active(tx, None)).policy == FIRST


async def test_a_campaigns_own_policy_goes_before_the_workspaces(
    tx: Tx, admin: PersonId, campaign: Campaign
) -> None:
    await policies.adopt(tx, admin, FIRST, None)
    assert (await policies.active(tx, campaign.id)).policy == FIRST
    own = await policies.adopt(tx, admin, SECOND, campaign.id)
    assert (own.version, own.campaign_id) == (1, campaign.id)
    assert (await policies.active(tx, campaign.id)).policy == SECOND
    assert (await policies.active(tx, None)).policy == FIRST


async def test_history_keeps_every_version_and_an_earlier_one_holds_again_as_a_new_one(
    database: Database, workspace: WorkspaceId, admin: PersonId, clock: VirtualClock
) -> None:
    for wanted in (FIRST, SECOND):
        async with database.transaction(workspace, SYSTEM) as tx:
            await policies.adopt(tx, admin, wanted, None)
        clock.advance(timedelta(hours=1))
    async with database.transaction(workspace, SYSTEM) as tx:
        again = await policies.restore(tx, admin, 1, None)
        assert (again.version, again.policy, again.note) == (3, FIRST, "version 1 again")
        kept = await policies.history(tx, None)
        assert [item.version for item in kept] == [3, 2, 1]
        assert [item.ended_at is None for item in kept] == [True, False, False]
        assert kept[2].ended_at == kept[1].created_at
        with pytest.raises(NotFound, match="no version 9"):
            await policies.restore(tx, admin, 9, None)


async def test_version_0_ends_the_stored_policy(
    tx: Tx, admin: PersonId, campaign: Campaign
) -> None:
    await policies.adopt(tx, admin, FIRST, None)
    await policies.adopt(tx, admin, SECOND, campaign.id)
    after = await policies.restore(tx, admin, 0, campaign.id)
    assert after.policy == FIRST
    assert (await policies.restore(tx, admin, 0, None)).policy == policies.BUILT_IN
    with pytest.raises(NotFound, match="no stored policy"):
        await policies.restore(tx, admin, 0, None)


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "compliance"])
async def test_only_campaign_managers_and_admins_set_policies(
    tx: Tx, database: Database, workspace: WorkspaceId, role: str
) -> None:
    other = await add_person(database, workspace, "Vic Low", "vic@brand.example", role)
    with pytest.raises(NotAllowed, match=f"Vic Low is {role} here and may not set policies"):
        await policies.adopt(tx, other, FIRST, None)
    with pytest.raises(NotAllowed, match="no member"):
        await policies.adopt(tx, PersonId(uuid4()), FIRST, None)
    assert await policies.history(tx, None) == []


@pytest.mark.parametrize(
    "wanted",
    [Policy(auto_approve=True), Policy(clock=Clock(on_timeout=OnTimeout.AUTO_SEND))],
)
async def test_what_can_leave_without_a_person_is_set_by_an_admin_alone(
    tx: Tx, admin: PersonId, manager: PersonId, wanted: Policy
) -> None:
    with pytest.raises(NotAllowed, match="is set by an admin alone"):
        await policies.adopt(tx, manager, wanted, None)
    await policies.adopt(tx, admin, wanted, None)
    await policies.adopt(tx, manager, FIRST, None)
    with pytest.raises(NotAllowed, match="is set by an admin alone"):
        await policies.restore(tx, manager, 1, None)


async def test_a_policy_that_cannot_be_used_leaves_the_old_one_in_force(
    tx: Tx, admin: PersonId
) -> None:
    await policies.adopt(tx, admin, FIRST, None)
    broken = Policy(rules=(BIG.model_copy(update={"when": "deal_vlue > 1"}),))
    stranger = Policy(rules=(BIG.model_copy(update={"to": "zoe@brand.example"}),))
    for wanted, said in ((broken, "perhaps deal_value is meant"), (stranger, "no member here")):
        with pytest.raises(InvalidInput, match=said):
            await policies.adopt(tx, admin, wanted, None)
    assert [item.policy for item in await policies.history(tx, None)] == [FIRST]


async def test_two_policies_at_the_same_moment_make_one_and_a_sentence(
    database: Database, workspace: WorkspaceId, admin: PersonId
) -> None:
    async def one(wanted: Policy) -> str:
        try:
            async with database.transaction(workspace, SYSTEM) as tx:
                await policies.adopt(tx, admin, wanted, None)
                await asyncio.sleep(0.05)
        except Conflict as error:
            return error.message
        return "set"

    said = await asyncio.gather(one(FIRST), one(SECOND))
    assert sorted(said) == [
        "Somebody set another policy at the same moment: look at it, then set yours.",
        "set",
    ]
    async with database.transaction(workspace, SYSTEM) as tx:
        assert len(await policies.history(tx, None)) == 1


async def test_each_change_is_in_the_log_with_who_and_what(tx: Tx, admin: PersonId) -> None:
    stored = await policies.adopt(tx, admin, Policy(rules=(BIG,), auto_approve=True), None)
    await policies.restore(tx, admin, 0, None)
    rows = await tx.rows(
        "select action, body from outrider.audit_events where subject = :subject order by action desc",
        {"subject": f"policy:{stored.id}"},
    )
    assert [row["action"] for row in rows] == ["drafts.set_policy", "drafts.end_policy"]
    body = json.loads(rows[0]["body"])
    assert body["auto_approve"] is True
    assert body["rules"] == ["big deal"]


@pytest.mark.parametrize(
    "reader", [SecondReader(), SecondReader(is_on=True), SecondReader(is_on=True, severity="warn")]
)
async def test_the_log_says_whether_a_second_reader_is_on(
    tx: Tx, admin: PersonId, reader: SecondReader
) -> None:
    stored = await policies.adopt(tx, admin, Policy(second_reader=reader), None)
    row = await tx.row(
        "select body from outrider.audit_events where action = 'drafts.set_policy'"
        " and subject = :subject",
        {"subject": f"policy:{stored.id}"},
    )
    assert row is not None
    assert json.loads(row["body"])["second_reader"] == {
        "is_on": reader.is_on,
        "severity": reader.severity,
    }
