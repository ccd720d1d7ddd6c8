"""The checks of a mail as a list to read: also what was looked at and found right.

In: findings. Out: one line a check, the worst first within its group. Never: a judgement of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outrider.app.views.inbox_types import Check, Flaw

_ASSERTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("can_spam", "Says who writes and how to stop it", ("can_spam",)),
    ("length", "Short enough to be read", ("length",)),
    ("subject_length", "Subject of a good length", ("subject_length",)),
    ("em_dash", "Plain punctuation", ("em_dash",)),
    ("booking_link", "Only our own booking link", ("booking_link",)),
    ("competitor_named", "No competitor by name", ("competitor_named",)),
    (
        "names",
        "Right names, nothing left unfilled",
        ("wrong_entity", "placeholder", "mixed_letters"),
    ),
)
"""The seven assertions (decision 4 of the requirements), in the order in which people read them."""

_CLAIMS = ("claims", "Every claim stands on a source")
_REST = ("guards", "Nothing that must not leave")
_STATES = ("ok", "note", "warn", "block")


def checks(findings: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Every check with what it found; claims first, then the seven assertions, then the guards."""
    flaws = [Flaw.model_validate(finding) for finding in findings]
    known = {name for _, _, names in _ASSERTIONS for name in names}
    claims = [flaw for flaw in flaws if flaw.check.startswith(("claim", "unsupported"))]
    rest = [flaw for flaw in flaws if flaw.check not in known and flaw not in claims]
    return [
        _check(*_CLAIMS, claims),
        *(
            _check(name, label, [flaw for flaw in flaws if flaw.check in names])
            for name, label, names in _ASSERTIONS
        ),
        _check(*_REST, rest),
    ]


def _check(name: str, label: str, flaws: list[Flaw]) -> Check:
    worst = max((_STATES.index(flaw.severity) for flaw in flaws), default=0)
    return Check(name=name, label=label, state=_STATES[worst], flaws=flaws)
