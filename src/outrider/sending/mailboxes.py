"""Addresses that we send from.

In: what a person typed. Out: a mailbox whose every field can be used. Never: a DNS query.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.sending import domains, store
from outrider.sending.types import Mailbox, MailboxForm, MailboxId, Transport

MOST_A_DAY = 100_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?")
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
        mailbox = mailbox.model_copy(update={"id": there.id, "status": there.status})
        await store.update_mailbox(tx, mailbox)
    facts = {"transport": str(mailbox.transport), "daily_cap": mailbox.daily_cap}
    await record(tx, "sending.mailbox", f"mailbox:{mailbox.id}", facts)
    return mailbox


async def pause(tx: Tx, mailbox_id: MailboxId, *, paused: bool) -> Mailbox:
    """Stop or resume a mailbox. Raises NotFound."""
    found = await by_id(tx, mailbox_id)
    mailbox = found.model_copy(update={"status": "paused" if paused else "active"})
    await store.update_mailbox(tx, mailbox)
    await record(tx, "sending.mailbox", f"mailbox:{mailbox.id}", {"status": mailbox.status})
    return mailbox


async def listing(tx: Tx) -> list[Mailbox]:
    """Every mailbox, by address."""
    return await store.mailboxes(tx)


async def by_id(tx: Tx, mailbox_id: MailboxId) -> Mailbox:
    """One mailbox by its id. Raises NotFound."""
    found = await store.mailbox(tx, mailbox_id)
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
    _login(form)
    if (form.dkim_selector is None) != (form.dkim_key_file is None):
        raise InvalidInput("DKIM needs both a selector and a key file; give both or neither.")
    if form.dkim_key_file is not None and not _KEY_FILE.fullmatch(form.dkim_key_file):
        raise InvalidInput(
            f"dkim_key_file is {form.dkim_key_file!r}; give the name of a file in the keys folder."
        )
    if form.dkim_selector is not None and not _HOST.fullmatch(form.dkim_selector):
        raise InvalidInput(f"dkim_selector is {form.dkim_selector!r}; give a DNS label such as o1.")
    return Mailbox(
        id=id_,
        address=_address(form.address),
        name=_line("name", form.name),
        postal_address=_postal(form.postal_address),
        booking_link=_link(form.booking_link),
        signature=form.signature.strip(),
        transport=Transport.SMTP if host else Transport.MAILDIR,
        smtp_host=host,
        smtp_port=port,
        smtp_user=form.smtp_user,
        smtp_password_file=form.smtp_password_file,
        dkim_selector=form.dkim_selector,
        dkim_key_file=form.dkim_key_file,
        daily_cap=form.daily_cap,
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
