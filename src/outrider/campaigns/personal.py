"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here."""

from __future__ import annotations

from outrider.kernel.privacy import Personal

_PAST_MAIL = {
    "from_address": "null",
    "subject": "''",
    "body": "''",
    "metadata": "'{}'",
    "message_id": "null",
}

PERSONAL = (
    Personal(
        "enrollments",
        "t.contact_id = %(contact)s",
        {"thread_subject": "null", "heard": "'[]'"},
    ),
    Personal(
        "tasks",
        "t.contact_id = %(contact)s",
        {"text": "''", "note": "''", "reason": "null"},
    ),
    Personal("sms_consents", "t.contact_id = %(contact)s", {"source": "%(gone)s"}),
    # Past mail that the person wrote: its features stay, they are counts.
    Personal(
        "emails",
        # The whole address: ann@ is not joann@.
        "lower(t.from_address) = %(email)s",
        _PAST_MAIL,
        in_packs=True,
    ),
)

IMPERSONAL = {
    "campaigns": "settings",
    "unread_emails": "where a file could not be read, not what it says",
    "email_features": "counts over mails",
    "blueprints": "rules over many mails",
    "sequences": "settings",
}
"""Tables that hold nothing of a contact, and why."""
