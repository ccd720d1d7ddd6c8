"""Labelled bounces for the figures about reading them.

In: the folder of real ones. Out: counts and one JSON line. Never: self-made bounces counted as real
ones; without real ones, a few self-made ones only show that the figure runs, and the note says so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from benchmarks._bounce_peer import measured
from tests.bounce_figures import Facts, Figures, labelled, measure
from tests.mails import bounce

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "bounces"

_MADE = (
    ("5.1.1", "smtp; 550 5.1.1 User unknown", True),
    ("5.2.2", "smtp; 552 5.2.2 Mailbox full", False),
    ("5.7.1", "smtp; 550 5.7.1 blocked", False),
)


def figures(folder: Path) -> tuple[Figures, str]:
    """Counts over the labelled bounces of a folder, and which ones they are."""
    mails, which = mails_of(folder)
    return measure(mails), which


def peer(folder: Path, bounces: int) -> str:
    """What the peer library finds in the same mails, as a clause for a note."""
    found = measured(mails_of(folder)[0])
    return (
        "flufl.bounce is not installed, so nothing ran beside it"
        if not found
        else found.note(bounces)
    )


def mails_of(folder: Path) -> tuple[dict[str, tuple[bytes, Facts]], str]:
    """The labelled mails of a folder, or a few self-made ones, and which these are."""
    if folder.is_dir():
        return labelled(folder), "real"
    mails: dict[str, tuple[bytes, Facts]] = {}
    for number, (status, diagnostic, hard) in enumerate(_MADE):
        whom = f"dana{number}@acme.example"
        raw = bounce(f"<{number}@try-brand.example>", whom, status=status, diagnostic=diagnostic)
        mails[f"made-{number}.eml"] = (raw, [{"recipient": whom, "hard": hard, "reason": ""}])
    return mails, "self-made"


def line(figure: str, value: float, limit: float, text: str) -> None:
    """Print one figure as JSON; `limit` is the least that is asked of it."""
    found = {"figure": figure, "value": round(value, 4), "unit": "share", "limit": limit}
    print(json.dumps({**found, "ratio": round(value / limit, 3), "note": text}))


def note(found: Figures, which: str) -> str:
    """What the number alone does not tell."""
    wrong = ", ".join(f"{family} {count}" for family, count in sorted((+found.missed).items()))
    speed = (found.bounces + found.others) / max(found.seconds, 1e-9)
    return (
        f"{found.bounces} {which} bounces, {found.delays} of them delays; {found.others_right} of "
        f"{found.others} complaints, receipts and absences told apart; dead addresses: precision "
        f"{found.hard_precision:.3f}, recall {found.hard_recall:.3f} ({found.hard_right} right, "
        f"{found.hard_wrong} wrong, {found.hard_missed} missed); {speed:.0f} mails/s/core; "
        f"files with something wrong: {wrong or 'none'}; limit: the least that is asked"
    )
