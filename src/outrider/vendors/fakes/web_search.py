"""A search that finds what it was given to find.

In: pages by the words that a query must hold. Out: hits, like a real search gives them. Never: a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from outrider.drafts.ports import SearchHit
from outrider.kernel.errors import VendorUnavailable


@dataclass
class FakeSearch:
    """Pages (address, title, sentence) by a word of the query; it remembers what was asked."""

    pages: Mapping[str, tuple[tuple[str, str, str], ...]]
    now: datetime
    is_down: bool = False
    name: str = "fake search"
    asked: list[str] = field(default_factory=list)

    async def search(self, query: str) -> tuple[SearchHit, ...]:
        """The pages whose word stands in the query.

        Raises:
            VendorUnavailable: it is told to be down.
        """
        self.asked.append(query)
        if self.is_down:
            raise VendorUnavailable("The search does not answer; try again in some minutes.")
        return tuple(
            SearchHit(
                url=url,
                title=title,
                quote=sentence,
                retrieved_at=self.now,
                content=f"<html><title>{title}</title><p>{sentence}</p></html>".encode(),
            )
            for word, pages in self.pages.items()
            if word.casefold() in query.casefold()
            for url, title, sentence in pages
        )
