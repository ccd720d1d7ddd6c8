"""How good mail is built, and who is in which sequence.

In: past mail of a brand and its competitors. Out: features, blueprints, enrollments.
Never: what to say to one person, a draft, a send.

Verbs: `create` a campaign · `ingest` past mail · `blueprint` from its `features` · `enrol`
contacts, advance, stop · `heed` what a reply means · `tasks` by hand, `sms`.
"""
