"""All checks of a draft that need no model: the seven assertions, grounding and the guards, CPU per draft.

Each draft is judged once, three of an account after another, as a campaign writes them: what the checks
remember of a mail's text helps nobody here, what they remember of an account's facts helps its second
mail. Batches of drafts are timed, and the median batch counts, so that other load on the machine moves
it less. The limit of 1 ms is ours. The note gives the fastest batch, what judging the same drafts again
costs, the share of grounding, and the slowest mail.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from outrider.drafts.check import Grounds, check, grounds_of
from outrider.drafts.rules import compose, mail_text, wording
from outrider.drafts.types import MailContent, Recipient, Sender, Thread, WriteRequest
from outrider.drafts.write import WRITE_TASK
from outrider.guardrails.claims import ground
from outrider.guardrails.types import Claim
from outrider.prospects.types import (
    Account,
    AccountId,
    ContactId,
    Dossier,
    Evidence,
    Fact,
    FactId,
    FactKind,
)
from outrider.vendors.offline_writer.writer import OfflineWriter

LIMIT_MS = 1.0
COMPANIES = 850
BATCH = 150
Case = tuple[MailContent, str, tuple[Claim, ...], Grounds]


def dossier(number: int) -> Dossier:
    name = f"Harbor {'ABCDEFGHIJ'[number % 10].lower()} Outfitters, Inc."
    account = Account(
        id=AccountId(UUID(int=number + 1)),
        name=name,
        competitor="LeaseKit" if number % 5 == 0 else None,
    )
    sentence = "We lease most of our stores, two warehouses and our offices in Fairhaven."
    rows = (
        (FactKind.OPERATING_LEASE_LIABILITY, str(412_600_000 + number * 7_300_000), "USD"),
        (FactKind.AUDITOR, "Bellweather & Marsh LLP", None),
        (FactKind.FISCAL_YEAR_END, f"{number % 12 + 1:02}-28", "MM-DD"),
        (FactKind.EMPLOYEES, str(6_240 + number * 91), "people"),
        (FactKind.STATEMENT, sentence, None),
    )
    facts = tuple(
        Fact(
            id=FactId(UUID(int=1000 * number + place)),
            account_id=account.id,
            kind=kind,
            value=value,
            unit=unit,
            as_of=date(2026, 1, 31),
            evidence=Evidence(
                source="sec_10k",
                url="https://filings.example/10k",
                quote=value,
                retrieved_at=datetime(2026, 3, 2, tzinfo=UTC),
                raw_sha256="0" * 64,
            ),
        )
        for place, (kind, value, unit) in enumerate(rows)
    )
    return Dossier(account=account, facts=facts)


def request(number: int, step: int) -> WriteRequest:
    return WriteRequest(
        dossier=dossier(number),
        recipient=Recipient(
            contact_id=ContactId(UUID(int=number + 1)),
            email="dana@harbor.example",
            first_name="Dana",
            last_name="Ruiz",
            title="Controller",
        ),
        sender=Sender(
            mailbox_id=UUID(int=2),
            address="sam@try-ledgerway.example",
            name="Sam Ortiz",
            brand="Ledgerway",
            postal_address="12 Main Street, Springfield, IL 62701",
            booking_link="https://ledgerway.example/sam",
            unsubscribe_url="https://ledgerway.example/u/abc",
        ),
        campaign="Leases",
        competitors=("LeaseKit",),
        blueprint=None,
        step=step,
        purpose={1: "first_touch", 2: "follow_up"}.get(step, "break_up"),
        today=date(2026, 3, 2),
    )


async def cases() -> list[Case]:
    made = []
    for number in range(COMPANIES):
        for step in (1, 2, 3):
            asked = request(number, step)
            mail = (await OfflineWriter().ask(WRITE_TASK, asked)).output
            words = wording(mail.subject, mail.body)
            content = compose(words, asked.recipient, asked.sender, step, Thread())
            made.append((content, words.body, mail.claims, grounds_of(asked)))
    return made


def spent(drafts: list[Case]) -> float:
    """CPU milliseconds a draft for judging each of these once."""
    began = time.process_time()
    for case in drafts:
        check(*case)
    return (time.process_time() - began) / len(drafts) * 1000


def main() -> None:
    made = asyncio.run(cases())
    warm, drafts = made[:BATCH], made[BATCH:]
    spent(warm)
    batches = [spent(drafts[at : at + BATCH]) for at in range(0, len(drafts), BATCH)]
    spent_ms = statistics.median(batches)
    again = min(spent(warm) for _ in range(10))
    found = sum(len(check(*case)) for case in drafts)
    slowest = max(min(spent([case]) for _ in range(5)) for case in warm)
    began = time.process_time()
    for content, body, claims, grounds in warm:
        ground(mail_text(content, body), claims, grounds.facts, grounds.names, grounds.today)
    grounding_ms = (time.process_time() - began) / len(warm) * 1000
    words = sum(len(case[1].split()) for case in drafts) / len(drafts)
    line = {
        "figure": "gate_ms",
        "value": round(spent_ms, 3),
        "unit": "ms/draft",
        "limit": LIMIT_MS,
        "ratio": float(round(Decimal(spent_ms / LIMIT_MS), 3)),
        "note": f"{len(drafts)} drafts of {words:.0f} words, {found} findings; grounding "
        f"{grounding_ms:.3f} ms of it; fastest batch {min(batches):.3f}, the same drafts again {again:.3f}; "
        f"slowest draft {slowest:.2f} ms",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
