"""Whatever a reviewer writes: the next version does it, or says that it does not. Never a false claim.

Each note comes with a rule of this file's own that tells, from the two mails alone, whether it was done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from outrider.drafts.check import check, grounds_of
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import RewriteRequest, Thread, WriteRequest, WrittenMail
from outrider.guardrails.types import Severity
from outrider.vendors.offline_writer.writer import rewrite, write
from tests.drafts_world import dossier, recipient, write_request

CONTEXT = (
    "We read lease documents, organize the terms in one program, and keep every number linked to its "
    "page."
)
Done = Callable[[WrittenMail, WrittenMail], bool]


def words(mail: WrittenMail) -> int:
    return len(mail.body.split())


def paragraphs(mail: WrittenMail) -> list[str]:
    return mail.body.split("\n\n")


def told(mail: WrittenMail) -> list[str]:
    """The paragraphs below the greeting."""
    return paragraphs(mail)[
        bool(re.match(r"(?:Hi|Hey|Hello|Dear)\b.{0,60},$", paragraphs(mail)[0])) :
    ]


def sentences(mail: WrittenMail) -> list[str]:
    return [text for text in re.split(r"(?<=[.!?])\s+", "\n\n".join(told(mail))) if text.strip()]


def longest(mail: WrittenMail) -> int:
    return max(len(text.split()) for text in sentences(mail))


def shorter(old: WrittenMail, new: WrittenMail) -> bool:
    return words(new) < words(old)


def at_most(count: int) -> Done:
    return lambda old, new: words(new) <= count


def starts(greeting: str) -> Done:
    return lambda old, new: new.body.startswith(f"{greeting} ")


def no_greeting(old: WrittenMail, new: WrittenMail) -> bool:
    return not new.body.startswith(("Hi ", "Hey ", "Hello", "Dear "))


def without(pattern: str) -> Done:
    return lambda old, new: not re.search(pattern, new.body)


def with_(pattern: str) -> Done:
    return lambda old, new: bool(re.search(pattern, new.body))


def other_angle(old: WrittenMail, new: WrittenMail) -> bool:
    return new.angle != old.angle


def other_subject(old: WrittenMail, new: WrittenMail) -> bool:
    return new.subject != old.subject


def other_question(old: WrittenMail, new: WrittenMail) -> bool:
    return paragraphs(new)[-1] != paragraphs(old)[-1]


def plain_opening(old: WrittenMail, new: WrittenMail) -> bool:
    return not re.search(r"[$\d]|annual report|filing", told(new)[0])


def other_opening(old: WrittenMail, new: WrittenMail) -> bool:
    return told(new)[0] != told(old)[0]


def one_question(old: WrittenMail, new: WrittenMail) -> bool:
    return new.body.count("?") == 1


def never(old: WrittenMail, new: WrittenMail) -> bool:
    """Beyond this writer: only a plain refusal will do."""
    return False


MONEY = r"[$€£]"
PEOPLE = r"\b[\d,]+ people\b"
AUDITOR = r"Bellweather"
FORMAL = r"\b(?:I'd|don't|can't|it's|isn't|there's|doesn't)\b"

NOTES: dict[str, Done] = {
    "shorter please": shorter,
    "Too long.": shorter,
    "way too long, cut it in half": lambda old, new: words(new) <= words(old) // 2 + 1,
    "Can you get this under 60 words?": at_most(59),
    "fifty words max": at_most(50),
    "max 4 sentences": lambda old, new: len(sentences(new)) <= 4,
    "no more than 45 words": at_most(45),
    "at least 200 words": lambda old, new: words(new) >= 200,
    "get to the point": shorter,
    "too wordy, tighten it up": shorter,
    "shorter sentences please": lambda old, new: longest(new) < longest(old),
    "the sentences are too long": lambda old, new: longest(new) < longest(old),
    "less formal": starts("Hey"),
    "Too stiff": starts("Hey"),
    "warmer": starts("Hey"),
    "more friendly, it reads like a form letter": starts("Hey"),
    "too casual for a CFO": without(FORMAL),
    "a bit more formal": without(FORMAL),
    "too friendly": without(FORMAL),
    "no contractions": without(FORMAL),
    "no greeting": no_greeting,
    'drop the "Hi"': no_greeting,
    "start with Hey": starts("Hey"),
    "use Dear instead of Hi": starts("Dear"),
    "drop the auditor": without(AUDITOR),
    "remove the dollar amount": without(MONEY),
    "don't mention the headcount": without(PEOPLE),
    "no numbers please": without(rf"{MONEY}|{PEOPLE}"),
    "the number is wrong": without(rf"{MONEY}|{PEOPLE}"),
    "leave out the quote": without('"'),
    "too creepy": without(rf"{MONEY}|{PEOPLE}|{AUDITOR}"),
    "don't open with SEC data": plain_opening,
    "Never lead with filing numbers!": plain_opening,
    "rewrite the first sentence": other_opening,
    "change the opening paragraph": other_opening,
    "other angle": other_angle,
    "this angle is boring, try something else": other_angle,
    "too generic": other_angle,
    "sounds like a robot wrote it": other_angle,
    "use the auditor as the hook": with_(AUDITOR),
    "mention the lease liability": with_(MONEY),
    "bring in the fiscal year end": with_(r"(?i)clos|year"),
    "different CTA": other_question,
    "the question at the end is weak": other_question,
    "ask for a 15 minute call": with_(r"15 minutes"),
    "don't ask for a meeting": without(r"(?i)15 minutes|meeting"),
    "one CTA only": one_question,
    "too many questions": one_question,
    'end with "Who keeps the lease list today?"': lambda old, new: new.body.endswith(
        "Who keeps the lease list today?"
    ),
    "ask them: how do you track renewals today?": lambda old, new: new.body.endswith(
        "How do you track renewals today?"
    ),
    'add "Is that your desk?" as question': lambda old, new: new.body.endswith(
        "Is that your desk?"
    ),
    "new subject line": other_subject,
    "the subject is too generic": other_subject,
    "the subject is too long": lambda old, new: len(new.subject.split()) < len(old.subject.split()),
    "use British spelling": lambda old, new: "organise" in new.body or "programme" in new.body,
    "don't say 'I'd guess'": without("I'd guess"),
    "remove the word paper": without(r"(?i)paper"),
    "don't make it shorter": lambda old, new: words(new) >= words(old),
    "don't change the subject": lambda old, new: new.subject == old.subject,
    "no other angle please, this one is right": lambda old, new: new.angle == old.angle,
    "don't say hey": without(r"^Hey"),
    "don't drop the auditor": with_(AUDITOR),
    "kick off with the auditor": with_(AUDITOR),
    "longer": lambda old, new: words(new) > words(old),
    "more detail on what we do": lambda old, new: words(new) > words(old) + 5,
    "add a joke": never,
    "add a PS about our webinar": with_(r"(?i)webinar"),
    "mention our customer Delta": with_("Delta"),
    "congratulate her on the promotion": with_(r"(?i)congrat"),
    "find their latest funding round": never,
    "include a link to the case study": with_("http"),
    "attach the brochure": never,
    "sign it as Maria": with_("Maria"),
    "say hi from Tom": with_("Tom"),
    "send it to the CFO instead": never,
    "address her as Ms. Ruiz": with_("Ms"),
    "use bullet points": with_(r"(?m)^[-*•]"),
    "translate it to German": never,
    "offer a discount": with_(r"(?i)discount"),
    "say that we are cheaper than LeaseKit": with_(r"(?i)cheaper"),
    "add urgency": never,
    "replace 'lease' with 'rental'": with_(r"(?i)rental"),
    "keep the first paragraph, change the rest": lambda old, new: told(new)[0] == told(old)[0],
    "put the company name in the subject": lambda old, new: "Harbor" in new.subject,
}

CLAIMS: dict[str, Done] = {
    r"(\d+) words instead of \d+": shorter,
    r"nothing from a filing in the opening": plain_opening,
    r"no contractions": without(FORMAL),
    r"a formal greeting": starts("Dear"),
    r"a less formal greeting": starts("Hey"),
    r"the greeting \w+": lambda old, new: bool(re.match(r"(?:Hi|Hey|Hello|Dear) ", new.body)),
    r"no greeting": no_greeting,
    r"without: .*": lambda old, new: True,
    r"with: .*": lambda old, new: True,
    r"without the words named": lambda old, new: True,
    r"another angle": other_angle,
    r"another opening": other_opening,
    r"another subject": other_subject,
    r"a subject of \d+ words instead of \d+": lambda old, new: (
        len(new.subject.split()) < len(old.subject.split())
    ),
    r"the longest sentence has \d+ words": lambda old, new: longest(new) < longest(old),
    r"one question only": one_question,
    r"it asks for no meeting": without(r"(?i)15 minutes|meeting"),
    r"it ends with your question": lambda old, new: new.body.endswith("?"),
    r"it asks for a time to talk": with_("15 minutes"),
    r"another question": other_question,
    r"British spelling": with_(r"organis|programme"),
}
"""What the writer may claim to have done, and how to see whether it is so."""

PLACES = {"liability": MONEY, "auditor": AUDITOR, "employees": PEOPLE}


def requests() -> list[WriteRequest]:
    names = ("Harbor Outfitters", "Blue Mesa Foods", "Oak & Iron Gyms", "Tidewater Freight")
    first = [write_request(dossier(name), context=CONTEXT) for name in names]
    later = [write_request(context=CONTEXT, step=step) for step in (2, 3)]
    nameless = write_request(to=recipient(first="", last="", title=""), context=CONTEXT)
    return [*first, *later, nameless]


REQUESTS = requests()


def answered(request: WriteRequest, note: str) -> tuple[WrittenMail, WrittenMail]:
    old = write(request)
    question = RewriteRequest(
        original=request, subject=old.subject, body=old.body, claims=old.claims, angle=old.angle,
        note=note,
    )  # fmt: skip
    return old, rewrite(question)


def false_claims(old: WrittenMail, new: WrittenMail) -> list[str]:
    """What the first line for the reviewer says was done, and was not."""
    line = next((text for text in new.reasoning if text.startswith("Followed from the note: ")), "")
    wrong = []
    for claim in line.removeprefix("Followed from the note: ").rstrip(".").split("; "):
        rule = next(
            (rule for pattern, rule in CLAIMS.items() if re.fullmatch(pattern, claim)), None
        )
        if claim and (rule is None or not rule(old, new)):
            wrong.append(claim)
        for place, pattern in PLACES.items():
            if claim.startswith("without: ") and place in claim and re.search(pattern, new.body):
                wrong.append(claim)
            if claim.startswith("with: ") and place in claim and not re.search(pattern, new.body):
                wrong.append(claim)
    return wrong


@pytest.mark.parametrize("note", NOTES)
def test_the_note_is_done_or_its_refusal_is_told(note: str) -> None:
    for request in REQUESTS:
        old, new = answered(request, note)
        assert NOTES[note](old, new) or new.unmet, f"{note!r}: {old.body}\n->\n{new.body}"
        assert false_claims(old, new) == [], f"{note!r}: {new.reasoning}\n{new.body}"


def test_most_of_what_people_usually_ask_is_done() -> None:
    counts: Counter[str] = Counter()
    for note, is_done in NOTES.items():
        for request in REQUESTS[:4]:
            old, new = answered(request, note)
            outcome = "wrong" if not new.unmet and not is_done(old, new) else "declined"
            counts["followed" if not new.unmet and is_done(old, new) else outcome] += 1
    total = sum(counts.values())
    assert len(NOTES) >= 60
    assert counts["wrong"] == 0
    assert counts["followed"] / total >= 0.6, counts


@pytest.mark.parametrize("note", NOTES)
def test_a_rewritten_mail_is_a_lawful_mail_whatever_the_note(note: str) -> None:
    request = REQUESTS[0]
    _, new = answered(request, note)
    made = wording(new.subject, new.body)
    content = compose(made, request.recipient, request.sender, request.step, Thread())
    found = check(content, made.body, new.claims, grounds_of(request))
    assert [item.message for item in found if item.severity is Severity.BLOCK] == []
