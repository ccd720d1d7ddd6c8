"""Keep Slack in line with the drafts, and answer who clicked. Slack may be down: nothing is lost.

In: Outrider and a mail, or nothing (then every mail that is behind). Out: posts in the channel.
Never: a decision, a job when Slack is not set up, a try for ever (the next run begins anew).
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from outrider.agents import request
from outrider.app.slack.post import EVERY_POST, Desk, pause, show, tidy
from outrider.app.slack.soon import ask_soon, show_soon, sweep_soon
from outrider.app.views import slack as view
from outrider.app.wiring import Outrider
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import OutriderError, Refused, VendorUnavailable
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger

POSTER = Actor(ActorKind.JOB, "slack")
MOST_TRIES = 300
"""About two days of Slack being down; then the sweep of the next run takes over."""
PAGES: str | None = None
"""Path of a draft's page in the web app, to which its number is added; None while there is none."""
AT_ONCE = 50
"""Mails of one sweep; the next sweep takes the others."""

_log = get_logger("jobs")


async def refresh(outrider: Outrider, tx: Tx, lineage_id: UUID) -> None:
    """Have what Slack shows of this mail brought in line, once `tx` commits."""
    if outrider.has_slack:
        await show_soon(tx, lineage_id)


async def refresh_all(outrider: Outrider) -> None:
    """Have everything that is behind brought in line."""
    if outrider.has_slack:
        async with outrider.begin(POSTER)() as tx:
            await sweep_soon(tx)


async def sweep(outrider: Outrider) -> tuple[int, OutriderError | None]:
    """Bring up to `AT_ONCE` mails in line, oldest first.

    Returns:
        How many are in line now, and the last error of those that are not.
    """
    desk = desk_of(outrider)
    if desk is None:
        return 0, None
    await tidy(desk)
    async with desk.begin() as tx:
        lineages = await view.behind(tx, AT_ONCE)
        # What no program told this door of: each is a job of its own, which looks before it posts.
        for one in await request.listing(tx, limit=AT_ONCE):
            await ask_soon(tx, one.id)
    done, failure = 0, None
    for lineage in lineages:
        try:
            await _shown(desk, lineage)
            done += 1
        except (VendorUnavailable, Refused) as error:
            failure = error
            if isinstance(error, VendorUnavailable) or error.facts.get("slack") in EVERY_POST:
                break
    return done, failure


def desk_of(outrider: Outrider) -> Desk | None:
    """What posting needs; None when Slack is not set up."""
    api, channel = outrider.slack(), outrider.settings.slack_channel
    if api is None or not channel:
        return None
    return Desk(outrider.begin(POSTER), api, channel, pages(outrider.settings.public_url, PAGES))


def pages(public_url: str, path: str | None) -> str | None:
    """Where drafts can be opened in a browser; None for an address that only this machine has."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    is_here = host in ("localhost", "::1") or host.startswith("127.") or "." not in host
    if path is None or parts.scheme not in ("http", "https") or is_here:
        return None
    return f"{public_url.rstrip('/')}{path}"


@register("slack.show")
async def show_job(outrider: Outrider, job: Job) -> None:
    """One mail; when Slack fails the job puts itself off."""
    desk, lineage = desk_of(outrider), UUID(str(job.args["lineage"]))
    if desk is None:
        return
    try:
        await _shown(desk, lineage)
    except (VendorUnavailable, Refused) as error:
        tries = failed(job, error)
        if tries <= MOST_TRIES:
            async with desk.begin() as tx:
                later = tx.now + pause(error, tries)
                await show_soon(tx, lineage, tries=tries, not_before=later)


async def _shown(desk: Desk, lineage: UUID) -> None:
    """Show it, and once more when an approval can no longer be taken back: its button goes then."""
    again_at = await show(desk, lineage)
    if again_at is not None:
        async with desk.begin() as tx:
            await show_soon(tx, lineage, not_before=again_at)


@register("slack.sweep")
async def sweep_job(outrider: Outrider, job: Job) -> None:
    """Every mail that is behind; what is left over is for a later sweep."""
    done, failure = await sweep(outrider)
    tries = failed(job, failure) if failure else 0
    if tries > MOST_TRIES or (done < AT_ONCE and failure is None):
        return
    async with outrider.begin(POSTER)() as tx:
        later = tx.now + pause(failure, tries) if failure else None
        await sweep_soon(tx, tries=tries, not_before=later)


@register("slack.answer", retries=3)
async def answer_job(outrider: Outrider, job: Job) -> None:
    """Tell one user something; when Slack refuses, the log has it."""
    api, args = outrider.slack(), job.args
    if api is None:
        return
    thread = args.get("thread_ts")
    try:
        await api.tell(
            str(args["channel"]), str(args["user"]), str(args["text"]), thread and str(thread)
        )
    except Refused as error:
        _log.warning("slack_answer_refused", slack=str(error.facts.get("slack")))


def failed(job: Job, error: OutriderError) -> int:
    """Log a try that Slack did not take; which one it was."""
    tries = int(job.args.get("tries", 0)) + 1
    _log.warning("slack_failed", job=job.name, tries=tries, reason=error.message)
    return tries
