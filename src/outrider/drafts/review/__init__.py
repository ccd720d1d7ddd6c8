"""The review of a draft: what the policy asks, of whom, by when, and what the judge thinks of it.

In: a pending draft, the active policy, reviewers' hours, a judge's answer. Out: one review for each
draft, its scores, what falls due. Never: a decision on a draft (`drafts.decide`), a change of its words.

Verbs: `policy` (adopt, restore, active, history, check) · `trial` (a dry run) · `route` · `ask` · `second` · `judge` ·
`calendar` (hours, delegates) · `chase` · `snooze` · `look` · `bulk` · `seed` · `agree` · `reviewers`.
"""
