"""An installation as its first day leaves it: a mailbox, a campaign, leads, and drafts that wait.

In: the program and a CSV of leads. Out: the drafts. Never: a decision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.program import Program


def proposed(program: Program, leads: Path, rows: str) -> dict[str, dict[str, Any]]:
    """The drafts by the address they are for; the rows are written to the file `leads`."""
    program.ok(
        "mailbox", "add", "sales@try-brand.example", "--name", "Ann Reed",
        "--postal-address", "12 Main Street, Boston MA 02110",
        "--booking-link", "https://cal.try-brand.example/ann",
    )  # fmt: skip
    program.ok("campaign", "create", "Leases", "--brand", "Brand")
    leads.write_text(rows)
    program.ok("import", str(leads))
    program.ok("run", "sdr", "--campaign", "Leases")
    return {draft["contact_email"]: draft for draft in program.json("drafts", "list")["items"]}
