"""What doors and the job queue have done: one file a piece of work, each registering its jobs.

In: Outrider and a request. Out: what was done. Never: a rule; verbs of the rooms decide.
"""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "chase",
    "fleet_clock",
    "health",
    "learn",
    "review",
    "rewrite",
    "send_mail",
    "slack_fleet",
    "slack_posts",
    "tasks_due",
)
"""The modules that register a job."""


def registered_jobs() -> None:
    """Import every module that registers a job, so that a worker knows them all."""
    for module in MODULES:
        import_module(f"outrider.app.jobs.{module}")
