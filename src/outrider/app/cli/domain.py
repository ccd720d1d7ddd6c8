"""`outrider domain` and `outrider doctor domain`: our domains, what each is for, how each is received.

In: arguments. Out: listings, findings with the record to paste, JSON. Never: a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, listing, note, progress, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.jobs.care.domain import Instruments, examine_domain
from outrider.app.jobs.care.domain_case import case_of, poster
from outrider.app.jobs.care.domain_records import DomainFinding
from outrider.app.jobs.care.findings import Health
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.sending import domains, mailboxes
from outrider.sending.health import bands
from outrider.sending.health.types import Purpose, Scope, Standing
from outrider.sending.types import Mailbox

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ADD_EXAMPLE = "Example: outrider domain add brand.com --purpose brand"
DOCTOR_EXAMPLE = (
    "Exit code 1 means that something is broken. Example: outrider doctor domain try-brand.com"
    " --host mail.try-brand.com"
)
_STYLES = {Health.OK: "green", Health.LOOK: "yellow", Health.BROKEN: "red"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Domains: what each is for, and how its mail is received.", no_args_is_help=True
    )
    group.command("add", epilog=ADD_EXAMPLE)(add)
    group.command("remove")(remove)
    group.command("list")(list_)
    group.command("health")(health)
    group.command(
        "release", epilog="Example: outrider domain release try-brand.com --reason 'DKIM mended'"
    )(release)
    app.add_typer(group, name="domain")


def add_to_doctor(app: typer.Typer, whole: Callable[[bool, bool], None]) -> None:
    """Make `doctor` a command with a part of its own for domains; alone it does `whole`."""
    group = typer.Typer(
        help=whole.__doc__,
        invoke_without_command=True,
        epilog="Exit code 1 means that something is broken.",
    )

    @group.callback(invoke_without_command=True)
    def alone(
        ctx: typer.Context,
        network: Annotated[
            bool, typer.Option("--network", help="Also knock at the mail servers.")
        ] = False,
        json_: Json = False,
    ) -> None:
        if ctx.invoked_subcommand is None:
            whole(network, json_)

    alone.__doc__ = whole.__doc__
    group.command("domain", epilog=DOCTOR_EXAMPLE)(doctor_domain)
    app.add_typer(group, name="doctor")


def add(
    name: Annotated[str, typer.Argument(help="The domain, such as brand.com.")],
    purpose: Annotated[Purpose, typer.Option(help="What it is for.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say what a domain of ours is for; brand and transactional ones are guarded.

    No mailbox for cold mail can be added on a guarded domain, below it, or on one that looks like it,
    and none that is there already sends.
    """

    async def work(outrider: Outrider) -> dict[str, Any]:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            return (await domains.add(tx, name, purpose)).model_dump(mode="json")

    done = run(work)
    if json_:
        as_json(done)
        return
    guarded = "" if purpose is Purpose.OUTBOUND else "; no cold mail leaves from it"
    say(f"{done['name']} is for {purpose} mail{guarded}.")


def remove(name: str, as_: As = None) -> None:
    """Take a domain out of the list."""

    async def work(outrider: Outrider) -> None:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            await domains.remove(tx, name)

    run(work)
    say(f"{name} is guarded no more.")


def list_(json_: Json = False) -> None:
    """List our domains."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return [one.model_dump(mode="json") for one in await domains.listing(tx)]

    columns = {"name": "domain", "purpose": "for", "added_by": "by"}
    empty = "No domain yet: outrider domain add brand.com --purpose brand"
    listing(run(work, seal=False), columns, json_=json_, empty=empty)


def health(json_: Json = False) -> None:
    """Show how each mailbox is received, and what that allows."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            boxes = await mailboxes.listing(tx)
            found = await bands.standing(tx, [box.id for box in boxes])
            return [_row(box, found[box.id]) for box in boxes]

    columns = {"address": "mailbox", "band": "band", "share": "of its cap", "reason": "why"}
    listing(run(work, seal=False), columns, json_=json_, empty="No mailbox yet.")


def _row(box: Mailbox, standing: Standing) -> dict[str, Any]:
    return {
        "address": box.address,
        "band": str(standing.band),
        "share": f"{100 * standing.factor:.0f} %",
        "reason": standing.reason,
        "until": standing.until.isoformat() if standing.until else None,
    }


def release(
    target: Annotated[str, typer.Argument(help="A domain, or a mailbox's address.")],
    reason: Annotated[str, typer.Option(help="What was mended; it is kept.")],
    as_: As = None,
) -> None:
    """Let a paused or stopped domain or mailbox send again, slowly at first."""

    async def work(outrider: Outrider) -> Standing:
        actor = person_actor(await local_person(outrider, as_))
        async with outrider.begin(actor)() as tx:
            if "@" in target:
                box = await mailboxes.find(tx, target)
                return await bands.release(tx, Scope.MAILBOX, str(box.id), reason)
            return await bands.release(tx, Scope.DOMAIN, domains.checked(target), reason)

    standing = run(work)
    say(
        f"{target} sends again, at {100 * standing.factor:.0f} % of its cap until it has proved well."
    )


def doctor_domain(
    name: Annotated[str, typer.Argument(help="The domain that mail is sent from.")],
    selector: Annotated[
        list[str] | None, typer.Option(help="DKIM selector; those of its mailboxes are known.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="Host that mail leaves from: a name or an IP address.")
    ] = None,
    dns: Annotated[
        str | None, typer.Option(help="DNS server to ask: address or address:port.")
    ] = None,
    json_: Json = False,
) -> None:
    """Look at a sending domain as receivers do, and print the DNS record that would mend it.

    SPF, DKIM, DMARC alignment, MX, reverse DNS, one-click unsubscription, TLS. Changes nothing.
    """
    domain = domains.checked(name)

    async def work(outrider: Outrider) -> list[DomainFinding]:
        from outrider.vendors.dns import DnsNames
        from outrider.vendors.mail_server_look import MailServerLook

        case = await case_of(outrider, domain, selector or [], host or [])
        by = Instruments(DnsNames(dns), MailServerLook(), poster(outrider), outrider.clock.now())
        with progress(f"Looking at {domain}", quiet=json_):
            return await examine_domain(case, by)

    found = run(work, seal=False)
    if json_:
        as_json({"domain": domain, "items": [item.model_dump(mode="json") for item in found]})
    else:
        _tell(domain, found)
    if any(item.health is Health.BROKEN for item in found):
        raise typer.Exit(1)


def _tell(domain: str, found: list[DomainFinding]) -> None:
    width = max(len(item.part) for item in found)
    hang = " " * (width + 10)
    for item in found:
        say(f"{item.health:<6}  {item.part:<{width}}  {item.found}.", style=_STYLES[item.health])
        for line in (item.means, item.do):
            if line:
                say(f"{hang}{line}")
        if item.record is not None:
            say(f"{hang}{item.record.name}  {item.record.type}")
            # On a line of its own, whole, so that it can be copied.
            say(f"{hang}{item.record.value}", style="bold")
    broken = sum(item.health is Health.BROKEN for item in found)
    look = sum(item.health is Health.LOOK for item in found)
    if broken or look:
        note(f"{domain}: {broken} broken, {look} to look at.")
    else:
        note(f"{domain}: all well.")
