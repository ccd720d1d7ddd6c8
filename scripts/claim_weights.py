"""Learn how likely a finding of the claim rules is right, from what the rules said at first looks.

In: `tests/claims/first_looks.jsonl` and the labelled drafts. Out: figures with each author left out; with
`--write`, the weights as `src/outrider/guardrails/weighing/frozen.py`, the same bytes every time; with `--check`,
whether those are the weights in the tree. Never: a draft of a set held out.

    python scripts/claim_weights.py [--write | --check]
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.claims.measure import Labelled, drafts  # noqa: E402

from outrider.guardrails.claims import scene_of  # noqa: E402
from outrider.guardrails.types import Finding, Severity, Span  # noqa: E402
from outrider.guardrails.weighing.signs import signs  # noqa: E402

LOOKS = ROOT / "tests" / "claims" / "first_looks.jsonl"
TARGET = ROOT / "src" / "outrider" / "guardrails" / "weighing" / "frozen.py"
SETS = ("a", "b", "c", "d", "e", "f", "g", "h")
AUTHORS = ("c", "d", "e", "f", "g", "h")
"""The sets by others, which have a first look."""
LOWER, RAISE = 0.3, 0.5
PULL = 2.5
"""How strongly a weight is pulled to nought (one over scikit-learn's C)."""
LATER, ELSEWHERE = 0.5, 0.35
"""What a finding of rules that knew the draft counts, and a finding of a false draft beside its false words."""
LEAST, ROUNDS = 4, 60
ROUNDS_OF_CHANCE = 2000


@dataclass(frozen=True)
class Look:
    """One finding that rules made of one draft, and whether the draft's false words are under it."""

    row: Labelled
    part: str
    start: int
    end: int
    sort: str | None
    severity: str
    looks: tuple[str, ...]
    seen: frozenset[str]
    is_right: bool


class Outcome(NamedTuple):
    """What becomes of one draft."""

    is_due: bool
    is_caught: bool
    is_clean: bool
    is_blocked: bool


Judge = Callable[[Look], float]


def main() -> int:
    """Print the figures; write or compare the weights."""
    known = _looks()
    if "--write" not in sys.argv and "--check" not in sys.argv:
        _print_figures(known)
        return 0
    module = _module(*_learned([look for looks in known.values() for look in looks]))
    if "--write" in sys.argv:
        TARGET.write_text(module, encoding="utf-8")
        return 0
    is_same = TARGET.read_text(encoding="utf-8") == module
    print("the weights are those that were learned" if is_same else "the weights are others")
    return 0 if is_same else 1


def _looks() -> dict[str, list[Look]]:
    rows = {(name, row.id): row for name in SETS for row in drafts(name)}
    found: dict[str, list[Look]] = defaultdict(list)
    for line in LOOKS.read_text(encoding="utf-8").splitlines():
        look = json.loads(line)
        found[look["set"]].append(_look(rows[look["set"], look["id"]], look))
    return found


def _look(row: Labelled, look: dict[str, Any]) -> Look:
    span = Span(part=look["part"], start=look["start"], end=look["end"])
    severity = Severity(look["severity"])
    finding = Finding(check="", severity=severity, message="", fix="", span=span)
    texts = {"subject": row.mail.subject, "body": row.mail.body}
    scene = scene_of(texts, row.claims, row.facts, row.names)
    sort = look["sort"]
    seen = signs(finding, sort, scene) if sort else frozenset()
    is_right = row.should == "block" and any(_is_under(row, span, words) for words in row.blame)
    return Look(row, span.part, span.start, span.end, sort, look["severity"],
                tuple(look["looks"]), seen, is_right)  # fmt: skip


def _is_under(row: Labelled, span: Span, words: str) -> bool:
    text = row.mail.subject if span.part == "subject" else row.mail.body
    at = text.find(words)
    while at >= 0:
        if span.start < at + len(words) and at < span.end:
            return True
        at = text.find(words, at + 1)
    return False


def _learned(looks: Iterable[Look]) -> tuple[dict[str, float], float]:
    """The weights of a logistic regression, by coordinate descent; signs seen too rarely have none."""
    rows: list[tuple[frozenset[str], bool, float]] = []
    for look in looks:
        if look.sort is None:
            continue
        worth = 1.0 if look.is_right or look.row.should != "block" else ELSEWHERE
        if {"first", "blind"} & set(look.looks):
            rows.append((look.seen, look.is_right, worth))
        if "later" in look.looks:
            rows.append((look.seen, look.is_right, worth * LATER))
    count = Counter(sign for seen, _, _ in rows for sign in seen)
    having: dict[str, list[int]] = {
        sign: [at for at, row in enumerate(rows) if sign in row[0]]
        for sign in sorted(count)
        if count[sign] >= LEAST
    }
    return _descended(rows, having)


def _descended(
    rows: Sequence[tuple[frozenset[str], bool, float]], having: dict[str, list[int]]
) -> tuple[dict[str, float], float]:
    weights, bias, total = dict.fromkeys(having, 0.0), 0.0, [0.0] * len(rows)
    for _ in range(ROUNDS):
        bias += _step(rows, range(len(rows)), total, bias, 0.0)
        for sign, places in having.items():
            weights[sign] += _step(rows, places, total, weights[sign], PULL)
    return weights, bias


def _step(
    rows: Sequence[tuple[frozenset[str], bool, float]],
    places: Sequence[int],
    total: list[float],
    weight: float,
    pull: float,
) -> float:
    """One Newton step along one sign; the sums of its rows are moved with it."""
    slope, bend = pull * weight, pull
    for at in places:
        chance = 1 / (1 + exp(-total[at]))
        slope += rows[at][2] * (chance - rows[at][1])
        bend += rows[at][2] * chance * (1 - chance)
    step = -slope / max(bend, 1e-9)
    for at in places:
        total[at] += step
    return step


def _judge(weights: dict[str, float], bias: float) -> Judge:
    return lambda look: 1 / (1 + exp(-bias - sum(weights.get(sign, 0.0) for sign in look.seen)))


def _print_figures(known: dict[str, list[Look]]) -> None:
    """Rules alone beside rules with weights that were learned without the set's author."""
    alone: list[Outcome] = []
    beside: list[Outcome] = []
    for name in AUTHORS:
        others = [look for other in SETS if other != name for look in known[other]]
        judge = _judge(*_learned(others))
        first = [look for look in known[name] if "first" in look.looks]
        ours, theirs = _outcomes(name, first, None), _outcomes(name, first, judge)
        print(f"{name}: rules {_told(ours)}; with weights {_told(theirs)}")
        alone, beside = alone + ours, beside + theirs
    print(f"all: rules {_told(alone)}; with weights {_told(beside)}")
    print(_by_chance(alone, beside))


def _outcomes(name: str, looks: Sequence[Look], judge: Judge | None) -> list[Outcome]:
    """Per draft that is caught or stopped: see `_verdict`."""
    of: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        of[look.row.id].append(look)
    return [
        _verdict(row, [(look, _severity(look, judge)) for look in of[row.id]])
        for row in drafts(name)
    ]


def _severity(look: Look, judge: Judge | None) -> str:
    if judge is None or look.sort is None:
        return look.severity
    chance = judge(look)
    if look.severity == "block":
        return "block" if chance >= LOWER else "warn"
    return "block" if chance >= RAISE else "warn"


def _verdict(row: Labelled, looks: Sequence[tuple[Look, str]]) -> Outcome:
    """As `measure` counts: a draft that should warn is due, and clean too."""
    due = "block" if row.should == "block" else "warn"
    marked = [look for look, severity in looks if severity == due]
    caught = all(
        any(_is_under(row, Span(part=x.part, start=x.start, end=x.end), words) for x in marked)
        for words in row.blame
    )
    if row.should == "warn" and not row.blame:
        caught = bool(marked)
    is_blocked = any(severity == "block" for _, severity in looks)
    return Outcome(row.should != "pass", caught, row.should != "block", is_blocked)


def _told(outcomes: Sequence[Outcome]) -> str:
    caught, due, stopped, clean = _counts(outcomes)
    return f"caught {caught} of {due} ({caught / due:.3f}), blocked {stopped} of {clean} ({stopped / clean:.3f})"


def _counts(outcomes: Sequence[Outcome]) -> tuple[int, int, int, int]:
    due = [item for item in outcomes if item.is_due]
    clean = [item for item in outcomes if item.is_clean]
    return (
        sum(item.is_caught for item in due), len(due), sum(item.is_blocked for item in clean), len(clean)
    )  # fmt: skip


def _by_chance(alone: Sequence[Outcome], beside: Sequence[Outcome]) -> str:
    """The middle 95 of 100 of both changes, over drafts drawn again with a fixed seed."""
    chance, pairs = random.Random(7), list(zip(alone, beside, strict=True))
    changes = []
    for _ in range(ROUNDS_OF_CHANCE):
        drawn = chance.choices(pairs, k=len(pairs))
        one, two = _counts([x for x, _ in drawn]), _counts([y for _, y in drawn])
        changes.append((two[0] / two[1] - one[0] / one[1], two[2] / two[3] - one[2] / one[3]))
    told = []
    for at, name in enumerate(("caught", "blocked")):
        each = sorted(change[at] for change in changes)
        low, high = each[ROUNDS_OF_CHANCE // 40], each[-ROUNDS_OF_CHANCE // 40]
        told.append(f"{name} {low:+.3f} to {high:+.3f}")
    return f"change, 95 of 100: {', '.join(told)}"


def _module(weights: dict[str, float], bias: float) -> str:
    """The weights as a module, in hundredths of a unit of log odds."""
    lines = [
        '"""Weights of signs, learned by `scripts/claim_weights.py` (decision 0040): do not edit.',
        "",
        "In: nothing. Out: hundredths of a unit of log odds, and from which chance on a finding blocks.",
        "Never: changed by hand, or without a new version.",
        '"""',
        "",
        'VERSION = "claims-2"',
        f"LOWER = {LOWER}",
        f"RAISE = {RAISE}",
        f"BIAS = {round(bias * 100)}",
        "WEIGHTS = {",
    ]
    kept = {sign: round(weight * 100) for sign, weight in weights.items()}
    lines += [f'    "{sign}": {worth},' for sign, worth in sorted(kept.items()) if worth]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    raise SystemExit(main())
