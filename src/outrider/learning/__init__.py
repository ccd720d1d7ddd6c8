"""What people decided, kept with the text before and after, and handed back as a briefing.

In: decisions. Out: observations, a briefing as plain data.
Never: a draft, a rule without its source.

Verbs: `observe` · `brief`.
"""
