"""Workspaces, people, roles, logins, sessions, keys and limits: who asks, and what they may do.

In: the open transaction, or a connection where no workspace is known yet. Out: `Member`, permissions,
secrets that are shown once. Never: a stored secret (only its hash), a default password, a room's
decision.
"""

from __future__ import annotations

from outrider.kernel.access.first_run import (
    SETUP_TOKEN_LIVES,
    look_at_setup_token,
    new_setup_token,
    use_setup_token,
)
from outrider.kernel.access.members import (
    Member,
    add_person,
    by_email,
    change_role,
    has_admin,
    may_decide,
    member,
    members,
    person_for,
    remove_member,
)
from outrider.kernel.access.permissions import (
    AGENT_PERMISSIONS,
    DECIDING_ROLES,
    Permission,
    PersonRole,
    may,
    permissions_of,
)
from outrider.kernel.access.places import (
    Known,
    Place,
    known_by,
    places_of,
    workspace_of_link,
)
from outrider.kernel.access.sessions import (
    SESSION_IDLE,
    SESSION_LIVES,
    open_session,
    place_session,
    revoke_session,
    revoke_sessions_of,
    session_of,
)
from outrider.kernel.access.workspaces import (
    ensure_workspace,
    find_workspace,
    known_workspace,
    name_of,
    workspaces,
)

__all__ = [
    "AGENT_PERMISSIONS",
    "DECIDING_ROLES",
    "SESSION_IDLE",
    "SESSION_LIVES",
    "SETUP_TOKEN_LIVES",
    "Known",
    "Member",
    "Permission",
    "PersonRole",
    "Place",
    "add_person",
    "by_email",
    "change_role",
    "ensure_workspace",
    "find_workspace",
    "has_admin",
    "known_by",
    "known_workspace",
    "look_at_setup_token",
    "may",
    "may_decide",
    "member",
    "members",
    "name_of",
    "new_setup_token",
    "open_session",
    "permissions_of",
    "person_for",
    "place_session",
    "places_of",
    "remove_member",
    "revoke_session",
    "revoke_sessions_of",
    "session_of",
    "use_setup_token",
    "workspace_of_link",
    "workspaces",
]
