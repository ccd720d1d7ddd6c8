"""What a mailbox can do, tried without a mail: a connection, a login, a sample page.

In: a mailbox. Out: whether mail can leave, in one sentence; a page. Never: a mail sent or queued.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from outrider.app.wiring import Outrider
from outrider.drafts import dress
from outrider.drafts.layout import dress as dress_in
from outrider.drafts.rules import compose
from outrider.drafts.types import MailContent, Recipient, Sender, Thread, Wording
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId
from outrider.sending.ports import MailTransport, TriesOut
from outrider.sending.types import Mailbox, Transport
from outrider.sending.wire import Opens
from outrider.vendors.smtp import Smtp

_WORDS = Wording(
    subject="Lease changes between quarters",
    body=(
        "Hi Dana,\n\nHow does your team keep track of lease changes between quarters? Most teams we "
        "speak to still collect them by e-mail, and find the gaps in the week before the audit.\n\n"
        "Is that worth a short talk, or is it solved on your side?"
    ),
)
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Trial:
    """What came of a trial."""

    can_send: bool
    found: str


async def try_out(outrider: Outrider, mailbox: Mailbox) -> Trial:
    """Go as far as a mail would go, and hang up before it.

    Raises:
        InvalidInput, InvalidSetting: a key or a secret of the mailbox cannot be used.
    """
    signer = outrider.dkim(mailbox)
    if mailbox.transport is Transport.MAILDIR:
        return _folder(outrider)
    transport = outrider.transport(mailbox)
    try:
        fault = await _ask(transport)
        well = _well(mailbox, transport)
    finally:
        await transport.close()
    if fault is not None:
        return Trial(False, f"{mailbox.address}: {fault}")
    signed = "" if signer or mailbox.transport is not Transport.SMTP else (
        " It has no DKIM key, so its server must sign."
    )  # fmt: skip
    return Trial(True, f"{mailbox.address} can send: {well}{signed}")


async def _ask(transport: MailTransport) -> str | None:
    if isinstance(transport, TriesOut):
        found = await transport.try_out()
    else:
        found = await transport.ready() if isinstance(transport, Opens) else None
    return found.answer if found is not None else None


def _well(mailbox: Mailbox, transport: MailTransport) -> str:
    if mailbox.transport is not Transport.SMTP:
        if isinstance(transport, TriesOut):
            return f"{mailbox.transport} takes its key."
        return (
            f"its key file for {mailbox.transport} is whole; whether the key may send, "
            f"{mailbox.transport} tells with the first mail only."
        )
    where = f"{mailbox.smtp_host}:{mailbox.smtp_port}"
    login = f" and takes the login of {mailbox.smtp_user}" if mailbox.smtp_user else ""
    if isinstance(transport, Smtp) and transport.is_private:
        return f"{where} answers over TLS{login}."
    if isinstance(transport, Smtp) and transport.server.is_loopback:
        return f"{where} answers{login}."
    return f"{where} answers{login}, but without TLS, so that others can read the mail on its way."


def _folder(outrider: Outrider) -> Trial:
    folder = outrider.outbox_folder
    there = folder if folder.exists() else folder.parent
    if not os.access(there, os.W_OK | os.X_OK):
        return Trial(False, f"The Maildir {folder} cannot be written to; mend its rights.")
    return Trial(True, f"Mail goes to the Maildir {folder}; nothing leaves this machine.")


async def sample(tx: Tx, mailbox: Mailbox, public_url: str, mjml: str | None = None) -> str:
    """A sample mail of a mailbox as HTML, in its own layout or in the one given.

    Raises:
        InvalidInput: the layout given cannot be used.
    """
    content = _content(mailbox, public_url)
    if mjml is not None:
        return (await asyncio.to_thread(dress_in, content, mjml, _WORDS.language)).html
    return (await dress.dressed(tx, content, _WORDS.language)).html


def starter() -> str:
    """A layout to start from."""
    return files("outrider.drafts").joinpath("starter.mjml").read_text("utf-8")


def _content(mailbox: Mailbox, public_url: str) -> MailContent:
    domain = mailbox.address.rpartition("@")[2]
    return compose(
        _WORDS,
        Recipient(
            contact_id=ContactId(_NOBODY), email="dana@depot.example", first_name="Dana",
            last_name="Lee",
        ),
        Sender(
            mailbox_id=mailbox.id, address=mailbox.address, name=mailbox.name, brand=domain,
            postal_address=mailbox.postal_address, booking_link=mailbox.booking_link,
            signature=mailbox.signature, unsubscribe_url=f"{public_url.rstrip('/')}/unsubscribe/{'sample' * 7}",
            layout=mailbox.layout,
        ),
        1,
        Thread(),
    )  # fmt: skip
