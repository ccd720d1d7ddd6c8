"""People and what they are in a workspace.

In: the open transaction. Out: `Member`. Never: a room's decision, a workspace without an admin left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outrider.kernel.access.permissions import DECIDING_ROLES, Permission, PersonRole, may
from outrider.kernel.access.sessions import revoke_sessions_of
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.kernel.ids import PersonId

_PRIVATE_DOMAINS = frozenset({"local", "test", "internal", "lan"})

_MEMBER = (
    "select p.id as person_id, p.name, p.email, m.role from outrider.memberships m"
    " join outrider.people p on p.id = m.person_id"
)


@dataclass(frozen=True)
class Member:
    """A person in one workspace."""

    person_id: PersonId
    name: str
    email: str
    role: PersonRole

    def may(self, permission: Permission) -> bool:
        """Whether this person's role has this permission."""
        return may(self.role, permission)

    @property
    def may_decide(self) -> bool:
        """Whether this person may approve, edit and reject drafts."""
        return self.role in DECIDING_ROLES

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


async def add_person(tx: Tx, name: str, email: str, role: str) -> Member:
    """Make a person a member of the workspace; a person of another workspace is taken over.

    Raises:
        InvalidInput: the name is empty, the address is none, or there is no such role.
        Conflict: the person is a member already.
    """
    name, email, wanted = clean_name(name), clean_email(email), role_named(role)
    await tx.run(
        "insert into outrider.people (id, name, email, created_at)"
        " values (:id, :name, :email, :now) on conflict (email) do nothing",
        {"id": tx.new_id(), "name": name, "email": email, "now": tx.now},
    )
    person = await tx.row("select id from outrider.people where email = :email", {"email": email})
    assert person is not None
    added = await tx.run(
        "insert into outrider.memberships (workspace_id, id, person_id, role, created_at)"
        " values (:workspace, :id, :person, :role, :now)"
        " on conflict (workspace_id, person_id) do nothing",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "person": person["id"],
            "role": str(wanted),
            "now": tx.now,
        },
    )
    found = await member(tx, person["id"])
    assert found is not None
    if added.rowcount == 0:
        raise Conflict(f"{found.email} is {_article(found.role)} in this workspace already.")
    await record(tx, "access.add_person", f"person:{found.person_id}", {"role": str(wanted)})
    return found


async def change_role(tx: Tx, person_id: PersonId, role: str) -> Member:
    """Give a member another role; it counts from the next request on, and open sessions end.

    Raises:
        InvalidInput: there is no such role.
        NotFound: the person is no member of this workspace.
        Conflict: the last admin would be gone.
    """
    wanted = role_named(role)
    before = await _still_one_admin(tx, person_id, wanted)
    await tx.run(
        "update outrider.memberships set role = :role where person_id = :person",
        {"role": str(wanted), "person": person_id},
    )
    # A session that began with fewer rights, or with more, is not carried over (OWASP ASVS 7.2.4).
    ended = 0
    if before.role is not wanted:
        ended = await revoke_sessions_of(tx.conn, person_id, tx.now)
    await record(
        tx,
        "access.change_role",
        f"person:{person_id}",
        {"before": str(before.role), "after": str(wanted), "sessions_ended": ended},
    )
    return Member(before.person_id, before.name, before.email, wanted)


async def remove_member(tx: Tx, person_id: PersonId) -> Member:
    """Take a person out of the workspace: sessions end, and the keys they made here.

    The person stays known, for what they decided names them.

    Raises:
        NotFound: the person is no member of this workspace.
        Conflict: the last admin would be gone.
    """
    before = await _still_one_admin(tx, person_id, None)
    await tx.run(
        "delete from outrider.memberships where person_id = :person", {"person": person_id}
    )
    ended = await revoke_sessions_of(tx.conn, person_id, tx.now)
    keys = await tx.run(
        "update outrider.api_keys set revoked_at = :now where kind = 'key' and revoked_at is null"
        " and person_id = :person and workspace_id = :workspace",
        {"now": tx.now, "person": person_id, "workspace": tx.workspace},
    )
    await record(
        tx,
        "access.remove_person",
        f"person:{person_id}",
        {"role": str(before.role), "sessions_ended": ended, "keys_ended": keys.rowcount},
    )
    return before


async def _still_one_admin(tx: Tx, person_id: PersonId, wanted: PersonRole | None) -> Member:
    """The member as now, when an admin would be left afterwards."""
    # Two admins who demote each other at once must not both succeed.
    await tx.run("select 1 from outrider.memberships where role = 'admin' for update")
    before = await member(tx, person_id)
    if before is None:
        raise NotFound(f"There is no person {person_id} in this workspace.")
    if before.role is PersonRole.ADMIN and wanted is not PersonRole.ADMIN:
        admins = [other for other in await members(tx) if other.role is PersonRole.ADMIN]
        if len(admins) == 1:
            raise Conflict(f"{before.name} is the only admin; make somebody else admin first.")
    return before


async def member(tx: Tx, person_id: PersonId) -> Member | None:
    """The person as a member of this workspace, or None."""
    row = await tx.row(f"{_MEMBER} where p.id = :person", {"person": person_id})
    return _member(row) if row else None


async def by_email(tx: Tx, email: str) -> Member | None:
    """The member with this e-mail address, whatever its case, or None."""
    row = await tx.row(f"{_MEMBER} where lower(p.email) = lower(:email)", {"email": email.strip()})
    return _member(row) if row else None


async def members(tx: Tx) -> list[Member]:
    """Everybody in this workspace, by name."""
    return [_member(row) for row in await tx.rows(f"{_MEMBER} order by p.name, p.email")]


async def may_decide(tx: Tx, person_id: PersonId) -> bool:
    """Whether this person may approve, edit and reject drafts here."""
    found = await member(tx, person_id)
    return found is not None and found.may_decide


async def person_for(tx: Tx, email: str | None) -> Member:
    """Who acts on the command line: the member named, or the only one there is.

    Raises:
        InvalidInput: nobody is there, nobody has this address, or it is not clear who is meant.
    """
    everybody = await members(tx)
    names = ", ".join(map(str, everybody))
    if not everybody:
        raise InvalidInput(
            "Nobody is in this workspace yet: add a person with `outrider person add`."
        )
    if email is None:
        if len(everybody) == 1:
            return everybody[0]
        raise InvalidInput(
            f"Say who you are with --as or OUTRIDER_PERSON; this workspace has {names}."
        )
    found = await by_email(tx, email)
    if found is None:
        raise InvalidInput(f"Nobody in this workspace has the address {email}; it has {names}.")
    return found


async def has_admin(tx: Tx) -> bool:
    """Whether the workspace has an admin, that is: whether it was set up."""
    return await tx.row("select 1 from outrider.memberships where role = 'admin'") is not None


def _member(row: Any) -> Member:
    return Member(PersonId(row["person_id"]), row["name"], row["email"], PersonRole(row["role"]))


def role_named(role: str) -> PersonRole:
    """The role of this name. Raises InvalidInput: there is none."""
    try:
        return PersonRole(role)
    except ValueError:
        raise InvalidInput(
            f"There is no role {role!r}; choose one of {', '.join(PersonRole)}."
        ) from None


def clean_name(name: str) -> str:
    """A person's name on one line. Raises InvalidInput: it cannot be used."""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200 or not cleaned.isprintable():
        raise InvalidInput(f"The name {name[:40]!r} cannot be used: write 1 to 200 characters.")
    return cleaned


def clean_email(email: str) -> str:
    """An address as it is stored. Raises InvalidInput: it cannot be used."""
    # Its tables take longer to load than the rest of this module, and few commands add a person.
    from email_validator import EmailNotValidError, validate_email

    address = email.strip()
    # Names of a private network are no mail domains, but they do name a person on this machine.
    suffix = ".example" if address.rpartition(".")[2].lower() in _PRIVATE_DOMAINS else ""
    try:
        found = validate_email(address + suffix, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidInput(f"The e-mail address {email!r} cannot be used: {error}") from None
    return found.normalized.removesuffix(suffix).lower()


def _article(role: PersonRole) -> str:
    word = str(role).replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
