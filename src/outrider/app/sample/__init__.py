"""The sample workspace: a fictional brand, its competitor, forty companies and their filings.

In: nothing. Out: files, named by `contents`. Never: a real company, person, address or figure.
"""
