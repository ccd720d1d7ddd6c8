"""Scores a draft by what can be counted in it, the same way every time.

In: a `JudgeRequest`. Out: a `Judgement`, each score with what was counted. Never: a taste; these are
rules, labelled as such, and they see neither wit nor truth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outrider.drafts.types import Judgement, JudgeRequest, Score

MODEL = "offline rules"
MOST_WORDS = {"first_touch": 125, "follow_up": 100, "break_up": 75}
"""Where the blueprint sets no limit: the safe ranges of a sales mail."""

LONGEST_SENTENCE = 30
LONGEST_QUESTION = 20
MOST_FACTS = 2

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_GREETING = re.compile(r"\A\s*(hi|hey|hello|dear|good (?:morning|afternoon))\b([^\n]*)", re.I)
_GENERIC = re.compile(
    r"hope (?:this|you|all)\b.{0,30}\b(?:well|great|week)|touch(?:ing)? base|circl(?:e|ing) back|"
    r"quick question|just checking in|just following up|reach(?:ing|ed)? out|pick your brain|"
    r"i came across|synerg|best[- ]in[- ]class|world[- ]class|cutting[- ]edge|state[- ]of[- ]the[- ]art|"
    r"game[- ]chang|revolution|next[- ]level|leverag|unlock|streamline|one[- ]stop|in today's\b|"
    r"fast[- ]paced|low[- ]hanging|move the needle|value[- ]add|win[- ]win|solution provider|"
    r"leading provider|look forward to hearing",
    re.I,
)
_PRESSURE = re.compile(
    r"\b(?:act now|limited time|last chance|don't miss|do not miss|urgent|immediately|guarantee\w*|"
    r"risk[- ]free|no[- ]brainer|a must[- ]have|must-have|(?<!nothing )(?<!all )you need to|"
    r"you should have|once in a lifetime|hurry|congratulations|amazing|incredible)\b",
    re.I,
)
_SHOUTED = re.compile(r"\b[A-Z]{5,}\b")
_CONTRACTED = re.compile(r"\b\w+(?:n't|'(?:s|re|ve|ll|d|m))\b")
_STIFF = re.compile(
    r"\b(?:furthermore|moreover|hereby|herewith|kindly|pursuant|to whom it may concern|utili[sz]e|"
    r"at your earliest convenience|we would like to inform|regarding the aforementioned)\b",
    re.I,
)
_MEETING = re.compile(
    r"\b(?:\d+|fifteen|thirty|twenty|few)[- ]minutes?\b|\b(?:call|meeting|demo|calendar|meet)\b.{0,40}\?|"
    r"\b(?:book|schedule|set up|grab) (?:a|some|15|30)\b",
    re.I,
)
_REPLY = re.compile(r"\b(?:reply|let me know|tell me|write back|one-word)\b", re.I)
_PROBLEM = re.compile(
    r"\b(?:by hand|manual\w*|spreadsheets?|miss(?:ed|es|ing)?|late|last minute|search\w*|look(?:ing)? up|"
    r"hard to|can't|cannot|nobody|somebody has to|gaps?|errors?|wrong|unread|stuck|slow\w*|waste\w*|"
    r"problem|trouble|pain\w*|risk\w*|cost(?:s|ly)?|chas(?:e|ing)|re-?type|keyed?|forgot\w*|"
    r"lost|takes (?:days|hours|weeks|time)|weak(?:ness)?|out for a while|dispute\w*|deadline|catch)\b",
    re.I,
)
_WORD = re.compile(r"[a-z][a-z-]{3,}")
_COMMON = frozenset(
    "this that with from your they them their have what when will would about which there than then "
    "more most into only also each other some were been over does make made just like team teams help "
    "helps company".split()
)


@dataclass(frozen=True)
class _Read:
    """What is counted once and used by several scores."""

    asked: JudgeRequest
    rest: str
    """The body without its greeting."""
    greeting: str
    sentences: tuple[str, ...]
    used: int

    @property
    def questions(self) -> tuple[str, ...]:
        """The sentences that ask."""
        return tuple(text for text in self.sentences if text.endswith("?"))


def judge(request: JudgeRequest) -> Judgement:
    """Five scores by rules."""
    found = _GREETING.match(request.body)
    rest = request.body[found.end() :] if found else request.body
    read = _Read(
        asked=request,
        rest=rest,
        greeting=found[0].strip() if found else "",
        sentences=tuple(text.strip() for text in _SENTENCE.split(rest) if len(text.split()) > 0),
        used=sum(fact.is_used for fact in request.offered),
    )
    return Judgement(
        tone=_tone(read),
        personalization=_personalization(read),
        brevity=_brevity(read),
        angle_relevance=_angle(read),
        call_to_action=_ask(read),
    )


def _score(points: int, reason: str) -> Score:
    return Score(score=min(5, max(1, points)), reason=reason[:300])


def _tone(read: _Read) -> Score:
    told = f"{read.asked.subject}\n{read.rest}"
    points, faults = 4, []
    for words, many in (
        ("a stock phrase", len(_GENERIC.findall(told))),
        ("pressure", 2 * len(_PRESSURE.findall(told))),
        ("a shouted word", len(set(_SHOUTED.findall(told)) - {read.asked.account.upper()})),
        ("an exclamation mark", told.count("!")),
        ("office language", len(_STIFF.findall(told))),
    ):
        if many:
            points -= many
            faults.append(words)
    relaxed, formal = bool(_CONTRACTED.search(read.rest)), "dear" in read.greeting.casefold()
    if formal and relaxed:
        points -= 1
        faults.append("a formal greeting above relaxed sentences")
    if faults:
        return _score(points, f"It has {', '.join(faults)}.")
    if relaxed or formal:
        return _score(
            points + 1, "Plain words, one person to another; no stock phrase, no pressure."
        )
    return _score(points, "Polite and plain; no stock phrase, no pressure.")


def _personalization(read: _Read) -> Score:
    asked = read.asked
    named = bool(asked.first_name) and asked.first_name.casefold() in read.greeting.casefold()
    about = _short_name(asked.account).casefold()
    company = bool(about) and about in f"{asked.subject}\n{read.rest}".casefold()
    points = 1 + named + company
    told = [
        "greets by name" if named else "does not greet by name",
        "names the company" if company else "does not name the company",
    ]
    if read.used > MOST_FACTS + 1:
        return _score(points, f"It {' and '.join(told)}, but {read.used} facts read like a file.")
    if asked.purpose == "break_up" and not read.used:
        return _score(points + 1, f"It {' and '.join(told)}; a last note needs no fact.")
    if not asked.offered:
        return _score(
            points + bool(named and company), f"It {' and '.join(told)}; no fact is known."
        )
    told.append(f"uses {read.used} of {len(asked.offered)} stored facts")
    return _score(points + min(2, 2 * read.used), f"It {', '.join(told)}.")


def _short_name(account: str) -> str:
    """The part of a company's name that people say."""
    return re.split(r",|\s(?:inc|corp|co|ltd|llc|plc|ag|gmbh|se|sa)\b", account, flags=re.I)[
        0
    ].strip()


def _brevity(read: _Read) -> Score:
    asked = read.asked
    words = len(asked.body.split())
    most = asked.limits.words_high or MOST_WORDS.get(asked.purpose, 100)
    longest = max((len(text.split()) for text in read.sentences), default=0)
    told = f"{words} words where {most} are the limit; the longest sentence has {longest}."
    if words < 12:
        return _score(2, f"{words} words leave too little to understand.")
    steps = ((0.9, 5), (1.0, 4), (1.2, 3), (1.6, 2))
    points = next((score for share, score in steps if words <= share * most), 1)
    return _score(points - (longest > LONGEST_SENTENCE), told)


def _angle(read: _Read) -> Score:
    asked = read.asked
    told = f"{asked.subject}\n{read.rest}"
    problem = bool(_PROBLEM.search(told))
    about = _content(f"{asked.campaign} {asked.campaign_context or ''}")
    shared = len(about & _content(told))
    reasons = [
        "it names a problem" if problem else "it names no problem of the reader",
        "it is about the campaign's subject" if shared else "it leaves the campaign's subject",
    ]
    if asked.purpose == "break_up":
        reasons = ["a last note only has to close politely", *reasons[1:]]
        return _score(3 + bool(shared) + bool(problem), _sentence(reasons))
    if read.used:
        reasons.append("a stored fact carries it")
    return _score(1 + problem + min(2, shared) + bool(read.used), _sentence(reasons))


def _content(text: str) -> frozenset[str]:
    """The words that carry meaning, without their endings."""
    words = frozenset(_WORD.findall(text.casefold())) - _COMMON
    return frozenset(re.sub(r"(?:ing|ed|es|s|e)$", "", word)[:6] for word in words)


def _sentence(parts: list[str]) -> str:
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def _ask(read: _Read) -> Score:
    questions, is_last = read.questions, read.rest.rstrip().endswith("?")
    meets = bool(_MEETING.search(read.rest)) or (
        bool(read.asked.booking_link) and read.asked.booking_link in read.rest
    )
    if not questions:
        if _REPLY.search(read.rest) or meets:
            return _score(2, "It asks for something, but by no question that could be answered.")
        return _score(1, "It asks for nothing.")
    points = {1: 5, 2: 3}.get(len(questions), 2)
    told = ["one question" if len(questions) == 1 else f"{len(questions)} questions"]
    told.append("at its end" if is_last else "that does not end the mail")
    points -= not is_last
    if len(questions[-1].split()) > LONGEST_QUESTION:
        points -= 1
        told.append("too long to answer in a line")
    if meets and read.asked.step == 1:
        points -= 2
        told.append("a first mail asks for a meeting")
    return _score(points, f"It has {', '.join(told)}.")
