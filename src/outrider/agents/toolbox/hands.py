"""What a tool works with.

In: the run in hand, and the open transaction if the tool needs rows. Out: `Hands`.
Never: a recipient, a sender or a link from a model: tools take ids and look the rest up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outrider.agents.ports import Env
from outrider.agents.types import AgentSpec, Assignment, RunId
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken


@dataclass(frozen=True)
class Hands:
    """The run in hand, and what it may touch."""

    env: Env
    spec: AgentSpec
    run_id: RunId
    assignment: Assignment
    open_tx: Tx | None = None
    fetched: Any = None
    """What the tool's `fetch` brought."""

    @property
    def tx(self) -> Tx:
        """The open transaction of the tool's effect and its result.

        Raises:
            Broken: the tool said that it needs no rows.
        """
        if self.open_tx is None:
            raise Broken("A tool that needs rows was called outside a transaction.")
        return self.open_tx
