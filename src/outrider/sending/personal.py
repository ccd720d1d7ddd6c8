"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here."""

from __future__ import annotations

from outrider.kernel.privacy import Personal

_THEIRS = "t.outbox_id in (select id from outrider.outbox where contact_id = %(contact)s)"

PERSONAL = (
    Personal("delivery_events", _THEIRS, {"detail": "''"}),
    Personal(
        "outbox",
        "t.contact_id = %(contact)s",
        {"reason": "null", "provider_answer": "null"},
        in_packs=True,
    ),
)

IMPERSONAL = {
    "mailboxes": "our own addresses",
    "domains": "names of domains",
    "health_bands": "standings of mailboxes and domains",
    "conversion_watches": "counts",
}
"""Tables that hold nothing of a contact, and why."""
