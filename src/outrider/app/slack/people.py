"""Who a Slack user is. In: Slack's id of a user. Out: the member behind it. Never: a guess by name or address."""

from __future__ import annotations

import re

from outrider.app.slack import store
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput


async def map_user(tx: Tx, email: str, slack_user: str) -> Member:
    """Let a Slack user act as this person; an earlier mapping of the same user ends.

    Raises:
        InvalidInput: the id is none of Slack's, or nobody has this address.
    """
    slack_user = slack_user.strip()
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", slack_user, re.ASCII):
        raise InvalidInput(
            f"{slack_user[:40]!r} is no Slack user id: open the profile in Slack, then "
            "“Copy member ID”; it looks like U012AB3CD."
        )
    member = await access.person_for(tx, email)
    await store.put_person(tx, slack_user, member.person_id)
    await record(tx, "slack.map_user", f"person:{member.person_id}", {"slack_user": slack_user})
    return member


async def behind(tx: Tx, slack_user: str) -> Member | None:
    """The member that this Slack user acts as, if anybody said so."""
    person_id = await store.person_of(tx, slack_user)
    return await access.member(tx, person_id) if person_id else None
