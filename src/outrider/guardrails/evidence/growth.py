"""Growth, comparisons and ranks that a text tells without a figure: `has doubled`, `the largest in Poland`.

In: words of a mail, the words of a source. Out: where such words stand, and whether a source says so.
Never: a figure; those are `mentions`. The events themselves are `happenings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from outrider.guardrails.evidence.happenings import told, told_of
from outrider.guardrails.evidence.order import direction
from outrider.guardrails.reading.plainwords import small, stem, stems, words_of

_PARTICLE = (
    r"(?<!ed )(?<!ing )(?<!took )(?<!made )(?<!make )(?<!set )(?<!add )(?<!adds )(?<!end )(?<!ran )(?<!run "
    r")(?<!pick )"
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
    r"(?:increased|decreased|declined|dropped|expanded) (?:by|to|from|sharply|since|last|over)|"
    r"(?:step|jump|leap|rise|increase|improvement|drop|fall|dip) (?:up |down )?(?:from|on|over) (?:the )?"
    r"(?:year before|(?:previous|prior|preceding|last) (?:year|season|quarter|harvest))|"
    r"(?:pushed|drove|driven|lifted|brought) (?:[a-z]+ ){1,3}(?:up|higher|down|lower)(?= (?:every|each|year|"
    r"again|since)))\b"
    r"(?: (?:sharply|a lot|fast|steadily|by (?:a|an|one|two) (?:half|third|quarter|fifth|tenth)s?))?",
    re.IGNORECASE,
)
_DEGREES = (
    r"largest|biggest|oldest|fastest|smallest|youngest|best|worst|leading|only|first|number one|"
    r"most \w+|least \w+|fastest-growing|cheapest|highest|lowest"
)
_THAN = re.compile(
    r"\b(?<!know )(?:more|fewer|less|higher|lower|larger|bigger|smaller|faster|slower|longer|better|worse|greater|"
    r"cheaper|later|earlier)\b(?! (?:than an? (?:year|month|week|quarter|day|decade)))"
    r"[^.?!,;\n]{0,40}? than (?:that of |those of )?(?:(?:at|in|by|for|of|with) )?(?:any|all|most|other|others|its|"
    r"your|their|the rest|the average|"
    r"rivals?|competitors?|peers?|plants?|companies|anyone|anybody|everyone|everybody|last|"
    r"the year|a year(?! later| from| now| to))\b",
    re.IGNORECASE,
)
_OF_A_KIND = (
    r"(?:industry|sector|market|national|regional|group|trade|peer|state|county|global|world|company|local|"
    r"European|British|American|UK|US)"
)
_AVERAGE = re.compile(
    rf"\b(?:above|below|over|under|ahead of|behind|beyond|beats?|beating|than|twice|double|half|outpac\w+|near|"
    rf"in line with|against)"
    rf" (?:the |an? |your )?(?:{_OF_A_KIND}(?:'s)? (?:average|norm|median|mean|benchmark|standard)|"
    rf"average (?:for|of|in) (?:the |your )?{_OF_A_KIND}|rest of (?:the |your )(?:industry|sector|trade|market|peers|"
    rf"competition))\b"
    r"|\b(?:above|below|over|under|than|beyond|double|twice|half|times) what (?:[a-z-]+ ){1,5}(?:spend|pay|have|"
    r"see|manage|"
    r"earn|lose|make|live with|report|run|need|charge|get|use|cost)s?\b"
    rf"|\b(?:half|twice|double|triple|a third of|two thirds of) the (?:rate|level|figure|share|speed|cost|price|"
    rf"number) "
    rf"(?:of|for|in) (?:the )?(?:\w+ ){{0,2}}{_OF_A_KIND}\b",
    re.IGNORECASE,
)
_GROWING = (
    "grow|ris|climb|fall|shrink|drop|increas|declin|soar|surg|boom|rocket|creep|slid|tick|shoot|"
    "balloon|expand|swell|widen|mount|multiply|doubl|dwindl|slipp"
)
_ONGOING = rf"(?:{_GROWING})ing(?: up| down)?"
_TREND = re.compile(
    rf"\b(?P<head>[a-z][\w-]+) (?=[iawhkr])(?:(?:is|are|was|were) (?:up|down) (?:sharply|strongly|steeply|markedly|"
    rf"noticeably|nicely|"
    rf"a lot|well|again|on (?:the|last) year|year[- ]on[- ]year|no end|considerably|significantly|dramatically|"
    rf"slightly)"
    rf"|(?:has|have) been (?:(?:steadily|quietly|really|slowly|rapidly) )?{_ONGOING}|ke(?:eps?|pt) {_ONGOING}"
    rf"|(?:is|are) {_ONGOING} (?:fast|quickly|every|each|year|steadily|sharply|rapidly|by the)"
    rf"|(?:has|have) (?:picked up|taken off|gone through the roof|shot up|come down|ticked up|crept up|slowed|"
    rf"plummeted)"
    rf"|(?:is|are|was|were|hit|reached) (?:at )?(?:an? )?(?:all-time|record|historic) (?:high|low)s?)\b",
    re.IGNORECASE,
)
_SINCE_BEFORE = re.compile(
    rf"\b(?P<head>[a-z][\w-]+) (?:(?:(?:is|are|was|were) )?(?:up|down) (?:by )?(?:double|single|triple) digits"
    rf"|(?:is|are|was|were) (?:well )?(?:up|down|ahead) (?:over|on|from|against|versus) (?:the )?(?:prior|previous|"
    rf"last|preceding) (?:year|quarter|season|harvest)"
    rf"|(?:(?:is|are) )?{_ONGOING} (?:year (?:after|by|on|over) year|(?:every|each) (?:year|season|quarter|month))"
    rf"|(?:best|worst|biggest|largest|highest|lowest|strongest|busiest|weakest) (?:[a-z]+ ){{0,2}}(?:in (?:an?|[a-z]+|"
    rf"\d+) (?:decades?|years|seasons|generation|memory)|on record|ever|yet|to date|since (?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_TREND_WORDS = frozenset("up down been keeps kept keep growing rising climbing falling shrinking dropping increasing "
                         "high highs low lows expanding swelling widening mounting multiplying doubling dwindling "
                         "declining booming picked taken gone "
                         "shot come ticked crept slowed plummeted record historic".split())  # fmt: skip
_TREND_ALONE = frozenset(f"{stem}ing" for stem in _GROWING.split("|")) | {
    "high",
    "highs",
    "low",
    "lows",
}
_TREND_VERBS = ("is", "are", "was", "were", "has", "have")
_TREND_ENDS = frozenset("up down picked taken gone shot come ticked crept slowed plummeted".split())
"""In all that `_TREND` finds stands a word of the first, or one of these right after a verb."""
_SINCE_WORDS = frozenset(
    "digits prior previous preceding decade decades generation memory ever yet record".split()
)
_NUMBER_OF = re.compile(
    r"\b(?:number|volume|amount|share|count) of (?:[a-z-]+ ){0,2}$", re.IGNORECASE
)
_RANK = rf"(?:(?:second|third|fourth|fifth|world's|country's|region's|industry's)[ -])?(?:{_DEGREES}) (?:and \w+ )?"
_PRONOUN = "(?:It|This|That|He|She|They|There|Which|Who|What|Here|Such)"
_COMPARES = re.compile(
    r"\b(?=\w)(?:(?:twice|double|triple|two times|three times|four times|five times|ten times) "
    r"(?:as|the|what|more|higher|larger|bigger)\b(?: (?:much|many|high|large|big) as)?"
    rf"|(?:you are|you're|your (?:company|group|firm|business|team) is|(?-i:(?!{_PRONOUN})[A-Z])\w+ (?:is|has|"
    rf"was|runs|owns|"
    rf"operates)|"
    rf"you (?:have|run|own|operate)) (?:probably |still |now )?the {_RANK}(?!(?:question|thing|person|one|way|point|"
    rf"reason|"
    r"step|copy|version|of us|to|time)\b)\w+"
    rf"|as (?:the|one of the) {_RANK}(?!(?:question|thing|person|one|way|point|step|copy|version|of us|to|"
    rf"time)\b)\w+"
    r"|(?:the|among the|one of the) (?!first|only)"
    + _RANK
    + r"(?:[a-z-]+ ){0,3}(?:in|of|among|across|"
    r"anywhere in) (?:the |its |your |"
    r"all |any )?(?:whole |entire )?(?:industry|country|region|world|sector|market|state|county|city|trade|peers|"
    r"nation|continent|kind|"
    r"(?-i:(?!January|February|March|April|May|June|July|August|September|October|November|December)[A-Z])\w+))",
    re.IGNORECASE,
)
"""Each form begins a word, which is asked once: most places of a text begin none."""
_SHARES = re.compile(
    r"\b(?:by )?(?:more than |over |nearly |almost |about )?(?:half|an? (?:third|quarter|fifth|tenth)|"
    r"(?:two|three) (?:thirds|quarters|fifths)) of (?:your|its|their|all|sales|revenue|"
    r"volume|profits?|costs?|spend|"
    r"customers|income|turnover|the (?:company|group|business|revenue|sales|volume|stores|leases))\b"
    r"|\bby (?:a|an|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(r"\b(?:doubl|tripl|quadrupl|halv)(?=ed|ing|e\b)")
_MOVE_WORDS = frozenset(
    "doubled tripled quadrupled halved grown risen fallen shrunk jumped climbed increased decreased declined dropped "
    "surged expanded swelled gone went grew shrank rose fell soared plunged slumped step jump leap rise increase "
    "improvement drop fall dip pushed drove driven lifted brought".split()
)
"""One of them stands in all that `_MOVES` finds but `up 4%`."""
_BY_FIGURE = re.compile(r"(?:up|down) (?:by )?[$\d]", re.IGNORECASE)
_WAYS = frozenset(("up", "down"))
_MULTIPLES = frozenset("twice double triple times".split())
_DEGREE_WORDS = frozenset(
    "largest biggest oldest fastest smallest youngest best worst leading only first number most least cheapest "
    "highest lowest".split()
)
_DEGREES_OF = frozenset("second third fourth fifth world country region industry".split())
"""What may stand between `the` and a degree."""
_COMPARATIVES = frozenset(
    "more fewer less higher lower larger bigger smaller faster slower longer better worse greater cheaper later "
    "earlier".split()
)
_SHARE_WORDS = frozenset("half third thirds quarter quarters fifth fifths tenth tenths".split())
_HYPOTHETICAL = re.compile(
    r"\b(?:if|imagine|suppose|say|should|could|would|might|may|whether|unless|were to|when you|once|will|"
    r"do|does|did|has|have|is|are)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|higher|larger|bigger|greater|dearer|longer|up)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less|lower|fewer|smaller|cheaper|down|shorter)\b", re.IGNORECASE)
_THAN_OTHERS = re.compile(
    r"\bthan (?:any|all|most|other|others|the rest|rivals?|competitors?|peers?|anyone|anybody|everyone|everybody)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|imagine|suppose|whether|unless|were to|could|would|might|"
    r"i (?:should )?(?:think|guess|suspect|assume|imagine|bet|expect|believe|reckon|fancy)|"
    r"probably|perhaps|presumably|no doubt)\b",
    re.I,
)


def moved(text: str) -> Iterator[tuple[int, int]]:
    """Growth, comparisons and shares without a figure, outside questions and conditions."""
    words = words_of(text)
    for pattern, is_possible in (
        (_MOVES, not words.isdisjoint(_MOVE_WORDS) or _may_go(text, words)),
        (_THAN, "than" in words and not words.isdisjoint(_COMPARATIVES)),
        (_AVERAGE, not words.isdisjoint(_KINDS) or ("what" in words and words & _BESIDE)),
        (_COMPARES, _may_compare(text, words)),
        (_SHARES, not words.isdisjoint(_SHARE_WORDS)),
    ):
        for found in pattern.finditer(text) if is_possible else ():
            yield found.span()


def _may_go(text: str, words: frozenset[str]) -> bool:
    """Whether something may be up or down by a figure."""
    return not words.isdisjoint(_WAYS) and _BY_FIGURE.search(text) is not None


def _may_compare(text: str, words: frozenset[str]) -> bool:
    """Whether `_COMPARES` can find anything: a multiple, or a degree after `the`."""
    degrees = words & _DEGREE_WORDS
    if not degrees or not words.isdisjoint(_DEGREES_OF):
        return bool(degrees) or not words.isdisjoint(_MULTIPLES)
    low = small(text)
    return any(f"the {degree}" in low for degree in degrees) or not words.isdisjoint(_MULTIPLES)


_BESIDE = frozenset("above below over under than beyond double twice half times".split())
_KINDS = frozenset(
    "average norm median mean benchmark standard industry sector trade market peers competition".split()
)


def trends(text: str, sources: Sequence[str]) -> Iterator[tuple[int, int, bool, bool]]:
    """`Membership is up sharply`: growth told in general words; whether it is yours, and whether a source says so.

    It is yours when the text says `your`, counts something, or names what a source names.
    """
    words = words_of(text)
    is_trend = not words.isdisjoint(_TREND_WORDS)
    patterns = [_TREND] if is_trend and _may_trend(text, words) else []
    if not words.isdisjoint(_SINCE_WORDS) or (is_trend and "year" in words):
        patterns.append(_SINCE_BEFORE)
    for found in (hit for pattern in patterns for hit in pattern.finditer(text)):
        before = text[max(0, found.start() - 30) : found.start()]
        head = stem(found["head"])[:4]
        own = [
            source
            for source in sources
            if len(found["head"]) > 3 and any(word.startswith(head) for word in stems(source))
        ]
        is_yours = bool(own or _NUMBER_OF.search(before) or _YOUR_OWN.search(before))
        yield *found.span(), is_yours, any(says_move(source, found[0]) for source in own)


def _may_trend(text: str, words: frozenset[str]) -> bool:
    """Whether `_TREND` can find anything."""
    if not words.isdisjoint(_TREND_ALONE):
        return True
    low = small(text)
    return any(f"{verb} {end}" in low for end in words & _TREND_ENDS for verb in _TREND_VERBS)


_YOUR_OWN = re.compile(r"\byour (?:[a-z-]+ ){0,3}$", re.IGNORECASE)


def is_supposed(sentence: str) -> bool:
    """Whether a sentence supposes or asks rather than states."""
    if _CONDITION.search(sentence):
        return True
    asked = sentence.rstrip().endswith("?")
    return asked and _HYPOTHETICAL.match(sentence.lstrip(" \n-\"'")) is not None


def says_move(source: str, words: str) -> bool:
    """Whether a source tells growth or a fall of the same direction, or holds the words."""
    said, known = (frozenset(_MULTIPLE.findall(each.lower())) for each in (words, source))
    if said and known and not said & known:
        return False
    flat, wanted = source.casefold(), words.casefold()
    if wanted in flat or (wanted.startswith("by ") and wanted[3:] in flat):
        return True
    if _THAN_OTHERS.search(words):
        return _THAN_OTHERS.search(source) is not None
    degrees = {"rise": _MORE.search(words), "fall": _LESS.search(words)}
    if (direction(source) | told_of(source)) & {name for name, found in degrees.items() if found}:
        return True
    families = {family for _, _, family in told(words)} & {"rise", "fall"}
    return bool(families) and families <= told_of(source)
