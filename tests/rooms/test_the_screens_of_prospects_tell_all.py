"""The ranking and an account's page over HTTP: nothing is lost between pages, and every no has its reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import httpx2
import pytest

from outrider.app.wiring import Outrider
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import consent, store_facts
from outrider.prospects.types import AccountId, ContactId, Score, SuppressionReason
from tests.access_world import got, signed_in
from tests.answers import Answers
from tests.drafts_world import SENTENCE, build
from tests.mails import reply
from tests.rooms.test_sequences_follow_replies import add_contact
from tests.sending_world import SUPPRESSOR, Wire, make_world

STRANGER = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "viewer") as opened:
        yield opened


async def accounts(outrider: Outrider, points: list[int | None]) -> list[str]:
    """Accounts with one contact each and these scores; some are never scored."""
    async with outrider.begin()() as tx:
        ids = []
        for place, score in enumerate(points):
            (contact,) = await add_contact(tx)
            row = await tx.row(
                "select account_id as id from contacts where id = :id", {"id": contact}
            )
            assert row is not None
            ids.append(row["id"])
            await tx.run(
                "update accounts set name = :name, domain = :domain where id = :id",
                {"id": row["id"], "name": f"Firm {place:02}", "domain": f"firm{place}.example"},
            )
            if score is not None:
                made = Score(
                    account_id=AccountId(row["id"]),
                    points=Decimal(score),
                    coverage=Decimal("0.5"),
                    factors=(),
                    weights_version="test-1",
                )
                await store_facts.add_scores(tx, [made])
    return [str(id_) for id_ in ids]


async def test_pages_of_the_ranking_join_without_a_gap_or_a_repeat(
    http: httpx2.AsyncClient, outrider: Outrider
) -> None:
    # Equal scores, a nought and no score at all: where pages break most easily.
    ids = await accounts(outrider, [50, 90, 50, None, 0, 50, None, 90])
    seen: list[str] = []
    after: str | None = None
    for _ in range(10):
        asked = {"limit": 3, **({"after": after} if after else {})}
        page = await got(http, "/api/prospects", **asked)
        assert page["total"] == 8
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [ids[place] for place in (1, 7, 0, 2, 5, 4, 3, 6)]


async def test_a_filter_takes_its_words_as_they_are(
    http: httpx2.AsyncClient, outrider: Outrider
) -> None:
    ids = await accounts(outrider, [50, 90])
    found = await got(http, "/api/prospects", q="FIRM0.example")
    assert [one["id"] for one in found["items"]] == [ids[0]]
    assert (await got(http, "/api/prospects", q="%"))["items"] == []
    assert (await got(http, "/api/prospects", status="exhausted"))["total"] == 0
    assert (await http.get("/api/prospects", params={"status": "rich"})).status_code == 400
    assert (await http.get("/api/prospects", params={"limit": 201})).status_code == 400


async def test_a_fact_is_shown_with_the_words_of_its_source(
    http: httpx2.AsyncClient, outrider: Outrider
) -> None:
    async with outrider.begin()() as tx:
        made = await build(tx)
    page = await got(http, f"/api/prospects/{made.dossier.account.id}")
    lease, *_, statement = page["facts"]
    assert (lease["kind"], lease["value"], lease["unit"]) == (
        "operating_lease_liability",
        "412600000",
        "USD",
    )
    assert lease["quote"] == "Total operating lease liabilities $ 412.6"
    assert lease["url"] == "https://filings.example/harbor/10k"
    assert (statement["kind"], statement["quote"]) == ("statement", SENTENCE)
    assert page["facts_in_all"] == len(page["facts"])


async def test_a_pause_is_not_now_and_an_opt_out_is_never(
    http: httpx2.AsyncClient, outrider: Outrider
) -> None:
    (account,) = await accounts(outrider, [10])
    async with outrider.begin()() as tx:
        row = await tx.row("select id from contacts where account_id = :id", {"id": UUID(account)})
        assert row is not None
        contact = ContactId(row["id"])
        until = date.fromisoformat(f"{tx.now + timedelta(days=9):%Y-%m-%d}")
        await consent.quiet(tx, contact, until, "a test")
    (person,) = (await got(http, f"/api/prospects/{account}"))["people"]
    assert (person["may_write"], person["is_closed"]) == (False, False)
    assert person["why_not"]
    async with outrider.begin()() as tx:
        await consent.suppress(tx, SUPPRESSOR, contact, SuppressionReason.OPT_OUT, "a test")
    (person,) = (await got(http, f"/api/prospects/{account}"))["people"]
    assert (person["may_write"], person["is_closed"]) == (False, True)
    assert (await got(http, "/api/prospects"))["items"][0]["closed"] == 1


async def test_the_timeline_has_each_thing_once_and_no_word_of_a_mail(
    http: httpx2.AsyncClient,
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    objects: Objects,
) -> None:
    answers = Answers(await make_world(database, workspace, person), objects, Wire())
    ((ready, item),) = await answers.send()
    await answers.receive(reply(item.message_id, "Call me on 555 0100."))
    row = await answers.one(
        "select account_id from outrider.contacts where id = :id", id=ready.contact_id
    )
    answer = await http.get(f"/api/prospects/{row['account_id']}")
    kinds = sorted((one["kind"], one["what"]) for one in answer.json()["timeline"])
    assert kinds == [
        ("decision", "approve"),
        ("draft", "written"),
        ("mail", "sent"),
        ("reply", "reply"),
    ]
    sent = next(one for one in answer.json()["timeline"] if one["kind"] == "mail")
    assert sent["message_id"] == item.message_id
    assert "555 0100" not in answer.text


async def test_an_account_that_is_not_ours_is_not_there(http: httpx2.AsyncClient) -> None:
    answer = await http.get(f"/api/prospects/{STRANGER}")
    assert answer.status_code == 404
    assert (await http.get("/api/prospects/me")).status_code == 400
