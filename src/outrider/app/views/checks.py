"""The checks of a mail as a list to read: also what was looked at and found right.

In: findings. Out: one line a check, the worst first within its group. Never: a judgement of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outrider.app.views.inbox_types import Check, Flaw
from outrider.drafts.review.reading import PREFIX as READER

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
_SECOND = ("second_reader", "A second reader believes each sentence")
_STATES = ("ok", "note", "warn", "block")


def checks(findings: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Every check with what it found; claims first, then the seven assertions, then the guards.

    What a second reader says stands by itself, where there was one.
    """
    flaws = [Flaw.model_validate(finding) for finding in by_whom(findings)]
    known = {name for _, _, names in _ASSERTIONS for name in names}
    claims = [flaw for flaw in flaws if flaw.check.startswith(("claim", "unsupported"))]
    second = [flaw for flaw in flaws if flaw.check.startswith(READER)]
    named = [*claims, *second]
    rest = [flaw for flaw in flaws if flaw.check not in known and flaw not in named]
    return [
        _check(*_CLAIMS, claims),
        *([_second_check(second)] if second else []),
        *(
            _check(name, label, [flaw for flaw in flaws if flaw.check in names])
            for name, label, names in _ASSERTIONS
        ),
        _check(*_REST, rest),
    ]


def by_whom(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings whose messages say who found them, where a second reader read the mail besides the rules."""
    is_read = any(_is_readers(one) for one in findings)
    return [
        {**one, "message": f"Rules: {one['message']}"}
        if is_read and not _is_readers(one)
        else dict(one)
        for one in findings
    ]


def _is_readers(finding: Mapping[str, Any]) -> bool:
    return str(finding.get("check", "")).startswith(READER)


def _second_check(flaws: list[Flaw]) -> Check:
    """Its note that it found nothing is no flaw."""
    found = _check(*_SECOND, flaws)
    return found.model_copy(update={"state": "ok"}) if found.state == "note" else found


def _check(name: str, label: str, flaws: list[Flaw]) -> Check:
    worst = max((_STATES.index(flaw.severity) for flaw in flaws), default=0)
    return Check(name=name, label=label, state=_STATES[worst], flaws=flaws)
