"""Who says what an answer means has read all of it, beside the mail that it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from outrider.app.views import replies as view
from outrider.app.views.reply import MOST_TEXT
from outrider.app.wiring import Outrider
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from tests.access_world import signed_in
from tests.answers import Answers
from tests.mails import bounce, reply
from tests.sending_world import Wire, make_world


@pytest.fixture
async def answers(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> Answers:
    return Answers(await make_world(database, workspace, person), objects, Wire())


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "viewer") as opened:
        yield opened


async def test_an_answer_is_told_with_all_its_words_and_our_mail(
    answers: Answers, http: httpx2.AsyncClient
) -> None:
    ((ready, item),) = await answers.send()
    words = "We looked at it. " * 40 + "Ask again in May."
    turn = await answers.receive(reply(item.message_id, words))
    (line,) = (await http.get("/api/replies")).json()["items"]
    assert len(line["words"]) == 300
    whole = (await http.get(f"/api/replies/{turn.id}")).json()
    assert whole["text"].startswith("We looked at it.")
    assert "Ask again in May." in whole["text"]
    assert not whole["is_cut"]
    assert whole["answers"] == item.message_id
    assert (whole["our_subject"], whole["step"]) == (ready.content.subject, 1)
    assert (whole["sequence"], whole["stop_reason"]) == ("stopped", "replied")
    assert {name: whole[name] for name in line} == line


async def test_a_very_long_answer_is_cut_and_says_so(
    answers: Answers, http: httpx2.AsyncClient
) -> None:
    ((_, item),) = await answers.send()
    turn = await answers.receive(reply(item.message_id, "Not all of this.\r\n" * 2_000))
    whole = (await http.get(f"/api/replies/{turn.id}")).json()
    assert (len(whole["text"]), whole["is_cut"]) == (MOST_TEXT, True)


async def test_what_is_no_answer_of_a_person_is_not_there(
    answers: Answers, http: httpx2.AsyncClient
) -> None:
    ((ready, item),) = await answers.send()
    turn = await answers.receive(bounce(item.message_id, ready.content.recipient.email))
    for id_ in (turn.id, "01900000-0000-7000-8000-000000000000"):
        found = await http.get(f"/api/replies/{id_}")
        assert (found.status_code, "There is no reply" in found.json()["detail"]) == (404, True)


async def test_every_reply_is_on_one_page_and_short_pages_go_on(answers: Answers) -> None:
    sent = await answers.send(7)
    for place, (_, item) in enumerate(sent):
        name = f"<reply-{place}@acme.example>"
        await answers.receive(reply(item.message_id, "Thank you.", message_id=name))
    async with answers.world.begin() as tx:
        # The newest three have a meaning: a page that reads through two of them is empty.
        newest = (await view.page(tx, limit=3)).items
        for line in newest:
            await tx.run(
                "update outrider.enrollments set heard = jsonb_build_array(jsonb_build_object("
                "'reply_id', (select raw_sha256 from outrider.turns where id = :turn), 'reply_class',"
                " 'objection', 'after_step', 1, 'at', cast(:now as timestamptz))) where id = :id",
                {"turn": line.id, "id": line.enrollment_id, "now": tx.now},
            )
        everything = [line.id for line in (await view.page(tx)).items]
        assert everything == sorted(everything, reverse=True)
        assert len(everything) == 7
        for waiting, wanted in ((False, everything), (True, everything[3:])):
            found, pages, after = [], 0, None
            while pages < 10:
                page = await view.page(tx, waiting=waiting, after=after, limit=2, read=2)
                found += [line.id for line in page.items]
                pages, after = pages + 1, page.next
                if after is None:
                    break
            assert found == wanted
        assert [line.id for line in (await view.page(tx, waiting=True)).items] == everything[3:]
