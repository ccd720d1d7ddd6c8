"""The append-only log: written in the transaction of what it tells, sealed in batches, provable.

In: what happened, by whom. Out: events, seals, proofs. Never: an update, a delete, personal data in clear.

`append` an event · `seal` batches into a Merkle tree · `verify` all of it · `prove` one event.
"""
