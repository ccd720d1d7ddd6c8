"""Secrets: key files of our own, envelopes for what people hand over, master keys, keyed hashes.

In: a home folder, a master key's provider, rows. Out: keys, and secrets to whoever needs one. Never: a
secret that prints itself, or lies in a row as it is.
"""

from __future__ import annotations

from outrider.kernel.secrets.key_files import Keys

__all__ = ["Keys"]
