"""What came back: replies, opt-outs, bounces, each bound to the mail it answers.

In: received mail. Out: threads and turns; enrollments stopped; people suppressed.
Never: an answer that leaves by itself, a tool in the hands of what it reads.

Verbs: `receive` (→ `parse` → `attribute` → `classify`) · `read`. Parts of `parse`: `report`, `trim`.
"""
