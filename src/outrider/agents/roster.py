"""Who works here: each agent is four parameters and a text (A-9).

In: nothing. Out: `AgentSpec`. Never: a model's name (tiers are bound to models by
configuration), or an agent or a tool that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from outrider.agents.toolbox.types import PLAN
from outrider.agents.types import AgentSpec
from outrider.kernel.asking import Tier
from outrider.kernel.errors import NotFound

CHECK_BOUNCES = "outbound_check_bounces"
COMPANY_FACTS = "sec_company_facts"
SCORE = "score_prospect"
DUE_FOLLOW_UPS = "outreach_list_due_followups"
ENROLL = "outreach_enroll_contact"
DRAFT = "draft_for_approval"
CREATE_TASK = "create_task"

SDR = AgentSpec(
    name="sdr",
    tier=Tier.HEAVY,
    budget_usd=Decimal("6.00"),
    tools=(CHECK_BOUNCES, COMPANY_FACTS, SCORE, DUE_FOLLOW_UPS, ENROLL, DRAFT),
    schedule=("30 9 * * 1-5", "0 13 * * 1-5"),
    timezone="America/New_York",
    prompt="drafts/write@1",
)

_LOOK = (
    "search_accounts",
    "list_account_contacts",
    "read_lead_record",
    "read_dossier",
    "get_current_time",
    "memory_note",
    "read_notes",
)
"""What nearly everybody needs to look at our own rows."""
_PIPELINE = (DUE_FOLLOW_UPS, "outreach_get_enrollment", "list_drafts", "list_outbox")
_NEW_YORK = "America/New_York"


def _agent(  # noqa: PLR0913 - the four parameters of an agent (A-9) and its name
    name: str,
    tier: Tier,
    budget: str,
    tools: tuple[str, ...],
    schedule: tuple[str, ...] = (),
    *,
    timezone: str = "UTC",
    hands_to: tuple[str, ...] = (),
    plans: tuple[str, ...] = (),
) -> AgentSpec:
    return AgentSpec(
        name=name,
        tier=tier,
        budget_usd=Decimal(budget),
        tools=tools,
        schedule=schedule,
        timezone=timezone,
        prompt=f"agents/{name.replace('-', '_')}@1",
        hands_to=hands_to,
        plans=plans,
    )


_WORKERS = ("sdr", "ops", "inbox", "content", "deal-followup", "gtm-research", "inbound-lead")
"""Whom the router chooses from (A-59)."""

FLEET: tuple[AgentSpec, ...] = (
    _agent(
        "coordinator",
        Tier.MID,
        "1.00",
        (*_LOOK, *_PIPELINE),
        hands_to=("research", "outreach", "crm", "escalation"),
    ),
    _agent(
        "research",
        Tier.MID,
        "2.00",
        (
            *_LOOK,
            COMPANY_FACTS,
            SCORE,
            "web_search",
            "search_company_news",
            "lookup_funding_history",
        ),
    ),
    _agent(
        "outreach",
        Tier.HEAVY,
        "3.00",
        (*_LOOK, *_PIPELINE, "read_blueprint", "check_email_deliverability", DRAFT),
    ),
    _agent(
        "crm",
        Tier.LIGHT,
        "0.50",
        (
            *_LOOK,
            PLAN,
            "list_activities",
            "update_lead_record",
            "log_activity",
            CREATE_TASK,
            "sf_search_accounts",
        ),
    ),
    _agent("escalation", Tier.MID, "0.50", (*_LOOK, *_PIPELINE, "list_replies")),
    _agent("router", Tier.LIGHT, "0.50", (), hands_to=_WORKERS),
    _agent(
        "gtm-research",
        Tier.MID,
        "5.00",
        (*_LOOK, COMPANY_FACTS, SCORE, "web_search", "search_competitor_analysis"),
        ("0 8 * * *",),
    ),
    _agent("inbox", Tier.MID, "4.00", (*_LOOK, "list_replies", "list_drafts"), ("0 */12 * * *",)),
    _agent(
        "inbound-lead",
        Tier.MID,
        "6.00",
        (*_LOOK, *_PIPELINE, COMPANY_FACTS, SCORE, "get_decision_maker_contact", ENROLL, DRAFT),
        ("*/15 * * * *",),
    ),
    _agent(
        "deal-followup",
        Tier.MID,
        "2.00",
        (
            *_LOOK,
            *_PIPELINE,
            PLAN,
            "list_replies",
            "list_activities",
            CREATE_TASK,
            "deal_update_stage",
        ),
        ("0 9 * * *",),
        timezone=_NEW_YORK,
        plans=(CREATE_TASK,),
    ),
    _agent(
        "content",
        Tier.MID,
        "6.00",
        (*_LOOK, PLAN, "web_search", "linkedin_create_post", "x_post_tweet"),
        ("0 9,13,17 * * *",),
    ),
    _agent(
        "ops", Tier.LIGHT, "1.00", (CHECK_BOUNCES, "list_drafts", "list_outbox"), ("0 6 * * *",)
    ),
    _agent(
        "monday-digest",
        Tier.MID,
        "1.00",
        (*_LOOK, CHECK_BOUNCES, "list_drafts", "list_outbox", "list_replies"),
        ("0 7 * * 1",),
    ),
)
"""Those that think for themselves; budgets and schedules are those of A-67 and A-10."""

ROSTER: Mapping[str, AgentSpec] = {spec.name: spec for spec in (SDR, *FLEET)}


def find(name: str) -> AgentSpec:
    """The agent of this name.

    Raises:
        NotFound: nobody of that name works here; the message lists who does.
    """
    spec = ROSTER.get(name)
    if spec is None:
        raise NotFound(f"There is no agent {name!r}; there is {', '.join(sorted(ROSTER))}.")
    return spec
