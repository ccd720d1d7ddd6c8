"""What a share is a share of: `58% of our budget` is not 58% of ticket income.

In: a percentage of a mail with the words after it, and a source. Out: whether the source takes it of another
whole. Never: a noun of no group; another word for the same whole is no evidence.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import source_mentions

_GROUPS = {
    "income": "sales revenue revenues turnover income takings receipts",
    "costs": "budget budgets cost costs spend spending expenses expense expenditure outlay",
    "profit": "profit profits earnings margin margins ebitda",
    "people": "people staff employees workforce headcount team personnel colleagues workers",
    "assets": "assets equity capital",
    "debt": "debt debts loans borrowings liabilities",
    "output": "output production volume volumes tonnage throughput",
    "customers": "customers clients guests visitors patients passengers members tenants students",
}
_GROUP_OF = {word: group for group, words in _GROUPS.items() for word in words.split()}
_ENDS = frozenset(
    "from in at on for by is are was were goes went comes came to and or but which that as with".split()
)
_OF = re.compile(
    r"\)? of (?:all )?(?:your |its |our |the |their |total |net |[A-Z][\w-]+['\u2019]s? )*((?:[a-z-]+ ?){1,3})"
)


def is_of_another_whole(mention: Mention, text: str, source: str) -> bool:
    """Whether a source gives the percentage of a whole of another group, and of none of this one."""
    if mention.kind is not MentionKind.PERCENT:
        return False
    said = _whole(text, mention.end)
    if not said:
        return False
    known = [whole for number, whole in _known(source) if is_about(mention, number)]
    return bool(known) and all(whole and not whole & said for whole in known)


@lru_cache(maxsize=512)
def _known(source: str) -> tuple[tuple[Decimal, frozenset[str]], ...]:
    """Each percentage of a source with the groups of what it is taken of."""
    return tuple(
        (item.number, _whole(source, item.end))
        for item in source_mentions(source)
        if item.kind is MentionKind.PERCENT
    )


def _whole(text: str, end: int) -> frozenset[str]:
    """The groups of the nouns of the phrase after `of`, the last of them, which is the head."""
    found = _OF.match(text, end)
    words = found[1].split() if found else []
    end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
    return frozenset([_GROUP_OF[word] for word in words[:end] if word in _GROUP_OF][-1:])
