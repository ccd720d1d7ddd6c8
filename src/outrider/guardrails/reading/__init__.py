"""What a text states: its figures, dates, names and days, as written. Judges nothing.

In: text. Out: mentions at their places. Never: a stored fact.
"""
