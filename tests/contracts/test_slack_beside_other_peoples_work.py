"""Our Slack vendor before a Slack that others wrote, and Slack's own SDK before our fake of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from outrider.app.slack import cards
from outrider.app.slack.ports import SlackApi
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import Refused
from outrider.vendors.fakes.slack import FakeSlack, Fault
from outrider.vendors.slack import Slack
from tests.conftest import MONDAY
from tests.oracles import emulate
from tests.slack_world import running_slack

BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Hello – ünïcode"}}
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "callback_id": cards.OPEN,
    "blocks": BLOCKS,
}


@pytest.fixture(scope="module")
def other_slack() -> Iterator[str]:
    """A Slack by vercel-labs/emulate."""
    with emulate("slack") as url:
        yield f"{url}/api/"


@pytest.fixture(scope="module")
def channel(other_slack: str) -> str:
    """The first channel that it has."""
    answer = httpx2.post(
        f"{other_slack}conversations.list", headers={"Authorization": "Bearer xoxb-test-token"}
    ).json()
    return str(answer["channels"][0]["id"])


@pytest.fixture
def slack(other_slack: str) -> SlackApi:
    return Slack("xoxb-test-token", other_slack)


async def test_elsewhere_a_post_is_made_found_in_its_thread_and_replaced(
    slack: SlackApi, channel: str
) -> None:
    place, root = await slack.post(channel, "a draft", BLOCKS, "post-1")
    assert (place, isinstance(root, str)) == (channel, True)
    for number in range(3):
        await slack.post(channel, "noise", BLOCKS, f"noise-{number}")
    _, reply = await slack.post(channel, "a notice", BLOCKS, "post-2", thread_ts=root)
    assert await slack.find(channel, "post-1", MONDAY) == (channel, root)
    assert await slack.find(channel, "post-2", MONDAY, thread_ts=root) == (channel, reply)
    assert await slack.find(channel, "post-3", MONDAY, thread_ts=root) is None
    await slack.update(channel, root, "decided", BLOCKS)
    assert await slack.find(channel, "post-1", MONDAY) == (channel, root)
    who = await slack.who_am_i()
    assert who["team"]
    assert who["user"]


async def test_elsewhere_a_refusal_is_understood(slack: SlackApi, channel: str) -> None:
    for call, word in (
        (slack.post("C0NOWHERE", "hello", BLOCKS, "a"), "channel_not_found"),
        (slack.update(channel, "1.000009", "hello", BLOCKS), "message_not_found"),
        (slack.open_view("1.2.used", MODAL), "invalid_trigger_id"),
    ):
        with pytest.raises(Refused) as refusal:
            await call
        assert refusal.value.facts["slack"] == word


@pytest.fixture
def fake(clock: VirtualClock) -> Iterator[FakeSlack]:
    with running_slack(clock) as fake:
        yield fake


def test_slacks_own_client_finds_our_fake_to_be_a_slack(fake: FakeSlack) -> None:
    sdk = pytest.importorskip("slack_sdk")
    client = sdk.WebClient(token="xoxb-1", base_url=fake.url)
    assert client.auth_test()["team_id"] == "T1"
    posted = client.chat_postMessage(
        channel="C1",
        text="hello",
        blocks=BLOCKS,
        metadata={"event_type": "outrider_post", "event_payload": {"post_id": "a"}},
    )
    reply = client.chat_postMessage(channel="C1", text="r", blocks=BLOCKS, thread_ts=posted["ts"])
    client.chat_update(channel="C1", ts=posted["ts"], text="done", blocks=BLOCKS)
    client.chat_postEphemeral(channel="C1", user="U1", text="only you")
    client.views_open(trigger_id="1.2.x", view=MODAL)
    pages = list(client.conversations_history(channel="C1", include_all_metadata=True, limit=2))
    [message] = [one for page in pages for one in page["messages"]]
    assert (message["text"], message["metadata"]["event_payload"]) == ("done", {"post_id": "a"})
    thread = client.conversations_replies(channel="C1", ts=posted["ts"])["messages"]
    assert [one["ts"] for one in thread] == [posted["ts"], reply["ts"]]
    errors = pytest.importorskip("slack_sdk.errors")
    for fault, word in (
        (Fault(error="token_revoked"), "token_revoked"),
        (None, "thread_not_found"),
    ):
        if fault:
            fake.fail("chat.postMessage", fault)
        with pytest.raises(errors.SlackApiError) as refusal:
            client.chat_postMessage(channel="C1", text="x", blocks=BLOCKS, thread_ts="9.9")
        assert refusal.value.response["error"] == word
    fake.fail("chat.postMessage", Fault(status=429, retry_after=7))
    with pytest.raises(errors.SlackApiError) as refusal:
        client.chat_postMessage(channel="C1", text="x", blocks=BLOCKS)
    assert refusal.value.response.headers["Retry-After"] == "7"
