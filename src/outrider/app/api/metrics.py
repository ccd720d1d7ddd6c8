"""Metrics for Prometheus: the figures of the workspace that the key or session belongs to.

In: a session or an API key with `reports.read`. Out: the text format of Prometheus. Never: a figure
that names a person; an answer to somebody without a login.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from outrider import __version__
from outrider.app.api.entry import Person, needs
from outrider.app.views import fleet_metrics
from outrider.app.views import metrics as view
from outrider.app.views.kept import kept
from outrider.app.views.metrics import Measured
from outrider.kernel.access import Permission
from outrider.kernel.database.tx import Tx

router = APIRouter(tags=["health"])

HELP = {
    "drafts": "Drafts by status.",
    "outbox": "Mails by status; unknown ones wait for a person.",
    "agent_runs": "Runs of agents by status.",
    "switches_on": "Kill switches that are on, by scope.",
    "oldest_pending_draft_seconds": "How long the oldest pending draft has waited.",
    "review_overdue_seconds": "By how much the most overdue review is late.",
    "oldest_due_mail_seconds": "How long the oldest mail that may leave has waited.",
    "oldest_unknown_mail_seconds": "Since when the oldest mail is unknown.",
    "audit_seal_lag_seconds": "Age of the oldest event of the log that has no seal.",
    "agent_cost_usd": "What all agent steps cost so far, in US dollars.",
    "mailbox_band": "1 for the health band that a mailbox is in.",
    "counts_age_seconds": "How old the counts over all drafts, mails, runs and steps are.",
    **fleet_metrics.HELP,
}
"""What each figure means; the names in Prometheus begin with `outrider_`."""


@router.get(
    "/metrics",
    dependencies=[needs(Permission.REPORTS_READ)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def metrics(request: Request, person: Person) -> Response:
    """Figures of this workspace in the text format of Prometheus."""
    whole = await kept(person.outrider, "metrics", _counted, list[Measured])
    async with person.outrider.begin()() as tx:
        age = (tx.now - whole.as_of).total_seconds()
        found = [
            *whole.value,
            *await view.measured(tx),
            *await fleet_metrics.measured(tx),
            Measured("counts_age_seconds", (), max(age, 0.0)),
        ]
    registry = CollectorRegistry()
    # However many answer, the plain figures are of one process, so that a counter never goes back.
    family: Mapping[str, int] = getattr(request.app.state, "family", {}) or {"all": os.getpid()}
    ProcessCollector(pid=lambda: next(iter(family.values())), registry=registry)
    registry.register(_Processes(family))
    Gauge("outrider_info", "The version.", ["version"], registry=registry).labels(__version__).set(
        1
    )
    gauges: dict[str, Gauge] = {}
    for one in found:
        names = [name for name, _ in one.labels]
        if one.name not in gauges:
            gauges[one.name] = Gauge(
                f"outrider_{one.name}", HELP[one.name], names, registry=registry
            )
        gauge = gauges[one.name]
        (gauge.labels(*(value for _, value in one.labels)) if names else gauge).set(one.value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Processes(Collector):
    """Memory, processor time and files of each process of this Outrider, with its name as a label."""

    def __init__(self, family: Mapping[str, int]) -> None:
        self._family = family

    def collect(self) -> Iterator[Metric]:
        found: dict[str, Metric] = {}
        for name, pid in self._family.items():
            for one in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                whole = found.setdefault(
                    one.name, Metric(f"outrider_{one.name}", one.documentation, one.type, one.unit)
                )
                for sample in one.samples:
                    whole.add_sample(f"outrider_{sample.name}", {"process": name}, sample.value)
        yield from found.values()


async def _counted(tx: Tx) -> list[Measured]:
    """What grows without end: a scrape every few seconds must not read it all each time."""
    return [*await view.counted(tx), *await fleet_metrics.counted(tx)]
