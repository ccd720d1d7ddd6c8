"""The best pure-Python reader of bounces that others wrote, over the same mails.

In: labelled mails. Out: the same counts as ours, or None where it is not installed. Never: a part of the
product: `pip install flufl.bounce` (Apache-2.0) is for this comparison alone.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from tests.bounce_figures import Facts

_NO_BOUNCE = frozenset({"feedback", "vacation", "delivered"})


@dataclass
class Peer:
    """What the peer found."""

    name: str
    found: int = 0
    exact: int = 0
    hard_right: int = 0
    hard_wrong: int = 0
    hard_missed: int = 0
    crashed: int = 0
    mails: int = 0
    seconds: float = 0.0

    def note(self, bounces: int) -> str:
        """One clause for a figure's note."""
        precision = self.hard_right / max(1, self.hard_right + self.hard_wrong)
        recall = self.hard_right / max(1, self.hard_right + self.hard_missed)
        return (
            f"{self.name} on the same mails in this run: found {self.found / bounces:.3f}, recipients "
            f"exact {self.exact / bounces:.3f}, dead addresses precision {precision:.3f}, recall "
            f"{recall:.3f}, crashed on {self.crashed}, {self.mails / max(self.seconds, 1e-9):.0f} "
            "mails/s/core"
        )


def measured(mails: dict[str, tuple[bytes, Facts]]) -> Peer | None:
    """The peer's counts; None when it is not installed."""
    try:
        peer: Any = importlib.import_module("flufl.bounce")
        version = importlib.import_module("importlib.metadata").version("flufl.bounce")
    except ImportError:
        return None
    counts = Peer(f"flufl.bounce {version}")
    for raw, facts in mails.values():
        begin = time.process_time()
        try:
            passing, lasting = peer.all_failures(message_from_bytes(raw))
        except Exception:  # noqa: BLE001 - a stranger's code; that it fell over is a result
            passing, lasting = set(), set()
            counts.crashed += 1
        counts.seconds += time.process_time() - begin
        counts.mails += 1
        if facts[0]["reason"] not in _NO_BOUNCE:
            _count(counts, _plain(passing), _plain(lasting), facts)
    return counts


def _plain(addresses: Any) -> set[str]:
    return {
        (one.decode("ascii", "replace") if isinstance(one, bytes) else str(one)).lower()
        for one in addresses
    }


def _count(counts: Peer, passing: set[str], lasting: set[str], facts: Facts) -> None:
    wanted = {fact["recipient"].lower(): fact["hard"] for fact in facts if fact.get("recipient")}
    counts.found += bool(passing | lasting)
    counts.exact += wanted.keys() == passing | lasting
    for recipient, is_hard in wanted.items():
        counts.hard_right += is_hard and recipient in lasting
        counts.hard_wrong += recipient in lasting and not is_hard
        counts.hard_missed += is_hard and recipient not in lasting
