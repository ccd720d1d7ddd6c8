"""Whatever is written into any field of any request: no crash, no markup that runs, no right taken.

The fields come from the API's own description, so that a new one is attacked without a word here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from outrider.app.wiring import Outrider
from tests import attackers
from tests.attackers import MARKUP, Operation
from tests.attackers_world import Inhabited, asking, inhabited

ENDS_THE_TEST = {"logout", "change_password", "end_session", "end_my_session"}
"""What would end the session that asks."""
WORDS = {
    "markup": MARKUP,
    "header": "x\r\nBcc: all@evil.example\r\n\r\n<b>",
    "path": "../../../../etc/passwd",
    "formula": '=cmd|"/c calc"!A0',
    "statement": "x'); drop table outrider.drafts; --",
    "pattern": "%_\\" * 20,
    "half a letter": "x\ud800y",
    "signs": "\u202e\ufeff\u0000\ud7ff{{7*7}}${7*7}",
}
TAKEN = {
    "role": "admin",
    "workspace_id": attackers.NOBODY,
    "status": "approved",
    "approved_by": attackers.NOBODY,
    "is_admin": True,
    "permissions": ["people.manage"],
    "person_id": attackers.NOBODY,
}
"""Fields that some body of some API once took by mistake (mass assignment)."""


@pytest.fixture
async def here(outrider: Outrider) -> Inhabited:
    return await inhabited(outrider)


@pytest.fixture
async def http(here: Inhabited) -> AsyncIterator[httpx2.AsyncClient]:
    async with asking(here.outrider, here.headers) as opened:
        yield opened


async def sent(http: httpx2.AsyncClient, here: Inhabited, one: Operation, body: Any) -> Any:
    address = one.address(here.ids_for(one.path))
    return await http.request(
        one.method,
        address,
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )


def is_plain(answer: httpx2.Response) -> bool:
    """Whether a browser would take the answer for data and for nothing else."""
    kind = answer.headers.get("content-type", "")
    return not answer.content or kind.split(";")[0] in (
        "application/json",
        "application/problem+json",
    )


@pytest.mark.parametrize("word", WORDS)
async def test_no_word_in_any_field_breaks_or_runs(
    here: Inhabited, http: httpx2.AsyncClient, word: str
) -> None:
    tried, faults = 0, []
    for one in attackers.with_body():
        if one.name in ENDS_THE_TEST:
            continue
        assert one.body is not None
        for place in attackers.texts(one.body):
            answer = await sent(http, here, one, attackers.attacked(one.body, place, WORDS[word]))
            tried += 1
            said = f"{one.name} {place}: {answer.status_code} {answer.text[:150]}"
            if answer.status_code >= 500 or not is_plain(answer):
                faults.append(said)
            if answer.headers.get("x-content-type-options") != "nosniff":
                faults.append(said)
            if "Traceback" in answer.text or "psycopg" in answer.text or "root:x" in answer.text:
                faults.append(said)
    assert not faults, "\n".join(faults)
    assert tried > 80


async def test_no_word_in_any_query_or_address_breaks_or_runs(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    faults = []
    for one in attackers.operations():
        if one.method != "GET":
            continue
        for word in (MARKUP, "../../etc/passwd", "%0d%0aX-Evil:%201", "-1", "9" * 30):
            tries = [(name, {name: word}) for name in one.queries]
            for name, asked in tries:
                answer = await http.get(one.address(here.ids_for(one.path)), params=asked)
                if answer.status_code >= 500 or "x-evil" in answer.headers:
                    faults.append(f"{one.name}?{name}={word}: {answer.status_code}")
            for name in one.wanted:
                bad = {**here.ids_for(one.path), name: httpx2.QueryParams({"x": word})["x"]}
                answer = await http.get(one.address(bad))
                is_page = "text/html" in answer.headers.get("content-type", "")
                if answer.status_code >= 500 or (is_page and "<img src=x" in answer.text):
                    faults.append(f"{one.name} {name}={word}: {answer.status_code}")
    assert not faults, "\n".join(faults)


async def test_no_body_takes_a_field_that_nobody_described(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    taken, tried = [], 0
    for one in attackers.with_body():
        if one.name in ENDS_THE_TEST:
            continue
        assert one.body is not None
        lawful = attackers.lawful(one.body)
        for place in attackers.objects(one.body):
            at: Any = lawful
            for step in place:
                at = at[step]
            for field, value in TAKEN.items():
                if field in at:
                    continue
                answer = await sent(
                    http, here, one, attackers.changed(lawful, (*place, field), value)
                )
                tried += 1
                if answer.status_code != 400 or field not in answer.json()["detail"]:
                    said = f"{answer.status_code} {answer.text[:150]}"
                    taken.append(f"{one.name} {place} {field}: {said}")
    assert not taken, "\n".join(taken)
    assert tried > 200


def test_every_body_says_that_it_takes_no_other_field() -> None:
    loose = []
    for one in attackers.with_body():
        assert one.body is not None
        lawful = attackers.meant(one.body)
        if lawful.get("additionalProperties") is not False:
            loose.append(one.name)
    assert loose == []


async def test_nobody_becomes_more_than_he_is_by_any_of_it(
    here: Inhabited, http: httpx2.AsyncClient
) -> None:
    before = (await http.get("/api/people")).json()
    for one in attackers.with_body():
        if one.name in {*ENDS_THE_TEST, "set_role"}:
            continue
        assert one.body is not None
        await sent(http, here, one, {**attackers.lawful(one.body), **TAKEN})
    assert (await http.get("/api/people")).json() == before


@pytest.mark.parametrize("depth", [500, 100_000])
async def test_json_without_end_is_a_plain_no(
    here: Inhabited, http: httpx2.AsyncClient, depth: int
) -> None:
    for opened, closed in (("[", "]"), ('{"a":', "}")):
        content = opened * depth + "1" + closed * depth
        for address in ("/api/switches", "/api/policies/dry-run", "/api/login"):
            answer = await http.post(
                address, content=content, headers={"content-type": "application/json"}
            )
            assert answer.status_code in (400, 413), (address, answer.text[:200])


@pytest.mark.parametrize(
    "content",
    [b'{"reason": NaN, "is_on": Infinity}', b"\xff\xfe{\x00", b'{"is_on":' + b"9" * 50_000 + b"}",
     b'{"is_on": 1e999999, "reason": "x"}', b'{"is_on": true, "is_on": false, "reason": "\\ud800"}'],
)  # fmt: skip
async def test_json_that_is_none_is_a_plain_no(http: httpx2.AsyncClient, content: bytes) -> None:
    answer = await http.post(
        "/api/switches", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code < 500, answer.text
    assert is_plain(answer)
