"""Which model answers: tiers, prices, who steps in, and how many requests go at once.

In: what the operator configured, adapters behind the port. Out: replies, and what they cost.
Never: a model without a price, a vendor's name in a decision, more requests at once than allowed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from outrider.agents.budget import Reserve
from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    Text,
    ToolUse,
    Usage,
    storable_reply,
)
from outrider.agents.ports import Model
from outrider.agents.toolbox.breaker import Breaker
from outrider.kernel import tracing
from outrider.kernel.asking import Tier
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting, VendorUnavailable

MILLION = Decimal(1_000_000)
CHARACTERS_PER_TOKEN = 3
"""Fewer than any language written in letters needs: what is set aside errs on the safe side."""
MOST_AT_ONCE = 64
"""Beyond this an event loop starves at connecting, measured with two frameworks (decision 0015)."""


class Vendor(StrEnum):
    """Whose adapter speaks to the model."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    OTHER = "pydantic_ai"


class Price(BaseModel):
    """US dollars a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cache_read: Decimal | None = Field(default=None, ge=0, description="None: as input")
    cache_write: Decimal | None = Field(default=None, ge=0, description="None: as input")

    def of(self, usage: Usage) -> Decimal:
        """What these tokens cost, in dollars."""
        read = self.input if self.cache_read is None else self.cache_read
        written = self.input if self.cache_write is None else self.cache_write
        cents = (
            usage.input * self.input
            + usage.output * self.output
            + usage.cache_read * read
            + usage.cache_write * written
        )
        return cents / MILLION


class ModelSpec(BaseModel):
    """One model as it is configured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="What tiers call it")
    vendor: Vendor
    name: str = Field(description="The vendor's name of it")
    price: Price
    context_window: int = Field(default=128_000, gt=0, description="Tokens")
    max_output: int = Field(default=4096, gt=0, description="Most tokens of one reply")
    timeout: timedelta = timedelta(seconds=60)

    def reserve(self, request: ModelRequest) -> Reserve:
        """What the request may take at most, from its length and its bound on output."""
        tokens = estimated_tokens(request)
        dearest = max(self.price.input, self.price.cache_write or Decimal(0))
        usd = (tokens * dearest + request.max_tokens * self.price.output) / MILLION
        return Reserve(usd=usd, tokens=tokens + request.max_tokens)


class Models:
    """Every configured model, by tier, best first; whoever fails is followed by the next."""

    def __init__(
        self,
        specs: Sequence[ModelSpec],
        tiers: Mapping[Tier, Sequence[str]],
        adapters: Mapping[str, Model],
        *,
        clock: Clock,
        at_once: int = 32,
    ) -> None:
        """`tiers` name models by key; a tier without models is answered by the next stronger one.

        Raises:
            InvalidSetting: a tier names a model that is not there, or nothing is configured.
        """
        self._specs = {spec.key: spec for spec in specs}
        self._adapters = adapters
        self._clock = clock
        self._gate = asyncio.Semaphore(max(1, min(at_once, MOST_AT_ONCE)))
        self._breaker = Breaker()
        for tier, keys in tiers.items():
            for key in keys:
                if key not in self._specs:
                    known = ", ".join(self._specs) or "none"
                    raise InvalidSetting(
                        f"The tier {tier} names the model {key!r}, which is not configured; "
                        f"there is: {known}."
                    )
        self._tiers = {tier: tuple(keys) for tier, keys in tiers.items()}
        if not any(self._tiers.values()):
            raise InvalidSetting("No tier has a model: name one under [tiers] in models.toml.")

    @property
    def specs(self) -> tuple[ModelSpec, ...]:
        """Every model."""
        return tuple(self._specs.values())

    def find(self, key: str) -> ModelSpec:
        """The model of this key or this vendor's name.

        Raises:
            InvalidSetting: none is configured so; the sentence lists those there are.
        """
        for spec in self.specs:
            if key in (spec.key, spec.name):
                return spec
        raise InvalidSetting(
            f"There is no model {key!r}; models.toml has: {', '.join(self._specs)}."
        )

    def chain(self, tier: Tier, avoid: str | None = None) -> list[ModelSpec]:
        """Who is asked, in order; a model that should not judge its own work comes last."""
        order = list(Tier)
        stronger = [*order[order.index(tier) :], *reversed(order[: order.index(tier)])]
        keys = next(self._tiers[t] for t in stronger if self._tiers.get(t))
        found = [self._specs[key] for key in keys]
        return sorted(found, key=lambda spec: avoid in (spec.key, spec.name))

    def only(self, spec: ModelSpec) -> Models:
        """The same with one model for every tier."""
        return Models(
            [spec], {tier: [spec.key] for tier in Tier}, self._adapters, clock=self._clock
        )

    def cheaper(self, than: ModelSpec) -> list[ModelSpec]:
        """Models that cost less for output, the dearest of them first."""
        less = [s for s in self.specs if s.price.output < than.price.output]
        return sorted(less, key=lambda spec: spec.price.output, reverse=True)

    async def complete(self, spec: ModelSpec, request: ModelRequest) -> ModelReply:
        """One request to one model; a reply that says nothing of its tokens counts as the most it may be.

        Raises:
            VendorUnavailable: it did not answer, or is left alone after failures.
            InvalidSetting: its key is wrong, or the vendor does not know the model.
        """
        wait = self._breaker.wait(spec.key, self._clock.now())
        if wait is not None:
            raise VendorUnavailable(
                f"The model {spec.key} failed five times in a row and is left alone for "
                f"{wait.total_seconds():.0f} s.",
                cost_usd=Decimal(0),
            )
        try:
            with tracing.request(spec.vendor.value, spec.name, request.max_tokens) as span:
                async with self._gate, asyncio.timeout(spec.timeout.total_seconds()):
                    reply = _counted(request, await self._adapters[spec.key].complete(request))
                if tracing.is_on():
                    span.tell(_traced(spec, reply))
        except TimeoutError:
            self._breaker.failed(spec.key, self._clock.now())
            raise VendorUnavailable(
                f"The model {spec.key} did not answer in {spec.timeout.total_seconds():g} s."
            ) from None
        except VendorUnavailable:
            self._breaker.failed(spec.key, self._clock.now())
            raise
        self._breaker.succeeded(spec.key)
        return reply


def _counted(request: ModelRequest, reply: ModelReply) -> ModelReply:
    """Some servers that speak a vendor's protocol leave the usage out: no limit may rest on that."""
    reply = storable_reply(reply)
    if reply.usage.total:
        return reply
    return replace(reply, usage=Usage(estimated_tokens(request), request.max_tokens))


def _traced(spec: ModelSpec, reply: ModelReply) -> dict[str, object]:
    """What a trace may tell of a reply; cached tokens are input, too (OpenTelemetry, GenAI)."""
    usage = reply.usage
    return {
        tracing.RESPONSE_MODEL: reply.model or None,
        tracing.FINISH_REASONS: [reply.stop.value],
        tracing.INPUT_TOKENS: usage.input + usage.cache_read + usage.cache_write,
        tracing.OUTPUT_TOKENS: usage.output,
        tracing.CACHE_READ_TOKENS: usage.cache_read,
        tracing.CACHE_WRITE_TOKENS: usage.cache_write,
        tracing.COST: float(spec.price.of(usage)),
    }


def estimated_tokens(request: ModelRequest) -> int:
    """Tokens of a request by its letters, rather too many than too few."""
    letters = len(request.system) + sum(_length(message) for message in request.messages)
    letters += sum(tool.letters for tool in request.tools)
    return letters // CHARACTERS_PER_TOKEN + 50


def _length(message: Message) -> int:
    total = 10
    for part in message.parts:
        if isinstance(part, Text):
            total += len(part.text)
        elif isinstance(part, ToolUse):
            total += len(part.name) + len(str(part.input)) + 40
        else:
            total += len(part.content) + 40
    return total
