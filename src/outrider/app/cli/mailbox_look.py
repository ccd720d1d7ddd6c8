"""`outrider mailbox show | test | layout | preview`: what a mailbox is, whether it can send, how it looks.

In: arguments. Out: sentences, MJML, a page, JSON. Never: a mail sent, a secret shown, a draft changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, counted, note, progress, prose, say
from outrider.app.cli.session import run
from outrider.app.cli.who import As, whoever
from outrider.app.jobs import mailbox_trial
from outrider.app.wiring import Outrider
from outrider.drafts import dress
from outrider.kernel.errors import InvalidInput
from outrider.sending import dkim, mailboxes
from outrider.sending.pacing import forms
from outrider.sending.types import Mailbox, Transport

LAYOUT_EXAMPLE = (
    "Example: outrider mailbox layout sales@try-brand.example --show > ours.mjml, change it, then"
    " outrider mailbox layout sales@try-brand.example ours.mjml"
)

Address = Annotated[
    str | None, typer.Argument(help="The mailbox; left out where there is only one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("show")(show)
    group.command("test", epilog="Exit code 1 means that no mail can leave now.")(try_)
    group.command("layout", epilog=LAYOUT_EXAMPLE)(layout)
    group.command("preview")(preview)


def way(mailbox: Mailbox) -> str:
    """How mail leaves, in a sentence."""
    if mailbox.transport is Transport.MAILDIR:
        return "Approved mail goes to the Maildir outbox of the home; nothing leaves this machine."
    if mailbox.transport is Transport.SMTP:
        user = f", as {mailbox.smtp_user}" if mailbox.smtp_user else ""
        where = f"{mailbox.smtp_host}:{mailbox.smtp_port} ({mailbox.smtp_tls}){user}"
        return f"Approved mail leaves through {where}."
    return f"Approved mail leaves through {mailbox.transport}."


def show(address: Address = None, json_: Json = False) -> None:
    """Show everything that is set, and the DNS records of its keys."""

    async def work(outrider: Outrider) -> tuple[Mailbox, dict[str, str]]:
        async with outrider.begin()() as tx:
            mailbox = await mailboxes.find(tx, address)
        signer = outrider.dkim(mailbox)
        return mailbox, dkim.dns_records(signer) if signer else {}

    mailbox, records = run(work, seal=False)
    if json_:
        as_json({**mailbox.model_dump(mode="json"), "dns_records": records})
        return
    for label, value in _rows(mailbox):
        say(f"{label:<10}  {value}")
    for name, record in records.items():
        say(f"DNS         {name}  TXT")
        say(record, style="bold")


def _rows(mailbox: Mailbox) -> list[tuple[str, str]]:
    signature = " / ".join(mailbox.signature.splitlines()) or "name and brand"
    secret = mailbox.secret_file or mailbox.smtp_password_file
    keys = [
        f"{selector} ({file})"
        for selector, file in (
            (mailbox.dkim_selector, mailbox.dkim_key_file),
            (mailbox.dkim_ed25519_selector, mailbox.dkim_ed25519_key_file),
        )
        if selector
    ]
    look = f"a layout of its own ({mailbox.layout[:12]})" if mailbox.layout else "plain HTML"
    rows = [
        ("address", f"{mailbox.address}, {mailbox.status}"),
        ("name", mailbox.name),
        ("signature", signature),
        ("postal", mailbox.postal_address),
        ("booking", mailbox.booking_link),
        ("leaves", way(mailbox)),
        ("secret", f"keys/{secret}" if secret else "none"),
        ("DKIM", ", ".join(keys) or "none: its server must sign"),
        ("layout", look),
        ("a day", f"at most {mailbox.daily_cap} mails"),
        ("pace", forms.sentence(mailbox.pacing) if mailbox.pacing else "as fast as the cap allows"),
    ]
    options = ", ".join(f"{key}={value}" for key, value in sorted(mailbox.provider.items()))
    return [*rows, ("options", options)] if options else rows


def try_(address: Address = None, json_: Json = False) -> None:
    """Connect as the next mail would, log in, and hang up; no mail is sent."""

    async def work(outrider: Outrider) -> mailbox_trial.Trial:
        async with outrider.begin()() as tx:
            mailbox = await mailboxes.find(tx, address)
        with progress(f"Trying {mailbox.address}", quiet=json_):
            return await mailbox_trial.try_out(outrider, mailbox)

    trial = run(work, seal=False)
    if json_:
        as_json({"can_send": trial.can_send, "found": trial.found})
    else:
        say(trial.found, style=None if trial.can_send else "red")
    if not trial.can_send:
        raise typer.Exit(1)


def layout(
    address: Annotated[str, typer.Argument(help="The mailbox.")],
    file: Annotated[Path | None, typer.Argument(help="MJML with {{body}} and {{footer}}.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Plain HTML again.")] = False,
    show_: Annotated[
        bool, typer.Option("--show", help="Print its layout, or one to start from.")
    ] = False,
    as_: As = None,
) -> None:
    """Give the drafts of a mailbox a look of their own; their words and text part stay.

    Drafts that are written already keep their look, so that nothing changes after its approval.
    """
    if (file is not None) + default + show_ != 1:
        raise InvalidInput("Give a file of MJML, or --default, or --show; one of them.")
    if show_:
        _show_layout(address)
        return
    mjml = _read(file) if file else None

    async def work(outrider: Outrider) -> tuple[Mailbox, int]:
        async with outrider.begin(await whoever(outrider, as_))() as tx:
            return await mailboxes.lay_out(tx, await mailboxes.find(tx, address), mjml)

    mailbox, kept = run(work)
    look = "in this layout" if mailbox.layout else "in plain HTML"
    say(f"New drafts of {mailbox.address} are written {look}.")
    if kept:
        are = "keeps" if kept == 1 else "keep"
        say(f"{counted(kept, 'open draft')} {are} the look that was written and judged.")
    note(f"To see it: outrider mailbox preview {mailbox.address}")


def _show_layout(address: str) -> None:
    async def work(outrider: Outrider) -> str | None:
        async with outrider.begin()() as tx:
            mailbox = await mailboxes.find(tx, address)
            return await dress.mjml_of(tx, mailbox.layout) if mailbox.layout else None

    found = run(work, seal=False)
    if found is None:
        note(f"{address} has no layout; this is one to start from.")
    prose((found or mailbox_trial.starter()).rstrip("\n"))


def _read(file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The layout {file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"The layout {file} is no text in UTF-8; save it as such.") from None


def preview(
    address: Address = None,
    out: Annotated[Path | None, typer.Option(help="Where the page is written.")] = None,
    with_: Annotated[
        Path | None, typer.Option("--layout", help="A file of MJML to try, without setting it.")
    ] = None,
    json_: Json = False,
) -> None:
    """Write a sample mail of a mailbox as an HTML page, to be opened in a browser."""
    mjml = _read(with_) if with_ else None

    async def work(outrider: Outrider) -> tuple[Mailbox, str]:
        async with outrider.begin()() as tx:
            mailbox = await mailboxes.find(tx, address)
            return mailbox, await mailbox_trial.sample(
                tx, mailbox, outrider.settings.public_url, mjml
            )

    mailbox, page = run(work, seal=False)
    to = out or Path(f"preview-{mailbox.address}.html")
    try:
        to.expanduser().write_text(page, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The page {to} cannot be written: {error.strerror}.") from None
    told: dict[str, Any] = {"file": str(to.resolve()), "bytes": len(page.encode())}
    if json_:
        as_json(told)
    else:
        say(
            f"Written to {told['file']} ({told['bytes'] / 1000:.1f} kB of HTML); open it in a browser."
        )
