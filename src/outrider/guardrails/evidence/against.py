"""What a mail tells at odds with a stored statement, whether it cites it or not.

In: the texts of a mail, the account's facts. Out: findings. Never: a sentence that is only unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from outrider.guardrails.evidence.agents import done_by_another
from outrider.guardrails.evidence.covers import cut
from outrider.guardrails.evidence.holding import held_otherwise
from outrider.guardrails.evidence.roles import exchanged
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.named import short_name, tokens_of
from outrider.guardrails.types import Finding, KnownFact, Span

MOST = 10
"""More findings of one sort than these help nobody."""

_FIRM = re.compile(r"(?<=[a-z,] )[A-Z][\w&'\u2019-]{2,30}(?: [A-Z][\w&'\u2019-]{2,30}){1,3}")
"""Names of two words and more: one word may be a place, and a place does nothing."""
_FIX = "Say only what the source says of it."


def against(
    texts: Mapping[str, str], facts: Sequence[KnownFact], account: str
) -> Iterator[Finding]:
    """Roles exchanged (who bought, who let, where from), and things held in another way."""
    short = short_name(account)
    own = tokens_of(short)
    sources = tuple(
        dict.fromkeys(
            fact.quote or fact.value
            for fact in facts
            if fact.kind == "statement"
            and (fact.account == account or tokens_of(short_name(fact.account)) == own)
        )
    )
    firms = {fact.value for fact in facts if fact.kind == "auditor"}
    firms.update(name for source in sources for name in _firms(source))
    others = {
        source: sorted(each for each in firms if each not in source and each not in short)
        for source in sources
    }
    for part, text in texts.items():
        for start, end, source in islice(held_otherwise(text, sources), MOST):
            yield _finding(part, text, start, end, source)
        for source in sources:
            for start, end in islice(exchanged(text, source, short), MOST):
                yield _finding(part, text, start, end, source)
            for start, end in islice(done_by_another(text, source, others[source]), MOST):
                yield _finding(part, text, start, end, source)


@lru_cache(maxsize=512)
def _firms(source: str) -> tuple[str, ...]:
    return tuple(_FIRM.findall(source))


def _finding(part: str, text: str, start: int, end: int, source: str) -> Finding:
    message = f"`{cut(text[start:end])}` is not what the source says: {cut(source)}"
    return block("claim_relation", message, _FIX, Span(part=part, start=start, end=end))
