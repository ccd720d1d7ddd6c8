"""Make a campaign from past mail: open every file first, then create, ingest, draw the blueprint.

In: names and paths. Out: the campaign, what was read, the blueprint.
Never: a campaign whose mail cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from outrider.app.wiring import Outrider
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import ingest
from outrider.campaigns.types import Blueprint, Campaign, IngestReport, Intake, MailSource
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.vendors.mail_files import MailFiles, open_mail

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class CampaignRequest:
    """What a new campaign is made of."""

    name: str
    brand: str
    mail: Sequence[Path] = ()
    competitor: str | None = None
    competitor_mail: Sequence[Path] = ()
    context: str | None = None


@dataclass(frozen=True)
class Prepared:
    """A campaign that is ready to run."""

    campaign: Campaign
    reports: tuple[IngestReport, ...]
    blueprint: Blueprint

    def as_json(self) -> dict[str, object]:
        """The public shape."""
        return {
            "campaign": self.campaign.model_dump(mode="json"),
            "ingested": [report.model_dump(mode="json") for report in self.reports],
            "blueprint": self.blueprint.model_dump(mode="json"),
        }


async def prepare(outrider: Outrider, wanted: CampaignRequest, progress: Progress) -> Prepared:
    """Create the campaign, or fail before anything is written.

    A campaign that was left without a blueprint (a full disk, Ctrl-C) is taken up where it stopped:
    mails that are in already are counted as known.

    Raises:
        InvalidInput: a file of mail cannot be used.
        Conflict: the name is taken.
    """
    if wanted.competitor_mail and not wanted.competitor:
        raise InvalidInput("--competitor-mail needs --competitor: say whose mail it is.")
    sources = [
        (MailSource.BRAND, [open_mail(path) for path in wanted.mail]),
        (MailSource.COMPETITOR, [open_mail(path) for path in wanted.competitor_mail]),
    ]
    begin = outrider.begin()
    async with begin() as tx:
        campaign = await _unfinished(tx, wanted) or await campaigns.create(
            tx,
            wanted.name,
            wanted.brand,
            competitor_name=wanted.competitor,
            additional_context=wanted.context,
        )
    reports = []
    for source, files in sources:
        for file in files:
            reports.append(await _ingest(outrider, campaign, source, file, progress))
    async with begin() as tx:
        drawn = await blueprints.generate(tx, campaign.id)
    return Prepared(campaign, tuple(reports), drawn)


async def _unfinished(tx: Tx, wanted: CampaignRequest) -> Campaign | None:
    """The same campaign, if an earlier attempt at it ended before its blueprint was drawn."""
    try:
        found = await campaigns.find(tx, wanted.name)
    except NotFound:
        return None
    same = (found.name, found.brand, found.target_competitor_name, found.additional_context) == (
        wanted.name.strip(),
        wanted.brand.strip(),
        (wanted.competitor or "").strip() or None,
        (wanted.context or "").strip() or None,
    )
    return found if same and await blueprints.active(tx, found.id) is None else None


async def _ingest(
    outrider: Outrider,
    campaign: Campaign,
    source: MailSource,
    file: MailFiles,
    progress: Progress,
) -> IngestReport:
    into = Intake(campaign.id, source)
    return await ingest.ingest(outrider.begin(), outrider.objects, into, file, progress)
