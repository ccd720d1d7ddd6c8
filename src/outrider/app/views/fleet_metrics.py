"""Figures of the fleet for a monitor: by agent, model and tool what was asked, took, cost, was refused.

In: the open transaction. Out: counts, seconds, dollars. Never: a person or a text; a name that a model
made up is `other`.
"""

from __future__ import annotations

from collections import Counter

from outrider.agents.budget import periods
from outrider.agents.toolbox.registry import TOOLS
from outrider.app.views.fleet import GATE_OF
from outrider.app.views.metrics import Measured
from outrider.kernel.database.tx import Row, Tx

HELP = {
    "agent_model_requests": "Requests to models by agent, model and status.",
    "agent_model_tokens": "Tokens by agent and model.",
    "agent_model_cost_usd": "US dollars by agent and model; what is set aside is not in it.",
    "agent_model_seconds_sum": "Seconds that requests to models took, by agent and model.",
    "agent_model_seconds_count": "Requests to models that ended, by agent and model.",
    "agent_tool_calls": "Uses of tools by agent, tool and status.",
    "agent_tool_cost_usd": "US dollars by agent and tool.",
    "agent_tool_seconds_sum": "Seconds that tools took, by agent and tool.",
    "agent_tool_seconds_count": "Uses of tools that ended, by agent and tool.",
    "agent_refused_calls": "Uses of tools that a gate ended, by agent, tool and gate.",
    "agent_spent_today_usd": "US dollars spent or set aside since midnight UTC, by agent.",
}
"""What each figure means."""

_STEPS = (
    "select r.agent_name as agent, s.kind, case s.kind when 'tool' then s.name else s.model end"
    " as name, s.status, count(*) as n, sum(s.tokens) as tokens,"
    " sum(case s.status when 'done' then s.cost else 0 end) as usd,"
    " coalesce(sum(extract(epoch from s.completed_at - s.started_at)), 0) as seconds,"
    " count(s.completed_at) as ended"
    " from outrider.agent_steps s join outrider.agent_runs r on r.id = s.run_id"
    " group by 1, 2, 3, 4"
)
# The same words as the index has, so that a scrape does not read every tool's whole output.
_REFUSED = (
    "select r.agent_name as agent, s.name, s.output ->> 'status' as outcome,"
    " s.output -> 'content' ->> 'error' as code, count(*) as n"
    " from outrider.agent_steps s join outrider.agent_runs r on r.id = s.run_id"
    " where s.kind = 'tool' and s.output ->> 'status' <> 'ok' group by 1, 2, 3, 4"
)
_TODAY = (
    "select r.agent_name as agent,"
    " sum(case s.status when 'done' then s.cost else s.cost_reserved end) as usd"
    " from outrider.agent_steps s join outrider.agent_runs r on r.id = s.run_id"
    " where s.started_at >= :day and (s.cost_reserved > 0 or s.cost > 0) group by 1"
)

Key = tuple[str, tuple[tuple[str, str], ...]]


async def measured(tx: Tx) -> list[Measured]:
    """What each agent of this workspace spent today; by index, from midnight on."""
    rows = await tx.rows(_TODAY, {"day": periods(tx.now)[0]})
    return [
        Measured("agent_spent_today_usd", (("agent", row["agent"]),), float(row["usd"]))
        for row in rows
    ]


async def counted(tx: Tx) -> list[Measured]:
    """Counts over every step there is."""
    found: Counter[Key] = Counter()
    for row in await tx.rows(_STEPS):
        _count(found, row)
    for row in await tx.rows(_REFUSED):
        gate = GATE_OF.get(row["code"] or "") or GATE_OF.get(row["outcome"])
        if gate is not None:
            labels = (("agent", row["agent"]), ("tool", _tool(row["name"])), ("gate", gate))
            found["agent_refused_calls", labels] += row["n"]
    return [Measured(name, labels, float(value)) for (name, labels), value in found.items()]


def _count(found: Counter[Key], row: Row) -> None:
    agent = ("agent", row["agent"])
    if row["kind"] == "tool":
        what, who, calls = "agent_tool", ("tool", _tool(row["name"])), "calls"
    else:
        what, who, calls = "agent_model", ("model", row["name"] or "none"), "requests"
        found["agent_model_tokens", (agent, who)] += row["tokens"]
    found[f"{what}_{calls}", (agent, who, ("status", row["status"]))] += row["n"]
    found[f"{what}_cost_usd", (agent, who)] += row["usd"]
    found[f"{what}_seconds_sum", (agent, who)] += row["seconds"]
    found[f"{what}_seconds_count", (agent, who)] += row["ended"]


def _tool(name: str) -> str:
    return name if name in TOOLS else "other"
