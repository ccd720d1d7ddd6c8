"""A follow-up takes no angle that its thread had before; what this very step tried is not in the thread."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from outrider.agents.shift import Shift
from outrider.campaigns.types import EnrollmentId
from outrider.drafts.types import DraftStatus

THREAD, OTHER = EnrollmentId(UUID(int=1)), EnrollmentId(UUID(int=2))


def shift(*drafts: tuple[EnrollmentId, int, str, DraftStatus]) -> Shift:
    """A run that has these drafts at hand: enrollment, step, angle, status."""
    known: dict[EnrollmentId, list[Any]] = {}
    for enrollment, step, angle, status in drafts:
        one = SimpleNamespace(step=step, angle=angle, status=status)
        known.setdefault(enrollment, []).append(one)
    return cast(Shift, SimpleNamespace(drafts=known))


SENT, REJECTED, WITHDRAWN = DraftStatus.SENT, DraftStatus.REJECTED, DraftStatus.WITHDRAWN


def test_every_earlier_step_counts_whatever_became_of_its_versions() -> None:
    run = shift(
        (THREAD, 1, "leases", REJECTED), (THREAD, 1, "auditor", SENT), (THREAD, 2, "timing", SENT)
    )
    assert Shift.angles_used(run, THREAD, 3) == ("leases", "auditor", "timing")
    assert Shift.angles_used(run, THREAD, 2) == ("leases", "auditor")
    assert Shift.angles_used(run, THREAD, 1) == ()


def test_an_earlier_try_at_the_same_step_was_never_read_and_leaves_its_angle_free() -> None:
    """A step is written once more only after its draft was withdrawn; a rewrite keeps its own list."""
    run = shift((THREAD, 1, "leases", SENT), (THREAD, 2, "auditor", WITHDRAWN))
    assert not Shift.is_written(run, THREAD, 2)
    assert Shift.angles_used(run, THREAD, 2) == ("leases",)


def test_another_thread_does_not_count() -> None:
    run = shift((OTHER, 1, "leases", SENT))
    assert Shift.angles_used(run, THREAD, 2) == ()
