"""What people changed, kept as labelled pairs: the agent's words, the reason, the words that were approved.

In: a decision that changed or refused a draft; an approved version. Out: pairs with their distance.
Never: a pair from a test of the reviewers, a human's words before a person approved them (C-43), a
writer's variant under the name of a human's edit.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.drafts.review import store_overrides
from outrider.drafts.review.store_overrides import Pair, Words
from outrider.drafts.types import Decision, DecisionKind, Draft
from outrider.kernel.database.tx import Tx

VARIANT = "variant"
"""Kind of a pair of two writers' mails, of which a person chose the second."""

MOST_WORDS = 1_000
"""Words compared one by one; five mails' worth. What is beyond counts as one change a word."""


async def keep(tx: Tx, draft: Draft, decision: Decision, *, is_choice: bool = False) -> None:
    """Store what a person edited, rejected or, with `is_choice`, passed over for a writer's variant.

    The human side of an edit or a rejection waits for the approved version. That of a choice is the
    variant, known at once: both sides are a writer's, and the label is which one the person took.
    """
    before, after, distance = Words(subject=draft.content.subject, body=draft.body), None, None
    if decision.kind is DecisionKind.EDIT:
        after = Words(subject=decision.subject_after or "", body=decision.body_after or "")
        distance = words_between(before, after)
    pair = Pair(
        kind=VARIANT if is_choice else str(decision.kind),
        agent=before,
        human=after if is_choice else None,
        distance=distance,
    )
    await store_overrides.add(tx, decision, pair)


async def fill(tx: Tx, approved: Draft) -> int:
    """Complete the pairs of this mail's earlier versions with the words that a person approved."""
    after = Words(subject=approved.content.subject, body=approved.body)
    waiting = await store_overrides.waiting(tx, approved.lineage_id)
    for id_, before in waiting:
        await store_overrides.fill(tx, id_, after, words_between(before, after))
    return len(waiting)


def words_between(before: Words, after: Words) -> int:
    """Words to insert, delete or replace to get from one mail to the other, subject included."""
    return word_distance(
        f"{before.subject}\n{before.body}".split(), f"{after.subject}\n{after.body}".split()
    )


def word_distance(old: Sequence[str], new: Sequence[str]) -> int:
    """The Levenshtein distance between two sequences of words (Levenshtein 1966).

    Exact up to `MOST_WORDS` words that differ; beyond, an upper bound.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    beyond = max(len(old) - MOST_WORDS, len(new) - MOST_WORDS, 0)
    old, new = old[:MOST_WORDS], new[:MOST_WORDS]
    row = list(range(len(new) + 1))
    for number, word in enumerate(old, start=1):
        left, corner = number, number - 1
        for place, other in enumerate(new, start=1):
            above = row[place]
            best = corner if word == other else 1 + min(corner, above, left)
            row[place - 1], left, corner = left, best, above
        row[len(new)] = left
    return row[len(new)] + beyond
