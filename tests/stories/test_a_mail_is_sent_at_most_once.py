"""Senders are killed at random instants; no mail leaves twice, and none is lost in silence."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.sending import mailboxes
from outrider.sending.types import Transport
from outrider.vendors.fakes.mail_http.server import FakeMailApi, Fault, Trouble
from tests.mail_places import SERVICES
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, World, make_world

ROOT = Path(__file__).resolve().parent.parent.parent
SOAK = 10 if os.environ.get("OUTRIDER_SOAK") else 1
SEED = 20260302

UNCAPPED = FORM.model_copy(update={"daily_cap": 100_000})

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300 * SOAK)]


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


@dataclass(frozen=True)
class Trial:
    """A world whose senders die."""

    world: World
    home: Path
    mails: int

    def kill_senders(self, sink: str, kills: int) -> None:
        order = {
            "dsn": self.world.database.owner.render_as_string(hide_password=False),
            "workspace": str(self.world.workspace),
            "home": str(self.home),
            "sink": sink,
            "kills": kills,
            "seed": SEED,
        }
        nursery = python("-m", "tests.sending_nursery", stdin=subprocess.PIPE)
        out, _ = nursery.communicate(json.dumps(order), timeout=290 * SOAK)
        done = json.loads(out)
        assert done["codes"][-1] == 0, f"a sender that nobody killed failed: {done}"
        assert done["hits"] >= kills, f"too few senders were at work when the kill came: {done}"

    async def outcome(self) -> dict[str, str]:
        """What became of each mail, by its Message-ID; every room agrees about it."""
        async with self.world.begin() as tx:
            rows = await tx.rows("select message_id, status from outbox")
            for row in await tx.rows(
                "select o.status, e.next_step, d.status as draft from outbox o"
                " join enrollments e on e.id = o.enrollment_id join drafts d on d.id = o.draft_id"
            ):
                after = (row["next_step"], row["draft"])
                assert after == ((2, "sent") if row["status"] == "sent" else (1, "queued"))
            twice = await tx.rows(
                "select subject from audit_events where action = 'sending.sent'"
                " group by subject having count(*) > 1"
            )
            assert twice == []
        assert len(rows) == self.mails
        return {row["message_id"]: row["status"] for row in rows}

    async def fates(self) -> dict[str, str]:
        """What became of each mail, by its recipient."""
        async with self.world.begin() as tx:
            rows = await tx.rows(
                "select c.email, o.status from outbox o join contacts c on c.id = o.contact_id"
            )
        return {row["email"]: row["status"] for row in rows}


@pytest.fixture
async def timely(owner_url: URL) -> Database:
    """The test's database under the machine's clock, as its senders have it."""
    return Database(owner_url, SystemClock())


@pytest.fixture
async def world(timely: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(timely, workspace, person, UNCAPPED)


async def crowded(world: World, home: Path, mails: int, email: Any = None) -> Trial:
    """So many mails from four mailboxes; nine of ten are queued, the others only approved."""
    async with world.begin() as tx:
        boxes = [world.mailbox] + [
            await mailboxes.add(
                tx, UNCAPPED.model_copy(update={"address": f"s{n}@try-brand.example"})
            )
            for n in range(3)
        ]
    email = email or (lambda n: f"dana{n}@depot.example")
    ready = mails - mails // 10
    fill(world, Crowd(ready, boxes, email, queued=True))
    fill(world, Crowd(mails - ready, boxes, lambda n: email(ready + n)))
    return Trial(world, home, mails)


async def test_into_a_maildir_every_mail_arrives_exactly_once(world: World, home: Path) -> None:
    trial = await crowded(world, home, 400 * SOAK)
    trial.kill_senders(f"maildir:{home / 'outbox'}", 15 * SOAK)
    files = list((home / "outbox" / "new").iterdir())
    arrived = Counter(message_from_bytes(file.read_bytes())["Message-ID"] for file in files)
    assert all(file.read_bytes().endswith(b"--\r\n") for file in files)
    rows = await trial.outcome()
    assert set(rows.values()) == {"sent"}
    assert arrived == Counter(list(rows))
    await world.database.close()


FAULTS = {
    2: "acceptdrop", 51: "acceptdrop", 102: "acceptsilent", 7: "gibberish",
    11: "refused", 61: "refused", 111: "refuseddata", 161: "refuseddata",
    21: "once-later", 71: "once-laterdata", 121: "once-later", 171: "later",
    31: "once-dropbefore", 131: "once-busy",
}  # fmt: skip
"""What goes wrong with a mail, by its number modulo 200; all others are taken."""

NOBODY_KNOWS = ("acceptdrop", "acceptsilent", "gibberish")
"""The server took it and did not say so."""


def faulty(number: int) -> str:
    return f"{FAULTS.get(number % 200, 'dana')}.{number}@depot.example"


async def test_over_smtp_no_mail_arrives_twice_and_what_is_unclear_is_shown(
    world: World, home: Path, journal: Path, smtp_port: int
) -> None:
    kills = 50 * SOAK
    trial = await crowded(world, home, 2_000 * SOAK, faulty)
    trial.kill_senders(f"smtp:{smtp_port}", kills)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    arrived = Counter(line["message_id"] for line in lines)
    rows = await trial.outcome()
    assert max(arrived.values()) == 1
    assert max(Counter(line["to"] for line in lines).values()) == 1
    assert set(rows.values()) <= {"sent", "unknown", "failed"}
    sent = {message_id for message_id, status in rows.items() if status == "sent"}
    failed = {message_id for message_id, status in rows.items() if status == "failed"}
    assert sent <= set(arrived) <= set(rows)
    assert not failed & set(arrived)
    fates = await trial.fates()
    told = {word: {f for e, f in fates.items() if e.startswith(f"{word}.")} for word in
            ("refused", "refuseddata", "once-later", "once-laterdata", "later", *NOBODY_KNOWS)}  # fmt: skip
    for word in NOBODY_KNOWS:
        assert told[word] <= {"unknown", "sent"}, word
    # A kill can meet at most what its sender had at the wire: one mail a connection.
    unclear = [e for e, fate in fates.items() if fate == "unknown"]
    met = [e for e in unclear if not e.startswith(NOBODY_KNOWS)]
    assert len(met) <= 2 * kills, f"{len(met)} of {len(fates)} are unknown without a fault"
    await world.database.close()


@contextmanager
def trouble(api: FakeMailApi, asked: int) -> Iterator[FakeMailApi]:
    """A provider that answers badly one time in six, by chance, until it was asked so many times."""
    chance, left = random.Random(SEED), iter(range(asked))
    kinds = [
        Fault(status=429, retry_after=1), Fault(status=503), Fault(status=422),
        Fault(Trouble.DROPS_BEFORE_THE_WORK), Fault(Trouble.DROPS_AFTER_THE_WORK),
        Fault(Trouble.GIBBERISH), Fault(Trouble.SILENT_AFTER_THE_WORK),
    ]  # fmt: skip
    weights = [2, 2, 2, 4, 6, 2, 1]

    def next_fault(method: str, path: str) -> Fault | None:
        if not api.is_hand_over(method, path) or next(left, None) is None:
            return None
        if chance.random() > 1 / 6:
            return None
        return chance.choices(kinds, weights)[0]

    api.next_fault = next_fault  # type: ignore[method-assign]
    with api:
        yield api


@pytest.mark.parametrize("provider", [Transport.RESEND, Transport.SENDGRID, Transport.MAILGUN])
async def test_over_a_providers_interface_no_mail_is_taken_twice(
    world: World, home: Path, provider: Transport
) -> None:
    service = next(one for one in SERVICES if one.provider is provider)
    trial = await crowded(world, home, 120 * SOAK)
    with trouble(service.fake(), trial.mails) as api:
        trial.kill_senders(f"http:{provider}:{service.secret(api.key)}:{api.url}", 8 * SOAK)
        taken = Counter(mail.label for mail in api.taken)
    assert max(taken.values()) == 1
    async with world.begin() as tx:
        rows = await tx.rows("select id, status, reason from outbox")
        stuck = [
            row["reason"] for row in rows if row["status"] in ("queued", "deferred", "sending")
        ]
    fates = {row["id"].hex: row["status"] for row in rows}
    assert stuck == []
    labels = set(taken)
    assert {id_ for id_, fate in fates.items() if fate == "sent"} <= labels <= set(fates)
    assert not labels & {id_ for id_, fate in fates.items() if fate == "failed"}
    await world.database.close()
