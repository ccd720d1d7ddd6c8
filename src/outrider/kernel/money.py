"""Money. In: a decimal and a currency. Out: `Money`. Never: a float, or a sum across currencies."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Money(BaseModel):
    """An amount in one currency; `currency` is an ISO 4217 code in capitals."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")

    def __add__(self, other: Money) -> Money:
        """The sum. Raises ValueError when the currencies differ."""
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)
