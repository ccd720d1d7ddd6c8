"""`models.toml` and a key file are all it takes; what is wrong there ends in one plain sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from outrider.vendors.fakes.messages_api import RIGHT_KEY, Content, MessagesApi
from tests.outreach import PITCHES
from tests.program import Program, plain_sentence

pytest.importorskip("anthropic", reason="the SDK of Anthropic is an extra")

MAIL = {
    "subject": "Lease changes between quarters",
    "body": f"Hi Dana,\n\n{PITCHES[0]}",
    "claims": [],
    "reasoning": ["It is short.", "It asks one question.", "It names no figure."],
    "sources": [],
    "angle": "leases",
    "confidence": 0.7,
}
LEADS = "company,email,first_name,last_name,title\nAcme Stores,dana@acme.example,Dana,Cole,CFO\n"


def answer(body: Mapping[str, Any]) -> Content:
    """Writes when a task is asked; else looks once and finishes."""
    if body.get("tool_choice"):
        return [{"type": "tool_use", "id": "t", "name": "answer", "input": MAIL}]
    if len(body["messages"]) == 1:
        return [{"type": "tool_use", "id": "t1", "name": "search_accounts", "input": {}}]
    finish = {"summary": "One account: Acme Stores."}
    return [{"type": "tool_use", "id": "t2", "name": "finish", "input": finish}]


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi(answer) as api:
        yield api


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url, {"NO_PROXY": "127.0.0.1"})


def configure(program: Program, api: MessagesApi | None, **changes: str) -> None:
    """Write the file as `docs/models.md` shows it."""
    values = {
        "name": "claude-sonnet-4-6",
        "vendor": "anthropic",
        "key": RIGHT_KEY,
        "more": "",
        "tier": "sonnet",
    } | changes
    keys = program.home / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "model.key").write_text(values["key"] + "\n")
    where = f'base_url = "{api.url}"\nstream = false\n' if api else ""
    (program.home / "models.toml").write_text(
        f'[models.sonnet]\nvendor = "{values["vendor"]}"\nname = "{values["name"]}"\n'
        f'key_file = "model.key"\n{where}{values["more"]}\n[tiers]\nmid = ["{values["tier"]}"]\n'
    )


def campaign(program: Program, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text(LEADS)
    program.ok(
        *("mailbox", "add", "sales@try-brand.example", "--name", "Ann Reed"),
        *("--postal-address", "12 Main Street, Boston MA 02110"),
        *("--booking-link", "https://cal.example/ann"),
    )
    program.ok("campaign", "create", "Leases", "--brand", "Brand")
    program.ok("import", str(leads))


def test_the_sdr_writes_with_the_model_and_replays_without_it(
    program: Program, api: MessagesApi, tmp_path: Path
) -> None:
    campaign(program, tmp_path)
    configure(program, api)
    told = program.json("run", "sdr", "--campaign", "Leases")
    assert told["run"]["status"] == "completed"
    assert float(told["run"]["cost_estimate"]) == pytest.approx(0.0045)
    (draft,) = program.json("drafts", "list")["items"]
    assert draft["status"] == "pending"
    asked = json.dumps([body["messages"] for body in api.seen])
    assert "Acme Stores" in asked
    assert "dana@acme.example" not in asked
    seen = len(api.seen)
    again = program.json("runs", "replay", told["run"]["id"])
    assert (again["steps"], again["differences"], len(api.seen)) == (1, [], seen)
    other = program.json("runs", "replay", told["run"]["id"], "--model", "sonnet")
    assert len(api.seen) == seen + 1
    assert float(other["cost_usd"]) > 0


def test_an_agent_of_the_fleet_thinks_and_its_run_is_shown(
    program: Program, api: MessagesApi
) -> None:
    configure(program, api)
    (run,) = program.json("run", "gtm-research", "--task", "What is there?")["runs"]
    assert run["end"]["text"] == "One account: Acme Stores."
    shown = program.json("runs", "show", run["run"]["id"])
    assert [step["kind"] for step in shown["steps"]] == ["model", "tool", "model"]
    assert program.json("runs", "asked") == {"items": []}
    again = program.json("runs", "replay", run["run"]["id"])
    assert (again["differences"], again["end"]["text"]) == ([], "One account: Acme Stores.")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": "wrong"}, "key"),
        ({"key": ""}, "must hold the key"),
        ({"name": "no-such-model"}, "no known price"),
        ({"tier": "opus"}, "not configured"),
        ({"vendor": "acme"}, "models.sonnet.vendor"),
        ({"more": "price = 3\n"}, "models.sonnet.price"),
        ({"more": "colour = 'red'\n"}, "colour"),
        ({"more": "this is no toml\n"}, "no TOML"),
        (
            {"name": "gpt-none", "more": "price = { input = 1, output = 2 }\n"},
            "knows no model gpt-none",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    program: Program, api: MessagesApi, changes: dict[str, str], says: str
) -> None:
    configure(program, api, **changes)
    said = program.run("run", "gtm-research", "--task", "What is there?")
    assert says in plain_sentence(said)
    assert not api.seen


def test_without_a_model_the_sentence_says_what_to_write(program: Program) -> None:
    said = program.run("run", "gtm-research", "--task", "What is there?")
    assert "models.toml" in plain_sentence(said)
    said = program.run("run", "gtm-research")
    assert "--task" in plain_sentence(said)


def test_prose_where_a_form_was_asked_for_is_one_account_s_trouble(
    program: Program, tmp_path: Path
) -> None:
    campaign(program, tmp_path)
    with MessagesApi(lambda body: [{"type": "text", "text": "Sure! Here is your mail."}]) as api:
        configure(program, api)
        said = program.run("run", "sdr", "--campaign", "Leases")
    assert said.code != 0
    assert "answered in prose" in said.out
    assert len(api.seen) == 2
    assert program.json("drafts", "list") == {"items": []}


def test_a_day_of_runs_is_replayed_within_its_limit(
    program: Program, api: MessagesApi, tmp_path: Path
) -> None:
    campaign(program, tmp_path)
    configure(program, api)
    sdr = program.json("run", "sdr", "--campaign", "Leases")["run"]
    (thought,) = program.json("run", "gtm-research", "--task", "What is there?")["runs"]
    day = sdr["started_at"][:10]
    seen = len(api.seen)

    same = program.json("replay", "--day", day)["runs"]
    assert [one["run"] for one in same] == [sdr["id"], thought["run"]["id"]]
    assert [one["differences"] for one in same] == [[], []]
    assert len(api.seen) == seen

    of_one = program.json("replay", "--day", day, "--agent", "sdr", "--model", "sonnet")["runs"]
    assert [float(one["cost_usd"]) > 0 for one in of_one] == [True]
    asked = len(api.seen)
    assert asked > seen

    poor = program.json("replay", "--day", day, "--model", "sonnet", "--at-most", "0")["runs"]
    assert all("$0.0000 is left" in one["why_not"] for one in poor)
    assert len(api.seen) == asked

    told = program.ok("replay", "--day", day).out
    assert "2 of 2 runs replayed: 2 the same, 0 differ." in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Say which run by its id"),
        (("01a1", "--day", "today"), "Say which run by its id"),
        (("01a1", "--agent", "sdr"), "--agent chooses among the runs of a --day"),
        (("--day", "tomorrow"), "'tomorrow' is no day"),
        (("--day", "2001-01-01"), "No run began on 2001-01-01"),
        (("--day", "today", "--prompt", "nowhere.txt"), "nowhere.txt cannot be read"),
        (("--day", "today", "--model", "gone"), "gone"),
    ],
)
def test_a_replay_that_cannot_be_is_one_sentence(
    program: Program, words: tuple[str, ...], says: str
) -> None:
    assert says in plain_sentence(program.run("replay", *words))
