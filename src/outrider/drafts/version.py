"""The next version of a mail from words that a person gave, or gave back.

In: a draft, words, perhaps claims. Out: a pending `Draft`, composed and checked anew, not stored yet.
Never: a recipient, a sender or a link from the person; those are the contact's and the campaign's now.
"""

from __future__ import annotations

import re
from decimal import Decimal

from outrider.drafts import dress, genuine, rich, store
from outrider.drafts.check import check, grounds, is_evidence
from outrider.drafts.rules import as_stored, compose, content_hash, own_links, wording
from outrider.drafts.types import Draft, DraftId, DraftStatus, Source, Wording
from outrider.drafts.write import ask_for_review, kept_claims, thread_of
from outrider.guardrails.types import Claim
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput
from outrider.prospects import research

_MARKUP = re.compile(
    r"<\s*/?\s*(?:html|head|body|script|style|iframe|object|embed|form|input|svg|img|a|div|span|table|"
    r"tr|td|p|br|b|i|u|strong|em|font|ul|ol|li|h[1-6]|meta|link)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def words_of(draft: Draft, subject: str | None, body: str | rich.Markup | None) -> Wording:
    """What a person wants a draft to say; what is left out stays.

    Args:
        draft: the draft before.
        subject: other words for its subject.
        body: other words for its body. Plain ones end the form that the draft has, unless they are the
            same; of HTML the words stay, and of their form what `rich` knows.

    Raises:
        InvalidInput: nothing was changed, a text is empty, far too long or shows HTML, or the subject
            says nothing.
    """
    words = _meant(draft, subject, body)
    if words == as_stored(draft):
        raise InvalidInput(f"Nothing in draft {draft.number} was changed: write other words.")
    _require_words(words)
    return words


def are_same(draft: Draft, subject: str, body: str | rich.Markup) -> bool:
    """Whether these words, in this form, are those of the draft.

    Raises:
        InvalidInput: a text is empty or far too long.
    """
    return _meant(draft, subject, body) == as_stored(draft)


def _meant(draft: Draft, subject: str | None, body: str | rich.Markup | None) -> Wording:
    old = as_stored(draft)
    form = old.rich
    if isinstance(body, rich.Markup):
        found = rich.read(body.html, own_links(draft.content.sender))
        form = None if found.is_plain else found.html
        body = found.text
    words = wording(
        old.subject if subject is None else subject,
        old.body if body is None else body,
        old.language,
    )
    if form == old.rich and words.body != old.body:
        form = None
    return words.model_copy(update={"rich": form})


def _require_words(words: Wording) -> None:
    for name, text in (("subject", words.subject), ("body", words.body)):
        found = _MARKUP.search(text)
        if found:
            raise InvalidInput(
                f"The {name} has HTML ({found[0][:40]}): write plain text; the HTML is made from it."
            )
    if not any(letter.isalnum() for letter in words.subject):
        raise InvalidInput(
            f"The subject {words.subject[:20]!r} has no letter and no digit: write a few words."
        )


async def of_words(
    tx: Tx, draft: Draft, words: Wording, claims: tuple[Claim, ...] | None = None
) -> Draft:
    """The next version with these words; without `claims`, those whose words still stand are kept."""
    # On a thread the person's subject counts as well; it keeps its honest "Re:".
    thread = thread_of(draft).model_copy(update={"subject": words.subject})
    to, sender = await genuine.addressed(tx, draft)
    plain = compose(words, to, sender, draft.step, thread)
    content = await dress.dressed(tx, plain, words.language, words)
    claims = kept_claims(draft.claims if claims is None else claims, words)
    new = draft.model_copy(update={"content": content, "body": words.body, "rich": words.rich})
    changes = {
        "id": DraftId(tx.new_id()),
        "number": 0,
        "version": draft.version + 1,
        "parent_id": draft.id,
        "status": DraftStatus.PENDING,
        "content_hash": content_hash(content),
        "claims": claims,
        "findings": check(content, words.body, claims, await grounds(tx, new)),
        "sources": await _sources(tx, draft, claims),
        "writer": str(tx.actor),
        "note": None,
        "actor": str(tx.actor),
        "tokens": 0,
        "cost_usd": Decimal(0),
        "is_seed": False,
        "created_at": tx.now,
        "resolved_at": None,
        "released_at": None,
    }
    return new.model_copy(update=changes)


async def again(tx: Tx, draft: Draft, note: str) -> Draft:
    """The next version with the same words, of the same writer."""
    made = await of_words(tx, draft, as_stored(draft))
    return made.model_copy(update={"writer": draft.writer, "note": note})


async def add(tx: Tx, replaced: Draft, version: Draft) -> Draft:
    """Store the next version; it is judged and routed anew.

    Raises:
        Conflict: there is a newer version, or another draft for this step, already.
    """
    added = await store.add(tx, version)
    if added is None:
        raise Conflict(f"Draft {replaced.number} has a newer version already; open that one.")
    body = {
        "content_hash": added.content_hash,
        "lineage": str(added.lineage_id),
        "version": added.version,
        "replaces": str(replaced.id),
        "findings": sorted({f"{item.check}:{item.severity}" for item in added.findings}),
    }
    await record(tx, "drafts.version", f"draft:{added.id}", body)
    await ask_for_review(tx, added)
    return added


async def _sources(tx: Tx, draft: Draft, claims: tuple[Claim, ...]) -> tuple[Source, ...]:
    """The sources that a reviewer can open: those shown before, and those of facts newly cited."""
    if not claims:
        return ()
    dossier = await research.dossier(tx, draft.account_id)
    shown = [source for source in draft.sources if is_evidence(source, dossier)]
    cited = {claim.fact_id for claim in claims} - {claim.fact_id for claim in draft.claims}
    for fact in dossier.facts:
        evidence = fact.evidence
        if fact.id in cited and all(source.quote != evidence.quote for source in shown):
            shown.append(
                Source(
                    label=evidence.source,
                    url=evidence.url,
                    quote=evidence.quote,
                    retrieved_at=evidence.retrieved_at,
                    raw_sha256=evidence.raw_sha256,
                )
            )
    return tuple(shown)
