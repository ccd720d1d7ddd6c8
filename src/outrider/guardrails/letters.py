"""Letters that a reader does not see, or takes for others.

In: text. Out: the text without hidden signs, look-alike letters as Latin ones, mixed words. Never: a
change of what an honest writer typed.

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
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
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
    return _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


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
