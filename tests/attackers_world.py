"""A workspace with one of everything that has an id, made over HTTP as people make it, to be attacked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from outrider.app.wiring import Outrider
from outrider.kernel.access import Member
from tests.access_world import bearer, client, somebody
from tests.attackers import NOBODY
from tests.drafts_world import build, offline_draft

NOT_OF_A_WORKSPACE = {
    "at": "a place in a file",
    "number": "counted in each workspace for itself",
    "provider": "a name of a vendor",
    "key": "a name of a webhook's secret",
    "token": "a signed link, which carries its own proof",
    "work_id": "kept for the person who began it, in memory",
    "run_id": "see the fleet's own tests",
    "request_id": "see the tests of calls that wait for a person",
    "reply_id": "see the tests of replies",
    "message_id": "of a mail that was sent",
}
"""What stands in addresses and is no id that could be tried elsewhere, and why."""
ADDRESS = "sam@try-ledgerway.example"


@dataclass(frozen=True)
class Inhabited:
    """An admin, and an id for each name that stands in an address."""

    outrider: Outrider
    admin: Member
    headers: dict[str, str]
    ids: dict[str, str]
    agents: dict[str, str]
    """The same, where `name` is an agent and not a campaign."""

    def ids_for(self, path: str) -> dict[str, str]:
        """The ids that fit this address."""
        return self.agents if path.startswith("/api/agents") else self.ids

    @property
    def owned(self) -> set[str]:
        """What exists here and nowhere else."""
        apart = {"at", "address", "domain"}
        return {found for name, found in self.ids.items() if name not in apart and len(found) > 9}


@asynccontextmanager
async def asking(outrider: Outrider, headers: dict[str, str]) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of ours with this session."""
    async with client(outrider) as http:
        http.headers.update(headers)
        yield http


async def inhabited(outrider: Outrider, name: str = "Kim Lee") -> Inhabited:
    """One draft, mailbox, person, key, invitation, file and event, with their ids."""
    admin = await somebody(outrider, "admin", name)
    other = await somebody(outrider, "viewer", "Ola Berg" if name == "Kim Lee" else "Uma Dale")
    headers = await bearer(outrider, admin)
    async with outrider.begin()() as tx:
        world = await build(tx)
        draft = await offline_draft(tx, world)
        rows = await tx.rows("select id from outrider.audit_events order by id limit 1")
    ids = {
        "person_id": str(other.person_id),
        "ref": str(draft.id),
        "name": str(world.campaign.id),
        "campaign": str(world.campaign.id),
        "account_id": str(world.dossier.account.id),
        "contact_id": str(draft.contact_id),
        "event_id": str(rows[0]["id"]),
        "at": "0",
        "number": "1",
        "selector": "o1",
    }
    async with asking(outrider, headers) as http:
        ids |= await _made(http)
    return Inhabited(outrider, admin, headers, ids, {**ids, "name": "research"})


async def _made(http: httpx2.AsyncClient) -> dict[str, str]:
    mailbox = {
        "address": ADDRESS,
        "name": "Sam Ortiz",
        "postal_address": "12 Main Street, Springfield, IL 62701",
        "booking_link": "https://ledgerway.example/sam",
    }
    made = await http.post("/api/sending/mailboxes", json=mailbox)
    assert made.status_code in (201, 409), made.text
    key = await http.post("/api/keys", json={"name": "probe", "scopes": ["drafts.read"]})
    assert key.status_code == 201, key.text
    invited = await http.post(
        "/api/invitations", json={"email": "i@acme.example", "role": "viewer"}
    )
    assert invited.status_code == 201, invited.text
    file = await http.post("/api/imports/files", json={"name": "a.csv", "size_bytes": 3})
    assert file.status_code == 201, file.text
    sessions = (await http.get("/api/me/sessions")).json()["items"]
    keys = (await http.get("/api/keys")).json()["items"]
    invitations = (await http.get("/api/invitations")).json()["items"]
    return {
        "address": ADDRESS,
        "domain": ADDRESS.rpartition("@")[2],
        "key_id": keys[0]["id"],
        "invitation_id": invitations[0]["id"],
        "file_id": file.json()["id"],
        "session_id": sessions[0]["id"] if sessions else NOBODY,
    }
