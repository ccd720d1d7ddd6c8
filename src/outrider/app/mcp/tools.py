"""All tools of this installation: ours, and those of other servers that a person accepted.

In: the open Outrider. Out: a registry, an agent with the tools it is given, the limits that hold.
Never: a tool that nobody accepted, a server that is asked before a tool of it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from outrider.agents.budget import Limits
from outrider.agents.toolbox.registry import TOOLS, with_more
from outrider.agents.toolbox.types import Tool
from outrider.agents.types import AgentSpec
from outrider.app.wiring import Outrider

if TYPE_CHECKING:
    from outrider.app.mcp.servers import Servers


def tools_of(outrider: Outrider) -> Mapping[str, Tool]:
    """Every tool that an agent here may be given.

    Raises:
        InvalidSetting: `mcp.toml` or what was accepted cannot be used.
    """
    more = _servers(outrider)
    return with_more(TOOLS.values(), more.tools()) if more else TOOLS


def with_attached(outrider: Outrider, spec: AgentSpec) -> AgentSpec:
    """The agent with the tools of other servers that `mcp.toml` gives it."""
    more = _servers(outrider)
    names = more.for_agent(spec.name) if more else ()
    return spec.model_copy(update={"tools": (*spec.tools, *names)}) if names else spec


def limits_of(outrider: Outrider) -> Limits:
    """What may be spent beyond an agent's own budget; without models nothing is limited."""
    return outrider.thinking.limits if outrider.thinking is not None else Limits()


def _servers(outrider: Outrider) -> Servers | None:
    """The servers, if there are any: most homes have none, and need not the package."""
    home = outrider.settings.home
    if not (home / "mcp.toml").exists():
        return None
    from outrider.app.mcp.servers import Servers

    return Servers(home, outrider.keys.folder)
