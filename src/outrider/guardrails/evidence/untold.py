"""Events that a mail takes for granted and no cited source tells: `after the merger`, `you moved`.

In: the texts of a mail, the cited sources, the account's name. Out: findings. Never: an event that is
asked for, supposed or told of ourselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from outrider.guardrails.evidence.covers import cut
from outrider.guardrails.evidence.happenings import completes, told, told_of
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.plainwords import heads_of, starts_of, stem, stems, words_of
from outrider.guardrails.types import Finding, Span

MOST = 20
"""More findings than these help nobody."""

_NOUNS = (
    r"acquisitions?|mergers?|takeovers?|buyouts?|divestitures?|divestments?|spin-?offs?|carve-?outs?|launch|"
    r"roll-?outs?|expansions?|groundbreaking|closures?|shutdowns?|layoffs?|redundanc(?:y|ies)|departures?|"
    r"resignations?|restructurings?|reorgani[sz]ations?|downsizing|furloughs?|appointments?|promotions?|fires?|"
    r"floods?|hurricanes?|wildfires?|earthquakes?|explosions?|(?:data |"
    r"security )?breach(?:es)?|hack|cyber[ -]?attacks?|"
    r"ransomware(?: \w+)?|(?:\w+ )?incidents?|outages?|thefts?|accidents?|collapse|"
    r"write-?(?:downs?|offs?)|impairments?|"
    r"bankruptcy|chapter 11|restatements?|material weakness(?:es)?|lawsuits?|"
    r"litigation|investigations?|settlements?|"
    r"strikes?|walkouts?|recalls?|citations?|violations?|awards?|funding(?: round)?|series [a-e]|ipo|listing|"
    r"relocations?|move|migrations?|switch|go-live|implementation|joint venture|partnership|profit warning|"
    r"record (?:year|quarter|results|profits?|sales|revenue)|(?:sale|purchase|opening|loss|launch)(?= of)|"
    r"new (?:headquarters|hq|plants?|warehouses?|factory|"
    r"facility|campus|erp|system|ceo|cfo|coo|cio|controller|chair\w*|president|treasurer|auditors?|owners?|"
    r"distribution cent(?:er|re)s?)"
)
_TOLD = (
    r"after|since|following|given|despite|amid|congrat\w* (?:again )?on|"
    r"congratulations to you on|news of|news about|"
    r"(?:read|heard|saw|sorry|learned|hear|noticed|seen) (?:of|about|the news (?:of|"
    r"about))|saw|noticed|in the wake of|thanks to|now that"
)
_AFTER_EVENT = re.compile(
    rf"\b(?=\w)(?:{_TOLD})[ ](?P<of>(?:the|your|its|their|that|(?-i:[A-Z][\w&-]*)(?: (?-i:[A-Z])[\w&-]*)?['\u2019]s|"
    rf"last \w+'s|this \w+'s|all the|all those|those|these)"
    rf"(?: [a-z'\u2019-]+){{0,2}}[ ]+(?:{_NOUNS}))\b",
    re.IGNORECASE,
)
_RECENT_EVENT = re.compile(
    rf"\b(?P<of>(?:your|its|their|the) (?:recent|latest|last (?:week|month|quarter|year)'s|20\d\d) "
    rf"(?:[a-z-]+ ){{0,2}}(?:{_NOUNS}))\b",
    re.IGNORECASE,
)
_GRAVE = (
    r"acquisition|merger|takeover|buyout|divestiture|spin-?off|ipo|layoffs|redundancies|restructuring|strike|walkout|"
    r"fire|flood|explosion|(?:data |security )?breach|hack|cyber[ -]?attack|ransomware attack|outage|bankruptcy|"
    r"lawsuit|"
    r"recall|profit warning|funding round|joint venture|inspection|investigation|closure|relocation|refinancing|"
    r"accident"
)
_HAPPENED = re.compile(
    rf"\b(?P<of>(?:the|that|a|this) (?:[a-z'\u2019-]+ ){{0,2}}(?:{_GRAVE})s?) (?:at|in|of|on|with|by|"
    rf"among) (?:one of )?your\b"
    rf"|\b(?P<your>your (?:recent |latest |big |last )?(?:{_GRAVE}))\b(?! (?:plans?|history|records?|policy|work|"
    rf"and|accounting|"
    r"costs?|process|team|drill|alarm|insurance|risk|department|safety|response|testing|clause|notice))",
    re.IGNORECASE,
)
_SUDDEN = (
    rf"{_GRAVE}|strikes|power (?:cut|failure)|black-?out|derailment|spill|evacuation|protests?|scandal|contamination|"
    r"outbreak|infestation|lock-?out|downgrade|penalty|flooding|burglary|break-?in|leak|warning letter|default|"
    r"storm damage|"
    r"price increase|price cut|pay deal|wage deal|delay|crash|pile-?up|rollover|collision|grounding"
)
_SUDDEN_STARTS = frozenset(
    "accide acquis bankru black blacko breach break breaki burgla buyout closur collis contam crash cyber cybera data "
    "defaul delay derail divest downgr evacua explos fire fires flood floodi floods fundin ground hack hacks infest "
    "inspec invest ipo ipos joint lawsui layoff leak lock lockou merger outage outbre pay penalt pile pileup power "
    "price profit protes ransom recall redund refina reloca restru rollov scanda securi spill spin spinof storm "
    "strike takeov wage walkou warnin".split()
)
"""The first six letters of every word that `_SUDDEN` or `_GRAVE`, in the plural too, begins with."""
_WHEN = (
    r"(?: (?:in|at|on|of|from|near) (?-i:[A-Z])[\w-]*| (?:last|this) (?:week|month|year|quarter|spring|summer|autumn|"
    r"fall|winter|"
    r"(?-i:[A-Z])\w+)| in 20\d\d| (?:a|two|three|four|some|a few|a couple of) (?:days|weeks|months|week|month) ago)"
)
_DEFINITE = re.compile(
    rf"\b(?P<of>(?:last|this) \w+'s (?:[a-z'\u2019-]+ ){{0,2}}(?:{_SUDDEN})|"
    rf"the (?:[a-z'\u2019-]+ ){{0,2}}(?:{_SUDDEN})(?={_WHEN}))\b",
    re.IGNORECASE,
)
"""`Last month's warning strike`, `the recall in July`: told as known, with its time or place."""
_MUST_HAVE = re.compile(
    rf"(?:^|(?<=[.!?\n] )|(?<=\n))(?P<of>The (?P<what>(?:[a-z'\u2019-]+ ){{0,2}}[a-z'\u2019-]+)(?: (?:of|from|"
    rf"by|with|at|in) "
    rf"(?:[\w'\u2019-]+ ){{0,5}}?[\w'\u2019-]+)?{_WHEN})(?:[ \w]{{0,20}})? must have\b",
    re.MULTILINE,
)
"""`The show-cause notice in July must have cost you sleep`: whatever it was, it is told as having happened."""
_NTH_SITE = re.compile(
    r"\byour (?P<nth>(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) (?:[a-z]+ )?(?:plant|factory|"
    r"store|shop|"
    r"site|warehouse|mill|mine|hotel|clinic|hospital|school|office|terminal|depot|line|kitchen|branch|location|home|"
    r"yard|"
    r"farm|restaurant|facility))\b",
    re.IGNORECASE,
)
_WELL_DONE = re.compile(
    r"\b[Cc]ongrat\w*(?: again)?(?: to (?:you|the team|everyone|all)(?: [a-z]+){0,4}?)? (?:on|for) "
    r"(?P<of>(?:the|your|a|an|that|[a-z]+ing)\b[^.!?,;:\n]{3,60})"
)
_NO_NEWS = frozenset(
    stem(word)
    for word in "new recent big great latest year good strong whole team news all".split()
)
_EVENT_HEADS = frozenset(
    "acqu merg take buyo dive spin carv laun roll expa grou clos shut layo redu depa resi rest reor down furl "
    "appo prom fire floo hurr wild eart expl brea hack cybe rans inci outa thef acci coll writ impa bank chap "
    "mate laws liti inve sett stri walk reca cita viol awar fund seri ipo list relo move migr swit go impl join "
    "part prof reco new sale purc open loss".split()
)
"""The first letters of every word in `_NOUNS`."""
_EVENT_STARTS = frozenset(
    "accide acquis appoin award awards bankru breach buyout carve carveo chapte citati closur collap cyber cybera data "
    "depart divest downsi earthq expans explos fire fires flood floods fundin furlou go ground hack hurric "
    "impair implem incide invest ipo joint launch lawsui layoff listin litiga loss materi merger migrat "
    "move new openin outage partne profit promot purcha ransom recall record redund reloca reorga resign restat "
    "restru roll rollou sale securi series settle shutdo spin spinof strike switch takeov theft thefts violat walkou "
    "wildfi write writed writeo".split()
)
"""The first six letters of every word that `_NOUNS` begins with."""
_NTHS = frozenset("second third fourth fifth sixth seventh eighth ninth tenth".split())
_NOUN = re.compile(rf"\b(?:{_NOUNS})\b", re.IGNORECASE)
_YOU_HAD = re.compile(
    r"(?: that| which)? (?:you|your [a-z]+) "
    r"(?:had|have|reached|announced|made|suffered|went|completed|did|won|closed|signed|saw|got|agreed|faced)\b",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(rf"\b(?:{_NOUNS})$", re.IGNORECASE)
_VERBS = (
    r"acquired|bought|merged|sold|divested|spun off|opened|launched|closed|shut|shuttered|exited|laid off|let go|"
    r"fired|hired|appointed|promoted|replaced|moved|relocated|switched|migrated|rolled out|implemented|adopted|"
    r"signed|renewed|terminated|cancelled|canceled|lost|won(?!['\u2019]t)|raised|went public|"
    r"filed for|went live|restated|settled|sued|"
    r"defaulted|cut|expanded|announced|outsourced|took over|broke ground|consolidated|restructured|reorgani[sz]ed|"
    r"doubled|tripled|outgrew|missed|failed|abandoned|scrapped|refinanced|borrowed|invested|partnered|teamed up|"
    r"introduced|discontinued|suspended|recalled|delayed|postponed|stepped down|resigned|retired|joined"
)
_VERB_HEADS = frozenset(part.split()[0] for part in _VERBS.split("|"))
_LATELY = frozenset("recent latest last".split())
_YEAR = re.compile(r"20\d\d")
_LEADS = frozenset(
    "after since following given despite amid congrats congratulate congratulations news read heard saw sorry "
    "learned "
    "hear noticed seen wake thanks now".split()
)
_YOU_HERE = re.compile(r"\b[Yy]ou")
_DONE = (
    r"\b(?:{who})(?:'ve|'s| have| has| had)?(?: (?:recently|just|also|already|finally|"
    r"quietly|only|both|now|successfully|then))? (?P<verb>"
    + _VERBS
    + r")\b(?P<rest>[^.?!;\n]{{0,30}})"
)
_ASKED = re.compile(
    r"(?:\b(?:have|has|had|did|do|if|once|unless|whether|would|could|should|until|what|whatever|case)|"
    r"\b(?:suppose|imagine|provided|so|in case|hope|assume) that)[ ]$",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"[\s\"'(]*(?:if|unless|suppose|imagine|had you)\b", re.IGNORECASE)
_EVERYDAY = re.compile(
    r"^ (?:(?:the|your|its|a|this|that|my|our|last|another|each|every|on|up|off|fiscal|financial|"
    r"in) )*(?:books?|year|years|loop|quarter|month|"
    r"period|email|e-mail|mail|message|note|attachment|link|file|files|track|sleep|interest|touch|count|patience|"
    r"question|questions|point|issue|for|with|doors?|corners?|on|up|off|call|invite|"
    r"time|attention|me|us|gap|gaps|nothing|little|(?:\w+ )?(?:minutes?|hours?|seconds?))\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:last|this|recent\w*|ago|yesterday|in (?:january|february|march|april|may|"
    r"june|july|august|september|october|"
    r"november|december|spring|summer|autumn|fall|winter)|20\d\d|early|late)\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|imagine|suppose|say|unless|whether|in case|were to)\b", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{3,}")
_YOU = re.compile(r"\b(?:you|your|yours|you're|you've|you'd)\b", re.IGNORECASE)
_FIX = "Take it out, or bind it to a stored fact that says so."


def untold(
    texts: Mapping[str, str], sources: Sequence[str], account: str, own: Sequence[str]
) -> Iterator[Finding]:
    """Events told of the account that neither a cited source nor the campaign's words tell."""
    known = [*sources, *own]
    yield from _congratulated(texts, known)
    for part, text in texts.items():
        for start, end, verb in islice(_told(text, account, sources), MOST):
            if any(_tells(source, verb, text[start : max(end, start + 90)]) for source in known):
                continue
            message = f"No cited source tells of `{cut(text[start:end])}`."
            span = Span(part=part, start=start, end=end)
            yield block("claim_uncovered", message, _FIX, span)


def _congratulated(texts: Mapping[str, str], known: Sequence[str]) -> Iterator[Finding]:
    """`Congratulations on the new financing round`: there must be something to it."""
    for part, text in texts.items():
        for found in _WELL_DONE.finditer(text) if "ongrat" in text else ():
            wanted = stems(found["of"]) - _NO_NEWS
            is_told = any(
                not wanted.isdisjoint(stems(source))
                or any(word[:5] in _beginnings(source) for word in wanted if len(word) > 4)
                or told_of(source) & {family for _, _, family in told(found["of"])}
                for source in known
            )
            if wanted and not is_told:
                message = f"No cited source tells of `{cut(found['of'])}`."
                span = Span(part=part, start=found.start("of"), end=found.end("of"))
                yield block("claim_uncovered", message, _FIX, span)


def _told(text: str, account: str, sources: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Where an event is presupposed, and its word."""
    is_possible = not _EVENT_HEADS.isdisjoint(heads_of(text))
    is_named = is_possible and not _EVENT_STARTS.isdisjoint(starts_of(text))
    is_led = is_named and not _LEADS.isdisjoint(words_of(text))
    for found in _AFTER_EVENT.finditer(text) if is_led else ():
        said = text[slice(*sentence(text, found.start(), found.end()))]
        is_yours = found["of"].casefold().startswith(("your", "last", "this"))
        about = is_yours or _YOU.search(said) or _named(account, said) or _DATED.search(said)
        about = about or _shares_name(said, sources)
        if about and not _SUPPOSED.search(said[: max(1, said.find(found["of"]))]):
            yield found.start("of"), found.end("of"), found["of"]
    if is_possible:
        yield from _had(text, is_named)
    yield from _definite(text)
    for found in _deeds(text, account):
        low, _ = sentence(text, found.start(), found.end())
        if _ASKED.search(text, max(0, found.start() - 12), found.start()) or _GIVEN.match(
            text, low
        ):
            continue
        if not _EVERYDAY.match(found["rest"]):
            yield found.start("verb"), found.end(), found["verb"]


def _definite(text: str) -> Iterator[tuple[int, int, str]]:
    """What is told as known with its time or place, of whomever; and the noun that names it."""
    is_possible = not _SUDDEN_STARTS.isdisjoint(starts_of(text))
    for found in _DEFINITE.finditer(text) if is_possible else ():
        said = text[slice(*sentence(text, found.start(), found.end()))]
        if not _SUPPOSED.search(said[: max(1, said.find(found["of"]))]) and not _OF_OURS.search(
            said
        ):
            yield found.start("of"), found.end("of"), found["of"]
    for found in _MUST_HAVE.finditer(text) if "must have" in text else ():
        yield found.start("of"), found.end("of"), found["what"]


_OF_OURS = re.compile(r"\b(?:we|our|us)\b")


def _had(text: str, is_named: bool) -> Iterator[tuple[int, int, str]]:
    """`Your recent merger`, `the fire you had`, where an event is named; `your second plant`."""
    words = words_of(text)
    is_grave = not _SUDDEN_STARTS.isdisjoint(starts_of(text))
    if is_named and (not _LATELY.isdisjoint(words) or _YEAR.search(text)):
        for found in _RECENT_EVENT.finditer(text):
            yield found.start("of"), found.end("of"), _event_of(found["of"])
    for found in _HAPPENED.finditer(text) if "your" in words and is_grave else ():
        name = "of" if found["of"] else "your"
        said = text[slice(*sentence(text, found.start(), found.end()))]
        if not _SUPPOSED.search(said[: max(1, said.find(found[name]))]):
            yield found.start(name), found.end(name), found[name]
    for found in _NTH_SITE.finditer(text) if not _NTHS.isdisjoint(words) else ():
        yield found.start("nth"), found.end("nth"), found["nth"].split()[0]
    for found in _YOU_HAD.finditer(text) if is_named and "you" in text else ():
        noun = _NOUN_BEFORE.search(text, max(0, found.start() - 30), found.start())
        if noun:
            yield noun.start(), found.end(), noun[0]


def _deeds(text: str, account: str) -> Iterator[re.Match[str]]:
    """What the reader or the account is said to have done; looked for where one of them is named."""
    if _VERB_HEADS.isdisjoint(words_of(text)):
        return
    pattern, last = _done(account), 0
    first = account.split()[0] if account.split() else ""
    places = [found.start() for found in _YOU_HERE.finditer(text)]
    places += _starts(text.casefold(), first.casefold()) if len(first) > 2 else []
    for at in sorted(places):
        found = pattern.match(text, at) if at >= last else None
        if found:
            last = found.end()
            yield found


def _starts(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found


@lru_cache(maxsize=256)
def _done(account: str) -> re.Pattern[str]:
    """What is said to have been done, by the reader or by the account's first word."""
    first = account.split()[0] if account.split() else ""
    who = "you|your (?:company|team|group|board|firm|trust|business)"
    if len(first) > 2:
        who += f"|{re.escape(first)}(?: [A-Z]\\w+)?"
    return re.compile(_DONE.format(who=who), re.IGNORECASE)


def _event_of(words: str) -> str:
    """The words up to the one that names the event."""
    found = list(_NOUN.finditer(words))
    return words[: found[-1].end()] if found else words


def _shares_name(said: str, sources: Sequence[str]) -> bool:
    """Whether a word with a capital of a sentence stands in a source."""
    names = frozenset(_CAPITAL.findall(said))
    return any(not names.isdisjoint(_CAPITAL.findall(source)) for source in sources)


def _named(account: str, said: str) -> bool:
    words = account.casefold().split()
    return bool(words) and len(words[0]) > 2 and words[0] in said.casefold()


def _tells(source: str, words: str, said: str) -> bool:
    """Whether a source tells an event of the same family, or holds the word itself."""
    families = {
        family
        for start, _, family in told(said)
        if start < len(words) or not said.startswith(words)
    }
    known = told_of(source)
    if families & known or (completes(said, 0, len(words)) and known & {"acquire", "sell"}):
        return True
    wanted = stem(words.split()[-1])
    return wanted in stems(source) or (len(wanted) > 4 and wanted[:5] in _beginnings(source))


@lru_cache(maxsize=512)
def _beginnings(source: str) -> frozenset[str]:
    """The first five letters of each word: `expansion` is told by `expanded`."""
    return frozenset(word[:5] for word in stems(source))
