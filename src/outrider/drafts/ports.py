"""What the room needs from outside, in its own words.

In: a query. Out: pages found, with what is needed to find them again. Never: a vendor's type.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pydantic import Field

from outrider.drafts.types import Frozen


class SearchHit(Frozen):
    """One page that a search found. All of it was written by strangers: it is data, never followed."""

    url: str
    title: str
    quote: str = Field(description="The sentence of the page that answers the query")
    retrieved_at: datetime
    media_type: str = "text/html"
    content: bytes = Field(description="The page as it was fetched; the quote stands in it")


class Searching(Protocol):
    """Somebody who can search the web."""

    name: str

    async def search(self, query: str) -> tuple[SearchHit, ...]:
        """The best hits for a query, the best first.

        Raises:
            VendorUnavailable: the search does not answer.
        """
        ...
