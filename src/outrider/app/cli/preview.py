"""`outrider send --preview`: the whole schedule before it happens, and why each mail waits.

In: flags. Out: days as bars, a table of mails, JSON. Never: a mail sent, a row written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from outrider.app.cli.campaigns import print_shares
from outrider.app.cli.output import as_json, counted, listing, note, results, say
from outrider.app.cli.session import run
from outrider.app.views.schedule import schedule
from outrider.app.wiring import Outrider

MOST_DAYS = 15
"""Days of a mailbox that are drawn on a terminal; a pipe gets all of them."""
MOST_MAILS = 60
WIDEST_BAR = 30


def show(*, pending: bool, json_: bool) -> None:
    """Print what would leave when."""

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin()() as tx:
            return await schedule(tx, pending=pending)

    found = run(work, seal=False)
    if json_:
        as_json(found)
        return
    if not found["items"]:
        more = "" if pending else ", or outrider send --preview --pending"
        note(f"Nothing is approved and waits: outrider drafts list{more}")
        return
    for mailbox in found["mailboxes"]:
        _draw(mailbox)
    _table(found["items"], len(found["mailboxes"]) > 1)
    for campaign in found["rotation"]:
        print_shares(campaign["campaign"], campaign["mailboxes"])
    _sum_up(found)


def _draw(mailbox: dict[str, Any]) -> None:
    pace = "days of " + mailbox["zone"] if mailbox["has_pace"] else "no pace: as fast as the cap"
    say(f"{mailbox['address']} ({pace})", style="bold")
    if mailbox["health"]:
        say(f"  {mailbox['health']}")
    days = mailbox["days"]
    shown = days[:MOST_DAYS] if results.is_terminal else days
    most = max(max(day["mails"], day["cap"]) for day in shown)
    for day in shown:
        say(f"  {_day(day['day'])}  {bar(day['mails'], day['cap'], most)}  {_of(day)}")
    if len(shown) < len(days):
        rest = sum(day["mails"] for day in days[MOST_DAYS:])
        say(f"  … {counted(len(days) - MOST_DAYS, 'day')} more with {counted(rest, 'mail')}")
    say("")


def bar(mails: int, cap: int, most: int) -> str:
    """Mails as full blocks and the room that the cap leaves as dots, both to one scale."""
    width = min(WIDEST_BAR, most)
    full = -(-mails * width // most) if most else 0
    room = max(cap * width // most - full, 0) if most else 0
    return ("█" * full + "·" * room).ljust(width)


def _of(day: dict[str, Any]) -> str:
    over = "" if day["mails"] <= day["cap"] else ", more than may leave"
    return f"{day['mails']} of {day['cap']}{over}"


def _day(day: str) -> str:
    return f"{datetime.fromisoformat(day):%a %d %b}"


def _table(items: list[dict[str, Any]], several: bool) -> None:
    shown = items[:MOST_MAILS] if results.is_terminal else items
    rows = [
        {
            **item,
            "when": f"{datetime.fromisoformat(item['local']):%a %d %b %H:%M}",
            "where": item["zone"].rsplit("/", 1)[-1].replace("_", " "),
            "why": _why(item["reason"]),
        }
        for item in shown
    ]
    columns = {
        "draft": "draft",
        "when": "leaves",
        "where": "their time in",
        "contact": "to",
        **({"mailbox": "from"} if several else {}),
        "status": "status",
        "why": "why then",
    }
    listing(rows, columns, json_=False, empty="")
    if len(shown) < len(items):
        note(f"… {counted(len(items) - len(shown), 'mail')} more: outrider send --preview --json")


def _why(reason: str | None) -> str:
    """The reason without the time that it begins with: that has a column of its own."""
    if reason is None:
        return "is due"
    return reason.partition(": ")[2] if reason.startswith("waits for ") else reason


def _sum_up(found: dict[str, Any]) -> None:
    items = found["items"]
    due = sum(item["at"] <= found["now"] for item in items)
    last = datetime.fromisoformat(items[-1]["at"])
    say("")
    say(
        f"{counted(len(items), 'mail')}: {due} due now, the last on {last:%a %d %b %Y}. "
        "Nothing was sent."
    )
    if any(item["status"] == "pending" for item in items):
        note("Pending drafts are shown as if they were approved now.")
