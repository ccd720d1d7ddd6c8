"""One person over HTTP: a colleague's touch that pacing counts, a consent to text messages with its proof."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from outrider.app.views import contacts
from outrider.app.wiring import Outrider
from outrider.campaigns import sms, tasks
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.errors import InvalidInput
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactId
from tests.access_world import bearer, signed_in, somebody
from tests.rooms.test_tasks_are_done_once import PHONE, started


@dataclass(frozen=True)
class Counting(Tx):
    """A transaction that notes how many rows each of its queries got."""

    counts: list[int] = field(default_factory=list)

    async def rows(self, statement: Any, values: Mapping[str, Any] | None = None) -> Sequence[Row]:
        found = await super().rows(statement, values)
        self.counts.append(len(found))
        return found


async def touched(tx: Tx, contact_id: str, times: int) -> None:
    """So many mails to a person, one each hour up to an hour ago."""
    await tx.run(
        "insert into touches (workspace_id, id, account_id, contact_id, channel, direction,"
        " reference, at) select c.workspace_id, gen_random_uuid(), c.account_id, c.id, 'email',"
        " 'out', 'mail ' || n, cast(:now as timestamptz) - n * interval '1 hour'"
        " from contacts c, generate_series(1, :times) n where c.id = cast(:id as uuid)",
        {"now": tx.now, "id": contact_id, "times": times},
    )


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    async with signed_in(outrider, "approver", "Ann Reed") as opened:
        yield opened


@pytest.fixture
async def person(outrider: Outrider) -> str:
    """The address of somebody whose next step is a call."""
    async with outrider.begin()() as tx:
        _, (one,) = await started(tx, "call")
        await tx.run(
            "update contacts set phone = :phone where id = :id",
            {"phone": PHONE, "id": one.contact_id},
        )
    return f"/api/contacts/{one.contact_id}"


async def test_a_person_is_shown_without_the_number(http: httpx2.AsyncClient, person: str) -> None:
    shown = await http.get(person)
    found = shown.json()
    assert (found["name"], found["account"], found["may_write"]) == ("Dana", "Acme", True)
    assert (found["has_phone"], found["consent"], found["touches"]) == (True, None, [])
    assert [one["next_channel"] for one in found["campaigns"]] == ["call"]
    assert PHONE not in shown.text
    gone = await http.get("/api/contacts/01900000-0000-7000-8000-000000000000")
    assert gone.status_code == 404


async def test_a_colleagues_call_is_noted_once_and_the_next_step_waits(
    http: httpx2.AsyncClient, outrider: Outrider, person: str, clock: VirtualClock
) -> None:
    at = (clock.now() - timedelta(hours=1)).isoformat()
    for _ in range(2):
        noted = await http.post(f"{person}/touches", json={"by": "meeting", "at": at})
        assert [(one["what"], one["direction"]) for one in noted.json()["touches"]] == [
            ("meeting", "out")
        ]
    async with outrider.begin()() as tx:
        found = await tasks.open_due(tx)
        assert found.tasks == ()
        ((_, wait),) = found.waiting
        assert "a colleague was in touch" in wait.reason
        events = await tx.rows(
            "select actor from audit_events where action = 'prospects.colleague'"
        )
    assert len(events) == 1
    assert events[0]["actor"].startswith("person:")


@pytest.mark.parametrize(
    "body",
    [
        {"by": "fax"},
        {"at": "2030-01-01T10:00:00Z"},
        {"at": "2020-01-01T10:00:00Z"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "yesterday"},
        {"by": "call", "who": "me"},
    ],
)
async def test_a_touch_that_cannot_have_been_is_refused(
    http: httpx2.AsyncClient, person: str, body: dict[str, str]
) -> None:
    refused = await http.post(f"{person}/touches", json=body)
    assert refused.status_code in (400, 422), refused.text
    assert (await http.get(person)).json()["touches"] == []


async def test_a_consent_keeps_its_proof_and_who_noted_it_and_can_be_withdrawn(
    http: httpx2.AsyncClient, person: str
) -> None:
    path = f"{person}/text-consent"
    given = {"agreed": True, "source": "web form, 2 March 2026"}
    noted = (await http.post(path, json=given)).json()["consent"]
    assert (noted["source"], noted["noted_by"], noted["revoked_at"]) == (
        "web form, 2 March 2026", "Ann Reed", None,
    )  # fmt: skip
    told = {"agreed": False, "source": "said so on the phone"}
    gone = (await http.post(path, json=told)).json()["consent"]
    assert (gone["source"], gone["revoked_at"] is not None) == ("web form, 2 March 2026", True)
    again = {"agreed": True, "source": "mail of 5 March 2026"}
    anew = (await http.post(path, json=again)).json()["consent"]
    assert (anew["source"], anew["revoked_at"]) == ("mail of 5 March 2026", None)


async def test_who_repeats_a_consent_is_not_who_noted_it(
    http: httpx2.AsyncClient, outrider: Outrider, person: str, clock: VirtualClock
) -> None:
    path = f"{person}/text-consent"
    first = {"agreed": True, "source": "web form, 2 March 2026"}
    before = (await http.post(path, json=first)).json()["consent"]
    clock.advance(timedelta(days=1))
    other = await bearer(outrider, await somebody(outrider, "operator", "Oli Hart"))
    again = {"agreed": True, "source": "a call"}
    repeated = (await http.post(path, json=again, headers=other)).json()["consent"]
    assert repeated == before
    assert repeated["noted_by"] == "Ann Reed"
    async with outrider.begin()() as tx:
        logged = await tx.rows("select at from audit_events where action = 'campaigns.sms_consent'")
    # The log holds one consent, with the proof that counts.
    assert [row["at"] for row in logged] == [clock.now() - timedelta(days=1)]


async def test_the_newest_touches_of_a_person_are_shown_and_no_more(
    http: httpx2.AsyncClient, outrider: Outrider, person: str, clock: VirtualClock
) -> None:
    async with outrider.begin()() as tx:
        await touched(tx, person.rpartition("/")[2], 60)
    shown = (await http.get(person)).json()
    at = [one["at"] for one in shown["touches"]]
    assert len(at) == 50
    assert at == sorted(at, reverse=True)
    assert datetime.fromisoformat(at[0]) == clock.now() - timedelta(hours=1)


async def test_the_command_shows_the_newest_touches_in_their_order_and_reads_no_more(
    outrider: Outrider, person: str
) -> None:
    id_ = person.rpartition("/")[2]
    async with outrider.begin()() as tx:
        await touched(tx, id_, 60)
        watched = Counting(**{one.name: getattr(tx, one.name) for one in fields(Tx)})
        contact = await prospects.contact(tx, ContactId(UUID(id_)))
        shown = await contacts.one(watched, contact.email)
        newest = [(tx.now - timedelta(hours=n)).isoformat() for n in range(20, 0, -1)]
    assert [one["at"] for one in shown["touches"]] == newest
    assert {(one["channel"], one["direction"]) for one in shown["touches"]} == {("email", "out")}
    assert max(watched.counts) == contacts.MOST_TOUCHES == 20


@pytest.mark.parametrize(
    "body",
    [
        {"agreed": True},
        {"agreed": True, "source": ""},
        {"agreed": True, "source": "   "},
        {"agreed": True, "source": "x" * 201},
        {"agreed": "yes", "source": "form"},
    ],
)
async def test_a_consent_without_a_proof_is_none(
    http: httpx2.AsyncClient, person: str, body: dict[str, object]
) -> None:
    refused = await http.post(f"{person}/text-consent", json=body)
    assert refused.status_code in (400, 422), refused.text
    assert (await http.get(person)).json()["consent"] is None


@pytest.mark.parametrize("source", ["", "  \t "])
async def test_a_withdrawal_needs_a_proof_as_a_consent_does(
    outrider: Outrider, person: str, source: str
) -> None:
    id_ = ContactId(UUID(person.rpartition("/")[2]))
    async with outrider.begin()() as tx:
        assert await sms.agree(tx, id_, "web form")
        for say in (sms.agree, sms.withdraw):
            with pytest.raises(InvalidInput) as refused:
                await say(tx, id_, source)
            assert (
                str(refused.value) == "The source is empty: say where and when the person said so."
            )
        # A wish to stop that is told at length is one.
        assert await sms.withdraw(tx, id_, f" {'x' * 300} ")
        assert not await sms.withdraw(tx, id_, "again")
        logged = await tx.rows(
            "select action from audit_events where action like 'campaigns.sms%' order by action"
        )
    assert [row["action"] for row in logged] == ["campaigns.sms_consent", "campaigns.sms_no_more"]


async def test_who_may_only_look_notes_nothing(
    http: httpx2.AsyncClient, outrider: Outrider, person: str
) -> None:
    viewer = await bearer(outrider, await somebody(outrider, "viewer", "Vi Lee"))
    for path, body in (("touches", {}), ("text-consent", {"agreed": True, "source": "form"})):
        refused = await http.post(f"{person}/{path}", json=body, headers=viewer)
        assert refused.status_code == 403
    found = (await http.get(person)).json()
    assert (found["touches"], found["consent"]) == ([], None)


async def test_the_proof_of_a_consent_stands_in_no_clear_words_in_the_log(
    outrider: Outrider, http: httpx2.AsyncClient, person: str
) -> None:
    for agreed in (True, False):
        said = {"agreed": agreed, "source": "Dana told Ann so on the phone"}
        assert (await http.post(f"{person}/text-consent", json=said)).status_code == 200
    async with outrider.begin()() as tx:
        logged = await tx.rows(
            "select body from audit_events where action like 'campaigns.sms%' order by id"
        )
    assert len(logged) == 2
    assert all("Dana" not in row["body"] for row in logged)
