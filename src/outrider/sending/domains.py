"""Our domains and what each is for: cold mail never leaves from the brand's own (A-55, decision 0035).

In: a domain and its purpose. Out: a guard that mailboxes are added against. Never: a DNS query.
"""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound, Refused
from outrider.sending.health import store_domains as store
from outrider.sending.health.lookalike import is_within, look_alike
from outrider.sending.health.types import OwnDomain, Purpose


async def add(tx: Tx, name: str, purpose: Purpose) -> OwnDomain:
    """Say what a domain of ours is for; saying it again changes it.

    Raises:
        InvalidInput: the name is no domain.
        Refused: an outbound domain that belongs to the brand or only looks as if it did.
    """
    domain = OwnDomain(
        name=checked(name), purpose=purpose, added_by=str(tx.actor), created_at=tx.now
    )
    if purpose is Purpose.OUTBOUND:
        others = [one for one in await store.listing(tx) if one.name != domain.name]
        _require_outbound(domain.name, others)
    await store.put(tx, domain)
    await record(tx, "sending.domain", f"domain:{domain.name}", {"purpose": str(purpose)})
    return domain


async def remove(tx: Tx, name: str) -> None:
    """Take a domain out of the guard. Raises NotFound."""
    domain = checked(name)
    if not await store.remove(tx, domain):
        raise NotFound(f"There is no domain {domain} here: `outrider domain list` shows those.")
    await record(tx, "sending.domain", f"domain:{domain}", {"purpose": None})


async def listing(tx: Tx) -> list[OwnDomain]:
    """Every domain, the brand's first."""
    return await store.listing(tx)


async def require_outbound(tx: Tx, domain: str) -> None:
    """Pass when cold mail may leave from this domain.

    Raises:
        Refused: it is guarded, or only looks like the brand's; the sentence says which and why.
    """
    _require_outbound(domain.lower(), await store.listing(tx))


def _require_outbound(domain: str, ours: list[OwnDomain]) -> None:
    for one in ours:
        if one.purpose is Purpose.OUTBOUND:
            continue
        if is_within(domain, one.name) or is_within(one.name, domain):
            raise Refused(
                f"{domain} cannot send cold mail, for {one.name} is guarded as {one.purpose}: "
                "register a domain of its own for it, such as try-brand.com, so that complaints "
                "can never hurt the other."
            )
    brands = [one.name for one in ours if one.purpose is Purpose.BRAND]
    why = look_alike(domain, brands)
    if why is not None:
        raise Refused(
            f"{why}. Recipients and their filters take that for phishing: take a domain that "
            "carries the brand's name whole beside another word, such as try-brand.com."
        )


def checked(name: str) -> str:
    """A domain in lower case as DNS writes it. Raises InvalidInput."""
    try:
        found = validate_email(
            f"x@{name.strip().strip('.')}", check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        raise InvalidInput(
            f"domain is {name!r}; give a domain name such as try-brand.com."
        ) from None
    return found.ascii_domain.lower()
