"""The CRM kept true: what was sent and said is logged once, as an activity.

In: sent mails and turns. Out: activities behind a port.
Never: a field that people own, overwritten.

Verbs: `stage` · `push`.
"""
