"""Look up accounts that lack facts.

In: a shift and a filings source. Out: facts with evidence, stored. Never: a transaction open during
a look-up, a document that is quoted but not kept, a run that ends because one company is missing.
"""

from __future__ import annotations

from datetime import timedelta

from outrider.agents import store
from outrider.agents.roster import COMPANY_FACTS
from outrider.agents.shift import Shift
from outrider.agents.steps import STOPS_THE_RUN, sentence
from outrider.agents.types import ActionKind, Ended, StepKind
from outrider.prospects import read as prospects
from outrider.prospects import research
from outrider.prospects.ports import FilingsSource
from outrider.prospects.types import (
    Account,
    AccountId,
    AccountStatus,
    CompanyReport,
    ResearchRequest,
)

PAGE = 500
ASKED_AGAIN_AFTER = timedelta(days=30)


async def research_new(shift: Shift) -> set[AccountId]:
    """Look up accounts that were never researched, up to the request's bound.

    What no source knew within the last `ASKED_AGAIN_AFTER` is not asked again.

    Returns:
        The accounts whose look-up failed: they are better written to when it works.
    """
    source = shift.env.filings
    if source is None or shift.request.research == 0:
        return set()
    new = await _never_looked_up(shift)
    failed: set[AccountId] = set()
    for done, account in enumerate(new):
        shift.tell(done, len(new), f"looking up {account.name}")
        if not await _research(shift, source, account):
            failed.add(account.id)
    if new:
        shift.tell(len(new), len(new))
    return failed


async def _never_looked_up(shift: Shift) -> list[Account]:
    async with shift.env.begin() as tx:
        known = await store.looked_up(tx, COMPANY_FACTS, tx.now - ASKED_AGAIN_AFTER)
        found: list[Account] = []
        page = await prospects.accounts(tx, status=AccountStatus.NEW, limit=PAGE)
        while page and len(found) < shift.request.research:
            found += [account for account in page if account.id not in known]
            page = await prospects.accounts(
                tx, status=AccountStatus.NEW, limit=PAGE, after=page[-1].id
            )
    return found[: shift.request.research]


async def _research(shift: Shift, source: FilingsSource, account: Account) -> bool:
    """Whether the look-up worked, whatever it found."""
    async with shift.env.begin() as tx:
        wanted = await research.request(tx, account.id)
    step = await shift.recorder.intend(
        StepKind.TOOL, COMPANY_FACTS, {"source": source.name, **wanted.model_dump(mode="json")}
    )
    try:
        report = await _look_up(shift, source, wanted)
        if report is None:
            action = shift.act(
                ActionKind.NOT_FOUND,
                f"No filings of {account.name} were found ({source.name})",
                account.id,
            )
            ended = Ended(output={"actions": [action.model_dump(mode="json")]})
            await shift.recorder.finish(step, ended)
            return True
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
    except STOPS_THE_RUN:
        raise
    except Exception as error:  # noqa: BLE001 - a source is a stranger's code, one account's trouble
        await shift.recorder.fail(step, error)
        shift.act(ActionKind.FAILED, f"{account.name}: {sentence(error)}", account.id)
        return False
    return True


async def _look_up(
    shift: Shift, source: FilingsSource, wanted: ResearchRequest
) -> CompanyReport | None:
    """The report, with its documents in the object store before any row refers to them."""
    report = await source.report(name=wanted.name, cik=wanted.cik, ticker=wanted.ticker)
    if report is not None:
        for document in report.documents:
            await shift.env.objects.put(document.content)
    return report
