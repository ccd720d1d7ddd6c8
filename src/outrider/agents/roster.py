"""Who works here: each agent is four parameters and a text (A-9).

In: nothing. Out: `AgentSpec`. Never: a model's name (tiers are bound to models by
configuration), or an agent or a tool that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from outrider.agents.types import AgentSpec
from outrider.kernel.asking import Tier
from outrider.kernel.errors import NotFound

CHECK_BOUNCES = "outbound_check_bounces"
COMPANY_FACTS = "sec_company_facts"
SCORE = "score_prospect"
DUE_FOLLOW_UPS = "outreach_list_due_followups"
ENROLL = "outreach_enroll_contact"
DRAFT = "draft_for_approval"

SDR = AgentSpec(
    name="sdr",
    tier=Tier.HEAVY,
    budget_usd=Decimal("6.00"),
    tools=(CHECK_BOUNCES, COMPANY_FACTS, SCORE, DUE_FOLLOW_UPS, ENROLL, DRAFT),
    schedule=("30 9 * * 1-5", "0 13 * * 1-5"),
    timezone="America/New_York",
    prompt="drafts/write@1",
)

ROSTER: Mapping[str, AgentSpec] = {SDR.name: SDR}


def find(name: str) -> AgentSpec:
    """The agent of this name.

    Raises:
        NotFound: nobody of that name works here; the message lists who does.
    """
    spec = ROSTER.get(name)
    if spec is None:
        raise NotFound(f"There is no agent {name!r}; there is {', '.join(sorted(ROSTER))}.")
    return spec
