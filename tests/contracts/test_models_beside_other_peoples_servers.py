"""The adapters speak to a server that others wrote: tools, streams, refusals, breaks, nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    Speaker,
    Stop,
    Text,
    ToolOffer,
    ToolResult,
    ToolUse,
)
from outrider.agents.ports import Model
from outrider.kernel.errors import InvalidInput, InvalidSetting, VendorUnavailable
from tests.aimock import aimock, requests_of

pytest.importorskip("anthropic", reason="the SDK of Anthropic is an extra")
pytest.importorskip("openai", reason="the SDK of OpenAI is an extra")

TOOL = ToolOffer(
    "read_dossier",
    "Facts of an account.",
    {"type": "object", "properties": {"account_id": {"type": "string"}}},
)


def error(status: int) -> dict[str, Any]:
    return {"error": {"message": f"planned {status}", "type": "planned"}, "status": status}


USAGE = {"input_tokens": 11, "output_tokens": 3, "prompt_tokens": 11, "completion_tokens": 3}

FIXTURES: list[dict[str, Any]] = [
    {
        "match": {"userMessage": "look it up", "turnIndex": 0},
        "response": {
            "toolCalls": [{"name": "read_dossier", "arguments": '{"account_id": "a1"}'}],
        },
    },
    {
        "match": {"userMessage": "look it up", "turnIndex": 1},
        "response": {"content": "Acme reports leases. Ümläute too."},
    },
    {"match": {"userMessage": "hello"}, "response": {"content": "Hello there.", "usage": USAGE}},
    {
        "match": {"userMessage": "nonsense"},
        "response": {"toolCalls": [{"name": "read_dossier", "arguments": '{"account_id": '}]},
    },
    {
        "match": {"userMessage": "break off"},
        "response": {"content": "a long answer that never comes to its end " * 20},
        "truncateAfterChunks": 3,
    },
    *({"match": {"userMessage": f"status {s}"}, "response": error(s)} for s in (400, 401, 404)),
    *({"match": {"userMessage": f"status {s}"}, "response": error(s)} for s in (429, 500)),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("aimock")
    with aimock(folder, FIXTURES) as url:
        yield url


@pytest.fixture(params=["anthropic", "anthropic streamed", "openai", "openai streamed"])
async def model(request: pytest.FixtureRequest, server: str) -> AsyncIterator[Model]:
    from outrider.vendors.anthropic_models import AnthropicModel
    from outrider.vendors.openai_models import OpenAiModel

    is_streamed = "streamed" in request.param
    found: AnthropicModel | OpenAiModel
    if request.param.startswith("anthropic"):
        found = AnthropicModel("claude-sonnet-4-6", "key", base_url=server, is_streamed=is_streamed)
    else:
        found = OpenAiModel("gpt-5", "key", base_url=f"{server}/v1", is_streamed=is_streamed)
    yield found
    await found.close()


def asking(words: str, *more: Message) -> ModelRequest:
    first = Message(Speaker.USER, (Text(words),))
    return ModelRequest("You are careful.", (first, *more), (TOOL,), max_tokens=500)


async def ask(model: Model, words: str) -> ModelReply:
    return await model.complete(asking(words))


async def test_words_come_back_with_what_they_took(model: Model) -> None:
    reply = await ask(model, "hello")
    assert (reply.text, reply.stop) == ("Hello there.", Stop.END)
    assert (reply.usage.input, reply.usage.output) == (11, 3)
    assert reply.model


async def test_a_tool_is_asked_for_and_its_result_is_understood(model: Model, server: str) -> None:
    first = await ask(model, "look it up")
    assert first.stop is Stop.TOOLS
    (use,) = first.uses
    assert (use.name, dict(use.input)) == ("read_dossier", {"account_id": "a1"})
    answered = (
        Message(Speaker.ASSISTANT, first.parts),
        Message(Speaker.USER, (ToolResult(use.id, '{"facts": []}'),)),
    )
    second = await model.complete(asking("look it up", *answered))
    assert second.text == "Acme reports leases. Ümläute too."
    assert requests_of(server)


def test_what_was_said_before_is_sent_again_unchanged_and_marked_for_the_vendors_cache() -> None:
    from outrider.vendors.anthropic_models import body_of

    use = ToolUse("u1", "read_dossier", {"account_id": "a1"})
    turns = [
        Message(Speaker.ASSISTANT, (use,)),
        Message(Speaker.USER, (ToolResult("u1", "{}"),)),
        Message(Speaker.ASSISTANT, (Text("And?"),)),
        Message(Speaker.USER, (Text("Go on."),)),
    ]
    bodies = [body_of("m", asking("look it up", *turns[:n])) for n in (0, 2, 4)]
    for body in bodies:
        assert body["system"][-1]["cache_control"] == {"type": "ephemeral"}
        assert body["messages"][-1]["content"][-1].pop("cache_control") == {"type": "ephemeral"}
        assert str(body["messages"]).count("cache_control") == 0
        assert (body["tools"], body["system"]) == (bodies[0]["tools"], bodies[0]["system"])
    for shorter, longer in pairwise(bodies):
        assert longer["messages"][: len(shorter["messages"])] == shorter["messages"]


async def test_an_input_that_is_no_json_is_handed_on_as_what_it_is(model: Model) -> None:
    try:
        reply = await ask(model, "nonsense")
    except VendorUnavailable:
        return  # the server refuses to say it, which is as well
    (use,) = reply.uses
    assert isinstance(use, ToolUse)
    assert set(use.input) <= {"malformed_json"}


@pytest.mark.parametrize("status", [429, 500])
async def test_an_overloaded_vendor_is_unavailable(model: Model, status: int) -> None:
    with pytest.raises(VendorUnavailable, match=str(status)):
        await ask(model, f"status {status}")


async def test_a_wrong_key_and_an_unknown_model_are_settings_to_mend(model: Model) -> None:
    with pytest.raises(InvalidSetting, match="key"):
        await ask(model, "status 401")
    with pytest.raises(InvalidSetting, match="knows no model"):
        await ask(model, "status 404")
    with pytest.raises(InvalidInput, match="planned 400"):
        await ask(model, "status 400")


async def test_a_stream_that_breaks_off_is_no_answer(model: Model) -> None:
    if "_is_streamed" in vars(model) and not vars(model)["_is_streamed"]:
        pytest.skip("only streams break off in the middle")
    with pytest.raises(VendorUnavailable):
        await ask(model, "break off")


async def test_nobody_there_is_unavailable() -> None:
    from outrider.vendors.anthropic_models import AnthropicModel
    from outrider.vendors.openai_models import OpenAiModel

    for model in (
        AnthropicModel("m", "key", base_url="http://127.0.0.1:9"),
        OpenAiModel("m", "key", base_url="http://127.0.0.1:9"),
    ):
        with pytest.raises(VendorUnavailable, match="did not answer"):
            await model.complete(asking("hello"))
        await model.close()
