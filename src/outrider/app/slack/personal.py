"""What this door's rows hold of a person. In: nothing. Out: declarations. Never: a query run here.

Slack itself keeps the cards that were posted; they are named in the erasure's report.
"""

from __future__ import annotations

from outrider.kernel.privacy import Personal

PERSONAL = (
    # An answer that is given again may quote the draft.
    Personal(
        "slack_events",
        "exists (select 1 from outrider.drafts d where d.contact_id = %(contact)s"
        " and position(d.id::text in t.answer::text) > 0)"
        " or position(%(email)s in lower(t.answer::text)) > 0",
        delete=True,
    ),
)

IMPERSONAL = {
    "slack_posts": "which draft was posted where, by id",
    "slack_users": "our own people",
}
"""Tables that hold nothing of a contact, and why."""
