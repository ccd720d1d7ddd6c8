"""The adapter for every other provider hands on words, tools and results, and reads what comes back."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("pydantic_ai", reason="Pydantic AI is an extra")

from pydantic_ai import messages as theirs
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from outrider.agents.message_types import (
    Message,
    ModelRequest,
    Speaker,
    Stop,
    Text,
    ToolOffer,
    ToolResult,
    ToolUse,
    Usage,
)
from outrider.kernel.errors import InvalidSetting, VendorUnavailable
from outrider.vendors.pydantic_ai_models import OtherModel

OFFER = ToolOffer("look", "Look.", {"type": "object", "properties": {"at": {"type": "string"}}})
FIRST = Message(Speaker.USER, (Text("Look at Acme."),))


def model_of(reply: Any) -> OtherModel:
    return OtherModel("test:model", model=FunctionModel(reply))


async def test_a_tool_is_offered_asked_for_and_its_result_handed_back() -> None:
    seen: list[list[theirs.ModelMessage]] = []

    def reply(messages: list[theirs.ModelMessage], info: AgentInfo) -> theirs.ModelResponse:
        seen.append(messages)
        assert [tool.name for tool in info.function_tools] == ["look"]
        if len(messages) == 1:
            call = theirs.ToolCallPart("look", '{"at": "Acme"}', "c1")
            usage = RequestUsage(input_tokens=100, cache_read_tokens=40, output_tokens=7)
            return theirs.ModelResponse([call], usage=usage, model_name="m-1")
        return theirs.ModelResponse([theirs.TextPart("Seen.")])

    model = model_of(reply)
    first = await model.complete(ModelRequest("Be careful.", (FIRST,), (OFFER,)))
    assert first.uses == (ToolUse("c1", "look", {"at": "Acme"}),)
    assert first.stop is Stop.TOOLS
    assert first.usage == Usage(input=60, output=7, cache_read=40)
    after = (
        FIRST,
        Message(Speaker.ASSISTANT, first.parts),
        Message(Speaker.USER, (ToolResult("c1", "all fine"),)),
    )
    second = await model.complete(ModelRequest("Be careful.", after, (OFFER,)))
    assert (second.text, second.stop) == ("Seen.", Stop.END)
    last = seen[1][-1]
    assert isinstance(last, theirs.ModelRequest)
    (result,) = last.parts
    assert isinstance(result, theirs.ToolReturnPart)
    assert (result.tool_name, result.content) == ("look", "all fine")
    assert last.instructions == "Be careful."


async def test_a_forced_tool_leaves_no_room_for_words() -> None:
    def reply(messages: list[theirs.ModelMessage], info: AgentInfo) -> theirs.ModelResponse:
        assert not info.allow_text_output
        assert [tool.name for tool in info.output_tools] == ["look"]
        return theirs.ModelResponse([theirs.ToolCallPart("look", "no json", "c1")])

    asked = ModelRequest("", (FIRST,), (OFFER,), forced_tool="look")
    (use,) = (await model_of(reply).complete(asked)).uses
    assert use.input == {"malformed_json": "no json"}


@pytest.mark.parametrize(
    ("status", "error"), [(401, InvalidSetting), (404, InvalidSetting), (503, VendorUnavailable)]
)
async def test_a_refusal_is_told_as_what_it_is(status: int, error: type[Exception]) -> None:
    def reply(messages: list[theirs.ModelMessage], info: AgentInfo) -> theirs.ModelResponse:
        raise ModelHTTPError(status, "m-1")

    with pytest.raises(error, match="test:model"):
        await model_of(reply).complete(ModelRequest("", (FIRST,)))


def test_a_name_without_a_provider_is_one_sentence() -> None:
    with pytest.raises(InvalidSetting, match="names no provider"):
        OtherModel("gemini")
