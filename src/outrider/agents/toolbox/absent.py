"""Tools whose room or vendor is not connected: known by name and form, refusing `not_configured`.

In: nothing. Out: tools without work. Never: an invented answer in a vendor's place.
"""

from __future__ import annotations

from pydantic import Field

from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.prospects.types import Provenance

SALESFORCE = "connect Salesforce"
ACCOUNTS = f"{SALESFORCE}; accounts of this workspace are found with search_accounts"
PEOPLE_HERE = f"{SALESFORCE}; people of this workspace are found with list_account_contacts"
NEWS = "connect a source of company news"
SEARCH = "connect a web search"
PEOPLE = "connect a source of people and companies"
MAIL = "no tool of an agent sends mail; give a person a draft with draft_for_approval"
CALENDAR = "connect a calendar"
SIGNING = "connect a service for signing documents"


class Company(Takes):
    """A company and how many results."""

    company_name: str = Field(min_length=1, max_length=200)
    limit: int = Field(default=5, ge=1, le=10)


class Query(Takes):
    """Words to look for."""

    query: str = Field(min_length=1, max_length=500)
    limit: int = Field(default=10, ge=1, le=50)


class Record(Takes):
    """One record of another system."""

    record_id: str = Field(min_length=1, max_length=100)


class Change(Record):
    """Fields of a record to be set, with the reason for the log."""

    fields: dict[str, str] = Field(min_length=1, max_length=20)
    reason: str = Field(min_length=1, max_length=500)


class Words(Takes):
    """A text about a record."""

    subject_id: str = Field(default="", max_length=100, description="What it is about")
    text: str = Field(min_length=1, max_length=5000)


class Nothing(Gives):
    """No tool here gives anything."""


def _absent(
    name: str, told: str, takes: type[Takes], needs: str, effect: Effect = Effect.READ
) -> Tool:
    reads = effect is Effect.READ
    whose = Provenance.WEB if reads else Provenance.OPERATOR
    return Tool(name, told, takes, Nothing, effect=effect, needs=needs, provenance=whose)


ABSENT: tuple[Tool, ...] = (
    _absent("apollo_enrich_person", "Titles and careers of people.", Query, PEOPLE, Effect.SPEND),
    _absent("web_search", "Search the web.", Query, SEARCH),
    _absent("search_company_news", "News of the last 90 days on a company.", Company, NEWS),
    _absent("fetch_linkedin_profile", "A person's public profile.", Query, PEOPLE),
    _absent("lookup_funding_history", "Rounds of funding of a company.", Company, PEOPLE),
    _absent("search_competitor_analysis", "Products a company uses.", Company, PEOPLE),
    _absent("sf_search_accounts", "Accounts in Salesforce.", Query, ACCOUNTS),
    _absent("sf_list_account_contacts", "People of a Salesforce account.", Record, PEOPLE_HERE),
    _absent("sf_soql_query", "Read Salesforce by query.", Query, SALESFORCE),
    _absent("sf_update_account", "Change an account.", Change, SALESFORCE, Effect.CRM_WRITE),
    _absent("sf_update_contact", "Change a contact.", Change, SALESFORCE, Effect.CRM_WRITE),
    _absent("sf_create_opportunity", "Open a deal.", Change, SALESFORCE, Effect.CRM_WRITE),
    _absent("sf_close_won", "Close a deal as won.", Record, SALESFORCE, Effect.CRM_WRITE),
    _absent("deal_update_stage", "Move a deal.", Change, "connect a CRM", Effect.CRM_WRITE),
    _absent(
        "outreach_create_campaign",
        "Make a campaign.",
        Words,
        "a person makes campaigns: outrider campaign create",
        Effect.CRM_WRITE,
    ),
    _absent(
        "outreach_track_response",
        "Note that somebody answered.",
        Record,
        "answers are noted by themselves as they arrive",
        Effect.CRM_WRITE,
    ),
    _absent(
        "personalise_message",
        "Rewrite a text for a person.",
        Words,
        "write it yourself and give it to a person with draft_for_approval",
    ),
    _absent("gmail_search", "Search a mailbox.", Query, "use list_replies"),
    _absent("gmail_read", "Read a mail.", Record, "use list_replies"),
    _absent("gmail_send", "Send a mail.", Words, MAIL, Effect.OUTBOUND),
    _absent("gmail_reply", "Answer a mail.", Words, MAIL, Effect.OUTBOUND),
    _absent("calendar_propose_times", "Free times of a person.", Query, CALENDAR),
    _absent("calendar_create_event", "Make an appointment.", Words, CALENDAR, Effect.OUTBOUND),
    _absent("docusign_send_envelope", "Send a contract.", Record, SIGNING, Effect.OUTBOUND),
    _absent("docusign_void_envelope", "Void a contract.", Record, SIGNING, Effect.OUTBOUND),
    _absent(
        "stripe_create_checkout", "Ask for a payment.", Words, "connect payments", Effect.SPEND
    ),
    _absent("linkedin_create_post", "Publish a post.", Words, "connect it", Effect.OUTBOUND),
    _absent("x_post_tweet", "Publish a post.", Words, "connect it", Effect.OUTBOUND),
    _absent("youtube_upload_video", "Publish a video.", Record, "connect it", Effect.OUTBOUND),
)
