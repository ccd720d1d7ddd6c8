"""The options of a mailbox, and what a person said with them.

In: the arguments of a command. Out: the fields of a `MailboxForm` that were named.
Never: a secret on the command line, where every process of the machine could read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from outrider.kernel.errors import InvalidInput
from outrider.sending.pacing.forms import Words
from outrider.sending.types import MailboxForm, SmtpTls, Transport

NONE = "none"
"""The word that takes away what an option names."""

NameOption = Annotated[str | None, typer.Option(help="The person who signs.")]
PostalOption = Annotated[
    str | None, typer.Option(help="Street and town; the law wants it in each mail.")
]
LinkOption = Annotated[
    str | None, typer.Option(help="https address where a meeting can be booked.")
]
SignatureOption = Annotated[str | None, typer.Option(help="Lines under the name, such as a title.")]
CapOption = Annotated[int | None, typer.Option(help="Mails a day at most; a new mailbox: 40.")]
TransportOption = Annotated[
    Transport | None,
    typer.Option(
        "--transport",
        "--provider",
        help="How mail leaves. Without it: smtp where a server is given, else a Maildir, and "
        "nothing leaves.",
    ),
]
SmtpOption = Annotated[
    str | None, typer.Option("--smtp", "--smtp-host", help="The mail server: host or host:port.")
]
PortOption = Annotated[
    int | None, typer.Option(help="Its port. Without it: 587, or 465 with --smtp-tls tls.")
]
TlsOption = Annotated[
    SmtpTls | None,
    typer.Option(help="tls from the first byte, starttls, or none (on this machine alone)."),
]
UserOption = Annotated[
    str | None, typer.Option(help="Login at the mail server; none takes it away.")
]
SecretOption = Annotated[
    str | None,
    typer.Option(
        "--secret-file",
        "--smtp-password-file",
        help="File with the password or the provider's key; - reads it from stdin. It is copied "
        "into the keys folder of the home.",
    ),
]
ProviderOption = Annotated[
    list[str] | None,
    typer.Option("--option", help="KEY=VALUE for a provider, such as region=eu; may be repeated."),
]
SelectorOption = Annotated[str | None, typer.Option(help="DKIM selector, such as o1.")]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--dkim-key",
        "--dkim-key-file",
        help="PEM file of the RSA key of 2048 bits; none takes both keys away.",
    ),
]
EdSelectorOption = Annotated[
    str | None, typer.Option(help="Selector of the second key, such as e1.")
]
EdKeyOption = Annotated[
    str | None, typer.Option(help="PEM file of an Ed25519 key that signs besides; none: no more.")
]

_PLAIN = (
    "name", "postal_address", "booking_link", "signature", "daily_cap", "transport", "smtp_tls",
    "smtp_user", "dkim_selector", "dkim_ed25519_selector",
)  # fmt: skip


def pace(said: Mapping[str, Any]) -> Words:
    """What was said of the pace."""
    return Words(*(said[name] for name in ("pacing", "ramp", "gap", "hours", "zone")))


def fields(said: Mapping[str, Any], form: MailboxForm | None = None) -> dict[str, Any]:
    """The fields of a form that were named; files are left to `mailbox_files`.

    Args:
        said: the arguments of the command by name; None for what was not named.
        form: what the mailbox is now; None for a new one.

    Raises:
        InvalidInput: an option of a provider, or a server, cannot be read.
    """
    named = {name: said[name] for name in _PLAIN if said[name] is not None}
    if said["smtp_user"] == NONE:
        named |= {"smtp_user": None, "smtp_password_file": None}
    if said["dkim_key"] == NONE:
        named |= dict.fromkeys(("dkim_selector", "dkim_key_file"))
    if NONE in (said["dkim_key"], said["dkim_ed25519_key"]):
        named |= dict.fromkeys(("dkim_ed25519_selector", "dkim_ed25519_key_file"))
    server = _server(said, form)
    if server is not None:
        named["smtp"] = server
    if said["option"]:
        before = form.provider if form and said["transport"] in (None, form.transport) else {}
        named["provider"] = before | _options(said["option"])
    return named


def _server(said: Mapping[str, Any], form: MailboxForm | None) -> str | None:
    host, port = said["smtp"], said["smtp_port"]
    if host is None and port is None:
        return None
    if host is None:
        if form is None or form.smtp is None:
            raise InvalidInput("--smtp-port needs a server: give --smtp HOST as well.")
        host = form.smtp.rpartition(":")[0]
    has_port = ":" in host.rpartition("]")[2]
    if has_port and port is not None:
        raise InvalidInput(f"--smtp {host} has a port already; leave --smtp-port out.")
    if has_port:
        return str(host)
    usual = 465 if said["smtp_tls"] is SmtpTls.TLS else 587
    return f"{host}:{usual if port is None else port}"


def _options(said: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in said:
        key, mark, value = one.partition("=")
        if not mark or not key.strip() or not value.strip():
            raise InvalidInput(f"--option is {one!r}; give KEY=VALUE, such as region=eu.")
        found[key.strip()] = value.strip()
    return found
