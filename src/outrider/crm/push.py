"""Hand staged activities to the CRM.

In: a way to open a transaction, and a CRM. Out: activities pushed, each once.
Never: a transaction open during the call, or a second entry for one reference.

The intent (`pushing`) is committed before the call. What a crash left in it is looked up in the
CRM: found, it is pushed; not found, it goes back and is logged like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from outrider.crm import store
from outrider.crm.ports import CrmActivities
from outrider.crm.states import after
from outrider.crm.types import Activity, ActivityStatus, PushReport
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import OutriderError, Refused, VendorUnavailable

BATCH = 50

NOT_TRIED: tuple[str | None, str, str | None] = (None, "put_back", None)

Begin = Callable[[], AbstractAsyncContextManager[Tx]]


async def push(begin: Begin, crm: CrmActivities, limit: int = 1000) -> PushReport:
    """Push up to `limit` activities; stops early, without loss, when the CRM does not answer."""
    report = await _mend(begin, crm, limit)
    while report.error is None and report.pushed + report.failed < limit:
        async with begin() as tx:
            claimed = await store.claim(tx, min(BATCH, limit - report.pushed - report.failed))
        if not claimed:
            break
        report = await _push_all(begin, crm, claimed, report)
    return report


async def _mend(begin: Begin, crm: CrmActivities, limit: int) -> PushReport:
    """Settle what an earlier process began and did not end.

    If that process lives after all, its activity is logged twice under one reference, which the
    port keeps as one entry, and only one of the two records the result.
    """
    report = PushReport()
    async with begin() as tx:
        left = await store.interrupted(tx, limit)
    for activity in left:
        try:
            crm_id = await crm.exists(activity.reference)
        except VendorUnavailable as error:
            return report.model_copy(update={"error": error.message})
        async with begin() as tx:
            event = "put_back" if crm_id is None else "accept"
            await store.move(tx, activity.id, after(activity.status, event), crm_id=crm_id)
        report = report.model_copy(update={"found": report.found + (crm_id is not None)})
    return report


async def _push_all(
    begin: Begin, crm: CrmActivities, claimed: list[Activity], report: PushReport
) -> PushReport:
    pushed, failed, problem = report.pushed, report.failed, report.error
    for activity in claimed:
        crm_id, event, error = NOT_TRIED if problem else await _log(crm, activity)
        async with begin() as tx:
            status = after(ActivityStatus.PUSHING, event)
            await store.move(tx, activity.id, status, crm_id=crm_id, error=error)
        pushed += event == "accept"
        failed += event == "refuse"
        problem = error if event == "put_back" and problem is None else problem
    return report.model_copy(update={"pushed": pushed, "failed": failed, "error": problem})


async def _log(crm: CrmActivities, activity: Activity) -> tuple[str | None, str, str | None]:
    """The CRM's id, the event and the error of one call."""
    try:
        return await crm.log(activity), "accept", None
    except Refused as error:
        return None, "refuse", error.message
    except OutriderError as error:
        return None, "put_back", error.message
