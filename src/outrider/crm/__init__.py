"""The CRM kept true: what was sent and said is logged once, as an activity.

In: sent mails and turns, notes and tasks about people. Out: activities behind a port.
Never: a field that people own, overwritten.

Verbs: `stage` · `note` · `push`.
"""
