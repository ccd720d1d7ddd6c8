"""Senders are killed at random instants; no mail leaves twice, and none is lost in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.sending_world import FORM, make_world

ROOT = Path(__file__).resolve().parent.parent.parent
SOAK = 10 if os.environ.get("OUTRIDER_SOAK") else 1
MAILS = 240 * SOAK
KILLS = 50 * SOAK

UNCAPPED = FORM.model_copy(update={"daily_cap": 100_000})

pytestmark = pytest.mark.soak


def python(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def smtp_port(journal: Path) -> Iterator[int]:
    """A mail server in a process of its own, which outlives every sender."""
    server = python("-m", "outrider.vendors.fakes.faulty_smtp", str(journal))
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.terminate()
    server.communicate(timeout=10)


def kill_senders(database: Database, workspace: WorkspaceId, home: Path, sink: str) -> None:
    order = {
        "dsn": database.owner.render_as_string(hide_password=False),
        "workspace": str(workspace),
        "objects": str(home / "objects"),
        "sink": sink,
        "kills": KILLS,
        "seed": 20260302,
        "longest_seconds": 0.35,
    }
    nursery = python("-m", "tests.sending_nursery", stdin=subprocess.PIPE)
    out, _ = nursery.communicate(json.dumps(order), timeout=240 * SOAK)
    done = json.loads(out)
    assert done["codes"][-1] == 0, f"a sender that nobody killed left work behind: {done}"
    assert done["hits"] >= KILLS // 2, "the kills came too late to hit anything"


async def outcome(database: Database, workspace: WorkspaceId) -> dict[str, str]:
    async with database.transaction(workspace, SYSTEM) as tx:
        rows = await tx.rows("select message_id, status from outbox")
        for row in await tx.rows(
            "select o.status, e.next_step, d.status as draft from outbox o"
            " join enrollments e on e.id = o.enrollment_id join drafts d on d.id = o.draft_id"
        ):
            left = row["status"] == "sent"
            assert (row["next_step"], row["draft"]) == ((2, "sent") if left else (1, "queued"))
        twice = await tx.rows(
            "select subject from audit_events where action = 'sending.sent'"
            " group by subject having count(*) > 1"
        )
        assert twice == []
    assert len(rows) == MAILS
    return {row["message_id"]: row["status"] for row in rows}


@pytest.fixture
async def timely(owner_url: URL) -> Database:
    """The test's database under the machine's clock, as its senders have it."""
    return Database(owner_url, SystemClock())


async def test_into_a_maildir_every_mail_arrives_exactly_once(
    timely: Database, workspace: WorkspaceId, person: PersonId, home: Path
) -> None:
    await (await make_world(timely, workspace, person, UNCAPPED)).approved(MAILS)
    kill_senders(timely, workspace, home, f"maildir:{home / 'outbox'}")
    files = list((home / "outbox" / "new").iterdir())
    arrived = Counter(message_from_bytes(file.read_bytes())["Message-ID"] for file in files)
    assert all(file.read_bytes().endswith(b"--\r\n") for file in files)
    rows = await outcome(timely, workspace)
    assert set(rows.values()) == {"sent"}
    assert arrived == Counter(list(rows))
    await timely.close()


async def test_over_smtp_no_mail_arrives_twice_and_what_is_unclear_is_shown(
    timely: Database,
    workspace: WorkspaceId,
    person: PersonId,
    home: Path,
    journal: Path,
    smtp_port: int,
) -> None:
    await (await make_world(timely, workspace, person, UNCAPPED)).approved(MAILS)
    kill_senders(timely, workspace, home, f"smtp:{smtp_port}")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    arrived = Counter(line["message_id"] for line in lines)
    rows = await outcome(timely, workspace)
    assert max(arrived.values()) == 1
    assert max(Counter(line["to"] for line in lines).values()) == 1
    assert set(rows.values()) <= {"sent", "unknown"}
    sent = {message_id for message_id, status in rows.items() if status == "sent"}
    assert sent <= set(arrived) <= set(rows)
    await timely.close()
