"""`outrider demo`: the main job on the sample workspace, visibly, then the API stays up.

In: the fictional files of `app.sample`. Out: ranked accounts, drafts, sent mails in a Maildir, replies, a trace.
Never: a mail that leaves the machine; the sample mailbox delivers to a Maildir.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from outrider.app.cli.draft_page import verdict
from outrider.app.cli.output import counted, listing, note, point, progress, results, say
from outrider.app.cli.session import run, seal_log
from outrider.app.cli.story import tell
from outrider.app.jobs.read_mail import read_mail
from outrider.app.jobs.rewrite import rewrite
from outrider.app.jobs.sample import Sample
from outrider.app.jobs.send_mail import send_mail
from outrider.app.jobs.tell import traced
from outrider.app.views import drafts as draft_view
from outrider.app.views import prospects as account_view
from outrider.app.wiring import Outrider
from outrider.drafts import decide
from outrider.kernel.settings import load

NOTE = "shorter, and do not open with filing data"


def show(port: int | None, stay_up: bool) -> None:
    """Run the main job unless it was run before, then leave the API up."""
    from outrider.app.cli.serve import serve

    run(_main_job, workspace="sample")
    if stay_up:
        serve(load(workspace="sample", **({} if port is None else {"port": port})))


async def _main_job(outrider: Outrider) -> None:
    sample = Sample(outrider)
    if await sample.is_there():
        note("The sample workspace is there already; nothing is done twice.")
    else:
        await _learn(sample)
        await _propose(sample)
        await _decide_and_send(sample)
    await _accounts(outrider)
    await _drafts(outrider)


async def _learn(sample: Sample) -> None:
    _command("mailbox add ann@try-keystoneledger.example --name 'Ann Reed' …")
    mailbox = await sample.add_mailbox()
    say(f"Mailbox {mailbox.address}: mail goes to a Maildir, nothing leaves this machine.")
    _command(
        "campaign create Leases --brand 'Keystone Ledger' --mail brand.mbox --competitor LeaseLoom …"
    )
    with progress("Reading past mail") as bar:
        prepared = await sample.add_campaign(bar)
    read = ", ".join(f"{report.read} of the {report.source}" for report in prepared.reports)
    rules = prepared.blueprint
    count = len(rules.structure) + len(rules.dos) + len(rules.donts) + len(rules.cadence)
    say(f"Past mail read: {read}. Blueprint version {rules.version} has {count} rules, such as:")
    for rule in (*rules.structure[:2], *rules.dos[:1], *rules.donts[:1]):
        say(f"  - {rule.text}")
    _command("import leads.csv")
    with progress("Reading the list") as bar:
        report = await sample.import_leads(bar)
    say(
        f"{report.accounts_new} accounts, {report.contacts_new} contacts; "
        f"{report.rejected} bad rows in {report.rejects_file}"
    )


async def _propose(sample: Sample) -> None:
    _command("run sdr --campaign Leases --filings filings")
    with progress("Ranking, researching, writing") as bar:
        report = await sample.run(bar)
    say(report.summary)


async def _decide_and_send(sample: Sample) -> None:
    outrider = sample.outrider
    drafts = await _pending(outrider)
    green = [draft for draft in drafts if not draft["findings"]] or drafts
    if len(green) < 3:
        note("Fewer than three drafts are green, so the sample reviewer decides none.")
        return
    member, begin = await sample.reviewer()
    for draft in green[:2]:
        _command(f"drafts approve {draft['number']}")
        async with begin() as tx:
            await decide.approve(tx, UUID(draft["id"]), member.person_id, draft["content_hash"])
        say(f"{member.name} approved the mail to {draft['contact']}: {draft['subject']}")
    third = green[2]
    _command(f"drafts reject {third['number']} --note '{NOTE}'")
    async with begin() as tx:
        await decide.reject(tx, UUID(third["id"]), member.person_id, NOTE)
    new = await rewrite(outrider, UUID(third["id"]))
    say(
        f"Draft {new.number} takes its place: {len(third['body'].split())} words became {len(new.body.split())}."
    )
    await _send_and_read(sample)


async def _send_and_read(sample: Sample) -> None:
    outrider = sample.outrider
    _command("send")
    with progress("Sending") as bar:
        report = await send_mail(outrider, 100, bar, now=True)
    are = counted(len(report.sent), "mail is", "mails are")
    say(f"{are} in the Maildir {outrider.outbox_folder}")
    if not report.sent:
        return
    _command("read --maildir replies")
    folder = await sample.write_replies(report.sent)
    with progress("Reading replies") as bar:
        _, turns = await read_mail(outrider, folder, bar)
    for turn in turns:
        say(f"{turn['kind']:<11} {turn['from']}: {turn['effect']}")
    await seal_log(outrider)
    _command(f"trace '{report.sent[0].message_id}'")
    tell(await traced(outrider, report.sent[0].message_id))


async def _accounts(outrider: Outrider) -> None:
    _command("accounts --limit 8")
    async with outrider.begin()() as tx:
        accounts = await account_view.ranked(tx, limit=8)
    columns = {"rank": "#", "name": "account", "points": "points", "why": "why"}
    listing(accounts, columns, json_=False, empty="No accounts.")


async def _drafts(outrider: Outrider) -> None:
    _command("drafts list")
    drafts = await _pending(outrider)
    rows = [{**draft, "checks": verdict(draft)} for draft in drafts]
    columns = {"number": "draft", "account": "account", "subject": "subject", "checks": "checks"}
    listing(rows, columns, json_=False, empty="No drafts wait.")
    if drafts:
        number = drafts[0]["number"]
        point("")
        point(f"{counted(len(drafts), 'draft waits', 'drafts wait')} for you. In another terminal:")
        point("  . .venv/bin/activate && export OUTRIDER_WORKSPACE=sample")
        point(f"  outrider drafts show {number}")
    point("")


async def _pending(outrider: Outrider) -> Sequence[dict[str, Any]]:
    async with outrider.begin()() as tx:
        return await draft_view.listing(tx, status="pending")


def _command(words: str) -> None:
    results.print()
    say(f"$ outrider {words}", style="bold cyan")
