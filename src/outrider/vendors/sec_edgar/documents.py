"""A filed document and the evidence drawn from it.

In: bytes with their address. Out: `Filed`, `Evidence`. Never: a meaning read into the bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from outrider.prospects.types import Evidence, RawDocument

COMPANY_FACTS = "sec_companyfacts"
SUBMISSIONS = "sec_submissions"


class Unreadable(ValueError):
    """A document cannot be read; the message says why in plain words, without the file's name."""


def padded_cik(value: object) -> str | None:
    """A CIK as ten digits, from a number or a text, with leading zeros or not; else None."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    digits = str(value).strip().upper().removeprefix("CIK").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or int(digits) == 0:
        return None
    return digits.zfill(10)


def source_of(form: str) -> str:
    """The evidence's source for a form: `10-K/A` gives `sec_10k`."""
    return "sec_" + re.sub(r"[^0-9a-z]", "", form.lower().partition("/")[0])


def media_type_of(source: str) -> str:
    """The media type of an answer (JSON) or of a report (HTML)."""
    return "application/json" if source in {COMPANY_FACTS, SUBMISSIONS} else "text/html"


def must_be_of(cik: str, stated: str) -> None:
    """Raise Unreadable when a document says that it is of another company."""
    if stated != cik:
        raise Unreadable(f"is of another company (CIK {stated}), so nothing was taken from it")


@dataclass(frozen=True)
class Filed:
    """A raw document, and the filing that it belongs to where that is known."""

    raw: RawDocument
    accession: str | None = None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes, hex."""
        return hashlib.sha256(self.raw.content).hexdigest()

    def evidence(self, quote: str, accession: str | None = None) -> Evidence:
        """Evidence that `quote` stands in this document."""
        return Evidence(
            source=self.raw.source,
            url=self.raw.url,
            quote=quote,
            retrieved_at=self.raw.retrieved_at,
            raw_sha256=self.sha256,
            accession=accession or self.accession,
        )
