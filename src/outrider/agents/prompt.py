"""The text that an agent works by: the rules of the house, then its own.

In: an agent. Out: one system text, the same bytes every time, so that caches hold.
Never: a value of a run (those are messages), a text that is not in the package.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from outrider.agents.types import AgentSpec
from outrider.kernel.errors import InvalidSetting

HOUSE = "agents/loop@1"
_ID = re.compile(r"([a-z_]+)/([a-z_]+)@([0-9]+)")


def system_for(spec: AgentSpec) -> str:
    """The whole text of an agent that thinks for itself.

    Raises:
        InvalidSetting: the agent's prompt names no text.
    """
    return f"{text(HOUSE)}\n{text(spec.prompt)}"


@lru_cache(maxsize=64)
def text(prompt_id: str) -> str:
    """The text of a prompt id such as `drafts/write@1`, with every text that it refers to after it.

    Raises:
        InvalidSetting: there is no such text.
    """
    found = _read(prompt_id)
    others = dict.fromkeys(match.group() for match in _ID.finditer(found))
    return "\n".join([found, *(_read(other) for other in others if other != prompt_id)])


def _read(prompt_id: str) -> str:
    named = _ID.fullmatch(prompt_id)
    if named is None:
        raise InvalidSetting(f"{prompt_id!r} names no prompt: write room/name@version.")
    room, name, version = named.groups()
    try:
        place = files(f"outrider.{room}") / "prompts" / f"{name}_{version}.md"
        return place.read_text(encoding="utf-8")
    except (OSError, ModuleNotFoundError):
        raise InvalidSetting(
            f"The prompt {prompt_id} has no text: put it into outrider/{room}/prompts/{name}_{version}.md."
        ) from None
