"""A number of a mail with the words around it: its clause, its sentence, whose it is.

In: a mention and its text. Out: pieces of the text, and whether they are of the account. Never: a weight;
that is `stated`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from outrider.guardrails.reading.mentions import Mention, sentence

FEW = Decimal(12)
_CLAUSE_END = re.compile(
    r"[,;:.!?\n()\u2014]|\b(?:and|but|so|while|which|who|whose|where|because|if)\b", re.IGNORECASE
)
YOUR = re.compile(r"\b(?:your|yours|you|you're|you've|their|they|its)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|those|these|no|any|either|which|between|us|them|other)[ ]$", re.I)
_OWN_VERB = re.compile(
    r"\b(?:you|they)(?:'ve|'re| have| has| had| are)? (?!(?:for|in|to|at|by|with|about|on|of|if|and|or|as)\b)"
    r"(?:[a-z]+ ){1,2}$|\b(?:your|their|its) (?:[a-z-]+ ){0,4}$",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:do|does|did|could|would|can|will|might|may|should|shall) (?:you|they|your [a-z]+)\b|"
    r"\b(?:you|they)(?:'d|'ll| could| would| can| will| might| may| should| want| need|"
    r" get| like| prefer| pick| choose)\b",
    re.IGNORECASE,
)


def clause_of(text: str, mention: Mention) -> tuple[int, int]:
    """The offsets of the clause around a mention; a conjunction ends it."""
    low, high = sentence(text, mention.start, mention.end)
    for found in _CLAUSE_END.finditer(text, low, mention.start):
        if found.end() < mention.start:
            low = found.end()
    after = _CLAUSE_END.search(text, mention.end, high)
    return low, after.start() if after else high


@dataclass(frozen=True)
class Count:
    """A number of a mail with the words around it."""

    mention: Mention
    text: str
    account: str
    is_beside_claim: bool

    @cached_property
    def said(self) -> str:
        """The sentence."""
        return self.text[slice(*sentence(self.text, self.mention.start, self.mention.end))]

    @cached_property
    def near(self) -> str:
        """The clause."""
        return self.text[slice(*clause_of(self.text, self.mention))]

    @cached_property
    def before(self) -> str:
        """The clause up to the number."""
        return self.text[clause_of(self.text, self.mention)[0] : self.mention.start]

    @cached_property
    def after(self) -> str:
        """The sentence from the number on."""
        _, high = sentence(self.text, self.mention.start, self.mention.end)
        return self.text[self.mention.end : high]

    @cached_property
    def is_owned(self) -> bool:
        """Whether the words before it say that it is the account's."""
        return _is_owned(self.before, self.account)

    @cached_property
    def is_digits(self) -> bool:
        """Whether it is written in digits, which claim to be exact."""
        return self.mention.text[0].isdigit()

    @cached_property
    def is_definite(self) -> bool:
        """Whether it only takes up what is known: `the two`, `no two suppliers`, `these three`."""
        is_few = not self.is_digits and self.mention.number <= FEW
        return is_few and self.follows(_DEFINITE, 12)

    def follows(self, pattern: re.Pattern[str], reach: int = 30) -> bool:
        """Whether a pattern ends right before the number."""
        start = self.mention.start
        return pattern.search(self.text, max(0, start - reach), start) is not None

    def leads(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern begins right after the number."""
        return pattern.match(self.text, self.mention.end) is not None


def _is_owned(before: str, account: str) -> bool:
    """Whether the words right before a count say that it is the account's."""
    if _OWN_VERB.search(before):
        return _MODAL.search(before) is None
    words = account.casefold().split()
    near = before.casefold().split()[-4:]
    return bool(words) and any(word.startswith(words[0]) for word in near)


def is_about(said: str, account: str) -> bool:
    """Whether words are about the reader or the account."""
    if YOUR.search(said):
        return True
    words = account.casefold().split()
    return bool(words) and words[0] in said.casefold()
