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
from outrider.kernel.database.tx import SYSTEM, Actor, Tx
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
    actor: Actor = SYSTEM


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
    sources = _opened(wanted.mail, wanted.competitor_mail)
    begin = outrider.begin(wanted.actor)
    async with begin() as tx:
        campaign = await _unfinished(tx, wanted) or await campaigns.create(
            tx,
            wanted.name,
            wanted.brand,
            competitor_name=wanted.competitor,
            additional_context=wanted.context,
        )
    return await _learned(outrider, campaign, sources, wanted.actor, progress)


async def extend(
    outrider: Outrider, name: str, more: CampaignRequest, progress: Progress
) -> Prepared:
    """More past mail for a campaign that is there, and the next version of its blueprint.

    The same mail again changes nothing, and then there is no new version either.

    Args:
        outrider: everything that is open.
        name: name or id of the campaign.
        more: only its mail, its competitor's mail and its actor count.
        progress: told mails read, and how many there are.

    Raises:
        InvalidInput: a file of mail cannot be used.
        NotFound: there is no such campaign.
    """
    async with outrider.begin(more.actor)() as tx:
        campaign = await campaigns.find(tx, name)
    if more.competitor_mail and not campaign.target_competitor_name:
        raise InvalidInput(
            f"The campaign {campaign.name} names no competitor: give the brand's own mail only."
        )
    sources = _opened(more.mail, more.competitor_mail)
    return await _learned(outrider, campaign, sources, more.actor, progress)


_Sources = list[tuple[MailSource, list[MailFiles]]]


def _opened(mail: Sequence[Path], competitor_mail: Sequence[Path]) -> _Sources:
    return [
        (MailSource.BRAND, [open_mail(path) for path in mail]),
        (MailSource.COMPETITOR, [open_mail(path) for path in competitor_mail]),
    ]


async def _learned(
    outrider: Outrider, campaign: Campaign, sources: _Sources, actor: Actor, progress: Progress
) -> Prepared:
    begin = outrider.begin(actor)
    reports = []
    for source, files in sources:
        into = Intake(campaign.id, source)
        for file in files:
            reports.append(await ingest.ingest(begin, outrider.objects, into, file, progress))
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
