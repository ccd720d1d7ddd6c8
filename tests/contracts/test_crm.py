"""Every CRM adapter keeps one entry for one reference, whatever happens."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from outrider.crm.ports import CrmActivities
from outrider.crm.types import Activity, ActivityId, ActivityKind
from outrider.kernel.errors import VendorUnavailable
from outrider.prospects.types import AccountId, ContactId
from outrider.vendors.crm_file import CrmFile


def activity(reference: str) -> Activity:
    return Activity(
        id=ActivityId(UUID(int=1)),
        kind=ActivityKind.EMAIL_SENT,
        reference=reference,
        account_id=AccountId(UUID(int=2)),
        contact_id=ContactId(UUID(int=3)),
        payload={"subject": "Leasing in Köln\nline two", "step": "1"},
        staged_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "crm" / "activities.jsonl"


@pytest.fixture(params=["file"])
def crm(request: pytest.FixtureRequest, path: Path) -> CrmActivities:
    return CrmFile(path)


async def test_one_reference_is_one_entry(crm: CrmActivities) -> None:
    first = await crm.log(activity("<1@x.example>"))
    other = await crm.log(activity("<2@x.example>"))
    assert await crm.log(activity("<1@x.example>")) == first != other


async def test_it_knows_what_was_logged_and_nothing_else(crm: CrmActivities) -> None:
    assert await crm.exists("<1@x.example>") is None
    crm_id = await crm.log(activity("<1@x.example>"))
    assert await crm.exists("<1@x.example>") == crm_id
    assert await crm.exists("<2@x.example>") is None


async def test_it_remembers_after_a_restart(path: Path) -> None:
    crm_id = await CrmFile(path).log(activity("<1@x.example>"))
    again = CrmFile(path)
    assert await again.exists("<1@x.example>") == crm_id
    assert await again.log(activity("<1@x.example>")) == crm_id
    assert len(path.read_text().splitlines()) == 1


async def test_the_half_line_of_a_crash_is_cut_and_logged_anew(path: Path) -> None:
    await CrmFile(path).log(activity("<1@x.example>"))
    whole = path.read_bytes()
    half = json.dumps({"id": "line-2", "reference": "<2@x.example>", "kind": "email"})[:-5]
    path.write_bytes(whole + half.encode())
    crm = CrmFile(path)
    assert await crm.exists("<2@x.example>") is None
    await crm.log(activity("<2@x.example>"))
    assert [json.loads(line)["reference"] for line in path.read_text().splitlines()] == [
        "<1@x.example>",
        "<2@x.example>",
    ]


async def test_two_writers_share_one_file(path: Path) -> None:
    writers = [CrmFile(path), CrmFile(path)]
    await asyncio.gather(
        *(writers[n % 2].log(activity(f"<{n // 2}@x.example>")) for n in range(40))
    )
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted({entry["reference"] for entry in entries}) == sorted(
        f"<{n}@x.example>" for n in range(20)
    )
    assert len(entries) == len({entry["id"] for entry in entries}) == 20


async def test_a_line_that_a_person_wrote_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("my notes\n")
    await CrmFile(path).log(activity("<1@x.example>"))
    assert path.read_text().splitlines()[0] == "my notes"


async def test_a_path_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VendorUnavailable, match=r"CRM file .* cannot be used"):
        await CrmFile(tmp_path).log(activity("<1@x.example>"))
