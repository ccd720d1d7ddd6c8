"""What a mention stands on: stored facts and the claims that cite them.

In: mentions and facts. Out: findings, each with its span. Never: a weight that was learned.
"""
