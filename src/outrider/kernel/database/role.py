"""The logins of the database, and how each one's address follows from the owner's.

In: the owner's address. Out: a role's address. Never: a password that has to be handed to a machine.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from sqlalchemy import URL


class Role(StrEnum):
    """The logins. `owner` migrates; `outrider_app` works; `outrider_agent` is what agents get."""

    OWNER = "owner"
    APP = "outrider_app"
    AGENT = "outrider_agent"
    SEALER = "outrider_sealer"


def role_password(owner: URL, role: Role) -> str | None:
    """The password of a role, derived from the owner's, so that every machine agrees on it.

    None when the owner has none (a private socket with trust authentication).
    """
    if not owner.password:
        return None
    key = str(owner.password).encode()
    return hmac.new(key, f"outrider role {role}".encode(), hashlib.sha256).hexdigest()


def role_url(owner: URL, role: Role) -> URL:
    """The owner's address with another login."""
    if role is Role.OWNER:
        return owner
    return owner.set(username=str(role), password=role_password(owner, role))
