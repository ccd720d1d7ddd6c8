"""Everything that led to one mail, from its Message-ID (X-3).

In: the open transaction. Out: one dictionary, told as a story by the command line and the API.
Never: a change, or a gap passed over in silence: what is not there is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from outrider.app.views import drafts
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.sending.mail import id_in


async def trace(tx: Tx, message_id: str) -> dict[str, Any]:
    """The story of the mail with this Message-ID; angle brackets may be left out.

    Raises:
        NotFound: no mail of this workspace has it.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    mail = await tx.row(
        "select o.*, m.address as mailbox, m.transport from outrider.outbox o"
        " join outrider.mailboxes m on m.id = o.mailbox_id where o.id = :id",
        {"id": id_in(wanted)},
    )
    if mail is None:
        raise NotFound(
            f"No mail of this workspace has the Message-ID {wanted}: look it up in the mail's headers."
        )
    draft = await tx.row("select * from outrider.drafts where id = :id", {"id": mail["draft_id"]})
    assert draft is not None
    story: dict[str, Any] = _plain(
        {
            "message_id": wanted,
            "mail": mail,
            "decision": await _decision(tx, mail["decision_id"]),
            "versions": await drafts.lineage(tx, draft["lineage_id"]),
            "run": await _run(
                tx,
                draft["lineage_id"],
                [mail["account_id"], mail["contact_id"], mail["enrollment_id"]],
            ),
            "blueprint": await _blueprint(tx, draft["blueprint_id"]),
            "evidence": await _evidence(tx, draft["claims"]),
            "thread": await _thread(tx, mail["enrollment_id"]),
            "events": await _events(tx, mail, draft["lineage_id"]),
        }
    )
    return story


async def _decision(tx: Tx, decision_id: UUID) -> Mapping[str, Any] | None:
    """Who approved, or what in nobody's name, when, and the hash that was approved."""
    return await tx.row(
        "select x.id, x.kind, x.by, x.policy_id, x.content_hash, x.note, x.decided_at, p.name,"
        " p.email from outrider.decisions x left join outrider.people p on p.id = x.person_id"
        " where x.id = :id",
        {"id": decision_id},
    )


async def _run(tx: Tx, lineage_id: UUID, about: Sequence[UUID]) -> dict[str, Any] | None:
    """The run that wrote the first version, and its steps about this account or contact."""
    run = await tx.row(
        "select r.* from outrider.agent_runs r join outrider.drafts d on d.run_id = r.id"
        " where d.lineage_id = :id order by d.version limit 1",
        {"id": lineage_id},
    )
    if run is None:
        return None
    steps = await tx.rows(
        "select number, kind, name, status, model, tokens, cost, input_sha256, started_at,"
        " completed_at, error from outrider.agent_steps where run_id = :id"
        " and input::text ~ any(:about) order by number",
        {"id": run["id"], "about": [str(id_) for id_ in about]},
    )
    count = await tx.row(
        "select count(*) as steps from outrider.agent_steps where run_id = :id", {"id": run["id"]}
    )
    return {**run, "steps": steps, "steps_in_all": count["steps"] if count else 0}


async def _blueprint(tx: Tx, blueprint_id: UUID | None) -> Mapping[str, Any] | None:
    """Which version of the blueprint the writer had."""
    if blueprint_id is None:
        return None
    return await tx.row(
        "select id, version, status, inputs_sha256, created_at from outrider.blueprints"
        " where id = :id",
        {"id": blueprint_id},
    )


async def _evidence(tx: Tx, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each claim with the stored fact behind it."""
    found = await tx.rows(
        "select id, kind, value, unit, as_of, quote, source, url, accession, retrieved_at,"
        " raw_sha256 from outrider.facts where id = any(:ids)",
        {"ids": [UUID(claim["fact_id"]) for claim in claims]},
    )
    by_id = {str(fact["id"]): fact for fact in found}
    return [
        {"claim": claim["span"], "value": claim["value"], "fact": by_id.get(claim["fact_id"])}
        for claim in claims
    ]


async def _thread(tx: Tx, enrollment_id: UUID) -> Sequence[Mapping[str, Any]]:
    """What came back."""
    return await tx.rows(
        "select u.direction, u.kind, u.message_id, u.from_address, u.subject, u.received_at"
        " from outrider.turns u join outrider.threads t on t.id = u.thread_id"
        " where t.enrollment_id = :id order by u.received_at",
        {"id": enrollment_id},
    )


async def _events(tx: Tx, mail: Mapping[str, Any], lineage_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The audit events of this mail's drafts, decision and outbox row."""
    return await tx.rows(
        "select e.id, e.at, coalesce(p.name, e.actor) as actor, e.action, e.subject, e.body,"
        " l.leaf_no from outrider.audit_events e"
        " left join outrider.audit_leaves l on l.event_id = e.id"
        " left join outrider.people p on e.actor = 'person:' || p.id"
        " where e.workspace_id = :workspace and e.subject = any(cast(:subjects as text[]) || array("
        "  select 'draft:' || id from outrider.drafts where workspace_id = :workspace"
        "  and lineage_id = :lineage))"
        " order by e.at, e.id",
        {
            "workspace": tx.workspace,
            "subjects": [
                f"outbox:{mail['id']}",
                f"enrollment:{mail['enrollment_id']}",
                f"decision:{mail['decision_id']}",
            ],
            "lineage": lineage_id,
        },
    )


def _plain(value: Any) -> Any:
    """JSON-able: ids, instants and decimals as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items() if key != "workspace_id"}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value
