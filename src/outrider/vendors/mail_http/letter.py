"""Our own bytes read back into fields, for providers that take no bytes, and checks for all of them.

In: a mail as `sending.mail` built it. Out: its words, unchanged. Never: a repair, a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import unquote
from functools import cached_property

from outrider.kernel.errors import Refused
from outrider.sending.types import Outgoing

_ADDRESS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]+@[A-Za-z0-9.-]+")
_FOLD = re.compile(r"\r?\n")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")

# The provider writes these itself; a signature of ours would not fit the bytes that it makes.
_OF_THE_PROVIDER = frozenset(
    "from to subject date reply-to mime-version content-type content-transfer-encoding "
    "dkim-signature".split()
)


@dataclass(frozen=True)
class Letter:
    """One mail, read back. Addresses are those of the envelope, checked against the headers."""

    mail: Outgoing

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        return message_from_bytes(self.mail.data, policy=policy.SMTP)

    @property
    def label(self) -> str:
        """What a provider carries along with the mail, to be found in its events: the outbox id."""
        return self.mail.outbox_id.hex

    @property
    def sender(self) -> Address:
        """Name and address of the sender."""
        return self._one("From")

    @property
    def recipient(self) -> Address:
        """Name and address of the only recipient."""
        return self._one("To")

    @property
    def reply_to(self) -> Address | None:
        """Where answers go, when it is not the sender."""
        return self._one("Reply-To") if self.message["Reply-To"] else None

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain words, with LF line ends."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML, with LF line ends."""
        return self._part("html")

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """What goes along unchanged: Message-ID, threading, List-Unsubscribe and its kind."""
        return {
            name: str(value)
            for name, value in self.message.items()
            if name.lower() not in _OF_THE_PROVIDER
        }

    def _one(self, name: str) -> Address:
        found: Address = self.message[name].addresses[0]
        return Address(self._display_name(name), addr_spec=found.addr_spec)

    def _display_name(self, name: str) -> str:
        # The parsed header has blanks between encoded words, which RFC 2047 (6.2) says to drop.
        words = _FOLD.sub("", str(self._raw[name])).rpartition("<")[0].strip()
        if words.startswith('"'):
            return unquote(words)
        return str(make_header(decode_header(words)))

    @cached_property
    def _raw(self) -> Message:
        return BytesHeaderParser(policy=policy.compat32).parsebytes(self.mail.data)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            raise Refused(f"This mail has no {kind} part, so this provider cannot carry it.")
        return str(part.get_content()).replace("\r\n", "\n")


def read(mail: Outgoing) -> Letter:
    """The letter in these bytes.

    Raises:
        Refused: an address cannot be written, a line end could hide a second mail, or the headers
            name another recipient than the envelope; nothing was sent.
    """
    for field, address in (("sender", mail.envelope_from), ("recipient", mail.envelope_to)):
        if not _ADDRESS.fullmatch(address):
            raise Refused(f"The {field} address {address!r} cannot be used: it is not plain ASCII.")
    if _BARE.search(mail.data):
        raise Refused("The mail holds a line end that is not CRLF, which could hide a second mail.")
    letter = Letter(mail)
    named = [
        address.addr_spec.lower()
        for name in ("To", "Cc", "Bcc")
        for header in letter.message.get_all(name, [])
        for address in header.addresses
    ]
    if named != [mail.envelope_to.lower()]:
        raise Refused("The headers of this mail name another recipient than its envelope.")
    senders = [
        address.addr_spec.lower()
        for header in letter.message.get_all("From", [])
        for address in header.addresses
    ]
    if senders != [mail.envelope_from.lower()]:
        raise Refused("The From header of this mail names another sender than its envelope.")
    return letter
