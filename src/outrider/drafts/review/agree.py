"""How far a judge and the people who decide agree, beyond what chance would give.

In: scores beside decisions. Out: Cohen's kappa with its interval. Never: a figure from so few pairs
that it says nothing, a version that a person wrote, a test of the reviewers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from math import sqrt

from outrider.drafts.review import store_scores
from outrider.drafts.review.types import Agreement, JudgeAgreement, Scores
from outrider.drafts.types import DecisionKind
from outrider.kernel.database.tx import Tx

LEAST_PAIRS = 30
"""With fewer pairs the interval is wider than anything one could conclude from it."""

FAIR_MEAN = Decimal("2.5")
"""Below it a judge calls a draft poor."""

_Z = 1.959964
_SAID = (DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT)
Table = Sequence[Sequence[int]]


async def agreement(tx: Tx, since: datetime) -> JudgeAgreement:
    """The judge beside every person's decision since then, on the same versions."""
    pairs = await store_scores.beside_decisions(tx, since)
    table = [[0, 0, 0] for _ in range(3)]
    unchanged = [[0, 0], [0, 0]]
    for scores, kind in pairs:
        table[grade(scores)][_SAID.index(kind)] += 1
        unchanged[not scores.would_approve][kind is not DecisionKind.APPROVE] += 1
    return JudgeAgreement(
        pairs=len(pairs),
        since=since,
        approval=kappa(unchanged),
        rank=kappa(table, is_ordered=True),
        judges=dict(Counter(scores.by for scores, _ in pairs)),
        table=tuple(tuple(row) for row in table),
    )


def grade(scores: Scores) -> int:
    """0 good, 1 fair, 2 poor: what a judge's scores come to beside approved, edited, rejected."""
    if scores.would_approve:
        return 0
    return 1 if scores.mean >= FAIR_MEAN else 2


def kappa(table: Table, *, is_ordered: bool = False) -> Agreement:
    """Cohen's kappa of a square table of counts, with a 95 % interval.

    Weighted by squared distance where the categories are ordered (Cohen 1968, Psychological
    Bulletin 70:213-220). The interval is kappa ± 1.96 standard errors, cut to -1 … 1; the standard
    error is the large-sample one of Fleiss, Cohen and Everitt 1969, Psychological Bulletin
    72:323-327, formula for a kappa that is not assumed to be zero.
    """
    total = sum(sum(row) for row in table)
    share = sum(row[place] for place, row in enumerate(table)) / total if total else 0.0
    observed = _rounded(share)
    if total < LEAST_PAIRS:
        why = f"{total} decided drafts were scored; {LEAST_PAIRS} are needed to tell anything."
        return Agreement(observed=observed, why_not=why)
    cells = [[count / total for count in row] for row in table]
    found = _kappa(cells, _weights(len(table), is_ordered), total)
    if found is None:
        why = "Both said the same of every draft: without any variety there is nothing to compare."
        return Agreement(observed=observed, why_not=why)
    value, error = found
    return Agreement(
        kappa=_rounded(value),
        low=_rounded(max(-1.0, value - _Z * error)),
        high=_rounded(min(1.0, value + _Z * error)),
        observed=observed,
    )


def _weights(size: int, is_ordered: bool) -> list[list[float]]:
    """How much each pair of categories counts as agreement, 0 to 1."""
    widest = (size - 1) ** 2
    return [
        [
            1 - (row - column) ** 2 / widest if is_ordered else float(row == column)
            for column in range(size)
        ]
        for row in range(size)
    ]


def _kappa(
    cells: list[list[float]], weights: list[list[float]], total: int
) -> tuple[float, float] | None:
    """Kappa and its standard error; None when agreement by chance is complete."""
    size = range(len(cells))
    rows = [sum(cells[i]) for i in size]
    columns = [sum(cells[i][j] for i in size) for j in size]
    seen = sum(weights[i][j] * cells[i][j] for i in size for j in size)
    chance = sum(weights[i][j] * rows[i] * columns[j] for i in size for j in size)
    if 1 - chance < 1e-12:
        return None
    of_row = [sum(weights[i][j] * columns[j] for j in size) for i in size]
    of_column = [sum(weights[i][j] * rows[i] for i in size) for j in size]
    spread = sum(
        cells[i][j] * (weights[i][j] * (1 - chance) - (of_row[i] + of_column[j]) * (1 - seen)) ** 2
        for i in size
        for j in size
    )
    spread -= (seen * chance - 2 * chance + seen) ** 2
    error = sqrt(max(0.0, spread)) / ((1 - chance) ** 2 * sqrt(total))
    return (seen - chance) / (1 - chance), error


def _rounded(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.001"))
