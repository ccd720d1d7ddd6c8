"""Whether a number states something of somebody, or is small talk.

In: a mention, its text, the account's name, where claims stand. Out: stated, slight or nothing.
Never: whether it is true; that is `claims`.

Amounts, percentages and numbers of weight always state. A small count states when it is told of the
account, of us, of customers or of what is usual; otherwise it is a way to talk: `two quick questions`,
`a lease or two`, `three crew leads, one group chat`. What stays open is shown and does not block.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from outrider.guardrails.reading.clock import is_clock
from outrider.guardrails.reading.counted import FEW, YOUR, Count, clause_of, is_about
from outrider.guardrails.reading.mentions import Mention, MentionKind

_SMALL = Decimal(100)


class Weight(StrEnum):
    """How much a mention says: what is stated must be proved, what is slight is shown."""

    STATED = "stated"
    SLIGHT = "slight"
    NOTHING = "nothing"


_ROUND = re.compile(r"an? (?:hundred|dozen|thousand)$", re.IGNORECASE)
_LIST_MARK = re.compile(r"(?:^|\n)[ \t]*[(#]?$")
_AFTER_MARK = re.compile(r"[.):](?=\s)")
_OF_NOTHING = re.compile(
    r" (?:a|one) (?:percent|per cent|point|second|hour|page|chance)\b", re.IGNORECASE
)
_OF_EVERY = re.compile(
    r"\b(?:one|two|three|\d{1,2})(?: [a-z]+){0,2} (?:in|out of)(?: every)? $", re.IGNORECASE
)
_IDIOM = re.compile(
    r"\b(?:no|these|those|all|any|either|both|the other|other|which|one or|one in a|a [a-z]+ or|an [a-z]+ or|"
    r"once or|the first|first|the next|next|another|part|between|one of|top|my|a)[ ]$",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(?:first|next|last|another|every|coming|in|within|for|give (?:me|it|"
    r"us))[ ](?:the (?:next |first )?|about |just |only )?$",
    re.I,
)
_TIME_UNIT = re.compile(
    r"[ -]?(?:to|or|-)?[ -]?(?:\d{1,3}|five|ten|three|four|six)?[ -]?(?:quick |short |brief |quiet |spare |calm )?"
    r"(?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?|quarters?|years?|o'clock)\b",
    re.IGNORECASE,
)
_TALK_UNIT = re.compile(
    r"[ -]?(?:to|or|-)?[ -]?(?:\d{1,3}|two|three|five|ten)?[ -]?(?:quick |short |"
    r"brief |simple |more |other |different |"
    r"good |easy |possible |plain |small |honest |final |open )?"
    r"(?:minutes?|mins?|questions?|things?|lines?|sentences?|words|options?|ways?|ideas?|reasons?|points?|steps?|"
    r"examples?|thoughts?|pages?|pager|bullets?|emails?|mails?|messages?|notes?|signs?|seconds?|or|sides?|places?|"
    r"tries|kinds?|sorts?|parts?|halves|doors?|slides?|"
    r"screenshots?|links?|cents|birds|worlds|camps|guesses|answers?|times)\b",
    re.IGNORECASE,
)
_TALK_OF_OTHERS = re.compile(
    r"[ -]?(?:people|numbers|figures|versions?|facts?|copies|colleagues|hands|eyes|weekends?|evenings?|nights?)\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"^[^.?!;\n]{0,28}?\b(?:per [a-z]+|an? (?:day|week|month|quarter|year|hour|shift)|"
    r"(?:each|every) (?:day|week|month|quarter|year|hour|shift|store|site|lease|invoice|employee|person|head|"
    r"location|branch|truck|plant))\b|^(?: [a-z]+){0,2} in (?:every )?(?:\d{1,3}|two|"
    r"three|four|five|six|seven|eight|"
    r"nine|ten|twelve|twenty)\b|^ [a-z]+ (?:in a row|running|straight)\b|^ (?:straight|"
    r"consecutive)\b(?! (?:minutes|hours|days|weeks|months|years))",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:sav\w{1,4}|cut\w{0,4}|reduc\w{1,4}|faster|quicker|increas\w{1,4}|improv\w{1,4}|grew|grow\w*|"
    r"doubl\w{1,4}|tripl\w{1,4}|boost\w{0,4}|shav\w{1,4}|lost|lose|losing|waste\w?|spend\w*|spent|"
    r"customers?|clients?|accurate|accuracy|hired|opened|closed|bought|acquired|laid|recover\w*|"
    r"miss(?:ed|es|ing)?|overpa(?:y|id|ys|ying)|working with|helped|trusted)\b",
    re.IGNORECASE,
)
_CUSTOMERS = re.compile(
    r"\b(?:customers?|clients?|sav(?:e|es|ed|ing|ings)|helped)\b", re.IGNORECASE
)
_USUAL = re.compile(
    r"\b(?:most|average|averages|typical|typically|usually|on average|benchmark\w*|stud(?:y|ies)|surveys?|research|"
    r"industry|peers|companies like|firms like|groups like|teams like|like yours|your size|statistic\w*)\b",
    re.IGNORECASE,
)
_BODIES = re.compile(
    r"[ -](?:[a-z-]+ ){0,2}(?:companies|groups|firms|brands|retailers|operators|customers|clients|users|"
    r"organi[sz]ations|employers|hospitals|controllers|cfos|teams|trusts|carriers|"
    r"chains|of the (?:top|largest|biggest))\b",
    re.IGNORECASE,
)
_SETTING_UP = re.compile(
    r"\b(?:set-?up|onboarding|implementation|roll-?out|go(?:es)? live|live in|"
    r"up and running|takes?|took|deploy\w*|pa(?:id|ys?) (?:back|off|for itself)|payback|break(?:s|ing)? even)\b",
    re.IGNORECASE,
)
SUPPOSED = re.compile(
    r"\b(?:if|imagine|suppose|say|could|would|might|may|should|can|will|shall|unless|whether|maybe|perhaps|'d|'ll|"
    r"let's|happy to|want|like to|need|even|sometimes|once|i (?:guess|bet|suspect|assume|imagine|suppose))\b"
    r"|'d\b|'ll\b",
    re.IGNORECASE,
)
_IMAGINED = re.compile(
    r"\b(?:if|imagine|suppose|say|gave|were to|picture|think of|consider|take)\b", re.IGNORECASE
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'd|I'll|me|my|let's)\b")
_ASKS = re.compile(
    r"^[\s\"'-]*(?:or )?(?:do|does|did|is|are|was|were|can|could|would|will|should|has|have|any)\b",
    re.I,
)
_BY = re.compile(r"\b(?:by|up|down|to|saves?|cuts?|lost|grew|rose|fell)[ ]$", re.IGNORECASE)
_WHOLE = re.compile(r"\b(?:not|i'm|i am|be|agree|never|without)[ ]$", re.IGNORECASE)


def weight_of(mention: Mention, text: str, account: str, is_beside_claim: bool) -> Weight:
    """How much a number or a share says, by its unit and what its clause is about."""
    count = Count(mention, text, account, is_beside_claim)
    if _is_anecdote(count):
        return Weight.SLIGHT
    if mention.kind is MentionKind.NUMBER:
        return _weight_of_number(count)
    return _weight_of_share(mention, text) if mention.kind is MentionKind.PERCENT else Weight.STATED


def _weight_of_number(count: Count) -> Weight:
    mention, text = count.mention, count.text
    if count.leads(_OF_NOTHING) or _is_mark(mention, text) or _is_my_own(count):
        return Weight.NOTHING
    if count.follows(_OR_THREE, 40) or count.follows(_MINUS, 8) or _is_quoted(count):
        return Weight.NOTHING
    if not mention.number or "." in mention.text:
        return Weight.STATED
    is_bare = not count.is_digits and mention.number <= FEW and not count.leads(_A_WORD)
    if is_bare and not count.is_owned and not count.is_beside_claim:
        return Weight.SLIGHT
    if count.is_definite:
        is_some = count.leads(_A_NOUN) and not count.follows(_NONE, 4)
        return Weight.SLIGHT if is_some else Weight.NOTHING
    if _ROUND.match(mention.text) and not count.is_owned:
        return Weight.STATED if _RATE.match(count.after) else Weight.SLIGHT
    is_factor = count.is_digits and (mention.text.endswith("x") or count.after.startswith("x"))
    if mention.number >= _SMALL or is_factor:
        return Weight.SLIGHT if _is_only_asked(count) and not is_factor else Weight.STATED
    return _weight_of_count(count)


def _is_anecdote(count: Count) -> bool:
    """`One garage quotes four hundred dollars, his cousin nine`: a small figure of a story about nobody."""
    if count.is_beside_claim or count.mention.number > _LARGE_IN_A_STORY:
        return False
    if not _SOMEBODY.search(count.said) or is_about(count.said, count.account):
        return False
    return not (_WE.search(count.said) or _is_result(count) or _USUAL.search(count.said))


def _is_quoted(count: Count) -> bool:
    """`A folder named "final 2"`: part of a name that somebody gave to something."""
    return count.mention.number < _SMALL and bool(
        count.follows(_QUOTED, 30) and count.leads(_UNQUOTED)
    )


def _is_only_asked(count: Count) -> bool:
    """`Do they live in 600 inboxes`: a large number that a question or a fancy makes up."""
    if count.is_beside_claim or count.is_owned:
        return False
    if _RATE.match(count.after) or _CUSTOMERS.search(count.said):
        return False
    return _ASKS.match(count.near) is not None or _IMAGINED.search(count.near) is not None


def _weight_of_count(count: Count) -> Weight:
    for rule in (_as_statistic, _as_talk, _as_time, _as_theirs):
        weight = rule(count)
        if weight is not None:
            return weight
    return Weight.SLIGHT if count.is_digits or count.mention.number > 20 else Weight.NOTHING


def _as_statistic(count: Count) -> Weight | None:
    """`One lease in nine`, `six a week`, `for 12 clients`: a figure of results or of what is usual."""
    if _is_general(count) and not _CUSTOMERS.search(count.said):
        return None
    if count.is_beside_claim and _OUT_OF.match(count.said):
        return Weight.STATED
    if _ON_AVERAGE.search(count.near) and not SUPPOSED.search(count.near):
        return Weight.STATED
    if _OF_EVERY.search(count.before) or _RATE.match(count.after) or count.leads(_BODIES):
        return Weight.STATED
    return Weight.STATED if _is_result(count) and not _is_offer(count.said) else None


def _is_general(count: Count) -> bool:
    """`When ten people are missing`: whenever it may be, of anybody."""
    return _WHENEVER.search(count.near) is not None and not count.is_owned


def _as_talk(count: Count) -> Weight | None:
    """Questions, minutes, hours of the clock, phrases, and what is only imagined."""
    if is_clock(count.mention, count.text) or count.leads(_TALK_UNIT):
        return Weight.NOTHING
    if not count.is_owned:
        if count.leads(_TALK_OF_OTHERS):
            return Weight.NOTHING
        if count.follows(_IDIOM, 24) and not _is_result(count):
            return Weight.NOTHING
    if not _is_general(count) and _IMAGINED.search(count.near) is None:
        return None
    return Weight.SLIGHT if count.is_digits or count.mention.number > FEW else Weight.NOTHING


def _as_time(count: Count) -> Weight | None:
    """`The first 90 days` tells nothing, `set-up takes two days` does."""
    is_setting_up = _SETTING_UP.search(count.near) is not None
    if not count.leads(_TIME_UNIT):
        return Weight.STATED if _USUAL.search(count.said) else None
    if count.follows(_FIRST):
        return Weight.STATED if is_setting_up else Weight.NOTHING
    return Weight.STATED if is_setting_up or _USUAL.search(count.said) else None


def _as_theirs(count: Count) -> Weight | None:
    """What is told of the account, or beside one of its facts."""
    is_few = not count.is_digits and count.mention.number <= FEW
    if is_few and SUPPOSED.search(count.near) and FIRST_PERSON.search(count.near):
        return Weight.SLIGHT
    if count.is_owned or _OF_YOURS.match(count.after):
        return Weight.STATED
    if count.is_digits and _OF_THEM.match(count.after):
        return Weight.STATED
    if count.is_beside_claim and count.mention.text.isdigit():
        return Weight.STATED
    if SUPPOSED.search(count.near) or _is_yes_or_no(count.said, count.near):
        return Weight.SLIGHT
    if not count.is_beside_claim and not is_about(count.near, count.account):
        return None
    if not count.is_digits and count.mention.number <= FEW:
        return Weight.STATED if _is_told_of_name(count) else Weight.SLIGHT
    is_ours = FIRST_PERSON.search(count.near) is not None and not count.is_beside_claim
    return Weight.SLIGHT if is_ours else Weight.STATED


def _is_told_of_name(count: Count) -> bool:
    """`Open Door still pays rent on five of the offices`: a part of what the account, by name, has or does."""
    if not _OF_THINGS.match(count.after) or _DOUBTS.search(count.near):
        return False
    name = count.account.casefold()
    return len(name) > 3 and count.near.strip().casefold().startswith(
        (name, " ".join(name.split()[:2]))
    )


def _is_my_own(count: Count) -> bool:
    """`I lost ten bucks`: small and told of the sender alone, with no customer and nothing of ours in it."""
    if count.mention.number > _SMALL or not _I_MYSELF.search(count.before):
        return False
    return not (YOUR.search(count.said) or _CUSTOMERS.search(count.said) or _WE.search(count.said))


def _is_result(count: Count) -> bool:
    return bool(_RESULT.search(count.near) or _CUSTOMERS.search(count.said))


def _is_yes_or_no(said: str, near: str) -> bool:
    """Whether a sentence or clause asks rather than tells: `do they live in 600 inboxes`."""
    return _ASKS.match(said) is not None or _ASKS.match(near) is not None


def is_imagined(mention: Mention, text: str) -> bool:
    """Whether a clause only supposes: `picture two of your vans`."""
    first, last = clause_of(text, mention)
    return _IMAGINED.search(text, first, last) is not None


def is_by_the_way(mention: Mention, text: str, account: str) -> bool:
    """`Two or three tankers` in a question, `three apps on my phone`: whatever else is counted there."""
    count = Count(mention, text, account, False)
    is_about_so = count.follows(_OR_SO) or count.leads(_OR_SO_AFTER)
    is_mine = _is_my_own(count) and not is_about(count.near, account)
    return is_mine or (is_about_so and count.said.rstrip().endswith("?"))


def is_talk(mention: Mention, text: str) -> bool:
    """Whether what is counted belongs to the talk itself: questions, minutes, lines, reasons."""
    return _TALK_UNIT.match(text, mention.end) is not None


def _weight_of_share(mention: Mention, text: str) -> Weight:
    if mention.number == 1 and not _BY.search(text, max(0, mention.start - 10), mention.start):
        return Weight.NOTHING
    if mention.number in (100, 110) and _WHOLE.search(
        text, max(0, mention.start - 12), mention.start
    ):
        return Weight.NOTHING
    return Weight.STATED


def _is_mark(mention: Mention, text: str) -> bool:
    """`1.` or `2)` at the start of a line."""
    return (
        mention.text.isdigit()
        and len(mention.text) < 3
        and _LIST_MARK.search(text, max(0, mention.start - 8), mention.start) is not None
        and _AFTER_MARK.match(text, mention.end) is not None
    )


_A_WORD = re.compile(r"[ -][a-z]|[/%]")
_QUOTED = re.compile(r"[\"\u201c][^\"\u201c\u201d\n]{0,28}$")
_UNQUOTED = re.compile(r"[^\"\u201c\u201d\n]{0,12}[\"\u201d]")
_WHENEVER = re.compile(r"\b(?:[Ww]hen|[Ww]henever|[Ee]very time|[Aa]s soon as) (?!you\b)")
_LARGE_IN_A_STORY = 10_000
_SOMEBODY = re.compile(
    r"\b(?:he|she|his|her|him|somebody|someone|nobody|a (?:man|woman|friend|guy|bloke|chap|lad))\b",
    re.I,
)
_ON_AVERAGE = re.compile(r"\b(?:on average|an average of|averages?)\b", re.IGNORECASE)
_OUT_OF = re.compile(
    r"\s*(?:Of|Out of|Among) (?:your |the |those |these |its )?(?:\d|[a-z]+ [a-z]+,)"
)
_NONE = re.compile(r"\bno $", re.IGNORECASE)
_A_NOUN = re.compile(r"[ -](?:[a-z]+[ -])?[a-z]{3,}s\b")
_OR_SO = re.compile(r"\b(?:one|two|three|four|five|six|ten|\d{1,2}) (?:or|to) $", re.IGNORECASE)
_OR_SO_AFTER = re.compile(r" (?:or|to) (?:two|three|four|five|six|twelve|\d{1,2})\b", re.IGNORECASE)
_MINUS = re.compile(r"\bminus $", re.IGNORECASE)
_OR_THREE = re.compile(r"\ban? [a-z]+ or $", re.IGNORECASE)
_I_MYSELF = re.compile(r"(?:^|[\s,])(?:I|I've|I'd|my) ")
_WE = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_OF_THINGS = re.compile(r" of (?:the|those|these|its|your) [a-z]", re.IGNORECASE)
_DOUBTS = re.compile(r"\b(?:probably|surely|must|perhaps|maybe|may|might|could|would|if|I)\b")
_OF_YOURS = re.compile(r" of (?:your|their|its)\b", re.IGNORECASE)
_OF_THEM = re.compile(r" of (?:those|these|them|which|whom)\b", re.IGNORECASE)


def _is_offer(said: str) -> bool:
    """Whether a sentence offers or asks for a little of somebody's time."""
    return bool(SUPPOSED.search(said)) and bool(re.search(r"\bminutes?\b", said))
