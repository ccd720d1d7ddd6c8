"""Slack for tests: the fake under its limits, requests as Slack signs them, jobs on the clock."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest

from outrider.app.api.main import create_app
from outrider.app.jobs import registered_jobs, review, slack_posts
from outrider.app.slack import handle, people, validate
from outrider.app.slack.signature import signature
from outrider.app.wiring import Outrider
from outrider.conversations import receive
from outrider.conversations.parse import parse
from outrider.drafts import read
from outrider.drafts.types import Draft
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.jobs import bound
from outrider.kernel.jobs_in_process import InProcessQueue
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.sending import mailboxes, send
from outrider.sending.means import Means
from outrider.sending.types import MailboxForm, SendReport
from outrider.vendors.fakes.slack import Checks, FakeSlack, Post
from tests.drafts_world import build, offline_draft, sender
from tests.sending_world import SUPPRESSOR

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHANNEL = "C0DRAFTS"
CHECKS = Checks(validate.message_problems, validate.view_problems)


class _HeldBack(Exception):
    """Nothing of this draft is kept."""


@dataclass
class SlackWorld:
    """Outrider with Slack set up, a fake Slack, and the queue of jobs."""

    outrider: Outrider
    fake: FakeSlack
    queue: InProcessQueue
    clock: VirtualClock

    async def draft(self) -> Draft:
        """A pending draft of a new mail that nothing stands against."""
        while True:
            with contextlib.suppress(_HeldBack):
                async with self.outrider.begin(SYSTEM)() as tx:
                    draft = await offline_draft(tx, await build(tx))
                    if draft.blocked_by:
                        raise _HeldBack  # by a check: it would have no button to approve it
                    # So that the next one can have a campaign of the same name.
                    await tx.run(
                        "update outrider.campaigns set name = 'Leases ' || id where name = 'Leases'"
                    )
                    return draft

    async def route(self, draft: Draft) -> None:
        """Have the policy asked about a draft."""
        await review.review(self.outrider, draft.id)

    async def mailbox(self) -> None:
        """Let drafts of this world be sent, into a Maildir."""
        async with self.outrider.begin(SYSTEM)() as tx:
            own = sender()
            form = MailboxForm(
                address=own.address,
                name=own.name,
                postal_address=own.postal_address,
                booking_link=own.booking_link,
                signature=own.signature,
                daily_cap=100,
            )
            made = await mailboxes.add(tx, form)
            await tx.run(
                "update outrider.mailboxes set id = :id where id = :made",
                {"id": own.mailbox_id, "made": made.id},
            )

    async def send_mail(self) -> SendReport:
        """Send what can no longer be taken back."""
        self.clock.advance(timedelta(minutes=1))
        means = Means(
            begin=self.outrider.begin(SYSTEM),
            transports=self.outrider.transport,
            objects=self.outrider.objects,
        )
        return await send.drain(means)

    async def receive(self, raw: bytes) -> None:
        """Receive one mail as the door does."""
        sha256 = await self.outrider.objects.put(raw)
        async with self.outrider.begin(SYSTEM)() as tx:
            await receive.receive(tx, parse(raw), sha256, SUPPRESSOR)

    async def work(self) -> None:
        """Bring everything in line, and run what is due."""
        await slack_posts.refresh_all(self.outrider)
        await self.queue.run_due(self.outrider)

    async def wait_and_work(self) -> None:
        """Move to the next job's time and run what is due then."""
        assert self.queue.next_at
        self.clock.advance(max(self.queue.next_at - self.clock.now(), timedelta(0)))
        await self.queue.run_due(self.outrider)

    async def map(self, email: str, slack_user: str) -> None:
        """Say who a Slack user is."""
        async with self.outrider.begin(SYSTEM)() as tx:
            await people.map_user(tx, email, slack_user)

    async def send(self, path: str, body: bytes, **other: str) -> httpx2.Response:
        """A request as Slack signs it, unless `other` headers say otherwise."""
        stamp = str(int(self.clock.now().timestamp()))
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
            **other,
        }
        transport = httpx2.ASGITransport(app=create_app(self.outrider))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return await http.post(f"/api/slack/{path}", content=body, headers=headers)

    async def act(self, payload: dict[str, Any]) -> httpx2.Response:
        """A click or a submission."""
        return await self.send("actions", form(payload))

    async def click(
        self, post: Post, action: str, user: str = "U0ANN", choice: int = 0
    ) -> httpx2.Response:
        """A click on a button that is on the post, or on a choice of its menu."""
        payload = click_payload(post, post.buttons()[action], user, choice=choice)
        return await self.act(payload)

    async def submit(self, user: str = "U0ANN", **values: str) -> httpx2.Response:
        """Submit the newest modal with these values."""
        return await self.act(
            submission_payload(len(self.fake.state.views), self.view, values, user)
        )

    @property
    def cards(self) -> list[Post]:
        """The cards in the channel and its threads, oldest first."""
        return [post for post in self.fake.posts if post.blocks[0]["type"] == "header"]

    @property
    def notices(self) -> list[str]:
        """What threads were told besides, oldest first."""
        return [post.words() for post in self.fake.posts if len(post.blocks) == 1]

    @property
    def view(self) -> dict[str, Any]:
        """The newest modal."""
        return self.fake.state.views[-1]


def form(payload: dict[str, Any]) -> bytes:
    """The body of an interaction."""
    return urlencode({"payload": json.dumps(payload)}).encode()


_CLICKS = itertools.count(1)


def click_payload(
    post: Post,
    element: dict[str, Any],
    user: str = "U0ANN",
    action_ts: str | None = None,
    choice: int = 0,
) -> dict[str, Any]:
    """As Slack describes `block_actions`; a click of its own unless it has the time of another."""
    action = {k: v for k, v in element.items() if k != "options"}
    if "options" in element:
        action["selected_option"] = element["options"][choice]
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "brand"},
        "user": {"id": user, "username": "ann", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "old",
        "container": {
            "type": "message",
            "message_ts": post.ts,
            "channel_id": post.channel,
            "is_ephemeral": False,
            **({"thread_ts": post.thread_ts} if post.thread_ts else {}),
        },
        "trigger_id": "1.2.abc",
        "channel": {"id": post.channel, "name": "drafts"},
        "response_url": "https://hooks.slack.com/actions/T1/1/x",
        "actions": [
            {**action, "block_id": "b", "action_ts": action_ts or f"1772463600.{next(_CLICKS)}"}
        ],
    }


def submission_payload(
    number: int, view: dict[str, Any], values: dict[str, str], user: str = "U0ANN"
) -> dict[str, Any]:
    """As Slack describes `view_submission`."""
    state = {name: {name: _state(view, name, value)} for name, value in values.items()}
    return {
        "type": "view_submission",
        "team": {"id": "T1", "domain": "brand"},
        "user": {"id": user, "username": "ann", "team_id": "T1"},
        "view": {**view, "id": f"V{number}", "hash": "1.x", "state": {"values": state}},
    }


def _state(view: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """What a field holds, as its element says it."""
    kinds = {b.get("block_id"): b.get("element", {}).get("type") for b in view["blocks"]}
    if kinds.get(name) != "static_select":
        return {"type": "plain_text_input", "value": value}
    option = {"text": {"type": "plain_text", "text": value}, "value": value} if value else None
    return {"type": "static_select", "selected_option": option}


@contextmanager
def running_slack(clock: VirtualClock) -> Iterator[FakeSlack]:
    """The fake with our validator, on the test's clock."""
    with FakeSlack(CHECKS, lambda: clock.now().timestamp()) as fake:
        yield fake


@asynccontextmanager
async def slack_world(
    home: Path,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    *,
    token: str = "xoxb-1",
    form_opens_within: float = 60.0,
) -> AsyncIterator[SlackWorld]:
    """Everything together; what is not about Slack's patience has time, however busy the machine is."""
    registered_jobs()
    queue = InProcessQueue(clock)
    with (
        running_slack(clock) as fake,
        bound(queue),
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(handle, "FORM_OPENS_WITHIN", form_opens_within)
        settings = load(
            home=home,
            slack_bot_token=token,
            slack_signing_secret=SECRET,
            slack_channel=CHANNEL,
            slack_api_url=fake.url,
        )
        objects, keys = Objects(str(home / "objects")), Keys(home)
        outrider = Outrider(settings, clock, database, objects, keys, workspace, "test")
        yield SlackWorld(outrider, fake, queue, clock)
        assert fake.state.problems == []


async def standing(world: SlackWorld, draft: Draft) -> Draft:
    """The draft as it is stored now."""
    async with world.outrider.begin(SYSTEM)() as tx:
        return await read.find(tx, str(draft.id))


async def decisions(world: SlackWorld) -> list[tuple[str, UUID]]:
    """What was decided, and by whom, in order."""
    async with world.outrider.begin(SYSTEM)() as tx:
        rows = await tx.rows("select kind, person_id from outrider.decisions order by id")
    return [(row["kind"], row["person_id"]) for row in rows]
