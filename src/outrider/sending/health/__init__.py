"""How well our mailboxes and domains are received, and what follows from it for sending.

In: bounces, complaints, deferrals, refusals; which domains are the brand's. Out: a band for each
mailbox and domain, how much of its cap it may use, an alarm when a campaign stops working.
Never: a verdict about an address, an opened or clicked mail, a way back to sending without a person.

Verbs: `bands` (standing, look, release) · `notes` (note_answer, note_bounce, note_event) · `budget` ·
`drop` (watch, look). Pure: `rules`, `reading`, `lookalike`, `evalue`, `spf`, `dmarc`, `dkim_key`.
"""
