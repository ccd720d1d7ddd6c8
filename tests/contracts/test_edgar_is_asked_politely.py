"""EDGAR is asked by name, slowly, once a day, and not at all for a while after it says no."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidSetting, VendorUnavailable
from outrider.vendors.fakes.sec_edgar import FakeEdgar, Refusal
from outrider.vendors.sec_edgar.addresses import EdgarAddresses
from outrider.vendors.sec_edgar.edgar import Edgar
from outrider.vendors.sec_edgar.transport import REQUESTS_PER_SECOND, Pace
from tests.filings import CONTACT, FIXTURES, HARBOR, report_of


@pytest.fixture
def fake() -> Iterator[FakeEdgar]:
    with FakeEdgar(FIXTURES) as running:
        yield running


@pytest.fixture
def edgar(fake: FakeEdgar, clock: VirtualClock) -> Edgar:
    return Edgar(CONTACT, None, clock, EdgarAddresses(fake.url, fake.url))


@pytest.mark.parametrize("contact", ["", "Example Company", "@", "me@", "a@b.example\r\nX: y"])
async def test_edgar_is_not_asked_without_a_contact(contact: str, clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting, match="e-mail"):
        Edgar(contact, None, clock)


async def test_edgar_is_told_who_asks_and_sends_gzip(edgar: Edgar, fake: FakeEdgar) -> None:
    await report_of(edgar, cik=HARBOR)

    assert {asked.agent for asked in fake.asked} == {CONTACT}
    assert all("gzip" in asked.encoding for asked in fake.asked)


async def test_an_answer_is_kept_for_a_day(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    first = await report_of(edgar, cik=HARBOR)
    asked = len(fake.asked)
    clock.advance(timedelta(hours=23))
    again = await report_of(edgar, cik=HARBOR)
    assert len(fake.asked) == asked
    assert again.documents[0].retrieved_at == first.documents[0].retrieved_at

    clock.advance(timedelta(hours=2))
    await report_of(edgar, cik=HARBOR)
    assert len(fake.asked) == 2 * asked


async def test_never_more_than_eight_requests_a_second(clock: VirtualClock, tmp_path: Path) -> None:
    file = tmp_path / "pace"
    paces = [Pace(clock, file), Pace(clock, file)]
    start = clock.now()
    for turn in range(41):
        await paces[turn % 2].wait()
    assert clock.now() - start >= timedelta(seconds=40 / REQUESTS_PER_SECOND)


async def test_two_sources_of_one_process_share_the_pace(
    fake: FakeEdgar, clock: VirtualClock
) -> None:
    start = clock.now()
    for _ in range(2):
        source = Edgar(CONTACT, None, clock, EdgarAddresses(fake.url, fake.url))
        await report_of(source, cik=HARBOR)
    assert clock.now() - start >= timedelta(seconds=(len(fake.asked) - 1) / REQUESTS_PER_SECOND)


async def test_trouble_is_waited_out(edgar: Edgar, fake: FakeEdgar, clock: VirtualClock) -> None:
    fake.refuse(Refusal(503), Refusal(429, {"Retry-After": "7"}))
    start = clock.now()

    assert (await report_of(edgar, cik=HARBOR)).cik == HARBOR

    assert clock.now() - start >= timedelta(seconds=7)
    assert [asked.path for asked in fake.asked[:3]] == ["/submissions/CIK0009900001.json"] * 3


async def test_trouble_that_stays_is_told_and_not_taken_for_an_unknown_company(
    edgar: Edgar, fake: FakeEdgar
) -> None:
    fake.refuse(*[Refusal(500)] * 4)
    with pytest.raises(VendorUnavailable, match="status 500"):
        await edgar.report(name="", cik=HARBOR, ticker=None)


async def test_a_wait_longer_than_a_minute_is_not_sat_out(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    fake.refuse(Refusal(429, {"Retry-After": "3600"}))
    start = clock.now()
    with pytest.raises(VendorUnavailable):
        await edgar.report(name="", cik=HARBOR, ticker=None)
    assert clock.now() - start < timedelta(seconds=2)


async def test_after_a_refusal_edgar_is_left_alone_for_ten_minutes(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    fake.refuse(Refusal(403))
    for _ in range(3):
        with pytest.raises(VendorUnavailable, match="left alone until"):
            await edgar.report(name="", cik=HARBOR, ticker=None)
    assert len(fake.asked) == 1

    clock.advance(timedelta(minutes=10))
    assert (await report_of(edgar, cik=HARBOR)).cik == HARBOR


async def test_a_server_that_is_gone_is_told(clock: VirtualClock) -> None:
    with FakeEdgar(FIXTURES) as fake:
        url = fake.url
    source = Edgar(CONTACT, None, clock, EdgarAddresses(url, url))
    with pytest.raises(VendorUnavailable, match="does not answer"):
        await source.report(name="", cik=HARBOR, ticker=None)
