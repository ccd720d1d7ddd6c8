"""Lists in the browser: bad rows are told before and after, the same list changes nothing, a no is a no."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.async_api import Page, expect

from tests.web.world import World

LIST = """Work email,Company,First,Last,Colour
ann@acme.example.com,Acme,Ann,Reed,red
no-address,Beta,Bob,Lee,blue
ben@beta.example.com,Beta,=Ben,Ash,
,Gamma,Cid,Low,green
"""


async def _hand_over(page: Page, tmp_path: Path, text: str = LIST) -> None:
    file = tmp_path / "people.csv"
    file.write_text(text)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_label("Ready")).to_be_visible()


async def test_bad_rows_are_shown_before_and_can_be_fetched_after(
    world: World, tmp_path: Path
) -> None:
    page = await world.page(path="/prospects/import")
    await _hand_over(page, tmp_path)
    await expect(page.get_by_label("Work email is taken for")).to_have_value("email")
    await expect(page.get_by_label("Colour is taken for")).to_have_value("")
    rejected = page.get_by_role("region", name="Rejected rows")
    await expect(rejected.get_by_role("row", name="no-address")).to_contain_text(
        "is no e-mail address"
    )
    await page.get_by_role("button", name="Import 2 rows").click()
    await expect(page.get_by_text("The list is in.")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download the rejected rows").click()
    rows = list(
        csv.reader(io.StringIO(Path(await (await coming.value).path()).read_text("utf-8-sig")))
    )
    assert rows[0][:3] == ["line", "column", "reason"]
    assert [row[0] for row in rows[1:]] == ["3", "5"]
    await page.get_by_role("button", name="Import another list").click()
    await _hand_over(page, tmp_path)
    await page.get_by_role("button", name="Import 2 rows").click()
    await expect(page.get_by_text("nothing changed")).to_be_visible()
    assert world.heard == []


async def test_a_person_says_what_a_column_is(world: World, tmp_path: Path) -> None:
    page = await world.page(path="/prospects/import")
    await _hand_over(page, tmp_path, "Adr,Firm,Zzz\nann@acme.example.com,Acme,CFO\n")
    await page.get_by_label("Zzz is taken for").select_option("title")
    await expect(page.get_by_label("Zzz is taken for")).to_have_value("title")
    await page.get_by_role("button", name="Import 1 row").click()
    await expect(page.get_by_text("The list is in.")).to_be_visible()
    (ann,) = await world.rows(
        "select title from outrider.contacts where email = 'ann@acme.example.com'"
    )
    assert ann["title"] == "CFO"


async def test_an_address_is_suppressed_for_good(world: World) -> None:
    page = await world.page(path="/prospects/suppressed")
    await expect(page.get_by_text("Nobody is suppressed")).to_be_visible()
    (known,) = await world.rows("select email, first_name from outrider.contacts limit 1")
    await page.get_by_role("button", name="Suppress an address").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("E-mail address").fill(known["email"])
    await dialog.get_by_label("Why").fill("asked on the phone")
    await dialog.get_by_role("button", name="Suppress", exact=True).click()
    await expect(page.get_by_role("row", name=known["first_name"])).to_contain_text(
        "asked on the phone"
    )
    await expect(dialog).to_have_count(0)
    await page.get_by_label("E-mail address").fill(known["email"].upper())
    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_text("Never written to again since")).to_be_visible()
    await page.get_by_label("E-mail address").fill("nobody@nowhere.example.com")
    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_text("This address is not suppressed.")).to_be_visible()
    # The list keeps no address, so nothing can list them.
    assert known["email"] not in str(await world.rows("select * from outrider.suppressions"))
