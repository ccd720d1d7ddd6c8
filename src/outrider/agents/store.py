"""All SQL of the room. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outrider.agents.store_line import held as held
from outrider.agents.types import (
    Action,
    Ended,
    Run,
    RunId,
    RunStatus,
    Step,
    StepId,
    StepKind,
    StepStatus,
)
from outrider.campaigns.types import CampaignId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountId

_RUN = (
    "id, agent_name, campaign_id, status, request, tools_used, actions_taken, error,"
    " api_tokens_used, cost_estimate, started_at, completed_at, spec, summary, due_at, met_run_id"
)
_STEP = (
    "id, run_id, number, kind, name, status, input_sha256, input, output, model, tokens,"
    " cost_reserved, cost, error, started_at, completed_at, lead_id, phase, route"
)


async def add_run(tx: Tx, run: Run, briefing: Mapping[str, Any]) -> None:
    """Write the row of a run at its start, or of one that was skipped."""
    # Asked for a row back, for then the driver itself is asked: a run begins and ends with these.
    await tx.row(
        "insert into outrider.agent_runs (workspace_id, id, agent_name, campaign_id, status,"
        " request,"
        " briefing, tools_used, actions_taken, error, api_tokens_used, cost_estimate, started_at,"
        " completed_at, spec, summary, due_at, met_run_id) values (:workspace, :id, :agent,"
        " :campaign, :status, cast(:request as jsonb), cast(:briefing as jsonb), '{}', '[]', :error,"
        " 0, 0, :started_at, :completed_at, cast(:spec as jsonb), :summary, :due_at, :met)"
        " returning id",
        {
            "workspace": tx.workspace,
            "id": run.id,
            "agent": run.agent_name,
            "campaign": run.campaign_id,
            "status": run.status,
            "request": json.dumps(run.request, default=str),
            "briefing": json.dumps(briefing, default=str),
            "error": run.error,
            "started_at": run.started_at,
            "completed_at": run.completed_at,
            "spec": None if run.spec is None else run.spec.model_dump_json(),
            "summary": run.summary,
            "due_at": run.due_at,
            "met": run.met_run_id,
        },
    )


async def end_run(
    tx: Tx, run: RunId, status: RunStatus, actions: Sequence[Action], error: str | None
) -> bool:
    """Close a running run; its tools, tokens and cost are summed from its steps."""
    row = await tx.row(
        "update outrider.agent_runs r set status = :status, error = :error, completed_at = :now,"
        " actions_taken = cast(:actions as jsonb), tools_used = coalesce(s.tools, '{}'),"
        " api_tokens_used = coalesce(s.tokens, 0), cost_estimate = coalesce(s.cost, 0)"
        " from (select array_agg(name order by number) filter (where kind = 'tool') as tools,"
        "  sum(tokens) as tokens, sum(case when status = 'done' then cost else cost_reserved end)"
        " as cost"
        "  from outrider.agent_steps where run_id = :run) s"
        " where r.id = :run and r.status = 'running' returning r.id",
        {
            "run": run,
            "status": status,
            "error": error,
            "now": tx.now,
            "actions": json.dumps([action.model_dump(mode="json") for action in actions]),
        },
    )
    return row is not None


async def tell_run(tx: Tx, run: RunId, summary: str) -> None:
    """Keep what was told of a run when it ended."""
    await tx.row(
        "update outrider.agent_runs set summary = :summary where id = :run returning id",
        {"run": run, "summary": summary},
    )


async def uses(tx: Tx, run: RunId, tool: str) -> int:
    """How often a run used this tool with success."""
    row = await tx.row(
        "select count(*) as n from outrider.agent_steps where run_id = :run and kind = 'tool'"
        " and name = :tool and status = 'done' and output ->> 'status' = 'ok'",
        {"run": run, "tool": tool},
    )
    return int(row["n"]) if row else 0


async def running(tx: Tx, agent: str, campaign: CampaignId) -> list[RunId]:
    """Runs of this agent and campaign that are still marked as running."""
    rows = await tx.rows(
        "select id from outrider.agent_runs where agent_name = :agent and campaign_id = :campaign"
        " and status = 'running' and not request ? 'kind' order by started_at",
        {"agent": agent, "campaign": campaign},
    )
    return [RunId(row["id"]) for row in rows]


async def running_loop(tx: Tx, agent: str, key: str) -> Run | None:
    """The newest thinking run of this agent and key that is still marked as running."""
    row = await tx.row(
        f"select {_RUN} from outrider.agent_runs where agent_name = :agent and status = 'running'"
        " and request ->> 'kind' = 'loop' and request ->> 'key' = :key"
        " order by started_at desc limit 1",
        {"agent": agent, "key": key},
    )
    return None if row is None else _run(row)


async def interrupt_models(tx: Tx, run: RunId, error: str) -> int:
    """Mark the model requests of a dead run that never ended; what they reserved stays counted."""
    result = await tx.run(
        "update outrider.agent_steps set status = 'failed', error = :error, completed_at = :now"
        " where run_id = :run and status = 'intended' and kind = 'model'",
        {"run": run, "error": error, "now": tx.now},
    )
    return int(result.rowcount)


async def interrupt_steps(tx: Tx, run: RunId, error: str) -> int:
    """Mark the steps of a dead run that never ended; their reserved cost stays counted."""
    result = await tx.run(
        "update outrider.agent_steps set status = 'failed', error = :error, completed_at = :now"
        " where run_id = :run and status = 'intended'",
        {"run": run, "error": error, "now": tx.now},
    )
    return int(result.rowcount)


async def actions_of_steps(tx: Tx, run: RunId) -> list[Action]:
    """The actions that a run's finished steps tell of, for a run that could not say it itself."""
    rows = await tx.rows(
        "select output -> 'actions' as actions from outrider.agent_steps where run_id = :run"
        " and status = 'done' and jsonb_typeof(output -> 'actions') = 'array' order by number",
        {"run": run},
    )
    return [Action.model_validate(action) for row in rows for action in row["actions"]]


async def notes(tx: Tx, agent: str, limit: int) -> list[str]:
    """What an agent noted for itself, newest first."""
    rows = await tx.rows(
        "select s.output -> 'content' ->> 'kept' as kept from outrider.agent_steps s"
        " join outrider.agent_runs r on r.id = s.run_id where r.agent_name = :agent"
        " and s.kind = 'tool' and s.name = 'memory_note' and s.status = 'done'"
        " and s.output ->> 'status' = 'ok' order by s.started_at desc limit :limit",
        {"agent": agent, "limit": limit},
    )
    return [row["kept"] for row in rows]


async def blank_notes(tx: Tx, before: datetime) -> int:
    """Take the words out of notes that were kept, and of looks at them, before an instant; how many."""
    rows = await tx.rows(
        "update outrider.agent_steps set input = '{}', output = null, error = null"
        " where kind = 'tool' and name in ('memory_note', 'read_notes') and started_at < :before"
        " and status <> 'intended' and (input <> '{}' or output is not null) returning id",
        {"before": before},
    )
    return len(rows)


async def looked_up(tx: Tx, tool: str, since: datetime) -> set[AccountId]:
    """Accounts for which this tool gave an answer, be it that nothing is known."""
    rows = await tx.rows(
        "select distinct cast(input ->> 'account_id' as uuid) as id from outrider.agent_steps"
        " where kind = 'tool' and name = :tool and status = 'done' and started_at >= :since"
        " and input ? 'account_id'",
        {"tool": tool, "since": since},
    )
    return {AccountId(row["id"]) for row in rows}


async def add_step(tx: Tx, step: Step) -> None:
    """Write the intent of a step."""
    await tx.run(
        "insert into outrider.agent_steps (workspace_id, id, run_id, number, kind, name, status,"
        " input_sha256, input, tokens, cost_reserved, cost, started_at, lead_id, phase, route)"
        " values (:workspace, :id,"
        " :run,"
        " :number, :kind, :name, :status, :sha256, cast(:input as jsonb), 0, :reserved, 0,"
        " :started_at, :lead, :phase, cast(:route as jsonb))",
        {
            "lead": step.lead_id,
            "phase": step.phase.value if step.phase else None,
            "route": None if step.route is None else json.dumps(step.route),
            "workspace": tx.workspace,
            "id": step.id,
            "run": step.run_id,
            "number": step.number,
            "kind": step.kind,
            "name": step.name,
            "status": step.status,
            "sha256": step.input_sha256,
            "input": json.dumps(step.input, default=str),
            "reserved": step.cost_reserved,
            "started_at": step.started_at,
        },
    )


async def end_step(tx: Tx, step: StepId, status: StepStatus, ended: Ended) -> bool:
    """Write what became of a step that is still intended; see `store_steps.end`."""
    result = await tx.run(
        "update outrider.agent_steps set status = :status, output = cast(:output as jsonb),"
        " model = :model, tokens = :tokens, cost = :cost, error = :error, completed_at = :now,"
        " cost_reserved = case when :settled then :cost else cost_reserved end"
        " where id = :id and status = 'intended'",
        {
            "id": step,
            "status": status,
            "settled": ended.is_settled,
            "output": None if ended.output is None else json.dumps(ended.output, default=str),
            "model": ended.model,
            "tokens": ended.tokens,
            "cost": ended.cost_usd,
            "error": ended.error,
            "now": tx.now,
        },
    )
    return result.rowcount == 1


async def answered(tx: Tx, name: str, input_sha256: str) -> Step | None:
    """A model's answer to exactly this question in a run that failed: it is paid for already."""
    row = await tx.row(
        f"select {_prefixed(_STEP)} from outrider.agent_steps s"
        " join outrider.agent_runs r on r.id = s.run_id"
        " where s.kind = 'model' and s.status = 'done' and s.name = :name"
        " and s.input_sha256 = :sha256 and r.status = 'failed'"
        " order by s.started_at desc limit 1",
        {"name": name, "sha256": input_sha256},
    )
    return None if row is None else _step(row)


def _prefixed(columns: str) -> str:
    return ", ".join(f"s.{column.strip()}" for column in columns.split(","))


def _step(row: Mapping[str, Any]) -> Step:
    return Step(**{**row, "kind": StepKind(row["kind"]), "status": StepStatus(row["status"])})


def _run(row: Mapping[str, Any]) -> Run:
    return Run.model_validate({**row, "tools_used": tuple(row["tools_used"])})


async def runs(tx: Tx, agent: str | None, limit: int) -> list[Run]:
    """The newest runs first."""
    rows = await tx.rows(
        f"select {_RUN} from outrider.agent_runs"
        " where cast(:agent as text) is null or agent_name = :agent"
        " order by started_at desc, id desc limit :limit",
        {"agent": agent, "limit": limit},
    )
    return [_run(row) for row in rows]


async def runs_between(tx: Tx, begins: datetime, ends: datetime, agent: str | None) -> list[Run]:
    """Runs that began in this time, oldest first."""
    rows = await tx.rows(
        f"select {_RUN} from outrider.agent_runs"
        " where started_at >= :begins and started_at < :ends"
        " and (cast(:agent as text) is null or agent_name = :agent)"
        " order by started_at, id",
        {"begins": begins, "ends": ends, "agent": agent},
    )
    return [_run(row) for row in rows]


async def run_by_id(tx: Tx, run: RunId) -> Run | None:
    """One run."""
    row = await tx.row(f"select {_RUN} from outrider.agent_runs where id = :run", {"run": run})
    return None if row is None else _run(row)


async def steps(tx: Tx, run: RunId) -> list[Step]:
    """The steps of a run in their order."""
    rows = await tx.rows(
        f"select {_STEP} from outrider.agent_steps where run_id = :run order by number",
        {"run": run},
    )
    return [_step(row) for row in rows]
