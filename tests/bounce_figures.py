"""How well bounces are read, counted against labelled ones."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outrider.sending.bounces.detect import detect
from outrider.sending.bounces.types import Kind, Outcome, Report

TROUBLE = frozenset({Kind.BOUNCE, Kind.DELAY})
"""A delay is trouble, too: labels of bounces count it, but it never is a hard one."""

_FEEDBACK = frozenset({Kind.COMPLAINT, Kind.FEEDBACK})
_OTHERS = {
    "feedback": _FEEDBACK,
    "vacation": frozenset({Kind.AUTO_REPLY}),
    "delivered": frozenset({Kind.DELIVERED}),
}

Facts = list[dict[str, Any]]


@dataclass
class Figures:
    """Counts over labelled mails, and the files that were read wrongly, by kind of server."""

    bounces: int = 0
    found: int = 0
    delays: int = 0
    exact: int = 0
    others: int = 0
    others_right: int = 0
    hard_right: int = 0
    hard_wrong: int = 0
    hard_missed: int = 0
    seconds: float = 0.0
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def hard_precision(self) -> float:
        return self.hard_right / max(1, self.hard_right + self.hard_wrong)

    @property
    def hard_recall(self) -> float:
        return self.hard_right / max(1, self.hard_right + self.hard_missed)


def labelled(folder: Path) -> dict[str, tuple[bytes, Facts]]:
    """Every labelled mail with its facts."""
    labels: dict[str, Facts] = json.loads((folder / "labels.json").read_text())
    return {
        name: ((folder / "maildir" / name).read_bytes(), facts) for name, facts in labels.items()
    }


def measure(mails: dict[str, tuple[bytes, Facts]]) -> Figures:
    """Read every mail and count."""
    figures = Figures()
    for name, (raw, facts) in mails.items():
        begin = time.process_time()
        report = detect(raw)
        figures.seconds += time.process_time() - begin
        family = re.sub(r"-\d+\.eml$", "", name)
        allowed = _OTHERS.get(facts[0]["reason"])
        if allowed is not None:
            figures.others += 1
            figures.others_right += report is not None and report.kind in allowed
            continue
        _count(figures, family, report, facts)
    return figures


def _count(figures: Figures, family: str, report: Report | None, facts: Facts) -> None:
    figures.bounces += 1
    is_found = report is not None and report.kind in TROUBLE
    figures.found += is_found
    figures.delays += report is not None and report.kind is Kind.DELAY
    outcomes: dict[str, Outcome] = {}
    if report is not None and is_found:
        outcomes = {one.recipient: one for one in report.outcomes}
    wanted = {fact["recipient"].lower(): fact["hard"] for fact in facts if fact.get("recipient")}
    figures.exact += wanted.keys() == outcomes.keys()
    is_wrong = not is_found or wanted.keys() != outcomes.keys()
    for recipient, is_hard in wanted.items():
        said = outcomes.get(recipient)
        says_hard = said is not None and said.is_hard
        figures.hard_right += is_hard and says_hard
        figures.hard_wrong += says_hard and not is_hard
        figures.hard_missed += is_hard and not says_hard
        is_wrong = is_wrong or says_hard != is_hard
    figures.missed[family] += is_wrong
