"""Whoever opens a draft reads what is wrong, what is next, what it claims and from where, before the mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from outrider.app.cli.draft_page import print_draft
from outrider.app.views import drafts as view
from outrider.drafts import decide, write
from outrider.drafts.review import route, seed
from outrider.drafts.types import Draft
from outrider.kernel import access
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId
from outrider.prospects.types import FactKind
from tests.drafts_world import World, answer, build, claim
from tests.review_world import BODY, actor


async def written(tx: Tx, world: World, body: str = BODY) -> Draft:
    lease = world.dossier.newest(FactKind.OPERATING_LEASE_LIABILITY)
    auditor = world.dossier.newest(FactKind.AUDITOR)
    assert lease is not None
    assert auditor is not None
    claims = (claim("$413 million", lease), claim("Bellweather & Marsh", auditor))
    draft = await write.save(
        tx, world.enrollment, world.request(), answer("Lease terms at Harbor", body, *claims)
    )
    await route.route(tx, draft)
    return draft


async def opened(tx: Tx, draft: Draft, person: PersonId) -> dict[str, Any]:
    found = await view.one(tx, draft.id, await access.member(tx, person))
    assert found is not None
    return found


async def page(
    tx: Tx, draft: Draft, person: PersonId, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """The lines of a terminal, without those that are empty."""
    shown = await opened(tx, draft, person)
    capsys.readouterr()
    print_draft(shown)
    return [line for line in capsys.readouterr().out.splitlines() if line.strip()]


def first(lines: list[str], begins: str) -> int:
    return next(number for number, line in enumerate(lines) if line.startswith(begins))


async def test_each_claim_stands_beside_the_words_that_it_rests_on(
    tx: Tx, person: PersonId, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = await written(tx, await build(tx))
    lines = await page(tx, draft, person, capsys)
    at = first(lines, 'Claims   1. "$413 million" rests on Annual report (10-K), SEC EDGAR:')
    assert lines[at + 1].strip() == '"Total operating lease liabilities $ 412.6"'
    assert lines[at + 2].strip() == "https://filings.example/harbor/10k"
    assert first(lines, "Next     a decision by anyone who may, due") < at
    # All of it is on the first screen of a terminal, and above the mail.
    assert at < first(lines, "Subject ") < 16
    assert first(lines, "Hi Dana,") < first(lines, "Why") < first(lines, "Hash")


async def test_what_blocks_comes_first_with_what_mends_it(
    tx: Tx, person: PersonId, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = await written(tx, await build(tx), BODY.replace("$413 million", "$913 million"))
    lines = await page(tx, draft, person, capsys)
    assert lines[3].startswith("BLOCKS   ")
    assert all(". Fix: " in line for line in lines if line.startswith("BLOCKS"))
    assert first(lines, "BLOCKS") < first(lines, "Next     an edit or a rejection by")


async def test_a_claim_without_a_stored_fact_says_so(
    tx: Tx, person: PersonId, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = await written(tx, await build(tx))
    await tx.run(
        "update outrider.drafts set claims = jsonb_set(claims, '{0,fact_id}',"
        " '\"00000000-0000-0000-0000-000000000001\"') where id = :id",
        {"id": draft.id},
    )
    lines = await page(tx, draft, person, capsys)
    assert any('"$413 million" rests on nothing that is stored' in line for line in lines)


async def test_what_changed_since_the_version_before_stands_above_the_mail(
    tx: Tx, person: PersonId, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = await written(tx, await build(tx))
    body = BODY.replace("Somebody has to read all of that paper first.", "Somebody reads it all.")
    edited = await decide.edit(replace(tx, actor=actor(person)), draft.id, person, body=body)
    await route.route(tx, edited)
    lines = await page(tx, edited, person, capsys)
    assert first(lines, f"Since draft {draft.number}") < first(lines, "Subject ")
    assert "edited by a person" in lines[2]


async def test_an_opened_draft_shows_what_an_approval_would_find_today(
    tx: Tx, person: PersonId
) -> None:
    draft = await written(tx, await build(tx))
    assert (await opened(tx, draft, person))["can"]["approve"]["allowed"]
    await tx.run("update outrider.facts set value = '9999' where kind like '%lease%'")
    found = await opened(tx, draft, person)
    assert {"block"} <= {finding["severity"] for finding in found["findings"]}
    assert not found["can"]["approve"]["allowed"]
    await tx.run("update outrider.contacts set title = 'Treasurer'")
    found = await opened(tx, draft, person)
    assert (
        "written before its contact or campaign changed (title)"
        in (found["can"]["approve"]["why_not"])
    )


async def test_opening_a_test_of_the_reviewers_does_not_tell_it(tx: Tx, person: PersonId) -> None:
    draft = await written(tx, await build(tx))
    planted = await seed.plant(tx, draft.id)
    assert planted is not None
    await route.route(tx, planted)
    source, test = await opened(tx, draft, person), await opened(tx, planted, person)
    assert test["findings"] == source["findings"]
    assert test["can"] == source["can"]
    assert set(test) == set(source)
