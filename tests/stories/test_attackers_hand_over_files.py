"""A file of an attacker: no name of it climbs, no cell of it runs in a spreadsheet, no bomb in it is unpacked.

What mails do to each other's headers and what bombs of mail do is in `tests/rules/test_mail_bytes.py` and
`tests/rules/test_mail_bombs_are_bounded.py`.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from outrider.app.wiring import Outrider
from tests import attackers
from tests.access_world import bearer, client, somebody
from tests.attackers_world import asking

ROOT = Path(__file__).resolve().parent.parent.parent
FORMULAS = (
    '=cmd|"/c calc"!A0', "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1",
    "\uff20x",
)  # fmt: skip
"""What a spreadsheet runs, also in full width (OWASP, CSV injection)."""
CSV_WRITERS = {"prospects/rejects.py"}
NAMES = (
    "../../../etc/passwd", "..\\..\\x.csv", "/etc/passwd", "x\u0000.csv", "\u202egnp.exe", ".bashrc", "..", ".",
    "about.json", "CON", "a/b/c.csv", "\u6f22" * 255, "\U00020000" * 255, "\u0130\u0307" * 127,
    "x\r\nSet-Cookie: a=b.csv", "-rf", "%2e%2e%2fx",
    '"; filename="evil.exe', "<img src=x onerror=alert(1)>.csv", "a" * 255, "~root", "$(id).csv", "|id",
)  # fmt: skip


@pytest.fixture
async def http(outrider: Outrider) -> AsyncIterator[httpx2.AsyncClient]:
    headers = await bearer(outrider, await somebody(outrider, "admin"))
    async with asking(outrider, headers) as opened:
        yield opened


async def handed(http: httpx2.AsyncClient, place: str, name: str, data: bytes) -> httpx2.Response:
    """The announcement's answer; on 201 the file is whole."""
    made = await http.post(f"{place}", json={"name": name, "size_bytes": len(data)})
    if made.status_code == 201:
        put = await http.put(f"{place}/{made.json()['id']}/0", content=data)
        assert put.status_code == 200, put.text
    return made


async def imported(http: httpx2.AsyncClient, name: str, data: bytes) -> dict[str, Any]:
    """What became of a list."""
    made = await handed(http, "/api/imports/files", name, data)
    begun = await http.post("/api/imports", json={"file": made.json()["id"]})
    assert begun.status_code == 202, begun.text
    for _ in range(300):
        work: dict[str, Any] = (await http.get(f"/api/imports/work/{begun.json()['id']}")).json()
        if work["state"] not in ("running", "waiting"):
            return work
        await asyncio.sleep(0.05)
    raise AssertionError(work)


@pytest.mark.parametrize("place", ["/api/imports/files", "/api/campaign-files"])
async def test_no_name_of_a_file_climbs_or_breaks(
    outrider: Outrider, http: httpx2.AsyncClient, place: str
) -> None:
    home = outrider.settings.home
    for name in NAMES:
        made = await handed(http, place, name, b"email\na@acme.example\n")
        assert made.status_code in (201, 400), (name, made.text)
        if made.status_code == 201:
            kept = made.json()["name"]
            assert "/" not in kept, name
            assert "\\" not in kept, name
            assert not kept.startswith((".", "-")), name
    uploads = home / "uploads"
    strange = [
        file for file in home.rglob("*")
        if file.is_file() and not file.resolve().is_relative_to(uploads.resolve()) and "keys" not in str(file)
    ]  # fmt: skip
    assert [file for file in strange if b"acme" in file.read_bytes()] == []


async def test_no_cell_that_comes_back_runs_in_a_spreadsheet(http: httpx2.AsyncClient) -> None:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["email", "company", "=HYPERLINK(1)", "first name"])
    for formula in FORMULAS:
        rows.writerow(["no address", formula, formula, formula])
    work = await imported(http, "=people.csv", out.getvalue().encode())
    answer = await http.get(f"/api/imports/rejects/{work['result']['rejects']}")
    assert answer.status_code == 200, work
    assert answer.headers["content-disposition"].startswith("attachment")
    cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
    assert len(cells) > 40
    assert [
        cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    ] == []


def test_every_place_that_writes_a_table_guards_its_cells() -> None:
    folder = ROOT / "src/outrider"
    found = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.py")
        if "csv.writer(" in (text := file.read_text(encoding="utf-8")) or "DictWriter(" in text
    }
    assert found == CSV_WRITERS
    told = [
        one
        for methods in attackers.description()["paths"].values()
        for one in methods.values()
        if any(
            "csv" in kind
            for answer in one["responses"].values()
            for kind in answer.get("content", {})
        )
    ]
    assert told == [], "a route that answers with CSV belongs into this test"


def bombs() -> dict[str, bytes]:
    """Small files that are large when unpacked."""
    plain = b"email,company\n" + b"a@acme.example,Acme\n" * 2_000_000
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../../../tmp/people.csv", plain)
    return {"people.csv": gzip.compress(plain), "people.zip": packed.getvalue()}


async def test_no_bomb_is_unpacked(http: httpx2.AsyncClient) -> None:
    for name, bomb in bombs().items():
        assert len(bomb) < 200_000
        for place in ("/api/imports/files", "/api/campaign-files"):
            made = await handed(http, place, name, bomb)
            assert made.status_code == 201
        listed = await handed(http, "/api/imports/files", name, bomb)
        told = await http.post("/api/imports/check", json={"file": listed.json()["id"]})
        assert told.status_code == 400, told.text
        assert "file" in told.json()["detail"]


async def test_a_file_of_somebody_else_is_nobodys(
    outrider: Outrider, http: httpx2.AsyncClient
) -> None:
    made = await handed(http, "/api/imports/files", "people.csv", b"email\na@acme.example\n")
    other = await bearer(outrider, await somebody(outrider, "admin", "Bob Lee"))
    async with client(outrider) as theirs:
        theirs.headers.update(other)
        for path, kind in (("/api/imports/check", "file"), ("/api/imports", "file")):
            answer = await theirs.post(path, json={kind: made.json()["id"]})
            assert answer.status_code == 404, path
        wanted = {"name": "Probe", "brand": "Brand", "mail": [made.json()["id"]]}
        assert (await theirs.post("/api/campaigns", json=wanted)).status_code == 404
