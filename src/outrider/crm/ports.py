"""What the room needs of a CRM. In: activities. Out: the CRM's ids. Never: a vendor's type."""

from __future__ import annotations

from typing import Protocol

from outrider.crm.types import Activity


class CrmActivities(Protocol):
    """A CRM that keeps activities. Logging the same reference twice keeps one."""

    async def log(self, activity: Activity) -> str:
        """Keep one activity; returns the CRM's id of it, the same one for the same reference.

        Raises:
            Refused: the CRM will never take this one; the message says why.
            VendorUnavailable: it does not answer; try again later.
        """
        ...

    async def exists(self, reference: str) -> str | None:
        """The CRM's id of what was logged under this reference, or None."""
        ...
