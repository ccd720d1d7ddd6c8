"""How strong a model one lead's task needs: a few rules over what we know of the lead (C-6, C-7).

In: the task's name, what is known of the lead. Out: a tier, and why. Never: I/O, a word that a stranger
wrote, a tier for a task that no rule names: such a task keeps its own.

The rules are data: `models.toml` may give others. The first rule that fits decides.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.asking import Tier

ROUTE = "agents/route@1"


class Lead(BaseModel):
    """What routing may know: numbers and labels of our own rows."""

    model_config = ConfigDict(frozen=True)

    employees: int | None = Field(default=None, description="Size of the account")
    icp_score: Decimal | None = Field(default=None, description="0 to 100, from the list or CRM")
    points: Decimal | None = Field(default=None, description="Newest score, 0 to 100")
    industry: str | None = Field(default=None, description="The segment")
    facts: int = Field(default=0, description="Facts with evidence; the more, the more to weigh")
    step: int = Field(default=1, description="Of the sequence; 1 is the first mail")
    answers: int = Field(default=0, description="Answers that we have of this person")


class Rule(BaseModel):
    """A tier for the leads that all its conditions fit; a condition that is left out fits all.

    What is not known of a lead fits no condition on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: Tier
    why: str = Field(min_length=1, max_length=200)
    tasks: tuple[str, ...] = Field(default=(), description="Prompts or agents; none: all")
    least_employees: int | None = None
    least_icp: Decimal | None = None
    least_points: Decimal | None = None
    least_facts: int | None = None
    least_step: int | None = None
    least_answers: int | None = None
    most_facts: int | None = None
    industries: tuple[str, ...] = ()

    def fits(self, task: str, lead: Lead) -> bool:
        """Whether this rule decides."""
        if self.tasks and task not in self.tasks and task.partition("@")[0] not in self.tasks:
            return False
        least = (
            (self.least_employees, lead.employees),
            (self.least_icp, lead.icp_score),
            (self.least_points, lead.points),
            (self.least_facts, lead.facts),
            (self.least_step, lead.step),
            (self.least_answers, lead.answers),
        )
        if any(bound is not None and (got is None or got < bound) for bound, got in least):
            return False
        if self.most_facts is not None and lead.facts > self.most_facts:
            return False
        segments = {one.casefold() for one in self.industries}
        return not segments or (lead.industry or "").casefold() in segments


_MAILS = ("drafts/write", "drafts/rewrite", "outreach")

RULES: tuple[Rule, ...] = (
    Rule(tier=Tier.HEAVY, tasks=_MAILS, least_answers=1, why="this person has answered before"),
    Rule(tier=Tier.HEAVY, tasks=_MAILS, least_points=Decimal(85), why="a score of 85 or more"),
    Rule(
        tier=Tier.HEAVY,
        tasks=_MAILS,
        least_employees=20_000,
        least_points=Decimal(60),
        why="a large account with a score of 60 or more",
    ),
    Rule(tier=Tier.LIGHT, tasks=_MAILS, least_step=2, why="a short follow-up in a known thread"),
    Rule(tier=Tier.LIGHT, tasks=_MAILS, most_facts=0, why="no facts to weigh"),
    Rule(tier=Tier.MID, tasks=_MAILS, least_points=Decimal(50), why="a score of 50 or more"),
    Rule(tier=Tier.LIGHT, tasks=_MAILS, why="a score below 50, or none"),
)
"""Who writes what, unless `models.toml` says otherwise."""


class Routing(BaseModel):
    """How tiers are chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_on: bool = True
    rules: tuple[Rule, ...] = RULES
    asks: bool = Field(default=False, description="A light model is asked where no rule fits")


class Route(BaseModel):
    """A tier, and why: kept with the step or the run that it was chosen for."""

    model_config = ConfigDict(frozen=True)

    tier: Tier
    why: str
    rule: int | None = Field(default=None, description="Which rule, from 1; None: a model said it")


class RouteAsked(BaseModel):
    """What a model is told when it chooses."""

    task: str
    lead: Lead


class RouteGiven(BaseModel):
    """What it says."""

    tier: Tier
    why: str = Field(min_length=1, max_length=200)


def route(routing: Routing, task: str, lead: Lead) -> Route | None:
    """The tier that the first fitting rule gives; None when there is none."""
    if not routing.is_on:
        return None
    for number, rule in enumerate(routing.rules, 1):
        if rule.fits(task, lead):
            return Route(tier=rule.tier, why=rule.why, rule=number)
    return None
