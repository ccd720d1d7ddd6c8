"""Campaigns are made, found and listed."""

from __future__ import annotations

import pytest

from outrider.campaigns import create, store
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound


async def test_a_campaign_has_three_steps_two_to_five_business_days_apart(tx: Tx) -> None:
    campaign = await create.create(tx, "Spring", "Brand", competitor_website=" rival.example ")
    sequence = await store.newest_sequence(tx, campaign.id)
    assert sequence is not None
    delays = [step.delay_business_days for step in sequence.steps]
    assert (len(delays), delays[0]) == (3, 0)
    assert all(2 <= delay <= 5 for delay in delays[1:])
    assert campaign.target_competitor_website == "rival.example"
    assert await store.sequence(tx, sequence.id) == sequence


async def test_a_name_is_taken_once(tx: Tx) -> None:
    await create.create(tx, "Spring", "Brand")
    with pytest.raises(Conflict, match="a campaign named Spring already"):
        await create.create(tx, " Spring ", "Brand")


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "two\nlines"])
async def test_a_name_that_cannot_be_used_is_refused(tx: Tx, name: str) -> None:
    with pytest.raises(InvalidInput, match="campaign's name"):
        await create.create(tx, name, "Brand")
    assert await create.listing(tx) == []


async def test_a_campaign_is_found_by_its_name_or_its_id(tx: Tx) -> None:
    made = await create.create(tx, "Spring", "Brand")
    assert await create.find(tx, "Spring") == made
    assert await create.find(tx, str(made.id)) == made
    assert await create.listing(tx) == [made]


async def test_a_wrong_name_is_answered_with_the_names_there_are(tx: Tx) -> None:
    await create.create(tx, "Spring", "Brand")
    await create.create(tx, "Autumn", "Brand")
    with pytest.raises(NotFound, match="no campaign Sprang; there are Autumn, Spring"):
        await create.find(tx, "Sprang")
