"""Approved mail by the ten thousand, for trials and figures.

In: a world, a number. Out: rows, as the rooms above sending would have written them, one statement a
table. Never: a mail sent, a key that points nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from outrider.drafts.rules import content_hash
from outrider.drafts.types import MailContent
from outrider.kernel.ids import new_id
from outrider.prospects.types import ContactId
from outrider.sending.mail import message_id
from outrider.sending.types import Mailbox
from tests.sending_world import BODY, SUPPRESSOR, World, plain

AT_ONCE = 5_000


@dataclass(frozen=True)
class Crowd:
    """Who is written to, and from where."""

    count: int
    mailboxes: Sequence[Mailbox]
    email: Callable[[int], str] = lambda n: f"dana{n}@depot.example"
    queued: bool = False
    """Whether the mails are in the outbox already."""


def fill(world: World, crowd: Crowd) -> list[str]:
    """Approve a first mail to each of so many new contacts; their addresses, in order."""
    emails: list[str] = []
    with psycopg.connect(plain(world.database.owner)) as conn:
        for start in range(0, crowd.count, AT_ONCE):
            rows: dict[str, list[dict[str, Any]]] = {}
            for number in range(start, min(start + AT_ONCE, crowd.count)):
                emails.append(crowd.email(number))
                for table, row in _one(world, crowd, number, emails[-1]):
                    rows.setdefault(table, []).append(row)
            for table, several in rows.items():
                _copy(conn, table, several)
    with psycopg.connect(plain(world.database.owner), autocommit=True) as conn:
        conn.execute("vacuum analyze")
    return emails


def _one(
    world: World, crowd: Crowd, number: int, address: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    now = datetime.now(UTC)
    account, contact, enrollment = new_id(now), ContactId(new_id(now)), new_id(now)
    mailbox = crowd.mailboxes[number % len(crowd.mailboxes)]
    draft, decision = new_id(now), new_id(now)
    content = world.content(contact, address, mailbox)
    hash_ = content_hash(content)
    whose = {"workspace_id": world.workspace, "created_at": now}
    about = {"campaign_id": world.campaign_id, "account_id": account, "contact_id": contact}
    yield "accounts", whose | {
        "id": account, "key": f"name:{account}", "name": f"Depot {number}", "status": "sequenced",
        "attributes": "{}", "updated_at": now,
    }  # fmt: skip
    yield "contacts", whose | {
        "id": contact, "account_id": account, "email": address, "email_key": address.lower(),
        "first_name": "Dana", "last_name": "Lee", "title": "Controller", "status": "active",
        "source": "import", "updated_at": now, "address_hash": SUPPRESSOR.hash(address),
    }  # fmt: skip
    yield "enrollments", whose | about | {
        "id": enrollment, "sequence_id": world.sequence_id, "mailbox_id": mailbox.id,
        "status": "active", "next_step": 1, "thread_message_ids": "[]", "updated_at": now,
    }  # fmt: skip
    yield "drafts", whose | about | _words(content) | {
        "id": draft, "lineage_id": draft, "version": 1, "enrollment_id": enrollment, "step": 1,
        "status": "queued" if crowd.queued else "approved", "content_hash": hash_,
    }  # fmt: skip
    yield "decisions", {
        "workspace_id": world.workspace, "id": decision, "draft_id": draft, "kind": "approve",
        "person_id": world.person, "content_hash": hash_, "subject_before": content.subject,
        "body_before": "", "decided_at": now,
    }  # fmt: skip
    if crowd.queued:
        id_ = new_id(now)
        yield "outbox", about | {
            "workspace_id": world.workspace, "id": id_, "draft_id": draft,
            "decision_id": decision, "enrollment_id": enrollment, "mailbox_id": mailbox.id,
            "step": 1, "content_hash": hash_, "message_id": message_id(id_.hex, mailbox.address),
            "status": "queued", "queued_at": now, "not_before": now,
        }  # fmt: skip


def _words(content: MailContent) -> dict[str, Any]:
    whole = content.model_dump(mode="json")
    return {
        "recipient": json.dumps(whole["recipient"]), "sender": json.dumps(whole["sender"]),
        "subject": content.subject, "body": BODY.format(first="Dana"), "text": content.text,
        "html": content.html, "headers": json.dumps(content.headers), "claims": "[]",
        "findings": "[]", "reasoning": "[]", "sources": "[]", "angle": "leases", "confidence": 1,
        "writer": "offline", "prompt_id": "p", "actor": "system",
    }  # fmt: skip


def _copy(conn: psycopg.Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    statement = sql.SQL("copy outrider.{} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with conn.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
