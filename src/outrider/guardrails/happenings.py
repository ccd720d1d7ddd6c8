"""What is said to have happened: events, growth and comparisons, held against what a source says.

In: words of a mail and the words of a source. Out: the words that tell another story.
Never: a figure, a name or a date; those are `mentions`, `named` and `relative`.

A verb belongs to a family of verbs that tell the same event. A verb beside a fact is right when the
source tells an event of its family; a verb of no family says nothing that rules could judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from outrider.guardrails.order import direction
from outrider.guardrails.plainwords import heads_of, stem, stems, words_of

_FAMILIES = {
    "acquire": r"acquir(?:ed|es?|ing)|acquisitions?|bought|buys?|buying|purchased|purchases?(?= of)|"
    r"purchasing(?= (?:the|an?|its|your)\b)|took over|"
    r"takeover|merged|merger|took delivery|swallowed",
    "sell": r"(?<!be )sold|sells?|selling|sale of|divest(?:ed|ing|s|iture)?|dispos(?:ed|al|ing)|spun off|"
    r"licensed out|auctioned|spin(?:ning|s)? off|spin-?offs?|sale[- ](?:and[- ])?lease-?back|offload(?:ed|ing)|"
    r"sold off",
    "open": r"(?:re)?open(?:ed|ing)|(?:is|are|'s) (?:now |back )?open(?: again)?|up and running again|"
    r"back in (?:business|operation)|cut(?:ting)? the ribbon|broke ground|threw open|first doors|went live|"
    r"launch(?:ed|ing)|inaugurated|unveil(?:ed|ing)",
    "close": r"clos(?:ed|ing|ure|ures)|shut(?:ting|tered)?(?: down)?|exit(?:ed|s|ing)|consolidat(?:ed|ing)|"
    r"vacat(?:ed|ing)|terminat(?:ed|es|ing|ion)|mothballed|wound down|"
    r"wound up|pull(?:ed|ing) (?:out|(?=(?:your|its|the|our)\b))|walk(?:ed|ing) away from|closing down|"
    r"abandon(?:ed|ing)|discontinu(?:ed|ing)|withdr(?:ew|awn|awing)|cancell?ed|scrapped|not renew",
    "end": r"expir(?:ed|es|ing)|lift(?:ed|ing|s)?(?= (?:the|its|your|a|of)\b)|ended|"
    r"ends(?= (?:on|in|with|at)\b)|ran out|runs? out|lapsed",
    "renew": r"renew(?:ed|ing|al)|extend(?:ed|ing)|prolong(?:ed|ing)|renegotiat(?:ed|ing)",
    "repay": r"repa(?:id|ying)|paid (?:off|back|down)|redeem(?:ed|ing)|default(?:ed|ing)|refinanc(?:ed|ing)",
    "gain": r"gain(?:ed|s|ing)?|won|profit(?:ed|s)?|recover(?:ed|ing)|land(?:ed|ing)|secured",
    "lose": r"lost|los(?:s|ses|ing|es)|written (?:off|down)|wrote (?:off|down)|write-(?:off|down)|impairment|stolen|"
    r"stole|fined|fraud|burn(?:ed|t)(?: down)?|damaged|destroyed|flooded|penalt(?:y|ies)|breach(?:ed)?",
    "appoint": r"appoint(?:ed|s|ment)|hir(?:ed|es|ing)|promoted|named as|recruited|filled",
    "leave": r"resign(?:ed|s|ation)|fir(?:ed|ing)|dismiss(?:ed|al)|quit|"
    r"left(?! (?:you|us|it|them|behind|with|in|to|over|of|for|is))|laid off|lay(?:ing)? off|layoffs?|let go|"
    r"retir(?:ed|es)|replaced|stepped down|departed|poached|redundan\w+|furlough\w*",
    "rise": r"r(?:ose|isen|ises|ising)|increas(?:ed|es?|ing)|gr(?:ew|own|ows|owth)|climbed|jumped|"
    r"surged|soared|doubled|tripled|quadrupled|expanded|swelled|"
    r"(?<!adds )(?<!add )(?<!adding )(?<!sums )up(?= (?:by |to )?[$£€\d])|went up|spent more|"
    r"pushed up|brought up",
    "fall": r"fell|fallen|falls|drop(?:ped)? (?:by|to)|decreas(?:ed|es?|ing)|declin(?:ed|es|ing)|shrank|shrunk|"
    r"halved|sank|plunged|reduc(?:ed|tion|ing)|slumped|down(?= (?:by |to |from )?[$£€\d])|"
    r"cut(?:ting)?(?! corners)|lower(?:ed|ing)|slash(?:ed|ing)|trim(?:med|ming)|"
    r"(?:brought|bringing|got|getting)[^.?!,;\n]{0,40}? down",
    "approve": r"approv(?:ed|al)|cleared|granted",
    "refuse": r"reject(?:ed|ion)|refus(?:ed|al)|recall(?:ed|s)?|banned|revoked|denied|suspended",
    "sue": r"su(?:ed|ing|es)|lawsuit|litigation|settled (?:a|the|its|your|with|for|out)",
    "last": r"still going on|ongoing|drags on",
    "undo": r"call(?:ed|s|ing)? off|part(?:ed|ing) (?:ways|company)|broke up with|fell through|back(?:ed|ing) out|"
    r"unwound|"
    r"un(?:did|done|doing)(?= (?:the|its|your)\b)|pull(?:ed|ing) the plug|demerg(?:ed|er)|split (?:from|with)|"
    r"shelved|"
    r"came to nothing|collapsed|stall(?:ed|s)|put (?:off|on hold|on ice)",
}
_SOFT = {
    "open": r"added|adding|entered into|signed|started|began|built|introduc(?:ed|es|ing)|joined|"
    r"(?:is|are|as|with) (?:your|its) new|on board|switched to",
    "close": r"return(?:ed|ing)|drop(?:ped|ping)|removed|stopped|left",
    "gain": r"earn(?:ed|s|ing)?|sav(?:ed|ings)|collect(?:ed|ing)|rais(?:ed|ing)|received|made",
}
"""Words that may tell an event and often tell none; they contradict only what is their opposite."""
_ALSO = {
    "open": ("acquire", "appoint", "rise"),
    "acquire": ("open",),
    "close": ("sell", "lose", "end", "fall"),
    "end": ("close",),
    "gain": ("approve", "sell", "open", "acquire"),
    "approve": ("gain",),
    "appoint": ("open",),
    "leave": ("close",),
    "rise": ("open", "acquire"),
    "renew": (),
}
"""Families whose words often tell the same event; `joined the group` may be said of a purchase."""
_AGAINST = {
    "acquire": {"sell"},
    "sell": {"acquire"},
    "open": {"close", "end", "leave", "sell"},
    "close": {"open", "renew"},
    "end": {"renew", "open"},
    "renew": {"end", "close"},
    "gain": {"lose", "refuse"},
    "lose": {"gain"},
    "appoint": {"leave"},
    "leave": {"appoint", "open"},
    "rise": {"fall"},
    "fall": {"rise"},
    "approve": {"refuse"},
    "refuse": {"approve", "gain"},
}
_ANY = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _FAMILIES.items()) + r")\b",
    re.IGNORECASE,
)
_GENTLE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _SOFT.items()) + r")\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[$£€]|(?:USD|EUR|GBP) ?\d|\d")
_HARMLESS_OBJECT = re.compile(
    r" (?:(?:the|your|its|our|a|this|that|each|every|another) )?(?:\w+ )?(?:books?|"
    r"year|years|loop|quarter|month|file|"
    r"files|ticket|tickets|gap|gaps|case|cases|period|door|doors|track|sleep|sight|"
    r"touch|corners?|mail|email|message|"
    r"envelope|line|queue|desk|time|market)\b",
    re.IGNORECASE,
)
_BY_OTHERS = re.compile(
    r"\b(?:I|we|I've|we've|somebody|someone|anyone|anybody|nobody|who)(?: \w+)? $", re.IGNORECASE
)
_PLANNED = re.compile(
    r"\b(?:to|will|would|did)[ ](?P<verb>open|close|sell|buy|lay off|spin off|acquire|divest|shut|vacate|"
    r"terminate|exit|"
    r"abandon|scrap|call off|shelve|demerge|merge)\b",
    re.IGNORECASE,
)
_PLANS = {"open": "open", "close": "close", "sell": "sell", "buy": "acquire", "lay off": "leave",
          "spin off": "sell", "acquire": "acquire", "divest": "sell", "shut": "close", "vacate": "close",
          "terminate": "close", "exit": "close", "abandon": "close", "scrap": "close", "call off": "undo",
          "shelve": "undo", "demerge": "undo", "merge": "acquire"}  # fmt: skip
_IMAGINED = re.compile(
    r"\b(?:like an?|as an?|as if|as though|may|might|could|can|if|whether)\b(?! have)(?: [\w']+){0,2} $",
    re.IGNORECASE,
)
_DEALS = r"deals?|acquisition|purchase|merger|sale|transaction|takeover|buyout|financing|round|lease-?back|loan"
_COMPLETES = re.compile(
    rf"(?: on| out)?(?: (?:the|its|your|that|this))?(?: [\w'-]+){{0,3}} (?:{_DEALS})\b|"
    rf"[^.;!?\n]{{0,60}} for (?:about |nearly |some )?"
    r"(?:[A-Za-z]{0,3}[$\u20ac\u00a3\u00a5\u20b9]|[A-Z]{3} )\d",
    re.IGNORECASE,
)
_DEAL_BEFORE = re.compile(
    rf"\b(?:{_DEALS})(?: (?:that|which|with [\w' ]+|of [\w' ]+))? ?(?:has |had |was |is |finally |only |just )*$",
    re.I,
)
_NEGATED = re.compile(r"\b(?:not|never|n't|no longer)(?: \w+)? $", re.IGNORECASE)

_PARTICLE = (
    r"(?<!ed )(?<!ing )(?<!took )(?<!made )(?<!make )(?<!set )(?<!add )(?<!adds )(?<!end )(?<!ran )(?<!run )(?<!pick )"
    r"(?<!take )(?<!open )(?<!sign )(?<!shut )(?<!lay )(?<!laid )(?<!wind )(?<!wound )(?<!broke )(?<!split )(?<!buy )"
    r"(?<!bought )(?<!sold )(?<!put )(?<!puts )(?<!gave )(?<!kept )(?<!built )(?<!look )(?<!wrote )(?<!write )"
)
"""`Picked up 14 centers` and `set up 3 teams`: a particle of the verb before it, no movement."""
_MOVES = re.compile(
    rf"\b(?:(?:more than |nearly |almost |has |have |had )?(?:doubled|tripled|quadrupled|halved)|"
    r"(?:has|have|had) (?:also |since |steadily |sharply )?(?:grown|risen|fallen|shrunk|jumped|climbed|"
    r"increased|decreased|declined|dropped|surged|expanded|swelled)|"
    rf"(?:has |have |had )?(?:gone|went) (?:up|down)|{_PARTICLE}(?:up|down) (?:by )?[$\d][\d.,]*|"
    r"grew|shrank|rose|fell|jumped|climbed|surged|soared|plunged|slumped|"
    r"(?:increased|decreased|declined|dropped|expanded) (?:by|to|from|sharply|since|last|over))\b"
    r"(?: (?:sharply|a lot|fast|steadily|by (?:a|an|one|two) (?:half|third|quarter|fifth|tenth)s?))?",
    re.IGNORECASE,
)
_DEGREES = (
    r"largest|biggest|oldest|fastest|smallest|youngest|best|worst|leading|only|first|number one|"
    r"most \w+|least \w+|fastest-growing|cheapest|highest|lowest"
)
_THAN = re.compile(
    r"\b(?:more|fewer|less|higher|lower|larger|bigger|smaller|faster|slower|longer|better|worse|greater|"
    r"cheaper|later|earlier)\b(?! than an? (?:year|month|week|quarter|day|decade))"
    r"[^.?!,;\n]{0,40}? than (?:that of |those of )?(?:any|all|most|other|others|its|"
    r"your|their|the rest|the average|"
    r"rivals?|competitors?|peers?|plants?|companies|anyone|anybody|everyone|everybody|last|"
    r"the year|a year(?! ago| before| back| later| from| now| to))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:twice|double|triple|two times|three times|four times|five times|ten times) "
    r"(?:as|the|what|more|higher|larger|"
    r"bigger)\b(?: (?:much|many|high|large|big) as)?"
    rf"|\b(?:you are|you're|is|are|as|has|have|was|were|runs?|owns?|operates?) the "
    rf"(?:(?:second|third|fourth|fifth|world's|country's|region's|industry's)[ -])?(?:{_DEGREES}) "
    r"(?!(?:question|thing|person|one|way|point|reason|step|copy|version|of us|to|time)\b)\w+",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\b(?:by )?(?:more than |over |nearly |almost |about )?(?:half|an? (?:third|quarter|fifth|tenth)|"
    r"(?:two|three) (?:thirds|quarters|fifths)) of (?:your|its|their|all|sales|revenue|"
    r"volume|profits?|costs?|spend|"
    r"customers|income|turnover|the (?:company|group|business|revenue|sales|volume|stores|leases))\b"
    r"|\bby (?:a|an|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b",
    re.IGNORECASE,
)
_MOVE_HEADS = frozenset(
    "doub trip quad halv grow rise fall shru jump clim incr decr decl drop surg expa swel grew "
    "shra rose fell soar plun slum gone went".split()
)
_BY_FIGURE = re.compile(r"(?:up|down) (?:by )?[$\d]", re.IGNORECASE)
_COMPARE_WORDS = frozenset(
    "twice double triple times largest biggest oldest fastest smallest youngest best worst leading only "
    "first number most least cheapest highest lowest".split()
)
_SHARE_WORDS = frozenset("half third thirds quarter quarters fifth fifths tenth tenths".split())
_HYPOTHETICAL = re.compile(
    r"\b(?:if|imagine|suppose|say|should|could|would|might|may|whether|unless|were to|when you|once|will|"
    r"do|does|did|has|have|is|are)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|higher|larger|bigger|greater|dearer|longer|up)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less|lower|fewer|smaller|cheaper|down|shorter)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|imagine|suppose|whether|unless|were to|could|would|might|"
    r"i (?:should )?(?:think|guess|suspect|assume|imagine|bet)|"
    r"probably|perhaps|presumably|no doubt)\b",
    re.I,
)


@lru_cache(maxsize=512)
def told(text: str) -> tuple[tuple[int, int, str], ...]:
    """The events of a text: offsets and the family of each verb."""
    found = [(hit.start(), hit.end(), hit.lastgroup or "") for hit in _ANY.finditer(text)]
    found += [
        (hit.start("verb"), hit.end(), _PLANS[hit["verb"].lower()])
        for hit in _PLANNED.finditer(text)
    ]
    return tuple(sorted(found))


def other_event(clause: str, source: str, figure: str) -> tuple[int, int] | None:
    """The verb in a clause that contradicts the events that the source tells, if any.

    A strong verb contradicts when the source tells nothing of its family, a soft one only when the
    source tells the opposite.
    """
    known = told_of(source)
    near = _beside(source, figure)
    for start, end, family in told(clause):
        if _says_nothing(clause, start, end) or _is_word_of(clause[start:end], source):
            continue
        same = {family, *_ALSO.get(family, ())}
        if family == "close" and completes(clause, start, end) and known & {"acquire", "sell"}:
            continue
        if not known & same or (known & _AGAINST.get(family, set()) and family not in known):
            return start, end
        if near and not near & same and _is_next(clause, end, figure):
            return start, end
    return _soft_event(clause, source, figure)


def completes(text: str, start: int, end: int) -> bool:
    """`Closed the acquisition`, `the merger closed`, `closed Borealis for C$96 million`: a deal was done."""
    if not text[start:end].lower().startswith("clos"):
        return False
    before = _DEAL_BEFORE.search(text, max(0, start - 40), start)
    return before is not None or _COMPLETES.match(text, end) is not None


def _soft_event(clause: str, source: str, figure: str) -> tuple[int, int] | None:
    """A soft verb that is the opposite of what is told, or right before a figure: `saved $2m`."""
    known = told_of(source)
    for hit in _GENTLE.finditer(clause):
        family = hit.lastgroup or ""
        if _says_nothing(clause, *hit.span()) or _is_word_of(hit[0], source):
            continue
        if known & _AGAINST.get(family, set()) and family not in known:
            return hit.span()
        is_told = known & {family, *_ALSO.get(family, ())}
        if not is_told and _AMOUNT.match(figure) and _is_right_before(clause, hit.end(), figure):
            return hit.span()
    return None


def _is_right_before(clause: str, end: int, figure: str) -> bool:
    at = clause.casefold().find(figure.casefold(), end)
    return at >= 0 and at - end <= 8


def _says_nothing(clause: str, start: int, end: int) -> bool:
    """Whether a verb is negated, somebody else's, or has an everyday object: `closed the books`."""
    return (
        _NEGATED.search(clause, max(0, start - 24), start) is not None
        or _IMAGINED.search(clause, max(0, start - 40), start) is not None
        or _HARMLESS_OBJECT.match(clause, end) is not None
        or _BY_OTHERS.search(clause, max(0, start - 24), start) is not None
    )


def _is_word_of(word: str, source: str) -> bool:
    if " " in word or stem(word) not in stems(source):
        return False
    return not re.search(
        rf"\b(?:not|never|no longer)(?: \w+)? {re.escape(stem(word))}", source, re.I
    )


def moved(text: str) -> Iterator[tuple[int, int]]:
    """Growth, comparisons and shares without a figure, outside questions and conditions."""
    words, heads = words_of(text), heads_of(text)
    for pattern, is_possible in (
        (_MOVES, heads & _MOVE_HEADS or _BY_FIGURE.search(text)),
        (_THAN, "than" in words),
        (_COMPARES, words & _COMPARE_WORDS),
        (_SHARES, words & _SHARE_WORDS),
    ):
        for found in pattern.finditer(text) if is_possible else ():
            yield found.span()


def is_supposed(sentence: str) -> bool:
    """Whether a sentence supposes or asks rather than states."""
    if _CONDITION.search(sentence):
        return True
    asked = sentence.rstrip().endswith("?")
    return asked and _HYPOTHETICAL.match(sentence.lstrip(" \n-\"'")) is not None


def says_move(source: str, words: str) -> bool:
    """Whether a source tells growth or a fall of the same direction, or holds the words."""
    flat, wanted = source.casefold(), words.casefold()
    if wanted in flat:
        return True
    degrees = {"rise": _MORE.search(words), "fall": _LESS.search(words)}
    if (direction(source) | told_of(source)) & {name for name, found in degrees.items() if found}:
        return True
    families = {family for _, _, family in told(words)} & {"rise", "fall"}
    return bool(families) and families <= told_of(source)


@lru_cache(maxsize=512)
def told_of(source: str) -> frozenset[str]:
    """The families of events that a source tells, with the direction of its pairs of figures."""
    soft = {hit.lastgroup or "" for hit in _GENTLE.finditer(source)}
    return frozenset(family for _, _, family in told(source)) | soft | direction(source)


def _beside(source: str, figure: str) -> frozenset[str]:
    """The families of the last verb before a figure in the source."""
    at = source.casefold().find(figure.casefold()) if figure else -1
    before = [family for start, _, family in told(source) if start < at]
    return frozenset(before[-1:])


def _is_next(clause: str, end: int, figure: str) -> bool:
    at = clause.casefold().find(figure.casefold(), end)
    return at >= 0 and at - end <= 24
