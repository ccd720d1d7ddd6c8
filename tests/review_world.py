"""Many drafts alike that wait for a decision, and the people who decide.

In: an open transaction. Out: drafts written and routed through the rooms' own verbs. Never: a decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from outrider.campaigns import enrol
from outrider.drafts import write
from outrider.drafts.review import policy, route
from outrider.drafts.review.types import Action, Clock, Guard, OnTimeout, Policy, Rule
from outrider.drafts.types import Draft
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.prospects import read, research
from outrider.prospects.types import AccountId, CompanyReport, ContactId, FactKind, RawDocument
from tests.conftest import add_person
from tests.drafts_world import RAW, World, answer, build, claim, found_facts, sender

BODY = (
    "Hi Dana,\n\nHarbor Outfitters carries $413 million of operating lease liabilities, and "
    "Bellweather & Marsh audits them once a year. Somebody has to read all of that paper first.\n\n"
    "Who reads the amendments today?"
)
CLOCK = Actor(ActorKind.JOB, "clock")


def actor(person: PersonId) -> Actor:
    return Actor(ActorKind.PERSON, str(person))


async def crowd(
    tx: Tx, count: int, world: World | None = None, per_account: int | None = None
) -> list[Draft]:
    """So many first touches of one campaign, each to somebody else, routed.

    All at one account, or `per_account` people at each of as many accounts as it takes.
    """
    world = world or await build(tx)
    drafts: list[Draft] = []
    while len(drafts) < count:
        if per_account is not None:
            world = replace(world, **await _another_account(tx))
        some = min(count - len(drafts), per_account or count)
        drafts += [await _to_somebody(tx, world, number) for number in range(some)]
    return drafts


async def _another_account(tx: Tx) -> dict[str, Any]:
    account_id = AccountId(tx.new_id())
    await tx.run(
        "insert into outrider.accounts (id, workspace_id, key, name, status, attributes, created_at,"
        " updated_at) values (:id, :workspace, :key, 'Harbor Outfitters', 'new', '{}', :now, :now)",
        {"id": account_id, "workspace": tx.workspace, "key": f"name:{account_id}", "now": tx.now},
    )
    document = RawDocument(
        source="sec_10k", url="https://filings.example/harbor/10k", media_type="text/html",
        content=RAW, retrieved_at=tx.now,
    )  # fmt: skip
    report = CompanyReport(
        cik=None, name="Harbor Outfitters", facts=found_facts(), documents=(document,)
    )
    return {"dossier": await research.save(tx, account_id, report)}


async def _to_somebody(tx: Tx, world: World, number: int) -> Draft:
    contact_id = ContactId(tx.new_id())
    await tx.run(
        "insert into outrider.contacts (id, workspace_id, account_id, email, email_key,"
        " first_name, last_name, title, status, source, created_at, updated_at) values (:id,"
        " :workspace, :account, :email, :email, 'Dana', 'Ruiz', 'Controller', 'active',"
        " 'import', :now, :now)",
        {
            "id": contact_id,
            "workspace": tx.workspace,
            "account": world.dossier.account.id,
            "email": f"dana{number}-{contact_id.hex[-9:]}@harbor.example",
            "now": tx.now,
        },
    )
    [enrollment] = await enrol.enrol(tx, world.campaign.id, [contact_id], sender().mailbox_id)
    one = replace(world, contact=await read.contact(tx, contact_id), enrollment=enrollment)
    fact = world.dossier.newest(FactKind.OPERATING_LEASE_LIABILITY)
    auditor = world.dossier.newest(FactKind.AUDITOR)
    assert fact is not None
    assert auditor is not None
    claims = (claim("$413 million", fact), claim("Bellweather & Marsh", auditor))
    written = answer("Lease terms at Harbor", BODY, *claims)
    draft = await write.save(tx, enrollment, one.request(), written)
    await route.route(tx, draft)
    return draft


async def adopt(
    database: Database, workspace: WorkspaceId, *rules: Rule, **changes: Any
) -> PersonId:
    """Put a policy of these rules in force, by an admin who is made for it."""
    boss = await add_person(database, workspace, "Mia Holt", "mia@brand.example", role="admin")
    guard = Guard(**changes.pop("guard", {}))
    clock = Clock(**changes.pop("clock", {}))
    async with database.transaction(workspace, actor(boss)) as tx:
        await policy.adopt(tx, boss, Policy(rules=rules, guard=guard, clock=clock, **changes), None)
    return boss


def always(action: Action, **values: Any) -> Rule:
    """A rule that holds for every draft."""
    return Rule(name="always", when="true", action=action, reason="It is a test.", **values)


SENDS_BY_ITSELF = {
    "clock": {"sla": timedelta(hours=1), "on_timeout": OnTimeout.AUTO_SEND},
    "auto_approve": True,
}


async def fresh(database: Database, workspace: WorkspaceId, count: int) -> list[Draft]:
    """So many drafts alike, in a transaction of their own."""
    async with database.transaction(workspace, SYSTEM) as tx:
        return await crowd(tx, count)
