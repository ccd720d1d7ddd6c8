"""Look up accounts that lack facts.

In: a shift and a filings source. Out: facts with evidence, stored. Never: a transaction open during
a look-up, a document that is quoted but not kept, a run that ends because one company is missing.
"""

from __future__ import annotations

from outrider.agents.roster import COMPANY_FACTS
from outrider.agents.shift import Shift
from outrider.agents.steps import sentence
from outrider.agents.types import ActionKind, Ended, StepKind
from outrider.kernel.errors import OutriderError
from outrider.prospects import read as prospects
from outrider.prospects import research
from outrider.prospects.ports import FilingsSource
from outrider.prospects.types import Account, AccountStatus, CompanyReport, ResearchRequest


async def research_new(shift: Shift) -> None:
    """Look up accounts that were never researched, up to the request's bound."""
    source = shift.env.filings
    if source is None or shift.request.research == 0:
        return
    async with shift.env.begin() as tx:
        new = await prospects.accounts(tx, status=AccountStatus.NEW, limit=shift.request.research)
    for done, account in enumerate(new):
        shift.tell(done, len(new), f"looking up {account.name}")
        await _research(shift, source, account)
    if new:
        shift.tell(len(new), len(new))


async def _research(shift: Shift, source: FilingsSource, account: Account) -> None:
    async with shift.env.begin() as tx:
        wanted = await research.request(tx, account.id)
    step = await shift.recorder.intend(
        StepKind.TOOL, COMPANY_FACTS, {"source": source.name, **wanted.model_dump(mode="json")}
    )
    try:
        report = await _look_up(shift, source, wanted)
        if report is None:
            action = shift.act(
                ActionKind.NOT_FOUND, f"{account.name} is not known to {source.name}", account.id
            )
            ended = Ended(output={"actions": [action.model_dump(mode="json")]})
            await shift.recorder.finish(step, ended)
            return
        async with shift.env.begin() as tx:
            dossier = await research.save(tx, account.id, report)
            text = f"{account.name}: {len(dossier.facts)} facts from {source.name}"
            text += f"; missing: {'; '.join(report.missing)}" if report.missing else ""
            action = shift.action(ActionKind.RESEARCHED, text, account.id)
            output = {
                "facts": [str(fact.id) for fact in dossier.facts],
                "actions": [action.model_dump(mode="json")],
            }
            await shift.recorder.finish(step, Ended(output=output), tx)
        shift.actions.append(action)
    except OutriderError as error:
        await shift.recorder.fail(step, error)
        shift.act(ActionKind.FAILED, f"{account.name}: {sentence(error)}", account.id)


async def _look_up(
    shift: Shift, source: FilingsSource, wanted: ResearchRequest
) -> CompanyReport | None:
    """The report, with its documents in the object store before any row refers to them."""
    report = await source.report(name=wanted.name, cik=wanted.cik, ticker=wanted.ticker)
    if report is not None:
        for document in report.documents:
            await shift.env.objects.put(document.content)
    return report
