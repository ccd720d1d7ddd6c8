"""Letters that a reader does not see, or takes for others.

In: text. Out: the text without hidden signs, look-alike letters as Latin ones, mixed words. Never: a
change of what an honest writer typed: a joiner that shapes what is seen stays.

A reviewer decides on what stands on the screen; what a recipient's program shows or a rule matches
must be the same. Hidden signs are those of Unicode's Default_Ignorable_Code_Point with the controls.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n?")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d\ufe0f]+")
"""ZWNJ, ZWJ and the sign that asks for an emoji: hidden, but for the places of `_joined`."""
_ZWJ, _AS_EMOJI = "\u200d", "\ufe0f"
_PICTURE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff]"
)
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_ARABIC = re.compile(
    "[\u0620-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f"
    "\u08a0-\u08c9]"
)
_ARABIC_MARK = re.compile("[\u064b-\u065f\u0670]")
_VIRAMA = re.compile("[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]")
_INDIC = re.compile("[\u0900-\u0dff]")
_STYLED = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff]")
"""Full-width and mathematical letters and digits: the plain ones in another dress."""

_ALIKE = str.maketrans(
    "аеорсухіѕјһԁԛԝАВЕКМНОРСТУХІЅЈԚԜοανρυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxisjhdqwABEKMHOPCTYXISJQWoavpuikABEZHIKMNOPTYX",
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile("[\u0370-\u03ff\u0400-\u052f\u13a0-\u13ff]")
"""Greek, Cyrillic and Cherokee: the alphabets with letters that look like Latin ones."""


def plain(text: str) -> str:
    """The text without hidden signs and controls, with plain letters, digits and line ends."""
    text = _HIDDEN.sub("", _LINE_END.sub("\n", text))
    if text.isascii():
        return text
    text = _JOINERS.sub(_joined, text)
    return _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _joined(found: re.Match[str]) -> str:
    """What of a run of joiners is seen, by the letters around it; elsewhere they hide something.

    Between Arabic letters one joiner shapes them, as Persian needs it; after a virama, Indic ones
    (both as RFC 5892, A.1 and A.2). Between pictures it makes one of them (UTS 51, ED-16).
    """
    run, text = found[0], found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    joiners = run.replace(_AS_EMOJI, "")
    if (_ARABIC.match(before) or _ARABIC_MARK.match(before)) and _ARABIC.match(after):
        return joiners[:1]
    if _VIRAMA.match(before) and _INDIC.match(after):
        return joiners[:1]
    is_picture = _PICTURE.match(before) is not None
    if not is_picture and not _SKIN.match(before):
        return ""
    kept = _AS_EMOJI if is_picture and run[0] == _AS_EMOJI else ""
    return kept + (_ZWJ if _ZWJ in run and _PICTURE.match(after) else "")


def seen(text: str) -> str:
    """The text as a quick reader takes it: hidden signs gone, look-alike letters made Latin."""
    return text if text.isascii() else plain(text).translate(_ALIKE)


def mixed(text: str) -> Iterator[re.Match[str]]:
    """Words that mix Latin letters with those of an alphabet that looks alike."""
    if text.isascii():
        return
    for word in _WORD.finditer(text):
        if _OTHER.search(word[0]) and _LATIN.search(word[0]):
            yield word
