"""Addresses that we send from.

In: what a person typed. Out: a mailbox whose every field can be used. Never: a DNS query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from outrider.drafts import dress
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.sending import domains, store
from outrider.sending.pacing.anew import after_change, hold_all
from outrider.sending.types import Mailbox, MailboxForm, MailboxId, SmtpTls, Transport

MOST_A_DAY = 100_000

PROVIDER_OPTIONS: Mapping[Transport, frozenset[str]] = {
    Transport.RESEND: frozenset(),
    Transport.SENDGRID: frozenset({"region"}),
    Transport.SES: frozenset({"region", "configuration_set"}),
    Transport.MAILGUN: frozenset({"region", "domain"}),
    Transport.POSTMARK: frozenset({"stream"}),
    Transport.GMAIL: frozenset({"user"}),
    Transport.GRAPH: frozenset({"user", "tenant", "client_id"}),
}
"""What an HTTP provider may be told besides its secret."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*")
_KEY_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


async def add(tx: Tx, form: MailboxForm, *, replace: bool = False) -> Mailbox:
    """Add a mailbox, or with `replace` change the one with this address.

    Raises:
        InvalidInput: a field cannot be used; the sentence names it, its value and the way out.
        Conflict: the address is there already and `replace` was not asked for.
        Refused: its domain is the brand's, carries transactional mail, or only looks like it.
    """
    mailbox = checked(form, MailboxId(tx.new_id()))
    await domains.require_outbound(tx, mailbox.address.rpartition("@")[2])
    if not await store.insert_mailbox(tx, mailbox):
        there = await find(tx, mailbox.address)
        if not replace:
            raise Conflict(
                f"The mailbox {mailbox.address} is there already; say that it shall be replaced, "
                "or give another address."
            )
        kept = {name: getattr(there, name) for name in ("id", "status", "pacing", "layout")}
        mailbox = mailbox.model_copy(update=kept)
        await _change(tx, there, mailbox)
    facts = {"transport": str(mailbox.transport), "daily_cap": mailbox.daily_cap}
    await record(tx, "sending.mailbox", f"mailbox:{mailbox.id}", facts)
    return mailbox


async def _change(tx: Tx, there: Mailbox, mailbox: Mailbox) -> None:
    """Save it; under another cap what waits gets other times, so that the preview comes true."""
    if mailbox.daily_cap == there.daily_cap:
        await store.update_mailbox(tx, mailbox)
        return
    await hold_all(tx)
    await store.update_mailbox(tx, mailbox)
    await after_change(tx, mailbox.id)


async def pause(tx: Tx, mailbox_id: MailboxId, *, paused: bool) -> Mailbox:
    """Stop or resume a mailbox. Raises NotFound."""
    found = await by_id(tx, mailbox_id)
    mailbox = found.model_copy(update={"status": "paused" if paused else "active"})
    await store.update_mailbox(tx, mailbox)
    await record(tx, "sending.mailbox", f"mailbox:{mailbox.id}", {"status": mailbox.status})
    return mailbox


async def lay_out(tx: Tx, mailbox: Mailbox, mjml: str | None) -> tuple[Mailbox, int]:
    """Give a mailbox a layout for its new drafts; None: plain HTML again.

    Returns:
        The mailbox, and how many open drafts keep the look that they were written with: what was
        approved, or waits to be, is never changed behind a person's back.

    Raises:
        InvalidInput: no mail can be put into it, or it would load, run or hide something.
    """
    sha256 = await dress.keep(tx, mjml) if mjml is not None else None
    changed = mailbox.model_copy(update={"layout": sha256})
    await store.update_mailbox(tx, changed)
    await record(tx, "sending.layout", f"mailbox:{mailbox.id}", {"layout": sha256})
    return changed, await dress.waiting_without(tx, mailbox.id, sha256)


async def listing(tx: Tx) -> list[Mailbox]:
    """Every mailbox, by address."""
    return await store.mailboxes(tx)


async def by_id(tx: Tx, mailbox_id: MailboxId, *, lock: bool = False) -> Mailbox:
    """One mailbox by its id; `lock` holds it until the transaction ends. Raises NotFound."""
    found = await store.mailbox(tx, mailbox_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no mailbox {mailbox_id} in this workspace.")
    return found


async def find(tx: Tx, address: str | None = None) -> Mailbox:
    """The mailbox with this address; without an address, the only one there is.

    Raises:
        NotFound: there is none, or none of this address; the sentence lists those there are.
        InvalidInput: no address was given and there are several.
    """
    all_ = await store.mailboxes(tx)
    if not all_:
        raise NotFound("There is no mailbox yet: add one first.")
    known = ", ".join(mailbox.address for mailbox in all_[:10])
    if address is None:
        if len(all_) > 1:
            raise InvalidInput(f"There are several mailboxes; name one of {known}.")
        return all_[0]
    wanted = address.strip().lower()
    for mailbox in all_:
        if mailbox.address.lower() == wanted:
            return mailbox
    raise NotFound(f"There is no mailbox {address!r}; there is {known}.")


def checked(form: MailboxForm, id_: MailboxId) -> Mailbox:
    """A mailbox from a form, every field checked. Raises InvalidInput."""
    host, port = _server(form.smtp)
    if not 0 <= form.daily_cap <= MOST_A_DAY:
        raise InvalidInput(f"daily_cap is {form.daily_cap}; give a number from 0 to {MOST_A_DAY}.")
    transport = form.transport or (Transport.SMTP if host else Transport.MAILDIR)
    _login(form)
    _way(form, transport, host)
    _dkim(form)
    return Mailbox(
        id=id_,
        address=_address(form.address),
        name=_line("name", form.name),
        postal_address=_postal(form.postal_address),
        booking_link=_link(form.booking_link),
        signature=form.signature.strip(),
        transport=transport,
        smtp_host=host,
        smtp_port=port,
        smtp_user=form.smtp_user,
        smtp_password_file=form.smtp_password_file,
        smtp_tls=form.smtp_tls,
        secret_file=form.secret_file,
        provider=form.provider,
        dkim_selector=form.dkim_selector,
        dkim_key_file=form.dkim_key_file,
        dkim_ed25519_selector=form.dkim_ed25519_selector,
        dkim_ed25519_key_file=form.dkim_ed25519_key_file,
        daily_cap=form.daily_cap,
    )


def form_of(mailbox: Mailbox) -> MailboxForm:
    """A mailbox as somebody would describe it anew, so that parts of it can be changed."""
    host = mailbox.smtp_host
    shown = f"[{host}]" if host and ":" in host else host
    fields = {name for name in MailboxForm.model_fields if name != "smtp"}
    return MailboxForm.model_validate(
        {
            **mailbox.model_dump(include=fields),
            "smtp": f"{shown}:{mailbox.smtp_port}" if host else None,
        }
    )


def changed(form: MailboxForm, changes: Mapping[str, Any]) -> MailboxForm:
    """A form with some fields said anew; what belongs to another way of sending is dropped.

    A server that is given means SMTP, unless the transport is named as well.
    """
    if changes.get("smtp") and "transport" not in changes:
        changes = {**changes, "transport": Transport.SMTP}
    way = changes.get("transport", form.transport)
    dropped: dict[str, Any] = {}
    if way is not form.transport:
        dropped = {"secret_file": None, "provider": {}}
    if way is not Transport.SMTP:
        dropped |= {"smtp": None, "smtp_user": None, "smtp_password_file": None}
    return MailboxForm.model_validate({**form.model_dump(), **dropped, **changes})


def _way(form: MailboxForm, transport: Transport, host: str | None) -> None:
    """What a way of sending needs, and what belongs to another one."""
    if transport is Transport.SMTP:
        if host is None:
            raise InvalidInput("smtp is missing: give the mail server as host:port.")
        if form.smtp_tls is SmtpTls.NONE and not _is_loopback(host):
            raise InvalidInput(
                f"smtp_tls is none, but {host} is another machine: mail goes there over TLS only."
            )
    elif host is not None:
        raise InvalidInput(
            f"A mailbox that sends by {transport} has no mail server; leave smtp out."
        )
    options = PROVIDER_OPTIONS.get(transport)
    if options is None:
        if form.secret_file or form.provider:
            raise InvalidInput(f"A mailbox that sends by {transport} has no provider's secret.")
        return
    if not form.secret_file or not _KEY_FILE.fullmatch(form.secret_file):
        raise InvalidInput(
            f"secret_file is {form.secret_file!r}; {transport} needs the file with its secret."
        )
    strange = sorted(set(form.provider) - options)
    if strange:
        raise InvalidInput(
            f"{strange[0]} is no option of {transport}; "
            + (f"it knows {', '.join(sorted(options))}." if options else "it knows none.")
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _dkim(form: MailboxForm) -> None:
    """Each key has a selector of its own; the Ed25519 one stands beside an RSA one."""
    pairs = (
        ("dkim", form.dkim_selector, form.dkim_key_file),
        ("dkim_ed25519", form.dkim_ed25519_selector, form.dkim_ed25519_key_file),
    )
    for name, selector, file in pairs:
        if (selector is None) != (file is None):
            raise InvalidInput(
                f"DKIM needs both {name}_selector and {name}_key_file; give both or neither."
            )
        if file is not None and not _KEY_FILE.fullmatch(file):
            raise InvalidInput(
                f"{name}_key_file is {file!r}; give the name of a file in the keys folder."
            )
        if selector is not None and not _SELECTOR.fullmatch(selector):
            raise InvalidInput(f"{name}_selector is {selector!r}; give a DNS label such as o1.")
    (_, first, _), (_, second, _) = pairs
    if second is not None and (first is None or first.lower() == second.lower()):
        raise InvalidInput(
            f"dkim_ed25519_selector is {second!r}; give an RSA key beside it, under another selector."
        )


def _login(form: MailboxForm) -> None:
    """A login is whole and belongs to a server. The password itself is never in the database."""
    if (form.smtp_user is None) != (form.smtp_password_file is None):
        raise InvalidInput(
            "An SMTP login needs both a user and a password file; give both or neither."
        )
    if form.smtp_user is None or form.smtp_password_file is None:
        return
    if form.smtp is None:
        raise InvalidInput("An SMTP login needs a server: give it as host:port.")
    if not form.smtp_user.strip() or _CONTROL.search(form.smtp_user):
        raise InvalidInput(f"smtp_user is {form.smtp_user!r}; give the login name on one line.")
    if not _KEY_FILE.fullmatch(form.smtp_password_file):
        raise InvalidInput(
            f"smtp_password_file is {form.smtp_password_file!r}; "
            "give the name of a file in the keys folder."
        )


def _address(value: str) -> str:
    try:
        found = validate_email(
            value.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise InvalidInput(f"address is {value!r}, which is no e-mail address: {error}") from None
    # Two spellings of one address must not become two mailboxes with a cap each.
    local, _, domain = (found.ascii_email or found.normalized).rpartition("@")
    return f"{local.lower()}@{domain}"


def _line(field: str, value: str) -> str:
    if not value.strip() or _CONTROL.search(value.strip()):
        raise InvalidInput(f"{field} is {value!r}; give one line of text.")
    return " ".join(value.split())


def _postal(value: str) -> str:
    line = ", ".join(part.strip(" ,") for part in value.splitlines() if part.strip(" ,"))
    line = _line("postal_address", line or value)
    # Lawful (15 USC 7704(a)(5)): a street or box with a number, or a street and a town.
    if not (len(line) >= 8 and re.search(r"[^\W\d_]{2}", line) and re.search(r"\d|,.*\w", line)):
        raise InvalidInput(
            f"postal_address is {value!r}; give street, number and town, "
            "such as 12 Main Street, Boston MA 02110."
        )
    return line


def _link(value: str) -> str:
    text = value.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        good = parts.scheme == "https" and "." in host and parts.username is None
    except ValueError:
        good = False
    if not good or _CONTROL.search(text) or re.search(r"[\s<>\"]", text):
        raise InvalidInput(
            f"booking_link is {value!r}; give an https address such as https://cal.example/sam."
        )
    return text


def _server(value: str | None) -> tuple[str | None, int | None]:
    if value is None:
        return None, None
    host, colon, port = value.strip().rpartition(":")
    if not colon or not _HOST.fullmatch(host) or not port.isascii() or not port.isdigit():
        raise InvalidInput(f"smtp is {value!r}; give host:port, such as 127.0.0.1:2525.")
    if not 1 <= int(port) <= 65535:
        raise InvalidInput(f"smtp is {value!r}; the port must be a number from 1 to 65535.")
    return host.strip("[]"), int(port)
