"""`outrider drafts agreement`: how far the judge and the people who decide agree.

In: a number of days. Out: two kappas with their intervals, or why there is none. Never: a change.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, counted, listing, say
from outrider.app.cli.session import run
from outrider.app.views.writing import agreement_json
from outrider.app.wiring import Outrider
from outrider.drafts.review import agree

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(group: typer.Typer) -> None:
    """Add the command to `outrider drafts`."""
    group.command("agreement")(agreement)


def agreement(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back.")] = 90,
    json_: Json = False,
) -> None:
    """Compare the judge's scores with what people decided, beyond chance (Cohen's kappa)."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            return agreement_json(await agree.agreement(tx, tx.now - timedelta(days=days)))

    found = run(work, seal=False)
    if json_:
        as_json(found)
        return
    drafts = counted(found["pairs"], "draft")
    say(f"{drafts} of the last {counted(days, 'day')} were both scored and decided by a person.")
    say(f"Would approve, and was approved unchanged: {_told(found['approval'])}")
    say(f"Good, fair, poor and approved, edited, rejected: {_told(found['rank'])}")
    if found["pairs"]:
        columns = {
            "judge": "",
            "approved": "approved",
            "edited": "edited",
            "rejected": "rejected",
        }
        listing(found["table"], columns, json_=False, empty="")


def _told(found: dict[str, Any]) -> str:
    if found["kappa"] is None:
        return f"too few to tell. {found['why_not']}"
    return (
        f"kappa {found['kappa']:.2f} (95 %: {found['low']:.2f} to {found['high']:.2f}), "
        f"the same in {100 * found['observed']:.0f} % of them."
    )
