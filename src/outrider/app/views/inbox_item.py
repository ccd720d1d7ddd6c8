"""One draft with everything that a decision needs: evidence, checks, history, when it would leave.

In: the open transaction, who looks. Out: an `Item`. Never: a change; words that a person tries are
checked and forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from outrider.app.views import drafts as drafts_view
from outrider.app.views.checks import checks
from outrider.app.views.inbox_types import (
    Checked,
    DraftVersion,
    Evidence,
    Item,
    Letter,
    Person,
    Piece,
    Planned,
    Score,
)
from outrider.drafts import rich, version
from outrider.drafts.diff import Piece as Change
from outrider.drafts.diff import word_diff
from outrider.drafts.rich import Markup
from outrider.drafts.types import Draft, DraftStatus
from outrider.guardrails.content import words as words_in
from outrider.kernel.access import Member
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound
from outrider.sending import mailboxes
from outrider.sending.pacing.facts import places_of
from outrider.sending.pacing.plan import Mail, terms_of, times_of
from outrider.sending.types import MailboxId

_MOST_LETTERS = 20


async def item(tx: Tx, draft: Draft, member: Member) -> Item:
    """One draft, whole.

    Raises:
        NotFound: it is gone.
    """
    shown = await drafts_view.one(tx, draft.id, member)
    if shown is None:
        raise NotFound(f"There is no draft {draft.number} any more.")
    lineage = await drafts_view.lineage(tx, draft.lineage_id)
    scores = shown["scores"]
    more = {
        "origin": lineage[0]["number"],
        "person": await _person(tx, draft),
        "checks": checks(shown["findings"]),
        "evidence": await evidence(tx, shown["claims"]),
        "scores": _scores(scores),
        "score_by": scores["by"] if scores else None,
        "score_mean": scores["mean"] if scores else None,
        "versions": _versions(lineage),
        "thread": await _thread(tx, draft),
        "planned": await _planned(tx, draft),
        "has_pictures": "https:" in draft.content.html and "<img" in draft.content.html,
        "now": tx.now,
    }
    return Item.model_validate({**shown, **more})


async def checked(tx: Tx, draft: Draft, subject: str, body: str | Markup) -> Checked:
    """What the checks say of other words for this draft; nothing is stored.

    Raises:
        InvalidInput: a text is empty, far too long or HTML.
    """
    made = draft
    if not version.are_same(draft, subject, body):
        words = version.words_of(draft, subject, body)
        made = await version.of_words(tx, draft, words)
    findings = [finding.model_dump(mode="json") for finding in made.findings]
    severities = [finding["severity"] for finding in findings]
    return Checked(
        checks=checks(findings),
        evidence=await evidence(tx, [claim.model_dump(mode="json") for claim in made.claims]),
        body=made.body,
        rich=made.rich,
        left_out=list(rich.read(body.html).left_out) if isinstance(body, Markup) else [],
        words=words_in(made.body),
        blocks=severities.count("block"),
        warns=severities.count("warn"),
    )


async def evidence(tx: Tx, claims: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """Each claim with its fact; claims of one fact share its number."""
    rows = await tx.rows(
        "select id, kind, value, unit, as_of, quote, source, url, retrieved_at"
        " from outrider.facts where id = any(:ids)",
        {"ids": list({UUID(claim["fact_id"]) for claim in claims})},
    )
    facts = {str(row["id"]): row for row in rows}
    order = list(dict.fromkeys(claim["fact_id"] for claim in claims))
    return [
        _evidence(order.index(claim["fact_id"]) + 1, claim, facts.get(claim["fact_id"], {}))
        for claim in claims
    ]


def _evidence(n: int, claim: Mapping[str, Any], fact: Mapping[str, Any]) -> Evidence:
    return Evidence(
        n=n,
        span=claim["span"],
        value=claim["value"],
        kind=fact.get("kind"),
        fact_value=fact.get("value"),
        unit=fact.get("unit"),
        as_of=fact.get("as_of"),
        quote=fact.get("quote"),
        source=fact.get("source"),
        url=fact.get("url"),
        retrieved_at=fact.get("retrieved_at"),
    )


async def _person(tx: Tx, draft: Draft) -> Person:
    """The recipient, the account, and whether the address may be written to."""
    row = await tx.row(
        "select coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email) as name,"
        " c.email, c.title, c.status, c.source, coalesce(c.country, a.country) as country,"
        " a.name as account, a.industry, a.employees,"
        " (select s.reason from outrider.suppressions s where s.address_hash = c.address_hash limit 1)"
        " as suppressed,"
        " (select s.points from outrider.scores s where s.account_id = a.id"
        "  order by s.scored_at desc, s.id desc limit 1) as points"
        " from outrider.contacts c join outrider.accounts a on a.id = c.account_id where c.id = :id",
        {"id": draft.contact_id},
    )
    if row is None:
        raise NotFound(f"The contact of draft {draft.number} is not stored any more.")
    points = None if row["points"] is None else round(float(row["points"]), 1)
    return Person.model_validate({**row, "title": row["title"] or "", "points": points})


def _scores(scores: Mapping[str, Any] | None) -> list[Score]:
    if not scores:
        return []
    return [Score(name=name, **one) for name, one in scores["dimensions"].items()]


def _versions(lineage: Sequence[Mapping[str, Any]]) -> list[DraftVersion]:
    """Every version, newest first, each compared with the one before it."""
    found = list[DraftVersion]()
    before, form = None, None
    for one in lineage:
        text = f"{one['subject']}\n\n{one['body']}"
        pieces: tuple[Change, ...] = word_diff(before, text) if before is not None else ()
        found.append(
            DraftVersion.model_validate(
                {
                    **one,
                    "diff": [Piece(op=str(op), text=words) for op, words in pieces],
                    "has_other_form": bool(found) and one["rich"] != form,
                }
            )
        )
        before, form = text, one["rich"]
    return found[::-1]


async def _thread(tx: Tx, draft: Draft) -> list[Letter]:
    """What this person got from us and wrote to us before, oldest first."""
    rows = await tx.rows(
        "select * from ("
        " select 'out' as direction, o.sent_at as at, 'mail' as kind, d.subject, d.body as text,"
        "  d.number from outrider.drafts d join outrider.outbox o on o.draft_id = d.id"
        "  where d.workspace_id = :workspace and d.account_id = :account and d.contact_id = :contact"
        "  and o.status = 'sent' and d.lineage_id <> :lineage"
        " union all"
        " select u.direction, u.received_at, u.kind, u.subject, left(u.text, 4000), null"
        "  from outrider.turns u join outrider.threads t on t.id = u.thread_id"
        "  where t.workspace_id = :workspace and t.account_id = :account"
        "  and t.contact_id = :contact and u.direction = 'in'"
        " ) letters order by at desc limit :most",
        {
            "workspace": tx.workspace,
            # The outbox has no index by person, which would cost every mail that leaves; drafts have
            # one by account.
            "account": draft.account_id,
            "contact": draft.contact_id,
            "lineage": draft.lineage_id,
            "most": _MOST_LETTERS,
        },
    )
    return [Letter.model_validate(dict(row)) for row in reversed(rows)]


async def _planned(tx: Tx, draft: Draft) -> Planned | None:
    """When it left, will leave, or would if it were approved now; None when it never will."""
    sent = await tx.row(
        "select not_before, sent_at, reason, message_id from outrider.outbox where draft_id = :id",
        {"id": draft.id},
    )
    if sent is None and draft.status not in (DraftStatus.PENDING, DraftStatus.APPROVED):
        return None
    place = (await places_of(tx, [draft.contact_id])).get(draft.contact_id)
    zone = place.zones[0] if place and place.zones else "UTC"
    if sent is not None:
        at, reason = sent["sent_at"] or sent["not_before"] or tx.now, sent["reason"]
    else:
        at, reason = await _to_come(tx, draft)
    return Planned(
        at=at,
        local=at.astimezone(ZoneInfo(zone)).isoformat(),
        zone=zone,
        zone_from=str(place.source) if place else "",
        reason=reason,
        sent_at=sent["sent_at"] if sent else None,
        message_id=sent["message_id"] if sent else None,
    )


async def _to_come(tx: Tx, draft: Draft) -> tuple[Any, str | None]:
    boxes = terms_of(await mailboxes.listing(tx), {})
    mailbox = MailboxId(draft.content.sender.mailbox_id)
    mail = Mail(draft.id, mailbox, draft.account_id, draft.contact_id, draft.released_at)
    wait = (await times_of(tx, boxes, [mail])).get(draft.id)
    at, reason = (wait.until, wait.reason) if wait else (tx.now, None)
    if draft.released_at is not None and draft.released_at >= at:
        at, reason = draft.released_at, "its approval can still be taken back"
    return at, reason
