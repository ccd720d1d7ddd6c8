"""Comparing two arms while looking at any time: an e-process, and intervals for the shares.

In: outcomes in the order in which people were reached. Out: evidence, a bound on being wrong.
Never: a verdict from a glance that the next glance takes back, a share below a floor.

The e-variable for two groups is that of Turner, Ly and Grünwald, "Generic E-variables for exact
sequential k-sample tests that allow for optional stopping" (J. Stat. Plan. Inference 230, 2024):
for a block of one outcome from each arm, the likelihood with a share for each arm over the
likelihood with their mean for both. The shares are the means of a Beta posterior on the blocks
before, so each factor has expectation at most 1 when the arms are equal, whatever the share is. By
Ville's inequality the product passes 1/alpha with a probability of at most alpha, over all time:
looking every hour costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

ALPHA = 0.05
_PRIOR_HITS, _PRIOR_MISSES = 0.18, 0.18
"""Of the Beta prior; the same paper finds them good when nothing is known of the shares."""
_LIMIT = 700.0
"""Logarithms beyond it overflow; the evidence is more than anybody needs."""


@dataclass(frozen=True)
class Evidence:
    """What the outcomes say against "the arms are equal"."""

    e_value: float
    """The largest so far is what counts, so it never falls."""
    blocks: int
    is_different: bool

    @property
    def p_value(self) -> float:
        """A p-value that holds at any time: 1 over the e-value."""
        return min(1.0, 1.0 / self.e_value)


def evidence(first: Sequence[bool], second: Sequence[bool], alpha: float = ALPHA) -> Evidence:
    """The evidence that two arms differ.

    The i-th outcome of one arm is put beside the i-th of the other; what is left over waits. It may
    be asked for as often as one likes: more outcomes only lengthen the sequences.

    Args:
        first: whether each person of the first arm answered well, in the order of reaching them.
        second: the same for the other arm.
        alpha: the bound on the chance of ever calling equal arms different.
    """
    highest = current = 0.0
    hits = [0, 0]
    blocks = min(len(first), len(second))
    for index in range(blocks):
        current += _factor(hits, index, (first[index], second[index]))
        highest = max(highest, current)
        hits[0] += first[index]
        hits[1] += second[index]
    return Evidence(exp(min(highest, _LIMIT)), blocks, highest >= -log(alpha))


def _factor(hits: Sequence[int], seen: int, block: tuple[bool, bool]) -> float:
    """The logarithm of one block's e-variable, from shares learned before it."""
    total = seen + _PRIOR_HITS + _PRIOR_MISSES
    shares = [(count + _PRIOR_HITS) / total for count in hits]
    both = sum(shares) / 2
    return sum(
        log(share / both) if is_hit else log((1 - share) / (1 - both))
        for share, is_hit in zip(shares, block, strict=True)
    )


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, JASA 22:209-212); (0, 1) for no case.

    It holds for one look; whether arms differ is for `evidence`.
    """
    if total <= 0:
        return 0.0, 1.0
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
