"""The options of a mailbox's pace, as `outrider mailbox add` takes them.

In: nothing. Out: annotations. Never: a default; `sending.pacing.forms` reads the words.
"""

from __future__ import annotations

from typing import Annotated

import typer

PacingOption = Annotated[
    str | None,
    typer.Option(
        help="steady or none. Without it: steady where mail leaves this machine, else none."
    ),
]
RampOption = Annotated[
    str | None,
    typer.Option(help="How a new mailbox grows, from today: weekly, gentle, fortnight, none."),
]
GapOption = Annotated[
    str | None, typer.Option(help="Least time between two mails, such as 90s or 5m.")
]
HoursOption = Annotated[
    str | None, typer.Option(help="When the mailbox writes, such as 8:30-17:30.")
]
ZoneOption = Annotated[
    str | None, typer.Option(help="Its time zone, such as America/Denver. Without it: UTC.")
]
