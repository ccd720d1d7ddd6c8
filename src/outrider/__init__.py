"""Outrider: an agent proposes, a person decides, one executor acts, and everything can be traced."""

__version__ = "0.1.0"
