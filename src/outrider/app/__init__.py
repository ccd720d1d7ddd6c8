"""The doors: command line, API, jobs, read-only views, and the one place that binds ports.

In: requests, clicks, ticks. Out: calls of the rooms' verbs in a transaction opened here.
Never: a decision, a rule, SQL outside `views`.
"""
