"""`outrider drafts undo`, `snooze`, `reviewers`, and `approve --all`: what surrounds a decision.

In: arguments, answers at a terminal. Out: plain lines, tables, JSON. Never: an approval of drafts alike
without samples that a person opened.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, counted, listing, moment, note, point, say
from outrider.app.cli.session import run
from outrider.app.jobs import review as review_job
from outrider.app.jobs import slack_posts
from outrider.app.views import drafts as view
from outrider.app.views.reviewers import reviewer_json
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.campaigns import create as campaigns
from outrider.drafts import bulk, decide, read
from outrider.drafts.bulk import BulkReport, Plan
from outrider.drafts.review import calendar, reviewers
from outrider.drafts.review.allowed import time_left
from outrider.drafts.review.look import look
from outrider.drafts.review.snooze import instant
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
As = Annotated[str | None, typer.Option("--as", help="E-mail address of the person who decides.")]
Ref = Annotated[str, typer.Argument(help="Number or id of the draft.")]


@dataclass(frozen=True)
class Group:
    """Of which campaign and step drafts are approved together."""

    campaign: str
    step: int | None


def add_to(group: typer.Typer) -> None:
    """Add the commands to `outrider drafts`."""
    group.command("undo", epilog="Example: outrider drafts undo 4")(undo)
    group.command("snooze", epilog="Example: outrider drafts snooze 4 tomorrow")(snooze)
    group.command("reviewers", epilog="Example: outrider drafts reviewers --days 7")(report)


async def reader(outrider: Outrider, email: str | None) -> Member | None:
    """Who looks: the person named, or the only one there is; None when it is not clear.

    Raises:
        InvalidInput: an address was given and nobody has it.
    """
    try:
        return await outrider.person(email)
    except InvalidInput:
        if email:
            raise
        return None


async def reviewed(outrider: Outrider, drafts: Sequence[Draft]) -> None:
    """Have drafts judged and routed that no worker came to, before anybody decides on them."""
    for draft in drafts:
        await review_job.review(outrider, draft.id)


async def shown(tx: Tx, draft_id: object, member: Member | None = None) -> dict[str, Any]:
    """One draft as this person sees it.

    Raises:
        NotFound: there is none.
    """
    found = await view.one(tx, draft_id, member)
    if found is None:
        raise NotFound
    return found


def told_of_approval(draft: Draft, member: Member, now: datetime) -> str:
    """What an approval came to, in a sentence or two."""
    number = draft.number
    if draft.is_seed:
        return draft.note or f"Draft {number} is {draft.status}."
    if draft.status is DraftStatus.PENDING:
        return (
            f"{member.name} approved draft {number}; one more approval is needed, by somebody else."
        )
    said = f"Draft {number} approved by {member.name}, hash {draft.content_hash[:12]}."
    if draft.released_at is not None and draft.released_at > now:
        left = time_left(draft.released_at, now)
        said += f" It can be taken back for {left}: outrider drafts undo {number}"
    return said


def undo(ref: Ref, as_: As = None, json_: Json = False) -> None:
    """Take an approval back before the mail leaves; the same words wait for a decision again."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            draft = await read.find(tx, ref)
            new = await decide.take_back(tx, draft.id, member.person_id)
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
            return await shown(tx, new.id, member)

    draft = run(work)
    if json_:
        as_json(draft)
        return
    say(
        f"The approval of draft {draft['replaces']} is taken back: nothing leaves. "
        f"The same words are draft {draft['number']}, which waits for a decision."
    )


def snooze(
    ref: Ref,
    until: Annotated[
        str,
        typer.Argument(help="2h, 3 days, tomorrow, monday, 2026-03-05; `now` shows it again."),
    ],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put a draft aside: it leaves the listing until then; by when it is due does not change."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            draft = await read.find(tx, ref)
            works = await calendar.working_time_of(tx, member.person_id)
            end = None if until.strip().lower() == "now" else instant(until, tx.now, works)
            await decide.snooze(tx, draft.id, member.person_id, end)
            return await shown(tx, draft.id, member)

    draft = run(work)
    if json_:
        as_json(draft)
        return
    review = draft["review"]
    if not review["snoozed_until"]:
        say(f"Draft {draft['number']} is listed again.")
        return
    say(f"Draft {draft['number']} is put aside until {moment(review['snoozed_until'])}.")
    if review["due_at"]:
        note(f"It stays due {moment(review['due_at'])}.")


def report(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far back.")] = 30,
    json_: Json = False,
) -> None:
    """How people review: decisions, speed, changes, and what came of test drafts."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            found = await reviewers.report(tx, tx.now - timedelta(days=days))
        return [reviewer_json(one) for one in found]

    rows = run(work, seal=False)
    columns = {
        "name": "person",
        "decisions": "decisions",
        "changed": "changed",
        "quick": "quick",
        "in_bulk": "in bulk",
        "dwell": "median look",
        "tests": "tests caught",
    }
    listing(
        rows if json_ else [_line(row) for row in rows],
        columns,
        json_=json_,
        empty=f"Nobody decided anything in the last {counted(days, 'day')}.",
    )


def _line(row: dict[str, Any]) -> dict[str, Any]:
    dwell = row["median_dwell_seconds"]
    tests = row["tests_caught"] + row["tests_missed"]
    return {
        **row,
        "changed": f"{row['share_changed']:.0%}",
        "quick": f"{row['share_quick']:.0%}",
        "dwell": None if dwell is None else f"{dwell:.0f} s",
        "tests": f"{row['tests_caught']} of {tests}" if tests else None,
    }


def approve_alike(group: Group, as_: str | None, show: Callable[[dict[str, Any]], None]) -> None:
    """Walk through the samples of drafts alike, then approve the others together."""
    if not sys.stdin.isatty():
        raise InvalidInput("--all asks you about each sample: run it at a terminal.")

    async def work(outrider: Outrider) -> BulkReport | None:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            campaign = await campaigns.find(tx, group.campaign)
            plan = await bulk.propose(tx, member.person_id, campaign.id, group.step)
        first = plan.items[0]
        say(
            f"{counted(len(plan.items), 'draft')} alike: step {first.step}, {first.angle}. "
            f"Read {len(plan.samples)} of them first."
        )
        for id_ in plan.samples:
            if not await _sample(outrider, member, id_, show):
                return None
        return await _rest(outrider, member, plan)

    found = run(work)
    if found is None:
        note("The others wait as they were: decide them one by one.")
        return
    for refusal in found.refused:
        point(f"Draft {refusal.number} was left out: {refusal.why}")
    say(f"{counted(len(found.approved), 'draft')} approved together.")
    note("Nothing has left yet. Next: outrider send")


async def _sample(
    outrider: Outrider, member: Member, draft_id: Any, show: Callable[[dict[str, Any]], None]
) -> bool:
    """Show one sample and ask; whether it was approved."""
    begin = outrider.begin(person_actor(member))
    async with begin() as tx:
        await look(tx, draft_id, member.person_id, "cli")
        draft = await shown(tx, draft_id, member)
    show(draft)
    if not typer.confirm(f"\nApprove draft {draft['number']}?", default=False, err=True):
        return False
    async with begin() as tx:
        made = await decide.approve(tx, draft_id, member.person_id, draft["content_hash"])
        await slack_posts.refresh(outrider, tx, made.lineage_id)
    say(told_of_approval(made, member, outrider.clock.now()))
    return made.status is DraftStatus.APPROVED


async def _rest(outrider: Outrider, member: Member, plan: Plan) -> BulkReport | None:
    rest = counted(len(plan.rest), "draft")
    if not typer.confirm(f"Approve the other {rest} unopened?", default=False, err=True):
        return None
    async with outrider.begin(person_actor(member))() as tx:
        found = await bulk.approve(tx, member.person_id, plan)
        for draft in found.approved:
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
        return found
