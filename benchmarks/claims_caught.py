"""Drafts that should not pass and are stopped at the right words, on a set that no rule was fitted to.

Where there is no such set, on those that the rules were developed on, and the note says so.
The limit of .98 is ours. The note gives each class that falls short, drafts that slip through, the same
count on the sets that the rules were developed on, and the share of figures of another fact that are
stopped in prose that was true.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.claims.measure import HALVES, by_class, drafts, headline, judge, missed, tally
from tests.claims.swaps import swaps

LIMIT = 0.98


def main() -> None:
    told_of, rows = headline()
    outcomes = [judge(row) for row in rows]
    known = tally([judge(row) for name in HALVES for row in drafts(name)])
    told = [judge(row).is_blocked for name in HALVES for row in swaps(name)]
    counted = tally(outcomes)
    short = [
        f"{kind} {each.caught}/{each.due}"
        for kind, each in by_class(outcomes).items()
        if each.caught < each.due
    ]
    worst = [item.row.mail.body[:90] for item in missed(outcomes)][:2]
    line = {
        "figure": "claims_caught",
        "value": round(counted.caught_share, 4),
        "unit": "share of drafts",
        "limit": LIMIT,
        "ratio": round(counted.caught_share / LIMIT, 3),
        "note": f"{told_of}: {counted.caught} of {counted.due}; developed on: {known.caught} of "
        f"{known.due}; {sum(told)} of {len(told)} exchanged figures; "
        f"short: {', '.join(short) or 'none'}; missed: {worst}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
