"""Who may do what: the one table of roles and permissions, for people, API keys and agents.

In: a role, or that an agent acts. Out: what it may do. Never: I/O, a right that is not in the table.

A permission opens a door. What is behind the door may ask for more: a policy can put a draft before
compliance alone, and then an approver's `drafts.decide` does not decide it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PersonRole(StrEnum):
    """What a person is in a workspace."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    CAMPAIGN_MANAGER = "campaign_manager"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


DECIDING_ROLES = frozenset({PersonRole.APPROVER, PersonRole.CAMPAIGN_MANAGER, PersonRole.ADMIN})
"""Who may approve, edit and reject any draft; compliance decides what is put before it."""


class Permission(StrEnum):
    """One capability; its value is the word that an API key's scope and `/api/me` use."""

    SELF = "self"
    """One's own login, sessions and password."""
    DRAFTS_READ = "drafts.read"
    DRAFTS_DECIDE = "drafts.decide"
    """Approve, edit, reject, put aside, take back; release a text message."""
    CAMPAIGNS_READ = "campaigns.read"
    CAMPAIGNS_WRITE = "campaigns.write"
    POLICIES_READ = "policies.read"
    POLICIES_WRITE = "policies.write"
    PROSPECTS_READ = "prospects.read"
    PROSPECTS_WRITE = "prospects.write"
    CONSENT_WRITE = "consent.write"
    """Note a wish of a contact: an opt-out, a pause, a consent with its proof."""
    TASKS_READ = "tasks.read"
    TASKS_DO = "tasks.do"
    REPLIES_READ = "replies.read"
    REPLIES_WRITE = "replies.write"
    MAILBOXES_READ = "mailboxes.read"
    MAILBOXES_WRITE = "mailboxes.write"
    SENDING_READ = "sending.read"
    SENDING_RUN = "sending.run"
    """Queue what was approved, send it, settle what is unknown."""
    SWITCHES_READ = "switches.read"
    SWITCHES_SET = "switches.set"
    """Halt."""
    SWITCHES_LIFT = "switches.lift"
    """Let it go on."""
    RUNS_READ = "runs.read"
    AGENTS_RUN = "agents.run"
    AGENTS_WRITE = "agents.write"
    """Change what an agent is: its model, its instructions, its tools, its budget."""
    REPORTS_READ = "reports.read"
    TRACE_READ = "trace.read"
    AUDIT_READ = "audit.read"
    PRIVACY_READ = "privacy.read"
    """Everything that is kept of one person."""
    PRIVACY_ERASE = "privacy.erase"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    KEYS_MANAGE = "keys.manage"
    SETTINGS_READ = "settings.read"
    SETTINGS_WRITE = "settings.write"


_P = Permission

_VIEWER = frozenset(
    {
        _P.SELF,
        _P.DRAFTS_READ,
        _P.CAMPAIGNS_READ,
        _P.POLICIES_READ,
        _P.PROSPECTS_READ,
        _P.TASKS_READ,
        _P.REPLIES_READ,
        _P.MAILBOXES_READ,
        _P.SENDING_READ,
        _P.SWITCHES_READ,
        _P.RUNS_READ,
        _P.REPORTS_READ,
        _P.TRACE_READ,
        _P.PEOPLE_READ,
    }
)
# Halting is never wrong for long; letting it go on can be. So many may halt, and few may lift.
_WORKS = _VIEWER | {_P.CONSENT_WRITE, _P.TASKS_DO, _P.REPLIES_WRITE, _P.SWITCHES_SET}
_OPERATOR = _WORKS | {_P.PROSPECTS_WRITE, _P.SENDING_RUN, _P.AGENTS_RUN}
_APPROVER = _WORKS | {_P.DRAFTS_DECIDE, _P.AUDIT_READ}
_MANAGER = (
    _OPERATOR
    | _APPROVER
    | {_P.CAMPAIGNS_WRITE, _P.POLICIES_WRITE, _P.MAILBOXES_WRITE, _P.SWITCHES_LIFT}
)
_COMPLIANCE = _VIEWER | {
    _P.DRAFTS_DECIDE,
    _P.CONSENT_WRITE,
    _P.SWITCHES_SET,
    _P.SWITCHES_LIFT,
    _P.AUDIT_READ,
    _P.PRIVACY_READ,
    _P.PRIVACY_ERASE,
    _P.SETTINGS_READ,
}

PERMISSIONS: Mapping[PersonRole, frozenset[Permission]] = {
    PersonRole.VIEWER: _VIEWER,
    PersonRole.OPERATOR: _OPERATOR,
    PersonRole.APPROVER: _APPROVER,
    PersonRole.CAMPAIGN_MANAGER: _MANAGER,
    PersonRole.COMPLIANCE: _COMPLIANCE,
    PersonRole.ADMIN: frozenset(Permission),
}
"""The table. A role that is not in it, or a permission that is not in its row, is a no."""

KEY_PERMISSIONS = frozenset(Permission) - {
    _P.SELF,
    _P.DRAFTS_DECIDE,
    _P.PEOPLE_MANAGE,
    _P.KEYS_MANAGE,
}
"""The most that an API key can hold. A decision names a person, and a program is none; and no key
makes more of itself."""

AGENT_PERMISSIONS = (_VIEWER - {_P.SELF, _P.PEOPLE_READ, _P.REPORTS_READ}) | {_P.PROSPECTS_WRITE}
"""The most that an agent can hold, whoever gives it a key: it reads, and adds research. It never
decides, sends, halts or lets go on, and never changes who may. How people review, and with which
test drafts, is hidden from it (decision 0005)."""


def permissions_of(role: PersonRole) -> frozenset[Permission]:
    """What this role may do."""
    return PERMISSIONS.get(role, frozenset())


def may(role: PersonRole, permission: Permission) -> bool:
    """Whether this role may do this."""
    return permission in permissions_of(role)


def who_may(permission: Permission) -> tuple[PersonRole, ...]:
    """The roles that may do this; whom a refusal says to ask."""
    if permission is Permission.DRAFTS_DECIDE:
        return tuple(role for role in PersonRole if role in DECIDING_ROLES)
    return tuple(role for role in PersonRole if may(role, permission))


DOING: Mapping[Permission, str] = {
    _P.SELF: "log in",
    _P.DRAFTS_READ: "read drafts",
    _P.DRAFTS_DECIDE: "decide",
    _P.CAMPAIGNS_READ: "look at campaigns",
    _P.CAMPAIGNS_WRITE: "change campaigns",
    _P.POLICIES_READ: "look at policies",
    _P.POLICIES_WRITE: "set policies",
    _P.PROSPECTS_READ: "look at prospects",
    _P.PROSPECTS_WRITE: "change prospects",
    _P.CONSENT_WRITE: "note a contact's wish",
    _P.TASKS_READ: "look at tasks",
    _P.TASKS_DO: "do tasks",
    _P.REPLIES_READ: "read replies",
    _P.REPLIES_WRITE: "file replies",
    _P.MAILBOXES_READ: "look at mailboxes",
    _P.MAILBOXES_WRITE: "change mailboxes",
    _P.SENDING_READ: "look at what is sent",
    _P.SENDING_RUN: "send",
    _P.SWITCHES_READ: "look at kill switches",
    _P.SWITCHES_SET: "halt anything",
    _P.SWITCHES_LIFT: "lift a kill switch",
    _P.RUNS_READ: "look at runs of agents",
    _P.AGENTS_RUN: "run agents",
    _P.AGENTS_WRITE: "change agents",
    _P.REPORTS_READ: "look at reports",
    _P.TRACE_READ: "trace mails",
    _P.AUDIT_READ: "read the audit log",
    _P.PRIVACY_READ: "read what is kept of a person",
    _P.PRIVACY_ERASE: "erase a person",
    _P.PEOPLE_READ: "look at people",
    _P.PEOPLE_MANAGE: "manage people",
    _P.KEYS_MANAGE: "manage keys",
    _P.SETTINGS_READ: "look at settings",
    _P.SETTINGS_WRITE: "change settings",
}
"""Each permission as a verb, for the sentence of a refusal."""


def refusal(name: str, role: PersonRole, permission: Permission) -> str:
    """Why not, and whom to ask."""
    first, *more = (_article(one) for one in who_may(permission))
    asked = f"{', '.join([first, *more[:-1]])} or {more[-1]}" if more else first
    return f"{name} is {str(role).replace('_', ' ')} here and may not {DOING[permission]}; ask {asked}."


def _article(role: PersonRole) -> str:
    word = str(role).replace("_", " ")
    if role is PersonRole.COMPLIANCE:
        return word
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
