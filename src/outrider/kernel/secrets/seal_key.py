"""The key files that sign the log.

In: the key files. Out: who signs. Never: a key of the past that signs anything but the change to the next.
"""

from __future__ import annotations

from functools import partial

from outrider.kernel.audit.checkpoint import Signer
from outrider.kernel.secrets.key_files import Keys

NAME = "audit-seal"


def signer_of(keys: Keys) -> Signer:
    """Who signs the log's checkpoints now, and finds a key that somebody replaced meanwhile.

    Raises:
        InvalidSetting: a key file cannot be read.
    """
    newest, *before = keys.good(NAME)
    # A replacement that was cut off leaves one key under two names.
    return Signer(newest, [one for one in before if one != newest], partial(signer_of, keys))
