"""Prices, contracts, law and regulation go to a person with the right role; harmless words do not."""

from __future__ import annotations

import pytest

from outrider.drafts.check import Grounds, check, known_facts
from outrider.drafts.rules import compose
from outrider.drafts.types import Thread, Wording
from outrider.guardrails.types import Claim, Severity
from tests.drafts_world import NOW, dossier, recipient, sender
from tests.guarded import BODY, NAMES, findings, mail, marked, saying, severities

PRICING = (
    "Our pricing starts well below that.",
    "Seats run $49 per user per month.",
    "It costs only $900 to start.",
    "I can offer a 20% discount this quarter.",
    "The first month is free of charge.",
    "Shall I send you a quote?",
    "We would waive the setup fee.",
    "You get your money back if it fails.",
    "Plans start at $99/month.",
    "There is no cost to you.",
    "We can match their price.",
    "It is cheaper than what you have.",
    "Happy to share pricing.",
    "We charge 40 dollars per lease.",
    "I'd give you half-price until June.",
    "Unser Festpreis gilt bis Juni.",
    "Voici notre tarif.",
    "Nuestro precio es bajo.",
)
CONTRACT = (
    "I can send the contract today.",
    "You only sign an order form.",
    "There is no long-term commitment.",
    "Cancel anytime.",
    "A 12-month contract is enough.",
    "We guarantee the result.",
    "Our SLA covers that.",
    "Could you sign the NDA first?",
    "Payment terms are net 30.",
    "We will indemnify you.",
    "It renews as an annual subscription.",
    "Let me draft an agreement.",
    "Guaranteed results in a week.",
    "You can renew your contract early.",
    "99.9% uptime is in it.",
    "Ohne Frist: unser Vertrag kündigt sich selbst.",
)
LEGAL = (
    "That could end in a lawsuit.",
    "You may be liable for that.",
    "Your lawyers will ask.",
    "This is no legal advice.",
    "It would be a breach of the lease.",
    "Our patented method reads it.",
    "They were sued last year.",
    "That violates the law.",
    "After your recent settlement with the state, who keeps it?",
    "Is that fraudulent?",
    "It infringes nothing.",
    "Legal action is near.",
)
REGULATORY = (
    "We are SOC 2 certified.",
    "It makes you fully compliant.",
    "This keeps you compliant with ASC 842.",
    "Avoid fines from the regulator.",
    "We ensure compliance.",
    "It is HIPAA compliant.",
    "You had a material weakness.",
    "Approved by the FDA.",
    "The restatement must have hurt.",
    "It meets GDPR requirements.",
    "That is a compliance risk.",
    "We are ISO 27001 certified.",
    "Wir sind DSGVO-konform.",
)
HARMLESS = (
    "The price of entry is one spreadsheet.",
    "Do you still do contract manufacturing?",
    "The lease contracts sit in folders.",
    "The discount rate moved again.",
    "A deep discount retailer has more sites.",
    "Your general counsel may know.",
    "Operating lease liabilities come to $413 million.",
    "Revenue was $8.7 billion a year.",
    "The SEC filing says so.",
    "ASC 842 changed the close.",
    "Is compliance part of your team?",
    "The legal team keeps the originals.",
    "Share prices are not my trade.",
    "Each lease agreement has its own dates.",
    "I read it in your latest annual report.",
    "Transfer pricing is another desk.",
    "Feel free to say no.",
    "That costs somebody an afternoon.",
    "If a lease number sends somebody searching through contracts, reply.",
    "Nothing is at stake but time.",
    "The auditors commit to a sample.",
    "Leases go month-to-month leases at times.",
    "I am not trying to sue anybody's patience.",
    "In a court of tennis or of law?",
    "Only $413 million is on the books.",
    "It saves a day each month.",
    "How does your quote of the landlord read?",
    "Who signs off on the schedule?",
    "It's free-standing.",
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        *((words, "sensitive_pricing") for words in PRICING),
        *((words, "sensitive_contract") for words in CONTRACT),
        *((words, "sensitive_legal") for words in LEGAL),
        *((words, "sensitive_regulatory") for words in REGULATORY),
    ],
)
def test_such_words_are_shown_to_a_person_and_marked(words: str, name: str) -> None:
    letter = saying(words)
    found = findings(letter, name)
    assert found
    assert {item.severity for item in found} == {Severity.WARN}
    assert marked(letter, found[0]).casefold() in words.casefold()


@pytest.mark.parametrize("words", HARMLESS)
def test_words_of_trade_do_not_send_for_anybody(words: str) -> None:
    assert severities(saying(words)) == {}


def test_the_subject_is_read_as_well() -> None:
    letter = mail(subject="Our pricing for Harbor")
    [found] = findings(letter, "sensitive_pricing")
    assert found.span is not None
    assert found.span.part == "subject"
    assert marked(letter, found) == "Our pricing"


def test_what_the_cited_source_says_itself_is_no_promise_of_ours() -> None:
    words = "You wrote that a material weakness was found."
    quote = "In 2025 a  Material Weakness was found in our controls over leases."
    assert "sensitive_regulatory" in severities(saying(words))
    assert severities(saying(words), quoted=(quote,)) == {}
    assert "sensitive_regulatory" in severities(saying("We are SOC 2 certified."), quoted=(quote,))


def test_a_claim_does_not_carry_a_price_past_the_guard() -> None:
    """Whoever writes chooses the span of a claim, so only the words of the source count."""
    about = dossier()
    words = "Our pricing starts at $900."
    body = f"{BODY}\n\n{words}"
    claims = (Claim(span=words, fact_id=about.facts[0].id, value=words),)
    content = compose(Wording(subject="Leases", body=body), recipient(), sender(), 1, Thread())
    grounds = Grounds(names=NAMES, facts=known_facts(about), today=NOW.date())
    assert "sensitive_pricing" in {item.check for item in check(content, body, claims, grounds)}


def test_a_mail_full_of_prices_has_few_findings_of_one_kind() -> None:
    assert len(findings(saying("Our pricing is low. " * 200), "sensitive_pricing")) == 5
