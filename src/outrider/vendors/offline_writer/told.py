"""What became of a note: which mails do what it asks, what was done, what was not.

In: a rewrite request, the wishes in its note, mails. Out: sentences for the reviewer. Never: a claim
to have done what the words do not show; each is measured on the mail itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from outrider.drafts.types import RewriteRequest
from outrider.vendors.offline_writer import compose
from outrider.vendors.offline_writer.compose import Mail
from outrider.vendors.offline_writer.wishes import Wishes

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MEETING = re.compile(r"\b(?:meeting|call|demo|15 minutes)\b", re.IGNORECASE)
_WEB = (
    "What the web says was kept among the facts of the account, but the offline writer cannot work it "
    "into a mail; a person or another writer can."
)


def narrowed(
    request: RewriteRequest, wishes: Wishes, mails: Sequence[Mail]
) -> tuple[list[Mail], list[str]]:
    """The mails that do what the note asks of words and sentences, and what none of them does."""
    left, missed = list(mails), []
    for asked, does, cannot in _filters(request, wishes):
        if not asked:
            continue
        fit = [mail for mail in left if does(mail)]
        if fit:
            left = fit
        else:
            missed.append(cannot)
    return left, missed


def _filters(
    request: RewriteRequest, wishes: Wishes
) -> tuple[tuple[bool, Callable[[Mail], bool], str], ...]:
    before, words = opening(request.body), ", ".join(sorted(wishes.avoid))
    longest = longest_sentence(request.body)
    return (
        (
            bool(wishes.avoid),
            lambda mail: not any(one in mail.body.casefold() for one in wishes.avoid),
            f"No mail for this step does without these words: {words[:100]}.",
        ),
        (
            wishes.other_opening,
            lambda mail: opening(mail.body) != before,
            "The offline writer has no other opening for this.",
        ),
        (
            wishes.short_sentences,
            lambda mail: longest_sentence(mail.body) < longest,
            f"No mail for this step has shorter sentences; the longest has {longest} words.",
        ),
        (
            wishes.no_meeting,
            lambda mail: not _MEETING.search(mail.question),
            "No mail for this step does without asking for a time.",
        ),
    )


def done(request: RewriteRequest, wishes: Wishes, mail: Mail) -> tuple[str, ...]:
    """What was done of what was asked; what merely came out that way is not told."""
    before = len(request.body.split())
    asked_short = wishes.shorter or wishes.most_words or wishes.most_sentences
    named = ", ".join(sorted(place.replace("_", " ") for place in wishes.without))
    places = ", ".join(sorted(place.replace("_", " ") for place in mail.places & wishes.wanted))
    greets = bool(wishes.greeting) and mail.body.startswith(wishes.greeting or "")
    subjects, old = (len(mail.subject.split()), len(request.subject.split()))
    holds = (
        (asked_short and mail.words < before, f"{mail.words} words instead of {before}"),
        (
            wishes.no_filing_opening and not mail.opens_with_filing,
            "nothing from a filing in the opening",
        ),
        (wishes.formality > 0, "no contractions"),
        (wishes.formality > 0 and mail.body.startswith("Dear"), "a formal greeting"),
        (wishes.formality < 0 and mail.body.startswith("Hey"), "a less formal greeting"),
        (greets, f"the greeting {wishes.greeting}"),
        (wishes.greeting == "" and not compose.GREETED.match(mail.body), "no greeting"),
        (named, f"without: {named}"),
        (places, f"with: {places}"),
        (wishes.other_angle and mail.angle.key != request.angle, "another angle"),
        (wishes.other_opening and opening(mail.body) != opening(request.body), "another opening"),
        (wishes.other_subject and mail.subject != request.subject, "another subject"),
        (
            wishes.short_subject and subjects < old,
            f"a subject of {subjects} words instead of {old}",
        ),
        (
            wishes.short_sentences and longest_sentence(mail.body) < longest_sentence(request.body),
            f"the longest sentence has {longest_sentence(mail.body)} words",
        ),
        (wishes.avoid and not _holds_avoided(wishes, mail), "without the words named"),
        (wishes.no_contractions, "no contractions"),
        (wishes.one_question and mail.body.count("?") == 1, "one question only"),
        (wishes.no_meeting and not _MEETING.search(mail.question), "it asks for no meeting"),
        (wishes.question and mail.body.endswith(wishes.question), "it ends with your question"),
        (
            wishes.meeting and _MEETING.search(closing(mail.body)) and not wishes.question,
            "it asks for a time to talk",
        ),
        (
            wishes.other_question
            and not wishes.meeting
            and closing(mail.body) != closing(request.body),
            "another question",
        ),
        (wishes.british and mail.is_respelled, "British spelling"),
    )
    return tuple(dict.fromkeys(words for held, words in holds if held))


def undone(request: RewriteRequest, wishes: Wishes, mail: Mail) -> tuple[str, ...]:
    """What was asked and understood, and does not show in the mail."""
    holds = (
        (
            wishes.formality < 0 and not mail.body.startswith("Hey"),
            "Without a first name there is no greeting less formal than this.",
        ),
        (
            bool(wishes.greeting) and not mail.body.startswith(wishes.greeting or ""),
            f"The greeting {wishes.greeting} needs a first name, and none is stored.",
        ),
        (
            wishes.other_angle and mail.angle.key == request.angle,
            "No other angle is left for this step.",
        ),
        (
            wishes.other_subject and mail.subject == request.subject,
            "This angle has no other subject.",
        ),
        (
            wishes.short_subject and len(mail.subject.split()) >= len(request.subject.split()),
            "This angle has no shorter subject.",
        ),
        (
            wishes.other_question and closing(mail.body) == closing(request.body),
            "This mail has no other closing question.",
        ),
        (
            wishes.most_sentences is not None
            and sentences(mail.body) > (wishes.most_sentences or 0),
            f"With {sentences(mail.body)} sentences it is as short as the offline writer can make it.",
        ),
        (
            wishes.british and not mail.is_respelled,
            "No word of this mail is spelled otherwise in British English.",
        ),
        (bool(request.found), _WEB),
    )
    return tuple(words for held, words in holds if held)


def opening(body: str) -> str:
    """The first paragraph after the greeting."""
    paragraphs = [text for text in body.split("\n\n") if text.strip()]
    if len(paragraphs) > 1 and compose.GREETED.match(paragraphs[0]):
        return paragraphs[1]
    return paragraphs[0] if paragraphs else ""


def closing(body: str) -> str:
    """The last paragraph: the question."""
    return body.rstrip().rpartition("\n\n")[2]


def sentences(body: str) -> int:
    """Sentences of the body; a greeting is none."""
    return len([text for text in _SENTENCE.split(body) if text.strip() and not _is_greeting(text)])


def longest_sentence(body: str) -> int:
    """Words of the longest sentence."""
    return max((len(text.split()) for text in _SENTENCE.split(body)), default=0)


def _is_greeting(text: str) -> bool:
    return bool(compose.GREETED.fullmatch(text.strip()))


def _holds_avoided(wishes: Wishes, mail: Mail) -> bool:
    return any(one in mail.body.casefold() for one in wishes.avoid)
