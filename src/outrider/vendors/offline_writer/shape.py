"""The form of an angle. In: nothing. Out: frozen values. Never: a text of a mail; see `angles`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

from outrider.prospects.types import FactKind

SLOTS: dict[str, tuple[FactKind, ...]] = {
    "liability": (FactKind.OPERATING_LEASE_LIABILITY, FactKind.LEASE_LIABILITY_ALL),
    "auditor": (FactKind.AUDITOR,),
    "year_end": (FactKind.FISCAL_YEAR_END,),
    "employees": (FactKind.EMPLOYEES,),
    "quote": (FactKind.STATEMENT,),
}
"""Places for a fact, and the kinds that may fill each."""

FREE_SLOTS = frozenset({"company", "brand", "offer", "pitch", "show", "liability_noun", "report"})
"""Places that need no fact of their own.

`offer` answers the sentence before it, `pitch` stands on its own, `show` is what could come next;
`report` says where the liability was reported, and stands in shapes with `liability` only.
"""

FILING_SLOTS = frozenset(SLOTS)


@dataclass(frozen=True)
class Line:
    """Sentences that say the same in other words. `spare` lines go first when a mail is too long."""

    variants: tuple[str, ...]
    spare: int = 0


@dataclass(frozen=True)
class Shape:
    """One whole mail of an angle: paragraphs of lines, and the question that ends it."""

    paragraphs: tuple[tuple[Line, ...], ...]
    questions: tuple[str, ...]
    season: str = ""
    """`before`, `after` or `between` year-ends; empty for any time."""
    is_terse: bool = False
    """Only where a shorter mail is asked for."""

    def slots(self) -> frozenset[str]:
        """Every place in the mail but those in spare lines."""
        needed = [text for lines in self.paragraphs for line in lines if not line.spare
                  for text in line.variants]  # fmt: skip
        return frozenset().union(*(places(text) for text in (*needed, *self.questions)))

    def opens_with_filing(self) -> bool:
        """Whether the first paragraph tells something from a filing."""
        opening = [text for line in self.paragraphs[0] for text in line.variants]
        told = FILING_SLOTS | {"report"}
        return any(
            places(text) & told or re.search(r"\bannual report|\bfilings?\b", text)
            for text in opening
        )

    def openings(self) -> int:
        """In how many ways the first line can be said."""
        return len(self.paragraphs[0][0].variants)


@dataclass(frozen=True)
class Angle:
    """A reason to write: what it needs, when it fits, its subjects, its mails."""

    key: str
    theme: str
    """`leases`, or `any`."""
    purpose: str
    """`first_touch`, `follow_up` or `break_up`."""
    why: str
    """One sentence for the reviewer."""
    subjects: tuple[str, ...]
    shapes: tuple[Shape, ...]
    for_system_users: bool = False
    """Only for accounts that already use some system; it is never named."""
    for_accounting: bool = False
    """Speaks of the close or the audit: not for people who look after buildings."""


def places(text: str) -> frozenset[str]:
    """The names of the places in a template."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def line(*variants: str, spare: int = 0) -> Line:
    """A line from its variants; white space from the source file is folded."""
    return Line(variants=tuple(re.sub(r"\s+", " ", text).strip() for text in variants), spare=spare)
