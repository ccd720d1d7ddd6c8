"""The HTML part of a mail as its reader's program shows it: what is written in which style.

In: markup. Out: a `Page`. Never: a style sheet, a script, a fetch; only inline styles are read, which
is what mail programs agree on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from outrider.guardrails.mail.colours import (
    BLACK,
    LINK,
    WHITE,
    Colour,
    colour,
    contrast,
    font_pixels,
    pixels,
)

LARGEST_MARKUP = 60_000
"""Characters; the rest of a longer document is not read. Ours is a tenth of it, and a parser of HTML needs
time in the square of the depth: twelve thousand nested blocks take half a second."""

ACTIVE = frozenset(
    "script iframe object embed form input button applet frame frameset base".split()
)
"""What a mail has no use for: programs drop it, filters count it as an attack."""
EASY_SIZE, EASY_CONTRAST = 12.0, 4.5
"""CSS pixels, and a ratio: text of that size and contrast is at no fault."""
_NOTED = ACTIVE | {"a", "img", "table", "title", "meta"}
_STYLED = frozenset(("a", "font"))
_BOLD = frozenset("b strong th h1 h2 h3".split())
_STEPS = 5_000
"""Steps up in search of a style; beyond them every text is read, which takes time in proportion."""
_UNSHOWN = frozenset("head title style script noscript template".split())
_OFF = re.compile(r"-\d{3,}(?:px|em|pt|%)")


class Style(NamedTuple):
    """How a piece of text is shown."""

    ink: Colour
    ground: Colour | None
    """None over an image, where no contrast can be known."""
    size: float
    """CSS pixels."""
    is_bold: bool = False
    is_hidden: bool = False


_PLAIN = Style(BLACK, WHITE, 16.0)


@dataclass(slots=True)
class Link:
    """An anchor with a target."""

    target: str
    text: str
    image_text: str


@dataclass(slots=True)
class Page:
    """What the checks of HTML need."""

    is_document: bool = False
    language: str = ""
    title: str = ""
    texts: dict[Style, str] = field(default_factory=dict)
    """The first words in each style; empty where no style of the page could be at fault."""
    shown: int = 0
    """Signs that can be seen, blanks left out; counted where there are images."""
    images: list[str | None] = field(default_factory=list)
    """The alternative text of each image; None where none is given."""
    links: list[Link] = field(default_factory=list)
    layout_tables: int = 0
    """Tables without a heading cell that do not say they are for layout."""
    active: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    """The address of each image."""


def page_of(markup: str) -> Page:
    """The page; broken markup is read as browsers read it."""
    page = Page()
    tree = LexborHTMLParser(markup[:LARGEST_MARKUP])
    root = tree.root
    if root is None:
        return page
    page.is_document = "<html" in markup[:2_000].lower()
    if root.tag == "html":
        page.language = (root.attributes.get("lang") or "").strip()
    styles: dict[int, Style] = {root.mem_id: _PLAIN}
    steps = 0
    for node in root.traverse(include_text=False):
        tag, attributes = node.tag, node.attributes
        if tag in _NOTED:
            _note(page, tag, node, attributes)
        if not attributes or (tag not in _STYLED and not _says_style(attributes)):
            continue
        outer: Style | None = None
        above = node.parent
        while above is not None and (outer := styles.get(above.mem_id)) is None and steps < _STEPS:
            above, steps = above.parent, steps + 1
        styles[node.mem_id] = styled(tag or "", attributes, outer or _PLAIN)
    # Where no style could be at fault, no text needs to be looked at in its own.
    if steps >= _STEPS or page.images or not all(map(_is_easy, styles.values())):
        _read(page, root)
    return page


def _says_style(attributes: dict[str, str | None]) -> bool:
    return "style" in attributes or "bgcolor" in attributes or "hidden" in attributes


def _is_easy(style: Style) -> bool:
    return (
        not style.is_hidden
        and style.size >= EASY_SIZE
        and style.ground is not None
        and contrast(style.ink, style.ground) >= EASY_CONTRAST
    )


def _read(page: Page, root: LexborNode) -> None:
    """Every text in its style. A stack and not recursion: nested markup of a hostile mail has no bound."""
    stack: list[tuple[LexborNode, Style]] = [(root, _PLAIN)]
    while stack:
        node, style = stack.pop()
        tag = node.tag
        if tag == "-text":
            _write(page, node.text_content or "", style)
            continue
        if tag is None or tag[0] in "-_!#" or tag in _UNSHOWN:
            continue
        attributes = node.attributes
        if attributes:
            style = styled(tag, attributes, style)
        elif tag in _BOLD:
            style = style._replace(is_bold=True)
        child = node.last_child
        while child is not None:
            stack.append((child, style))
            child = child.prev


def _write(page: Page, text: str, style: Style) -> None:
    words = text.strip()
    if not words:
        return
    if style not in page.texts:
        page.texts[style] = words[:80]
    if not style.is_hidden:
        page.shown += len("".join(words.split()))


def _note(page: Page, tag: str, node: LexborNode, attributes: dict[str, str | None]) -> None:
    if tag == "a":
        if "href" in attributes:
            page.links.append(_link(node, attributes))
    elif tag == "title":
        page.title = page.title or node.text().strip()
    elif tag == "img":
        # `alt` without a value is an empty one, which says that the image is an ornament.
        page.images.append((attributes["alt"] or "") if "alt" in attributes else None)
        page.sources.append(attributes.get("src") or "")
    elif tag == "table":
        says = (attributes.get("role") or "").lower() in ("presentation", "none")
        page.layout_tables += not says and not node.css("th")
    elif tag != "meta" or (attributes.get("http-equiv") or "").lower() == "refresh":
        page.active.append(tag)


def _link(node: LexborNode, attributes: dict[str, str | None]) -> Link:
    text = " ".join(node.text().split())
    image_text = ""
    if not text:
        text = (attributes.get("aria-label") or attributes.get("title") or "").strip()
        image_text = " ".join(image.attributes.get("alt") or "" for image in node.css("img"))
    return Link((attributes["href"] or "").strip(), text, image_text.strip())


def styled(tag: str, attributes: dict[str, str | None], outer: Style) -> Style:
    """The style inside an element, from its inline style and the older attributes."""
    return _styled(
        tag,
        (
            "" if tag == "a" and "href" not in attributes else "href",
            attributes.get("bgcolor") or "",
            attributes.get("color") or "",
            attributes.get("size") or "",
            "hidden" if "hidden" in attributes else "",
            attributes.get("style") or "",
        ),
        outer,
    )


@lru_cache(maxsize=2048)
def _styled(tag: str, given: tuple[str, ...], outer: Style) -> Style:
    target, paper, font_ink, font_size, off, written = given
    ink, ground, size = outer.ink, outer.ground, outer.size
    if tag == "a" and target:
        ink = LINK
    if paper:
        ground = colour(paper) or ground
    if tag == "font":
        ink = colour(font_ink, ground or WHITE) or ink
        size = font_pixels(font_size) or size
    hidden = outer.is_hidden or bool(off)
    bold = outer.is_bold or tag in _BOLD
    if not written:
        return Style(ink, ground, size, bold, hidden)
    css = declared(written)
    if "background" in css or "background-color" in css:
        value = css.get("background-color") or css["background"]
        ground = None if "url(" in value else colour(value, ground or WHITE) or ground
    ink = colour(css["color"], ground or WHITE) or ink if "color" in css else ink
    if "font-size" in css:
        found = pixels(css["font-size"], size)
        size = size if found is None else found
    weight = css.get("font-weight", "")
    bold = weight in ("bold", "bolder") or weight >= "700" if weight else bold
    return Style(ink, ground, size, bold, hidden or hides(written))


@lru_cache(maxsize=512)
def declared(style: str) -> dict[str, str]:
    """Property and value of each declaration; `font` gives its size, the last one of a name counts."""
    found: dict[str, str] = {}
    for piece in style[:4_000].lower().split(";"):
        name, colon, value = piece.partition(":")
        name, value = name.strip(), value.replace("!important", "").strip()
        if colon:
            found[name] = value
        if name == "font" and (size := re.search(r"[\d.]{1,6}(?:px|pt|em|rem|%)", value)):
            found["font-size"] = size[0]
    return found


@lru_cache(maxsize=512)
def hides(style: str) -> bool:
    """Whether an inline style takes its text out of sight."""
    css = declared(style)
    nothing = ("0", "0px", "0.0", "0%", "0pt")
    return (
        css.get("display") == "none"
        or css.get("visibility") == "hidden"
        or css.get("opacity") in nothing
        or css.get("mso-hide") == "all"
        or (css.get("overflow") == "hidden" and _is_flat(css, nothing))
        or (css.get("position") == "absolute" and bool(_OFF.search(style)))
        or bool(_OFF.search(css.get("text-indent", "")))
    )


def _is_flat(css: dict[str, str], nothing: tuple[str, ...]) -> bool:
    return any(css.get(name) in nothing for name in ("height", "max-height", "width", "max-width"))
