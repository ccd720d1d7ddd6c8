"""Who gave, who got, what changed hands, and where from: roles in a sentence, held against a source's.

In: a mail's sentence, a source, the account's name. Out: the words that exchange the roles.
Never: a name that the source does not tell, or a verb that tells of no handing over.

`Holloway acquired Frost` and `Holloway was bought by Frost` hold the same names and a verb of the same
family. What differs is who is the one that gets; that is read from voice and prepositions alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.reading.plainwords import heads_of

ACCOUNT = frozenset({"@"})
_GETS = (
    r"acquir(?:ed|es?|ing)|b(?:ought|uys?|uying)(?: out| up)?|purchas(?:ed|es|ing)|t(?:ook|aken|akes?|aking) over|"
    r"snapped up|swallowed|absorbed|t(?:ook|aken|aking) delivery of|receiv(?:ed|es|ing)|borrow(?:ed|s|ing)?|"
    r"inherited|picked up"
)
_GIVES = (
    r"s(?:old|ells?|elling)(?: off)?|divest(?:ed|s|ing)?(?: of)?|dispos(?:ed|es|ing) of|hand(?:ed|s|ing)? over|"
    r"transfer(?:red|s|ring)?|lent|lends?|donated|deliver(?:ed|s|ing)?(?= .{3,30} to )|returned(?= .{3,30} to )|"
    r"suppl(?:ied|ies|ying)(?= .{3,30} to )|offload(?:ed|ing)|ceded|gave"
)
_RENTS = (
    r"(?:leas(?:es?|ed|ing)|rent(?:s|ed|ing)?)(?: out)?|charter(?:s|ed|ing)?(?: out)?|licens(?:es?|ed|"
    r"ing)(?: out)?|lets?(?: out)?(?= )|sub-?le(?:t|ts|tting|ase|ases|ased|asing)"
)
_FOLLOWS = (
    r"succeed(?:ed|s|ing)?|replac(?:ed|es|ing)|follow(?:ed|s)|t(?:ook|aken|akes|aking) over from"
)
_ENDS = (
    r"end(?:ed|ing)|terminat(?:ed|ing)|dropp(?:ed|ing)|cancell?(?:ed|ing)|fir(?:ed|ing)|dismiss(?:ed|ing)|"
    r"ditch(?:ed|ing)|"
    r"stopped (?:working|trading) with|(?:retirement|resignation|departure|dismissal|exit)(?= of)|"
    r"moved (?:on|away) from|said goodbye to|parted (?:ways|company) with"
)
_BEGINS = (
    r"sign(?:ed|s|ing)(?: up)?|t(?:ook|aking|aken) on|br(?:ought|inging) in|hir(?:ed|ing)|appoint(?:ed|ing)|"
    r"nam(?:ed|ing)|"
    r"engag(?:ed|ing)|onboard(?:ed|ing)|joined forces|(?:appointment|hiring|arrival|promotion)(?= of)"
)
_COMES = r"joined|started as|arrived|in charge|at the helm|t(?:ook|akes|aking) over as"
_GOES = r"retired|resigned|stepped down|departed"
_PAYS = r"pa(?:id|ys|ying)(?= (?:you|us)\b)"
_MERGES = r"merg(?:ed|es|ing)(?= into)|fold(?:ed|ing)(?= into)|roll(?:ed|ing)(?= into)|bec(?:ame|ome) part of"
_TOKEN = re.compile(
    rf"\b(?:(?i:(?P<back>sale[- ](?:and[- ])?lease-?backs?)|(?P<deal>acquisition|takeover|purchase|buyout)(?= of|"
    rf" by)|"
    rf"(?P<sale>sale|divestiture|disposal)(?= of| to)|(?P<follow>{_FOLLOWS})|(?P<drop>{_ENDS})|"
    rf"(?P<begin>{_BEGINS})|(?P<come>{_COMES})|(?P<go>{_GOES})|(?P<merge>{_MERGES})|(?P<pay>{_PAYS})|"
    rf"(?P<get>{_GETS})|(?P<give>{_GIVES})|"
    rf"(?P<rent>{_RENTS})|(?P<by>by)|(?P<to>to|into)|(?P<from>from|out of)|(?P<with>with)|"
    r"(?P<be>is|are|was|were|been|be|being|gets?|got)|(?P<me>you|we|us|(?:your|our) (?:company|group|firm|"
    r"business)))\b"
    r"(?!'(?:ll|d)\b)|(?P<name>(?:the )?[A-Z][\w&'\u2019-]*(?:(?: (?:of|de|der|van|and|&))? [A-Z][\w&'\u2019-]*)*))|"
    r"(?P<stop>[.;:?!\n]|,(?= (?:and|but|so|while|who|which)\b))|(?P<comma>,)"
)
_GATE = frozenset(
    "acqu boug buy buys buyi purc took take taki sold sell dive disp hand tran lent lend borr leas rent let lets "
    "lett "
    "subl sale buyo succ repl foll snap swal abso offl dona move movi relo swit shif left out pick inhe gave "
    "cede ende "
    "term drop canc fire dism ditc sign hire appo name enga onbo brou join char lice merg fold roll beca reti "
    "resi depa "
    "step char helm part paid pays payi deli rece retu supp".split()
)
"""The first letters of every word that may tell of a handing over."""
_CALENDAR = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday the in on at during as of since after when while this our and i it if".split()
)
_BODIES = frozenset("group company bank trust board firm corporation".split())
_OBJECT = re.compile(
    r" (?!(?:in|on|at|for|from|by|to|last|this|that|and|or|but|with|as|when|since|a year|earlier)\b)\w"
)
_INDIRECT = re.compile(r" (?:you|us)\b")
_AGAINST = {
    ("getter", "giver"), ("giver", "getter"), ("getter", "thing"), ("thing", "getter"), ("new", "old"), ("old", "new"),
    ("origin", "goal"), ("goal", "origin"),
}  # fmt: skip
_MOVE = re.compile(
    r"\b(?:from|out of) (?P<origin>(?:[a-z]+ ){0,2}[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)"
    r"(?:[^.;!?\n]{0,40}?)\b(?:to|into) (?P<goal>(?:[a-z]+ ){0,5}[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)"
)
_LEFT = re.compile(
    r"\b(?:left|leaving|quit|swapped|traded) (?P<origin>[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*) for "
    r"(?P<goal>[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)"
)
_MOVED_TO = re.compile(
    r"\b(?:moved|relocated|transferred|shifted)(?: [a-z]+){0,3} (?:to|"
    r"into) (?P<goal>[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)"
)
_BACK = re.compile(
    r"\b(?:to|into) (?P<goal>(?:[a-z]+ ){0,2}[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)[, ]+"
    r"(?:from|out of) (?P<origin>(?:[a-z]+ ){0,2}[A-Z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*)"
)


_VERBS = frozenset("back deal sale get give rent follow drop begin come go merge pay".split())


_IN_ACTIVE: Mapping[str, Mapping[str, str]] = {
    "get": {"left": "getter", "object": "thing", "from": "giver"},
    "give": {"left": "giver", "object": "thing", "to": "getter"},
    "back": {"left": "giver", "with": "getter", "to": "getter"},
    "deal": {"object": "thing", "by": "getter", "from": "giver"},
    "sale": {"object": "thing", "to": "getter", "by": "giver"},
    "pay": {"left": "getter", "object": "giver"},
    "merge": {"left": "thing", "to": "getter", "object": "getter"},
    "follow": {"left": "new", "object": "old", "from": "old"},
    "drop": {"object": "old", "with": "old"},
    "begin": {"object": "new", "with": "new"},
    "come": {"left": "new"},
    "go": {"left": "old"},
}
"""Which place of a sentence plays which role, by the kind of its verb."""
_IN_PASSIVE: Mapping[str, Mapping[str, str]] = {
    "get": {"left": "thing", "by": "getter", "from": "giver"},
    "give": {"left": "thing", "by": "giver", "to": "getter"},
    "follow": {"left": "old", "by": "new"},
    "drop": {"left": "old"},
    "begin": {"left": "new"},
}


class Event(NamedTuple):
    """A handing over: its domain, the words of its verb, and who plays which role."""

    domain: str
    start: int
    end: int
    parts: tuple[tuple[str, frozenset[str], int], ...]
    """Role, folded words of the name, and where the name ends."""


def exchanged(text: str, source: str, account: str) -> Iterator[tuple[int, int]]:
    """The offsets of words that give a name of the source another role than it has there."""
    if _GATE.isdisjoint(heads_of(source)):
        return
    known = events_of(source, account)
    for event in events_of(text, account) if known else ():
        if any(_is_against(event, other) for other in known) and not any(
            _agrees(event, other) for other in known
        ):
            ends = [end for _, _, end in event.parts]
            yield event.start, max([event.end, *(end for end in ends if end <= event.end + 60)])


@lru_cache(maxsize=256)
def events_of(text: str, account: str) -> tuple[Event, ...]:
    """Every handing over, succession and move that a text tells with a name."""
    if _GATE.isdisjoint(heads_of(text)):
        return ()
    own = frozenset(account.casefold().split()) - {"the", "of", "and", "&"}
    tokens = list(_TOKEN.finditer(text))
    found = [event for at in range(len(tokens)) for event in _event(text, tokens, at, own)]
    for pattern in (_MOVE, _LEFT, _BACK):
        for hit in pattern.finditer(text):
            parts = tuple(
                (role, _fold(hit[role], own), hit.end(role)) for role in ("origin", "goal")
            )
            found.append(Event("place", hit.start(), hit.end(), parts))
    for hit in _MOVED_TO.finditer(text):
        parts = (("goal", _fold(hit["goal"], own), hit.end("goal")),)
        found.append(Event("place", hit.start(), hit.end(), parts))
    return tuple(found)


def _event(
    text: str, tokens: Sequence[re.Match[str]], at: int, own: frozenset[str]
) -> Iterator[Event]:
    kind = tokens[at].lastgroup or ""
    if kind not in _VERBS:
        return
    verb = tokens[at]
    if kind == "rent" and _is_adjective(text, tokens, at):
        return
    left = _left(tokens, at)
    after = _after(tokens, at)
    is_passive = _is_passive(text, tokens, at)
    if is_passive is None and kind in ("get", "give", "follow", "drop", "begin"):
        left = None
    roles = _roles(kind, text, verb, bool(is_passive), after)
    parts = []
    for place, role in roles.items():
        token = left if place == "left" else after.get(place)
        if token is not None and role:
            words = ACCOUNT if token.lastgroup == "me" else _fold(token[0], own)
            parts.append((role, words, token.end()))
    if any(words != ACCOUNT for _, words, _ in parts):
        domain = {
            "rent": "rent",
            "follow": "post",
            "drop": "post",
            "begin": "post",
            "come": "post",
            "go": "post",
        }.get(kind, "own")
        yield Event(domain, verb.start(), verb.end(), tuple(parts))


def _roles(
    kind: str, text: str, verb: re.Match[str], is_passive: bool, after: dict[str, re.Match[str]]
) -> Mapping[str, str]:
    """Which place of the sentence plays which role, by the verb, its voice and its prepositions."""
    if kind == "rent":
        is_out = verb[0].lower().endswith("out") or verb[0].lower().startswith(("let", "sub"))
        if is_out or "to" in after or _INDIRECT.match(text, verb.end()):
            return {"to": "getter", "by": "giver", "left": "" if is_passive else "giver"}
        return {
            "from": "giver",
            "by": "getter",
            "left": "" if is_passive or "from" not in after else "getter",
        }
    if kind == "follow" and "with" in after:
        return {"object": "old", "with": "new"}
    if kind == "deal" and "by" not in after:
        return {"object": "thing", "from": "giver", "left": "getter"}
    return (_IN_PASSIVE if is_passive else {}).get(kind) or _IN_ACTIVE[kind]


def _left(tokens: Sequence[re.Match[str]], at: int) -> re.Match[str] | None:
    for token in reversed(tokens[:at]):
        if token.lastgroup == "stop":
            return None
        if token.lastgroup in ("name", "me") and not _is_calendar(token):
            return token
    return None


def _after(tokens: Sequence[re.Match[str]], at: int) -> dict[str, re.Match[str]]:
    """The first name after the verb, and the first after each preposition, up to the clause's end."""
    found: dict[str, re.Match[str]] = {}
    place = "object"
    for token in tokens[at + 1 :]:
        kind = token.lastgroup or ""
        if kind == "stop" or kind in _VERBS:
            break
        if kind in ("by", "to", "from", "with"):
            place = kind
        elif kind == "comma":
            place = "object" if place == "object" and "object" not in found else ""
        elif kind in ("name", "me") and place and not _is_calendar(token):
            found.setdefault(place, token)
            place = "" if place != "object" else place
    return found


def _is_passive(text: str, tokens: Sequence[re.Match[str]], at: int) -> bool | None:
    """Whether the verb is in the passive voice; None when that cannot be told."""
    verb = tokens[at]
    words = text[max(0, verb.start() - 40) : verb.start()].lower().split()[-3:]
    if any(
        word.strip(",") in ("is", "are", "was", "were", "been", "be", "being", "got", "get")
        for word in words[-2:]
    ):
        return not verb[0].lower().endswith("ing")
    if _OBJECT.match(text, verb.end()):
        return False
    previous = tokens[at - 1] if at else None
    if previous is not None and previous.lastgroup == "me":
        return False
    if verb[0].lower().endswith(("s", "ing")) or at + 1 >= len(tokens):
        return False if verb[0].lower().endswith(("s", "ing")) else None
    return (
        True if previous is not None and previous.lastgroup == "comma" else _by_follows(tokens, at)
    )


def _is_adjective(text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
    """`The rented furnaces`, `the rent`: an adjective or a noun, with nobody right before it who does it."""
    verb, previous = tokens[at], tokens[at - 1] if at else None
    if verb[0].lower() in ("rent", "rents", "lease", "leases"):
        is_doer = previous is not None and previous.lastgroup in ("me", "name")
        return not (is_doer and previous is not None and verb.start() - previous.end() < 12)
    if not verb[0].lower().endswith("ed") or not _OBJECT.match(text, verb.end()):
        return False
    is_actor = previous is not None and previous.lastgroup in ("me", "name", "be")
    return not (is_actor and previous is not None and verb.start() - previous.end() < 12)


def _by_follows(tokens: Sequence[re.Match[str]], at: int) -> bool | None:
    return True if tokens[at + 1].lastgroup == "by" else None


def _is_calendar(token: re.Match[str]) -> bool:
    return token.lastgroup == "name" and token[0].casefold().removeprefix("the ") in _CALENDAR


def _fold(name: str, own: frozenset[str]) -> frozenset[str]:
    words = frozenset(
        word.casefold().removesuffix("'s").removesuffix("\u2019s")
        for word in name.split()
        if word[:1].isupper()
    )
    if not words or words & own or words <= _BODIES:
        return ACCOUNT
    return words - _CALENDAR or ACCOUNT


def _shared(one: Event, other: Event) -> Iterator[tuple[str, str]]:
    """The roles that one name has in two events."""
    for role, words, _ in one.parts:
        for known, others, _ in other.parts:
            if words != ACCOUNT and words & others:
                yield role, known


def _is_against(event: Event, known: Event) -> bool:
    return event.domain == known.domain and any(pair in _AGAINST for pair in _shared(event, known))


def _agrees(event: Event, known: Event) -> bool:
    return (
        event.domain == known.domain
        and any(role == other for role, other in _shared(event, known))
        and not (_is_against(event, known))
    )
