"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here.

The hash of what was approved stays: it shows that something was decided, and no longer what.
"""

from __future__ import annotations

from outrider.kernel.privacy import Personal

_THEIRS = "t.draft_id in (select id from outrider.drafts where contact_id = %(contact)s)"
_WORDS = {
    "note": "null",
    "subject_before": "''",
    "body_before": "''",
    "subject_after": "null",
    "body_after": "null",
}

PERSONAL = (
    Personal("decisions", _THEIRS, _WORDS),
    Personal(
        "overrides",
        _THEIRS,
        {"agent_output": "'{}'", "human_output": "null", "reason": "%(gone)s"},
    ),
    Personal("draft_variants", _THEIRS, delete=True),
    Personal("draft_scores", _THEIRS, delete=True),
    Personal("draft_readings", _THEIRS, delete=True),
    Personal("reviews", _THEIRS, {"reason": "%(gone)s", "notice": "null"}),
    Personal(
        "drafts",
        "t.contact_id = %(contact)s",
        {
            "recipient": "jsonb_build_object('contact_id', t.contact_id, 'email',"
            " %(gone)s || '-' || t.contact_id || '@invalid')",
            "sender": "jsonb_set(t.sender, '{unsubscribe_url}', '\"\"')",
            "subject": "%(gone)s",
            "body": "''",
            "rich": "null",
            "text": "''",
            "html": "''",
            "headers": "'{}'",
            "claims": "'[]'",
            "findings": "'[]'",
            "reasoning": "'[]'",
            "sources": "'[]'",
            "note": "null",
        },
    ),
)

IMPERSONAL = {
    "layouts": "frames of mails",
    "policies": "settings",
    "approvals": "who of us approved, by id",
    "draft_askings": "of which draft a model is asked now, by id",
    "looks": "who of us looked, by id",
    "seeds": "what was made wrong in a test draft",
    "working_times": "hours of our own people",
    "delegations": "who of us stands in for whom",
}
"""Tables that hold nothing of a contact, and why."""
