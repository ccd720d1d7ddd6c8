"""What we ask of Slack and what we make of its answers, against the fake; signatures against Slack's SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.app.slack.payloads import click, submission
from outrider.app.slack.ports import SlackApi
from outrider.app.slack.signature import TOLERANCE, is_from_slack, signature
from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidInput, Refused, VendorUnavailable
from outrider.vendors.fakes.slack import FakeSlack, Fault
from outrider.vendors.slack import Slack
from tests.conftest import MONDAY
from tests.slack_world import running_slack

BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Hello – ünïcode"}}
]
NOW = int(MONDAY.timestamp())


@pytest.fixture
def fake(clock: VirtualClock) -> Iterator[FakeSlack]:
    with running_slack(clock) as fake:
        yield fake


@pytest.fixture
def slack(fake: FakeSlack) -> SlackApi:
    return Slack("xoxb-1", fake.url)


async def test_a_post_is_found_by_its_metadata_in_channel_and_thread(
    slack: SlackApi, fake: FakeSlack
) -> None:
    channel, root = await slack.post("C1", "hello", BLOCKS, "root")
    for number in range(7):
        await slack.post("C1", "noise", BLOCKS, f"noise-{number}")
    _, reply = await slack.post("C1", "reply", BLOCKS, "reply", thread_ts=root)
    assert (channel, isinstance(root, str)) == ("C1", True)
    assert await slack.find("C1", "root", MONDAY) == ("C1", root)
    assert await slack.find("C1", "reply", MONDAY, thread_ts=root) == ("C1", reply)
    assert await slack.find("C1", "reply", MONDAY) is None
    assert await slack.find("C1", "other", MONDAY) is None
    assert await slack.find("C2", "root", MONDAY) is None
    assert fake.posts[0].blocks == BLOCKS


async def test_an_update_takes_the_place_of_a_post(slack: SlackApi, fake: FakeSlack) -> None:
    channel, ts = await slack.post("C1", "hello", BLOCKS, "a")
    await slack.update(channel, ts, "done", BLOCKS)
    assert [(post.text, post.updates) for post in fake.posts] == [("done", 1)]
    with pytest.raises(Refused) as refusal:
        await slack.update(channel, "1.000009", "done", BLOCKS)
    assert refusal.value.facts["slack"] == "message_not_found"


async def test_the_token_is_told_whose_it_is(slack: SlackApi) -> None:
    assert await slack.who_am_i() == {
        "team": "Brand",
        "team_id": "T1",
        "user": "outrider",
        "user_id": "UBOT",
    }


@pytest.mark.parametrize(
    ("fault", "was_sent", "wait"),
    [
        (Fault(status=503), True, None),
        (Fault(status=500), True, None),
        (Fault(drops=True), True, None),
        (Fault(error="fatal_error"), True, None),
        (Fault(status=429, retry_after=17), False, 17),
        (Fault(status=429), False, 30),
        (Fault(error="ratelimited"), False, 30),
    ],
)
async def test_trouble_says_whether_the_post_may_be_there(
    slack: SlackApi, fake: FakeSlack, fault: Fault, was_sent: bool, wait: int | None
) -> None:
    fake.fail("chat.postMessage", fault)
    with pytest.raises(VendorUnavailable) as trouble:
        await slack.post("C1", "hello", BLOCKS, "a")
    assert trouble.value.facts["sent"] is was_sent
    assert trouble.value.facts.get("retry_after") == wait
    assert fake.state.asked == ["chat.postMessage"]


async def test_where_nobody_listens_nothing_was_sent(fake: FakeSlack) -> None:
    with fake.state.lock:
        url = fake.url
    dead = Slack("xoxb-1", url.replace("/api/", "").rpartition(":")[0] + ":9/api")
    with pytest.raises(VendorUnavailable, match="cannot be reached") as trouble:
        await dead.post("C1", "hello", BLOCKS, "a")
    assert trouble.value.facts["sent"] is False


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("invalid_auth", "OUTRIDER_SLACK_BOT_TOKEN"),
        ("channel_not_found", "OUTRIDER_SLACK_CHANNEL"),
        ("not_in_channel", "invite the app"),
        ("never_heard_of", "never_heard_of"),
    ],
)
async def test_a_refusal_is_one_sentence_with_the_way_out_and_without_the_token(
    slack: SlackApi, fake: FakeSlack, error: str, says: str
) -> None:
    fake.fail("chat.postMessage", Fault(error=error))
    with pytest.raises(Refused, match=says) as refusal:
        await slack.post("C1", "hello", BLOCKS, "a")
    assert refusal.value.facts["slack"] == error
    assert "xoxb-1" not in str(refusal.value)


async def test_the_fake_refuses_what_slack_refuses(slack: SlackApi, fake: FakeSlack) -> None:
    too_long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    for blocks, channel, thread, error in (
        (too_long, "C1", None, "invalid_blocks"),
        (BLOCKS, "#drafts", None, "channel_not_found"),
        (BLOCKS, "C1", "1.5", "thread_not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            await slack.post(channel, "hello", blocks, "a", thread_ts=thread)
        assert refusal.value.facts["slack"] == error
    with pytest.raises(Refused, match="click again"):
        await slack.open_view("expired", {**MODAL})
    with pytest.raises(Refused, match="OUTRIDER_SLACK_BOT_TOKEN"):
        await Slack("xoxb-other", fake.url).who_am_i()
    assert fake.posts == []


MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "callback_id": "c",
    "blocks": BLOCKS,
}


def test_the_example_of_slacks_own_page_is_signed_as_there() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert signed == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@settings(max_examples=200)
@given(
    st.text(max_size=200).map(str.encode),
    st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=64),
    st.integers(-301, 301),
)
def test_slacks_own_verifier_agrees_on_every_request(body: bytes, secret: str, age: int) -> None:
    sdk = pytest.importorskip("slack_sdk.signature")
    verifier = sdk.SignatureVerifier(secret, clock=_Clock())
    stamp = str(NOW - age)
    for signed in (signature(secret, stamp, body), signature(secret + "x", stamp, body)):
        ours = is_from_slack(secret, stamp, body, signed, MONDAY)
        assert ours is verifier.is_valid(body, stamp, signed)


class _Clock:
    def now(self) -> float:
        return float(NOW)


@pytest.mark.parametrize(
    "given_stamp", ["", "x", "-5", "1e9", "٣", "9" * 40, f" {NOW}", f"{NOW}.0"]
)
def test_a_time_that_is_no_whole_number_of_now_is_refused(given_stamp: str) -> None:
    signed = signature("secret", given_stamp, b"x")
    assert not is_from_slack("secret", given_stamp, b"x", signed, MONDAY)


def test_three_hundred_seconds_both_ways_and_not_one_more() -> None:
    stamp = str(NOW)
    signed = signature("secret", stamp, b"x")
    for off in (TOLERANCE, -TOLERANCE):
        assert is_from_slack("secret", stamp, b"x", signed, MONDAY + off)
        beyond = off + timedelta(seconds=1 if off > timedelta(0) else -1)
        assert not is_from_slack("secret", stamp, b"x", signed, MONDAY + beyond)
    assert not is_from_slack("secret", stamp, b"y", signed, MONDAY)
    assert not is_from_slack("secret", stamp, b"x", "v0=ÿ", MONDAY)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                "user id view state values container channel_id message_ts actions action_id value"
                " action_ts private_metadata callback_id hash type".split()
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=25,
)


@settings(max_examples=300)
@given(json_values)
def test_a_payload_of_any_shape_is_read_or_refused_plainly(payload: Any) -> None:
    given_payload = payload if isinstance(payload, dict) else {"actions": payload, "view": payload}
    for read in (click, submission):
        with pytest.raises(InvalidInput):
            read(json.loads(json.dumps(given_payload)))
