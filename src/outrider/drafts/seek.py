"""When a note asks for something that has to be looked up: what to search, and what was found as facts.

In: a reviewer's note; search hits. Out: queries, facts with evidence. Never: a query that holds a
person's name or address, a hit that is kept without its page, text from the web that is followed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from outrider.drafts.ports import SearchHit
from outrider.prospects.types import (
    CompanyReport,
    Evidence,
    FactKind,
    FoundFact,
    Provenance,
    RawDocument,
)

MOST_SEARCHES = 3
"""Searches for one rewrite (A-40)."""

MOST_HITS = 3
LONGEST_QUOTE = 500
TOPIC = "news"
SOURCE = "web_search"

_PARTS = re.compile(r"[.;!?\n]+|,(?= )| (?:and|but|also|then)(?= )", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:do not|don't|dont|never|no|not|without|avoid|drop|remove|delete|skip|leave out|less)\b",
    re.IGNORECASE,
)
_SEEKS = re.compile(
    r"\b(?:search|google|look (?:it |this |them )?up|look (?:for|into)|research|find(?: out)?|dig up|"
    r"check (?:if|whether|their|the web|online|out)|see (?:if|whether|what))\b",
    re.IGNORECASE,
)
_USES = re.compile(
    r"\b(?:mention|reference|refer to|cite|quote|use|add|include|bring up|work in|tie in|connect to|"
    r"open with|start with|lead with|congratulate|needs?|give|put in|talk about|say something about)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:news|newsroom|press releases?|announce\w*|funding|series [a-e]\b|rais(?:ed|ing)|"
    r"acqui(?:sition|red|ring)\w*|merger|ipo|launch\w*|linkedin|blog|post(?:s|ed)?\b|article|interview|"
    r"podcast|webinar|conference|earnings call|quarterly results|hir(?:ing|ed)|job (?:ads?|posts?|"
    r"openings?)|lay-?offs?|new (?:ceo|cfo|office|stores?|locations?|plant|product|warehouse)|"
    r"expansion|expanding|award|partnership|recent\w*|latest|last (?:week|month)|this (?:week|month)|"
    r"current events?|their website|web ?site|online|web)\b",
    re.IGNORECASE,
)
_STORED = re.compile(
    r"\b(?:annual report|10-?k|filing|liabilit\w+|auditors?|fiscal year|year[- ]end|employees|"
    r"head ?count|numbers? from)\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    rf"{_SEEKS.pattern}|{_USES.pattern}|\b(?:please|can you|could you|also|about|whether|if|they|there|"
    r"is|are|something|anything|some|any|a|an|the|their|its|with|from|on|in|to|for|of|and|have|has)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\S+@\S+|https?://\S+|[\d()+-]{7,}")


@dataclass(frozen=True)
class Wanted:
    """One thing to look up."""

    part: str
    """The words of the note that ask for it."""
    query: str


def wanted(note: str, company: str, people: tuple[str, ...] = ()) -> tuple[Wanted, ...]:
    """What a note asks to look up, at most three things; `people` are names kept out of a query.

    A part asks for a search when it names something that only the world outside can tell (news, a
    launch, a post), or when it says to search, unless it is about what a filing tells or forbids it.
    """
    found: dict[str, Wanted] = {}
    for piece in _PARTS.split(note.replace("\u2019", "'")):
        part = " ".join(piece.split()).strip(" -\"'")
        asks = _NEWS.search(part) and (_SEEKS.search(part) or _USES.search(part))
        if not part or _NEGATED.search(part) or not (asks or _is_search(part)):
            continue
        query = _query(part, company, people)
        found.setdefault(query.casefold(), Wanted(part=part, query=query))
    return tuple(found.values())[:MOST_SEARCHES]


def _is_search(part: str) -> bool:
    return bool(
        re.search(r"\b(?:search|google|research|look (?:it |this |them )?up|dig up)\b", part, re.I)
    ) and not _STORED.search(part)


def _query(part: str, company: str, people: tuple[str, ...]) -> str:
    words = _PERSONAL.sub(" ", part)
    for name in people:
        if name.strip():
            words = re.sub(rf"\b{re.escape(name.strip())}(?:'s)?\b", " ", words, flags=re.I)
    words = _COMMAND.sub(" ", words)
    words = " ".join(re.findall(r"[\w][\w&'-]*", words))
    return f"{company} {words or 'news'}"[:120].strip()


def report(company: str, hits: tuple[SearchHit, ...]) -> CompanyReport:
    """Hits as facts of the account: each a statement of the web, with the page behind it."""
    kept: dict[str, SearchHit] = {}
    for hit in hits:
        if hit.quote.strip() and hit.content and hit.url.startswith(("https://", "http://")):
            kept.setdefault(" ".join(hit.quote.split()).casefold(), hit)
    documents = {_sha256(hit.content): hit for hit in kept.values()}
    return CompanyReport(
        cik=None,
        name=company,
        facts=tuple(_fact(hit) for hit in kept.values()),
        documents=tuple(
            RawDocument(
                source=SOURCE,
                url=hit.url,
                media_type=hit.media_type,
                content=hit.content,
                retrieved_at=hit.retrieved_at,
            )
            for hit in documents.values()
        ),
    )


def _fact(hit: SearchHit) -> FoundFact:
    quote = " ".join(hit.quote.split())[:LONGEST_QUOTE]
    return FoundFact(
        kind=FactKind.STATEMENT,
        value=quote,
        as_of=hit.retrieved_at.date(),
        topic=TOPIC,
        evidence=Evidence(
            source=SOURCE,
            url=hit.url,
            quote=quote,
            retrieved_at=hit.retrieved_at,
            raw_sha256=_sha256(hit.content),
            provenance=Provenance.WEB,
        ),
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
