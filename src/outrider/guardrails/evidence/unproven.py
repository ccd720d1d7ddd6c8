"""What a name that nothing proves may still be: a term, a heading, a feast day, a place where one is.

In: a name at its place, what the mail stands on. Out: its weight. Never: a name that does something in
the sentence; that one states, and blocks.
"""

from __future__ import annotations

import re

from outrider.guardrails.evidence.agreement import is_akin
from outrider.guardrails.evidence.grounds import Ground, Place
from outrider.guardrails.reading.counted import clause_of, is_about
from outrider.guardrails.reading.harmless import (
    BRAND_WORDS,
    INITIALS_OF_FIRMS,
    NAME_VERBS,
    PEOPLES,
    PLACES,
    REGIONS,
)
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.named import audit_firm, small_words, tokens_of
from outrider.guardrails.reading.stated import Weight

_TERM = re.compile(r"[A-Z]{1,4}|[A-Z]{1,2}\d{1,3}[A-Z]?|[A-Z]{1,4}[&/-][A-Z]{1,4}")
_ACTS = re.compile(
    r" (?:[a-z]+s|[a-z]+ed) (?:the|your|an?|our|its|all|every|you|us|them|for|with|on)\b"
)
_NEXT_WORD = re.compile(r"(?:'s)?[ ]?([a-z]*)")
_USER_BEFORE = re.compile(
    r"\b(?:like|at|use|uses|using|with|from|on|via|chose|replaced?|into|than|by|helped|for|your|their) $"
)
_FIRST_PERSON = re.compile(r"\b(?:I|we|me|my|us|our)\b")
_I_AM_IN = re.compile(
    r"\b(?:I|we)(?:'m|'ll|'re)?(?: (?:am|was|were|are|will be|shall be|live|lived|grew up|travel|visit|flying|back|"
    r"have been|spent [a-z ]{3,12}|fly|drive))?(?: [a-z]+){0,2} (?:in|near|to|from|around) $"
)
_IN_A_ZONE = re.compile(r"(?:,? (?:or|and) [A-Z]\w+)? (?:time|hours)\b")
_GREETS_FROM = re.compile(
    r"\b(?:greetings|regards|hello|hi|writing|cheers|wishes)[a-z ]{0,16} from (?:[a-z]+ )?$",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(?:I|[Mm]y|me|I'm|I've|our house|our office)\b(?!.*\b(?:hear|heard|learn|learned|know|bought|spoke|met|"
    r"saw|use|used)\b)"
)
_PLACED = re.compile(
    r"\b(?:in|near|from|around|outside|through|via|home to|back to|drive to|fly to|flight to) (?:[a-z]+ )?$"
)
_SCENE = re.compile(r"\b(?:[Aa]n?|[Oo]ne) (?:[a-zI]+ ){1,5}(?:in|near|outside|around) $")
_OURS = re.compile(r"\b(?:we|our|us|customers?|clients?)\b", re.IGNORECASE)
_WISH = re.compile(
    r"\b(?:[Hh]appy|[Hh]ope you (?:had|have|enjoyed)|[Ee]njoy(?:ed)?) (?:an? |the |your )?(?:[a-z]+ )?$"
)
_OCCASION = re.compile(
    r"\b(?:[Hh]appy|[Mm]erry|[Bb]lessed|[Ee]njoy(?:ed)?|before|until|around|over|[Hh]ope|wonderful|great|"
    r"good) (?:a |an |the |your )?(?:great |good |lovely |nice |belated )?$"
)
_OCCASION_AFTER = re.compile(
    r"[^.?!;\n]{0,30}\b(?:behind us|around the corner|coming up|(?:is|are) (?:over|near|upon us)|approaching)\b"
)
_LANDSCAPE = re.compile(
    r" (?:Strait|River|Lake|Bay|Coast|Bridge|Valley|Ocean|Sea|Mountains?|Falls|Islands?|Park|Beach)$"
)
_FEAST = re.compile(r" (?:Day|Days|Night|Eve|Week|Weekend|Festival|Fair)$")
_FEAST_AFTER = re.compile(
    r" (?:Day|Night|Eve)\b|(?: [A-Z]\w+| of){0,2} (?:week|weekend|season|festival|festivities|celebrations|"
    r"holidays?|parade|fair)\b"
)
_RANGE = re.compile(r"[A-Z][a-z]{2,}s")
_OF_THE = re.compile(r"\b(?:of|in|across|over|through|around|into) the $")
_I_AM_A = re.compile(r"\bI(?:'m| am|'ve been|was) (?:an?|still an?|a [a-z]+) $")


def is_wished(place: Place, ground: Ground) -> bool:
    """`Hope you had a great 4th of July`, there or in the body when the subject repeats it."""
    text, mention = place.text, place.mention
    at = mention.start
    if place.part == "subject":
        text = ground.texts["body"]
        at = max(0, text.find(mention.text))
    return _WISH.search(text, max(0, at - 40), at) is not None


def weight_of_name(place: Place, ground: Ground) -> Weight:
    """A heading, a term of the trade or a country that sets a scene is shown; a name blocks."""
    if (
        _is_lone_subject(place)
        or _is_term(place)
        or _is_whereabouts(place, ground)
        or _is_feast(place, ground)
    ):
        return Weight.SLIGHT
    words = tokens_of(place.mention.text)
    if len(words) == 1 and words[0] in small_words(place.text) and not is_firm(place.mention.text):
        # The mail writes the same word small: `how directors ask; terrible people, Directors`.
        return Weight.SLIGHT
    if all(word.removesuffix("s") in PEOPLES or word in PEOPLES for word in words):
        return _weight_of_people(place, ground)
    if all(word in REGIONS for word in words) or _is_range(place) or _is_made_up(place):
        return Weight.SLIGHT
    if _is_somewhere(place, ground):
        return Weight.SLIGHT
    if all(word in PLACES or word in ("new", "north", "south", "united") for word in words):
        said = place.text[slice(*sentence(place.text, place.mention.start, place.mention.end))]
        near = place.text[slice(*clause_of(place.text, place.mention))]
        is_scene = _FIRST_PERSON.search(said) and not is_about(near, ground.account)
        return Weight.SLIGHT if is_scene else Weight.STATED
    return Weight.STATED


def _is_somewhere(place: Place, ground: Ground) -> bool:
    """`A retired clockmaker in Brecon`: where a story plays that has neither the reader nor us in it."""
    text, mention = place.text, place.mention
    said = text[slice(*sentence(text, mention.start, mention.end))]
    if _SCENE.search(text, max(0, mention.start - 48), mention.start) is None:
        return False
    return not (is_about(said, ground.account) or _OURS.search(said) or is_firm(mention.text))


def _weight_of_people(place: Place, ground: Ground) -> Weight:
    """`The Estonian lane` of one with outlets in Estonia, `so do the Germans`; but not `your Polish plant`."""
    if any(is_akin(place.mention.text, fact.quote or fact.value) for fact in ground.facts):
        return Weight.NOTHING
    near = place.text[slice(*clause_of(place.text, place.mention))]
    return Weight.STATED if is_about(near, ground.account) else Weight.SLIGHT


def _is_made_up(place: Place) -> bool:
    """`A bloke called Dave`, `is there a Dave?`: anybody, and the same name after it."""
    name = re.escape(place.mention.text.removesuffix("'s"))
    return (
        re.search(rf"\b(?:called|named|nicknamed|a|an) {name}\b(?! [A-Z])", place.text) is not None
    )


def _is_range(place: Place) -> bool:
    """`On both sides of the Pyrenees`: a part of the world in the plural."""
    mention, text = place.mention, place.text
    return (
        _RANGE.fullmatch(mention.text) is not None
        and _OF_THE.search(text, max(0, mention.start - 16), mention.start) is not None
        and not is_firm(mention.text)
    )


def _is_whereabouts(place: Place, ground: Ground) -> bool:
    """`I shall be in Exeter`: where the sender is, was or goes; nothing of the account."""
    mention, text = place.mention, place.text
    low, _ = clause_of(text, mention)
    before = text[low : mention.start]
    if is_about(before, ground.account):
        return False
    if _IN_A_ZONE.match(text, mention.end) or _GREETS_FROM.search(before):
        return True
    first, _ = sentence(text, mention.start, mention.end)
    said = text[first : mention.start]
    mine = _MINE.search(said) is not None and _PLACED.search(said) is not None
    mine = mine and not is_about(said, ground.account)
    return mine or (_I_AM_IN.search(before) or _I_AM_A.search(before)) is not None


def _is_feast(place: Place, ground: Ground) -> bool:
    """`Bonfire Night`, `the Spirit of Speyside week`: an occasion of the calendar more likely than a company."""
    text, mention = place.text, place.mention
    if place.part == "subject" and (at := ground.texts["body"].find(mention.text)) >= 0:
        body = ground.texts["body"]
        moved = mention._replace(start=at, end=at + len(mention.text))
        return _is_feast(place._replace(part="body", text=body, mention=moved), ground)
    if _OCCASION.search(text, max(0, mention.start - 24), mention.start) and not is_firm(
        mention.text
    ):
        return True
    if _OCCASION_AFTER.match(text, mention.end) and not is_firm(mention.text):
        return True
    if _LANDSCAPE.search(mention.text):
        said = text[slice(*sentence(text, mention.start, mention.end))]
        return not is_about(said, "")
    return (
        _FEAST.search(mention.text) is not None or _FEAST_AFTER.match(text, mention.end) is not None
    )


def is_firm(name: str) -> bool:
    """Whether a name is one of the firms and products that everybody knows."""
    return (
        name.casefold() in BRAND_WORDS or name in INITIALS_OF_FIRMS or audit_firm(name) is not None
    )


def _is_term(place: Place) -> bool:
    """`CIP`, `SARs`, `M36`: short capitals that do nothing and own nothing in the sentence."""
    mention, text = place.mention, place.text
    bare = mention.text.removesuffix("s")
    if not _TERM.fullmatch(bare) or bare in INITIALS_OF_FIRMS or audit_firm(bare):
        return False
    following = _NEXT_WORD.match(text, mention.end)
    is_actor = following is not None and following[1] in NAME_VERBS - {"and", "also", "just"}
    if following and (following[0].startswith("'s") or is_actor):
        return False
    if _ACTS.match(text, mention.end):
        return False
    if any(sign.isdigit() for sign in bare):
        return True
    return _USER_BEFORE.search(text, max(0, mention.start - 24), mention.start) is None


def _is_lone_subject(place: Place) -> bool:
    """One plain word with a capital that opens a subject: a heading more likely than a name."""
    word = place.mention.text
    is_plain = word.isalpha() and word[1:].islower()
    opens = place.part == "subject" and not place.text[: place.mention.start].strip()
    if opens and word == place.text.strip(" ?!.") and word.count(" ") == 1:
        # The whole subject is two words; where the body repeats them, they are judged there.
        return not is_firm(word)
    return is_plain and opens and not is_firm(word)
