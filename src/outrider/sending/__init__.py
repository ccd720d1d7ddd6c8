"""The one executor: what a person approved leaves once, or it is known why it did not.

In: approved drafts. Out: mails on the wire, each with a final or `unknown` state.
Never: a mail without a decision row and its hash, a blind resend, a choice of words.

Verbs: `mailboxes` · `queue` approved drafts · `send` what is due · `reconcile` after a crash ·
`unsubscribe` · `find` what was sent.
"""
