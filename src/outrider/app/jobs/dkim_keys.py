"""DKIM keys that are made or handed over from a browser, and how a mailbox comes to sign with one.

In: a mailbox, a selector, perhaps a key in PEM. Out: a sealed key, its DNS record. Never: a private key
shown, one written over another, a mailbox that signs before a person says that the record is published.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from outrider.app.jobs import secret_care
from outrider.app.wiring import Outrider
from outrider.kernel.database.tx import Actor, Tx
from outrider.kernel.errors import Conflict, NotFound
from outrider.kernel.secrets import keep
from outrider.kernel.secrets.text import SecretText
from outrider.sending import dkim, mailboxes
from outrider.sending.dkim import Key
from outrider.sending.types import Mailbox

SELECTOR = r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$"
"""One DNS label; short, so that the name of its secret can be kept."""
LONGEST_PEM = 16_384
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


def name_of(domain: str, selector: str) -> str:
    """Under which name a key is kept, whichever door it comes by."""
    return f"dkim-{_STRANGE.sub('-', f'{domain.lower()}-{selector}')}.pem"


def domain_of(mailbox: Mailbox) -> str:
    """The domain that a mailbox's keys sign for."""
    return mailbox.address.rpartition("@")[2].lower()


async def prepare(
    outrider: Outrider, actor: Actor, mailbox: Mailbox, selector: str, pem: SecretText | None
) -> None:
    """Keep a key for a selector; without `pem` an RSA key of 2048 bits is made here.

    Nothing signs with it yet, for its DNS record has to be there first.

    Raises:
        InvalidInput: the text is no key that can sign.
        Conflict: another key has this selector already.
    """
    domain = domain_of(mailbox)
    name = name_of(domain, selector)
    if _held(outrider, name) is not None:
        raise Conflict(
            f"There is a key for the selector {selector} already: give the new one another selector,"
            " for mails on their way are checked with the old one."
        )
    text = pem or SecretText(await asyncio.to_thread(_made))
    dkim.load(text.reveal().encode(), domain, selector)
    await secret_care.set_secret(outrider, actor, name, text)


async def use(outrider: Outrider, tx: Tx, mailbox: Mailbox, selector: str) -> Mailbox:
    """Let a mailbox sign with a prepared key from the next mail on.

    An RSA key takes the place of the one before; an Ed25519 key stands beside the RSA one.

    Raises:
        NotFound: no key was prepared for this selector in this workspace.
        InvalidInput: an Ed25519 key has no RSA key to stand beside.
    """
    domain = domain_of(mailbox)
    name = name_of(domain, selector)
    ours = {one.name for one in await keep.listing(tx) if one.workspace is not None}
    # A file of this machine may be another workspace's, and whoever signs with it is taken for them.
    ours |= {one for one in (mailbox.dkim_key_file, mailbox.dkim_ed25519_key_file) if one}
    held = _held(outrider, name) if name in ours else None
    if held is None:
        raise NotFound(f"There is no key for the selector {selector}: make one first.")
    is_rsa = isinstance(dkim.load(held, domain, selector).key, rsa.RSAPrivateKey)
    kind = "dkim" if is_rsa else "dkim_ed25519"
    changes = {f"{kind}_selector": selector, f"{kind}_key_file": name}
    return await _changed(outrider, tx, mailbox, changes)


async def give_up(outrider: Outrider, tx: Tx, mailbox: Mailbox) -> Mailbox:
    """Let a mailbox sign with no key of ours; the keys themselves stay."""
    kinds = ("dkim", "dkim_ed25519")
    changes = {f"{kind}_{part}": None for kind in kinds for part in ("selector", "key_file")}
    return await _changed(outrider, tx, mailbox, changes)


async def prepared(outrider: Outrider, tx: Tx, mailbox: Mailbox) -> dict[str, Key]:
    """Keys that are kept for a mailbox's domain and that it does not sign with, by selector."""
    domain, used = domain_of(mailbox), {mailbox.dkim_selector, mailbox.dkim_ed25519_selector}
    names = [one.name for one in await keep.listing(tx) if one.workspace is not None]
    found: dict[str, Key] = {}
    for selector in _selectors(domain, names):
        held = _held(outrider, name_of(domain, selector))
        if selector not in used and held is not None:
            found[selector] = dkim.load(held, domain, selector).key
    return found


def record_of(domain: str, selector: str, key: Key) -> tuple[str, str]:
    """Name and value of the TXT record of a key."""
    ((name, value),) = dkim.dns_records(dkim.Signer(domain, selector, key)).items()
    return name, value


def _selectors(domain: str, names: Iterable[str]) -> list[str]:
    start = name_of(domain, "").removesuffix(".pem")
    stems = [
        name.removeprefix(start).removesuffix(".pem") for name in names if name.startswith(start)
    ]
    return sorted(one for one in stems if re.fullmatch(SELECTOR, one))


async def _changed(
    outrider: Outrider, tx: Tx, mailbox: Mailbox, changes: Mapping[str, str | None]
) -> Mailbox:
    form = mailboxes.changed(mailboxes.form_of(mailbox), changes)
    now = await mailboxes.add(tx, form, replace=True)
    outrider.dkim(now)
    return now


def _held(outrider: Outrider, name: str) -> bytes | None:
    try:
        return outrider.handed(name)
    except OSError:
        return None


def _made() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=dkim.LEAST_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
