"""Who we may write to, and what we know about them.

In: lists, filings, opt-outs, bounces. Out: accounts, contacts, dossiers, scores, suppressions.
Never: a message, a campaign, or a person who said no.

Verbs: `register` imports lists · `research` gathers facts with evidence · `score` ranks accounts ·
`consent` suppresses and answers who may be written to · `touch` keeps the ledger of touches ·
`correct` mends what a record says.
"""
