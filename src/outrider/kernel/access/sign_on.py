"""The company's own login: who somebody proved to be there, and whom that makes here.

In: the open transaction, an identity that was proved. Out: a member. Never: a person taken over because
somebody else's login gives the same address; a person who was not invited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from outrider.kernel.access.invitations import use_for
from outrider.kernel.access.members import Member, member
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotAllowed
from outrider.kernel.ids import PersonId


@dataclass(frozen=True)
class Pending:
    """A login that has begun; the browser keeps it, signed, until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the company's login. Issuer and subject never change; the rest may."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str


class SignOn(Protocol):
    """The company's login, as the door needs it."""

    async def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to remember of it."""
        ...

    async def finish(self, code: str, pending: Pending, redirect_uri: str) -> Identity:
        """Who came back with this code. Raises NotAllowed: the answer does not hold."""
        ...


async def enter(tx: Tx, identity: Identity) -> Member:
    """The member who this is: known by issuer and subject, or invited under a proved address.

    Raises:
        NotAllowed: nobody here, and not invited.
    """
    row = await tx.row(
        "select person_id from outrider.identities where issuer = :issuer and subject = :subject",
        {"issuer": identity.issuer, "subject": identity.subject},
    )
    if row is not None:
        found = await member(tx, PersonId(row["person_id"]))
        if found is None:
            raise NotAllowed("You are no member of this workspace: ask an admin.")
        return found
    if not identity.email or not identity.is_email_verified:
        raise NotAllowed(
            "Your company's login does not say that your e-mail address is verified, so nobody"
            " here can be found by it: ask its admin."
        )
    invited = await use_for(tx, identity.email, identity.name or identity.email)
    if invited is None:
        raise NotAllowed("You are not invited here: ask an admin for an invitation.")
    await tx.run(
        "insert into outrider.identities (id, person_id, issuer, subject, created_at)"
        " values (:id, :person, :issuer, :subject, :now)",
        {
            "id": tx.new_id(),
            "person": invited.person_id,
            "issuer": identity.issuer,
            "subject": identity.subject,
            "now": tx.now,
        },
    )
    await record(
        tx, "access.link_identity", f"person:{invited.person_id}", {"issuer": identity.issuer}
    )
    return invited
