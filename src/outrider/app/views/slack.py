"""One mail as the Slack door shows it, and which mails it shows wrongly or not yet.

In: the open transaction, a lineage. Out: drafts in the shape of `views.drafts`, with who is asked, what
anybody may do, what left and what came back. Never: a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from outrider.app.views import drafts
from outrider.app.views.planned import planned
from outrider.drafts.review import calendar
from outrider.kernel import access
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

MOST_PEOPLE = 30
"""People who are asked whether they might; with more, somebody among these can."""
LONGEST_ANSWER = 1_000
"""Characters of a received mail that are read; far fewer are shown."""

_STATE = (
    "concat_ws('|', d.status,"
    " case when d.status = 'approved' and d.released_at > cast(:now as timestamptz) then 'undo' end,"
    " case when d.status = 'pending' then concat_ws('.',"
    " (select concat_ws('.', r.level, extract(epoch from r.due_at)::bigint, r.assigned,"
    " extract(epoch from r.snoozed_until)::bigint) from outrider.reviews r"
    " where r.draft_id = d.id),"
    " (select count(*) from outrider.approvals a"
    " where a.draft_id = d.id and a.content_hash = d.content_hash),"
    " exists (select 1 from outrider.draft_scores s where s.draft_id = d.id)) end)"
)
"""How a draft stands, as far as its card shows it."""

_STEP = "concat_ws('.', r.level, r.reminded, case when r.timed_out_at is not null then 'over' end)"
_IS_CHASED = (
    "(r.level > 0 or r.reminded > 0 or r.timed_out_at is not null) and r.notice is not null"
)
_ANSWERS = "u.direction = 'in' and u.kind in ('reply','opt_out','auto_reply','bounce','complaint')"


def _untold(topic: str) -> str:
    return (
        "not exists (select 1 from outrider.slack_posts q where q.draft_id = d.id"
        f" and q.topic = {topic} and q.ts is not null)"
    )


def _quoted(word: str) -> str:
    return f"'{word}'"


_CLOCK = f"'clock ' || {_STEP}"
_BEHIND = (
    "select d.lineage_id from outrider.drafts d"
    " left join outrider.slack_posts p on p.draft_id = d.id and p.topic = 'card'"
    " where (d.status = 'pending' and p.ts is null)"
    " or (p.id is not null and p.ts is null and p.may_be_there)"
    f" or (p.ts is not null and (p.shown is distinct from {_STATE}"
    " or (exists (select 1 from outrider.decisions x where x.draft_id = d.id"
    f" and x.kind in ('approve','reject')) and {_untold(_quoted('decision'))})"
    f" or (d.status = 'expired' and {_untold(_quoted('expired'))})"
    " or (exists (select 1 from outrider.outbox o where o.draft_id = d.id and o.status = 'sent')"
    f" and {_untold(_quoted('sent'))})"
    " or (d.status = 'pending' and exists (select 1 from outrider.reviews r"
    f" where r.draft_id = d.id and {_IS_CHASED} and {_untold(_CLOCK)}))"
    " or d.id in (select o.draft_id from outrider.turns u"
    f" join outrider.outbox o on o.id = u.outbox_id where {_ANSWERS}"
    " and not exists (select 1 from outrider.slack_posts q where q.draft_id = o.draft_id"
    " and q.topic = 'reply ' || u.id and q.ts is not null))))"
    " group by d.lineage_id order by min(d.number) limit :limit"
)


async def behind(tx: Tx, limit: int = 50) -> list[UUID]:
    """Mails of which Slack does not show all, or shows it otherwise than it is; oldest first."""
    rows = await tx.rows(_BEHIND, {"limit": limit, "now": tx.now})
    return [row["lineage_id"] for row in rows]


async def versions(tx: Tx, lineage_id: UUID) -> list[dict[str, Any]]:
    """Every version of one mail, oldest first, with what the cards and the thread need besides."""
    found = await drafts.lineage(tx, lineage_id)
    told = await _told(tx, lineage_id)
    everybody = await access.members(tx)
    shown = []
    notes = {one["number"]: one["decision_note"] for one in found if one["decision"] == "reject"}
    for draft in found:
        draft |= {**told[draft["id"]], "asked_for": notes.get(draft["replaces"])}
        if draft["status"] == "pending" or draft["undo_until"]:
            draft |= await _for_anybody(tx, draft["id"], everybody)
            draft["planned"] = await planned(tx, draft)
        if draft["status"] == "pending":
            draft["asked"] = await asked(tx, (draft["review"] or {}).get("assigned"))
        shown.append(draft)
    return shown


async def one(tx: Tx, draft_id: UUID, member: Member) -> dict[str, Any] | None:
    """One draft for one person."""
    found = await drafts.one(tx, draft_id, member)
    if found is not None and found["status"] == "pending":
        found["asked"] = await asked(tx, (found["review"] or {}).get("assigned"))
        found["planned"] = await planned(tx, found)
    return found


async def asked(tx: Tx, assigned: str | None) -> dict[str, list[str]]:
    """Who is asked now: Slack users of those whom the door knows, names of the others."""
    people = (await calendar.responsible_for(tx, assigned)).people
    users = await _users(tx, [one.person_id for one in people])
    return {
        "users": [users[one.person_id] for one in people if one.person_id in users],
        "names": [one.name for one in people if one.person_id not in users],
    }


async def _for_anybody(tx: Tx, draft_id: str, everybody: list[Member]) -> dict[str, Any]:
    """What at least one person here may do, and what changed; a channel is no person."""
    can: dict[str, dict[str, Any]] = {}
    diff: list[Any] = []
    # Who is told why not sees the reason that counts for whoever decides everyday drafts.
    order = sorted(everybody, key=lambda one: (not one.may_decide, one.role is PersonRole.ADMIN))
    for member in order[:MOST_PEOPLE]:
        found = await drafts.one(tx, draft_id, member)
        assert found is not None
        diff = found["diff"]
        for verb, permission in found["can"].items():
            if permission["allowed"] or verb not in can:
                can[verb] = permission
        if all(can[verb]["allowed"] for verb in _VERBS[found["status"] == "pending"]):
            break
    return {"can": can, "diff": diff}


_VERBS = {True: ("approve", "edit", "reject", "snooze"), False: ("take_back",)}


async def _told(tx: Tx, lineage_id: UUID) -> dict[str, dict[str, Any]]:
    """By draft: its state, the clock's last word, when it left, what came back."""
    rows = await tx.rows(
        f"select d.id, {_STATE} as state, r.step, r.notice, r.notified_at, o.message_id, o.sent_at"
        " from outrider.drafts d left join outrider.outbox o"
        " on o.draft_id = d.id and o.status = 'sent'"
        f" left join lateral (select r.notified_at, case when {_IS_CHASED} then {_STEP} end as step,"
        " r.notice from outrider.reviews r where r.draft_id = d.id and r.closed_at is null) r on true"
        " where d.lineage_id = :id",
        {"id": lineage_id, "now": tx.now},
    )
    answers = await tx.rows(
        "select o.draft_id, u.id, u.kind, left(u.text, :most) as text, u.received_at"
        " from outrider.turns u join outrider.outbox o on o.id = u.outbox_id"
        f" join outrider.drafts d on d.id = o.draft_id where d.lineage_id = :id and {_ANSWERS}"
        " order by u.received_at, u.id",
        {"id": lineage_id, "most": LONGEST_ANSWER},
    )
    return {
        str(row["id"]): {
            "state": row["state"],
            "clock": _clock(row),
            "notified": row["notified_at"] is not None,
            "sent": row["message_id"]
            and {"message_id": row["message_id"], "at": row["sent_at"].isoformat()},
            "replies": [_answer(one) for one in answers if one["draft_id"] == row["id"]],
        }
        for row in rows
    }


def _clock(row: Mapping[str, Any]) -> dict[str, str] | None:
    return {"step": row["step"], "notice": row["notice"]} if row["step"] else None


def _answer(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "text": row["text"],
        "at": row["received_at"].isoformat(),
    }


async def _users(tx: Tx, people: list[PersonId]) -> dict[PersonId, str]:
    """The Slack user of each of these people who has one; of several, the one mapped last."""
    rows = await tx.rows(
        "select person_id, slack_user_id from outrider.slack_users where person_id = any(:ids)"
        " order by created_at, id",
        {"ids": people},
    )
    return {PersonId(row["person_id"]): row["slack_user_id"] for row in rows}
