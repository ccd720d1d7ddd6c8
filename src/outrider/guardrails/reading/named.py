"""Which words of a text are names: of people, companies, products, audit firms.

In: one part of a mail, and the names that may stand in it. Out: mentions of every other name.
Never: a dictionary of the world; a capital is judged by where it stands and by `harmless`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.reading.everyday import FIRST_NAMES_TOO
from outrider.guardrails.reading.harmless import (
    ACRONYMS,
    AUDITORS,
    BRAND_WORDS,
    CALENDAR,
    COMMON_NAMES,
    DEEDS_OF_NAMES,
    NAME_VERBS,
    NUMBERS,
    ORDINARY,
    ORDINARY_ENDINGS,
    PEOPLES,
    POSTS,
    TITLES,
)
from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.plainwords import is_everyday, words_of

_TOKEN = re.compile(r"[^\W_](?:[\w&]|['.\-/](?=[^\W_]))*")
_SMALL_WORD = re.compile(r"(?<![\w.@/-])[a-z]{3,30}(?![\w@/])")
_OPENS = re.compile(r"(?:^|[.!?:;]['\")\]]*\s|\n)[\s\"'(\[*\u00bf\u00a1-]*$")
_LEGAL = re.compile(
    r"[,\s]+(?:inc|incorporated|corp|corporation|co|company|companies|ltd|limited|llc|llp|plc|lp|ag|"
    r"gmbh|se|sa|s\.a|nv|n\.v|holdings?|group|the|/[a-z]{2,3}/?)\.?$",
    re.IGNORECASE,
)
_PEELED = ORDINARY | frozenset("mr mrs ms mx dr prof".split())
_DID = re.compile(DEEDS_OF_NAMES)
_FROM_CAPITAL = re.compile(r"[A-Z](?:[\w&]|['.\-/](?=[^\W_]))*")
_AFTER_GREETING = re.compile(r"[,!]? ([A-Z][\w'-]+)[,.!\n]")
_BODIES = frozenset(
    "Group Board Company Bank Trust Firm Partnership Council University Union Commission Government State County "
    "Treasury Kingdom Exchange Crown Church Navy Army Ministry Department City Region Province".split()
)
"""After `the`, these are the account itself, as reports write it."""

_FIRM_WORDS = frozenset(form for forms in AUDITORS.values() for form in forms if " " not in form)
"""Audit firms are names in small letters too."""


@dataclass(frozen=True)
class Allowed:
    """Names that need no claim: token sequences, and texts in which any name may be found again."""

    sequences: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    known_others: frozenset[tuple[str, ...]] = frozenset()
    whole: tuple[str, ...] = ()
    """Names of stored facts that are found as one piece: `Weaver and Tidwell`."""
    plain: tuple[str, ...] = ()
    """The mail and its sources: what they write small is no name for a capital at a start."""

    def beside(self, texts: Iterable[str]) -> Allowed:
        """The same, with the words that these texts write small."""
        plain = (*texts, *self.plain)
        return Allowed(self.sequences, self.texts, self.given, self.known_others, self.whole, plain)

    def holds(self, tokens: Sequence[str]) -> bool:
        """Whether the tokens stand next to each other in one allowed name."""
        wanted, size = tuple(tokens), len(tokens)
        for sequence in self.sequences:
            for start in range(len(sequence) - size + 1):
                if sequence[start : start + size] == wanted:
                    return True
        return any(f" {' '.join(wanted)} " in f" {text} " for text in self.texts)


@lru_cache(maxsize=4096)
def short_name(name: str) -> str:
    """A company's name without its legal form: `HOME DEPOT, INC.` is `HOME DEPOT`."""
    short = name.strip()
    while True:
        shorter = _LEGAL.sub("", short).strip(" ,")
        if not shorter or shorter == short:
            return short
        short = shorter


@lru_cache(maxsize=8192)
def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name, folded for comparison; possessives do not count."""
    return tuple(_fold(found[0]) for found in _TOKEN.finditer(name))


def allowed(
    names: Iterable[str],
    texts: Iterable[str],
    others: Iterable[str],
    plain: Iterable[str] = (),
    whole: Iterable[str] = (),
) -> Allowed:
    """What may stand; `others` are names that belong to somebody else and never pass as words."""
    given = tuple(names)
    kept = tuple(sequence for name in given if (sequence := tokens_of(name)))
    return Allowed(
        sequences=kept,
        texts=tuple(" ".join(tokens_of(text)) for text in texts if text),
        known_others=frozenset(tokens_of(other) for other in others) - {()} - set(kept),
        given=given,
        whole=tuple(name for name in whole if len(name) > 3),
        plain=tuple(plain),
    )


def names_in(text: str, taken: bytearray, may: Allowed, titled: bool = False) -> Iterator[Mention]:
    """Every name that is not allowed; `titled` when each word of a line has a capital."""
    yield from _whole_names(text, taken, may.whole)
    group: list[re.Match[str]] = []
    for word in _capitals(text):
        if taken.find(1, word.start(), word.end()) >= 0:
            continue
        if group and _joins(text, group[-1], word) and not titled:
            group.append(word)
            continue
        if group and not _is_ordinary(group, may):
            yield from _judged(text, group, may, titled)
        group = [word]
    if group and not _is_ordinary(group, may):
        yield from _judged(text, group, may, titled)


def _capitals(text: str) -> Iterator[re.Match[str]]:
    """The words with a capital in them, whole, and audit firms in small letters."""
    if not text.isascii() or not _FIRM_WORDS.isdisjoint(words_of(text)):
        yield from (found for found in _TOKEN.finditer(text) if _capital(found[0]))
        return
    end = 0
    for sign in _FROM_CAPITAL.finditer(text):
        start = sign.start()
        while start > end and (text[start - 1].isalnum() or text[start - 1] in "_&'.-/"):
            start -= 1
        for found in _TOKEN.finditer(text, start) if start < sign.start() else (sign,):
            if found.end() > sign.start():
                end = found.end()
                yield found
                break


def numbered(text: str, names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where a text holds an allowed name with a number in it: `Route 9`, `Three Rivers`, `North of 60`."""
    pattern = _numbered(names)
    return [found.span() for found in pattern.finditer(text)] if pattern else []


@lru_cache(maxsize=256)
def _numbered(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """The number with the word of the name before or after it."""
    pairs = set()
    for name in names:
        words = [found[0] for found in _TOKEN.finditer(name)]
        for at, word in enumerate(words):
            if not (any(sign.isdigit() for sign in word) or word.casefold() in NUMBERS):
                continue
            if len(words) == 1 and not word.isdigit():
                pairs.add(re.escape(word))
            for pair in (words[at - 1 : at + 1] if at else [], words[at : at + 2]):
                if len(pair) == 2:
                    pairs.add(r"[ -]".join(map(re.escape, pair)))
    return re.compile(rf"\b(?:{'|'.join(sorted(pairs))})\b") if pairs else None


def _whole_names(text: str, taken: bytearray, names: Sequence[str]) -> Iterator[Mention]:
    for name in names:
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if taken.find(1, start, end) < 0 and not text[end : end + 1].isalnum():
                taken[start:end] = b"\x01" * (end - start)
                yield Mention(kind=MentionKind.NAME, start=start, end=end, text=name)
            start = text.find(name, end)


@lru_cache(maxsize=1024)
def small_words(text: str) -> frozenset[str]:
    """The words that a text writes small."""
    return frozenset(_SMALL_WORD.findall(text))


def is_titled(subject: str) -> bool:
    """Whether a subject writes most of its longer words with a capital."""
    longer = [word for word in subject.split() if len(word) > 3 and word[0].isalpha()]
    return len(longer) >= 3 and sum(word[0].isupper() for word in longer) > 0.6 * len(longer)


@lru_cache(maxsize=4096)
def audit_firm(name: str) -> str | None:
    """The firm's name as filings give it, from any of its short forms; None for no audit firm."""
    folded = " ".join(tokens_of(short_name(name)))
    for firm, forms in AUDITORS.items():
        if folded == " ".join(tokens_of(firm)) or folded in forms:
            return firm
    return None


class _Place(NamedTuple):
    """Where a run of capitals stands."""

    opens: bool
    titled: bool
    following: re.Match[str] | None
    is_cry: bool
    after_of: bool


def _judged(
    text: str,
    group: list[re.Match[str]],
    may: Allowed,
    titled: bool,
) -> Iterator[Mention]:
    """One run of capitals: ordinary words at its ends are peeled off, the rest must be allowed."""
    last = group[-1]
    if _is_day(group, may) or _is_greeting(text, group, may):
        return
    opens = bool(group) and _OPENS.search(text, max(0, group[0].start() - 12), group[0].start())
    while group and _fold(group[0][0]) in _PEELED and not _is_other(group, may):
        group, opens = group[1:], None
    if opens and len(group) > 1 and _is_plain(group[0][0], may.plain) and not _is_titled(group):
        group, opens = group[1:], None
    while group and _fold(group[-1][0]) in ORDINARY and not _is_other(group, may):
        group = group[:-1]
    group = [word for word in group if not _is_common(word[0])] if len(group) == 1 else group
    if not group or _is_body(text, group):
        return
    place = _Place(
        bool(opens),
        titled,
        _following(text, last),
        text.startswith(("!", "?"), group[-1].end()),
        text[: group[0].start()].endswith(" of "),
    )
    if _is_harmless(group, place, may):
        return
    start, end = group[0].start(), group[-1].end()
    yield Mention(kind=MentionKind.NAME, start=start, end=end, text=text[start:end])


def _is_ordinary(group: list[re.Match[str]], may: Allowed) -> bool:
    """Whether a run of capitals is one ordinary word, as most are."""
    folded = _fold(group[0][0])
    return len(group) == 1 and folded in _PEELED and (folded,) not in may.known_others


def _is_day(group: list[re.Match[str]], may: Allowed) -> bool:
    """`Labor Day`, `International Women's Day`, `Taco Tuesday`: a name out of the calendar."""
    if len(group) < 2 or _fold(group[-1][0]) not in CALENDAR or _is_other(group, may):
        return False
    return all(
        word[0].endswith("'s")
        or (word[0].endswith("s") and word.string.startswith("'", word.end()))
        or is_everyday(word[0])
        or _is_common(word[0])
        for word in group[:-1]
    )


def _is_greeting(text: str, group: list[re.Match[str]], may: Allowed) -> bool:
    """`G'day Shane`, `Righto, Shane`: what opens a mail before the name of its reader."""
    if not group or len(group) > 3 or group[0].start() > 9 or text[: group[0].start()].strip():
        return False
    if _is_brand(group[0][0]) or _is_other(group[:1], may):
        return False
    if len(group) > 1:
        return may.holds([_fold(word[0]) for word in group[1:]])
    found = _AFTER_GREETING.match(text, group[0].end())
    return found is not None and may.holds([_fold(found[1])])


def _following(text: str, last: re.Match[str]) -> re.Match[str] | None:
    """The word right after a run of capitals, if nothing stands between."""
    if text[last.end() : last.end() + 1] != " ":
        return None
    return _TOKEN.match(text, last.end() + 1)


def _is_harmless(group: list[re.Match[str]], place: _Place, may: Allowed) -> bool:
    """Whether a run of capitals is allowed, everyday words in a place of capitals, or a post."""
    tokens = [_fold(word[0]) for word in group]
    if tuple(tokens) not in may.known_others and may.holds(tokens):
        return True
    if _is_other(group, may):
        return False
    if len(group) == 1:
        return _is_of_place(group[0][0], place, may)
    common = [_is_common(word[0]) for word in group]
    if all(map(operator.or_, common, (token in PEOPLES or may.holds([token]) for token in tokens))):
        return any(common)
    return _is_post(tokens)


def _is_of_place(word: str, place: _Place, may: Allowed) -> bool:
    """Whether a lone capital is due to where it stands: a start, a title, an exclamation."""
    folded = _fold(word)
    if folded in POSTS or (place.after_of and folded in TITLES):
        return True
    if place.opens and place.is_cry and not _is_brand(word):
        return True
    if not (place.opens or place.titled):
        return False
    is_actor = place.following is not None and place.following[0].casefold() in NAME_VERBS
    if _is_plain(word, may.plain) and not (folded in FIRST_NAMES_TOO and is_actor):
        return True
    return place.opens and _is_opening_word(word, place.following)


def _is_titled(group: list[re.Match[str]]) -> bool:
    """`Operations Management Group`: more than two everyday words with capitals are one name."""
    return len(group) > 2 and all(is_everyday(word[0]) for word in group)


def _is_post(tokens: Sequence[str]) -> bool:
    """`Chief Operating Officer`, `Head of Transport`."""
    return all(token in TITLES for token in tokens) and any(token in POSTS for token in tokens)


def _is_brand(word: str) -> bool:
    return _fold(word) in BRAND_WORDS or audit_firm(word) is not None


def _is_everyday(word: str) -> bool:
    plain = not any(sign.isupper() for part in word.split("-") for sign in part[1:])
    return plain and (
        is_everyday(word)
        or (word.casefold().endswith(ORDINARY_ENDINGS) and _fold(word) not in BRAND_WORDS)
    )


def _is_body(text: str, group: list[re.Match[str]]) -> bool:
    """`the Group`, `the Board`: the account itself."""
    return len(group) == 1 and group[0][0] in _BODIES and text[: group[0].start()].endswith("the ")


def _is_plain(word: str, texts: Sequence[str]) -> bool:
    """Whether a capital is one of the place: an everyday word, or one written small elsewhere."""
    if _is_everyday(word):
        return True
    folded = word.casefold()
    if not word.isalpha() or not word[1:].islower() or audit_firm(word):
        return False
    forms = (folded, folded.removesuffix("s"), f"{folded}s")
    return any(form in small_words(text) for text in texts for form in forms)


def _is_opening_word(word: str, following: re.Match[str] | None) -> bool:
    """Whether a lone capital at the start of a sentence is just that."""
    folded = word.casefold()
    if _is_brand(word) or "'s" in folded or any(sign.isupper() for sign in word[1:]):
        return False
    if any(sign.isdigit() or sign == "&" for sign in word):
        return False
    if following is None or following[0].casefold() in NAME_VERBS:
        return False
    # `Beijer found`, `Vesta moved`: a word that nobody knows and that has done something.
    return is_everyday(word) or "'" in word or not _DID.fullmatch(following[0])


def _is_other(group: list[re.Match[str]], may: Allowed) -> bool:
    return tuple(_fold(word[0]) for word in group) in may.known_others


def _is_common(word: str) -> bool:
    """`CFO`, `PDFs`, `Tuesday`; but not `Po` or `Re`, which are no capitals throughout."""
    bare = word.removesuffix("'s").rstrip(".").replace("/", "")
    stem = bare.removesuffix("s")
    shouted = bare.isupper() or stem.isupper()
    return (shouted and (bare in ACRONYMS or stem in ACRONYMS)) or _fold(word) in COMMON_NAMES


def _joins(text: str, before: re.Match[str], word: re.Match[str]) -> bool:
    gap = text[before.end() : word.start()]
    return gap in (" ", " & ", " of ", ". ", "' ") and not (
        gap == ". " and len(before[0]) > 2 and before[0] not in ("Mrs", "Prof")
    )


def _capital(word: str) -> bool:
    return word in _FIRM_WORDS or (not word.islower() and any(sign.isupper() for sign in word))


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    folded = word.casefold().rstrip(".")
    return folded[:-2] if folded.endswith("'s") and folded not in ORDINARY else folded
