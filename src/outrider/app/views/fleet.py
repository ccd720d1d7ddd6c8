"""Agents, runs and tools for screens and programs.

In: the open transaction. Out: typed values. Never: a change, more of one output than a person reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from outrider.agents import overrides, schedule
from outrider.agents.budget import Limits, periods
from outrider.agents.models import Models
from outrider.agents.overrides import Effective
from outrider.agents.toolbox.gates import REQUIRES_APPROVAL, SENDS_OUTBOUND
from outrider.agents.toolbox.types import ACTING, Tool, plain_schema
from outrider.agents.types import AgentSpec
from outrider.app.views.fleet_types import (
    AgentCard,
    RunCard,
    RunDetail,
    RunPage,
    StepCard,
    ToolCard,
)
from outrider.app.views.runs import one as run_of
from outrider.kernel.database.tx import Row, Tx
from outrider.kernel.switches import halted

MOST_SHOWN = 20_000
"""Characters of one input or output; beyond it the beginning stands for all."""

GATE_OF = {
    "not_allowed": "allowlist",
    "invalid_input": "schema",
    "dry_run": "dry_run",
    "switched_off": "kill_switch",
    "denied": "approval",
    "pending_approval": "approval",
    "unknown_reference": "provenance",
    "too_late": "provenance",
    "budget_exceeded": "budget",
    "circuit_open": "circuit",
    "rate_limit_exceeded": "circuit",
    "not_configured": "configured",
}
"""The gate that ends a call, by the code or the status that it leaves."""

_RUN = (
    "select r.id, r.agent_name, r.campaign_id, k.name as campaign, r.status, r.started_at,"
    " r.completed_at, r.due_at, r.met_run_id, r.tools_used, r.api_tokens_used as tokens,"
    " r.cost_estimate as cost_usd, r.error, r.summary,"
    " (select count(*) from outrider.agent_steps s where s.run_id = r.id) as steps"
    " from outrider.agent_runs r left join outrider.campaigns k on k.id = r.campaign_id"
)


async def agents(tx: Tx, models: Models | None, limits: Limits) -> list[AgentCard]:
    """Every agent as it works in this workspace, by name."""
    everyone = await overrides.everybody(tx)
    return [await _agent(tx, one, models, limits) for one in everyone]


async def agent(tx: Tx, name: str, models: Models | None, limits: Limits) -> AgentCard:
    """One agent.

    Raises:
        NotFound: nobody of that name works here.
    """
    return await _agent(tx, await overrides.one(tx, name), models, limits)


async def _agent(tx: Tx, found: Effective, models: Models | None, limits: Limits) -> AgentCard:
    spec = found.spec
    chain = [model.key for model in models.chain(spec.tier)] if models else []
    switch = await halted(tx, [("agent", spec.name)])
    last = await tx.rows(
        f"{_RUN} where r.agent_name = :agent order by r.started_at desc, r.id desc limit 1",
        {"agent": spec.name},
    )
    spent = await tx.row(
        "select coalesce(sum(case s.status when 'done' then s.cost else s.cost_reserved end), 0)"
        " as usd from outrider.agent_steps s join outrider.agent_runs r on r.id = s.run_id"
        " where r.agent_name = :agent and s.started_at >= :day"
        " and (s.cost_reserved > 0 or s.cost > 0)",
        {"agent": spec.name, "day": periods(tx.now)[0]},
    )
    told = spec.model_dump(exclude={"name"})
    return AgentCard(
        name=spec.name,
        **{key: list(value) if isinstance(value, tuple) else value for key, value in told.items()},
        model=chain[0] if chain else None,
        models=chain,
        overridden=list(found.overridden),
        changed_at=found.changed_at,
        changed_by=found.actor,
        next_at=schedule.upcoming(spec, tx.now),
        halted=switch.sentence() if switch else None,
        last_run=_card(last[0]) if last else None,
        spent_today_usd=spent["usd"] if spent else 0,
        day_limit_usd=limits.day_usd,
    )


async def runs(
    tx: Tx, *, agent: str | None, status: str | None, after: UUID | None, limit: int
) -> RunPage:
    """Runs, newest first; their ids are in the order of their beginning."""
    rows = await tx.rows(
        f"{_RUN} where (cast(:agent as text) is null or r.agent_name = :agent)"
        " and (cast(:status as text) is null or r.status = :status)"
        " and (cast(:after as uuid) is null or r.id < :after) order by r.id desc limit :limit",
        {"agent": agent, "status": status, "after": after, "limit": limit},
    )
    items = [_card(row) for row in rows]
    return RunPage(items=items, next=items[-1].id if len(items) == limit else None)


async def run(tx: Tx, run_id: str) -> RunDetail:
    """One run with its steps, by its id or the beginning of it.

    Raises:
        NotFound: there is none of this id.
        InvalidInput: several begin like this.
    """
    id_ = UUID((await run_of(tx, run_id))["id"])
    rows = await tx.rows(f"{_RUN} where r.id = :id", {"id": id_})
    whole = await tx.row(
        "select request, spec, actions_taken from outrider.agent_runs where id = :id", {"id": id_}
    )
    steps = await tx.rows(
        "select number, kind, name, status, input, output, model, tokens, cost, cost_reserved,"
        " error, lead_id, phase, route, input_sha256, started_at, completed_at"
        " from outrider.agent_steps where run_id = :id order by number",
        {"id": id_},
    )
    assert whole is not None
    return RunDetail(
        **_card(rows[0]).model_dump(),
        request=whole["request"],
        spec=whole["spec"],
        actions=whole["actions_taken"],
        trail=[_step(row) for row in steps],
    )


def _card(row: Row) -> RunCard:
    ended = row["completed_at"]
    seconds = (ended - row["started_at"]).total_seconds() if ended else None
    return RunCard(**row, seconds=seconds)


def _step(row: Row) -> StepCard:
    is_tool = row["kind"] == "tool"
    given, output = row["input"] or {}, row["output"] or {}
    content = output.get("content") if is_tool and "content" in output else output
    outcome = output.get("status") if is_tool else None
    ended = row["completed_at"]
    took = (ended - row["started_at"]).total_seconds() if ended else None
    return StepCard(
        **{key: row[key] for key in _SAME},
        saw=None if is_tool else _short(given.get("new", given)),
        asked=_short(given.get("asked", given)) if is_tool else None,
        got=_short(output.get("parts", content) if not is_tool else content) if output else None,
        outcome=outcome if isinstance(outcome, str) else None,
        refused_by=refused_by(outcome, content),
        provenance=output.get("provenance") if is_tool else None,
        cost_usd=row["cost"],
        reserved_usd=row["cost_reserved"],
        latency_ms=None if took is None else round(took * 1000),
    )


_SAME = (
    "number",
    "kind",
    "name",
    "status",
    "model",
    "tokens",
    "error",
    "lead_id",
    "phase",
    "route",
    "input_sha256",
    "started_at",
    "completed_at",
)


def refused_by(outcome: Any, content: Any) -> str | None:
    """The gate that ended a call, by what it left; None when the call was made."""
    code = content.get("error") if isinstance(content, Mapping) else None
    return GATE_OF.get(str(code)) or GATE_OF.get(str(outcome))


def _short(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= MOST_SHOWN else {"cut": len(text), "text": text[:MOST_SHOWN]}


async def tools(
    tx: Tx, registry: Mapping[str, Tool], equipped: Callable[[AgentSpec], AgentSpec]
) -> list[ToolCard]:
    """Every tool, by name, and who has it here; `equipped` adds the tools of other servers."""
    everyone = [equipped(one.spec) for one in await overrides.everybody(tx)]
    return [_tool(registry[name], everyone) for name in sorted(registry)]


def _tool(tool: Tool, everyone: Sequence[AgentSpec]) -> ToolCard:
    return ToolCard(
        name=tool.name,
        description=tool.description,
        effect=tool.effect.value,
        timeout_seconds=tool.timeout.total_seconds(),
        per_minute=tool.per_minute,
        cost_usd=tool.cost_usd,
        is_configured=tool.work is not None,
        needs="" if tool.work is not None else tool.needs,
        needs_person=tool.name in REQUIRES_APPROVAL or tool.needs_person,
        is_blocked_in_dry_run=tool.name in SENDS_OUTBOUND or tool.effect in ACTING,
        provenance=tool.provenance.value,
        is_foreign=tool.is_foreign,
        agents=[one.name for one in everyone if tool.name in one.tools],
        input=plain_schema(tool.takes),
    )
