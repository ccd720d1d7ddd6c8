"""The commands around Slack: who is who, is it set up, post what waits; mistakes in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.kernel.clock import VirtualClock
from outrider.vendors.fakes.slack import Fault
from tests.program import Program, plain_sentence
from tests.slack_world import CHANNEL, running_slack


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


def test_without_settings_the_sentence_names_them(program: Program) -> None:
    for command in ("check", "post"):
        sentence = plain_sentence(program.run("slack", command))
        assert "OUTRIDER_SLACK_BOT_TOKEN" in sentence
        assert "OUTRIDER_SLACK_CHANNEL" in sentence


def test_an_admin_says_who_a_slack_user_is(program: Program) -> None:
    program.ok("person", "add", "Kim Lee", "kim@brand.example", "--role", "admin")
    program.ok("person", "add", "Ann Reed", "ann@brand.example", "--role", "approver")
    by_kim = ("--as", "kim@brand.example")
    said = program.ok("person", "slack", "ann@brand.example", "U012AB3CD", *by_kim)
    assert "U012AB3CD in Slack is Ann Reed <ann@brand.example>, approver here." in said.out
    for words, part in (
        (("ann@brand.example", "ann", *by_kim), "member ID"),
        (("nobody@brand.example", "U012AB3CD", *by_kim), "nobody@brand.example"),
        (("ann@brand.example", "U012AB3CD", "--as", "ann@brand.example"), "only an admin"),
    ):
        sentence = plain_sentence(program.run("person", "slack", *words))
        assert part.lower() in sentence.lower()


def test_check_says_whose_the_token_is_and_what_is_wrong(
    home: Path, owner_url: URL, clock: VirtualClock
) -> None:
    with running_slack(clock) as fake:
        extra = {
            "OUTRIDER_SLACK_BOT_TOKEN": "xoxb-1",
            "OUTRIDER_SLACK_CHANNEL": CHANNEL,
            "OUTRIDER_SLACK_API_URL": fake.url,
        }
        program = Program(home, owner_url, extra)
        said = program.ok("slack", "check").out
        assert "outrider of Brand (T1) reads channel" in said
        assert "Clicks do not arrive: give OUTRIDER_SLACK_APP_TOKEN" in said
        assert "Slack is up to date." in program.ok("slack", "post").out
        for method, word, way_out in (
            ("auth.test", "token_revoked", "install the app again"),
            ("auth.test", "invalid_auth", "OUTRIDER_SLACK_BOT_TOKEN"),
            ("auth.test", "account_inactive", "install the app again"),
            ("conversations.history", "not_in_channel", "invite the app"),
            ("conversations.history", "channel_not_found", "OUTRIDER_SLACK_CHANNEL"),
            ("conversations.history", "ratelimited", "asked too often"),
        ):
            fake.fail(method, Fault(error=word))
            sentence = plain_sentence(program.run("slack", "check"))
            assert way_out in sentence
            assert "xoxb-1" not in sentence


def test_check_says_how_clicks_arrive(home: Path, owner_url: URL, clock: VirtualClock) -> None:
    with running_slack(clock) as fake:
        extra = {
            "OUTRIDER_SLACK_BOT_TOKEN": "xoxb-1",
            "OUTRIDER_SLACK_CHANNEL": CHANNEL,
            "OUTRIDER_SLACK_API_URL": fake.url,
            "OUTRIDER_SLACK_SIGNING_SECRET": "s",
            "OUTRIDER_PUBLIC_URL": "https://outrider.brand.example/",
        }
        said = Program(home, owner_url, extra).ok("slack", "check").out
        assert "arrive at https://outrider.brand.example/api/slack/actions." in said
        extra["OUTRIDER_SLACK_APP_TOKEN"] = "xapp-1"
        program = Program(home, owner_url, extra)
        fake.state.address = lambda: "wss://wss.slack.example/link/?ticket=1"
        assert "arrive over Socket Mode" in program.ok("slack", "check").out
        fake.state.address = None
        sentence = plain_sentence(program.run("slack", "check"))
    assert "switch Socket Mode on" in sentence
    assert "xapp-1" not in sentence
