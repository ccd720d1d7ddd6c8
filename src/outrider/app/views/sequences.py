"""Sequences, moves, experiments and tasks as screens and JSON show them.

In: the open transaction. Out: plain dictionaries. Never: a change, a phone number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from outrider.campaigns import sequences, tasks
from outrider.campaigns.results import Result
from outrider.campaigns.sequences import Move
from outrider.campaigns.task_types import OutreachTask
from outrider.campaigns.types import Campaign, Step
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel.database.tx import Tx

_PEOPLE = (
    "select c.id, c.first_name, c.last_name, c.email, a.name as company from outrider.contacts c"
    " join outrider.accounts a on a.id = c.account_id where c.id = any(:ids)"
)
_DRAFTS = (
    "select enrollment_id, array_agg(number order by number) as numbers from outrider.drafts"
    " where enrollment_id = any(:ids) and status in ('pending','approved','queued')"
    " group by enrollment_id"
)


def version_json(version: Steps) -> dict[str, object]:
    """One version of the steps."""
    return version.model_dump(mode="json")


async def history(tx: Tx, campaign: Campaign) -> list[dict[str, object]]:
    """Every version with how many are in it, newest first."""
    counts = await sequences.standing(tx, campaign)
    found = []
    for version in await sequences.history(tx, campaign):
        here = {state: n for (id_, state), n in counts.items() if id_ == version.id}
        found.append({**version_json(version), "enrollments": here})
    return found


async def moves(tx: Tx, found: Sequence[Move]) -> list[dict[str, object]]:
    """What changes for each enrollment: step now and then, due now and then, drafts void."""
    people = await _people(tx, [move.contact_id for move in found])
    ids = [move.enrollment_id for move in found if move.is_void]
    rows = await tx.rows(_DRAFTS, {"ids": ids})
    drafts = {row["enrollment_id"]: list(row["numbers"]) for row in rows}
    return [
        {
            "enrollment_id": str(move.enrollment_id),
            "contact": people.get(move.contact_id, ""),
            "status": str(move.status),
            "from_version": move.from_version,
            "step_now": _step(move.step_now),
            "step_then": _step(move.step_then),
            "due_now": move.due_now.isoformat() if move.due_now else None,
            "due_then": move.due_then.isoformat() if move.due_then else None,
            "void_drafts": drafts.get(move.enrollment_id, []),
            "changes": not move.is_same,
        }
        for move in found
    ]


async def task_list(tx: Tx, *, everything: bool = False) -> list[dict[str, object]]:
    """Tasks with the name of the person and the company."""
    found = await tasks.listing(tx, everything=everything)
    people = await _people(tx, [task.contact_id for task in found])
    return [task_json(task, people.get(task.contact_id, "")) for task in found]


def task_json(task: OutreachTask, contact: str = "") -> dict[str, object]:
    """One task."""
    return {**task.model_dump(mode="json", exclude={"content_hash"}), "contact": contact}


def result_json(result: Result) -> dict[str, object]:
    """One experiment."""
    return result.model_dump(mode="json")


async def _people(tx: Tx, ids: Sequence[UUID]) -> dict[Any, str]:
    rows = await tx.rows(_PEOPLE, {"ids": list(ids)})
    return {row["id"]: _name(row) for row in rows}


def _name(row: Any) -> str:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    return f"{name or row['email']}, {row['company']}"


def _step(step: Step | None) -> dict[str, object] | None:
    if step is None:
        return None
    return {"number": step.number, "channel": step.channel, "purpose": step.purpose}
