"""What a note asks for, as far as a rule can tell.

In: a reviewer's note, notes of a briefing. Out: `Wishes`, with the parts that were not understood.
Never: silence about a part that cannot be followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from outrider.vendors.offline_writer.shape import FILING_SLOTS


@dataclass(frozen=True)
class Wishes:
    """How a mail should differ from what would be written without them."""

    shorter: bool = False
    longer: bool = False
    half: bool = False
    most_words: int | None = None
    most_sentences: int | None = None
    no_filing_opening: bool = False
    formality: int = 0
    greeting: str | None = None
    without: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    """Places of which the mail should fill at least one."""
    other_angle: bool = False
    other_question: bool = False
    other_subject: bool = False
    meeting: bool = False
    no_meeting: bool = False
    one_question: bool = False
    other_opening: bool = False
    short_sentences: bool = False
    short_subject: bool = False
    no_contractions: bool = False
    british: bool = False
    question: str | None = None
    """The closing question, in the reviewer's own words."""
    avoid: frozenset[str] = frozenset()
    """Words that the mail should not hold, in lower case."""
    unmet: tuple[str, ...] = field(default=())
    is_measured: bool = False
    """Whether the note names a length, so that merely shorter is not enough."""

    def keeps_the_text(self) -> bool:
        """Whether what is asked leaves the sentences of the mail as they are."""
        return not (
            self.shorter or self.longer or self.most_words or self.most_sentences or self.without
            or self.wanted or self.other_angle or self.no_filing_opening or self.other_opening
            or self.short_sentences or self.avoid
        ) and bool(
            self.other_question or self.other_subject or self.meeting or self.formality
            or self.greeting is not None or self.question or self.short_subject or self.british
            or self.no_contractions
        )  # fmt: skip


_NUMBER = r"(?P<count>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|fifty|sixty|hundred)"
_COUNTS = dict(
    one=1, two=2, three=3, four=4, five=5, six=6, seven=7, eight=8, nine=9, ten=10, fifty=50,
    sixty=60, hundred=100,
)  # fmt: skip
_NOT = r"(?:do not|don't|dont|never|not|no|without|avoid|stop|please don't|instead of|rather than)"
_FILING = (
    r"(?:filing|filings|sec|10-?k|annual report|data|numbers?|figures?|facts?|balance sheet|"
    r"amounts?|liabilit\w+|financials?)"
)
_PLACES = {
    "liability": r"(?:liabilit\w+|dollar|amounts?|figures?|numbers?|money|balance sheet|\$\S*)",
    "auditor": r"(?:auditors?|audit firm|kpmg|deloitte|ey|ernst|pwc|pricewaterhousecoopers)",
    "employees": r"(?:employees?|head ?count|numbers?|figures?|staff size|number of people)",
    "year_end": r"(?:fiscal|year[- ]end|dates?|timing|close)",
    "quote": r"(?:quotes?|quotation|annual report|sentence from)",
}
_WANTED = _PLACES | {
    "quote": r"(?:annual report|10-?k|their own words|own sentence)",
    "year_end": r"(?:fiscal year|year[- ]end|the close)",
}
_QUESTION_STAYS = (
    "The question stays at the end, where it's answered; the opening tells nothing from a filing."
)
_PARTS = re.compile(r"[.;,\n!]+|(?<=\w) (?:and|but|also|then)(?= )(?! (?:re|rent))", re.IGNORECASE)
_FILLERS = re.compile(
    r"(?:(?:please|pls|also|just|can you|could you|a|bit|maybe|it|this|is|it's|the|mail|email|draft|"
    r"make|way|much|little|and|but|too|so|thanks|thank you|sorry|good|nice|ok|okay|great|i'd|would|"
    r"like|try|to|be|more|again|overall|hmm|meh|not this one|start|looks|almost|better|not bad|fine|perfect|"
    r"same|nope|no|yes|sure|add|as|the question|nearly there|there|rewrite|redo|one|wrong tone|tone)\b[ ]?)+",
    re.IGNORECASE,
)


def read(note: str, base: Wishes | None = None, sought: tuple[str, ...] = ()) -> Wishes:
    """The wishes in a note; what no rule understands is kept in `unmet`, word for word.

    `sought` are parts that somebody else answers, with a search; nothing is read into them here.
    """
    note, wishes = _own_question(note.replace("\u2019", "'"), base or Wishes())
    elsewhere = " | ".join(sought).casefold()
    for part in _PARTS.split(note):
        piece = (
            " ".join(part.split()).strip(" -'\"") if _QUOTED.search(part) is None else part.strip()
        )
        if not piece or _FILLERS.fullmatch(piece) or piece.casefold() in elsewhere:
            continue
        changed = _followed(piece.casefold(), wishes)
        if changed is None:
            wishes = replace(wishes, unmet=(*wishes.unmet, _cannot(piece)))
        else:
            wishes = changed
    return wishes


def read_briefing(notes: Iterable[str]) -> Wishes:
    """The wishes in what people taught; notes beyond these rules are for other writers."""
    wishes = Wishes()
    for note in notes:
        wishes = replace(read(note, wishes), unmet=())
    return wishes


def _cannot(piece: str) -> str:
    return f"The offline writer has no rule for: {piece[:160].rstrip(' ?.')}."


def _followed(piece: str, wishes: Wishes) -> Wishes | None:
    """The wishes with one part of a note added; None when no rule knows it."""
    if re.search(r"\b(?:open|start|begin|lead)\w* with (?:a |the |your )?question\b", piece):
        wishes = replace(wishes, unmet=(*wishes.unmet, _QUESTION_STAYS))
    avoided = _avoided(piece, wishes)
    if avoided is not None:
        return avoided
    for pattern, changes in _RULES:
        found = re.search(pattern, piece)
        # "Don't make it shorter" is no wish for a shorter mail.
        if found and not _NEGATED.search(piece[: found.start()]):
            return replace(wishes, **changes)  # type: ignore[arg-type]
    return _counted(piece, wishes) or _dropped(piece, wishes) or _asked_for(piece, wishes)


def _own_question(note: str, wishes: Wishes) -> tuple[str, Wishes]:
    """A closing question that the reviewer wrote out, taken out of the note."""
    found = _ASKED.search(note)
    if found is None:
        return note, wishes
    question = next(words for words in found.groups() if words).strip()
    question = question[0].upper() + question[1:]
    return f"{note[: found.start()]}. {note[found.end() :]}", replace(wishes, question=question)


def _avoided(piece: str, wishes: Wishes) -> Wishes | None:
    """`don't say "I'd guess"`, `remove the word paper`: words that should not stand in the mail."""
    found = re.search(
        rf"\b(?:{_NOT}|drop|remove|delete|lose|cut|take out)\b[^\"']{{0,20}}"
        r"(?:[\"](?P<quoted>[^\"]{2,60})[\"]|'(?P<single>.{2,60})'$|"
        r"\b(?:the )?(?:word|phrase|expression) (?P<word>[\w-]{2,30})$)",
        piece,
    )
    if found is None:
        return None
    words = (found["quoted"] or found["single"] or found["word"]).strip(" .,")
    if words in ("hi", "hello", "hey", "dear"):
        return replace(wishes, greeting="")
    return replace(wishes, avoid=wishes.avoid | {words})


_NEGATED = re.compile(
    r"\b(?:don't|do not|dont|never|no|not|nothing|without|avoid|stop|isn't|instead of|rather than|"
    r"keep (?:the|this|that|your))\b"
)
_QUOTED = re.compile("\"[^\"]+\"|(?<!\\w)'[^']+(?:'\\w[^']*)*'(?!\\w)")
_ASKED = re.compile(
    '\\b(?:ask|end|close|finish|question|cta)\\b[^.?"\n]{0,40}?["]([^"]{8,160}\\?)["]|'
    '\\b(?:ask|end with|close with|finish with)\\b[^.?"\n]{0,20}?: ?'
    "((?:who|what|how|when|where|which|is|are|do|does|would|could|can|have)\\b[^?\n]{6,150}\\?)|"
    '["]([^"]{8,160}\\?)["] (?:as|for|at)\\b[^.\n]{0,20}\\b(?:question|end|cta|ask)',
    re.IGNORECASE,
)

_RULES: tuple[tuple[str, dict[str, object]], ...] = (
    (
        rf"\b{_NOT}\b.{{0,30}}\b(?:open|opening|lead|leading|start|starting|begin|beginning)\b"
        rf".{{0,40}}\b{_FILING}\b|\b(?:lead|open|start|begin) with (?:a |the )?(?:question|person|role|"
        rf"them|problem|pain|their)|\b{_FILING}\b.{{0,20}}\b(?:later|first line|up front|at the top|"
        r"further down)\b",
        {"no_filing_opening": True},
    ),
    (r"\b(?:don't|do not|never|no|not|without|skip|drop|instead of)\b.{0,25}\b(?:meeting|call|demo|"
     r"15 minutes)\b", {"no_meeting": True, "meeting": False}),
    (r"\b(?:shorter|simpler|smaller) sentences?\b|\bsentences?\b.{0,16}\btoo long\b|"
     r"\b(?:break|split) up\b.{0,20}\bsentences?\b|\b(?:long|run-on) sentences?\b",
     {"short_sentences": True}),
    (r"\bsubject(?: line)?\b.{0,12}\b(?:too long|shorter|short)\b|\b(?:shorter|shorten the|short) "
     r"subject\b", {"short_subject": True}),
    (r"\b(?:other|another|different|new|better|change the|weak|boring|generic) subject\b|"
     r"\bsubject(?: line)?\b.{0,24}\b(?:weak|wrong|boring|off|different|change|better|generic|bland|dull)\b",
     {"other_subject": True}),
    (r"\b(?:one|single) (?:cta|question|ask|call to action)\b|\btoo many (?:questions|asks|ctas)\b",
     {"one_question": True}),
    (r"\b(?:no|without|avoid|fewer|drop the|remove the|lose the) contractions\b",
     {"no_contractions": True}),
    (r"\b(?:british|uk|commonwealth)\b.{0,12}\b(?:spelling|english)\b|\bspell\w* .{0,12}\bbritish\b",
     {"british": True}),
    (r"\b(?:rewrite|redo|change|replace|rephrase|another|other|different|new)\b.{0,16}\b(?:first|opening)"
     r" (?:line|sentence|paragraph)\b|\b(?:another|different|new) opener\b", {"other_opening": True}),
    (r"\btoo (?:creepy|intrusive|stalker\w*)\b|\bknow too much\b", {"without": FILING_SLOTS}),
    (r"\b(?:robot\w*|bot|machine|canned|ai|chatgpt)\b",
     {"formality": -1, "other_angle": True}),
    (r"\b(?:generic|template\w*|boilerplate|stamped|not relevant|irrelevant|not interesting|bland|"
     r"something else|something different|start over|from scratch|new version|so what|why (?:would|"
     r"should) (?:s?he|they|anyone|anybody) care)\b|\b(?:first|opening) (?:line|sentence|paragraph)\b"
     r".{0,20}\b(?:weird|odd|wrong|bad|weak|boring|off|dull|strange|clumsy)\b|\b(?:dull|odd|weird|"
     r"boring|weak) (?:opening|first line|opener)\b", {"other_angle": True}),
    (r"\b(?:too many|fewer|less) (?:facts|data|figures|details)\b",
     {"shorter": True, "no_filing_opening": True}),
    (r"\b(?:no|without|drop|skip|lose|remove) (?:the |a |any )?(?:greeting|salutation|hello)\b",
     {"greeting": ""}),
    (r"\bhey\b(?! there)", {"greeting": "Hey"}),
    (r"\b(?:say|use|start with|greet with|write) ['\"]?dear\b|\bdear instead\b", {"greeting": "Dear"}),
    (r"\b(?:say|use|start with|greet with|write) ['\"]?hello\b|\bhello instead\b", {"greeting": "Hello"}),
    (r"\b(?:say|use|start with|greet with|write) ['\"]?hi\b(?! from)", {"greeting": "Hi"}),
    (r"\b(?:too|less) (?:casual|informal|relaxed|familiar|friendly|chatty|chummy)\b", {"formality": 1}),
    (r"\b(?:less|not so|not as|too) (?:formal|stiff|corporate|salesy|stuffy)\b|\b(?:more )?(?:casual|"
     r"relaxed|friendly|friendlier|informal|conversational|human|warmer|personal tone)\b",
     {"formality": -1}),
    (r"\bmore (?:formal|professional|serious)\b|\btoo (?:casual|informal|familiar|friendly)\b|"
     r"\bformal(?:er)?\b", {"formality": 1}),
    (r"\b(?:other|another|different|new|change the|better) (?:angle|hook|approach|idea|opening|story)|"
     r"\bangle\b.{0,20}\b(?:wrong|weak|off|boring|not)\b|\bwrong angle\b", {"other_angle": True}),
    (r"\b(?:ask|suggest|propose|offer)\b.{0,20}\b(?:meeting|call|demo|time)\b|"
     r"\b(?:harder|direct|stronger) (?:ask|cta)\b", {"meeting": True}),
    (r"\b(?:other|another|different|softer|better|new|change the|weaker|weak) (?:cta|question|ask|"
     r"ending|closing|call to action)\b|\b(?:cta|question|ending)\b.{0,20}\b(?:wrong|weak|off|"
     r"different|softer|too)\b", {"other_question": True}),
    (r"\b(?:half|halve|50 ?%)", {"shorter": True, "half": True, "is_measured": True}),
    (r"\b(?:shorter|shorten|too long|cut (?:it|this)|trim|tighter|tighten|brief|briefer|concise|"
     r"fewer words|less text|less words|too wordy|wordy|long-winded|to the point|crisper|more direct)\b",
     {"shorter": True}),
    (r"\b(?:simpler|simplify|simple|plain(?:er)?|too complex|too complicated|easier to read|"
     r"too dense|less jargon|no jargon)\b", {"shorter": True, "without": frozenset({"quote"})}),
    (r"\b(?:longer|more detail|too short|expand)\b", {"longer": True}),
)  # fmt: skip


def _counted(piece: str, wishes: Wishes) -> Wishes | None:
    """`under 60 words`, `five sentences at most`, `<5 sentences`."""
    found = re.search(rf"(?P<less><|under|below|fewer than|less than)? ?{_NUMBER} (?P<unit>words|"
                      r"sentences|lines)", piece)  # fmt: skip
    if not found or re.search(
        r"\b(?:at least|min(?:imum)?|over|(?<!no )(?<!not )more than)\b", piece
    ):
        return None
    count = _COUNTS.get(found["count"]) or int(found["count"])
    count -= 1 if found["less"] else 0
    key = "most_words" if found["unit"] == "words" else "most_sentences"
    return replace(wishes, **{key: count, "is_measured": True})  # type: ignore[arg-type]


def _dropped(piece: str, wishes: Wishes) -> Wishes | None:
    """`drop the auditor`, `no numbers`, `the KPMG part is wrong`."""
    if re.search(
        r"\b(?:don't|do not|never|kick|start|lead) (?:drop|remove|cut|delete|skip|lose|off)\b",
        piece,
    ):
        return None
    if not re.search(
        rf"\b(?:{_NOT}|drop|remove|delete|skip|leave out|lose|take out|cut|wrong|incorrect|outdated|"
        r"creepy|off)\b",
        piece,
    ):
        return None
    if re.search(rf"\b(?:sec|filing|filings|10-?k) (?:{_FILING})?", piece):
        return replace(wishes, without=wishes.without | FILING_SLOTS)
    named = {
        place for place, words in _PLACES.items() if re.search(rf"(?<!\w){words}(?!\w)", piece)
    }
    return replace(wishes, without=wishes.without | named) if named else None


def _asked_for(piece: str, wishes: Wishes) -> Wishes | None:
    """`add the liability`, `use the auditor as a hook`: facts that the dossier may hold."""
    if not re.search(
        r"\b(?:use|add|mention|include|lead with|open with|start with|bring in|bring up|work in|tell)\b",
        piece,
    ):
        return None
    named = {
        place for place, words in _WANTED.items() if re.search(rf"(?<!\w){words}(?!\w)", piece)
    }
    return replace(wishes, wanted=wishes.wanted | named) if named else None
