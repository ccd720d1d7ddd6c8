"""A secret in memory, which does not show itself.

In: a text. Out: the same, to whoever asks for it by name. Never: the text in a repr, a format, a pickle.
"""

from __future__ import annotations

import hmac
from typing import NoReturn

HIDDEN = "•••"


class SecretText:
    """A text that prints as `•••`; `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """`text` is the secret."""
        self._text = text

    def reveal(self) -> str:
        """The secret itself; for the call that needs it, and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretText):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment] # a hash of a short secret could be guessed from

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
