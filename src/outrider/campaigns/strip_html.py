"""HTML mail to text that still shows its paragraphs.

In: markup. Out: text with one line per block, a blank line between paragraphs, and what the markup
tells of the mail's build. Never: a fetch, a script, a style.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from outrider.campaigns.types import Shape

LARGEST_MARKUP = 2_000_000
"""Characters; the rest of a longer document is not read."""

# A mark set before the end of a block survives parsing. Outside a cell it would be moved out of the
# table (foster parenting), so cells carry it inside. Only `<` is consumed: a constant replacement.
_BLOCK_END = re.compile(r"<(?=(?:/p|/div|/h[1-6]|/ul|/ol|/blockquote|/table|p)\b)", re.I)
_LINE_END = re.compile(r"<(?=(?:br|/li|/td|/th|/dt|/dd|hr)\b)", re.I)
# No blanks to `str.split`, and `_tidy` keeps neither, so that none is lost that a mail brought along.
_LINE, _PARAGRAPH = "\x01", "\x02"
_UNSEEN = [
    "script",
    "style",
    "head",
    "title",
    "noscript",
    "template",
    "select",
    "textarea",
    "iframe",
    "button",
]
_TAGS = re.compile(r"<(img|h[1-6]|li|table|a)\b(?:(?<=<a)[^>]*?href\s*=\s*.?(http|www))?", re.I)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u00ad\u034f\ufeff]")
_SOME_LINES = re.compile(r"\n ?\n[\n ]*")


def html_to_text(markup: str) -> tuple[str, Shape]:
    """Text and shape of a document or a fragment."""
    return text_of(markup), shape_of(markup)


def text_of(markup: str) -> str:
    """The text of a document or a fragment; broken markup is read as browsers read it."""
    markup = _read(markup)
    marked = _BLOCK_END.sub(f"{_PARAGRAPH}<", markup)
    marked = _LINE_END.sub(f"{_LINE}<", marked)
    tree = LexborHTMLParser(marked)
    tree.strip_tags(_UNSEEN, recursive=True)
    root = tree.body or tree.root
    text = root.text() if root is not None else ""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    # Every run of blanks of the markup, line ends as well, is one blank; only the marks end lines.
    text = " ".join(text.split()).replace(_PARAGRAPH, "\n\n").replace(_LINE, "\n")
    text = _SOME_LINES.sub("\n\n", text).replace(" \n", "\n").replace("\n ", "\n")
    return text.strip()


def _read(markup: str) -> str:
    return markup[:LARGEST_MARKUP].replace(_LINE, "").replace(_PARAGRAPH, "")


def shape_of(markup: str) -> Shape:
    """What the markup tells of the mail's build."""
    found = _TAGS.findall(_read(markup))
    tags = [tag.lower() for tag, _ in found]
    return Shape(
        is_html=True,
        links=sum(1 for _, target in found if target),
        images=tags.count("img"),
        headings=sum(1 for tag in tags if tag[0] == "h"),
        list_items=tags.count("li"),
        tables=tags.count("table"),
    )
