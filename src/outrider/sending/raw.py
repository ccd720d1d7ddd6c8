"""The exact bytes of what left, kept before they leave: many mails an object.

In: bytes. Out: where they lie, and later the bytes again. Never: an object a mail; making one costs
as much as all the rest of sending a mail, and on a paid store a request each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, NotFound
from outrider.kernel.objects import Objects
from outrider.sending import store_flight
from outrider.sending.flight_types import Place
from outrider.sending.mail import id_in
from outrider.sending.types import OutboxId


async def keep(objects: Objects, mails: Sequence[bytes]) -> list[Place]:
    """Put mails into the store as one object; where each of them lies.

    Raises:
        Unavailable: the store does not take them.
    """
    pack = await objects.put(b"".join(mails)) if mails else ""
    places: list[Place] = []
    start = 0
    for mail in mails:
        places.append(Place(hashlib.sha256(mail).hexdigest(), pack, start, len(mail)))
        start += len(mail)
    return places


async def exact_bytes(tx: Tx, objects: Objects, message_id: str) -> bytes:
    """The mail with this Message-ID, byte for byte as it was handed over.

    Raises:
        NotFound: no mail of this workspace has it, or it was not built yet.
        Broken: what is kept does not match its hash.
        Unavailable: the store cannot be read.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    id_ = id_in(wanted)
    place = await store_flight.place_of(tx, OutboxId(id_)) if id_ else None
    if place is None:
        raise NotFound(f"There are no bytes of a mail {wanted}: none was handed over.")
    whole = await objects.get(place.pack_sha256)
    data = whole[place.pack_start : place.pack_start + place.pack_bytes]
    if hashlib.sha256(data).hexdigest() != place.raw_sha256:
        raise Broken(f"The bytes of the mail {wanted} are not what was handed over.")
    return data
