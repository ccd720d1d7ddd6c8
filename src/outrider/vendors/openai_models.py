"""Models of OpenAI, and of every server that speaks its Chat Completions, through the official SDK.

In: a request in our words. Out: a reply in our words. Never: state kept at the vendor (the Responses
API's threads), a key in an error, a retry that outlives the caller's time.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    Part,
    Stop,
    Text,
    ToolResult,
    ToolUse,
    Usage,
    charged,
)
from outrider.kernel.errors import InvalidInput, InvalidSetting, OutriderError, VendorUnavailable

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_STOPS = {"tool_calls": Stop.TOOLS, "length": Stop.LENGTH, "content_filter": Stop.REFUSED}
RETRIES = 2
"""Of the SDK, within the caller's time: 408, 409, 429, 5xx and lost connections."""


class OpenAiModel:
    """One model behind Chat Completions."""

    def __init__(
        self, name: str, key: str, *, base_url: str | None = None, is_streamed: bool = True
    ) -> None:
        """`base_url` names a compatible server; those know `max_tokens` by its older name.

        Raises:
            InvalidSetting: the SDK is not installed.
        """
        try:
            from openai import AsyncOpenAI
        except ImportError:
            raise InvalidSetting(
                "The model needs the SDK of OpenAI: pip install 'outrider[models]'."
            ) from None
        self._name = name
        self._is_streamed = is_streamed
        self._limit = "max_tokens" if base_url else "max_completion_tokens"
        self._client: AsyncOpenAI = AsyncOpenAI(api_key=key, base_url=base_url, max_retries=RETRIES)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Its reply; see `agents.ports.Model`."""
        import openai

        body = body_of(self._name, request, self._limit)
        try:
            if self._is_streamed:
                return _reply(await self._streamed(body))
            raw = await self._client.chat.completions.with_raw_response.create(**body)
            return _reply(json.loads(raw.content))
        except openai.APIStatusError as error:
            raise _trouble(self._name, error.status_code, error.message) from None
        except openai.APIError as error:
            raise VendorUnavailable(
                f"OpenAI did not answer for {self._name}: {type(error).__name__}."
            ) from None
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise VendorUnavailable(
                f"OpenAI's answer for {self._name} cannot be read: {type(error).__name__}."
            ) from None

    async def _streamed(self, body: dict[str, Any]) -> Mapping[str, Any]:
        stream = await self._client.chat.completions.create(
            **body, stream=True, stream_options={"include_usage": True}
        )
        found = await _assembled(stream)
        if found is None:
            raise VendorUnavailable(f"OpenAI's answer for {self._name} broke off.")
        return found

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()


def body_of(name: str, request: ModelRequest, limit: str) -> dict[str, Any]:
    """The request as Chat Completions takes it."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": request.system}]
    for message in request.messages:
        messages += _messages(message)
    body: dict[str, Any] = {"model": name, limit: request.max_tokens, "messages": messages}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.schema,
                },
            }
            for tool in request.tools
        ]
    if request.forced_tool:
        body["tool_choice"] = {"type": "function", "function": {"name": request.forced_tool}}
    return body


def _messages(message: Message) -> list[dict[str, Any]]:
    """Results of tools are messages of their own there, before any words."""
    results: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    words: list[str] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            results.append({"role": "tool", "tool_call_id": part.id, "content": part.content})
        elif isinstance(part, ToolUse):
            calls.append(_call(part))
        else:
            words.append(part.text)
    if not words and not calls:
        return results
    own: dict[str, Any] = {"role": message.speaker.value, "content": "\n".join(words) or None}
    return [*results, {**own, "tool_calls": calls} if calls else own]


def _call(use: ToolUse) -> dict[str, Any]:
    function = {"name": use.name, "arguments": json.dumps(dict(use.input), ensure_ascii=False)}
    return {"id": use.id, "type": "function", "function": function}


def _reply(found: Mapping[str, Any]) -> ModelReply:
    choice = found["choices"][0]
    message = choice["message"]
    parts: list[Part] = [Text(message["content"])] if message.get("content") else []
    for call in message.get("tool_calls") or ():
        function = call["function"]
        parts.append(ToolUse(call["id"], function["name"], _input_of(function["arguments"])))
    usage = found.get("usage") or {}
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    refused = message.get("refusal")
    stop = Stop.REFUSED if refused else _STOPS.get(choice.get("finish_reason") or "", Stop.END)
    return ModelReply(
        tuple(parts),
        Stop.TOOLS if stop is Stop.END and message.get("tool_calls") else stop,
        Usage(
            input=max(0, (usage.get("prompt_tokens") or 0) - cached),
            output=usage.get("completion_tokens") or 0,
            cache_read=cached,
        ),
        str(found.get("model") or ""),
    )


def _input_of(text: str) -> dict[str, Any]:
    """The arguments as an object; what is none is handed on as a field that no tool takes."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {"malformed_json": str(text)[:500]}


async def _assembled(stream: AsyncIterator[Any]) -> dict[str, Any] | None:
    """The completion of a stream's chunks; None when no chunk told why it ended."""
    words: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    found: dict[str, Any] = {"usage": {}}
    reason, refusal = None, None
    async for chunk in stream:
        found["model"] = chunk.model
        if chunk.usage is not None:
            found["usage"] = chunk.usage.model_dump()
        for choice in chunk.choices:
            words.append(choice.delta.content or "")
            refusal = refusal or getattr(choice.delta, "refusal", None)
            for piece in choice.delta.tool_calls or ():
                _grow(calls, piece)
            reason = choice.finish_reason or reason
    if reason is None:
        return None
    message = {"content": "".join(words), "refusal": refusal, "tool_calls": list(calls.values())}
    return {**found, "choices": [{"message": message, "finish_reason": reason}]}


def _grow(calls: dict[int, dict[str, Any]], piece: Any) -> None:
    call = calls.setdefault(piece.index, {"id": "", "function": {"name": "", "arguments": ""}})
    call["id"] = piece.id or call["id"]
    if piece.function is not None:
        call["function"]["name"] += piece.function.name or ""
        call["function"]["arguments"] += piece.function.arguments or ""


def _trouble(name: str, status: int, message: str) -> OutriderError:
    """What a status means for us; the vendor's words are kept short."""
    said = " ".join(message.split())[:200]
    facts = charged(status)
    if status in (401, 403):
        return InvalidSetting(
            f"The vendor refuses the key for {name} ({status}): put a valid one into its key file.",
            **facts,
        )
    if status == 404:
        return InvalidSetting(f"The vendor knows no model {name}: correct models.toml.", **facts)
    if status in (400, 413, 422):
        return InvalidInput(f"The vendor refuses the request to {name} ({status}): {said}", **facts)
    return VendorUnavailable(f"The vendor did not answer for {name} ({status}): {said}", **facts)
