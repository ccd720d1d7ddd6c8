"""The seven assertions every mail must pass, and the cleaning of what a writer wrote.

In: a mail as it would be sent, and the names that belong to it. Out: findings, cleaned text.
Never: a change of meaning, a look at a row, or a pattern whose time grows faster than the text.

The seven: `can_spam`, `em_dash`, `length`, `booking_link`, `competitor_named`, `subject_length`,
and the pair `wrong_entity` / `placeholder`; `mixed_letters` guards what they look for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from outrider.guardrails.mail.links import addresses, foreign_links
from outrider.guardrails.mail.rivals import competitor_named
from outrider.guardrails.mail.whole import block, warn
from outrider.guardrails.reading.letters import mixed
from outrider.guardrails.types import Finding, MailText, Names, Span


@dataclass(frozen=True)
class Limits:
    """What a mail may measure. Prompts, rules and screens read this one table.

    Words of the body count from the greeting to the closing question. Between the wide and the
    narrow range a mail is shown with a warning; outside the wide range it is blocked.
    """

    subject_words: tuple[int, int] = (3, 7)
    subject_words_wide: tuple[int, int] = (1, 12)
    subject_characters: int = 60
    subject_characters_wide: int = 90
    body_words: tuple[int, int] = (25, 130)
    body_words_wide: tuple[int, int] = (10, 200)
    judged_characters: int = 20_000
    """A longer text is blocked for its length and judged up to here only, so time stays bounded."""
    findings_per_check: int = 5


LIMITS = Limits()
_FEW = LIMITS.findings_per_check

_SPACES = {0x00A0: " ", 0x202F: " ", 0x2007: " "}
_QUOTES = {
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F), '"'),
}
_PLAIN = {**_SPACES, **_QUOTES, 0x2026: "..."}
_EM_DASHES = "\u2014\u2015"
_EM_RUN = re.compile(f"[{_EM_DASHES}]+")
_SPACED_EN_DASH = re.compile("(?:(?<=[ \t])|(?<![^\n]))\u2013(?![^ \t\n])")

_FALSE_REPLY = re.compile(r"\s*(?:re|fwd?|aw|sv|tr|wg)\s*(?:\[\d{1,3}\])?\s*:", re.IGNORECASE)
_OPT_OUT_WORDS = re.compile(
    r"unsubscribe|opt[ -]?out|stop (?:these|getting|receiving)|no longer (?:want|wish)"
    r"|rather not hear|don't want (?:to hear|these|any more)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{1,2000}", re.IGNORECASE)
_LINK_STARTS = ("http", "www.")
_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}?|\{%[^%\n]{0,80}%\}|\$\{[^{}\n]{0,80}\}|\{[A-Za-z_][\w. -]{0,60}\}"
    r"|<<[^<>\n]{0,60}>>|\*\|[^|\n]{1,60}\|\*|%%?[A-Z][A-Z_]{2,40}%%?"
    r"|(?i:\[(?:your|the|first|last|full|insert|company|contact|recipient|prospect|sender|name|title|"
    r"product|brand|competitor|link|date|city|industry|pain|topic|number|x+)\b[^\[\]\n]{0,60}\])"
    r"|(?i:<(?:first|last|full|your|company|name|title|insert)\b[^<>\n]{0,60}>)"
    r"|\b(?:TODO|TBD|TBC|FIXME|XXX+|lorem ipsum|undefined|NaN)\b"
)
_UNFILLED_SIGNS = ("{", "[", "<", "%", "*|")
_UNFILLED_WORDS = ("TODO", "TBD", "TBC", "FIXME", "XXX", "lorem ipsum", "undefined", "NaN")
_MAY_BE_UNFILLED = (*_UNFILLED_SIGNS, *_UNFILLED_WORDS)
"""What every unfilled place has one of; few mails have any."""
_EMPTY_GREETING = re.compile(
    r"dear[ \t]*,|(?:hi|hello|hey|dear)[ \t]+(?:,|none\b|null\b|unknown\b)", re.IGNORECASE
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good morning|good afternoon)[ \t]+((?:(?:mr|mrs|ms|mx|dr|"
    r"prof)\.?[ \t]+)?[^\n,!:.?]{1,60}?)[ \t]*(?:[,!:\n]|$)",
    re.IGNORECASE,
)
_COMMON_GREETED = frozenset(
    "there all team everyone folks again sir madam sir or madam both".split(" ")
) | {"sir or madam", "sir/madam", "hiring team", "finance team", "accounting team"}
_HONORIFIC = re.compile(r"(?:mr|mrs|ms|mx|dr|prof|professor)\.?[ \t]+", re.IGNORECASE)


def clean(text: str) -> str:
    """The same words in plain typography (A-56); cleaning twice changes nothing more.

    Em dashes become spaced hyphens, curly quotes straight, the ellipsis sign three periods,
    no-break spaces spaces. Hyphens inside words and accented letters stay as they are.
    """
    if text.isascii():
        return text
    text = text.translate(_PLAIN)
    if _EM_RUN.search(text):
        text = _without_em_dashes(text)
    return _SPACED_EN_DASH.sub("-", text)


def check(mail: MailText, names: Names) -> list[Finding]:
    """All seven assertions over one mail; an empty list means that nothing is wrong."""
    mail = _cut(mail)
    findings = [
        *_can_spam(mail, names),
        *_em_dash(mail),
        *_length(mail),
        *_booking_link(mail, names),
        *competitor_named(mail, names),
        *_subject_length(mail),
        *_wrong_entity(mail, names),
        *_placeholder(mail),
        *_mixed_letters(mail),
    ]
    return findings


def words(text: str) -> int:
    """How many words a reader counts."""
    return len(text.split())


def _without_em_dashes(text: str) -> str:
    pieces = _EM_RUN.split(text)
    out = [pieces[0].rstrip(" \t") if len(pieces) > 1 else pieces[0]]
    last = len(pieces) - 1
    for number, piece in enumerate(pieces[1:], start=1):
        following = piece.lstrip(" \t")
        if number < last:
            following = following.rstrip(" \t")
            if not following:
                continue
        at_start = not out[-1] or out[-1].endswith("\n")
        at_end = not following or following.startswith("\n")
        out.append(("" if at_start else " ") + "-" + ("" if at_end else " ") + following)
    return "".join(out)


def _cut(mail: MailText) -> MailText:
    limit = LIMITS.judged_characters
    if max(map(len, (mail.subject, mail.body, mail.text, mail.html))) <= limit:
        return mail
    # The length finding needs the true count, so the body keeps one character over the limit; the
    # footer is at the end of the text and must still be seen.
    return mail.model_copy(
        update={
            "subject": mail.subject[:limit],
            "body": mail.body[: limit + 1],
            "text": mail.text if len(mail.text) <= limit else _ends(mail.text, limit),
            "html": mail.html if len(mail.html) <= limit else _ends(mail.html, limit),
        }
    )


def _ends(text: str, limit: int) -> str:
    return text[: limit // 2] + "\n" + text[-limit // 2 :]


def _can_spam(mail: MailText, names: Names) -> Iterator[Finding]:
    """15 USC 7704(a): who sends, a postal address, a way out, and a subject that does not deceive."""
    name = "can_spam"
    text = " ".join(mail.text.split())
    address = " ".join(mail.postal_address.split())
    if not address:
        yield block(
            name, "No postal address is set.", "Give the sender's postal address in the settings."
        )
    elif address not in text:
        yield block(name, "The postal address is missing.", f"Put `{address}` into the footer.")
    if not mail.unsubscribe_url or mail.unsubscribe_url not in mail.text:
        yield block(
            name,
            "The link to unsubscribe is missing.",
            "Put the contact's own link into the footer.",
        )
    low = text.casefold()
    # The plain word is looked for first: a pattern that ignores case takes ten times as long.
    if "unsubscribe" not in low and not _OPT_OUT_WORDS.search(text):
        yield block(
            name, "Nothing tells the reader how to opt out.", "Say it in words beside the link."
        )
    identity = [value for value in (names.brand, names.sender) if value]
    if not _is_shown(identity, text, low):
        yield block(
            name, "The mail does not say who sends it.", "Name the sender or the brand in the text."
        )
    yield from _deceptive_subject(mail, name)


def _is_shown(values: list[str], text: str, low: str) -> bool:
    """Whether one of the values stands in the text outside its links; `low` is the text, case folded."""
    wanted = [value.casefold() for value in values]
    first_link = min(len(low) if at < 0 else at for at in map(low.find, _LINK_STARTS))
    if any(value in low[:first_link] for value in wanted):
        return True
    shown = _LINK.sub(" ", text).casefold()
    return any(value in shown for value in wanted)


def _deceptive_subject(mail: MailText, name: str) -> Iterator[Finding]:
    whole = Span(part="subject", start=0, end=len(mail.subject))
    if not mail.subject.isprintable() and any(
        unicodedata.category(sign) == "Cc" for sign in mail.subject
    ):
        yield block(
            name,
            "The subject has a line break or a control character.",
            "Write the subject on one line.",
            whole,
        )
    found = _FALSE_REPLY.match(mail.subject)
    if found and not mail.is_reply:
        yield block(
            name,
            f"The subject starts with `{found[0].strip()}` but answers no earlier mail.",
            f"Take `{found[0].strip()}` away; a subject must not deceive (15 USC 7704(a)(2)).",
            Span(part="subject", start=0, end=found.end()),
        )


def _em_dash(mail: MailText) -> Iterator[Finding]:
    for part in ("subject", "body"):
        text = getattr(mail, part)
        for found in _few(_EM_RUN.finditer(text)) if not text.isascii() else ():
            yield block(
                "em_dash",
                f"The {part} has an em dash.",
                "Use a full stop, a comma or a spaced hyphen.",
                Span(part=part, start=found.start(), end=found.end()),
            )


def _length(mail: MailText) -> Iterator[Finding]:
    count = words(mail.body)
    low, high = LIMITS.body_words
    lowest, highest = LIMITS.body_words_wide
    if low <= count <= high and len(mail.body) <= LIMITS.judged_characters:
        return
    span = Span(part="body", start=0, end=len(mail.body))
    fix = f"Aim for {low} to {high} words."
    if len(mail.body) > LIMITS.judged_characters:
        yield block(
            "length", f"The body is over {LIMITS.judged_characters:,} characters long.", fix, span
        )
    elif not lowest <= count <= highest:
        yield block("length", f"The body has {count} words.", fix, span)
    elif not low <= count <= high:
        yield warn("length", f"The body has {count} words.", fix, span)


def _booking_link(mail: MailText, names: Names) -> Iterator[Finding]:
    name = "booking_link"
    if not mail.booking_link:
        yield block(name, "The sender has no booking link.", "Set it on the mailbox.")
    elif mail.booking_link not in mail.text:
        yield block(
            name, "The booking link is missing.", f"Put {mail.booking_link} into the signature."
        )
    own = (mail.booking_link, mail.unsubscribe_url)
    for start, link in islice(
        foreign_links(mail.body, own, f"{names.account} {names.brand}"), _FEW
    ):
        yield block(
            name,
            f"The body has a link that is not the sender's own: {link[:80]}",
            "Take it out, or use the booking link.",
            Span(part="body", start=start, end=start + len(link)),
        )
    for start, address in islice(addresses(mail.body), _FEW):
        yield warn(
            name,
            f"The body has an e-mail address: {address[:80]}",
            "Take it out unless it must be there: answers go to the sender.",
            Span(part="body", start=start, end=start + len(address)),
        )


def _subject_length(mail: MailText) -> Iterator[Finding]:
    bare = mail.subject
    if mail.is_reply:
        bare = _FALSE_REPLY.sub("", bare, count=1)
    count = words(bare)
    low, high = LIMITS.subject_words
    lowest, highest = LIMITS.subject_words_wide
    if low <= count <= high and len(bare) <= LIMITS.subject_characters:
        return
    span = Span(part="subject", start=0, end=len(mail.subject))
    fix = f"Aim for {low} to {high} words and at most {LIMITS.subject_characters} characters."
    message = f"The subject has {count} word{'' if count == 1 else 's'}, {len(bare)} characters."
    if not lowest <= count <= highest or len(bare) > LIMITS.subject_characters_wide:
        yield block("subject_length", message, fix, span)
    elif not low <= count <= high or len(bare) > LIMITS.subject_characters:
        yield warn("subject_length", message, fix, span)


def _wrong_entity(mail: MailText, names: Names) -> Iterator[Finding]:
    found = _GREETING.match(mail.body)
    if not found:
        return
    greeted = _folded(_HONORIFIC.sub("", found[1].strip()))
    first, last = _folded(names.contact_first), _folded(names.contact_last)
    if len(greeted) > 2 and first.startswith(greeted):
        return
    allowed = {first, last, f"{first} {last}".strip(), first.split(" ")[0]} - {""}
    if (
        greeted in allowed
        or greeted in _COMMON_GREETED
        or greeted.removesuffix(" team") == (names.account.casefold())
    ):
        return
    expected = names.contact_first or "nobody by name"
    yield block(
        "wrong_entity",
        f"The greeting says `{found[1].strip()}`, the mail goes to {expected}.",
        f"Greet {expected}.",
        Span(part="body", start=found.start(1), end=found.end(1)),
    )


def _folded(name: str) -> str:
    """A name for comparison: `Zoë` greeted as `Zoe` is the same person."""
    if name.isascii():
        return name.casefold()
    split = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in split if not unicodedata.combining(sign)).casefold()


def _placeholder(mail: MailText) -> Iterator[Finding]:
    both = f"{mail.subject}\n{mail.body}"
    if any(map(both.__contains__, _MAY_BE_UNFILLED)):
        for part in ("subject", "body"):
            for found in _few(_PLACEHOLDER.finditer(getattr(mail, part))):
                yield _unfilled(part, found)
    empty = _EMPTY_GREETING.match(mail.body)
    if empty:
        yield _unfilled("body", empty)


def _unfilled(part: str, found: re.Match[str]) -> Finding:
    return block(
        "placeholder",
        f"The {part} has an unfilled place: {found[0]}",
        "Fill it in, or take the sentence out.",
        Span(part=part, start=found.start(), end=found.end()),
    )


def _mixed_letters(mail: MailText) -> Iterator[Finding]:
    for part in ("subject", "body"):
        for found in _few(mixed(getattr(mail, part))):
            yield block(
                "mixed_letters",
                f"A word of the {part} mixes letters of two alphabets that look alike: {found[0][:40]}",
                "Type the word again.",
                Span(part=part, start=found.start(), end=found.end()),
            )


def _few(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    return islice(found, _FEW)
