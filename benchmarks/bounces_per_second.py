"""How many received mails a core reads in a second, bounces and ordinary mail mixed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._bounces import REAL, figures, mails_of, peer

from outrider.sending.bounces.detect import detect

LIMIT = 1000
ROUNDS = 3


def main() -> None:
    labelled, which = mails_of(REAL)
    ordinary = [file.read_bytes() for file in sorted((REAL / "not_bounces").glob("*"))]
    mails = [raw for raw, _ in labelled.values()] + ordinary
    best = 0.0
    taken = 0
    for _ in range(ROUNDS):
        begin = time.process_time()
        taken = sum(detect(raw) is not None for raw in ordinary)
        for raw, _ in labelled.values():
            detect(raw)
        best = max(best, len(mails) / (time.process_time() - begin))
    bounces = figures(REAL)[0].bounces
    note = (
        f"{len(labelled)} {which} reports and {len(ordinary)} ordinary mails, {taken} of the latter taken "
        f"for a report; CPU of one core, best of {ROUNDS}; {peer(REAL, bounces)}; limit: the least that "
        "is asked"
    )
    found = {"figure": "bounces_per_second", "value": round(best), "unit": "mails/s/core"}
    print(json.dumps({**found, "limit": LIMIT, "ratio": round(best / LIMIT, 3), "note": note}))


if __name__ == "__main__":
    main()
