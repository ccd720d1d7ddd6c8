"""Agents as configuration, each run a record; they propose and cannot act.

In: a roster, a briefing, the rooms below. Out: runs, steps, pending drafts.
Never: a send, an approval, a switch; no chain of imports leads there.

Verbs: `run` · `read`. Data: `roster`, `priorities`. On the record: `steps`, `asking`.
"""
