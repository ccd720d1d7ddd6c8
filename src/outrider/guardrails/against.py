"""What a mail tells at odds with a stored statement, whether it cites it or not.

In: the texts of a mail, the account's facts. Out: findings. Never: a sentence that is only unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from outrider.guardrails.agents import done_by_another
from outrider.guardrails.covers import block, cut
from outrider.guardrails.holding import held_otherwise
from outrider.guardrails.named import short_name, tokens_of
from outrider.guardrails.roles import exchanged
from outrider.guardrails.types import Finding, KnownFact, Span

MOST = 10
"""More findings of one sort than these help nobody."""

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
            if fact.kind == "statement" and tokens_of(short_name(fact.account)) == own
        )
    )
    firms = [fact.value for fact in facts if fact.kind == "auditor"]
    for part, text in texts.items():
        for start, end, source in islice(held_otherwise(text, sources), MOST):
            yield _finding(part, text, start, end, source)
        for source in sources:
            for start, end in islice(exchanged(text, source, short), MOST):
                yield _finding(part, text, start, end, source)
            others = [each for each in firms if each not in source]
            for start, end in islice(done_by_another(text, source, others), MOST):
                yield _finding(part, text, start, end, source)


def _finding(part: str, text: str, start: int, end: int, source: str) -> Finding:
    message = f"`{cut(text[start:end])}` is not what the source says: {cut(source)}"
    return block("claim_relation", message, _FIX, Span(part=part, start=start, end=end))
