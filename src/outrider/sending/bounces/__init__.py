"""Machines' reports about mail of ours, read from raw bytes: bounces, complaints, auto-replies.

In: the bytes of one message. Out: a `Report`, or None. Never: a table, a file, a network, an
exception.
"""
