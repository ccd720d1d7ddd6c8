"""SQL of steps, close to the driver: a run writes two a turn, and each would cost more in SQLAlchemy.

In: the open transaction. Out: `types`. Never: a row, a commit, a value read in a pipeline's middle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from outrider.agents.types import Ended, Step, StepId, StepStatus, ToolRequest
from outrider.kernel.audit.append import driver
from outrider.kernel.database.tx import Tx

_ADD = (
    b"insert into outrider.agent_steps (workspace_id, id, run_id, number, kind, name, status,"
    b" input_sha256, input, tokens, cost_reserved, cost, started_at, lead_id, phase)"
    b" values (%s, %s, %s, %s, %s, %s, 'intended', %s, %s, 0, %s, 0, %s, %s, %s)"
)
_END = (
    b"update outrider.agent_steps set status = %s, output = %s, model = %s, tokens = %s,"
    b" cost = %s, error = %s, completed_at = %s,"
    b" cost_reserved = case when %s then %s else cost_reserved end"
    b" where id = %s and status = 'intended'"
)
_LOCK = b"select pg_advisory_xact_lock(hashtextextended(%s, 0))"
_SPENT = (
    b"select coalesce(sum(c) filter (where run_id = %(run)s), 0) as run,"
    b" coalesce(sum(c) filter (where started_at >= %(day)s), 0) as day,"
    b" coalesce(sum(c) filter (where started_at >= %(month)s), 0) as workspace,"
    b" coalesce(sum(c) filter (where lead_id = %(lead)s), 0) as lead,"
    b" coalesce(sum(tokens) filter (where lead_id = %(lead)s and phase = %(phase)s), 0)"
    b" as phase_tokens, coalesce(sum(tokens) filter (where lead_id = %(lead)s), 0) as lead_tokens"
    b" from (select run_id, lead_id, phase, tokens, started_at,"
    b" case status when 'done' then cost else cost_reserved end as c from outrider.agent_steps"
    b" where (started_at >= %(month)s and (cost_reserved > 0 or cost > 0))"
    b" or lead_id = %(lead)s) s"
)
_KEPT = (
    b"select 1 from outrider.agent_steps where id = any(%s)"
    b" or (id = any(%s) and status <> 'intended') limit 1"
)
_REQUESTS = (
    b"select id, run_id, agent_name, tool, input, input_sha256, reason, status, note, output, error,"
    b" asked_at, settled_at from outrider.agent_requests where agent_name = %s"
    b" and (tool || ' ' || input_sha256) = any(%s) order by asked_at"
)


@dataclass(frozen=True)
class Spent:
    """What was spent or is set aside, in dollars, and the tokens of a lead."""

    run: Decimal
    day: Decimal
    workspace: Decimal
    lead: Decimal
    phase_tokens: int
    lead_tokens: int


class Answers:
    """Statements whose rows are read once the pipeline is through."""

    def __init__(self, tx: Tx) -> None:
        self.raw: psycopg.AsyncConnection[Any] = driver(tx.conn)

    async def ask(
        self, statement: bytes, values: Sequence[Any] | Mapping[str, Any]
    ) -> psycopg.AsyncCursor[dict[str, Any]]:
        """Send one statement; its rows are there after the pipeline."""
        cursor = self.raw.cursor(row_factory=dict_row)
        await cursor.execute(statement, values)
        return cursor


async def add(tx: Tx, step: Step) -> None:
    """Write the intent of a step."""
    await driver(tx.conn).execute(
        _ADD,
        (
            tx.workspace,
            step.id,
            step.run_id,
            step.number,
            step.kind.value,
            step.name,
            step.input_sha256,
            json.dumps(step.input, default=str),
            step.cost_reserved,
            step.started_at,
            step.lead_id,
            step.phase.value if step.phase else None,
        ),
    )


async def end(tx: Tx, step: StepId, status: StepStatus, ended: Ended, output: str | None) -> None:
    """Write what became of a step that is still intended; `output` is its JSON.

    A failure whose cost is known keeps no more than that set aside.
    """
    await driver(tx.conn).execute(
        _END,
        (
            status.value,
            output,
            ended.model,
            ended.tokens,
            ended.cost_usd,
            ended.error,
            tx.now,
            ended.is_settled,
            ended.cost_usd,
            step,
        ),
    )


async def is_kept(tx: Tx, made: Sequence[StepId], ended: Sequence[StepId]) -> bool:
    """Whether the transaction that made these steps and ended those was kept."""
    cursor = await driver(tx.conn).execute(_KEPT, (list(made), list(ended)))
    return await cursor.fetchone() is not None


async def lock_money(tx: Tx) -> None:
    """From here to the end of the transaction nobody else of this workspace sets money aside."""
    await driver(tx.conn).execute(_LOCK, (f"agent money {tx.workspace}",))


async def spent(
    tx: Tx, run: UUID, lead: UUID | None, phase: str | None, since: tuple[datetime, datetime]
) -> Spent:
    """What counts against the limits; a request that has not ended counts as what it reserved."""
    values = {"run": run, "lead": lead, "phase": phase, "day": since[0], "month": since[1]}
    row = await (await Answers(tx).ask(_SPENT, values)).fetchone()
    assert row is not None
    return Spent(**row)


async def requests(
    answers: Answers, agent: str, calls: Sequence[str]
) -> psycopg.AsyncCursor[dict[str, Any]]:
    """Ask for what people were asked about these calls (`tool sha256`), oldest first."""
    return await answers.ask(_REQUESTS, (agent, list(calls)))


def request_of(row: Mapping[str, Any]) -> ToolRequest:
    """A request from its row."""
    return ToolRequest.model_validate(row)
