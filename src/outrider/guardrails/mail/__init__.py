"""What no mail may carry, whatever it claims: leaks, disguises, spam structure, unreadable HTML.

In: a mail. Out: findings. Never: a stored fact.
"""
