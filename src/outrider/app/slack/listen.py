"""What Slack sends over Socket Mode, through the same `handle` as over HTTP.

In: Outrider and the connection's envelopes. Out: answers, each given after what follows from it is stored.
Never: a second effect of an envelope that comes again, in this process or another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from outrider.app.slack import store
from outrider.app.slack.handle import DOOR, handle
from outrider.app.slack.ports import SlackApi
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput
from outrider.kernel.telemetry import get_logger
from outrider.vendors.slack import Slack
from outrider.vendors.slack_socket import Envelope, SlackSocket

_log = get_logger("slack")


def socket_of(outrider: Outrider) -> SlackSocket | None:
    """The connection; None while Slack or Socket Mode is not set up."""
    token = outrider.secret_setting("slack_app_token")
    if token is None or outrider.slack() is None:
        return None
    return SlackSocket(Slack(token, outrider.settings.slack_api_url))


async def listen_forever(outrider: Outrider) -> None:
    """Take what Slack sends until cancelled; returns at once where Socket Mode is not set up."""
    socket, api = socket_of(outrider), outrider.slack()
    if socket is not None and api is not None:
        await socket.run(partial(take, outrider, api))


async def take(outrider: Outrider, api: SlackApi, envelope: Envelope) -> Mapping[str, Any]:
    """Do what an envelope asks for, once; one that comes again gets the answer of the first time."""
    key = f"envelope:{envelope.id}"
    async with outrider.begin(DOOR)() as tx:
        known = await store.answer_to(tx, key)
    if known is not None:
        return known
    try:
        answer = await handle(outrider, api, envelope.payload)
    except InvalidInput as error:
        # It is not about us; without an acknowledgement it would come again for ever.
        _log.info("slack_envelope_not_ours", kind=envelope.kind, reason=error.message)
        answer = {}
    async with outrider.begin(DOOR)() as tx:
        await store.remember(tx, key, None, answer)
    return answer
