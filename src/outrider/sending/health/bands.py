"""The band of each mailbox and domain: read before sending, looked at after events, released by people.

In: the open transaction. Out: standings. Never: a release by anybody but a person, a band kept in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed
from outrider.sending.health import rules, store
from outrider.sending.health.types import Band, Kept, Scope, Standing
from outrider.sending.types import MailboxId


async def standing(tx: Tx, mailboxes: Sequence[MailboxId]) -> dict[MailboxId, Standing]:
    """How each of these mailboxes stands: the worse of its own and its domain's band. One query.

    A mailbox on a domain of the brand, or on one that carries transactional mail, is stopped
    (A-55): complaints about cold mail must never hurt those.
    """
    found = await store.bands_of(tx, mailboxes)
    standings: dict[MailboxId, Standing] = {}
    for id_ in mailboxes:
        domain, bands, guarded = found.get(id_, ("", [], None))
        standings[id_] = _guarded(domain, guarded) if guarded else rules.standing_of(bands, tx.now)
    return standings


def _guarded(domain: str, guarded: str) -> Standing:
    purpose, _, name = guarded.partition(" ")
    reason = (
        f"the domain {domain} is guarded as {purpose} ({name}): cold mail leaves only from a "
        "domain of its own"
    )
    return Standing(band=Band.STOP, factor=rules.FACTORS[Band.STOP], reason=reason)


async def listing(tx: Tx) -> list[Kept]:
    """Every stored band."""
    return await store.bands(tx)


async def look(tx: Tx, mailbox_id: UUID) -> None:
    """Count anew for a mailbox and its domain, and move their bands if the numbers ask for it."""
    domain = await store.domain_of(tx, mailbox_id)
    if domain is None:
        return
    await _look(tx, Scope.MAILBOX, str(mailbox_id), [mailbox_id])
    await _look(tx, Scope.DOMAIN, domain, await store.mailboxes_of(tx, domain))


async def look_at_all(tx: Tx) -> list[Kept]:
    """The same for everything that is not good; what recovers, recovers here."""
    for kept in await store.bands(tx):
        if kept.band is Band.GOOD:
            continue
        if kept.scope is Scope.MAILBOX:
            await _look(tx, Scope.MAILBOX, kept.target, [UUID(kept.target)])
        else:
            await _look(tx, Scope.DOMAIN, kept.target, await store.mailboxes_of(tx, kept.target))
    return await store.bands(tx)


async def to_plan_anew(tx: Tx) -> list[MailboxId]:
    """The mailboxes whose band changed since their waiting mail got its times."""
    return [MailboxId(id_) for id_ in await store.not_planned_for(tx)]


async def planned_anew(tx: Tx) -> None:
    """Note that it has new times now."""
    await store.planned_for(tx)


async def release(tx: Tx, scope: Scope, target: str, reason: str) -> Standing:
    """Let a paused or stopped mailbox or domain send again, slowly; earlier evidence counts no more.

    A domain's release is one of its mailboxes as well.

    Args:
        tx: the open transaction, whose actor is a person.
        scope: mailbox or domain.
        target: a mailbox's id, or a domain.
        reason: what was mended; it is kept.

    Raises:
        NotAllowed: nobody but a person releases.
        InvalidInput: there is no reason.
        Conflict: it is neither paused nor stopped.
    """
    if tx.actor.kind is not ActorKind.PERSON:
        raise NotAllowed("Only a person lets a paused mailbox or domain send again.")
    if not reason.strip():
        raise InvalidInput("A release needs a reason: say in a few words what was mended.")
    # Mailboxes are locked before their domain here as in `look`, so that the two never wait in a ring.
    ids = sorted(await store.mailboxes_of(tx, target)) if scope is Scope.DOMAIN else []
    several = [await store.kept(tx, Scope.MAILBOX, str(id_)) for id_ in ids]
    kept = await store.kept(tx, scope, target)
    if kept.band.rank < Band.PAUSE.rank:
        raise Conflict(f"The {scope} {target} is {kept.band}, so there is nothing to release.")
    for one in (*several, kept):
        if one.band.rank < Band.PAUSE.rank:
            continue
        await _save(tx, one, rules.released(one, tx.now, reason.strip()))
    return rules.standing_of([await store.kept(tx, scope, target)], tx.now)


async def _look(tx: Tx, scope: Scope, target: str, mailboxes: Sequence[UUID]) -> None:
    kept = await store.kept(tx, scope, target)
    tally = await store.tally(tx, mailboxes, kept)
    after = rules.next_band(kept, rules.judge(tally, scope), tally, tx.now)
    if after != kept:
        await _save(tx, kept, after)


async def _save(tx: Tx, before: Kept, after: Kept) -> None:
    await store.keep(tx, after)
    if after.band is not before.band:
        body = {"before": str(before.band), "band": str(after.band), "reason": after.reason}
        await record(tx, "sending.health", f"{after.scope}:{after.target}", body)
