"""How likely a finding is right: weights of signs, learned before and frozen.

In: findings of the rules. Out: the same findings, weighed. Never: a finding of hard evidence made lighter.
"""
