"""The ground every room stands on: time, ids, money, settings, the database, audit, switches.

In: nothing from any room. Out: small parts with no word of sales in them.
Never: a domain noun, a decision, a vendor's name.
"""
