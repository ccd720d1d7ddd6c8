"""What is said to have happened, held against what a source says.

In: words of a mail and the words of a source. Out: the words that tell another story.
Never: a figure, a name or a date; those are `mentions`, `named` and `relative`.

A verb belongs to a family of verbs that tell the same event. The opposite of what the source tells is
wrong anywhere in the clause; a verb of another family only where the claimed words are its subject or its
object. A verb of no family says nothing that rules could judge.
"""

from __future__ import annotations

import re
from functools import lru_cache

from outrider.guardrails.evidence.covers import Cover
from outrider.guardrails.evidence.order import direction
from outrider.guardrails.reading.plainwords import small, stem, stems

_FAMILIES = {
    "acquire": r"acquir(?:ed|es?|ing)|acquisitions?|bought|buying|purchased|purchases?(?= of)|"
    r"purchasing(?= (?:the|an?|its|your)\b)|took over(?! (?:as|from)\b)|"
    r"takeover|merged|merger|swallowed",
    "sell": r"(?<!be )sold|selling(?! to\b)|sale of|divest(?:ed|ing|s|iture)?|dispos(?:ed|al|ing)|spun off|"
    r"licensed out|auctioned|spin(?:ning|s)? off|spin-?offs?|sale[- ](?:and[- ])?lease-?back|offload(?:ed|ing)|"
    r"sold off",
    "open": r"(?:re)?open(?:ed|ing)|opens(?= (?:in|on|at|its|this|next)\b)|(?:is|are|'s) (?:now |"
    r"back )?open(?: again)?|"
    r"up and running again|back in (?:business|operation)|cut(?:ting)? the ribbon|broke ground|threw open|"
    r"first doors|commission(?:ed|ing)(?! (?:an?|the) (?:report|study|review))|start(?:ed)?[ -]up|"
    r"went live|launch(?:ed|ing)|inaugurated|unveil(?:ed|ing)",
    "close": r"clos(?:ed|ing|ure|ures)|shut(?:ting|tered)?(?: down)?|exit(?:ed|s|ing)|consolidat(?:ed|ing)|"
    r"vacat(?:ed|ing)|terminat(?:ed|es|ing|ion)|wound down|"
    r"wound up|pull(?:ed|ing) (?:out|(?=(?:your|its|the|our)\b))|walk(?:ed|ing) away from|closing down|"
    r"abandon(?:ed|ing)|discontinu(?:ed|ing)|withdr(?:ew|awn|awing)|cancell?ed|scrapped|not renew",
    "end": r"expir(?:ed|es|ing)|lift(?:ed|ing|s)?(?= (?:the|its|your|a|of)\b)|ended|"
    r"ends(?= (?:on|in|with|at)\b)|ran out|runs? out|lapsed",
    "renew": r"renew(?:ed|ing|al)|extend(?:ed|ing)|prolong(?:ed|ing)|renegotiat(?:ed|ing)",
    "repay": r"repa(?:id|ying)|paid (?:off|back|down)|redeem(?:ed|ing)",
    "refinance": r"refinanc(?:ed|ing)|rolled over(?= (?:the|its|your|an?)\b)",
    "default": r"default(?:ed|ing)",
    "gain": r"gain(?:ed|s|ing)?|won(?!['\u2019]t)|profit(?:ed|s)?|recover(?:ed|ing)|landed|secured",
    "lose": r"lost|los(?:s|ses|ing|es)|written (?:off|down)|wrote (?:off|down)|write-(?:off|down)|impairment|stolen|"
    r"stole|fined|fraud|burn(?:ed|t)(?: down)?|damaged|destroyed|flooded|penalt(?:y|ies)|breach(?:ed)?",
    "appoint": r"succeed(?:ed|s)|succession|appoint(?:ed|s|ment)|hir(?:ed|es|ing)|promoted|elected|recruited|"
    r"named(?= (?:as|our|its|the|[A-Z]))|took over(?= (?:as|from)\b)|in charge|at the helm|"
    r"in the (?:job|seat|role|chair)(?! for\b)|"
    r"filled(?= (?:(?:the|a|its|your|all|every|that) )*(?:\w+ )?(?:post|role|seat|vacanc|position|job|\d))",
    "leave": r"resign(?:ed|s|ing|ation)?|step(?:s|ping)? down|retire(?=\b)|fir(?:ed|ing)|dismiss(?:ed|al)|quit|"
    r"leav(?:ing|es)(?! (?:you|us|it|them|behind|with|in|to|over|of|for|is|a|an|the|little|no|only|room|much|his|her|"
    r"their|your)\b)|(?<!days )(?<!weeks )(?<!months )(?<!years )(?<!month )(?<!week )(?<!time )left(?! (?:you|"
    r"us|it|them|behind|with|in|to|over|of|for|is))|laid off|lay(?:ing)? off|layoffs?|"
    r"let go|"
    r"retir(?:ed|es)|replaced|stepped down|departed|poached|redundan\w+|furlough\w*",
    "rise": r"r(?:ose|isen|ises|ising)|increas(?:ed|es?|ing)|gr(?:ew|own|ows|owth)|climbed|jumped|"
    r"surged|soared|doubled|tripled|quadrupled|expanded|swelled|"
    r"(?<!adds )(?<!add )(?<!adding )(?<!sums )up(?= (?:by |to |from )?(?:[$£€\d]|(?-i:[A-Z]{2,3})[$ ]?\d))|went up|"
    r"spent more|"
    r"pushed up|brought up",
    "fall": r"fell|fallen|falls|drop(?:ped)? (?:by|to)|decreas(?:ed|es?|ing)|declin(?:ed|es|ing)|shrank|shrunk|"
    r"halved|sank|plunged|reduc(?:ed|tion|ing)|slumped|down(?= (?:by |to |from )?(?:[$£€\d]|(?-i:[A-Z]{2,3})[$ ]?\d))|"
    r"cut(?:ting)?(?! corners)|lower(?:ed|ing)|slash(?:ed|ing)|trim(?:med|ming)|"
    r"(?:brought|bringing|got|getting)[^.?!,;\n]{0,40}? down",
    "approve": r"approv(?:ed|al)|cleared|granted",
    "refuse": r"reject(?:ed|ion)|refus(?:ed|al)|recall(?:ed|s)?|banned|revoked|denied",
    "halt": r"suspend(?:ed|ing)|halt(?:ed|ing)|paus(?:ed|ing)|idled|mothballed|stopped|interrupted",
    "resume": r"restart(?:ed|ing)|resum(?:ed|ing|ption)|back (?:up|on line|online|at work)",
    "order": r"order(?:ed|ing)",
    "deliver": r"t(?:ook|aking|aken) delivery(?: of)?|deliver(?:ed|y of)|handed over|arrived",
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
    "acquire": ("open", "deliver", "order"),
    "close": ("sell", "lose", "end", "fall", "halt"),
    "end": ("close",),
    "gain": ("approve", "sell", "open", "acquire"),
    "approve": ("gain",),
    "appoint": ("open",),
    "leave": ("close",),
    "halt": ("close",),
    "resume": ("open",),
    "open": ("acquire", "appoint", "rise", "resume"),
    "order": ("acquire", "open"),
    "deliver": ("acquire", "open"),
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
    "leave": {"appoint", "open", "renew"},
    "rise": {"fall"},
    "fall": {"rise"},
    "approve": {"refuse"},
    "refuse": {"approve", "gain"},
    "halt": {"resume", "open"},
    "resume": {"halt", "close"},
    "deliver": {"order"},
    "order": {"deliver", "sell"},
    "undo": {"acquire", "sell", "open", "renew", "approve", "gain", "appoint", "order"},
}
_ANY = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _FAMILIES.items()) + r")\b",
    re.IGNORECASE,
)
_GENTLE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _SOFT.items()) + r")\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"(?:[a-z]+ )*(?:[A-Z]{0,3}[$£€¥₹]|[A-Z]{3} ?\d)")
_FINISHED = re.compile(
    r"\b(?:complet|clos|finali[sz]|finish|consummat)(?:ed|ing) (?:(?:the|its|your|this|"
    r"that) )?(?:[a-z]+ )?$",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\b(?:to|will|would|shall|plans?|planned|planning|intends?|propos\w+|due|about to|subject to|(?:to|will) be|"
    r"being)"
    r"(?: (?:be|the|its|our|a|an|soon|also|then))* ?(?:buy|sell|open|close|acquire|divest|shut|launch|merge|cut|"
    r"lay off|"
    r"reduce|increase|appoint|[a-z]+ed|bought|sold|built|sale|purchase|acquisition|disposal|closure|opening|"
    r"merger)?$",
    re.IGNORECASE,
)
_PLANS_TO = re.compile(
    r"\b(?:plans?|expects?|intends?|aims?|agreed|proposes?|hopes?|wants?|is|are|due) to (?!be\b)([a-z]{4,})|"
    r"\bwill ([a-z]{4,})",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:you|[A-Z]\w+|it|they|we|has|have|had|'ve)(?: (?:just|now|already|recently))? ([a-z]{3,}ed)\b"
)
_IS_PLAN = re.compile(
    r"\b(?:plans?|expects?|expected|intends?|aims?|due|agreed|will|is|are) (?:to|be)\b|\bunder construction\b|"
    r"\b(?:planned|scheduled|due|foreseen|expected|set) (?:for|in)\b",
    re.IGNORECASE,
)
_IS_STATE = re.compile(
    r"\b(?:is|are|'s|been)(?: (?:now|already|finally|fully))* (?:up and running|live|complete|completed|finished|"
    r"operational|"
    r"in operation|in service|in production)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"(?:\b(?:was|were|has|have|had|is|are|did)(?:n't| not| never)|\bnever)(?: been| yet| \w+ly)* $"
)
_DENIED = re.compile(r"\b(?:not|never|no longer|without)\b", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\b(?:if|whether|unless|once|when|until|before|by the time|imagine|suppose)\b|\?$",
    re.IGNORECASE,
)
_OBJECT_GAP = re.compile(
    r"(?: (?!(?:and|or|but|when|while|that|which|who|as|if|after|before|since|until|because|so|with|without|at|on|"
    r"in|from|"
    r"about|last|this|next)\b)[\w'\u2019&-]+){0,4} "
)
_SUBJECT_GAP = re.compile(
    r"(?:['\u2019]s?)?(?: (?!(?:and|or|but|when|while|that|which|who|as|if|after|before|since|until|because|so|with|"
    r"without|by|for)\b)"
    r"[\w'\u2019&-]+){0,3} "
)
_THAT_THEY = re.compile(r" (?:that|which) (?:[\w'\u2019&-]+ ){1,3}")
_ONLY_DATE = re.compile(
    r"(?:(?:in|on|at|by|since|last|this|early|late|mid|the|end|of|summer|spring|autumn|winter|fiscal|FY|January|"
    r"February|"
    r"March|April|May|June|July|August|September|October|November|December|\d{1,2}(?:st|nd|rd|th)?|(?:19|"
    r"20)\d\d)[ ,-]*)+",
    re.IGNORECASE,
)
_HARMLESS_OBJECT = re.compile(
    r" (?:(?:the|your|its|our|a|this|that|each|every|another) )?(?:\w+ )?(?:books?|"
    r"year|years|loop|quarter|month|file|"
    r"files|ticket|tickets|gap|gaps|case|cases|period|door|doors|track|sleep|sight|"
    r"touch|corners?|mail|email|message|"
    r"envelope|line|queue|desk|time|market)\b",
    re.IGNORECASE,
)
_BY_OTHERS = re.compile(
    r"\b(?:I|we|I've|we've|who)(?: \w+)? $|\b(?:somebody|someone|anyone|anybody|nobody|people|clients|customers|"
    r"guests|patients|families|members|visitors|buyers|sellers|others|those)(?: \w+){0,4} $",
    re.IGNORECASE,
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


@lru_cache(maxsize=512)
def told(text: str) -> tuple[tuple[int, int, str], ...]:
    """The events of a text: offsets and the family of each verb."""
    found = [(hit.start(), hit.end(), hit.lastgroup or "") for hit in _ANY.finditer(text)]
    found += [
        (hit.start("verb"), hit.end(), _PLANS[small(hit["verb"])])
        for hit in _PLANNED.finditer(text)
    ]
    return tuple(sorted(found))


def other_event(text: str, low: int, high: int, cover: Cover) -> tuple[int, int] | None:
    """The verb in a clause of a text that contradicts the events that a cover's source tells, if any.

    The opposite of what the source tells contradicts anywhere in the clause. A verb of another family does
    so only where the covered words are its subject or its object; beside them it may tell of anything.
    """
    source, clause = cover.source, text[low:high]
    known = told_of(source)
    strong = {family for _, _, family in told(source)} | direction(source)
    for first, last, family in told(clause):
        start, end = low + first, low + last
        if _says_nothing(text, start, end):
            continue
        if family in known and _is_too_early(text, start, end, cover, family):
            return start, end
        if _is_word_of(text[start:end], source):
            continue
        same = {family, *_ALSO.get(family, ())}
        if completes(text, start, end) and known & {"acquire", "sell", "open"}:
            continue
        if known & _AGAINST.get(family, set()) and family not in known:
            return start, end
        if not (strong & same or family in known) and _governs(text, start, end, cover):
            return start, end
    return (
        _denied(text, low, high, cover)
        or _done_too_early(text, low, high, source)
        or _soft_event(text, low, high, cover)
    )


def _is_too_early(text: str, start: int, end: int, cover: Cover, family: str) -> bool:
    """`The trains that Stadler delivered`, where the source has them still to be delivered."""
    if not (_is_done(text, start, end) and _is_only_planned(cover.source, family)):
        return False
    is_of_it = _THAT_THEY.fullmatch(text, cover.end, start) is not None
    return is_of_it or _governs(text, start, end, cover)


def _denied(text: str, low: int, high: int, cover: Cover) -> tuple[int, int] | None:
    """`The contract wasn't renewed`, where the source says that it was."""
    if _SUPPOSES.search(text, low, high):
        return None
    known = {family for _, _, family in told(cover.source)}
    for first, last, family in told(text[low:high]):
        start, end = low + first, low + last
        denial = _DENIAL.search(text, max(low, start - 20), start)
        if denial and family in known and not _DENIED.search(cover.source):
            if _governs(text, start, end, cover):
                return denial.start(), end
    return None


def _done_too_early(text: str, low: int, high: int, source: str) -> tuple[int, int] | None:
    """`Since you entered Colorado`, where the source only plans to enter it."""
    planned = _planned(source)
    if _IS_PLAN.search(source) and not _IS_STATE.search(source):
        state = _IS_STATE.search(text, low, high)
        if state and not _SUPPOSES.search(text, low, state.start()):
            return state.span()
    for found in _PAST.finditer(text, low, high) if planned else ():
        is_ahead = _TO_COME.search(text, max(0, found.start() - 24), found.start())
        is_same = any(found[1].lower().startswith(verb.rstrip("ey")) for verb in planned)
        if is_same and not is_ahead and not _says_nothing(text, *found.span(1)):
            return found.span(1)
    return None


@lru_cache(maxsize=512)
def _planned(source: str) -> frozenset[str]:
    """The verbs of what a source only plans."""
    return frozenset((found[1] or found[2]).lower() for found in _PLANS_TO.finditer(source))


def _is_done(text: str, start: int, end: int) -> bool:
    """Whether a verb tells what has happened: `acquired`, `completed the purchase of`."""
    if _FINISHED.search(text, max(0, start - 24), start):
        return True
    is_past = text[start:end].lower().split()[0].endswith(("ed", "ought", "old", "ook", "hut"))
    return is_past and not _TO_COME.search(text, max(0, start - 24), start)


@lru_cache(maxsize=1024)
def _is_only_planned(source: str, family: str) -> bool:
    """Whether a source tells an event as one to come: `agreed to buy`, `expects to open`, `will be sold`."""
    found = [(start, end) for start, end, name in told(source) if name == family]
    return bool(found) and all(
        _TO_COME.search(source, max(0, start - 40), end) is not None for start, end in found
    )


def _governs(text: str, start: int, end: int, cover: Cover) -> bool:
    """Whether the covered words are the object or the subject of a verb, with nothing told in between."""
    if start >= cover.start and end <= cover.end:
        return True
    if _ONLY_DATE.fullmatch(text, cover.start, cover.end):
        return False
    if end <= cover.start:
        return _OBJECT_GAP.fullmatch(text, end, cover.start) is not None
    return _SUBJECT_GAP.fullmatch(text, cover.end, start) is not None


def completes(text: str, start: int, end: int) -> bool:
    """`Closed the acquisition`, `the merger closed`, `closed Borealis for C$96 million`: a deal was done."""
    if not text[start:end].lower().startswith("clos"):
        return False
    before = _DEAL_BEFORE.search(text, max(0, start - 40), start)
    return before is not None or _COMPLETES.match(text, end) is not None


def _soft_event(text: str, low: int, high: int, cover: Cover) -> tuple[int, int] | None:
    """A soft verb that is the opposite of what is told, or right before an amount: `saved $2m`."""
    source, known = cover.source, told_of(cover.source)
    for hit in _GENTLE.finditer(text, low, high):
        family = hit.lastgroup or ""
        if _says_nothing(text, *hit.span()) or _is_word_of(hit[0], source):
            continue
        if known & _AGAINST.get(family, set()) and family not in known:
            return hit.span()
        is_told = known & {family, *_ALSO.get(family, ())}
        is_money = _AMOUNT.match(text, cover.start, cover.end)
        if not is_told and is_money and 0 <= cover.start - hit.end() <= 8:
            return hit.span()
    return None


def _says_nothing(clause: str, start: int, end: int) -> bool:
    """Whether a verb is negated, somebody else's, part of a name, or has an everyday object: `closed the books`."""
    return (
        (clause[start].isupper() and clause[max(0, start - 2) : start][:1].isalnum())
        or _NEGATED.search(clause, max(0, start - 24), start) is not None
        or _IMAGINED.search(clause, max(0, start - 40), start) is not None
        or _HARMLESS_OBJECT.match(clause, end) is not None
        or _BY_OTHERS.search(clause, max(0, start - 44), start) is not None
    )


def _is_word_of(word: str, source: str) -> bool:
    if " " in word or stem(word) not in stems(source):
        return False
    return not re.search(
        rf"\b(?:not|never|no longer)(?: \w+)? {re.escape(stem(word))}", source, re.I
    )


@lru_cache(maxsize=512)
def told_of(source: str) -> frozenset[str]:
    """The families of events that a source tells, with the direction of its pairs of figures."""
    soft = {hit.lastgroup or "" for hit in _GENTLE.finditer(source)}
    return frozenset(family for _, _, family in told(source)) | soft | direction(source)
