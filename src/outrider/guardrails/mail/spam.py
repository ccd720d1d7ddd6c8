"""How mail looks that filters throw away and readers distrust, whatever it says.

In: a mail's words, its page, the names that belong to it. Out: findings `spam_structure`.
Never: a list of forbidden words, which every honest mail hits at some time; a false `Re:` is judged
with the law in `content`.

Capitals are judged only among letters that have two cases, so other scripts are never shouting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from outrider.guardrails.mail.colours import contrast
from outrider.guardrails.mail.page import Link, Page, Style
from outrider.guardrails.mail.readable import UNSEEN
from outrider.guardrails.mail.whole import MOST_FINDINGS, Whole, block, few, warn
from outrider.guardrails.types import Finding, MailText, Names, Span

_NAME = "spam_structure"
MOST_LINKS_SHOWN, MOST_LINKS = 4, 8
"""Targets of links; more than the first warn, more than the second block. Ours has two."""
FEWEST_SIGNS = 60
"""Signs of text beside an image; with fewer, the image is the mail."""
SHOUTED_SHARE, SHOUTED_WORDS = 0.25, 6
"""A quarter of all long words in capitals, and at least six of them, is shouting."""

_CAPITALS = re.compile(
    r"(?<![\w@/.-])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0410-\u042f]{4,}(?![\w@-])"
)
_CAPITAL_RUN = re.compile(
    r"\b[A-Z\u00c0-\u00d6\u00d8-\u00de]{3,}(?:[ ,]{1,2}(?:[A-Z]{1,2} )?[A-Z\u00c0-\u00d6\u00d8-\u00de]{3,}){2,}\b"
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_RUNS = re.compile(
    r"[!?\uff01\uff1f]{2,}|\${2,}|€{2,}|£{2,}|\*{4,}|[\U0001f300-\U0001faff\u2600-\u27bf]{4,}"
)
_FOUR = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0410-\u042f]{4}")
_FOUR_PLAIN = re.compile("[A-Z][A-Z]{3}")
"""The same of ASCII; a set that stands once and first is found fast."""
_RUN_SIGNS = ("!!", "??", "!?", "?!", "$$", "€€", "££", "****")
_SIGN_OF_A_WORD = re.compile(r"[^\W_]")
_SHORTENERS = frozenset(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly lnkd.in shorturl.at t.ly rb.gy tiny.cc "
    "bl.ink s.id adf.ly shorte.st trib.al dlvr.it soo.gd clck.ru vk.cc qr.ae x.gd urlz.fr tny.im shrtco.de hubs.ly "
    "hubs.li mailchi.mp eepurl.com".split()
)
_SHORTENED = re.compile(
    r"(?<![\w.@-])(?:" + "|".join(map(re.escape, sorted(_SHORTENERS))) + r")(?=/\w)", re.IGNORECASE
)
_LOOKS_LIKE_LINK = re.compile(
    r"(?:https?://)?((?:[\w-]{1,63}\.){1,6}(?:[a-z]{2,24}|\d{1,3}))(?::\d{1,5})?(?:[/?#:]\S*)?",
    re.IGNORECASE,
)


def spam_structure(words: Whole, mail: MailText, page: Page, names: Names) -> Iterator[Finding]:
    """Shouting, runs of signs, shortened links, hidden text, images for words, links that lie."""
    yield from _subject(words, mail, names)
    yield from _shouting(words, names)
    yield from _runs(words)
    yield from _shortened(words, mail)
    yield from _page(page)


def _subject(words: Whole, mail: MailText, names: Names) -> Iterator[Finding]:
    subject = words.text[: words.body_at].strip()
    if not subject:
        return
    if not _SIGN_OF_A_WORD.search(subject):
        span = Span(part="subject", start=0, end=len(mail.subject))
        yield block(_NAME, "The subject has no word.", "Write what the mail is about.", span)
    elif subject.isupper():
        cased = [word for word in _without_names(subject, names).split() if word.isupper()]
        if len(cased) > 1 and sum(map(len, cased)) >= 8:
            span = Span(part="subject", start=0, end=len(mail.subject))
            yield block(
                _NAME, "The subject is all in capitals.", "Write it as in a sentence.", span
            )


def _shouting(words: Whole, names: Names) -> Iterator[Finding]:
    text = words.text
    if not (_FOUR_PLAIN if text.isascii() else _FOUR).search(text):
        return
    bare = _without_names(text[words.body_at :], names)
    loud = _CAPITALS.findall(bare)
    share = len(loud) / max(1, len(_LONG_WORD.findall(bare)))
    if len(loud) >= SHOUTED_WORDS and share >= SHOUTED_SHARE:
        yield block(
            _NAME,
            f"{len(loud)} words of the body are in capitals.",
            "Write them as in a sentence.",
            Span(part="body", start=0, end=len(text) - words.body_at),
        )
    elif run := _CAPITAL_RUN.search(bare):
        at = text.find(run[0], words.body_at)
        yield warn(
            _NAME,
            f"The body shouts: {run[0][:60]}",
            "Write it as in a sentence.",
            words.span(at, at + len(run[0])) if at >= 0 else None,
        )


def _without_names(text: str, names: Names) -> str:
    """Companies and people that write themselves in capitals are not shouting."""
    for name in (names.account, names.brand, names.contact_first, names.contact_last):
        if len(name) > 1 and name.isupper():
            text = text.replace(name, " ")
            text = text.replace(name.split(",")[0], " ")
    return text


def _runs(words: Whole) -> Iterator[Finding]:
    if not words.text.isascii() or any(map(words.text.__contains__, _RUN_SIGNS)):
        for found in few(_RUNS.finditer(words.text)):
            span = words.span(*found.span())
            # Questions in a row are a habit of people, stars in a row a rule between two parts.
            is_loud = len(found[0]) > 2 and found[0][0] not in "?*\uff1f"
            say = block if is_loud else warn
            yield say(
                _NAME, f"The {span.part} has a run of signs: {found[0][:10]}", "Use one.", span
            )
    count = words.text.count("!")
    if count > 3:
        yield warn(
            _NAME, f"The mail has {count} exclamation marks.", "Let the words say it; one will do."
        )


def _shortened(words: Whole, mail: MailText) -> Iterator[Finding]:
    host = _host(mail.booking_link)
    if host in _SHORTENERS:
        yield warn(
            _NAME,
            f"The booking link is shortened by {host}, which filters distrust.",
            "Set the full link at the mailbox.",
        )
    if "/" not in words.text:
        return
    for found in few(_SHORTENED.finditer(words.text)):
        if found[0].casefold() != host:
            yield block(
                _NAME,
                f"A link is shortened by {found[0]}: nobody sees where it goes.",
                "Write the full link, or none.",
                words.span(*found.span()),
            )


@lru_cache(maxsize=256)
def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _page(page: Page) -> Iterator[Finding]:
    hidden = (words for style, words in page.texts.items() if _is_unseen(style))
    for words in islice(hidden, MOST_FINDINGS):
        yield block(
            _NAME, f"The HTML has text that nobody sees: {words[:60]}", "Show it, or take it out."
        )
    if page.images and page.shown < FEWEST_SIGNS:
        yield block(_NAME, "The HTML is a picture without words.", "Write the message as text.")
    for tag in page.active[:MOST_FINDINGS]:
        yield block(
            _NAME, f"The HTML has a `{tag}`, which no mail needs.", "Take it out; use a link."
        )
    targets = [*page.sources, *(link.target for link in page.links)]
    for target in [item for item in targets if _is_active(item)][:MOST_FINDINGS]:
        yield block(
            "injection_residue",
            f"The HTML has an address that runs code or carries a file: {target[:40]}",
            "Take it out.",
        )
    yield from _links(page)


def _links(page: Page) -> Iterator[Finding]:
    count = len({link.target for link in page.links if link.target[:1] != "#"})
    if count > MOST_LINKS_SHOWN:
        say = block if count > MOST_LINKS else warn
        yield say(_NAME, f"The mail has {count} links.", "Keep the one that matters.")
    lying = (link for link in page.links if link.text != link.target and _lies(link))
    for link in islice(lying, MOST_FINDINGS):
        yield block(
            _NAME,
            f"A link shows {link.text[:60]} and goes to {link.target[:60]}",
            "Let it show where it goes.",
        )


def _is_unseen(style: Style) -> bool:
    return (
        style.is_hidden
        or style.size <= 1
        or (style.ground is not None and contrast(style.ink, style.ground) < UNSEEN)
    )


def _is_active(target: str) -> bool:
    if target[:8].casefold() == "https://":
        return False
    plain = re.sub(r"[\x00-\x20]", "", target[:40]).casefold()
    return plain.startswith(("javascript:", "vbscript:", "data:"))


def _lies(link: Link) -> bool:
    """Whether a link shows one host and goes to another."""
    shown = _LOOKS_LIKE_LINK.fullmatch(link.text)
    goes = _LOOKS_LIKE_LINK.fullmatch(link.target)
    if not shown or not goes:
        return False
    ours, theirs = (found[1].casefold().removeprefix("www.") for found in (shown, goes))
    return ours != theirs and not theirs.endswith("." + ours) and not ours.endswith("." + theirs)
