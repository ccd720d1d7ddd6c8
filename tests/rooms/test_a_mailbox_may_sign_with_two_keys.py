"""A mailbox signs each mail with both of its keys, and says what is wrong with them beforehand."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.sending import mailboxes, send
from outrider.sending.dkim import Key
from outrider.sending.types import MailboxId, OutboxStatus
from tests.sending_world import FORM, Wire, make_world, means

TWO = FORM.model_copy(
    update={
        "dkim_selector": "o1",
        "dkim_key_file": "rsa.pem",
        "dkim_ed25519_selector": "e1",
        "dkim_ed25519_key_file": "ed.pem",
    }
)


def keep(folder: Path, name: str, key: Key) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / name).write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))


async def test_both_keys_sign_what_leaves(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock,
    objects: Objects, keys: Keys,
) -> None:  # fmt: skip
    keep(keys.folder, "rsa.pem", rsa.generate_private_key(public_exponent=65537, key_size=2048))
    keep(keys.folder, "ed.pem", Ed25519PrivateKey.generate())
    world = await make_world(database, workspace, person, TWO)
    settings = load(home=keys.folder.parent)
    outrider = Outrider(settings, clock, database, objects, keys, workspace, "test")
    await world.approved(1)
    wire = Wire()
    await send.drain(means(world, objects, wire, signers=outrider.dkim))
    head = wire.took[0].data.partition(b"\r\n\r\n")[0]
    assert head.count(b"DKIM-Signature:") == 2
    assert b"a=rsa-sha256" in head
    assert b"a=ed25519-sha256" in head
    async with world.begin() as tx:
        stored = await mailboxes.find(tx, TWO.address)
    assert (stored.dkim_ed25519_selector, stored.dkim_ed25519_key_file) == ("e1", "ed.pem")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dkim_ed25519_key_file": None}, "dkim_ed25519_key_file"),
        ({"dkim_ed25519_selector": "O1"}, "another selector"),
        ({"dkim_selector": None, "dkim_key_file": None}, "an RSA key beside it"),
        ({"dkim_ed25519_key_file": "../ed.pem"}, "keys folder"),
        ({"dkim_ed25519_selector": "e 1"}, "DNS label"),
    ],
)
def test_keys_that_cannot_sign_together_are_refused(
    changes: dict[str, str | None], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        mailboxes.checked(TWO.model_copy(update=changes), MailboxId(UUID(int=1)))


async def test_a_key_that_went_bad_holds_its_mails_with_the_reason_until_it_is_mended(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock,
    objects: Objects, keys: Keys,
) -> None:  # fmt: skip
    good = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    keep(keys.folder, "rsa.pem", good)
    keep(keys.folder, "ed.pem", Ed25519PrivateKey.generate())
    world = await make_world(database, workspace, person, TWO)
    settings = load(home=keys.folder.parent)
    outrider = Outrider(settings, clock, database, objects, keys, workspace, "test")
    await world.approved(2)
    wire = Wire()
    sending = means(world, objects, wire, signers=outrider.dkim)
    (keys.folder / "rsa.pem").unlink()
    gone = await send.drain(sending)
    keep(keys.folder, "rsa.pem", rsa.generate_private_key(public_exponent=65537, key_size=1024))
    short = await send.drain(sending)
    assert wire.took == []
    assert {one.status for one in (*gone.waiting, *short.waiting)} == {OutboxStatus.QUEUED}
    assert all("cannot be read" in (one.reason or "") for one in gone.waiting)
    assert all("1024 bits" in (one.reason or "") for one in short.waiting)
    keep(keys.folder, "rsa.pem", good)
    assert len((await send.drain(sending)).sent) == 2
