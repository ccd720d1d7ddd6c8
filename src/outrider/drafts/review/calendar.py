"""Who is responsible for a review, when they work, and who stands in for them.

In: the open transaction, a role or a person's address. Out: people, and their working times.
Never: a decision on a draft, a person who may not decide, a chain of stand-ins without an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from outrider.drafts.review import store_times
from outrider.drafts.review.hours import Working, checked
from outrider.drafts.review.types import Delegation, WorkingTime
from outrider.kernel import access
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed
from outrider.kernel.ids import PersonId

LONGEST_CHAIN = 10
"""Stand-ins of stand-ins that are followed; no team is so deep on leave."""
LONGEST_ABSENCE = timedelta(days=366)

_ABOVE = {
    PersonRole.APPROVER: (PersonRole.CAMPAIGN_MANAGER, PersonRole.ADMIN),
    PersonRole.CAMPAIGN_MANAGER: (PersonRole.ADMIN,),
    PersonRole.COMPLIANCE: (PersonRole.ADMIN,),
    PersonRole.ADMIN: (),
}
"""Who takes a review that is for a role which nobody holds, in this order; then anyone who may decide."""

_RANK = {
    PersonRole.APPROVER: 1,
    PersonRole.CAMPAIGN_MANAGER: 2,
    PersonRole.COMPLIANCE: 3,
    PersonRole.ADMIN: 4,
}


@dataclass(frozen=True)
class Responsible:
    """Who is asked now. `assigned` is the role or address that counts, None for anyone who may decide."""

    assigned: str | None
    people: tuple[Member, ...]
    why: str | None = None
    """Why it is not who was named."""


async def responsible_for(tx: Tx, assigned: str | None) -> Responsible:
    """The people who are asked now: who holds the role, or has the address; away, who stands in.

    A role that nobody holds falls to the next one up, then to an admin, then to anyone who may decide.
    So does an address of nobody, or of somebody who may not decide.
    """
    everybody = await access.members(tx)
    away = await _stand_ins(tx, everybody)
    named = _named(assigned, everybody)
    if named or assigned is None:
        people = named or tuple(one for one in everybody if one.may_decide)
        return Responsible(assigned, _now(people, away, everybody))
    for role in _ABOVE.get(_role(assigned) or PersonRole.CAMPAIGN_MANAGER, ()):
        if people := _named(role, everybody):
            why = f"{_nobody(assigned)}, so it is for {_words(role)}."
            return Responsible(str(role), _now(people, away, everybody), why)
    people = tuple(one for one in everybody if one.may_decide)
    why = f"{_nobody(assigned)}, so anyone who may decide can."
    return Responsible(None, _now(people, away, everybody), why)


async def in_words(tx: Tx, assigned: str | None) -> str:
    """Who is asked, in words: a role, or a person's name, never an address."""
    if assigned is None:
        return "anyone who may decide"
    if _role(assigned):
        return _words(assigned)
    found = await access.by_email(tx, assigned)
    return found.name if found else "somebody who is gone"


async def id_of(tx: Tx, assigned: str | None) -> str | None:
    """Who is asked, for the log: a role, or a person's id."""
    if assigned is None or _role(assigned):
        return assigned
    found = await access.by_email(tx, assigned)
    return str(found.person_id) if found else None


async def rank_of(tx: Tx, assigned: str | None) -> int:
    """How far up a role or a person is: 0 for nobody in particular, most for an admin."""
    role = _role(assigned)
    if role is None and assigned is not None:
        found = await access.by_email(tx, assigned)
        role = found.role if found else None
    return _RANK.get(role, 0) if role else 0


async def working_time_for(tx: Tx, assigned: str | None) -> Working:
    """When at least one of the responsible people works: what `hours` takes.

    The hours of several people are put together, so a review for a role is due when somebody has had
    it for that long. Who never set hours works Monday to Friday, 9 to 17 in UTC.
    """
    people = (await responsible_for(tx, assigned)).people
    known = await store_times.working_times(tx, [one.person_id for one in people])
    times = {known.get(one.person_id, WorkingTime()) for one in people}
    return tuple(sorted(times, key=repr)) or (WorkingTime(),)


async def working_time_of(tx: Tx, person_id: PersonId) -> WorkingTime:
    """One person's hours; those of an office in UTC until others are set."""
    return (await store_times.working_times(tx, [person_id])).get(person_id, WorkingTime())


async def stands_in_for(tx: Tx, person_id: PersonId, at: datetime) -> tuple[PersonId, ...]:
    """For whom this person decides at this instant, through stand-ins of stand-ins too."""
    everybody = await access.members(tx)
    away = await _stand_ins(tx, everybody, at)
    return tuple(
        one.person_id
        for one in everybody
        if one.person_id != person_id and person_id in _chain(one.person_id, away)
    )


async def set_working_time(tx: Tx, person_id: PersonId, working: WorkingTime) -> WorkingTime:
    """Set a person's hours. Reviews that are open keep the instants they have.

    Raises:
        NotAllowed: the actor is neither this person nor an admin.
        InvalidInput: the zone or the holidays are unknown, or the week has no usable hours.
    """
    await _own(tx, person_id)
    working = checked(working)
    await store_times.keep_working_time(tx, person_id, working)
    digest = sha256(working.model_dump_json().encode()).hexdigest()
    await record(tx, "drafts.set_hours", f"person:{person_id}", {"hours_sha256": digest})
    return working


async def delegate(
    tx: Tx, person_id: PersonId, delegate_id: PersonId, starts_at: datetime, ends_at: datetime
) -> Delegation:
    """Have somebody decide in a person's place from one instant to another.

    Raises:
        NotAllowed: the actor is neither this person nor an admin, or the delegate may not decide.
        InvalidInput: the period is over, empty or longer than a year, or it is the same person.
        Conflict: the delegate is away then, and names this person in the end.
    """
    person = await _own(tx, person_id)
    stand_in = await access.member(tx, delegate_id)
    if stand_in is None or not _may_stand_in(stand_in, person):
        raise NotAllowed(
            f"{stand_in.name if stand_in else delegate_id} may not decide here: "
            "name an approver, a campaign manager or an admin."
        )
    if stand_in.person_id == person.person_id:
        raise InvalidInput(f"{person.name} cannot stand in for {person.name}: name somebody else.")
    if not starts_at < ends_at <= starts_at + LONGEST_ABSENCE or ends_at <= tx.now:
        raise InvalidInput(
            f"From {starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M} is no absence: "
            "give an end that is to come, after the start and at most a year later."
        )
    await store_times.lock_delegations(tx)
    known = await store_times.delegations(tx, starts_at, ends_at)
    if _leads_back(person_id, delegate_id, known):
        raise Conflict(
            f"{stand_in.name} is away in that time, and {person.name} stands in: name somebody else."
        )
    made = Delegation(
        person_id=person_id, delegate_id=delegate_id, starts_at=starts_at, ends_at=ends_at
    )
    await store_times.add_delegation(tx, made)
    await record(
        tx,
        "drafts.delegate",
        f"person:{person_id}",
        {"delegate": str(delegate_id), "starts_at": starts_at, "ends_at": ends_at},
    )
    return made


async def come_back(tx: Tx, person_id: PersonId) -> int:
    """End a person's delegations, those to come included; returns how many there were.

    Raises:
        NotAllowed: the actor is neither this person nor an admin.
    """
    await _own(tx, person_id)
    ended = await store_times.end_delegations(tx, person_id)
    if ended:
        await record(tx, "drafts.come_back", f"person:{person_id}", {"delegations": ended})
    return ended


async def delegations_of(tx: Tx, person_id: PersonId) -> list[Delegation]:
    """What a person delegated and is not over yet, newest made last."""
    found = await store_times.delegations(tx, tx.now, tx.now + 2 * LONGEST_ABSENCE)
    return [one for one in found if one.person_id == person_id]


async def _own(tx: Tx, person_id: PersonId) -> Member:
    """The person, if the actor may speak of their time: the person, or an admin."""
    person = await access.member(tx, person_id)
    if person is None:
        raise NotAllowed(f"The person {person_id} is no member of this workspace.")
    if tx.actor.kind is ActorKind.PERSON and tx.actor.id != str(person_id):
        actor = next((m for m in await access.members(tx) if str(m.person_id) == tx.actor.id), None)
        if actor is None or actor.role is not PersonRole.ADMIN:
            raise NotAllowed(
                f"Only {person.name} or an admin says when {person.name} works; "
                "set your own hours, or ask an admin."
            )
    elif tx.actor.kind is ActorKind.AGENT:
        raise NotAllowed(f"The agent {tx.actor.id} may not say when people work.")
    return person


def _may_stand_in(stand_in: Member, person: Member) -> bool:
    return stand_in.may_decide or (
        stand_in.role is PersonRole.COMPLIANCE and person.role is PersonRole.COMPLIANCE
    )


async def _stand_ins(
    tx: Tx, everybody: list[Member], at: datetime | None = None
) -> dict[PersonId, PersonId]:
    """Who is away at an instant, and who decides in their place; of two, the one named last."""
    at = at or tx.now
    by_id = {one.person_id: one for one in everybody}
    found: dict[PersonId, PersonId] = {}
    for one in await store_times.delegations(tx, at, at + timedelta(microseconds=1)):
        person, stand_in = by_id.get(one.person_id), by_id.get(one.delegate_id)
        # Who lost the right to decide since then stands in for nobody.
        if person and stand_in and _may_stand_in(stand_in, person) and one.starts_at <= at:
            found[one.person_id] = one.delegate_id
    return found


def _chain(person_id: PersonId, away: dict[PersonId, PersonId]) -> list[PersonId]:
    """The stand-ins of a person, nearest first; a circle, which cannot be stored, would end it."""
    chain: list[PersonId] = []
    at = person_id
    while at in away and len(chain) < LONGEST_CHAIN:
        at = away[at]
        if at == person_id or at in chain:
            break
        chain.append(at)
    return chain


def _leads_back(person_id: PersonId, delegate_id: PersonId, known: list[Delegation]) -> bool:
    """Whether the delegate's stand-ins of that time, whoever of them counts, reach the person."""
    seen, open_ = set[PersonId](), [delegate_id]
    while open_:
        at = open_.pop()
        if at == person_id:
            return True
        if at not in seen:
            seen.add(at)
            open_ += [one.delegate_id for one in known if one.person_id == at]
    return False


def _now(
    people: tuple[Member, ...], away: dict[PersonId, PersonId], everybody: list[Member]
) -> tuple[Member, ...]:
    """These people, or the last of their stand-ins; each once."""
    by_id = {one.person_id: one for one in everybody}
    last = {one.person_id: ([one.person_id, *_chain(one.person_id, away)])[-1] for one in people}
    return tuple(by_id[id_] for id_ in dict.fromkeys(last.values()))


def _named(assigned: str | None, everybody: list[Member]) -> tuple[Member, ...]:
    """The people a role or an address means, as far as they may decide."""
    role = _role(assigned)
    if role is not None:
        held = role in _ABOVE
        return tuple(one for one in everybody if held and one.role is role)
    address = (assigned or "").strip().lower()
    return tuple(one for one in everybody if one.email.lower() == address and one.role in _ABOVE)


def _role(assigned: str | None) -> PersonRole | None:
    return PersonRole(assigned) if assigned in set(PersonRole) else None


def _words(role: str) -> str:
    return f"the {role}".replace("_", " ")


def _nobody(assigned: str) -> str:
    if _role(assigned):
        return f"Nobody here is {assigned.replace('_', ' ')}"
    return "The person it was for may not decide here"
