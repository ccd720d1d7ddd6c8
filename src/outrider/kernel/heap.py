"""The collector's rest: what a long-lived process made at its start is never searched again.

In: nothing. Out: nothing. Never: a collector that is switched off; what is made later is collected.
"""

from __future__ import annotations

import gc


def settled() -> None:
    """Take all that lives now out of the collector's sight; called once, when start-up is done.

    A full collection walks every object, 70 ms for the 150,000 of a server with its libraries, and
    whoever waits for an answer meanwhile waits that much longer.
    """
    gc.collect()
    gc.freeze()
