"""What past mail leaves in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from outrider.campaigns import create, ingest, store
from outrider.campaigns.types import (
    CadenceBucket,
    Campaign,
    CtaType,
    FeatureQuery,
    Intake,
    MailSource,
    RawMessage,
)
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.vendors.mail_files import open_mail

Begin = Callable[[], AbstractAsyncContextManager[Tx]]


@pytest.fixture
def begin(database: Database, workspace: WorkspaceId) -> Begin:
    return lambda: database.transaction(workspace, SYSTEM)


@pytest.fixture
async def campaign(begin: Begin) -> Campaign:
    async with begin() as tx:
        return await create.create(tx, "Spring", "Brand", competitor_name="Rival")


def sales_mail(step: int, day: int, to: str = "jane@acme.example", subject: str = "") -> RawMessage:
    asks = (
        "Would it be worth comparing notes on your lease backlog?",
        "Is somebody else the right person for this?",
        "Are you free for a 15 minute call on Thursday?",
    )
    text = (
        f"From: Sam Lee <sam@brand.example>\nTo: Jane Roe <{to}>\n"
        f"Subject: {subject or 'Lease backlog at Acme'}\nDate: Mon, {day} Mar 2026 09:15:00 -0600\n"
        f"Message-ID: <{to}-{step}@brand.example>\n\nHi Jane,\n\n"
        f"Your annual report names a backlog of leases, and mail {step} is about that.\n\n"
        f"{asks[step - 1]}\n"
    )
    return RawMessage(f"box message {step}", "mbox", text.encode())


async def rows(begin: Begin, sql: str) -> list[dict[str, object]]:
    async with begin() as tx:
        return [dict(row) for row in await tx.rows(sql)]


async def test_the_same_mails_twice_change_nothing(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    into = Intake(campaign.id, MailSource.BRAND)
    mails = [sales_mail(1, 2), sales_mail(2, 5), RawMessage("x", "mbox", b"junk")]
    first = await ingest.ingest(begin, objects, into, mails)
    before = await rows(
        begin, "select * from emails join email_features on email_id = id order by id"
    )
    second = await ingest.ingest(begin, objects, into, [*mails, mails[0]])
    after = await rows(
        begin, "select * from emails join email_features on email_id = id order by id"
    )
    assert (first.read, first.new, first.known, first.unreadable) == (3, 2, 0, 1)
    assert (second.read, second.new, second.known, second.unreadable) == (4, 0, 4, 0)
    assert before == after
    assert len(after) == 2


async def test_an_unreadable_mail_is_kept_with_its_reason(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    into = Intake(campaign.id, MailSource.COMPETITOR)
    raw = b"no header here\x00\xff just bytes"
    report = await ingest.ingest(begin, objects, into, [RawMessage("box\udcff 7", "mbox", raw)])
    (kept,) = await rows(begin, "select * from unread_emails")
    assert report.reasons == {"it has no mail headers": 1}
    assert kept["reason"] == "it has no mail headers"
    assert kept["origin"] == "box\\udcff 7"
    async with begin() as tx:
        assert await ingest.raw(tx, objects, str(kept["raw_sha256"])) == raw


async def test_a_run_that_was_cut_off_is_completed_by_the_next(
    begin: Begin, objects: Objects, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_MESSAGES", 2)
    into = Intake(campaign.id, MailSource.BRAND)
    mails = [sales_mail(n, d, f"p{p}@acme.example") for p in range(3) for n, d in ((1, 2), (2, 5))]

    def breaking() -> Iterator[RawMessage]:
        yield from mails[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await ingest.ingest(begin, objects, into, breaking())
    assert len(await rows(begin, "select id from emails")) == 4
    report = await ingest.ingest(begin, objects, into, mails)
    assert (report.known, report.new) == (4, 2)
    places = await rows(
        begin,
        "select follow_up_index, cadence_bucket, gap_business_days from email_features"
        " order by follow_up_index",
    )
    assert [place["follow_up_index"] for place in places] == [0, 0, 0, 1, 1, 1]
    assert places[-1]["cadence_bucket"] == "2_3_days"
    assert places[-1]["gap_business_days"] == 3


async def test_a_follow_up_that_comes_in_before_its_first_mail_finds_its_place(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    into = Intake(campaign.id, MailSource.BRAND)
    await ingest.ingest(begin, objects, into, [sales_mail(3, 11), sales_mail(2, 5)])
    await ingest.ingest(begin, objects, into, [sales_mail(1, 2)])
    places = await rows(
        begin,
        "select follow_up_index from email_features join emails on id = email_id"
        " order by emails.sent_at",
    )
    assert [place["follow_up_index"] for place in places] == [0, 1, 2]


async def test_mails_are_found_by_source_ask_step_and_cadence(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    mails = [sales_mail(n, d) for n, d in ((1, 2), (2, 6), (3, 11))]
    await ingest.ingest(begin, objects, Intake(campaign.id, MailSource.COMPETITOR), mails)
    await ingest.ingest(begin, objects, Intake(campaign.id, MailSource.BRAND), mails)
    query = FeatureQuery(
        campaign_id=campaign.id,
        source=MailSource.COMPETITOR,
        cta_types=(CtaType.QUESTION,),
        step=2,
        cadence=(CadenceBucket.DAYS_2_3, CadenceBucket.DAYS_4),
    )
    async with begin() as tx:
        found = await store.mails_like(tx, query)
    assert [(mail.source, mail.step, mail.cta_type) for mail in found] == [
        (MailSource.COMPETITOR, 2, CtaType.QUESTION)
    ]


async def test_the_same_mail_may_serve_two_sources(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    for source in MailSource:
        report = await ingest.ingest(
            begin, objects, Intake(campaign.id, source), [sales_mail(1, 2)]
        )
        assert report.new == 1


async def test_progress_names_the_total_and_ends_at_it(
    begin: Begin, objects: Objects, campaign: Campaign
) -> None:
    seen: list[tuple[int, int | None]] = []
    mails = [sales_mail(1, 2), sales_mail(2, 5)]
    await ingest.ingest(
        begin,
        objects,
        Intake(campaign.id, MailSource.BRAND),
        mails,
        lambda done, total: seen.append((done, total)),
    )
    assert seen == [(0, 2), (2, 2)]


async def test_real_mailboxes_go_in_whole(
    begin: Begin, objects: Objects, campaign: Campaign, shared_data: Path
) -> None:
    for name, source, count in (
        ("brand_cnet", MailSource.BRAND, 85),
        ("competitor_lockergnome", MailSource.COMPETITOR, 30),
    ):
        mail = open_mail(shared_data / "mail" / f"{name}.mbox")
        report = await ingest.ingest(begin, objects, Intake(campaign.id, source), mail)
        assert (report.read, report.new, report.unreadable) == (count, count, 0)
    kept = await rows(begin, "select count(*) as n, min(length(body)) as least from emails")
    assert kept[0]["n"] == 115
    assert int(str(kept[0]["least"])) > 100
