"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here."""

from __future__ import annotations

from outrider.kernel.privacy import Personal

PERSONAL = (
    Personal(
        "observations",
        "t.draft_id in (select id from outrider.drafts where contact_id = %(contact)s)",
        {
            "note": "null",
            "subject_before": "''",
            "body_before": "''",
            "subject_after": "null",
            "body_after": "null",
        },
    ),
)

IMPERSONAL: dict[str, str] = {}
"""Tables that hold nothing of a contact, and why."""
