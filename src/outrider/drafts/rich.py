"""Words in form: bold, italic, links and lists, and nothing else of HTML.

In: HTML that a person wrote or pasted. Out: the same words as `Rich`, which has one canonical HTML.
Never: an element, an attribute or an address that is passed on: all are written out anew (`form`); words
that are hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from outrider.drafts.form import NO_FORM, Block, Form, Line, Rich, Run
from outrider.guardrails.content import clean
from outrider.guardrails.reading.letters import plain
from outrider.kernel.errors import InvalidInput

LONGEST_MARKUP = 60_000
"""Characters; a parser of HTML needs time in the square of the depth."""
LONGEST_LINK = 2_000
MOST_REPEATED = 100_000
"""Forms times elements. A form that is left open is repeated in every block after it (WHATWG HTML, 13.2.4.3),
up to three times where it is the same one; without a bound some kilobytes become gigabytes."""

_UNSEEN = frozenset(
    "head title style script noscript template iframe object embed select textarea button svg math"
    " audio video canvas img".split()
)
"""Left out with all that is in them: they run, load or are no words."""
_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 blockquote pre section article header footer main aside nav address"
    " figure figcaption form fieldset table thead tbody tfoot tr td th caption dl dt dd hr".split()
)
_LISTS = {"ul": "ul", "ol": "ol", "menu": "ul"}
_PASSED = frozenset("html body p div li br b strong i em a span font ul ol".split())
"""Elements of which nothing is missed when they are written out anew."""
_CALLED = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "headings"),
    **dict.fromkeys(("img", "svg", "canvas"), "pictures"),
    **dict.fromkeys(("table", "caption"), "tables"),
    "u": "underlining",
    "s": "struck-out words",
    "blockquote": "quotations",
}
_SILENT = frozenset("head title style meta thead tbody tfoot tr td th".split())
"""Their container says it, or nobody saw them."""
_BLANKS = re.compile(r"\s+")
_EM_DASH = re.compile("[ \u00a0]*[\u2014\u2015]+[ \u00a0]*")
_REPEATED = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
"""What a parser repeats; of links it holds one open at a time."""
_FORM = re.compile(rf"<(?:{_REPEATED})(?![a-z])", re.IGNORECASE)
_USUAL_FORM = re.compile(rf"<(?:{_REPEATED})(?:\s+[\w:-]+=\"[^\"<>]*\")*\s*/?>", re.IGNORECASE)
_TARGET = re.compile(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)


class Markup(NamedTuple):
    """HTML that a person gives in place of plain words."""

    html: str


def read(markup: str, own: Collection[str] = ()) -> Rich:
    """The words of some HTML, in form.

    Args:
        markup: a fragment or a document; broken markup is read as browsers read it (WHATWG HTML, 13.2).
        own: links that are made real wherever they stand; such a link around itself is no form.

    Raises:
        InvalidInput: it is far too long for a mail, or has far too many forms.
    """
    _check_size(markup)
    walk = _Walk()
    root = LexborHTMLParser(markup).root
    if root is not None:
        walk.read(root)
    blocks = list[Block]()
    for (kind, _), lines in groupby(walk.lines, key=lambda line: line[:2]):
        settled = [_settled(runs, own, walk.missed) for *_, runs in lines]
        if kind == "p":
            blocks += [Block("p", (part,)) for line in settled for part in _parted(line)]
        elif items := tuple(one for line in settled if (one := _runs(_one_piece(line)))):
            blocks.append(Block(kind, items))
    return Rich(tuple(blocks), tuple(sorted(walk.missed)))


def _check_size(markup: str) -> None:
    """Pass what a parser reads in a moment."""
    if len(markup) > LONGEST_MARKUP:
        raise InvalidInput(
            f"The HTML has {len(markup):,} characters: shorten it to {LONGEST_MARKUP:,} at most."
        )
    usual = _USUAL_FORM.findall(markup)
    forms = len(set(usual)) + sum(1 for _ in _FORM.finditer(markup)) - len(usual)
    if forms * markup.count("<") > MOST_REPEATED:
        raise InvalidInput(
            f"The HTML has {forms} kinds of bold, italic and the like: paste it as plain text."
        )


Place = tuple[str, int]
"""`p` and 0, or a kind of list and its number."""
_OUTSIDE: Place = ("p", 0)


class _Walk:
    """Reads a tree into lines. A stack and not recursion: nested markup has no bound."""

    def __init__(self) -> None:
        self.missed: set[str] = set()
        self.lines: list[tuple[str, int, list[Run]]] = [(*_OUTSIDE, [])]
        self._lists = 0
        self._stack: list[tuple[LexborNode | str, Form, Place]] = []

    def read(self, root: LexborNode) -> None:
        self._stack.append((root, NO_FORM, _OUTSIDE))
        while self._stack:
            node, form, place = self._stack.pop()
            if isinstance(node, str):
                self._end(node, place)
                continue
            tag = node.tag or ""
            if tag == "-text":
                self._say(_BLANKS.sub(" ", node.text_content or ""), form)
            elif tag[:1] not in "-_!#":
                self._element(node, tag, form, place)

    def _element(self, node: LexborNode, tag: str, form: Form, place: Place) -> None:
        if tag not in _PASSED | _SILENT:
            self.missed.add(_CALLED.get(tag, f"<{tag}>"))
        if tag in _UNSEEN:
            return
        if tag == "br":
            self._say("\n", NO_FORM)
        elif tag in _LISTS:
            place = self._list(_LISTS[tag], place)
        elif tag == "li" or (tag in _BLOCKS and not place[1]):
            self._end("line", place)
            self._stack.append(("line", form, place))
        elif tag in _BLOCKS:
            self._say("\n", NO_FORM)
            self._stack.append(("break", form, place))
        else:
            form = self._formed(node, tag, form)
        child = node.last_child
        while child is not None:
            self._stack.append((child, form, place))
            child = child.prev

    def _list(self, kind: str, place: Place) -> Place:
        """A list within a list goes on with its items: programs differ in how they set it in."""
        self._stack.append(("line", NO_FORM, place))
        if place[1]:
            self.missed.add("lists within lists")
            return place
        self._lists += 1
        self._end("line", (kind, self._lists))
        return kind, self._lists

    def _formed(self, node: LexborNode, tag: str, form: Form) -> Form:
        if tag in ("b", "strong"):
            return form._replace(strong=True)
        if tag in ("i", "em"):
            return form._replace(em=True)
        if tag == "a" and "href" in node.attributes:
            link = target(node.attributes["href"] or "")
            if not link:
                self.missed.add("links that are no web or mail address")
            return form._replace(link=link)
        return form

    def _say(self, text: str, form: Form) -> None:
        self.lines[-1][2].append(Run(text, form))

    def _end(self, what: str, place: Place) -> None:
        if what == "break":
            self._say("\n", NO_FORM)
        else:
            self.lines.append((*place, []))


def target(href: str) -> str:
    """The address of a link as it is written out, or nothing where it is no web or mail address."""
    link = quote(href.strip(), safe="!#$%&*+,/:;=?@~-._")
    if len(link) > LONGEST_LINK or not _TARGET.fullmatch(link):
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    if parts.scheme.lower() == "mailto":
        return link
    # A name before the host, or letters of another alphabet, hide where it leads.
    if not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        return ""
    return link


def composed(text: str) -> str:
    """Clean typography (A-56), letters with accents in one piece (Unicode's normal form C)."""
    return clean(unicodedata.normalize("NFC", plain(text)))


Signs = list[tuple[str, Form]]


def _settled(runs: Iterable[Run], own: Collection[str], missed: set[str]) -> Signs:
    """A line sign by sign: clean, blanks single, links only around words."""
    signs = _without_dashes([(sign, run.form) for run in runs for sign in run.text])
    cleaned: Signs = [
        (sign, form)
        for form, group in groupby(signs, key=lambda one: one[1])
        for sign in composed("".join(sign for sign, _ in group))
    ]
    tidy = _linked(_spaced(cleaned), own)
    text = "".join(sign for sign, _ in tidy)
    whole = composed(text)
    if whole == text:
        return tidy
    # What must be cleaned stands across two forms, as an accent and its letter; words come first.
    missed.add("the form of a line whose letters it cuts apart")
    return _spaced([(sign, NO_FORM) for sign in whole])


def _without_dashes(signs: Signs) -> Signs:
    """An em dash is cleaned by what stands around it, which may be in another form."""
    text, out, at = "".join(sign for sign, _ in signs), Signs(), 0
    for found in _EM_DASH.finditer(text):
        form = signs[found.start()][1]
        out += [*signs[at : found.start()], *((sign, form) for sign in " - ")]
        at = found.end()
    return [*out, *signs[at:]] if at else signs


def _spaced(signs: Signs) -> Signs:
    """No blank at an end of a line, none twice."""
    out = Signs()
    for sign, form in signs:
        if sign == " " and (not out or out[-1][0] in " \n"):
            continue
        if sign == "\n":
            form = NO_FORM
            if out and out[-1][0] == " ":
                out.pop()
        out.append((sign, form))
    return _trimmed(out)


def _trimmed(signs: Signs) -> Signs:
    first, last = 0, len(signs)
    while first < last and signs[first][0] in " \n":
        first += 1
    while last > first and signs[last - 1][0] in " \n":
        last -= 1
    return signs[first:last]


def _linked(signs: Signs, own: Collection[str]) -> Signs:
    """Blanks at the ends of a link do not belong to it; a link of the sender's is made anyway."""
    out = Signs()
    for link, group in groupby(signs, key=lambda one: one[1].link):
        part = list(group)
        words = _trimmed(part)
        text = "".join(sign for sign, _ in words)
        if not link or not words or (text == link and link in own):
            out += [(sign, form._replace(link="")) for sign, form in part]
            continue
        start = part.index(words[0])
        for place, (sign, form) in enumerate(part):
            inside = start <= place < start + len(words)
            out.append((sign, form if inside else form._replace(link="")))
    return out


def _parted(signs: Signs) -> Iterator[Line]:
    """A line with an empty one in it is two paragraphs."""
    start = 0
    text = "".join(sign for sign, _ in signs)
    for found in re.finditer(r"\n{2,}", text):
        yield _runs(signs[start : found.start()])
        start = found.end()
    if start < len(signs):
        yield _runs(signs[start:])


def _one_piece(signs: Signs) -> Signs:
    """An item without empty lines."""
    return [one for place, one in enumerate(signs) if one[0] != "\n" or signs[place - 1][0] != "\n"]


def _runs(signs: Signs) -> Line:
    return tuple(
        Run("".join(sign for sign, _ in group), form)
        for form, group in groupby(signs, key=lambda one: one[1])
    )


def of_words(markup: str, text: str, own: Collection[str]) -> Rich:
    """Words in form as they are stored, which must be canonical and say the text.

    Raises:
        InvalidInput: they are not what `read` makes, or say other words than the text.
    """
    found = read(markup, own)
    if found.html != markup or found.text != text or found.is_plain:
        raise InvalidInput("The HTML of the words is not what the text says: write it again.")
    return found
