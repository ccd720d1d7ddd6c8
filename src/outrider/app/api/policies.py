"""Policies over HTTP: look, set, restore, try on past drafts, and what conditions can see.

In: a session and JSON. Out: policies with their versions. Never: a rule of its own about who may set one.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from outrider.app.api.entry import Person, needs
from outrider.app.jobs.second_read import require_models
from outrider.app.jobs.try_policy import MOST_DAYS, try_policy
from outrider.campaigns import create
from outrider.campaigns.types import CampaignId
from outrider.drafts.review import policy as policies
from outrider.drafts.review import policy_file
from outrider.drafts.review.conditions import NAMES
from outrider.drafts.review.trial import Trial
from outrider.drafts.review.types import Policy, StoredPolicy
from outrider.kernel.access import Permission
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

router = APIRouter(prefix="/api/policies", tags=["policies"])

Campaign = Annotated[str | None, Query(description="Name or id; left out: the workspace")]


class Strict(BaseModel):
    """A body with no field that we do not know."""

    model_config = ConfigDict(extra="forbid")


class Written(Strict):
    """A policy as values or as the text of a policy file; one of the two."""

    policy: dict[str, Any] | None = None
    toml: str | None = Field(default=None, max_length=policy_file.LONGEST)
    campaign: str | None = None

    def read(self) -> Policy | None:
        """The policy that was written; None when neither is given."""
        if self.policy is not None and self.toml is not None:
            raise InvalidInput("Give the policy as `policy` or as `toml`, not as both.")
        if self.toml is not None:
            return policy_file.read(self.toml)
        return None if self.policy is None else policy_file.of_values(self.policy)


class Proposal(Written):
    """A policy to put in force."""

    note: str = Field(default="", max_length=policies.LONGEST_NOTE)


class Attempt(Written):
    """A policy to try; without one, the policy that holds."""

    days: int = Field(default=30, ge=1, le=MOST_DAYS)


class Version(Strict):
    """An earlier version; 0 ends the stored policy."""

    version: int = Field(ge=0)
    campaign: str | None = None


@router.get("", dependencies=[needs(Permission.POLICIES_READ)])
async def show_policy(person: Person, campaign: Campaign = None) -> dict[str, Any]:
    """The policy that holds."""
    async with person.begin() as tx:
        return _shown(await policies.active(tx, await _campaign(tx, campaign)))


@router.get("/history", dependencies=[needs(Permission.POLICIES_READ)])
async def policy_history(person: Person, campaign: Campaign = None) -> dict[str, Any]:
    """Every version, newest first."""
    async with person.begin() as tx:
        found = await policies.history(tx, await _campaign(tx, campaign))
    return {"items": [_shown(item) for item in found]}


@router.get("/names", dependencies=[needs(Permission.POLICIES_READ)])
async def policy_names(person: Person) -> dict[str, Any]:
    """What a condition can see."""
    items = [
        {
            "name": item.name,
            "type": item.kind,
            "meaning": item.meaning,
            "is_always_known": item.is_always_known,
        }
        for item in NAMES
    ]
    return {"items": items}


@router.put("", dependencies=[needs(Permission.POLICIES_WRITE)])
async def set_policy(person: Person, proposal: Proposal) -> dict[str, Any]:
    """Put a policy in force as the next version."""
    wanted = proposal.read()
    if wanted is None:
        raise InvalidInput("There is no policy: give it as `policy` or as `toml`.")
    require_models(person.outrider, wanted)
    async with person.begin() as tx:
        campaign_id = await _campaign(tx, proposal.campaign)
        stored = await policies.adopt(
            tx, person.member.person_id, wanted, campaign_id, proposal.note
        )
        return _shown(stored)


@router.post("/restore", dependencies=[needs(Permission.POLICIES_WRITE)])
async def restore_policy(person: Person, version: Version) -> dict[str, Any]:
    """Put an earlier version in force again, as a new one."""
    async with person.begin() as tx:
        campaign_id = await _campaign(tx, version.campaign)
        return _shown(
            await policies.restore(tx, person.member.person_id, version.version, campaign_id)
        )


@router.post("/dry-run", dependencies=[needs(Permission.POLICIES_READ)])
async def try_policy_on_past_drafts(person: Person, attempt: Attempt) -> dict[str, Any]:
    """What a policy would have said of past drafts, beside what people said; nothing is written."""
    wanted = attempt.read()
    async with person.begin() as tx:
        campaign_id = await _campaign(tx, attempt.campaign)
        if wanted is None:
            wanted = (await policies.active(tx, campaign_id)).policy
    policies.check(wanted)
    found = await try_policy(person.begin, wanted, attempt.days, campaign_id, _silent)
    return trial_json(found)


def trial_json(found: Trial) -> dict[str, Any]:
    """The public shape of a trial."""
    return found.model_dump(mode="json")


def _shown(stored: StoredPolicy) -> dict[str, Any]:
    return {
        **stored.model_dump(mode="json"),
        "toml": policy_file.write(stored.policy),
        "warnings": list(policies.warnings(stored.policy)),
    }


async def _campaign(tx: Tx, name: str | None) -> CampaignId | None:
    return (await create.find(tx, name)).id if name else None


def _silent(done: int, total: int | None) -> None:
    """A request has no progress bar."""
