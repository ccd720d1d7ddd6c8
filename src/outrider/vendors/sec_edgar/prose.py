"""Whole sentences of an annual report: those worth quoting, and the count of employees.

In: paragraphs as a reader sees them. Out: sentences word for word, with a topic; a head count.
Never: a table row, a heading, half a sentence, or a sentence that only makes sense beside others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MIN_CHARACTERS = 60
MAX_CHARACTERS = 260
MAX_STATEMENTS = 8
LEAST_WEIGHT = 2
RECENT_YEARS = 2

_ABBREVIATION = re.compile(
    r"(?:\b(?:U\.S|U\.K|U\.S\.A|E\.U|Inc|Corp|Co|Ltd|No|Nos|Mr|Mrs|Ms|Dr|St|Jr|Sr|vs|approx|"
    r"e\.g|i\.e|etc|Rev|Vol|Sec|Art|Cos|Bros|L\.P|N\.A)|\b[A-Z])\.$"
)
_STARTER = re.compile(
    r"(?:The|We|Our|In|As|This|These|Most|For|At|On|It|All|Each|If|When|While|Such|Substantially|"
    r"Additionally|However|During|Certain|Some|Many|Under|To)\b"
)
_BREAK = re.compile(r"(?<=[.!?])(?:[\"”’)]*)\s+(?=[\"“(]?[A-Z0-9])")


@dataclass(frozen=True)
class Statement:
    """A sentence that can be quoted, and what it is about."""

    topic: str
    text: str


@dataclass(frozen=True)
class HeadCount:
    """How many people a company employs, and the sentence that says so."""

    people: int
    sentence: str


def sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph, word for word."""
    parts: list[str] = []
    start = 0
    for found in _BREAK.finditer(paragraph):
        before = paragraph[start : found.end()].strip()
        if _ABBREVIATION.search(before.rstrip('"”’)')) and not _STARTER.match(
            paragraph[found.end() :]
        ):
            continue
        parts.append(before)
        start = found.end()
    rest = paragraph[start:].strip()
    return [*parts, rest] if rest else parts


def whole_sentences(paragraphs: Iterable[str]) -> Iterator[str]:
    """Sentences that begin and end within one paragraph; pages and bullets can cut them."""
    ended = True
    for paragraph in paragraphs:
        split = sentences(paragraph)
        for number, sentence in enumerate(split):
            begins = number > 0 or (ended and not re.match(r"[•·▪◦●–—-]", sentence))
            if begins and re.match(r"[A-Z“\"]", sentence) and re.search(r"[.!][”\"]?$", sentence):
                yield sentence
        ended = _is_heading(paragraph) or re.search(r"[.!?:;][”\"’)]*$", paragraph) is not None


def _is_heading(paragraph: str) -> bool:
    """Whether a paragraph is a heading or a page number, which leave no sentence open."""
    long_words = re.findall(r"[^\W\d_]{4,}", paragraph)
    capital = sum(word[0].isupper() for word in long_words)
    return len(paragraph) < MIN_CHARACTERS or 4 * capital >= 3 * len(long_words)


_TOPICS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (
        "leases",
        3,
        (
            r"\b(?:we|the company|our subsidiaries)\b[^.]{0,60}\b(?:leases?|rents?|sublease)\b",
            r"\b(?:operating|finance) leases? (?:for|of|primarily|that)\b",
            r"\bour (?:\w+ )?(?:operating )?leases\b",
            r"\bleases? (?:terms?|agreements?|arrangements?|portfolio)\b",
            r"\b(?:have|had) (?:entered into|executed|signed|additional)\b[^.]*\bleases?\b",
        ),
    ),
    (
        "properties",
        2,
        (
            r"\b\d[\d,]{1,} (?:[\w’-]+ ){0,4}(?:stores|clubs|warehouses|locations|facilities|"
            r"offices|restaurants|branches|buildings|units|distribution centers|hotels|sites)\b",
            r"\bsquare feet\b",
            r"(?<!our )(?<!its )\b(?:own|owned|lease|leased)\b[^.]*\b(?:headquarters|stores|"
            r"distribution centers|warehouses|facilities|offices|office space|buildings)\b",
        ),
    ),
    (
        "systems",
        2,
        (
            r"\benterprise resource planning\b|\bERP\b",
            r"\b(?:information|financial|accounting|legacy|business) (?:technology )?systems\b",
            r"\binternal controls? over financial reporting (?:was|is|are) (?:not )?effective\b",
            r"\bchanges? in (?:our|its|the company’s) internal control",
            r"\bmaterial weakness(?:es)?\b",
        ),
    ),
    (
        "audit",
        1,
        (
            r"\bindependent registered public accounting firm\b[^.]*\b(?:audited|attest|report)",
            r"\b(?:audited|attested)\b[^.]*\binternal control over financial reporting\b",
        ),
    ),
)
_TOPIC_PATTERNS = tuple(
    (topic, most, tuple(re.compile(one, re.IGNORECASE) for one in patterns))
    for topic, most, patterns in _TOPICS
)
# Words that need the page around them, that speak of rules of accounting, or that hedge.
_UNFIT = re.compile(
    "|".join(
        (
            r"\bsee\b|\brefer(?:s|red)? to\b|\bherein\b|\bhereby\b|\bhereto\b|\bthereof\b",
            r"\bExhibit\b|\bItem \d|\bPart I|\bNotes? \d|\bForm 10-[KQ]\b|\bdisclosures?\b",
            r"\btables?\b|\bset forth\b|\bfollowing\b|\bas follows\b|\babove\b|\bbelow\b|•|\||:",
            r"\bforward-looking\b|\bincorporated by reference\b|\bpursuant\b|\bforegoing\b",
            r"\bASC\b|\bASU\b|\bFASB\b|\bTopic \d|\bPCAOB\b|\bCOSO\b|\bTreadway\b",
            r"\bwe (?:have )?audited\b|\bour (?:audits?|opinion|procedures|responsibility)\b",
            r"\bin our opinion\b|\bmanagement’s (?:report|estimates)\b|\bno change in\b",
            r"\bthe (?:assets|arrangements?|lease arrangements?)\b",
            r"\bright-of-use\b|\bROU\b|\bcommencement date\b|\bincremental borrowing\b",
            r"\bdiscount rate\b|\bmetric\b|\bnon-GAAP\b|\bconsists? primarily\b",
            r"\b(?:could|may|might|would|cannot)\b|\bwe believe\b",
            r"\bthese\b|\bthose\b|\bsuch\b|\bsimilar\b",
            r"\bcyber|\bvulnerab|\battacks?\b|\bclaims?\b|\blitigation\b|\bplaintiffs?\b",
        )
    ),
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"(?:This|These|Those|That|Such|It|Its|They|Their|He|She|However|In addition|Additionally|"
    r"Furthermore|Moreover|Therefore|Accordingly|As a result|Also|Thus|Consequently|Similarly|"
    r"Conversely|For example|Of th|In these|In such|In this|In that|In doing|Because of th|And|But|"
    r"Or|Both|Either|Neither|Instead|Further|Likewise|Again|Other|Another|Where|Which|To do|"
    r"If)\b"
)


def statements(paragraphs: Iterable[str], year: int | None) -> tuple[Statement, ...]:
    """Up to `MAX_STATEMENTS` sentences worth quoting in a mail about leases, most telling first.

    `year` is the year of the period's end: what a sentence tells of years long before is left out.
    """
    per_topic: dict[str, list[tuple[int, int, str]]] = {
        topic: [] for topic, _, _ in _TOPIC_PATTERNS
    }
    seen: set[str] = set()
    for order, sentence in enumerate(whole_sentences(paragraphs)):
        if sentence in seen or not is_quotable(sentence) or _is_history(sentence, year):
            continue
        seen.add(sentence)
        for topic, _, patterns in _TOPIC_PATTERNS:
            matches = sum(pattern.search(sentence) is not None for pattern in patterns)
            weight = _weight(sentence, matches) if matches else 0
            if weight >= LEAST_WEIGHT:
                per_topic[topic].append((-weight, order, sentence))
                break
    found: list[Statement] = []
    for topic, most, _ in _TOPIC_PATTERNS:
        found += [Statement(topic, text) for _, _, text in sorted(per_topic[topic])[:most]]
    return tuple(found[:MAX_STATEMENTS])


def is_quotable(sentence: str) -> bool:
    """Whether a sentence is plain prose of a fit length that stands on its own."""
    if not MIN_CHARACTERS <= len(sentence) <= MAX_CHARACTERS:
        return False
    if _UNFIT.search(sentence) or _LEANING.match(sentence):
        return False
    letters = [letter for letter in sentence if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    figures = re.findall(r"\d[\d,.]*", sentence)
    balanced = sentence.count("(") == sentence.count(")") and sentence.count("“") == sentence.count(
        "”"
    )
    return balanced and len(figures) <= 6 and capitals * 4 < len(letters)


def _is_history(sentence: str, year: int | None) -> bool:
    years = [int(found) for found in re.findall(r"\b(?:19|20)\d\d\b", sentence)]
    return year is not None and bool(years) and max(years) < year - RECENT_YEARS


def _weight(sentence: str, matches: int) -> int:
    """Sentences of the company about itself, with a figure, say more than policy.

    0 for a sentence that does not speak of the company at all.
    """
    if not re.search(r"\b(?:we|our|the company|the corporation)\b", sentence, re.IGNORECASE):
        return 0
    joined = re.search(r"\balso\b", sentence) is not None
    telling = re.search(
        r"\b(?:stores|offices|warehouses|distribution|retail|facilities|equipment|headquarters|"
        r"data centers?|locations|real estate|buildings)\b",
        sentence,
        re.IGNORECASE,
    )
    policy = re.search(
        r"\b(?:recognized?|measured|present value|determine[sd]?|account(?:ed)? for|classif|"
        r"capitaliz|depreciat|amortiz|impair|elect|component|expense|defined|reassess|lessees?\b|"
        r"variable interest|reasonably certain|included in|consolidated balance sheet)",
        sentence,
        re.IGNORECASE,
    )
    figure = re.search(r"\d", sentence) is not None
    return 2 + 2 * matches + 2 * (telling is not None) + figure - joined - 6 * (policy is not None)


_PEOPLE = r"(?:employees|associates|team members|teammates|colleagues|people|persons|crew members)"
_COUNT = r"(?P<count>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?: million)?)"
_ABOUT = r"(?:a total of |approximately |about |roughly |some |over |more than |nearly )*"
_SORT = (
    r"(?:(?:active|regular|total|permanent|global|full[- ]time|part[- ]time|full- and part-time|"
    r"equivalent|and|or|salaried|hourly)\s){0,5}"
)
_WHERE = (
    r"(?!\s+(?:in (?!(?:approximately |about |over |more than |nearly )?\d+ countries)|at\b|"
    r"engaged|who\b|represented|covered|located|based|eligible|participat|under\b|subject|were\b|are\b|"
    r"from\b|hired|joined|left|took|have\b|had\b))"
)
_HEAD_COUNTS = (
    re.compile(
        rf"\b(?:we|company|corporation|registrant|subsidiaries)\b[^.;]{{0,60}}?"
        rf"\b(?:employed|employs?|had|have|has)\s+{_ABOUT}{_COUNT}\s+{_SORT}{_PEOPLE}\b{_WHERE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:headcount|(?:total|global|our) workforce|number of employees)\b[^.;\d]{{0,40}}?"
        rf"\b(?:was|of|totall?ed|consisted of|comprised|included|is)\s+{_ABOUT}{_COUNT}"
        rf"(?=\s+{_SORT}{_PEOPLE}|\.|,(?!\d)|$)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_ABOUT}{_COUNT}\s+{_SORT}{_PEOPLE}\s+(?:as of|worldwide|around the world|globally)\b",
        re.IGNORECASE,
    ),
)


def head_count(paragraphs: Sequence[str], year: int | None) -> HeadCount | None:
    """How many people the company employs; None when no sentence, or two sentences apart, say so.

    `year` is the year of the period's end: where counts of several years stand, its own is meant.
    """
    for pattern in _HEAD_COUNTS:
        found = [
            HeadCount(_people(match["count"]), sentence)
            for sentence in whole_sentences(paragraphs)
            if len(sentence) <= 2 * MAX_CHARACTERS and (match := pattern.search(sentence))
        ]
        found = [item for item in found if item.people >= 10]
        dated = [item for item in found if year is not None and str(year) in item.sentence]
        counts = dated or found
        if counts and len({item.people for item in counts}) == 1:
            return counts[0]
        if counts:
            return None
    return None


def _people(count: str) -> int:
    """A count as written, `470,100` or `2.1 million`, as a whole number."""
    number, _, million = count.replace(",", "").partition(" ")
    return round(float(number) * 1_000_000) if million else round(float(number))
