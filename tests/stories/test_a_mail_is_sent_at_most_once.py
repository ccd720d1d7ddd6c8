"""Senders are killed at random instants; no mail leaves twice, and none is lost in silence."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
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
LABEL = re.compile(rb"[0-9a-f]{32}")
"""A mail's own name, which every provider is given with it."""

UNCAPPED = FORM.model_copy(update={"daily_cap": 100_000})

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600 * SOAK)]


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
    server.communicate(timeout=60)


ENDS = ("sent", "failed", "unknown")
"""A mail that was cut off must be at its end, or shown to a person."""


@dataclass(frozen=True)
class Fate:
    """What became of one mail."""

    label: str
    message_id: str
    email: str
    status: str


def those(fates: Iterable[Fate], status: str) -> set[str]:
    """The labels of mails with this fate."""
    return {fate.label for fate in fates if fate.status == status}


@dataclass(frozen=True)
class Trial:
    """A world whose senders die."""

    world: World
    home: Path
    mails: int

    def kill_senders(self, sink: str, kills: int) -> set[str]:
        """Let senders work and die; the mails that were at the wire when one died."""
        order = {
            "dsn": self.world.database.owner.render_as_string(hide_password=False),
            "workspace": str(self.world.workspace),
            "home": str(self.home),
            "sink": sink,
            "kills": kills,
            "seed": SEED,
        }
        nursery = python("-m", "tests.sending_nursery", stdin=subprocess.PIPE)
        out, _ = nursery.communicate(json.dumps(order), timeout=580 * SOAK)
        done = json.loads(out)
        met = set(done.pop("met"))
        sys.stdout.write(f"{self.mails} mails, {len(met)} met at the wire: {done}\n")
        assert done["codes"][-1] == 0, f"a sender that nobody killed failed: {done}"
        assert done["hits"] >= kills, f"too few senders lived when the kill came: {done}"
        assert done["claimed"] >= kills / 4, f"too few kills met a mail: {done}"
        assert done["handed_off"] >= kills / 5, f"too few kills met a mail at the wire: {done}"
        return met

    async def outcome(self) -> list[Fate]:
        """What became of each mail; every room agrees about it, and none is still on its way."""
        async with self.world.begin() as tx:
            rows = await tx.rows(
                "select o.id, o.message_id, o.status, o.reason, c.email, e.next_step,"
                " d.status as draft from outbox o join contacts c on c.id = o.contact_id"
                " join enrollments e on e.id = o.enrollment_id join drafts d on d.id = o.draft_id"
            )
            twice = await tx.rows(
                "select subject from audit_events where action = 'sending.sent'"
                " group by subject having count(*) > 1"
            )
        assert twice == []
        assert len(rows) == self.mails
        fates = [
            Fate(row["id"].hex, row["message_id"], row["email"], row["status"]) for row in rows
        ]
        stuck = [(row["status"], row["reason"]) for row in rows if row["status"] not in ENDS]
        assert stuck == []
        for row in rows:
            after = (row["next_step"], row["draft"])
            assert after == ((2, "sent") if row["status"] == "sent" else (1, "queued"))
        told = Counter(fate.status for fate in fates)
        sys.stdout.write(f"{dict(told)}\n")
        return fates


@pytest.fixture
async def timely(owner_url: URL) -> Database:
    """The test's database under the machine's clock, as its senders have it."""
    return Database(owner_url, SystemClock())


@pytest.fixture
async def world(timely: Database, workspace: WorkspaceId, person: PersonId) -> AsyncIterator[World]:
    yield await make_world(timely, workspace, person, UNCAPPED)
    await timely.close()


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
    fates = await trial.outcome()
    assert {fate.status for fate in fates} == {"sent"}
    assert arrived == Counter(fate.message_id for fate in fates)


FAULTS = {
    2: "acceptdrop", 51: "acceptdrop", 102: "acceptsilent", 7: "gibberish",
    11: "refused", 61: "refused", 111: "refuseddata", 161: "refuseddata",
    21: "once-later", 71: "once-laterdata", 121: "once-later", 171: "later",
    31: "once-dropbefore", 131: "once-busy",
}  # fmt: skip
"""What goes wrong with a mail, by its number modulo 200; all others are taken."""

ENDS_AS = {
    "acceptdrop": "unknown", "acceptsilent": "unknown", "gibberish": "unknown",
    "refused": "failed", "refuseddata": "failed", "later": "failed",
}  # fmt: skip
"""How it must end; everything else arrives. Whoever was at the wire when its sender died may also be
unknown, and nobody else."""


def faulty(number: int) -> str:
    name = FAULTS.get(number % 200, "dana")
    # Kills put mails into another order, and three dead addresses among twenty rightly stop a mailbox.
    if name == "refused" and number % 1_000 >= 200:
        name = "refuseddata"
    # Each that is silent costs the whole time that a server has for an answer.
    if name == "acceptsilent" and number % 1_000 >= 200:
        name = "acceptdrop"
    return f"{name}.{number}@depot.example"


async def test_over_smtp_no_mail_arrives_twice_and_what_is_unclear_is_shown(
    world: World, home: Path, journal: Path, smtp_port: int
) -> None:
    trial = await crowded(world, home, 2_000 * SOAK, faulty)
    met = trial.kill_senders(f"smtp:{smtp_port}", 50 * SOAK)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    arrived = Counter(line["message_id"] for line in lines)
    fates = await trial.outcome()
    assert max(arrived.values()) == 1
    assert max(Counter(line["to"] for line in lines).values()) == 1
    at_end = {fate.message_id: fate.status for fate in fates}
    assert {one for one, status in at_end.items() if status == "sent"} <= set(arrived)
    assert not {one for one, status in at_end.items() if status == "failed"} & set(arrived)
    assert set(arrived) <= set(at_end)
    for fate in fates:
        due = ENDS_AS.get(fate.email.partition(".")[0], "sent")
        may_end = {due, "unknown"} if fate.label in met else {due}
        assert fate.status in may_end, f"{fate} should have ended as {due}"


LOSES_THE_ANSWER = (
    Fault(status=503),
    Fault(Trouble.DROPS_BEFORE_THE_WORK),
    Fault(Trouble.DROPS_AFTER_THE_WORK),
    Fault(Trouble.GIBBERISH),
    Fault(Trouble.SILENT_AFTER_THE_WORK),
)
"""After these, the whole mail was handed over and nobody said what became of it."""

REFUSES = Fault(status=422)
ASKS_TO_WAIT = Fault(status=429, retry_after=1)
MANNERS = (*LOSES_THE_ANSWER, REFUSES, ASKS_TO_WAIT)
HOW_OFTEN = (2, 4, 6, 2, 1, 2, 2)


@contextmanager
def trouble(api: FakeMailApi, asked: int) -> Iterator[FakeMailApi]:
    """A provider that answers badly one time in six, by chance, until it was asked so many times."""
    chance, left = random.Random(SEED), iter(range(asked))

    def next_fault(method: str, path: str) -> Fault | None:
        if not api.is_hand_over(method, path) or next(left, None) is None:
            return None
        if chance.random() > 1 / 6:
            return None
        return chance.choices(MANNERS, HOW_OFTEN)[0]

    api.next_fault = next_fault  # type: ignore[method-assign]
    with api:
        yield api


def troubled(api: FakeMailApi, labels: set[str], kinds: Iterable[Fault]) -> Counter[str]:
    """How often these faults met each mail."""
    kinds = tuple(kinds)
    named = [LABEL.findall(call.body) for fault, call in api.troubled if fault in kinds]
    return Counter(label for found in named for label in {one.decode() for one in found} & labels)


@pytest.mark.parametrize("provider", [Transport.RESEND, Transport.SENDGRID, Transport.MAILGUN])
async def test_over_a_providers_interface_no_mail_is_taken_twice(
    world: World, home: Path, provider: Transport
) -> None:
    service = next(one for one in SERVICES if one.provider is provider)
    trial = await crowded(world, home, 120 * SOAK)
    with trouble(service.fake(), trial.mails) as api:
        met = trial.kill_senders(f"http:{provider}:{service.secret(api.key)}:{api.url}", 8 * SOAK)
    taken = Counter(mail.label for mail in api.taken)
    fates = await trial.outcome()
    labels = {fate.label for fate in fates}
    lost = troubled(api, labels, LOSES_THE_ANSWER)
    assert max(taken.values()) == 1
    assert those(fates, "sent") <= set(taken) <= labels
    assert not set(taken) & those(fates, "failed")
    refused = set(troubled(api, labels, [REFUSES]))
    assert refused - set(lost) - met <= those(fates, "failed") <= refused
    # Its key lets a sender that comes after ask again for what a dead one had at the wire.
    nobody_knows = set(lost) if provider is Transport.RESEND else set(lost) | met
    assert those(fates, "unknown") <= nobody_knows
