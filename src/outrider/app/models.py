"""Which models answer here: `models.toml` in the home folder, read and checked before anything runs.

In: the file, key files in the keys folder. Out: models with adapters and prices, limits; None
without a file, and then the offline writer answers. Never: a key in the file itself, a model whose
price is not known.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outrider.agents.budget import Limits
from outrider.agents.models import MOST_AT_ONCE, Models, ModelSpec, Price, Vendor
from outrider.agents.ports import Model
from outrider.agents.routing import Routing
from outrider.kernel.asking import Tier
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.secrets.text import SecretText

FILE = "models.toml"

Stored = Callable[[str], SecretText | None]
"""A stored secret by its name, if there is one."""


class _Entry(BaseModel):
    """One model as the file has it."""

    model_config = ConfigDict(extra="forbid")

    vendor: Vendor
    name: str = Field(min_length=1)
    key_file: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+$")
    base_url: str | None = Field(default=None, pattern=r"^https?://")
    price: Price | None = None
    context_window: int | None = Field(default=None, gt=0)
    max_output: int = Field(default=4096, gt=0)
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    stream: bool = True


class _File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    models: dict[str, _Entry] = Field(min_length=1)
    tiers: dict[Tier, list[str]]
    limits: Limits = Limits()
    routing: Routing = Routing()
    at_once: int = Field(default=32, ge=1, le=MOST_AT_ONCE)


@dataclass(frozen=True)
class Configured:
    """What the file says, ready for use."""

    models: Models
    limits: Limits
    routing: Routing = field(default_factory=Routing)


def configured(
    home: Path, keys: Path, clock: Clock, stored: Stored = lambda _: None
) -> Configured | None:
    """The models of this home; None when it has no `models.toml`.

    A key that is `stored` under its file's name comes before the file in `keys`.

    Raises:
        InvalidSetting: one sentence on what in the file cannot be used.
    """
    file = home / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{FILE} cannot be read: {error}.") from None
    found = _parsed(text)
    specs = [_spec(key, entry) for key, entry in found.models.items()]
    adapters = {
        key: _adapter(entry, _key(entry, keys, stored)) for key, entry in found.models.items()
    }
    models = Models(specs, found.tiers, adapters, clock=clock, at_once=found.at_once)
    return Configured(models, found.limits, found.routing)


def _parsed(text: str) -> _File:
    try:
        raw: Mapping[str, Any] = tomllib.loads(text, parse_float=Decimal)
        return _File.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(f"{FILE} is no TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise InvalidSetting(f"{FILE}: `{where}` cannot be used: {first['msg']}.") from None


def _spec(key: str, entry: _Entry) -> ModelSpec:
    from outrider.vendors.model_prices import listed

    vendor, name = entry.vendor.value, entry.name
    if entry.vendor is Vendor.OTHER:
        vendor, _, name = name.rpartition(":")
    known = listed(vendor.removesuffix("-gla").removesuffix("-vertex") or None, name)
    price = entry.price
    if price is None and known is not None:
        price = Price(
            input=known.input,
            output=known.output,
            cache_read=known.cache_read,
            cache_write=known.cache_write,
        )
    if price is None:
        raise InvalidSetting(
            f"The model {key} ({entry.name}) has no known price, so no budget could hold: write "
            f"price = {{ input = …, output = … }} in dollars a million tokens under [models.{key}]."
        )
    window = entry.context_window or (known.context_window if known else None)
    return ModelSpec(
        key=key,
        vendor=entry.vendor,
        name=entry.name,
        price=price,
        context_window=window or 128_000,
        max_output=entry.max_output,
        timeout=timedelta(seconds=entry.timeout_seconds),
    )


def _adapter(entry: _Entry, key: str | None) -> Model:
    if entry.vendor is Vendor.ANTHROPIC:
        from outrider.vendors.anthropic_models import AnthropicModel

        return AnthropicModel(
            entry.name, key or "none", base_url=entry.base_url, is_streamed=entry.stream
        )
    if entry.vendor is Vendor.OPENAI:
        from outrider.vendors.openai_models import OpenAiModel

        return OpenAiModel(
            entry.name, key or "none", base_url=entry.base_url, is_streamed=entry.stream
        )
    from outrider.vendors.pydantic_ai_models import OtherModel

    return OtherModel(entry.name, key)


def _key(entry: _Entry, keys: Path, stored: Stored) -> str | None:
    """The key, from its own file; a server of one's own may need none."""
    if entry.key_file is None:
        if entry.base_url is None and entry.vendor is not Vendor.OTHER:
            raise InvalidSetting(
                f"The model {entry.name} has no key_file: put the key into a file in {keys} and "
                "name it."
            )
        return None
    file = keys / entry.key_file
    try:
        found = stored(entry.key_file)
        text = (found.reveal() if found else file.read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise InvalidSetting(
            f"The key file {file} of {entry.name} cannot be read: {why}."
        ) from None
    if not text or not text.isascii() or any(c.isspace() for c in text):
        raise InvalidSetting(f"The key file {file} of {entry.name} must hold the key and no more.")
    return text
