"""Have a version read by the second reader of claims, where its policy wants one.

In: Outrider and a draft. Out: its reading, stored once. Never: a transaction open while a model reads; an
error: whatever goes wrong is a finding that sends the draft to a person; the model that wrote the mail
as its reader.

It runs before the judge and before the policy is asked, and is stored by itself. A job that died in
between finds it done; one that died before asks again after its lease, and until then nothing is approved
by a policy. What an answer costs is counted however late it comes; until then all that it may cost is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.agents.models import Models
from outrider.app.wiring import Outrider
from outrider.drafts import read as drafts
from outrider.drafts.review import ask, second, spend
from outrider.drafts.review.reading_types import Reading, ReadRequest, Reply, Silence, Told
from outrider.drafts.review.second import SECOND_READ_TASK, Asked
from outrider.drafts.review.types import Policy
from outrider.drafts.types import Draft
from outrider.kernel.asking import Answer, Task, Tier
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import (
    BudgetExceeded,
    InvalidInput,
    InvalidSetting,
    OutriderError,
    Refused,
)
from outrider.kernel.telemetry import get_logger

READER = Actor(ActorKind.JOB, "second_reader")
ANSWERS_WITHIN = timedelta(seconds=120)
"""Over all models that are tried; a draft waits no longer for its reading."""
LATE: set[asyncio.Task[None]] = set()
"""Answers that nobody waits for any more, and that are still to be counted."""
_TIERS = (Tier.MID, Tier.HEAVY, Tier.LIGHT)

_log = get_logger("jobs")


async def second_read(
    outrider: Outrider, draft_id: UUID, within: timedelta = ANSWERS_WITHIN
) -> Reading | None:
    """Ask for what the policy wants and nobody asked for yet; None when there is nothing to do."""
    begin = outrider.begin(READER)
    async with begin() as tx:
        draft = await drafts.find(tx, str(draft_id))
        asked = await second.request(tx, draft)
        leave = await ask.begin(tx, draft.id) if asked else None
        if leave and not await second.waits(tx, draft):  # read since we looked
            await ask.end(tx, leave)
            return None
    if asked is None or leave is None:
        return None
    async with on_leave(outrider, leave):
        answering = asyncio.create_task(_told(outrider, asked))
        told = await _in_time(answering, within)
        if told.silence is not None:
            _log.warning("not_read", draft=draft.number, why=told.silence)
        async with begin() as tx:
            kept = await second.save(tx, draft, asked, told)
            await ask.end(tx, leave)
    if told.silence is Silence.LATE:
        _count_when_it_comes(outrider, draft, answering)
    return kept


@asynccontextmanager
async def on_leave(outrider: Outrider, leave: UUID) -> AsyncIterator[None]:
    """What fails with leave to ask gives it back, so that the job fails as often as jobs may, and no more."""
    try:
        yield
    except Exception:
        async with outrider.begin(READER)() as tx:
            await ask.end(tx, leave)
        raise


def require_models(outrider: Outrider, policy: Policy) -> None:
    """Let a policy pass whose second reader can be asked here.

    Raises:
        InvalidInput: it wants one, and there are not two models, one to write and one to read.
        InvalidSetting: `models.toml` cannot be used.
    """
    if not policy.second_reader.is_on:
        return
    configured = outrider.thinking
    if configured is None:
        raise InvalidInput(
            "second_reader.is_on needs a model, and none is configured here: set it to false, or write "
            f"{outrider.settings.home / 'models.toml'} (see docs/models.md)."
        )
    names = {spec.name for tier in Tier for spec in configured.models.chain(tier)}
    if len(names) < 2:
        raise InvalidInput(
            f"second_reader.is_on needs a model beside {next(iter(names))}, which writes: name a second "
            "one under [tiers] in models.toml, or set it to false."
        )


async def _in_time(answering: asyncio.Task[Told], within: timedelta) -> Told:
    """What is told in time. A request that is under way is paid for, so it is left to end."""
    try:
        done, _ = await asyncio.wait({answering}, timeout=within.total_seconds())
    except asyncio.CancelledError:
        answering.cancel()
        raise
    if done:
        return answering.result()
    # Set aside until it comes: should this process end before, nobody else would count it.
    return Told(silence=Silence.LATE, cost_usd=SECOND_READ_TASK.max_cost_usd)


def _count_when_it_comes(outrider: Outrider, draft: Draft, answering: asyncio.Task[Told]) -> None:
    async def count() -> None:
        try:
            told = await answering
            async with outrider.begin(READER)() as tx:
                await second.settle(tx, draft, told, SECOND_READ_TASK.max_cost_usd)
        except asyncio.CancelledError:
            _log.warning("late_answer_not_counted", draft=draft.number, reason="stopped")
            raise
        except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
            reason = type(error).__name__
            _log.error("late_answer_not_counted", draft=draft.number, reason=reason)

    counting = asyncio.create_task(count())
    LATE.add(counting)
    counting.add_done_callback(LATE.discard)


async def _told(outrider: Outrider, asked: Asked) -> Told:
    """The answer, or why there is none. No transaction is open here."""
    try:
        configured = outrider.thinking
        task = None if configured is None else _task(configured.models, asked.writer)
        if task is None:
            is_offline = configured is None
            return Told(silence=Silence.NO_MODEL if is_offline else Silence.ONLY_THE_WRITER)
        answer = await outrider.asking().ask(task, asked.question)
    except OutriderError as error:
        return _unanswered(error)
    except Exception as error:  # noqa: BLE001 - a draft is never left unread because an SDK broke
        _log.error("reader_failed", error=type(error).__name__)
        return Told(silence=Silence.UNAVAILABLE)
    return _answered(answer, asked)


def _task(models: Models, writer: str) -> Task[ReadRequest, Reply] | None:
    """The task with a tier whose first model did not write the mail; None when every model did."""
    for tier in _TIERS:
        first = models.chain(tier, writer)[0]
        if writer not in (first.key, first.name):
            return replace(SECOND_READ_TASK, tier=tier, avoid_model=writer)
    return None


def _answered(answer: Answer[Reply], asked: Asked) -> Told:
    # When all others failed its own writer was asked, too; what that cost is kept all the same.
    own = answer.model == asked.writer
    return Told(
        reply=None if own else answer.output,
        silence=Silence.ONLY_THE_WRITER if own else None,
        model=answer.model,
        tokens=answer.tokens,
        cost_usd=answer.cost_usd,
    )


def _unanswered(error: OutriderError) -> Told:
    """Answers that could not be used were paid for all the same."""
    tokens, cost = spend.taken(error)
    return Told(silence=_why(error), tokens=tokens, cost_usd=cost)


def _why(error: OutriderError) -> Silence:
    match error:
        case BudgetExceeded():
            return Silence.BUDGET
        case Refused():
            return Silence.UNUSABLE
        case InvalidSetting():
            return Silence.SETTING
        case _:
            return Silence.UNAVAILABLE
