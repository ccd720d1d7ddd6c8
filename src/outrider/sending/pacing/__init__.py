"""When a mail may leave: ramps, caps, gaps, the mailbox's hours and the recipient's, touches.

In: mailboxes, mails, where people are. Out: a time for each mail, and why it waits until then.
Never: chance, a clock, a send, a time that breaks one rule to keep another.

Verbs: `plan` a batch · `facts.gather` for the last look · `preview` everything · `rotate` mailboxes.
Pure: `rules`, `windows`, `zones`, `diary`, `ramps`, `forms`.
"""
