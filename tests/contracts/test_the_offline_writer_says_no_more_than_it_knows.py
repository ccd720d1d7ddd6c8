"""Words about a source fit the source; the sender's offer is told only in the campaign's own words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from outrider.drafts.check import check, grounds_of
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import RewriteRequest, Thread, WriteRequest, WrittenMail
from outrider.prospects.types import Dossier, Fact, FactKind
from outrider.vendors.offline_writer import dossier_words
from outrider.vendors.offline_writer.compose import candidates
from outrider.vendors.offline_writer.offer import own
from outrider.vendors.offline_writer.wishes import Wishes
from outrider.vendors.offline_writer.writer import rewrite, write
from tests.drafts_world import dossier, recipient, write_request

LEASES = FactKind.OPERATING_LEASE_LIABILITY
NAMES = (
    "Harbor Outfitters", "The Quill Company", "SALT & PEPPER GRILLS, INC.", "Mabel's", "COCA-COLA CO",
    "Properties of the Southern Islands", "OF THE WEST RAIL CORP", "Juniper Cinemas", "T2 Works Ltd",
    "Larkspur Books", "Paper Lantern Hotels", "Oak & Iron", "Sunfield Clinics, Inc.",
)  # fmt: skip


def faults(request: WriteRequest, mail: WrittenMail) -> list[str]:
    words = wording(mail.subject, mail.body)
    content = compose(words, request.recipient, request.sender, request.step, Thread())
    found = check(content, words.body, mail.claims, grounds_of(request))
    return [item.message for item in found if item.check != "claim_stale"]


def with_liability(source: str, as_of: date, kind: FactKind = LEASES) -> Dossier:
    """A dossier whose only facts are a lease liability and the end of the year."""
    whole = dossier()
    facts = []
    for fact in whole.facts:
        if fact.kind is LEASES:
            evidence = fact.evidence.model_copy(update={"source": source})
            changes = {"as_of": as_of, "kind": kind, "evidence": evidence}
            facts.append(fact.model_copy(update=changes))
        elif fact.kind is FactKind.FISCAL_YEAR_END:
            facts.append(fact)
    return whole.model_copy(update={"facts": tuple(facts)})


def bodies(request: WriteRequest) -> list[str]:
    """Every mail that tells the liability."""
    mails = list(candidates(request, Wishes(), frozenset()))
    found = [mail.body for mail in mails if "$413 million" in mail.body]
    assert len(found) >= 5
    return found


@pytest.mark.parametrize(
    ("source", "as_of", "said"),
    [
        ("sec_10k", date(2026, 1, 31), "latest annual report"),
        ("sec_companyfacts", date(2026, 1, 31), "latest annual report"),
        ("sec_20f", date(2025, 1, 31), "latest annual report"),
        ("sec_10k", date(2024, 1, 31), "annual report for the year ended January 2024"),
        ("sec_companyfacts", date(2025, 10, 31), "SEC filing for October 2025"),
        ("sec_10q", date(2025, 10, 31), "SEC filing for October 2025"),
    ],
)
def test_a_figure_is_said_to_come_from_where_it_came_from(
    source: str, as_of: date, said: str
) -> None:
    request = write_request(with_liability(source, as_of))
    named = [body for body in bodies(request) if "report " in body or "filing " in body]
    assert len(named) >= 3
    for body in bodies(request):
        assert ("annual report" in body) <= ("annual report" in said)
        assert ("latest" in body) <= ("latest" in said)
    assert any(said in body for body in named)


def test_the_date_of_an_older_report_is_claimed_like_any_figure() -> None:
    request = write_request(with_liability("sec_companyfacts", date(2025, 10, 31)))
    dated = [
        mail for mail in candidates(request, Wishes(), frozenset()) if "October 2025" in mail.body
    ]
    assert dated
    for mail in dated:
        assert {"$413 million", "October 2025"} <= {claim.span for claim in mail.claims}


def test_lease_liabilities_under_ifrs_are_never_called_operating() -> None:
    found = with_liability("sec_20f", date(2025, 12, 31), FactKind.LEASE_LIABILITY_ALL)
    for body in bodies(write_request(found)):
        assert "lease liabilities" in body
        assert "operating" not in body


@pytest.mark.parametrize("step", [1, 2, 3])
def test_without_context_no_mail_says_what_the_sender_offers_and_the_reviewer_is_told(
    step: int,
) -> None:
    request = write_request(step=step)
    for mail in candidates(request, Wishes(), frozenset()):
        said = [part for part in re.split(r"[.?]\s", mail.body) if "Ledgerway" in part]
        for verb in (" works on", " reads", " helps", " keeps", "we do", " offers", "we work"):
            assert not any(verb in part for part in said), mail.body
    assert "The campaign has no context" in write(request).reasoning[0]


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("We read leases and keep each term.", "We read leases and keep each term."),
        ("Ledgerway reads leases.", "Ledgerway reads leases."),
        ("Target controllers. Helping teams keep lease data.", "We help teams keep lease data."),
        (
            "Sell lease abstraction to controllers",
            "Ledgerway offers lease abstraction to controllers.",
        ),
        ("The platform keeps every term.", "Ledgerway keeps every term."),
        ("Pitch: audit-ready lease data.", "What we do at Ledgerway: audit-ready lease data."),
        ("Lease data for controllers", "What we do at Ledgerway: lease data for controllers."),
        ("We beat LeaseKit. We read leases.", "We read leases."),
    ],
)
def test_with_context_its_own_words_are_used(context: str, said: str) -> None:
    request = write_request(context=context)
    assert own(request).sentence == said
    mail = write(request)
    assert said.removeprefix("We ") in mail.body
    assert faults(request, mail) == []
    assert not any("no context" in reason for reason in mail.reasoning)


@pytest.mark.parametrize(
    "context", ["Avoid jargon; be brief.", "Target retailers only.", "Leases?"]
)
def test_a_context_without_an_offer_is_told_to_the_reviewer(context: str) -> None:
    request = write_request(context=context)
    assert own(request).sentence is None
    assert "no plain sentence" in write(request).reasoning[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_names_are_written_as_people_write_them(name: str, step: int) -> None:
    request = write_request(dossier(name), step=step)
    for mail in candidates(request, Wishes(), frozenset()):
        text = f"{mail.subject}\n{mail.body}"
        assert "s's" not in text
        assert "'s'" not in text
        assert " The " not in mail.subject


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("THE HOME DEPOT, INC.", "Home Depot"),
        ("COCA-COLA CO", "Coca-Cola"),
        ("BANK OF THE WEST CORP", "Bank of the West"),
        ("MABEL'S STORES INC", "Mabel's Stores"),
        ("NIKE, Inc.", "NIKE"),
    ],
)
def test_a_name_in_capitals_is_brought_down(given: str, called: str) -> None:
    assert dossier_words.company(dossier(given)) == called


def test_a_dull_sentence_on_another_topic_is_never_quoted() -> None:
    whole = dossier(without=(FactKind.STATEMENT,))
    dull = statement(
        whole, "Our products contain complex information technology systems.", "systems"
    )
    for campaign in ("Leases", "Payroll"):
        request = write_request(
            whole.model_copy(update={"facts": (*whole.facts, dull)}), campaign=campaign
        )
        for mail in candidates(request, Wishes(), frozenset()):
            assert "complex information technology" not in mail.body


def test_of_two_sentences_the_one_with_a_figure_is_quoted() -> None:
    whole = dossier()
    telling = statement(whole, "We lease about 1,200 retail stores and six warehouses.", "leases")
    request = write_request(whole.model_copy(update={"facts": (*whole.facts, telling)}))
    chosen = dossier_words.fillings(request, "leases")["quote"]
    assert chosen.words == telling.value


def statement(whole: Dossier, text: str, topic: str) -> Fact:
    like = dossier().statements()[0]
    evidence = like.evidence.model_copy(update={"quote": text})
    changes = {"value": text, "topic": topic, "evidence": evidence, "account_id": whole.account.id}
    return like.model_copy(update=changes)


FOLLOWED = (
    "too long", "sounds like a robot", "don't mention the auditor", "ask for a call instead",
    "more formal please", "use a different subject", "too generic", "less salesy", "no jargon",
    "the first line is weird", "remove the dollar amount", "cut it to 50 words", "more direct",
    "please write something else", "use the auditor as a hook", "too many facts",
)  # fmt: skip
NOT_FOLLOWED = (
    "mention that we were at the conference", "Ann met her in Chicago, say so", "add our webinar link",
    "she is in real estate", "quote their press release", "start with a question",
)  # fmt: skip


def answered(note: str, first: str) -> tuple[WriteRequest, WrittenMail, WrittenMail]:
    request = write_request(to=recipient(first))
    mail = write(request)
    asked = RewriteRequest(
        original=request, subject=mail.subject, body=mail.body, claims=mail.claims,
        angle=mail.angle, note=note,
    )  # fmt: skip
    return request, mail, rewrite(asked)


@pytest.mark.parametrize("first", ["Dana", "Omar", "Noor"])
@pytest.mark.parametrize("note", FOLLOWED)
def test_natural_notes_are_followed(note: str, first: str) -> None:
    request, mail, again = answered(note, first)
    assert again.unmet == ()
    assert (again.subject, again.body) != (mail.subject, mail.body)
    assert again.reasoning[0].startswith("Followed from the note:")
    assert faults(request, again) == []


@pytest.mark.parametrize("first", ["Dana", "Omar", "Noor"])
@pytest.mark.parametrize("note", NOT_FOLLOWED)
def test_what_no_rule_can_do_is_said(note: str, first: str) -> None:
    _, _, again = answered(note, first)
    assert again.unmet


def test_another_subject_leaves_the_text_alone() -> None:
    _, mail, again = answered("use a different subject", "Dana")
    assert again.body == mail.body
    assert again.subject != mail.subject


def test_a_call_is_asked_for_and_the_rest_stays() -> None:
    _, mail, again = answered("ask for a call instead", "Dana")
    assert again.body.split("\n\n")[:-1] == mail.body.split("\n\n")[:-1]
    assert "15 minutes" in again.body.split("\n\n")[-1]


@pytest.mark.parametrize("first", ["Dana", "Omar", "Noor", "Kim", "Lee", "Ann"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_who_looks_after_buildings_is_not_asked_about_the_audit(step: int, first: str) -> None:
    request = write_request(to=recipient(first, title="VP Real Estate"), step=step)
    assert not re.search(r"audit|books|fiscal|year-end", write(request).body)
