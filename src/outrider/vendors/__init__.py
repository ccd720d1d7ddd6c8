"""Adapters: one outside service a file, each fulfilling a port of the room it serves.

In: a room's types. Out: a room's types. Never: a decision, a table, another vendor.
"""
