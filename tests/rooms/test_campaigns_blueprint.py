"""A blueprint from stored mail, version by version."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from pathlib import Path

import pytest

from outrider.campaigns import blueprint, create, ingest
from outrider.campaigns.types import (
    Blueprint,
    BlueprintId,
    Campaign,
    Intake,
    MailSource,
    RawMessage,
    Strength,
)
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import NotFound
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.vendors.mail_files import open_mail

Begin = Callable[[], AbstractAsyncContextManager[Tx]]
BODIES = (
    "Hi Jane,\n\nSaw that Acme opened new sites. Most controllers keep leases in spreadsheets and"
    " find errors at the audit, which costs them days.\n\nWe read each lease and save the team ten"
    " days a quarter. A grocer with a thousand leases cut its close from twelve days to seven.\n\n"
    "Would it be worth comparing notes?\n",
    "Hi Jane,\n\nOne more thought on your renewals. A retailer of your size found forty missed"
    " dates in the first week, and that paid for the year. They began with one region and ten"
    " contracts, and it took an afternoon.\n\nShould I send the example?\n",
    "Hi Jane,\n\nI will stop here. If leases move up your list, a short answer is enough and the"
    " two-page checklist is on its way to you the same day.\n\nJust reply with a yes.\n",
)
DAYS = ("Mon, 2", "Thu, 5", "Wed, 11")


def sales_mail(prospect: int, step: int) -> RawMessage:
    text = (
        f"From: Sam Lee <sam{prospect % 2}@brand.example>\nTo: <jane{prospect}@acme.example>\n"
        f"Subject: {'Re: ' if step else ''}Your leases in audit\n"
        f"Date: {DAYS[step]} Mar 2026 10:{prospect:02d}:00 -0600\n"
        f"Message-ID: <{prospect}.{step}@brand.example>\n\n{BODIES[step]}"
    )
    return RawMessage(f"box message {prospect}", "mbox", text.encode())


@pytest.fixture
def begin(database: Database, workspace: WorkspaceId) -> Begin:
    return lambda: database.transaction(workspace, SYSTEM)


@pytest.fixture
async def campaign(begin: Begin) -> Campaign:
    async with begin() as tx:
        return await create.create(tx, "Spring", "Brand")


async def made(begin: Begin, campaign: Campaign) -> Blueprint:
    async with begin() as tx:
        return await blueprint.generate(tx, campaign.id)


async def test_the_same_inputs_make_no_second_version(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    into = Intake(campaign.id, MailSource.BRAND)
    await ingest.ingest(begin, objects, into, [sales_mail(n, 0) for n in range(12)])
    first = await made(begin, campaign)
    assert await made(begin, campaign) == first
    await ingest.ingest(begin, objects, into, [sales_mail(n, 0) for n in range(12)])
    assert (await made(begin, campaign)).version == 1


async def test_new_mail_makes_a_new_version_and_archives_the_old(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    first = await made(begin, campaign)
    into = Intake(campaign.id, MailSource.BRAND)
    await ingest.ingest(begin, objects, into, [sales_mail(n, 0) for n in range(12)])
    second = await made(begin, campaign)
    async with begin() as tx:
        assert await blueprint.active(tx, campaign.id) == second
        assert (await blueprint.by_id(tx, first.id)).status == "archived"
    assert (first.version, second.version, second.status) == (1, 2, "active")


async def test_sequences_of_sales_mail_teach_length_ask_and_rhythm(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    mails = [sales_mail(n, step) for n in range(20) for step in range(3)]
    await ingest.ingest(begin, objects, Intake(campaign.id, MailSource.BRAND), mails)
    found = await made(begin, campaign)
    words, delay = found.rule("body_words", 1), found.rule("step_delay_business_days", 2)
    assert words is not None
    assert delay is not None
    assert (words.strength, words.support, words.out_of) == (Strength.STRONG, 20, 20)
    assert delay.low is not None
    assert delay.high is not None
    assert delay.low <= 3 <= delay.high
    assert delay.strength is Strength.STRONG
    asks = [rule.choice for step in (1, 2, 3) if (rule := found.rule("cta_type", step))]
    assert asks == ["question", "question", "reply"]
    variation = found.rule("step_variation")
    assert variation is not None
    assert "20 past series" in variation.text


async def test_what_a_version_rests_on_is_kept_with_it(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    mails = [sales_mail(n, step) for n in range(6) for step in range(2)]
    junk = RawMessage("x", "mbox", b"junk")
    await ingest.ingest(begin, objects, Intake(campaign.id, MailSource.BRAND), [*mails, junk])
    inputs = (await made(begin, campaign)).inputs
    brand = inputs["brand"]
    assert isinstance(brand, dict)
    assert (brand["mails"], brand["unread"], brand["one_to_one"]) == (12, 1, 12)
    assert brand["window"] == ["2026-03-02T16:00:00+00:00", "2026-03-05T16:05:00+00:00"]
    assert brand["counts"]["cadence_bucket"] == {"2_3_days": 6, "first": 6}
    assert set(inputs) >= {"thresholds", "competitor", "mails_sha256", "features_version"}


async def test_a_campaign_without_mail_gets_safe_defaults_and_is_told_so(
    begin: Begin, campaign: Campaign
) -> None:
    found = await made(begin, campaign)
    rules = (*found.structure, *found.dos, *found.donts, *found.cadence)
    assert {rule.strength for rule in rules} == {Strength.DEFAULT}
    assert {rule.confidence for rule in rules} == {Decimal(0)}
    assert found.sufficiency == 0
    assert "may come out generic" in found.warnings[0]


async def test_a_blueprint_that_was_never_made_is_none_and_a_wrong_id_is_named(
    begin: Begin, campaign: Campaign
) -> None:
    async with begin() as tx:
        assert await blueprint.active(tx, campaign.id) is None
        stranger = BlueprintId(new_id(tx.now))
        with pytest.raises(NotFound, match=str(stranger)):
            await blueprint.by_id(tx, stranger)


async def test_real_newsletters_leave_the_safe_ranges_in_force(
    begin: Begin, objects: Objects, campaign: Campaign, shared_data: Path
) -> None:
    for name, source in (
        ("brand_cnet", MailSource.BRAND),
        ("competitor_lockergnome", MailSource.COMPETITOR),
    ):
        mail = open_mail(shared_data / "mail" / f"{name}.mbox")
        await ingest.ingest(begin, objects, Intake(campaign.id, source), mail)
    found = await made(begin, campaign)
    words, subject = found.rule("body_words", 1), found.rule("subject_words")
    norm = found.rule("compared_body_words")
    assert words is not None
    assert subject is not None
    assert norm is not None
    assert (words.low, words.high) == (Decimal(50), Decimal(125))
    assert (subject.low, subject.high) == (Decimal(3), Decimal(7))
    assert words.out_of == 85
    assert (norm.choice, norm.out_of) == ("differentiate", 30)
    assert any("newsletters" in warning for warning in found.warnings)
    assert found.sufficiency < Decimal("0.5")
