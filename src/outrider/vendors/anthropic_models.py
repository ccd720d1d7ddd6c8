"""Models of Anthropic through its official SDK, single requests only: history and state are ours.

In: a request in our words. Out: a reply in our words. Never: the SDK's tool runner, which keeps the
thread at the vendor; a key in an error; a retry that outlives the caller's time.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2

from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    Part,
    Stop,
    Text,
    ToolOffer,
    ToolUse,
    Usage,
    charged,
)
from outrider.kernel.errors import InvalidInput, InvalidSetting, OutriderError, VendorUnavailable

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_STOPS = {"tool_use": Stop.TOOLS, "max_tokens": Stop.LENGTH, "refusal": Stop.REFUSED}
_CACHED = {"type": "ephemeral"}
RETRIES = 2
"""Of the SDK, within the caller's time: 408, 409, 429, 5xx and lost connections."""
MOST_KEPT = 64
"""Sets of tools whose JSON is kept; an agent has one."""


class AnthropicModel:
    """One model of Anthropic, or of a server that speaks its Messages API."""

    def __init__(
        self, name: str, key: str, *, base_url: str | None = None, is_streamed: bool = True
    ) -> None:
        """`is_streamed` reads the reply as it comes, so that a long one is not cut by a proxy.

        Raises:
            InvalidSetting: the SDK is not installed.
        """
        try:
            from anthropic import AsyncAnthropic
        except ImportError:
            raise InvalidSetting(
                "The model needs the SDK of Anthropic: pip install 'outrider[models]'."
            ) from None
        self._name = name
        self._is_streamed = is_streamed
        self._tools: dict[tuple[int, ...], tuple[tuple[ToolOffer, ...], bytes]] = {}
        self._client: AsyncAnthropic = AsyncAnthropic(
            api_key=key, base_url=base_url, max_retries=RETRIES
        )

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Its reply; see `agents.ports.Model`."""
        import anthropic

        try:
            if self._is_streamed:
                return _reply(await self._streamed(body_of(self._name, request)))
            # The SDK would walk and copy a body that we have just built; bytes it sends as they are.
            body = self._bytes_of(request)
            raw = await self._client.post("/v1/messages", content=body, cast_to=httpx2.Response)
            return _reply(json.loads(raw.content))
        except anthropic.APIStatusError as error:
            raise _trouble(self._name, error.status_code, error.message) from None
        except anthropic.APIError as error:
            raise VendorUnavailable(
                f"Anthropic did not answer for {self._name}: {type(error).__name__}."
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise VendorUnavailable(
                f"Anthropic's answer for {self._name} cannot be read: {type(error).__name__}."
            ) from None

    async def _streamed(self, body: dict[str, Any]) -> Mapping[str, Any]:
        """The whole message, put together from its events.

        Raises:
            VendorUnavailable: the stream broke off before its end.
        """
        stream = await self._client.messages.create(**body, stream=True)
        message = await _assembled(stream)
        if message is None:
            raise VendorUnavailable(f"Anthropic's answer for {self._name} broke off.")
        return message

    def _bytes_of(self, request: ModelRequest) -> bytes:
        """The body as JSON; the tools, most of it and always the same, are put into words once."""
        if not request.tools:
            return _json(body_of(self._name, request))
        key = tuple(map(id, request.tools))
        kept = self._tools.get(key)
        if kept is None:
            if len(self._tools) >= MOST_KEPT:
                self._tools.clear()
            # The tools are kept as well: while they live, nothing else has their ids.
            kept = self._tools[key] = (request.tools, _json(_tools(request)))
        rest = _json(body_of(self._name, replace(request, tools=())))
        return b'%b,"tools":%b}' % (rest[:-1], kept[1])

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.close()


def body_of(name: str, request: ModelRequest) -> dict[str, Any]:
    """The request as the Messages API takes it, with marks for what may be cached."""
    messages = [_message(message) for message in request.messages]
    messages[-1]["content"][-1]["cache_control"] = _CACHED
    body: dict[str, Any] = {
        "model": name,
        "max_tokens": request.max_tokens,
        "system": [{"type": "text", "text": request.system, "cache_control": _CACHED}],
        "messages": messages,
    }
    if request.tools:
        body["tools"] = _tools(request)
    if request.forced_tool:
        body["tool_choice"] = {"type": "tool", "name": request.forced_tool}
    return body


def _tools(request: ModelRequest) -> list[dict[str, Any]]:
    return [
        {"name": tool.name, "description": tool.description, "input_schema": tool.schema}
        for tool in request.tools
    ]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _message(message: Message) -> dict[str, Any]:
    return {"role": message.speaker.value, "content": [_block(part) for part in message.parts]}


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text or "(empty)"}
    if isinstance(part, ToolUse):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": dict(part.input)}
    block = {"type": "tool_result", "tool_use_id": part.id, "content": part.content}
    return {**block, "is_error": True} if part.is_error else block


def _reply(found: Mapping[str, Any]) -> ModelReply:
    parts: list[Part] = []
    for block in found["content"]:
        if block["type"] == "text":
            parts.append(Text(block["text"]))
        elif block["type"] == "tool_use":
            given = block["input"]
            given = given if isinstance(given, dict) else {"malformed_json": str(given)[:500]}
            parts.append(ToolUse(block["id"], block["name"], given))
    usage = found.get("usage") or {}
    return ModelReply(
        tuple(parts),
        _STOPS.get(found.get("stop_reason") or "", Stop.END),
        Usage(
            input=usage.get("input_tokens") or 0,
            output=usage.get("output_tokens") or 0,
            cache_read=usage.get("cache_read_input_tokens") or 0,
            cache_write=usage.get("cache_creation_input_tokens") or 0,
        ),
        str(found.get("model") or ""),
    )


async def _assembled(stream: AsyncIterator[Any]) -> dict[str, Any] | None:
    """The message of a stream's events; None when the last one never came."""
    message: dict[str, Any] = {"content": [], "usage": {}}
    is_whole = False
    async for event in stream:
        if event.type == "message_start":
            message["model"] = event.message.model
            message["usage"] = event.message.usage.model_dump()
        elif event.type == "content_block_start":
            block = event.content_block.model_dump()
            message["content"].append({**block, "json": ""})
        elif event.type == "content_block_delta":
            _grow(message["content"][-1], event.delta)
        elif event.type == "message_delta":
            message["stop_reason"] = event.delta.stop_reason
            told = event.usage.model_dump()
            message["usage"].update({k: v for k, v in told.items() if v is not None})
        elif event.type == "message_stop":
            is_whole = True
    for block in message["content"]:
        if block["type"] == "tool_use" and block["json"]:
            block["input"] = _input_of(block["json"])
    return message if is_whole else None


def _grow(block: dict[str, Any], delta: Any) -> None:
    if delta.type == "text_delta":
        block["text"] += delta.text
    elif delta.type == "input_json_delta":
        block["json"] += delta.partial_json


def _input_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _trouble(name: str, status: int, message: str) -> OutriderError:
    """What a status means for us; the vendor's words are kept short."""
    said = " ".join(message.split())[:200]
    facts = charged(status)
    if status in (401, 403):
        return InvalidSetting(
            f"Anthropic refuses the key for {name} ({status}): put a valid one into its key file.",
            **facts,
        )
    if status == 404:
        return InvalidSetting(f"Anthropic knows no model {name}: correct models.toml.", **facts)
    if status in (400, 413, 422):
        return InvalidInput(f"Anthropic refuses the request to {name} ({status}): {said}", **facts)
    return VendorUnavailable(f"Anthropic did not answer for {name} ({status}): {said}", **facts)
