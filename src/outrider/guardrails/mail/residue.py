"""What a model leaves behind when it was talked over, or talked to its master instead of the reader.

In: a mail's words and the sender's own links. Out: findings `injection_residue`.
Never: a judgement of a language or a script: Hebrew, Arabic, Japanese and emoji pass as themselves.

Signs that hide or turn text round are judged by what stands beside them (UAX #9, UTS #51, UTR #36): a
joiner belongs between letters that join, a tag sign after the flag it spells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from outrider.guardrails.mail.whole import MOST_FINDINGS, Whole, block, few, warn
from outrider.guardrails.types import Finding, MailText

_NAME = "injection_residue"
_I = re.IGNORECASE

_SPEECH_WORDS = frozenset(
    "ai instruction instructions prompt prompts rules directions guidelines assist help comply fulfill "
    "fulfil generate "
    "drafted rewritten revised shortened written let developer model jailbreak cutoff training unable write "
    "assistant".split()
)
_ENVELOPE_WORDS = frozenset(
    "here sure certainly absolutely subject body draft revised email system assistant user human developer ai".split()
)
_SPEECH = re.compile(
    r"\b(?=\w)(?:as an? (?:ai(?:,| language model| assistant| model| chatbot| agent,)|(?:large )?language model)"
    r"|\bi(?:'m| am) (?:just |only )?an? (?:ai language model|large language model|language model)\b"
    r"|\bi(?:'m sorry,? but i| am sorry,? but i)? (?:cannot|can't|can not) (?:help(?=[.,!]| (?:you )?with "
    r"(?:that|this|"
    r"your request))|assist(?: you)? with|fulfil|comply with|generate|write (?:this|that))"
    r"|\bi(?:'m| am) (?:unable|not able) to (?:help with|assist|comply|fulfil|generate|write|provide (?:that|this))"
    r"|\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|the|your|these|my|of) ){0,3}(?:previous|"
    r"prior|above|"
    r"earlier|preceding|foregoing|original|system) (?:instructions?|prompts?|rules|directions|guidelines)\b"
    r"|\b(?:ignore|disregard|forget) (?:all|any|your) (?:instructions?|prompts?|guidelines)\b"
    r"|\b(?:reveal|print|repeat|output|show)(?: me)? (?:your|the) (?:system |initial |hidden )?prompts?\b"
    r"|\b(?:my|your|the) (?:system prompt|training data|knowledge cutoff)\b|\bdeveloper mode\b|\bjailbreak"
    r"|\byou are (?:now )?an? (?:helpful |expert )?(?:ai|assistant|language model|sales assistant)\b"
    r"|\blet me know if you(?:'d| would)? (?:like|want|need)(?: me to| any| a| another)? (?:\w+ ){0,3}(?:changes|"
    r"adjust\w*|revis\w+|tweaks?|version|rewrite|shorter|shorten|edits?)\b"
    r"|\bi(?:'ve| have) (?:drafted|written|rewritten|revised|shortened) (?:the|this|a|an|your) (?:\w+ "
    r")?(?:e-?mail|draft|"
    r"message|version|follow-up)\b)",
    _I,
)
_ENVELOPE = re.compile(
    r"^[ \t]*(?:(?:sure|certainly|of course|absolutely|okay|ok)[!,.:]+[ \t]+)?here(?:'s| is) (?:an?|the|your|"
    r"my|another)"
    r"(?: [\w-]+){0,3} (?:e-?mail|draft|message|version|follow-?up|subject(?: line)?|body|copy|rewrite)\b"
    r"[^\n.?!]{0,80}:[ \t]*$"
    r"|^[ \t]*(?:sure|certainly|absolutely)[!,][ \t]+(?:here|i(?:'ll|'ve| can| will| have))\b"
    r"|^[ \t]*(?:system|assistant|user|human|developer)[ \t]*:[ \t]*(?:you are|ignore|please (?:write|respond|"
    r"ignore)|write "
    r"|respond|do not|sure|here|i )",
    _I | re.MULTILINE,
)
_OPENING = re.compile(
    r"\s*(?:here(?:'s| is) (?:an?|the|your)(?: [\w-]+){0,3} (?:e-?mail|draft|rewrite|subject line)\b"
    r"|\**(?:subject(?: line)?|body|e-?mail body|draft|revised (?:e-?mail|version|draft))\**[ \t]*:)",
    _I,
)
"""Only as the first words: later on, a forwarded mail may have a line `Subject:`."""
_ROLE_LINE = re.compile(r"^[ \t]*(?:system|assistant|user|human|ai)[ \t]*:", _I | re.MULTILINE)
_MARKS = re.compile(
    r"\[/?INST\]|<</?SYS>>|<\|[\w ]{1,40}\|>|</s>|^#{1,4} ?(?:instructions?|response|system|input|output|user)\b:?"
    r"|```|~~~"
    r"|\{[ \t\n]*[\"'](?:name|tool|tools|tool_calls?|function|arguments|parameters|role|content|type|subject|"
    r"body|action)"
    r"[\"'][ \t\n]*:"
    r"|</?(?:\w{1,20}:)?(?:tool_calls?|function_calls?|function|invoke|tool_use|tool_result|parameters?|think|"
    r"thinking|"
    r"scratchpad|reasoning|answer|response|output|system|assistant|user|human|instructions?|untrusted\w*|"
    r"document)\b[^<>@\n]{0,200}>",
    _I | re.MULTILINE,
)
_MARKDOWN = re.compile(
    r"\*\*[^\s*][^*\n]{0,200}\*\*|(?<![\w])__[^\s_][^_\n]{0,200}__(?!\w)|^#{1,6} \S|"
    r"\[[^\[\]\n]{1,120}\]\((?:https?:|mailto:|/)",
    re.MULTILINE,
)
_URI = re.compile(r"\b(?:data:[a-z]+/[a-z0-9.+-]{1,40}[;,]|(?:java|vb)script:\S)", _I)
_URI_WORDS = frozenset(("data", "javascript", "vbscript"))
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}|\b[0-9a-fA-F]{32,}\b")
_LOWER, _UPPER, _DIGIT = re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]")
_MARK_SIGNS = re.compile(r"[<\[{`|*#~_]")
_SIGNS = re.compile("[<\\[{`|*#~_\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Any sign of a mark, and any control character: most mails have none."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_MARKS_OF_DIRECTION = "\u061c\u200e\u200f"
_EMBEDDINGS = "\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_OVERRIDES = "\u202d\u202e"
_JOINERS = "\u200c\u200d"
_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_JOINING = re.compile("[\u0590-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
"""Hebrew to Myanmar, Khmer, Mongolian: scripts in which joiners spell words."""
_BLACK_FLAG = "\U0001f3f4"


def injection_residue(words: Whole, mail: MailText) -> Iterator[Finding]:
    """Assistant's talk, prompts, tool calls, fences, blobs, hidden and turning signs, active links."""
    yield from _spoken(words)
    has_signs = _SIGNS.search(words.text) is not None
    if has_signs and _MARK_SIGNS.search(words.text):
        yield from _marked(words)
    yield from _carried(words, mail)
    if has_signs or not words.text.isascii():
        yield from _hidden(words)


def _spoken(words: Whole) -> Iterator[Finding]:
    text, said = words.text, []
    if words.has_any(_SPEECH_WORDS):
        said += [item.span() for item in few(_SPEECH.finditer(text))]
    if words.has_any(_ENVELOPE_WORDS):
        said += [item.span() for item in few(_ENVELOPE.finditer(text, words.body_at))]
        opening = _OPENING.match(text, words.body_at)
        said += [opening.span()] if opening and not said else []
        roles = list(few(_ROLE_LINE.finditer(text, words.body_at)))
        if len({item[0].strip().casefold() for item in roles}) > 1:
            said.append(roles[0].span())
    for start, end in said[:MOST_FINDINGS]:
        yield _residue(words, "talks to whoever asked for it, not to the reader", start, end)


def _marked(words: Whole) -> Iterator[Finding]:
    for found in few(_MARKS.finditer(words.text)):
        yield _residue(words, "has marks of a prompt or of a tool call", *found.span())
    for found in few(_MARKDOWN.finditer(words.text, words.body_at)):
        yield warn(
            _NAME,
            f"The body has marks that a reader sees as such: {found[0][:60]}",
            "Write plain text.",
            words.span(*found.span()),
        )


def _carried(words: Whole, mail: MailText) -> Iterator[Finding]:
    text = words.text
    if words.has_any(_URI_WORDS):
        for found in few(_URI.finditer(text)):
            yield _residue(words, "has an address that runs code or carries a file", *found.span())
    if words.longest < 16:
        return
    own = (mail.booking_link, mail.unsubscribe_url)
    for found in few(_BLOB.finditer(text)):
        if _is_blob(found[0]) and not any(found[0] in link for link in own):
            yield _residue(words, "has a block of letters that nobody can read", *found.span())


def _is_blob(run: str) -> bool:
    """Encoded bytes mix digits with small and capital letters, or are hexadecimal; words do not."""
    if all(sign in "0123456789abcdefABCDEF" for sign in run):
        return _DIGIT.search(run) is not None and _LOWER.search(run.lower()) is not None
    pieces = max(map(len, re.split("[-_/]", run)))
    mixed = all(kind.search(run) for kind in (_LOWER, _UPPER, _DIGIT))
    return mixed and pieces >= 16


def _hidden(words: Whole) -> Iterator[Finding]:
    text = words.text
    for found in few(_CONTROL.finditer(text)):
        yield _residue(words, "has a control character", *found.span())
    if text.isascii():
        return
    count = 0
    for found in _UNSEEN.finditer(text):
        what = _harm(text, found.start())
        if what:
            yield _residue(words, what, *found.span())
            count += 1
            if count == MOST_FINDINGS:
                return


def _harm(text: str, at: int) -> str | None:
    """What an unseen sign does where it stands, or None when it belongs there."""
    sign = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign in _OVERRIDES:
        return "turns text round with a sign that nobody sees"
    if sign in _EMBEDDINGS:
        return (
            None if _RTL.search(text) else "turns text round where nothing is written right to left"
        )
    if sign in _MARKS_OF_DIRECTION:
        return None if _RTL.search(text) else "has a mark of direction where there is none"
    belongs = (
        _joins(before, after)
        if sign in _JOINERS
        else _spells_a_flag(text, at)
        if "\U000e0000" <= sign <= "\U000e007f"
        else _selects(before)
        if sign >= "\U000e0100"
        else False
    )
    return None if belongs else "has a sign that nobody sees"


def _joins(before: str, after: str) -> bool:
    if not before or not after:
        return False
    if _JOINING.match(before):
        return True
    # Between the parts of one emoji; the sign before may be a skin tone or a variation selector.
    return _is_symbol(before) and _is_symbol(after)


def _is_symbol(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk", "Mn", "Cn", "Sm")


def _spells_a_flag(text: str, at: int) -> bool:
    start = at
    while start and "\U000e0020" <= text[start - 1] <= "\U000e007e" and at - start < 8:
        start -= 1
    return start > 0 and text[start - 1] == _BLACK_FLAG


def _selects(before: str) -> bool:
    return bool(before) and unicodedata.category(before) == "Lo"


def _residue(words: Whole, what: str, start: int, end: int) -> Finding:
    span = words.span(start, end)
    written = words.text[start:end].strip()
    shown = f": {written[:60]}" if written.isprintable() and written else ""
    return block(
        _NAME,
        f"The {span.part} {what}{shown}.",
        "Take it out, or reject the draft and have it written anew.",
        span,
    )
