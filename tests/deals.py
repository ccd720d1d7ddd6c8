"""A tool that needs a person, for tests of whoever asks one: it moves a deal and tells what it moved.

In: pytest's way to exchange what a module holds. Out: the deals that were moved. Never: a real CRM.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import pytest
from pydantic import Field

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS, with_more
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.app.wiring import Outrider


class Move(Takes):
    """A deal."""

    deal: str = Field(min_length=1)


class Moved(Gives):
    """A deal that was moved."""

    deal: str
    times: int


def deals() -> tuple[dict[str, Tool], list[str]]:
    """A registry in which deals can be moved, and the deals that were, in order."""
    moved: list[str] = []

    async def work(hands: Hands, asked: Move) -> Moved:
        moved.append(asked.deal)
        return Moved(deal=asked.deal, times=len(moved))

    tool = Tool("deal_update_stage", "Move a deal.", Move, Moved, Effect.CRM_WRITE, work)
    others = [one for one in TOOLS.values() if one.name != tool.name]
    return dict(with_more(others, [tool])), moved


def deals_can_be_moved(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> list[str]:
    """Give these modules that registry; the deals that were moved."""
    known, moved = deals()

    def tools_of(outrider: Outrider) -> Mapping[str, Tool]:
        return known

    for module in modules:
        monkeypatch.setattr(module, "tools_of", tools_of)
    return moved
