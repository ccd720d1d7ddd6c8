"""Models of every other provider, through Pydantic AI's model layer: single requests, nothing more.

In: a request in our words, a name such as `google:gemini-3-pro`. Out: a reply in our words.
Never: Pydantic AI's agents, its limits or its prices: a limit of its own let unpriced models pass.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outrider.agents.message_types import (
    ModelReply,
    ModelRequest,
    Part,
    Speaker,
    Stop,
    Text,
    ToolOffer,
    ToolResult,
    ToolUse,
    Usage,
    charged,
)
from outrider.kernel.errors import InvalidInput, InvalidSetting, OutriderError, VendorUnavailable

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model

_STOPS = {"tool_call": Stop.TOOLS, "length": Stop.LENGTH, "content_filter": Stop.REFUSED}
_MISSING = "The model {name} needs Pydantic AI and its provider's SDK: pip install 'outrider[models]' {extra}."


class OtherModel:
    """One model of a provider that Pydantic AI knows."""

    def __init__(self, name: str, key: str | None = None, model: Model[Any] | None = None) -> None:
        """`name` is `provider:model`; `model` is taken as it is where it is given.

        Raises:
            InvalidSetting: the name is not of that form, or something is not installed.
        """
        self._name = name
        self._model = model or _model(name, key)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Its reply; see `agents.ports.Model`."""
        from pydantic_ai import direct, exceptions
        from pydantic_ai.settings import ModelSettings

        try:
            found = await direct.model_request(
                self._model,
                _messages(request),
                model_settings=ModelSettings(max_tokens=request.max_tokens),
                model_request_parameters=_parameters(request),
            )
        except exceptions.ModelHTTPError as error:
            raise _trouble(self._name, error.status_code) from None
        except (exceptions.AgentRunError, exceptions.UserError, OSError) as error:
            raise VendorUnavailable(
                f"The provider did not answer for {self._name}: {type(error).__name__}."
            ) from None
        return _reply(found)


def _model(name: str, key: str | None) -> Model[Any]:
    provider, colon, _ = name.partition(":")
    if not colon:
        raise InvalidSetting(f"{name!r} names no provider: write it as google:gemini-3-pro.")
    extra = f"'pydantic-ai-slim[{provider.partition('-')[0]}]'"
    try:
        from pydantic_ai.exceptions import UserError
        from pydantic_ai.models import infer_model
        from pydantic_ai.providers import Provider, infer_provider, infer_provider_class
    except ImportError:
        raise InvalidSetting(_MISSING.format(name=name, extra=extra)) from None

    def with_key(named: str) -> Provider[Any]:
        made: Any = infer_provider_class(named)
        return made(api_key=key) if key else infer_provider(named)

    try:
        return infer_model(name, with_key)
    except ImportError:
        raise InvalidSetting(_MISSING.format(name=name, extra=extra)) from None
    except (UserError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:200]
        raise InvalidSetting(f"The model {name} cannot be used: {said}") from None


def _parameters(request: ModelRequest) -> Any:
    from pydantic_ai.models import ModelRequestParameters

    tools = [_definition(tool) for tool in request.tools]
    if request.forced_tool:
        return ModelRequestParameters(
            output_mode="tool", output_tools=tools, allow_text_output=False
        )
    return ModelRequestParameters(function_tools=tools)


def _definition(tool: ToolOffer) -> Any:
    from pydantic_ai.tools import ToolDefinition

    return ToolDefinition(
        name=tool.name, description=tool.description, parameters_json_schema=dict(tool.schema)
    )


def _messages(request: ModelRequest) -> list[ModelMessage]:
    from pydantic_ai import messages as theirs

    names: dict[str, str] = {}
    found: list[ModelMessage] = []
    for message in request.messages:
        if message.speaker is Speaker.ASSISTANT:
            names.update({p.id: p.name for p in message.parts if isinstance(p, ToolUse)})
            found.append(theirs.ModelResponse(parts=[_said(part) for part in message.parts]))
        else:
            parts = [_heard(part, names) for part in message.parts]
            found.append(theirs.ModelRequest(parts=parts, instructions=request.system))
    return found


def _said(part: Part) -> Any:
    from pydantic_ai import messages as theirs

    if isinstance(part, ToolUse):
        return theirs.ToolCallPart(part.name, dict(part.input), part.id)
    assert isinstance(part, Text)
    return theirs.TextPart(part.text)


def _heard(part: Part, names: dict[str, str]) -> Any:
    from pydantic_ai import messages as theirs

    if isinstance(part, ToolResult):
        return theirs.ToolReturnPart(names.get(part.id, "tool"), part.content, part.id)
    assert isinstance(part, Text)
    return theirs.UserPromptPart(part.text)


def _reply(found: ModelResponse) -> ModelReply:
    from pydantic_ai import messages as theirs

    parts: list[Part] = []
    for part in found.parts:
        if isinstance(part, theirs.TextPart):
            parts.append(Text(part.content))
        elif isinstance(part, theirs.ToolCallPart):
            parts.append(ToolUse(part.tool_call_id, part.tool_name, _input_of(part.args)))
    usage = found.usage
    cached, written = usage.cache_read_tokens or 0, usage.cache_write_tokens or 0
    stop = _STOPS.get(found.finish_reason or "", Stop.END)
    if stop is Stop.END and any(isinstance(part, ToolUse) for part in parts):
        stop = Stop.TOOLS
    # There `input_tokens` counts the cached ones as well.
    return ModelReply(
        tuple(parts),
        stop,
        Usage(
            input=max(0, (usage.input_tokens or 0) - cached - written),
            output=usage.output_tokens or 0,
            cache_read=cached,
            cache_write=written,
        ),
        found.model_name or "",
    )


def _input_of(given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given or "{}")
        except ValueError:
            return {"malformed_json": given[:500]}
    return given if isinstance(given, dict) else {}


def _trouble(name: str, status: int) -> OutriderError:
    facts = charged(status)
    if status in (401, 403):
        return InvalidSetting(f"The provider refuses the key for {name} ({status}).", **facts)
    if status == 404:
        return InvalidSetting(f"The provider knows no model {name}: correct models.toml.", **facts)
    if status in (400, 413, 422):
        return InvalidInput(f"The provider refuses the request to {name} ({status}).", **facts)
    return VendorUnavailable(f"The provider did not answer for {name} ({status}).", **facts)
