"""Tools that keep records: notes and tasks for the CRM, corrections of a lead.

In: ids that our tools have told, words. Out: what was kept. Never: a call to the CRM (what is staged is
pushed apart from every run), an address, a number or a state of a person; a correction without a yes.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field, model_validator

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.reading import IDS, Few, OfContact, Person, read_lead_record
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.crm import note as notes
from outrider.crm.types import Activity
from outrider.prospects import correct
from outrider.prospects.types import ContactId, Provenance

_CONTACT = Field(description="From list_account_contacts")


class NoteOn(Takes):
    """Words about one person."""

    contact_id: UUID = _CONTACT
    text: str = Field(min_length=1, max_length=5000, description="What a colleague should know")


class TaskOn(Takes):
    """Something for a colleague to do about one person."""

    contact_id: UUID = _CONTACT
    text: str = Field(min_length=1, max_length=1000, description="What to do, and why")
    due_on: date | None = Field(default=None, description="The day it is due; none: any")


class Kept(Gives):
    """An entry that waits to be pushed to the CRM."""

    activity_id: UUID
    kind: str
    status: str
    is_new: bool = Field(description="False: the same words were kept today already")


class Correction(Takes):
    """Fields of one person's record; what is left out stays as it is."""

    contact_id: UUID = _CONTACT
    first_name: str | None = Field(default=None, max_length=200)
    last_name: str | None = Field(default=None, max_length=200)
    title: str | None = Field(default=None, max_length=200)
    country: str | None = Field(default=None, max_length=100, description="A name or ISO 3166-1")
    timezone: str | None = Field(default=None, max_length=64, description="Such as Europe/Paris")
    reason: str = Field(min_length=1, max_length=500, description="For the person who decides")

    @property
    def fields(self) -> dict[str, str]:
        """What is to be set."""
        told = self.model_dump(exclude={"contact_id", "reason"}, exclude_none=True)
        return {name: str(value) for name, value in told.items()}

    @model_validator(mode="after")
    def _says_something(self) -> Correction:
        if not self.fields:
            raise ValueError(f"name a field to correct: {', '.join(correct.READERS)}")
        return self


class AboutPerson(Few):
    """What is logged about one person."""

    contact_id: UUID = _CONTACT


class Entry(Gives):
    """One entry; strangers' words may be among its text."""

    activity_id: UUID
    kind: str
    status: str
    at: datetime
    text: str


class Entries(Gives):
    """Entries, newest first."""

    contact_id: UUID
    entries: tuple[Entry, ...]


async def log_activity(hands: Hands, asked: NoteOn) -> Kept:
    """Stage a note for the CRM."""
    return _kept(*await notes.note(hands.tx, ContactId(asked.contact_id), asked.text))


async def create_task(hands: Hands, asked: TaskOn) -> Kept:
    """Stage a task for the CRM."""
    contact = ContactId(asked.contact_id)
    return _kept(*await notes.task(hands.tx, contact, asked.text, asked.due_on))


def _kept(activity: Activity, is_new: bool) -> Kept:
    return Kept(activity_id=activity.id, kind=activity.kind, status=activity.status, is_new=is_new)


async def update_lead_record(hands: Hands, asked: Correction) -> Person:
    """Correct a record, once a person has agreed."""
    await correct.correct(hands.tx, ContactId(asked.contact_id), asked.fields)
    (person,) = (await read_lead_record(hands, OfContact(contact_id=asked.contact_id))).people
    return person


async def list_activities(hands: Hands, asked: AboutPerson) -> Entries:
    """What is logged about a person."""
    found = await notes.about(hands.tx, ContactId(asked.contact_id), asked.limit)
    entries = tuple(
        Entry(
            activity_id=one.id,
            kind=one.kind,
            status=one.status,
            at=one.staged_at,
            text=one.payload.get("text") or one.payload.get("outcome", ""),
        )
        for one in found
    )
    return Entries(contact_id=asked.contact_id, entries=entries)


RECORDS: tuple[Tool, ...] = (
    *(
        Tool(
            name,
            "Log a note about a person in the CRM, for colleagues to read.",
            NoteOn,
            Kept,
            effect=Effect.CRM_WRITE,
            work=log_activity,
            refs=frozenset({"contact_id"}),
            free=frozenset({"text"}),
        )
        for name in ("log_activity", "sf_log_activity")
    ),
    Tool(
        "create_task",
        "Put a task about a person into the CRM, for a colleague to do.",
        TaskOn,
        Kept,
        effect=Effect.CRM_WRITE,
        work=create_task,
        refs=frozenset({"contact_id"}),
        free=frozenset({"text", "due_on"}),
    ),
    Tool(
        "update_lead_record",
        "Correct name, title, country or time zone of a person. A colleague says yes first.",
        Correction,
        Person,
        effect=Effect.CRM_WRITE,
        work=update_lead_record,
        needs_person=True,
        refs=frozenset({"contact_id"}),
    ),
    Tool(
        "list_activities",
        "What is logged about a person: mails, answers, notes, tasks, newest first.",
        AboutPerson,
        Entries,
        work=list_activities,
        provenance=Provenance.CRM,
        trusted=IDS | {"activity_id"},
        refs=frozenset({"contact_id"}),
    ),
)
