"""Whether a migration would hold up the work that goes on beside it. In: the package's. Out: a line a risk."""

from __future__ import annotations

import sys

from outrider.kernel.database.migration_rules import risks
from outrider.kernel.database.revisions import package_folder, revisions

found = 0
# The first one meets an empty database.
for revision in revisions(package_folder())[1:]:
    script = revision.sql.read_text(encoding="utf-8")
    for risk in risks(script, revision.phase, in_transaction=revision.in_transaction):
        found += 1
        print(f"{revision.number}: {risk}")
sys.exit(1 if found else 0)
