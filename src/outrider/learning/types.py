"""What was learned from decisions. In: nothing. Out: frozen values. Never: a row object."""

from __future__ import annotations

from datetime import datetime
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.drafts.types import DecisionId, DecisionKind, DraftId

ObservationId = NewType("ObservationId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Observation(Frozen):
    """One decision of a person, with the text before and after (C-43)."""

    id: ObservationId
    decision_id: DecisionId
    draft_id: DraftId
    action: DecisionKind
    category: str | None = Field(
        default=None, description="One of the five of A-45; empty until somebody extracts it"
    )
    note: str | None = None
    subject_before: str
    body_before: str
    subject_after: str | None = None
    body_after: str | None = None
    edit_distance: int = Field(description="Characters in words added, removed or replaced")
    created_at: datetime
    expires_at: datetime


class ObserveReport(Frozen):
    """What one look at the decisions found."""

    observed: int
    approved: int = 0
    edited: int = 0
    rejected: int = 0
