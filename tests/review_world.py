"""A world for the clock of reviews: people, a policy, drafts that wait, and a job that looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from outrider.app.jobs import chase as job
from outrider.app.wiring import Outrider
from outrider.campaigns import enrol
from outrider.drafts import read
from outrider.drafts.review import calendar, chase, judge, policy, route, store_reviews
from outrider.drafts.review.types import (
    Chased,
    Clock,
    OnTimeout,
    Policy,
    Review,
    Score,
    Scores,
    WorkingTime,
)
from outrider.drafts.types import Dimension, Draft, DraftId
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
