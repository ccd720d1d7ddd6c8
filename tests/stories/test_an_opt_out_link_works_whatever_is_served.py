"""An unsubscribe link of one workspace is honoured while the API serves another."""

from __future__ import annotations

from pathlib import Path

import httpx2
import psycopg
import pytest
from sqlalchemy import URL

from outrider.app.api.main import create_app
from outrider.app.wiring import opened
from outrider.kernel.settings import load
from outrider.prospects.types import ContactId
from outrider.sending import unsubscribe
from tests.program import Program

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def theirs(home: Path, owner_url: URL, tmp_path: Path) -> ContactId:
    """A contact of the workspace `theirs`."""
    program = Program(home, owner_url, {"OUTRIDER_WORKSPACE": "theirs"})
    (tmp_path / "leads.csv").write_text("email,company\nkim@ace.example,Ace\n")
    program.ok("import", str(tmp_path / "leads.csv"))
    plain = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as conn:
        row = conn.execute("select id from outrider.contacts").fetchone()
    assert row is not None
    return ContactId(row[0])


async def test_a_link_of_another_workspace_opts_out(
    home: Path, owner_url: URL, theirs: ContactId
) -> None:
    plain = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = load(home=home, DATABASE_URL=plain, workspace="ours")
    async with opened(settings, make_workspace=True) as outrider:
        token = unsubscribe.token(theirs, outrider.keys.key("unsubscribe"))
        transport = httpx2.ASGITransport(app=create_app(outrider))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            assert "Unsubscribe" in (await http.get(f"/unsubscribe/{token}")).text
            done = await http.post(f"/unsubscribe/{token}", data=ONE_CLICK)
            assert done.status_code == 200
            assert "unsubscribed" in done.text
            nobody = unsubscribe.token(
                ContactId(outrider.workspace), outrider.keys.key("unsubscribe")
            )
            lost = await http.post(f"/unsubscribe/{nobody}", data=ONE_CLICK)
            assert lost.status_code == 404
            assert "stop" in lost.text
    with psycopg.connect(plain) as conn:
        found = conn.execute("select w.name from outrider.suppressions s join outrider.workspaces w"
                             " on w.id = s.workspace_id").fetchall()  # fmt: skip
    assert found == [("theirs",)]
