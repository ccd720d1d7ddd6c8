"""How much each account is worth our time (A-28).

In: accounts. Out: scores with their reasons, best first. Never: a score without the version of its
weights, or one that depends on other accounts.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.kernel.database.tx import Tx
from outrider.prospects import rules, store, store_facts
from outrider.prospects.types import AccountId, FactKind, Score, Standing, Weighting
from outrider.prospects.weights import LEASE_ACCOUNTING

_KINDS = (
    FactKind.OPERATING_LEASE_LIABILITY,
    FactKind.FISCAL_YEAR_END,
    FactKind.AUDITOR,
    FactKind.COMPETITOR,
)


async def rank(
    tx: Tx,
    account_ids: Sequence[AccountId] | None = None,
    weighting: Weighting = LEASE_ACCOUNTING,
) -> list[Score]:
    """Score accounts and keep each score that differs from the account's last one.

    Args:
        tx: the open transaction; its instant is the day from which year ends are counted.
        account_ids: which accounts; None stands for all that are not exhausted.
        weighting: weights and scales.

    Returns:
        The scores, best first.
    """
    accounts = await store.accounts(tx, account_ids)
    ids = [account.id for account in accounts]
    facts = await store_facts.factors_facts(tx, ids, _KINDS)
    counts = await store.contact_counts(tx, ids)
    today = tx.now.date()
    scores = [
        rules.score(
            Standing(
                account=account,
                facts=tuple(facts.get(account.id, ())),
                contacts=counts.get(account.id, 0),
            ),
            weighting,
            today,
        )
        for account in accounts
    ]
    known = await store_facts.newest_scores(tx, ids)
    await store_facts.add_scores(tx, [s for s in scores if known.get(s.account_id) != s])
    return rules.ranked(scores)


async def newest(tx: Tx, account_ids: Sequence[AccountId] | None = None) -> list[Score]:
    """The last kept scores, best first; accounts that were never scored are left out."""
    return rules.ranked(list((await store_facts.newest_scores(tx, account_ids)).values()))
