"""The audit log as an auditor asks for it: by address, name and Message-ID, told with names.

In: the open transaction and what is asked. Out: events with who, what and to whom in words. Never: a
change; what is told of a person to somebody who may not read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from outrider.kernel import access
from outrider.kernel.audit import search as log
from outrider.kernel.audit.search import Wanted
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.kernel.secrets.people import People
from outrider.prospects.identity import address_key
from outrider.sending.mail import id_in

Words = Annotated[str, Field(min_length=1, max_length=998)]


class Asked(BaseModel):
    """What an auditor asks, in his words; each narrows the search."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Words | None = None
    """An e-mail address: of a member, all that the member did; else as `contact`."""
    contact: Words | None = None
    """An e-mail address of somebody we write to: all that tells of them."""
    agent: Words | None = None
    tool: Words | None = None
    mail: Words | None = None
    """A Message-ID; angle brackets may be left out."""
    about: Words | None = None
    """`kind:id`."""
    action: Words | None = None
    """A room, or `room.verb`."""
    since: datetime | None = None
    until: datetime | None = None

    @field_validator("since", "until", mode="before")
    @classmethod
    def _written_out(cls, at: object) -> object:
        """A bare number would be taken for seconds since 1970, which nobody means here."""
        if isinstance(at, str) and at.replace(".", "", 1).removeprefix("-").isdecimal():
            raise ValueError("write a day or an instant, such as 2026-03-05T10:00Z")
        return at

    @field_validator("since", "until")
    @classmethod
    def _aware(cls, at: datetime | None) -> datetime | None:
        """A time without a zone is UTC."""
        return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


@dataclass(frozen=True)
class Reader:
    """Who looks."""

    people: People
    may_open: bool
    """Whether they may read what is kept of a person."""


async def search(
    tx: Tx,
    asked: Asked,
    *,
    before: UUID | None = None,
    limit: int = 50,
    reader: Reader | None = None,
) -> list[dict[str, Any]]:
    """The events that fit, newest first, each with `who` in words and `outcome`.

    `contact` is what the event tells of a person in words, or `erased`; None where it tells nothing,
    or the reader may not know.

    Raises:
        NotFound: nobody has this address, or no mail this Message-ID.
        InvalidInput: conditions that cannot both hold, or a limit out of bounds.
    """
    people = reader.people if reader else None
    events = await log.search(tx, await wanted(tx, asked, before, limit, people))
    names = await _names(tx, [event["actor"] for event in events])
    opened = await reader.people.opened(tx, events) if reader and reader.may_open else {}
    return [{**_told(event, names), "contact": opened.get(event["id"])} for event in events]


async def wanted(
    tx: Tx,
    asked: Asked,
    before: UUID | None = None,
    limit: int = 50,
    people: People | None = None,
) -> Wanted:
    """The search in the log's own terms; `people` knows addresses whose contact is gone.

    Raises:
        NotFound, InvalidInput: as `search`.
    """
    if asked.person and asked.agent:
        raise InvalidInput("Give --person or --agent, not both: an event has one actor.")
    if asked.mail and asked.about:
        raise InvalidInput("Give --mail or --about, not both: a mail names its things itself.")
    if asked.person and asked.contact:
        raise InvalidInput("Give --person or --contact, not both: each is one address.")
    actor = f"agent:{asked.agent}" if asked.agent else None
    address = asked.contact
    if asked.person:
        found = await access.by_email(tx, asked.person)
        actor, address = (f"person:{found.person_id}", None) if found else (None, asked.person)
    contacts = await _contacts(tx, address, people) if address else ()
    subjects: Sequence[str] = [asked.about] if asked.about else []
    if asked.mail:
        subjects = await _of_mail(tx, asked.mail)
    return Wanted(
        subjects=tuple(subjects),
        contacts=contacts,
        actor=actor,
        action=asked.action,
        tool=asked.tool,
        since=asked.since,
        until=asked.until,
        before=before,
        limit=limit,
    )


async def _contacts(tx: Tx, address: str, people: People | None) -> tuple[UUID, ...]:
    """Whom an address means: by the log's own index, and by the contact's row while there is one."""
    rows = await tx.rows(
        "select id from outrider.contacts where email_key = :key", {"key": address_key(address)}
    )
    known = await people.find(tx, address) if people else []
    found = {*known, *(row["id"] for row in rows)}
    if not found:
        raise NotFound(f"Nobody in this workspace has the address {address}.")
    return tuple(sorted(found))


async def _of_mail(tx: Tx, message_id: str) -> list[str]:
    """The subjects of all that led to one mail and followed from it."""
    asked = f"<{message_id.strip().strip('<>')}>"
    row = await tx.row(
        "select o.id, o.enrollment_id, array(select v.id from outrider.drafts v"
        "  where v.lineage_id = d.lineage_id) as versions"
        " from outrider.outbox o join outrider.drafts d on d.id = o.draft_id where o.id = :id",
        {"id": id_in(asked)},
    )
    if row is None:
        raise NotFound(f"No mail of this workspace has the Message-ID {asked}.")
    return [
        f"outbox:{row['id']}",
        f"enrollment:{row['enrollment_id']}",
        *(f"draft:{version}" for version in row["versions"]),
    ]


async def _names(tx: Tx, actors: Sequence[str]) -> dict[str, str]:
    """Names of the people among the actors."""
    ids = {UUID(actor.partition(":")[2]) for actor in actors if actor.startswith("person:")}
    if not ids:
        return {}
    rows = await tx.rows(
        "select id, name from outrider.people where id = any(:ids)", {"ids": list(ids)}
    )
    return {f"person:{row['id']}": row["name"] for row in rows}


def _told(event: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    body = event["body"]
    kind, _, name = event["actor"].partition(":")
    return {
        **event,
        "id": str(event["id"]),
        "at": event["at"].isoformat(timespec="seconds"),
        "who": names.get(event["actor"], name if kind != "person" else "a person since removed"),
        "outcome": str(body.get("outcome") or body.get("error") or body.get("reason") or ""),
        "is_sealed": event["leaf_no"] is not None,
    }
