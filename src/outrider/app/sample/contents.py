"""Where the files of the sample workspace lie.

In: nothing. Out: paths inside the installed package. Never: a write, or a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from outrider.kernel.errors import Unavailable

COLUMN_MAP: Mapping[str, str] = {"competitor": "Current Software"}
"""What the list's header does not say by itself; to be given to the import."""


def brand_mail() -> Path:
    """Past sales mail of the fictional brand Keystone Ledger: one mbox file."""
    return _path("brand.mbox")


def competitor_mail() -> Path:
    """Past mail of the fictional competitor LeaseLoom: one mbox file."""
    return _path("competitor.mbox")


def leads() -> Path:
    """Forty companies with their people, as a CRM exports them; two rows are bad on purpose."""
    return _path("leads.csv")


def filings() -> Path:
    """A folder with the annual reports of thirty-two of the companies."""
    return _path("filings")


def _path(name: str) -> Path:
    """A file or folder of the sample.

    Raises:
        Unavailable: the package was installed as an archive, so there are no files to read.
    """
    found = files(__package__).joinpath(name)
    if not isinstance(found, Path) or not found.exists():
        raise Unavailable(
            f"The sample's {name} is not on disk; install Outrider as a folder and with its data."
        )
    return found
