"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here.

The suppression list is not among them: it keeps keyed hashes alone, and has to outlive the person's rows,
or the next list would bring them back.
"""

from __future__ import annotations

from outrider.kernel.privacy import Personal

PERSONAL = (
    Personal(
        "contacts",
        "t.id = %(contact)s",
        {
            "email": "%(gone)s || '-' || t.id || '@invalid'",
            "email_key": "%(gone)s || '-' || t.id",
            "address_hash": "null",
            "first_name": "%(gone)s",
            "last_name": "''",
            "title": "''",
            "phone": "null",
            "country": "null",
            "timezone": "null",
            "quiet_until": "null",
            "source": "%(gone)s",
            "status": "'opted_out'",
        },
    ),
    Personal("touches", "t.contact_id = %(contact)s"),
    # A report of an import quotes rows that it refused.
    Personal(
        "imports",
        "position(%(email)s in lower(t.report::text)) > 0",
        {"report": "jsonb_build_object('note', %(gone)s::text)"},
    ),
)

IMPERSONAL = {
    "accounts": "companies",
    "snapshots": "documents about companies",
    "facts": "facts about companies; a quote may name who signed a filing",
    "scores": "numbers about companies",
    "suppressions": "keyed hashes, which must outlive the person",
}
"""Tables that hold nothing of a contact, and why."""
