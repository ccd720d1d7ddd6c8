"""Judge the labelled drafts with the gate that the product uses, and count per class.

In: a set, by its letter; rules are developed on `a` to `g`, and `h` and `j` have been read. Out: outcomes and tallies.
Never: a draft left out, or a label changed because of what the gate says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from outrider.drafts.rules import wording
from outrider.drafts.write import kept_claims
from outrider.guardrails.claims import ground
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    Finding,
    KnownFact,
    MailText,
    Names,
    Severity,
)

FOLDER = Path(__file__).resolve().parent
HALVES = ("a", "b", "c", "d", "e", "f", "g")
"""The sets that the rules were developed on; there were two once."""

READ = ("h", "j")
"""The sets that were read after their first look, with rules of a general kind drawn from them, and not fitted to."""

HELD_OUT = "i"
"""The set that no rule was fitted to, where there is one. Whoever tunes on it needs a new one, by another hand."""


@dataclass(frozen=True)
class Labelled:
    """One draft with everything that the gate is given, and what it should do.

    `should` is `pass`, `warn` or `block`; `blame` holds the words that a finding must mark.
    """

    id: str
    kind: str
    should: str
    blame: tuple[str, ...]
    mail: MailText
    claims: tuple[Claim, ...]
    facts: tuple[KnownFact, ...]
    names: Names
    today: date


@dataclass(frozen=True)
class Outcome:
    """What the gate said of one draft."""

    row: Labelled
    findings: tuple[Finding, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether a person could not approve it."""
        return any(item.severity is Severity.BLOCK for item in self.findings)

    @property
    def is_caught(self) -> bool:
        """Whether every blamed piece is marked by a finding of the severity that is due."""
        due = Severity.BLOCK if self.row.should == "block" else Severity.WARN
        marked = [item for item in self.findings if item.severity is due]
        if self.row.should == "warn" and not self.row.blame:
            return bool(marked)
        return all(
            any(_marks(item, words, self.row) for item in marked) for words in self.row.blame
        )


@dataclass(frozen=True)
class Tally:
    """Counts over some drafts: `due` should be marked and `caught` were; `clean` should pass."""

    due: int
    caught: int
    clean: int
    stopped: int

    @property
    def caught_share(self) -> float:
        """Caught among those that should be marked; 1 when there are none."""
        return self.caught / self.due if self.due else 1.0

    @property
    def false_share(self) -> float:
        """Blocked among those that should not be; 0 when there are none."""
        return self.stopped / self.clean if self.clean else 0.0


@cache
def drafts(name: str) -> tuple[Labelled, ...]:
    """Every labelled draft of one set, in the order of the file."""
    companies = {item["family"]: item for item in _lines(f"companies_{name}.jsonl")}
    return tuple(
        _labelled(item, companies[item["id"].rpartition("-")[0]])
        for item in _lines(f"drafts_{name}.jsonl")
    )


def headline() -> tuple[str, tuple[Labelled, ...]]:
    """The drafts that a figure is told of, and what they are: held out, or else the known ones."""
    if (FOLDER / f"drafts_{HELD_OUT}.jsonl").exists():
        return "held out", drafts(HELD_OUT)
    rows = tuple(row for name in (*HALVES, *READ) for row in drafts(name))
    return "read before, none is held out", rows


def judge(row: Labelled) -> Outcome:
    """What the gate says of one draft."""
    return Outcome(row, tuple(ground(row.mail, row.claims, row.facts, row.names, row.today)))


def tally(outcomes: Sequence[Outcome]) -> Tally:
    """Count; a draft that should warn counts on both sides, for it must be marked and may go."""
    due = [item for item in outcomes if item.row.should != "pass"]
    clean = [item for item in outcomes if item.row.should != "block"]
    return Tally(
        due=len(due),
        caught=sum(item.is_caught for item in due),
        clean=len(clean),
        stopped=sum(item.is_blocked for item in clean),
    )


def by_class(outcomes: Sequence[Outcome]) -> dict[str, Tally]:
    """One tally per class, in alphabetical order."""
    kinds = sorted({item.row.kind for item in outcomes})
    return {kind: tally([item for item in outcomes if item.row.kind == kind]) for kind in kinds}


def missed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that should be marked at their words and are not."""
    return [item for item in outcomes if item.row.should != "pass" and not item.is_caught]


def stopped(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that are blocked and should not be."""
    return [item for item in outcomes if item.row.should != "block" and item.is_blocked]


def _marks(finding: Finding, words: str, row: Labelled) -> bool:
    span = finding.span
    if span is None:
        return False
    text = row.mail.subject if span.part == "subject" else row.mail.body
    return any(
        span.start < start + len(words) and start < span.end for start in _places(words, text)
    )


def _places(words: str, text: str) -> Iterator[int]:
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def _lines(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _labelled(row: dict[str, Any], company: dict[str, Any]) -> Labelled:
    family, account = company["family"], company["names"]["account"]
    facts = {
        key: KnownFact.model_validate({"id": _id(family, key), "account": account, **fact})
        for key, fact in company["facts"].items()
    }
    claims = tuple(
        Claim(span=item["span"], fact_id=facts[item["fact"]].id, value=item["span"])
        for item in row["claims"]
    )
    words = wording(row["subject"], row["body"])
    return Labelled(
        id=row["id"],
        kind=row["class"],
        should=row["should"],
        blame=tuple(row["blame"]),
        mail=_mail(words.subject, words.body),
        claims=kept_claims(claims, words) if row.get("edited") else claims,
        facts=tuple(facts.values()),
        names=Names.model_validate(company["names"]),
        today=date.fromisoformat(company["today"]),
    )


def _mail(subject: str, body: str) -> MailText:
    return MailText(
        subject=subject, body=body, text=body, html="", step=1, booking_link="https://b.example/t",
        postal_address="1 Main Street", unsubscribe_url="https://b.example/u",
    )  # fmt: skip


def _id(family: str, key: str) -> ClaimedFactId:
    return ClaimedFactId(UUID(str(uuid5(NAMESPACE_URL, f"{family}/{key}"))))
