"""`outrider slack`: is it set up right, and post what waits. In: settings. Out: lines. Never: a token."""

from __future__ import annotations

import typer

from outrider.app.cli.output import note, say
from outrider.app.cli.session import run
from outrider.app.jobs import slack_posts
from outrider.app.slack import listen
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidSetting, OutriderError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The Slack channel that drafts are shown in.", no_args_is_help=True)
    group.command("check")(check)
    group.command("post")(post)
    app.add_typer(group, name="slack")


def check() -> None:
    """Ask Slack whose the tokens are, whether the app can read the channel, and how clicks arrive."""

    async def work(outrider: Outrider) -> list[str]:
        desk = slack_posts.desk_of(outrider)
        if desk is None:
            raise _not_set_up()
        who = await desk.api.who_am_i()
        await desk.api.find(desk.channel, "none", outrider.clock.now())
        reads = f"{who['user']} of {who['team']} ({who['team_id']}) reads channel {desk.channel}."
        return [reads, await _how_clicks_arrive(outrider)]

    for line in run(work, seal=False):
        say(line)


async def _how_clicks_arrive(outrider: Outrider) -> str:
    socket = listen.socket_of(outrider)
    if socket is not None:
        await socket.address()
        return "Clicks arrive over Socket Mode while outrider up runs."
    if outrider.secret_setting("slack_signing_secret") is not None:
        return f"Clicks arrive at {outrider.settings.public_url.rstrip('/')}/api/slack/actions."
    return (
        "Clicks do not arrive: give OUTRIDER_SLACK_APP_TOKEN for Socket Mode, "
        "or OUTRIDER_SLACK_SIGNING_SECRET for an address of yours."
    )


def post() -> None:
    """Post the drafts that wait and bring decided cards up to date; `outrider up` does it by itself."""

    async def work(outrider: Outrider) -> tuple[int, OutriderError | None]:
        if slack_posts.desk_of(outrider) is None:
            raise _not_set_up()
        return await slack_posts.sweep(outrider)

    done, failure = run(work)
    if failure is not None:
        note(f"{done} mails were brought up to date before Slack failed.")
        raise failure
    say(f"{done} mails brought up to date in Slack." if done else "Slack is up to date.")


def _not_set_up() -> InvalidSetting:
    return InvalidSetting(
        "Slack is not set up: give OUTRIDER_SLACK_BOT_TOKEN and OUTRIDER_SLACK_CHANNEL, and "
        "OUTRIDER_SLACK_APP_TOKEN or OUTRIDER_SLACK_SIGNING_SECRET for its buttons. "
        "See docs/settings.md."
    )
