"""An account that was looked up lately is not looked up, nor paid for, again by a later run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Tool
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import COST, Script, agent, brain_of, results, think
from tests.outreach import Office, open_office, people

LOOK_UP = "sec_company_facts"
PRICE = Decimal("0.02")


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, [*people("Acme", "CFO"), *people("Zenith", "CFO")]
    )


def tools() -> dict[str, Tool]:
    """Looking up costs money here."""
    return {**TOOLS, LOOK_UP: replace(TOOLS[LOOK_UP], cost_usd=PRICE)}


async def looked_up(office: Office, company: str, name: str = "research") -> tuple[str, Decimal]:
    """What an agent was told of a company, and what its run cost besides the model."""
    rows = await office.rows("select id from outrider.accounts where name = :n", n=company)
    script = Script(
        [{"search_accounts": {}}, {LOOK_UP: {"account_id": str(rows[0]["id"])}}, "Known."]
    )
    brain = brain_of(script, clock=office.clock, tools=tools())
    spec = agent("search_accounts", LOOK_UP, name=name)
    carried = await think(office, brain, spec)
    return results(script)[-1].content, carried.report.run.cost_estimate - 3 * COST


async def test_a_second_run_pays_nothing_for_a_fresh_account(office: Office) -> None:
    told, cost = await looked_up(office, "Acme")
    assert (cost, office.filings.asked) == (PRICE, ["Acme"])
    again, nothing = await looked_up(office, "Acme", "outreach")
    assert (nothing, office.filings.asked) == (Decimal(0), ["Acme"])
    assert again == told
    assert "written by strangers" in again


async def test_another_account_is_looked_up_and_an_old_one_anew(office: Office) -> None:
    await looked_up(office, "Acme")
    _, cost = await looked_up(office, "Zenith")
    assert (cost, office.filings.asked) == (PRICE, ["Acme", "Zenith"])
    office.clock.advance(timedelta(days=20))
    assert (await looked_up(office, "Acme"))[1] == 0
    # What was told from the record does not make it younger.
    office.clock.advance(timedelta(days=11))
    assert (await looked_up(office, "Acme"))[1] == PRICE
    assert office.filings.asked == ["Acme", "Zenith", "Acme"]


async def test_a_look_up_that_failed_is_tried_again(office: Office) -> None:
    office.filings.fails_for["Acme"] = RuntimeError("down")
    await looked_up(office, "Acme")
    office.filings.fails_for.clear()
    _, cost = await looked_up(office, "Acme")
    assert (cost, office.filings.asked) == (PRICE, ["Acme", "Acme"])


async def test_what_is_on_record_passes_every_gate_all_the_same(office: Office) -> None:
    await looked_up(office, "Acme")
    async with office.begin() as tx:
        await set_switch(tx, "tool", LOOK_UP, is_on=True, reason="test")
    told, _ = await looked_up(office, "Acme")
    assert "switched_off" in told
