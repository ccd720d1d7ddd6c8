"""What this room's rows hold of a person. In: nothing. Out: declarations. Never: a query run here.

A step is found by the person's id, address or draft in what went in or came out. A run that was emptied
can no longer be replayed; its costs and hashes stay.
"""

from __future__ import annotations

from outrider.kernel.privacy import Personal

_SAID = (
    "position(%(contact)s::text in t.{0}::text) > 0"
    " or position(%(email)s in lower(t.{0}::text)) > 0"
    " or exists (select 1 from outrider.drafts d where d.contact_id = %(contact)s"
    " and position(d.id::text in t.{0}::text) > 0)"
)
_IN_OR_OUT = f"{_SAID.format('input')} or {_SAID.format('output')}"
_EMPTY = {"input": "'{}'", "output": "null", "error": "null"}

PERSONAL = (
    Personal("agent_steps", _IN_OR_OUT, _EMPTY),
    Personal("agent_requests", _IN_OR_OUT, {**_EMPTY, "reason": "%(gone)s", "note": "null"}),
    Personal(
        "agent_runs",
        f"{_SAID.format('actions_taken')} or {_SAID.format('summary')}",
        {"actions_taken": "'[]'", "summary": "null"},
    ),
)

IMPERSONAL: dict[str, str] = {
    "agent_overrides": "what an agent is: its budget, its tools, its times",
    "agent_ticks": "times of agents",
}
"""Tables that hold nothing of a contact, and why."""
