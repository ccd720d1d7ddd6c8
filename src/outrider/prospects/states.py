"""How contacts and accounts change state. A cell that is missing is an error.

In: a status and what happened. Out: the next status. Never: a way out of `opted_out` or `invalid`.
"""

from __future__ import annotations

from enum import StrEnum

from outrider.kernel.errors import IllegalTransition
from outrider.prospects.types import AccountStatus, ContactStatus


class ContactEvent(StrEnum):
    """What can happen to a contact."""

    REPLIED = "replied"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"


class AccountEvent(StrEnum):
    """What can happen to an account."""

    RESEARCHED = "researched"
    SEQUENCED = "sequenced"
    EXHAUSTED = "exhausted"


# The two terminal rows answer every event with themselves: a late bounce or reply is no error,
# and nothing leads back to a person who said no.
CONTACTS: dict[ContactStatus, dict[ContactEvent, ContactStatus]] = {
    ContactStatus.ACTIVE: {
        ContactEvent.REPLIED: ContactStatus.REPLIED,
        ContactEvent.OPTED_OUT: ContactStatus.OPTED_OUT,
        ContactEvent.BOUNCED: ContactStatus.INVALID,
    },
    ContactStatus.REPLIED: {
        ContactEvent.REPLIED: ContactStatus.REPLIED,
        ContactEvent.OPTED_OUT: ContactStatus.OPTED_OUT,
        ContactEvent.BOUNCED: ContactStatus.INVALID,
    },
    ContactStatus.OPTED_OUT: dict.fromkeys(ContactEvent, ContactStatus.OPTED_OUT),
    ContactStatus.INVALID: {
        ContactEvent.REPLIED: ContactStatus.INVALID,
        ContactEvent.OPTED_OUT: ContactStatus.OPTED_OUT,
        ContactEvent.BOUNCED: ContactStatus.INVALID,
    },
}

ACCOUNTS: dict[AccountStatus, dict[AccountEvent, AccountStatus]] = {
    AccountStatus.NEW: {
        AccountEvent.RESEARCHED: AccountStatus.RESEARCHED,
        AccountEvent.SEQUENCED: AccountStatus.SEQUENCED,
    },
    AccountStatus.RESEARCHED: {
        AccountEvent.RESEARCHED: AccountStatus.RESEARCHED,
        AccountEvent.SEQUENCED: AccountStatus.SEQUENCED,
    },
    AccountStatus.SEQUENCED: {
        AccountEvent.RESEARCHED: AccountStatus.SEQUENCED,
        AccountEvent.SEQUENCED: AccountStatus.SEQUENCED,
        AccountEvent.EXHAUSTED: AccountStatus.EXHAUSTED,
    },
    # A new person at an exhausted account opens it again; a new fact does not.
    AccountStatus.EXHAUSTED: {
        AccountEvent.RESEARCHED: AccountStatus.EXHAUSTED,
        AccountEvent.SEQUENCED: AccountStatus.SEQUENCED,
        AccountEvent.EXHAUSTED: AccountStatus.EXHAUSTED,
    },
}


def next_contact_status(status: ContactStatus, event: ContactEvent) -> ContactStatus:
    """The status after `event`.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    try:
        return CONTACTS[status][event]
    except KeyError:
        raise IllegalTransition(f"A contact that is {status} cannot become {event}.") from None


def next_account_status(status: AccountStatus, event: AccountEvent) -> AccountStatus:
    """The status after `event`.

    Raises:
        IllegalTransition: the table has no such cell.
    """
    try:
        return ACCOUNTS[status][event]
    except KeyError:
        raise IllegalTransition(
            f"An account that is {status} cannot become {event}: "
            f"it can become {', '.join(ACCOUNTS[status])}."
        ) from None


def moves(event: AccountEvent) -> list[tuple[AccountStatus, AccountStatus]]:
    """The cells of the table in which `event` changes an account's status."""
    cells = ((before, row[event]) for before, row in ACCOUNTS.items() if event in row)
    return [(before, after) for before, after in cells if before is not after]
