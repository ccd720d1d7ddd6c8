"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here."""

from __future__ import annotations

from outrider.kernel.privacy import Personal

PERSONAL = (
    Personal("threads", "t.contact_id = %(contact)s"),
    Personal(
        "turns",
        "t.thread_id in (select id from outrider.threads where contact_id = %(contact)s)"
        # The whole address: ann@ is not joann@.
        " or lower(t.from_address) = %(email)s",
        {"from_address": "%(gone)s", "subject": "''", "text": "''"},
        holds_object="raw_sha256",
    ),
    Personal("text_answers", "t.contact_id = %(contact)s", {"text": "''"}),
)

IMPERSONAL: dict[str, str] = {}
"""Tables that hold nothing of a contact, and why."""
