"""Mail that leaves over a provider's HTTP interface.

In: the exact bytes. Out: what became of them. Never: a blind second try.
"""
