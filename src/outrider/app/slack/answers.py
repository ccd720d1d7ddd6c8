"""What people say to the requests of agents: a yes, a no with a note, a look.

In: a click or a form about a request, from a known person. Out: the request settled, a job that does it.
Never: an answer of who may not decide; a yes to other arguments than were shown; the call itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.agents import request, settle
from outrider.agents.toolbox.types import DRY_RUN
from outrider.agents.types import RequestId, ToolRequest
from outrider.app.mcp.tools import tools_of
from outrider.app.slack import requests, store
from outrider.app.slack.payloads import About, Click, Submission
from outrider.app.slack.requests import Asked
from outrider.app.slack.soon import ask_soon, perform_soon
from outrider.app.wiring import Outrider, person_actor
from outrider.kernel.access import Member, Permission
from outrider.kernel.access.permissions import refusal
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, NotAllowed, Refused, SwitchedOff
from outrider.kernel.switches import halted

CLICKS = frozenset({requests.YES, requests.NO, requests.LOOK})


async def clicked(outrider: Outrider, member: Member, click: Click) -> Mapping[str, Any] | None:
    """Take a yes, or give the form that a click opens; None where nothing is to be opened.

    Raises:
        NotAllowed: the person may not, or the click came from another channel.
        NotFound: there is no such request.
        Conflict: it was answered already; the sentence says how.
        Refused, SwitchedOff: nothing is done here now, so no yes is taken.
    """
    if click.channel != outrider.settings.slack_channel:
        raise NotAllowed("This card is none of Outrider's: answer in the channel that it posts to.")
    async with outrider.begin(person_actor(member))() as tx:
        if not await store.remember(tx, click.key, click.user, {}):
            return None
        one = await _shown(tx, click.about)
        if click.action == requests.LOOK:
            return requests.look_view(asked_of(outrider, one))
        _be_allowed(member, one)
        if click.action == requests.NO:
            private = click.about.model_copy(update={"channel": click.channel})
            return requests.no_view(asked_of(outrider, one), private.model_dump_json())
        not_in_a_dry_run(outrider, one.tool)
        switch = await halted(tx, [("agent", one.agent_name), ("tool", one.tool)])
        if switch is not None:
            raise SwitchedOff(f"Nothing was done: {switch.sentence()}.")
        await _settled(tx, one, click.user, is_approved=True)
        await perform_soon(tx, one.id)
    return None


async def denied(tx: Tx, member: Member, given: Submission) -> None:
    """Take a no.

    Raises:
        NotAllowed, NotFound, Conflict, InvalidInput: as `agents.settle` says.
    """
    one = await _shown(tx, given.about)
    _be_allowed(member, one)
    note = given.values.get(requests.NOTE, "").strip() or None
    await _settled(tx, one, given.user, is_approved=False, note=note)


def asked_of(outrider: Outrider, one: ToolRequest, by: str = "", page: str | None = None) -> Asked:
    """A request with what its tool says of itself; of a tool that is gone nothing is said."""
    tool = tools_of(outrider).get(one.tool)
    return Asked(one, tool.description if tool else "", by, page)


def not_in_a_dry_run(outrider: Outrider, tool: str) -> None:
    """No yes is taken where nothing may be done (A-52).

    Raises:
        Refused: it is so; the sentence says how to end it.
    """
    if outrider.settings.agent_dry_run:
        told = DRY_RUN.format(name=tool)
        raise Refused(f"{told} Switch OUTRIDER_AGENT_DRY_RUN off, then answer again.")


async def _shown(tx: Tx, about: About) -> ToolRequest:
    one = await request.find(tx, RequestId(about.draft))
    if one.input_sha256 != about.hash:
        raise NotAllowed("These are not the arguments of this request; answer its own card.")
    return one


def _be_allowed(member: Member, one: ToolRequest) -> None:
    if not member.may(Permission.DRAFTS_DECIDE):
        raise NotAllowed(refusal(member.name, member.role, Permission.DRAFTS_DECIDE))
    if one.status not in requests.OPEN:
        raise Conflict(f"The request for {one.tool} is {one.status.value} already.")


async def _settled(
    tx: Tx, one: ToolRequest, slack_user: str, *, is_approved: bool, note: str | None = None
) -> None:
    await settle.settle(tx, one.id, is_approved=is_approved, note=note)
    body = {"slack_user": slack_user, "act": "yes" if is_approved else "no"}
    await record(tx, "slack.decide", f"request:{one.id}", body)
    await ask_soon(tx, one.id)
