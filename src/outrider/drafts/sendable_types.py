"""A queued draft as its sender sees it. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from dataclasses import dataclass

from outrider.drafts.types import DecisionId, DraftId, DraftStatus, MailContent


@dataclass(frozen=True, slots=True)
class Mark:
    """Which version of which rows was read, and what they say besides the mail itself."""

    draft_id: DraftId
    status: DraftStatus
    decision_id: DecisionId
    approved_hash: str
    version: str


@dataclass(frozen=True, slots=True)
class Sendable:
    """A mail that a person approved, as it is stored."""

    content: MailContent
    stored_hash: str
    mark: Mark
