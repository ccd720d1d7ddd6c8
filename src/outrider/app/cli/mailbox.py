"""`outrider mailbox`: addresses that mail is sent from, how it leaves, and how it looks.

In: arguments. Out: sentences, listings, a page, JSON. Never: a secret shown, a mail sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from outrider.app.cli import mailbox_look, mailbox_options
from outrider.app.cli.mailbox_files import check, files_of
from outrider.app.cli.mailbox_options import (
    CapOption,
    EdKeyOption,
    EdSelectorOption,
    KeyOption,
    LinkOption,
    NameOption,
    PortOption,
    PostalOption,
    ProviderOption,
    SecretOption,
    SelectorOption,
    SignatureOption,
    SmtpOption,
    TlsOption,
    TransportOption,
    UserOption,
)
from outrider.app.cli.output import as_json, listing, say
from outrider.app.cli.pace import GapOption, HoursOption, PacingOption, RampOption, ZoneOption
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput
from outrider.sending import mailboxes
from outrider.sending.pacing import forms
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import Mailbox, MailboxForm, Transport

ADD_EXAMPLE = (
    "Example: outrider mailbox add sales@try-brand.example --name 'Ann Reed'"
    " --postal-address '12 Main Street, Boston MA 02110' --booking-link https://cal.example/ann"
    " --smtp mail.example:587 --smtp-user ann --secret-file -"
)
SET_EXAMPLE = "Example: outrider mailbox set sales@try-brand.example --daily-cap 30 --ramp gentle"

Address = Annotated[str, typer.Argument(help="The address that mail is sent from.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Addresses that mail is sent from.", no_args_is_help=True)
    group.command("add", epilog=ADD_EXAMPLE)(add)
    group.command("set", epilog=SET_EXAMPLE)(set_)
    group.command("list")(list_)
    mailbox_look.add_to(group)
    app.add_typer(group, name="mailbox")


def add(
    address: Address,
    name: NameOption = None,
    postal_address: PostalOption = None,
    booking_link: LinkOption = None,
    transport: TransportOption = None,
    smtp: SmtpOption = None,
    smtp_port: PortOption = None,
    smtp_tls: TlsOption = None,
    smtp_user: UserOption = None,
    secret_file: SecretOption = None,
    option: ProviderOption = None,
    signature: SignatureOption = None,
    daily_cap: CapOption = None,
    dkim_selector: SelectorOption = None,
    dkim_key: KeyOption = None,
    dkim_ed25519_selector: EdSelectorOption = None,
    dkim_ed25519_key: EdKeyOption = None,
    pacing: PacingOption = None,
    ramp: RampOption = None,
    gap: GapOption = None,
    hours: HoursOption = None,
    zone: ZoneOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Change the mailbox that is there.")
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Add a mailbox."""
    said = dict(locals())
    needed = ("name", "postal_address", "booking_link")
    missing = [f"--{field.replace('_', '-')}" for field in needed if said[field] is None]
    if missing:
        raise InvalidInput(f"A new mailbox needs {' and '.join(missing)} as well.")
    form = MailboxForm.model_validate({"address": address, **mailbox_options.fields(said)})
    mailbox = run(lambda outrider: _added(outrider, form, said, replace=replace))
    _tell(mailbox, json_=json_)


def set_(
    address: Address,
    name: NameOption = None,
    postal_address: PostalOption = None,
    booking_link: LinkOption = None,
    transport: TransportOption = None,
    smtp: SmtpOption = None,
    smtp_port: PortOption = None,
    smtp_tls: TlsOption = None,
    smtp_user: UserOption = None,
    secret_file: SecretOption = None,
    option: ProviderOption = None,
    signature: SignatureOption = None,
    daily_cap: CapOption = None,
    dkim_selector: SelectorOption = None,
    dkim_key: KeyOption = None,
    dkim_ed25519_selector: EdSelectorOption = None,
    dkim_ed25519_key: EdKeyOption = None,
    pacing: PacingOption = None,
    ramp: RampOption = None,
    gap: GapOption = None,
    hours: HoursOption = None,
    zone: ZoneOption = None,
    pause: Annotated[
        bool | None, typer.Option("--pause/--resume", help="Hold its mails, or go on.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change what is named, and nothing else."""
    said = dict(locals())
    options = {key: value for key, value in said.items() if key not in ("address", "as_", "json_")}
    if all(value is None for value in options.values()):
        raise InvalidInput("Nothing to change was named: outrider mailbox set --help lists it.")
    _tell(run(lambda outrider: _changed(outrider, said)), json_=json_)


async def _added(
    outrider: Outrider, form: MailboxForm, said: Mapping[str, Any], *, replace: bool
) -> Mailbox:
    """The mailbox with its pace: what was said, else what it had, else what is usual."""
    form, files = files_of(outrider, form, said)
    async with outrider.begin(await whoever(outrider, said["as_"]))() as tx:
        there = {one.address: one for one in await mailboxes.listing(tx)}
        with files.written():
            mailbox = await mailboxes.add(tx, form, replace=replace)
            check(outrider, mailbox)
            before = forms.before(mailbox, there.get(mailbox.address))
            pace = forms.parse(mailbox_options.pace(said), tx.now.date(), before)
            return mailbox if pace == mailbox.pacing else await set_pace(tx, mailbox, pace)


async def _changed(outrider: Outrider, said: Mapping[str, Any]) -> Mailbox:
    async with outrider.begin(await whoever(outrider, said["as_"]))() as tx:
        there = await mailboxes.find(tx, said["address"])
        form = mailboxes.form_of(there)
        form = mailboxes.changed(form, mailbox_options.fields(said, form))
        form, files = files_of(outrider, form, said)
        with files.written():
            mailbox = await mailboxes.add(tx, form, replace=True)
            check(outrider, mailbox)
            before = forms.before(mailbox, there)
            pace = forms.parse(mailbox_options.pace(said), tx.now.date(), before)
            if pace != mailbox.pacing:
                mailbox = await set_pace(tx, mailbox, pace)
            if said["pause"] is not None:
                mailbox = await mailboxes.pause(tx, mailbox.id, paused=said["pause"])
            return mailbox


def _tell(mailbox: Mailbox, *, json_: bool) -> None:
    if json_:
        as_json(mailbox.model_dump(mode="json"))
        return
    ready = "is ready" if mailbox.status == "active" else "is paused"
    say(
        f"Mailbox {mailbox.address} {ready}: {mailbox.name}, at most {mailbox.daily_cap} mails a day."
    )
    say(mailbox_look.way(mailbox))
    if mailbox.pacing:
        say(forms.sentence(mailbox.pacing))
    if mailbox.transport is not Transport.MAILDIR:
        say(f"To try it without a mail: outrider mailbox test {mailbox.address}")


def list_(json_: Json = False) -> None:
    """List the mailboxes."""

    async def work(outrider: Outrider) -> list[dict[str, Any]]:
        async with outrider.begin()() as tx:
            return [mailbox.model_dump(mode="json") for mailbox in await mailboxes.listing(tx)]

    listing(
        run(work, seal=False),
        {
            "address": "address",
            "name": "name",
            "transport": "by",
            "daily_cap": "a day",
            "status": "status",
        },
        json_=json_,
        empty="No mailbox yet: outrider mailbox add --help shows an example.",
    )
