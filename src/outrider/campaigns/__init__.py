"""How good mail is built, and who is in which sequence.

In: past mail of a brand and its competitors. Out: features, blueprints, enrollments.
Never: what to say to one person, a draft, a send.

Verbs: `ingest` past mail · `features` of each mail · `blueprint` from them · `enrol` contacts, advance, stop.
"""
