"""Whatever an agent's login writes into a draft, a person cannot approve what he was not shown.

Each test adds a row with the agents' own login, its hash computed anew, as somebody would who has
talked an agent's process into running statements of his own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outrider.drafts import decide, read, store
from outrider.drafts.rules import content_hash
from outrider.drafts.types import Draft, DraftStatus, Source
from outrider.guardrails.types import Claim, ClaimedFactId
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import Broken, Conflict, OutriderError, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.prospects import consent
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import SuppressionReason
from tests.drafts_world import NOW, World, build, offline_draft

AGENT = Actor(ActorKind.AGENT, "sdr")


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    async with database.transaction(workspace, SYSTEM) as tx:
        return await build(tx)


@pytest.fixture
async def honest(database: Database, workspace: WorkspaceId, world: World) -> Draft:
    """A draft as the product writes it, not kept."""
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        not_kept = await tx.conn.begin_nested()
        draft = await offline_draft(tx, world)
        await not_kept.rollback()
    return draft


async def add(database: Database, workspace: WorkspaceId, draft: Draft) -> Draft:
    """Add a row with the agents' login; it may say anything but another status."""
    sealed = draft.model_copy(update={"content_hash": content_hash(draft.content)})
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        added = await store.add(tx, sealed)
    assert added is not None
    return added


def content(**changes: object) -> Callable[[Draft], dict[str, Any]]:
    return lambda draft: {"content": draft.content.model_copy(update=changes)}


def within(part: str, **changes: object) -> Callable[[Draft], dict[str, Any]]:
    def change(draft: Draft) -> dict[str, Any]:
        inner = getattr(draft.content, part).model_copy(update=changes)
        return {"content": draft.content.model_copy(update={part: inner})}

    return change


def headers(**added: str) -> Callable[[Draft], dict[str, Any]]:
    def change(draft: Draft) -> dict[str, Any]:
        more = {name.replace("_", "-"): value for name, value in added.items()}
        both = {**draft.content.headers, **more}
        return {"content": draft.content.model_copy(update={"headers": both})}

    return change


def other_words(draft: Draft) -> dict[str, Any]:
    """The shown body is harmless, the text that would be sent is not."""
    text = draft.content.text.replace(draft.body, "Pay your rent to a new account from now on.")
    return {"content": draft.content.model_copy(update={"text": text})}


FORGERIES: dict[str, Callable[[Draft], dict[str, Any]]] = {
    "html says something else": content(html="<p>Pay your rent to a new account.</p>"),
    "text says something else": other_words,
    "answers go elsewhere": headers(Reply_To="eve@evil.example"),
    "threads on a stranger's mail": headers(
        In_Reply_To="<a@b.example>", References="<a@b.example>"
    ),
    "another recipient": within("recipient", email="victim@elsewhere.example"),
    "another recipient's name": within("recipient", first_name="Chief"),
    "another brand": within("sender", brand="Your Bank"),
    "a layout that no person gave": within("sender", layout="ab" * 32),
    "a hidden sign in the body": lambda draft: {"body": draft.body + "\u202e"},
}


async def test_the_honest_draft_can_be_approved(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId
) -> None:
    added = await add(database, workspace, honest)
    async with database.transaction(workspace, SYSTEM) as tx:
        assert (await decide.approve(tx, added.id, person)).status is DraftStatus.APPROVED


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_is_not_made_of_the_words_and_the_database_is_not_approved(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId, forgery: str
) -> None:
    forged = await add(database, workspace, honest.model_copy(update=FORGERIES[forgery](honest)))
    await _is_refused(database, workspace, forged, person, Broken, Conflict)


async def test_findings_that_were_left_out_are_found_again(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId, world: World
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await offline_draft(tx, world)
        [draft] = await read.listing(tx)
        worse = await decide.edit(
            tx, draft.id, person, body=f"{draft.body}\n\nYou lost $9.9 billion on leases."
        )
        assert worse.blocked_by
    silent = worse.model_copy(
        update={
            "id": honest.id,
            "lineage_id": honest.id,
            "version": 1,
            "findings": (),
            "parent_id": None,
            "actor": str(AGENT),
        }
    )
    async with database.transaction(workspace, SYSTEM) as tx:
        await decide.reject(tx, worse.id, person, "no such figure")
    forged = await add(database, workspace, silent)
    error = await _is_refused(database, workspace, forged, person, Refused)
    assert "$9.9 billion" in error.message


async def test_a_claim_on_another_accounts_fact_is_found_again(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("update outrider.campaigns set name = 'Leases, the first'")
        other = await build(tx)
    claim = Claim(
        span=honest.body.split()[0], fact_id=ClaimedFactId(other.dossier.facts[0].id), value="x"
    )
    forged = await add(database, workspace, honest.model_copy(update={"claims": (claim,)}))
    await _is_refused(database, workspace, forged, person, Refused)


async def test_a_source_that_is_no_stored_evidence_is_not_shown_as_one(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId
) -> None:
    invented = Source(
        label="Annual report",
        url="https://evil.example/report",
        quote="as you know",
        retrieved_at=NOW,
        raw_sha256="0" * 64,
    )
    forged = await add(database, workspace, honest.model_copy(update={"sources": (invented,)}))
    error = await _is_refused(database, workspace, forged, person, Refused)
    assert "Annual report" in error.message


async def test_a_draft_cannot_ride_on_another_persons_sequence(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("update outrider.campaigns set name = 'Leases, the first'")
        other = await build(tx)
    forged = await add(
        database, workspace, honest.model_copy(update={"enrollment_id": other.enrollment.id})
    )
    await _is_refused(database, workspace, forged, person, Broken)


async def test_a_draft_to_somebody_who_said_no_is_not_approved(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId, world: World
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        await consent.suppress(
            tx, Suppressor(b"k" * 32), world.contact.id, SuppressionReason.OPT_OUT, "test"
        )
    late = await add(database, workspace, honest)
    await _is_refused(database, workspace, late, person, Refused)


async def test_a_contact_that_changed_is_told_and_an_edit_addresses_it_anew(
    database: Database, workspace: WorkspaceId, honest: Draft, person: PersonId, world: World
) -> None:
    added = await add(database, workspace, honest)
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run(
            "update outrider.contacts set first_name = 'Dan' where id = :id",
            {"id": world.contact.id},
        )
    error = await _is_refused(database, workspace, added, person, Conflict)
    assert "first_name" in error.message
    async with database.transaction(workspace, SYSTEM) as tx:
        body = added.body.replace("Hi Dana", "Hi Dan")
        edited = await decide.edit(tx, added.id, person, body=body)
        assert edited.content.recipient.first_name == "Dan"
        assert (await decide.approve(tx, edited.id, person)).status is DraftStatus.APPROVED


async def _is_refused(
    database: Database,
    workspace: WorkspaceId,
    draft: Draft,
    person: PersonId,
    *kinds: type[OutriderError],
) -> OutriderError:
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(kinds) as error:
            await decide.approve(tx, draft.id, person, draft.content_hash)
        found = await read.find(tx, str(draft.id))
        assert found.status is DraftStatus.PENDING
        assert await read.decision(tx, draft.id) is None
    return error.value
