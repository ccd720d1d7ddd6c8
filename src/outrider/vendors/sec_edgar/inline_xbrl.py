"""The tagged figures and texts inside an annual report's HTML (Inline XBRL 1.1).

In: the bytes of one HTML document. Out: figures, texts and the paragraphs that a reader sees.
Never: a figure of a dimension (a segment, a class of stock) given out as the company's own.

Source of the rules: XBRL International, Inline XBRL 1.1 part 1, sections 10 and 11 (`scale`,
`sign`, `format`), and its transformation registries for the formats of numbers and dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree, html

from outrider.vendors.sec_edgar.documents import Unreadable, padded_cik

EXACT = 99
_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?([A-Za-z0-9_.:-]+)")
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_BLOCKS = frozenset(
    "address article body center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr html li main "
    "ol p pre section table tbody td tfoot th thead tr ul".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PARTING = _BLOCKS | {"br"}
Element = Any


@dataclass(frozen=True)
class Context:
    """Whom and when a figure is about; `start` is None for an instant."""

    cik: str | None
    start: date | None
    end: date
    plain: bool


@dataclass(frozen=True)
class Number:
    """A tagged figure; `decimals` is the place to which it is exact, `EXACT` for all places."""

    tag: str
    amount: Decimal
    unit: str
    decimals: int
    context: Context
    element: Element


@dataclass(frozen=True)
class Text:
    """A tagged text, whitespace normalised; `context` is None where the document has none."""

    tag: str
    value: str
    format: str
    context: Context | None
    element: Element


@dataclass(frozen=True)
class InlineXbrl:
    """All that is tagged in one document, and its root element."""

    root: Element
    numbers: tuple[Number, ...]
    texts: tuple[Text, ...]


def read_inline_xbrl(content: bytes) -> InlineXbrl:
    """The figures and texts tagged in `content`.

    Raises:
        Unreadable: it is empty, no text, breaks off, or holds no inline XBRL.
    """
    markup = decoded(content)
    if "</html" not in markup[-2000:].lower():
        raise Unreadable("breaks off before the end of its HTML")
    try:
        root = html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", markup, count=1),
            parser=html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True),
        )
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable("cannot be read as HTML") from error
    tagged = _by_name(root)
    if not tagged["nonfraction"] and not tagged["nonnumeric"]:
        raise Unreadable("holds no inline XBRL, so no figure in it can be trusted")
    contexts = {
        element.get("id"): context
        for element in tagged["context"]
        if (context := _context(element)) is not None
    }
    units = {element.get("id"): _unit(element) for element in tagged["unit"]}
    return InlineXbrl(
        root=root,
        numbers=tuple(
            number
            for element in tagged["nonfraction"]
            if (number := _number(element, contexts, units)) is not None
        ),
        texts=tuple(_text(element, contexts) for element in tagged["nonnumeric"]),
    )


def decoded(content: bytes) -> str:
    """The text of an HTML document, by its byte order mark, its declaration, or UTF-8.

    Raises:
        Unreadable: it is empty or no text.
    """
    if not content.strip():
        raise Unreadable("is empty")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise Unreadable("is binary, not a text")
    declared = _DECLARED.search(content[:2048])
    names = ["utf-8-sig"]
    if declared is not None and declared[1].lower() not in {b"ascii", b"us-ascii", b"utf-8"}:
        names.insert(0, declared[1].decode("ascii"))
    for name in names:
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", errors="replace")


def visible_text(element: Element) -> str:
    """The text of an element as a reader sees it, whitespace normalised."""
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split())


def row_text(element: Element) -> str:
    """The table row around an element, else its paragraph: label and values, one space apart."""
    block = element
    for ancestor in element.iterancestors():
        if ancestor.tag == "tr":
            return " ".join(filter(None, (visible_text(cell) for cell in ancestor)))
        if block is element and ancestor.tag in _BLOCKS:
            block = ancestor
    return visible_text(block)


def paragraphs(root: Element) -> Iterator[str]:
    """The paragraphs outside tables that a reader sees, in order."""
    for element in root.iter("div", "p"):
        if any(child.tag in _BLOCKS for child in element.iterdescendants(*_BLOCKS)):
            continue
        if _is_aside(element):
            continue
        text = visible_text(element)
        if text:
            yield text


def day_of(text: str, style: str = "") -> date | None:
    """A date as filings write it: `January 31, 2025`, `31 January 2025`, ISO, or by its format."""
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if iso is not None:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    year = re.search(r"\b(\d{4})\b", text)
    pair = _month_and_day(re.sub(r"\b\d{4}\b", " ", text), style)
    return None if year is None or pair is None else _date(int(year[1]), *pair)


def month_day_of(text: str, style: str = "") -> str | None:
    """A day of the year as `MM-DD`, from `--01-31`, `January 31`, `31 January` or by its format."""
    pair = _month_and_day(text, style)
    if pair is None or _date(2024, *pair) is None:
        return None
    return f"{pair[0]:02d}-{pair[1]:02d}"


def _month_and_day(text: str, style: str) -> tuple[int, int] | None:
    digits = [int(found) for found in re.findall(r"\d{1,2}", text)]
    words = re.findall(r"[a-z]{3,}", text.lower())
    named = [
        number
        for number, month in enumerate(_MONTHS, start=1)
        if any(month == word or word == month[:3] or word == "sept" == month[:4] for word in words)
    ]
    if len(named) == 1 and len(digits) == 1:
        return named[0], digits[0]
    if named or len(digits) != 2:
        return None
    day_first = re.search(r"day-?month", style) is not None
    return (digits[1], digits[0]) if day_first else (digits[0], digits[1])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _by_name(root: Element) -> dict[str, list[Element]]:
    """Elements of interest by their name without its prefix, which each document chooses."""
    found: dict[str, list[Element]] = {
        "nonfraction": [],
        "nonnumeric": [],
        "context": [],
        "unit": [],
    }
    for element in root.iter():
        tag = element.tag
        if isinstance(tag, str) and ":" in tag:
            group = found.get(tag.rpartition(":")[2])
            if group is not None:
                group.append(element)
    return found


def _context(element: Element) -> Context | None:
    values: dict[str, str] = {}
    plain = True
    for child in element.iterdescendants():
        if not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition(":")[2]
        plain = plain and name not in {"explicitmember", "typedmember"}
        values[name] = (child.text or "").strip()
    end = day_of((values.get("instant") or values.get("enddate") or "")[:10])
    start = day_of(values.get("startdate", "")[:10])
    if end is None or ("startdate" in values and start is None):
        return None
    return Context(padded_cik(values.get("identifier", "")), start, end, plain)


def _unit(element: Element) -> str | None:
    """The ISO 4217 code of a plain currency; None for shares, ratios and the rest."""
    measures = [
        (child.text or "").strip()
        for child in element.iterdescendants()
        if isinstance(child.tag, str) and child.tag.rpartition(":")[2] == "measure"
    ]
    if len(measures) != 1:
        return None
    prefix, _, code = measures[0].rpartition(":")
    return code.upper() if prefix.lower() == "iso4217" else None


def _number(
    element: Element, contexts: Mapping[str, Context], units: Mapping[str, str | None]
) -> Number | None:
    context = contexts.get(element.get("contextref", ""))
    unit = units.get(element.get("unitref", ""))
    if context is None or unit is None or element.get("xsi:nil") == "true":
        return None
    shown = "".join(element.itertext()).strip()
    amount = _amount(shown, (element.get("format") or "").rpartition(":")[2].lower())
    try:
        scale = int(element.get("scale") or 0)
        places = element.get("decimals") or "INF"
        decimals = EXACT if places == "INF" else int(places)
    except ValueError:
        return None
    if amount is None or not -20 <= scale <= 20:
        return None
    sign = -1 if element.get("sign") == "-" else 1
    value = amount.scaleb(scale) * sign
    return Number(element.get("name", ""), value, unit, decimals, context, element)


def _amount(shown: str, style: str) -> Decimal | None:
    if style.replace("-", "") in {"fixedzero", "zerodash", "numdash"}:
        return Decimal(0)
    text = re.sub(r"[\s\u00a0'’]", "", shown)
    if style.replace("-", "") in {"numcommadecimal", "numcomma", "numcommadot"}:
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", text, re.ASCII):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _text(element: Element, contexts: Mapping[str, Context]) -> Text:
    return Text(
        tag=element.get("name", ""),
        value=visible_text(element),
        format=(element.get("format") or "").lower(),
        context=contexts.get(element.get("contextref", "")),
        element=element,
    )


def _is_aside(element: Element) -> bool:
    """Whether an element is inside a table, the XBRL header, or hidden from readers."""
    if _HIDDEN.search(element.get("style") or ""):
        return True
    for ancestor in element.iterancestors():
        tag = ancestor.tag
        if tag in {"table", "head"} or (isinstance(tag, str) and tag.endswith(":header")):
            return True
        if _HIDDEN.search(ancestor.get("style") or ""):
            return True
    return False


def _collect(element: Element, parts: list[str]) -> None:
    """Add the text under `element`; blocks and line breaks part words, hidden parts stay out."""
    hidden: Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if hidden is None and event == "start":
            if node is not element and _HIDDEN.search(node.get("style") or ""):
                hidden = node
                continue
            parts.append(" " if node.tag in _PARTING else "")
            parts.append(node.text or "")
        elif hidden in (None, node) and event == "end" and node is not element:
            hidden = None
            parts.append(" " if node.tag in _PARTING else "")
            parts.append(node.tail or "")
