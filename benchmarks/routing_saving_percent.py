"""What choosing a model by lead saves against asking the strongest one for every mail (C-6, C-7).

In: the sample's accounts, registered, researched and scored as the product does it, three mails for
each; real leads of a course seller, where they are at hand. Out: one JSON line: the saving on the sample, and the mix
of both. Never: a request to a model: the same tokens are priced at three tiers by the price list.
"""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from benchmarks._audit import Log, log

from outrider.agents import lead
from outrider.agents.models import Price
from outrider.agents.routing import Lead, Routing, route
from outrider.kernel.asking import Tier
from outrider.kernel.database.tx import SYSTEM
from outrider.prospects import read, register, research, score
from outrider.prospects.identity import Suppressor
from outrider.vendors.model_prices import listed
from outrider.vendors.sec_edgar.folder import FolderFilings

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "src" / "outrider" / "app" / "sample"
REAL = ROOT.parent / "shared" / "data" / "scoring" / "x_education_leads.csv"
LIMIT = 60.0
STEPS = 3
INPUT, OUTPUT = 3000, 400
"""Tokens of one mail: the dossier with its rules, and the mail."""
TASK = "drafts/write@1"
MODELS = {
    Tier.LIGHT: "claude-haiku-4-5",
    Tier.MID: "claude-sonnet-4-6",
    Tier.HEAVY: "claude-opus-4-6",
}
ASKED = (
    "Specialization",
    "How did you hear about X Education",
    "What is your current occupation",
    "What matters most to you in choosing a course",
    "City",
)
"""Questions of the real leads' form."""


def costs() -> dict[Tier, Decimal]:
    """Dollars of one mail at each tier."""
    found = {}
    for tier, name in MODELS.items():
        known = listed("anthropic", name)
        assert known is not None, f"the price list has no {name}"
        price = Price(input=known.input, output=known.output)
        found[tier] = (INPUT * price.input + OUTPUT * price.output) / 1_000_000
    return found


def mix_of(leads: Iterable[Lead]) -> Counter[Tier]:
    """How many mails go to which tier."""
    found: Counter[Tier] = Counter()
    for one in leads:
        chosen = route(Routing(), TASK, one)
        found[chosen.tier if chosen else Tier.HEAVY] += 1
    return found


def saving(mix: Counter[Tier], prices: dict[Tier, Decimal]) -> float:
    """Percent less than all of them at the strongest tier."""
    paid = sum((count * prices[tier] for tier, count in mix.items()), Decimal(0))
    return float(100 - 100 * paid / (mix.total() * prices[Tier.HEAVY]))


async def sample(where: Log) -> list[Lead]:
    """The sample's accounts with what research and scoring find, for each mail of a sequence."""
    begin = partial(where.database.transaction, where.workspace, SYSTEM)
    with TemporaryDirectory() as rejects:
        file = register.ListFile(SAMPLE / "leads.csv", Path(rejects))
        await register.import_csv(begin, file, Suppressor(b"k" * 32))
    filings = FolderFilings(SAMPLE / "filings", where.clock)
    async with begin() as tx:
        accounts = await read.accounts(tx)
    for account in accounts:
        report = await filings.report(name=account.name, cik=account.cik, ticker=account.ticker)
        if report is not None:
            async with begin() as tx:
                await research.save(tx, account.id, report)
    found = []
    async with begin() as tx:
        await score.rank(tx)
        for account in accounts:
            known = await lead.of_dossier(tx, await research.dossier(tx, account.id))
            found += [known.model_copy(update={"step": n}) for n in range(1, STEPS + 1)]
    return found


def real() -> tuple[list[Lead], list[bool]]:
    """First mails to real leads, and who bought later.

    Their time on the site stands for the score, as its percentile: they were never scored by us.
    """
    if not REAL.is_file():
        return [], []
    with REAL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    times = sorted(float(row["Total Time Spent on Website"] or 0) for row in rows)
    leads = []
    for row in rows:
        rank = bisect_left(times, float(row["Total Time Spent on Website"] or 0)) / len(times)
        known = sum((row.get(name) or "Select") != "Select" for name in ASKED)
        leads.append(Lead(points=Decimal(round(100 * rank)), facts=known))
    return leads, [row["Converted"] == "1" for row in rows]


def told(mix: Counter[Tier]) -> str:
    """The mix in words."""
    return ", ".join(f"{100 * mix[tier] / mix.total():.0f} % {tier}" for tier in Tier)


async def main() -> None:
    """Measure, and print one line."""
    prices = costs()
    async with log() as where:
        mix = mix_of(await sample(where))
    value = saving(mix, prices)
    note = f"sample, {mix.total()} mails: {told(mix)}"
    leads, bought = real()
    if leads:
        every = mix_of(leads)
        buyers = mix_of(one for one, is_bought in zip(leads, bought, strict=True) if is_bought)
        note += (
            f"; {len(leads)} real leads, first mails, time on the site in place of a score: "
            f"{told(every)}, {saving(every, prices):.0f} % saved; of those who bought: {told(buyers)}"
        )
    line = {"figure": "routing_saving_percent", "value": round(value, 1), "unit": "%"}
    print(json.dumps({**line, "limit": LIMIT, "ratio": round(value / LIMIT, 2), "note": note}))


if __name__ == "__main__":
    asyncio.run(main())
