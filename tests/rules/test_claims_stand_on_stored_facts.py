"""A figure, a date or a name that no stored fact supports blocks a mail; what is harmless does not."""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.guardrails.claims import ground
from outrider.guardrails.types import (
    Claim,
    ClaimedFactId,
    Finding,
    KnownFact,
    MailText,
    Names,
    Severity,
)

TODAY = date(2026, 3, 2)
YEAR_END = date(2025, 2, 2)
STATEMENT = (
    "As of the end of fiscal 2024, we operated 347 stores located throughout the U.S., Canada, and "
    "Mexico."
)


def fact(number: int, kind: str, value: str, **more: object) -> KnownFact:
    id_ = ClaimedFactId(UUID(int=number))
    return KnownFact.model_validate(
        {"id": id_, "account": "Harbor Outfitters", "kind": kind, "value": value, **more}
    )


FACTS = (
    fact(1, "operating_lease_liability", "8682000000", unit="USD", as_of=YEAR_END, quote="8,682"),
    fact(2, "auditor", "KPMG LLP", as_of=YEAR_END),
    fact(3, "fiscal_year_end", "02-01", unit="MM-DD"),
    fact(4, "employees", "470100", unit="people", as_of=YEAR_END),
    fact(5, "statement", STATEMENT, as_of=YEAR_END, quote=STATEMENT),
    fact(
        6,
        "operating_lease_liability",
        "14324000000",
        unit="USD",
        as_of=YEAR_END,
        account="Northwind Foods",
    ),
    fact(7, "competitor", "LeaseKit"),
    fact(8, "period_end", "2025-02-02"),
    fact(9, "revenue", "1250000000", unit="EUR", as_of=date(2022, 12, 31)),
    fact(10, "auditor", "Ernst & Young LLP"),
)
NAMES = Names(
    account="HARBOR OUTFITTERS, INC.",
    contact_first="Dana",
    contact_last="Ruiz",
    contact_title="Corporate Controller",
    sender="Sam Ortiz",
    brand="Ledgerway",
    competitors=("LeaseKit",),
    others=("Leases", "We read lease files in 9 languages for Acme Tools."),
)


def claim(span: str, number: int, value: str | None = None) -> Claim:
    return Claim(span=span, fact_id=ClaimedFactId(UUID(int=number)), value=value or span)


def judged(body: str, *claims: Claim, subject: str = "Lease terms at Harbor") -> list[Finding]:
    mail = MailText(
        subject=subject, body=body, text=body, html=body, step=1, booking_link="https://a.example/b",
        postal_address="1 Main St", unsubscribe_url="https://a.example/u",
    )  # fmt: skip
    return ground(mail, claims, FACTS, NAMES, TODAY)


SUPPORTED = [
    ("Harbor Outfitters carries $8.7 billion in operating lease liabilities.", claim("$8.7 billion", 1)),
    ("Your report lists $8.68 billion of operating lease liabilities.", claim("$8.68 billion", 1)),
    ("Your report lists 8,682 million of lease liabilities.", claim("8,682 million", 1)),
    ("Your report lists 8,682 million dollars of lease liabilities.", claim("8,682 million dollars", 1)),
    ("Lease liabilities of $8,682,000,000 are on the books.", claim("$8,682,000,000", 1)),
    ("Lease liabilities stand at USD 8.7bn.", claim("USD 8.7bn", 1)),
    ("Nearly $9 billion of operating leases.", claim("Nearly $9 billion", 1)),
    ("More than $8 billion of operating leases.", claim("More than $8 billion", 1)),
    ("On February 2, 2025 lease liabilities were $8.7 billion.",
     claim("February 2, 2025 lease liabilities were $8.7 billion", 1, "$8.7 billion")),
    ("KPMG audits Harbor.", claim("KPMG", 2)),
    ("Ernst & Young signs your audit.", claim("Ernst & Young", 10)),
    ("EY signs your audit.", claim("EY", 10)),
    ("Your fiscal year closes on February 1.", claim("February 1", 3)),
    ("Your year closes in early February.", claim("early February", 3)),
    ("The year ended 2025-02-02.", claim("2025-02-02", 8)),
    ("The year ended 2 February 2025.", claim("2 February 2025", 8)),
    ("About 470,000 people work there.", claim("470,000", 4)),
    ("With 470,100 people, news travels slowly.", claim("470,100", 4)),
    ("Your report says you \"operated 347 stores located throughout the U.S., Canada, and Mexico.\"",
     claim("operated 347 stores located throughout the U.S., Canada, and Mexico.", 5)),
    ("You run 347 stores.", claim("347 stores", 5)),
    ("Harbor already has a lease system.", claim("already has a lease system", 7)),
    ("$8.7 billion of leases, more than I would care to read.", claim("$8.7 billion of leases", 1)),
    ("You run 347 stores in the U.S., Canada and Mexico, I read.",
     claim("347 stores in the U.S., Canada and Mexico", 5)),
    ("Your Canadian leases are among those of 347 stores.", claim("347 stores", 5)),
    ("All three countries share the 347 stores.", claim("347 stores", 5)),
    ("KPMG's team asks for samples.", claim("KPMG's team asks for samples", 2)),
    ("Your fiscal year began in February, after the 1st.", claim("after the 1st", 3)),
    ("Harbor carries $8.7 billion in operating leases and one controller.",
     claim("carries $8.7 billion in operating leases", 1)),
]  # fmt: skip

UNSUPPORTED = [
    ("an amount of nothing", "Harbor carries $8.7 billion in operating leases.", None),
    ("a rounded-off amount", "Harbor carries $8.6 billion in operating leases.", claim("$8.6 billion", 1)),
    ("a thousandfold slip", "Harbor carries $8.7 million in operating leases.", claim("$8.7 million", 1)),
    ("another currency", "Harbor carries \u20ac8.7 billion in operating leases.", claim("\u20ac8.7 billion", 1)),
    ("too coarse a figure", "Over $5 billion in operating leases.", claim("Over $5 billion", 1)),
    ("another account's fact", "Harbor carries $14.3 billion in operating leases.", claim("$14.3 billion", 6)),
    ("an unknown fact", "Harbor carries $8.7 billion in operating leases.", claim("$8.7 billion", 99)),
    ("another verb", "Harbor raised $8.7 billion of operating leases.", claim("$8.7 billion", 1)),
    ("a loss", "Harbor lost $8.7 billion on operating leases.", claim("$8.7 billion", 1)),
    ("a liability told as revenue", "Harbor's lease revenue is $8.7 billion.", claim("$8.7 billion", 1)),
    ("a figure of nothing in particular", "Harbor has $8.7 billion.", claim("$8.7 billion", 1)),
    ("another audit firm", "Deloitte audits Harbor.", claim("Deloitte", 2)),
    ("an audit firm of nothing", "Deloitte signed it.", None),
    ("an audit firm in small letters", "I hear that deloitte signed it.", None),
    ("a dismissed auditor", "Harbor fired KPMG as its auditor.", claim("KPMG", 2)),
    ("another year-end", "Your year ends June 30.", claim("June 30", 3)),
    ("a month of nothing", "Your year ends in March.", None),
    ("another day", "The year ended February 3, 2025.", claim("February 3, 2025", 8)),
    ("another count", "About 500,000 people work there.", claim("500,000", 4)),
    ("another unit", "Harbor has 470,100 leases and many people.", claim("470,100", 4)),
    ("a changed quote", "You operated 348 stores.", claim("operated 348 stores", 5)),
    ("a count of nothing", "You have 2,400 stores.", None),
    ("a count in words", "You opened twelve new stores.", None),
    ("an amount in words", "Eight billion dollars of leases.", None),
    ("half an amount", "You carry half a billion in leases.", None),
    ("a share", "Our clients see 40% less work.", None),
    ("a share in words", "You leased twenty percent more.", None),
    ("a factor", "It is 3x faster.", None),
    ("a promise of time saved", "You save 15 minutes per lease.", None),
    ("a customer", "Like Northwind Foods, you lease stores.", None),
    ("a customer in front", "Northwind cut its close.", None),
    ("a company's possessive", "Walmart's team moved.", None),
    ("a person", "I spoke with Sarah last week.", None),
    ("a full name", "Bob Smith sent me.", None),
    ("a product", "You use Workiva today.", None),
    ("a camel-case product", "Connect it to netSuite.", None),
    ("a fiscal year", "You closed FY2023 late.", None),
    ("a quarter", "You closed Q3 2025 late.", None),
    ("a founding year", "You were founded in 1978.", None),
    ("a date in numbers", "You filed on 12/31/2024.", None),
    ("a claim whose words are not there", "Hi Dana, a question.", claim("$8.7 billion", 1)),
    ("a named rival", "You use LeaseKit today.", claim("LeaseKit", 7)),
    ("a merger of nothing", "After your merger, who keeps the leases?", None),
    ("a move of nothing", "When you moved to a new office, who read the lease?", None),
    ("a breach of nothing", "Following the recent data breach, is your board asking?", None),
    ("a share in words", "One lease in nine is paid twice.", None),
    ("stores that are people", "You have 347 people.", claim("347 people", 5)),
    ("a flow told of a stock", "Leases cost you $8.7 billion a year.", claim("$8.7 billion", 1)),
    ("another noun for an amount", "Freight of $8.7 billion is a lot.", claim("$8.7 billion", 1)),
    ("a part above its whole", "You closed 400 of your 347 stores.", claim("347 stores", 5)),
    ("a doubling", "Rents have doubled since the spring.", None),
    ("set-up time", "Setup takes two days.", None),
    ("other companies", "We work with 40 retailers.", None),
    ("plants of yours", "Two of your plants lack meters.", None),
    ("a rule beside a count", "ASC 842 and 300 leases.", None),
    ("nearly what is much less", "Nearly $10 billion of operating leases.", claim("Nearly $10 billion", 1)),
    ("growth in general words", "Your headcount has been climbing for years.", None),
    ("a comparison with a sector", "Your lease costs are well above the industry average.", None),
    ("an event told by its time", "The recall in July must have been hard.", None),
    ("a greeting to somebody else", "Dear Sarah,\n\nA question.", None),
    ("a deed of ours that is not offered", "Ledgerway renegotiates the rents with landlords overnight.", None),
    ("another firm in the account's place", "KPMG operated 347 stores.", claim("347 stores", 5)),
]  # fmt: skip

HARMLESS = [
    "Hi Dana,\n\nDoes your team read each amendment?",
    "Dear Ms. Ruiz, I'd like to ask the Corporate Controller one question.",
    "Two quick questions, 15 minutes, or a 10-minute call next Tuesday at 10:30 am?",
    "Would March 12 work for a short call?",
    "I'll check back in May. Nothing needs to happen before 2027.",
    "In two weeks? Within the next three months?",
    "A 12-month view, a one-page example, a 30-minute chat.",
    "ASC 842, IFRS 16 and the 10-K say so. SOX 404 too.",
    "We read lease files in 9 languages for Acme Tools.",
    "Reconciling leases takes time. Deciding is hard. Honestly, it is. Ledgers drift.",
    "May I ask who owns it? March on. I can, I will, I'd.",
    "PDFs, the ERP, the CFO's view, GAAP, Excel and the U.S. team.",
    "See https://a.example/2027/$9?x=99 or mail sam@x.example.",
    "It's Harbor's call. Harbor Outfitters' leases. The Harbor team.",
    "Best regards,\nSam Ortiz\nLedgerway",
    "Spreadsheets help. Amendments arrive late. Landlords wait. Controllers ask. Auditors pick one.",
    "Let's talk: Who reads it? What changes? That's it.",
    "No two landlords agree, and a lease or two always hides.",
    "1. The clause is long.\n2. Nobody reads it.\n3. It renews.",
    "Which day is your worst? For me it was day six.",
    "GDPR, HIPAA, SOC 2, ISO 27001 and NIST 800-53: four frameworks, one log.",
    "August is a terrible month to write to anyone. I'll try again after Thanksgiving.",
    "Imagine two extra analysts. Would it be 9 to 5?",
    "Would 4 in the morning do? A ten-minute call, then.",
    "Wharfage! Detention! Haulage. Tomatoes go soft on Sundays.",
    "The first 90 days are hard. Once or twice a year I say so.",
    "One percent of it would pay for lunch. I'm 100% sure.",
    "The Chief Medical Officer and the Head of Transport disagree.",
    "Have you moved offices? If you ever opened stores, you know.",
    "You closed the books and opened this email, so thank you.",
    "Happy Thanksgiving, and enjoy the weekend on Saturday.",
    "Dear Madam,\n\nDoes your team read each amendment?",
    "Does it help?\n\nSaludos,\nS. Ortiz",
    "Could I stop by when I'm in town in August?",
    "What happens when it rains on the 27th of December?",
    "Confession: I once read a lease on a train at 5.45.",
    "Ledgerway finds the lease and shows it.",
]


@pytest.mark.parametrize(("body", "bound"), SUPPORTED, ids=[body for body, _ in SUPPORTED])
def test_what_a_stored_fact_says_passes(body: str, bound: Claim) -> None:
    assert judged(body, bound) == []


@pytest.mark.parametrize(
    ("name", "body", "bound"), UNSUPPORTED, ids=[name for name, _, _ in UNSUPPORTED]
)
def test_what_no_stored_fact_says_blocks(name: str, body: str, bound: Claim | None) -> None:
    findings = judged(body, *([bound] if bound else []))
    assert any(finding.severity is Severity.BLOCK for finding in findings)


@pytest.mark.parametrize("body", HARMLESS)
def test_what_states_nothing_passes(body: str) -> None:
    assert judged(body) == []


def test_the_finding_shows_the_words_at_fault() -> None:
    body = "Hi Dana,\n\nYou carry $5 billion in leases."
    [finding] = judged(body)
    assert finding.check == "claim_uncovered"
    assert finding.span is not None
    assert body[finding.span.start : finding.span.end] == "$5 billion"


def test_the_subject_is_judged_as_well() -> None:
    for subject in (
        "Your $5 billion lease book",
        "Northwind and your leases",
        "Question About Northwind Lease Data",
    ):
        assert judged("Hi Dana,", subject=subject)
    for subject in ("Question About Harbor Lease Data", "Who reads the leases", "QUICK QUESTION"):
        assert judged("Hi Dana,", subject=subject) == []


def test_a_fact_older_than_two_years_warns_and_does_not_block() -> None:
    [finding] = judged("Your revenue was \u20ac1.25 billion.", claim("\u20ac1.25 billion", 9))
    assert finding.check == "claim_stale"
    assert finding.severity is Severity.WARN


def test_a_claim_covers_only_what_its_own_fact_says() -> None:
    whole = "Harbor carries $8.7 billion of leases and KPMG audits it"
    findings = judged(whole + ".", claim(whole, 1, "$8.7 billion"))
    assert [item.check for item in findings] == ["claim_contradicted"]
    assert "KPMG" in findings[0].message


def test_the_value_of_a_claim_cannot_differ_from_its_fact() -> None:
    findings = judged("$8.7 billion of operating leases.", claim("$8.7 billion", 1, "$9.9 billion"))
    assert "claim_contradicted" in [item.check for item in findings]


def test_the_operator_s_words_do_not_lend_their_figures_to_others() -> None:
    assert judged("We read lease files in 90 languages.")
    assert judged("You have $9 in leases.")


@given(st.text(max_size=400))
def test_no_text_makes_the_gate_fail(body: str) -> None:
    assert all(item.message and item.fix for item in judged(body))


@given(st.decimals(min_value=1, max_value=99, places=1).map(str))
def test_only_the_stored_amount_passes(figure: str) -> None:
    words = f"${figure} billion"
    findings = judged(f"Harbor carries {words} of operating leases.", claim(words, 1))
    assert (findings == []) == (figure == "8.7")


@pytest.mark.parametrize(
    "hostile",
    ["$1 " * 300_000, "A" * 2_000_000, "Ab " * 500_000, "1," * 700_000, "January " * 200_000,
     "\u202e12\u202c " * 200_000, "9" * 1_000_000, "two " * 300_000, "a@" * 500_000, " " * 1_000_000],
    ids=["money", "capital", "names", "digits", "months", "rtl", "number", "words", "mail", "spaces"],
)  # fmt: skip
def test_hostile_text_is_judged_in_bounded_time(hostile: str) -> None:
    started = time.process_time()
    judged(hostile, claim("$1", 1))
    assert time.process_time() - started < 15


PAIR = fact(
    11,
    "statement",
    "Storm costs were $64 million in 2025 (2024: $50 million), of which $41 million was for Hurricane Odile.",
    as_of=date(2025, 12, 31),
)


def told(body: str, *claims: Claim) -> list[Finding]:
    mail = MailText(
        subject="Storms", body=body, text=body, html=body, step=1, booking_link="https://a.example/b",
        postal_address="1 Main St", unsubscribe_url="https://a.example/u",
    )  # fmt: skip
    return ground(mail, claims, (PAIR,), NAMES, TODAY)


@pytest.mark.parametrize(
    ("body", "span"),
    [
        ("$64 million for storms, from $50 million in 2024.", "$64 million"),
        ("Storm costs went up by $14 million, to $64 million.", "$64 million"),
        ("Storm costs rose 28%, to $64 million.", "$64 million"),
        ("Two dollars out of every three went to Odile: $41 million.", "$41 million"),
        ("Nearly two thirds of your storm costs were for Odile ($41 million).", "$41 million"),
        (
            "Twenty-three million dollars was not for Odile, after $41 million that was.",
            "$41 million",
        ),
    ],
)
def test_what_a_reader_can_work_out_from_a_cited_fact_passes(body: str, span: str) -> None:
    assert told(body, claim(span, 11)) == []


@pytest.mark.parametrize(
    ("body", "span"),
    [
        ("Storm costs fell from $64 million to $50 million.", "from $64 million to $50 million"),
        ("$50 million for storms, after $64 million the year before.", "$50 million"),
        ("Hurricane Odile alone cost $64 million.", "$64 million"),
        ("You saved $64 million on storms.", "$64 million"),
        ("Storm costs rose 60%, to $64 million.", "$64 million"),
        ("Nearly all of it went to Odile: one dollar in ten did not. $41 million.", "$41 million"),
    ],
)
def test_figures_of_one_source_exchanged_or_misread_block(body: str, span: str) -> None:
    assert any(item.severity is Severity.BLOCK for item in told(body, claim(span, 11)))


@pytest.mark.parametrize(
    "body",
    [
        "CIP and CDD files pile up.",
        "I hear that Finland closes in July.",
        "Do they live in 600 inboxes?",
    ],
)
def test_what_may_state_nothing_is_shown_and_does_not_block(body: str) -> None:
    assert {item.severity for item in judged(body)} == {Severity.WARN}
