"""What words in form are: runs of one form in paragraphs and lists, their text, their HTML.

In: values. Out: the text that says the same, HTML. Never: a word, an element or an address that is not
escaped; a link whose address the text does not say.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple


class Form(NamedTuple):
    """How words are shown, and where they lead."""

    strong: bool = False
    em: bool = False
    link: str = ""


NO_FORM = Form()


class Run(NamedTuple):
    """Words of one form, with their own line ends."""

    text: str
    form: Form = NO_FORM


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph (`p`, one line of runs) or a list (`ul`, `ol`, a line each item)."""

    kind: str
    items: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The block in plain text."""
        marks = {"p": "", "ul": "- "}
        return "\n".join(
            marks.get(self.kind, f"{number}. ") + _text_of(item)
            for number, item in enumerate(self.items, start=1)
        )


@dataclass(frozen=True)
class Rich:
    """Words in form, and what of the HTML was left out, in words."""

    blocks: tuple[Block, ...]
    left_out: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the text alone says it all: paragraphs without any form."""
        return all(
            block.kind == "p" and all(run.form == NO_FORM for run in block.items[0])
            for block in self.blocks
        )

    @property
    def text(self) -> str:
        """The text that says the same: a blank line between blocks, `- ` and `1. ` before items."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def html(self) -> str:
        """The canonical HTML; reading it gives the same again."""
        return "".join(_markup(block) for block in self.blocks)


def _text_of(line: Line) -> str:
    said = []
    for link, group in groupby(line, key=lambda run: run.form.link):
        text = "".join(run.text for run in group)
        shown = link.removeprefix("mailto:")
        said.append(text if not link or text in (link, shown) else f"{text} ({shown})")
    return "".join(said)


def _markup(block: Block) -> str:
    if block.kind == "p":
        return f"<p>{inner(block.items[0])}</p>"
    items = "".join(f"<li>{inner(item)}</li>" for item in block.items)
    return f"<{block.kind}>{items}</{block.kind}>"


def inner(line: Line, links: Collection[str] = ()) -> str:
    """A line as HTML, the sender's own `links` made real.

    The elements stand in one order: link, strong, em.
    """
    made = []
    for link, group in groupby(line, key=lambda run: run.form.link):
        words = "".join(_formed(run, () if link else links) for run in group)
        made.append(f'<a href="{html.escape(link)}">{words}</a>' if link else words)
    return "".join(made)


def _formed(run: Run, links: Collection[str]) -> str:
    words = inline(run.text, links)
    words = f"<em>{words}</em>" if run.form.em else words
    return f"<strong>{words}</strong>" if run.form.strong else words


def inline(text: str, links: Collection[str]) -> str:
    """Words as HTML: escaped, their own line ends kept, the sender's own links made real."""
    escaped = html.escape(text)
    targets = sorted({html.escape(link) for link in links}, key=len, reverse=True)
    if targets:
        # One pass, longest first: a link that begins another must not be wrapped twice.
        pattern = "|".join(re.escape(target) for target in targets)
        escaped = re.sub(pattern, lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)
    return escaped.replace("\n", "<br>\n")


def direction(text: str) -> str:
    """The attribute of words that run from right to left: their first strong letter says so (UAX 9, P2)."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else ' dir="rtl"'


def paragraph(text: str, links: Collection[str], style: str = "") -> str:
    """A plain paragraph of a mail; `style` is an attribute with a blank before it."""
    return f"<p{direction(text)}{style}>{inline(text, links)}</p>"


def written(rich: Rich, links: Collection[str], style: str = "", of_list: str = "") -> list[str]:
    """The blocks of a mail in form, as `paragraph` makes the plain ones."""
    made = []
    for block in rich.blocks:
        turned = direction(block.text)
        if block.kind == "p":
            made.append(f"<p{turned}{style}>{inner(block.items[0], links)}</p>")
        else:
            items = "\n".join(f"<li>{inner(item, links)}</li>" for item in block.items)
            made.append(f"<{block.kind}{turned}{of_list}>\n{items}\n</{block.kind}>")
    return made
