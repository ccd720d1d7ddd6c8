"""Servers of other programs: `mcp.toml` in the home folder, and what a person accepted of them.

In: the file, key files in the keys folder, a person's yes. Out: tools for the registry, each with the
words that were accepted. Never: a tool that the file does not name, a description as its server has it
today, a key in the file itself.

`mcp.toml` says what is allowed; `mcp.accepted.json` beside it keeps what a tool said of itself when a
person accepted it. A call is refused while its server says something else.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from outrider.agents.toolbox.attached import (
    LONGEST_DESCRIPTION,
    Allowed,
    Said,
    attached,
    name_of,
    takes_of,
)
from outrider.agents.toolbox.types import Effect, Tool
from outrider.kernel.errors import InvalidInput, InvalidSetting, NotFound
from outrider.vendors.mcp_client import McpServer, Offered, Server

FILE = "mcp.toml"
ACCEPTED = "mcp.accepted.json"


class _Tool(BaseModel):
    """What is allowed of one tool."""

    model_config = ConfigDict(extra="forbid")

    effect: Effect = Effect.READ
    agents: list[str] = Field(min_length=1, description="Who may use it")
    cost_usd: Decimal = Field(default=Decimal(0), ge=0)
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    per_minute: int = Field(default=30, ge=1, le=1000)
    needs_person: bool = False
    places: list[str] = Field(default=[], description="Fields that name a place outside")
    free: list[str] = Field(default=[], description="Fields that say how and not to whom")

    def allowed(self) -> Allowed:
        """As the toolbox has it."""
        return Allowed(
            effect=self.effect,
            cost_usd=self.cost_usd,
            timeout=timedelta(seconds=self.timeout_seconds),
            per_minute=self.per_minute,
            needs_person=self.needs_person,
            places=frozenset(self.places),
            free=frozenset(self.free),
        )


class _Server(BaseModel):
    """One server as the file has it."""

    model_config = ConfigDict(extra="forbid")

    command: list[str] = []
    url: str | None = Field(default=None, pattern=r"^https?://")
    env: dict[str, str] = {}
    secrets: dict[str, str] = Field(default={}, description="Variable and file in the keys folder")
    token_file: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+$")
    tools: dict[str, _Tool] = {}

    @model_validator(mode="after")
    def _one_way(self) -> _Server:
        if bool(self.command) == (self.url is not None):
            raise ValueError("give either a command or a url")
        return self


class _File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    servers: dict[str, _Server] = {}


class _Accepted(BaseModel):
    """One tool as it was accepted."""

    sha256: str
    description: str
    input_schema: dict[str, Any]
    at: datetime
    by: str


@dataclass(frozen=True)
class Standing:
    """One allowed tool, and how it stands."""

    server: str
    tool: str
    effect: Effect
    agents: tuple[str, ...]
    is_accepted: bool

    @property
    def name(self) -> str:
        """What agents call it."""
        return name_of(self.server, self.tool)


class Servers:
    """The servers of this home."""

    def __init__(self, home: Path, keys: Path) -> None:
        """Reads both files.

        Raises:
            InvalidSetting: one sentence on what in them cannot be used.
        """
        self._home, self._keys = home, keys
        self._file = _parsed(home / FILE)
        self._accepted = _kept(home / ACCEPTED)

    @property
    def names(self) -> tuple[str, ...]:
        """Every server of the file."""
        return tuple(self._file.servers)

    def standing(self) -> list[Standing]:
        """Every tool that the file allows."""
        return [
            Standing(
                server, tool, one.effect, tuple(one.agents), tool in self._accepted.get(server, {})
            )
            for server, entry in self._file.servers.items()
            for tool, one in entry.tools.items()
        ]

    def tools(self) -> list[Tool]:
        """The tools that are allowed and accepted; each speaks in the words that were accepted."""
        found = []
        for one in self.standing():
            if one.is_accepted:
                kept = self._accepted[one.server][one.tool]
                said = Said(one.server, one.tool, kept.description, kept.input_schema)
                allowed = self._file.servers[one.server].tools[one.tool].allowed()
                found.append(attached(said, allowed, self.reached(one.server)))
        return found

    def for_agent(self, agent: str) -> tuple[str, ...]:
        """The names of the accepted tools that this agent may use."""
        return tuple(o.name for o in self.standing() if o.is_accepted and agent in o.agents)

    def reached(self, name: str) -> McpServer:
        """The server, ready to be asked.

        Raises:
            NotFound: the file has none of this name.
            InvalidSetting: a key file cannot be read, or the SDK is missing.
        """
        entry = self._file.servers.get(name)
        if entry is None:
            there = ", ".join(self.names) or "none"
            raise NotFound(f"{FILE} has no server {name!r}; there is: {there}.")
        secrets = {variable: self._key(file) for variable, file in entry.secrets.items()}
        server = Server(
            name,
            tuple(entry.command),
            entry.url,
            {**entry.env, **secrets},
            self._key(entry.token_file) if entry.token_file else None,
        )
        pins = {tool: kept.sha256 for tool, kept in self._accepted.get(name, {}).items()}
        return McpServer(server, pins)

    def state_of(self, server: str, offered: Mapping[str, Offered], tool: str) -> str:
        """How an allowed tool stands beside what its server says now."""
        kept = self._accepted.get(server, {}).get(tool)
        if tool not in offered:
            return "gone"
        if kept is None:
            return "not accepted"
        return "accepted" if kept.sha256 == offered[tool].sha256 else "changed"

    def allows(self, server: str) -> tuple[str, ...]:
        """The tools of this server that the file allows."""
        return tuple(self._file.servers[server].tools)

    def accept(self, server: str, offered: Offered, at: datetime, by: str) -> None:
        """Keep what a tool says of itself, as accepted by this person.

        Raises:
            InvalidInput: the file does not allow it, or it cannot be used as it is.
        """
        if offered.name not in self.allows(server):
            raise InvalidInput(
                f"{FILE} does not allow the tool {offered.name}: add "
                f"[servers.{server}.tools.{offered.name}] with its agents first."
            )
        if len(offered.description) > LONGEST_DESCRIPTION:
            raise InvalidInput(
                f"The description of {offered.name} has {len(offered.description)} characters; "
                f"{LONGEST_DESCRIPTION} is the most, for every request would carry it."
            )
        name_of(server, offered.name)
        takes_of(offered.schema)
        kept = _Accepted(
            sha256=offered.sha256,
            description=offered.description,
            input_schema=dict(offered.schema),
            at=at,
            by=by,
        )
        self._accepted.setdefault(server, {})[offered.name] = kept
        self._write()

    def _write(self) -> None:
        """Replace the file as a whole: a crash leaves the old one or the new one."""
        told = {
            server: {tool: kept.model_dump(mode="json") for tool, kept in tools.items()}
            for server, tools in self._accepted.items()
        }
        file = self._home / ACCEPTED
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")
        fresh.chmod(0o600)
        os.replace(fresh, file)

    def _key(self, name: str) -> str:
        file = self._keys / name
        try:
            text = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise InvalidSetting(f"The key file {file} of {FILE} cannot be read: {why}.") from None
        if not text:
            raise InvalidSetting(f"The key file {file} of {FILE} is empty.")
        return text


def _parsed(file: Path) -> _File:
    try:
        raw: Mapping[str, Any] = tomllib.loads(
            file.read_text(encoding="utf-8"), parse_float=Decimal
        )
        found = _File.model_validate(raw)
    except FileNotFoundError:
        return _File()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{FILE} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(f"{FILE} is no TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        why = first["msg"].removeprefix("Value error, ")
        raise InvalidSetting(f"{FILE}: `{where}` cannot be used: {why}.") from None
    return found


def _kept(file: Path) -> dict[str, dict[str, _Accepted]]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return {
            server: {tool: _Accepted.model_validate(kept) for tool, kept in tools.items()}
            for server, tools in raw.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError):
        raise InvalidSetting(
            f"{ACCEPTED} cannot be read: remove it and accept the tools again."
        ) from None
