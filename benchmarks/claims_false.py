"""Drafts that may pass and are blocked all the same, on a set that no rule was fitted to, and the time.

Where there is no such set, on those that the rules were developed on, and the note says so.
The limit of .02 is ours; smaller is better, and the ratio is the value over the limit. The note gives the
classes at fault, the same count on the sets that the rules were developed on, and CPU per draft.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.claims.measure import HALVES, by_class, drafts, headline, judge, stopped, tally

LIMIT = 0.02


def main() -> None:
    rows = [row for name in HALVES for row in drafts(name)]
    known = tally([judge(row) for row in rows])
    told_of, told_rows = headline()
    outcomes = [judge(row) for row in told_rows]
    began = time.process_time()
    for row in rows:
        judge(row)
    spent_ms = (time.process_time() - began) / len(rows) * 1000
    counted = tally(outcomes)
    at_fault = [
        f"{kind} {each.stopped}/{each.clean}"
        for kind, each in by_class(outcomes).items()
        if each.stopped
    ]
    worst = [item.row.mail.body[:90] for item in stopped(outcomes)][:2]
    line = {
        "figure": "claims_false",
        "value": round(counted.false_share, 4),
        "unit": "share of drafts",
        "limit": LIMIT,
        "ratio": round(counted.false_share / LIMIT, 3),
        "note": f"{told_of}: {counted.stopped} of {counted.clean}; developed on: {known.stopped} of "
        f"{known.clean}; at fault: {', '.join(at_fault) or 'none'}; "
        f"{spent_ms:.2f} ms a draft; blocked: {worst}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
