"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here."""

from __future__ import annotations

from outrider.kernel.privacy import Personal

PERSONAL = (
    Personal("crm_activities", "t.contact_id = %(contact)s", {"payload": "'{}'", "error": "null"}),
)

IMPERSONAL: dict[str, str] = {}
"""Tables that hold nothing of a contact, and why."""
