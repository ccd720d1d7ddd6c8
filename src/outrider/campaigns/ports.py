"""What the room needs from outside, in its own words.

In: nothing. Out: Protocols. Never: a vendor's type.
"""

from __future__ import annotations

from typing import Protocol

from outrider.campaigns.task_types import SmsResult


class TextMessages(Protocol):
    """A provider of text messages. None of them can be asked twice without sending twice."""

    async def send(self, to: str, text: str) -> SmsResult:
        """Hand one message over, once; what nobody can know is `unknown`, never an exception.

        Args:
            to: the number in E.164 form, e.g. +15125550100.
            text: the exact words.
        """
        ...
