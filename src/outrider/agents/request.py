"""A call that needs a person becomes a request that a person can see.

In: the open transaction of the application; steps that agents left. Out: requests, pending.
Never: an answer (that is `settle`), a request made by the login of agents: it cannot even write one.
"""

from __future__ import annotations

from outrider.agents import store_requests
from outrider.agents.types import RequestId, RequestStatus, ToolRequest
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound


async def collect(tx: Tx) -> list[ToolRequest]:
    """Ask people about the calls that agents left for them; each call once, whoever repeats it."""
    fresh = await store_requests.collect(tx)
    for one in fresh:
        body = {
            "tool_name": one.tool,
            "tool_input": one.input_sha256,
            "agent": one.agent_name,
            "reason": one.reason,
        }
        await record(tx, "agents.request", f"request:{one.id}", body)
    return fresh


async def listing(
    tx: Tx, status: RequestStatus | None = RequestStatus.PENDING, limit: int = 100
) -> list[ToolRequest]:
    """Requests in a state, oldest first; None: in any."""
    return await store_requests.listing(tx, status, limit)


async def find(tx: Tx, request_id: RequestId) -> ToolRequest:
    """One request.

    Raises:
        NotFound: there is no such request.
    """
    found = await store_requests.by_id(tx, request_id)
    if found is None:
        raise NotFound(f"There is no request {request_id} in this workspace: list them first.")
    return found
