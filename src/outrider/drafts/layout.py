"""A mail in a layout of its own: MJML around the words that were approved anyway.

In: a composed mail, the text of a layout. Out: the same mail with other HTML, which its hash covers.
Never: a file or an address that the layout names, an image, a script, a hidden word, a change of
the text part; a word of the mail read as markup, for it is put in after the layout was rendered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser

import mrml

from outrider.drafts import form, rich
from outrider.drafts.rules import own_links
from outrider.drafts.types import MailContent
from outrider.guardrails.content import clean
from outrider.guardrails.reading.letters import plain
from outrider.kernel.errors import InvalidInput

LONGEST = 100_000
"""Bytes of a layout in UTF-8."""
LONGEST_PAGE = 50_000
"""Characters of HTML that it may become: the checks read as much, and Gmail cuts off after 102 kB."""
DEEPEST = 20
"""Elements inside one another: what renders them goes as deep as they do."""

BODY, FOOTER = "{{body}}", "{{footer}}"
SLOTS = (BODY, FOOTER)

_BLOCKS = frozenset(
    "mjml mj-head mj-attributes mj-all mj-class mj-style mj-breakpoint mj-body mj-wrapper mj-section"
    " mj-group mj-column mj-text mj-button mj-divider mj-spacer mj-table".split(" ")
)
_PROSE = frozenset(
    "p br b strong i em u small span div a h1 h2 h3 ul ol li hr tr td th tbody thead".split(" ")
)
_VOID = frozenset({"br", "hr"})
_RENDERED = _PROSE | frozenset("html head title meta style body table".split(" "))
_ATTRIBUTE = re.compile(
    r"on|src|data-|form|background-url|background$|poster|ping|srcset|http-equiv"
)
_MARKS = re.compile(r"[<>\"{}`]")
"""Signs that could end an attribute once it is rendered."""
_LINK = re.compile(r"https://[^\s\"'<>]+|mailto:[^\s\"'<>]+", re.IGNORECASE)
_LOADS = re.compile(r"url\s*\(|@import|expression\s*\(|javascript:|\\", re.IGNORECASE)
_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0|text-indent\s*:\s*-"
    r"|position\s*:\s*(?:absolute|fixed)|mso-hide",
    re.IGNORECASE,
)
_TOKENS = {BODY: "outrider-slot-body", FOOTER: "outrider-slot-footer"}
_ROOT = re.compile(r"<mjml(?=[\s>])[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_REVEALED = re.compile(r"<!--\[if !mso\]><!-->|<!--<!\[endif\]-->")
_CONDITION = re.compile(r"<!--\[if .*?<!\[endif\]-->|<!--.*?-->", re.DOTALL)

_WRAPS = "overflow-wrap:anywhere;word-break:break-word"
"""A link longer than a phone is wide."""
_STYLE = f' style="margin:0 0 1em;{_WRAPS}"'
_LIST_STYLE = f' style="margin:0 0 1em;padding:0 1.5em;{_WRAPS}"'

_OPTIONS = mrml.RenderOptions(fonts={})
_NO_INCLUDES = mrml.ParserOptions(include_loader=mrml.noop_loader())


def checked(layout: str) -> str:
    """The layout, if a mail can be put into it.

    Raises:
        InvalidInput: it is no MJML, lacks a slot, or would load, run or hide something.
    """
    _rendered(layout)
    return layout


def dress(
    content: MailContent, layout: str, language: str, in_form: tuple[str, str] | None = None
) -> MailContent:
    """The same mail with HTML from a layout. The text part and every other field stay.

    Args:
        content: a composed mail.
        layout: MJML with the slots `{{body}}` (words and signature) and `{{footer}}`, each once and
            inside `<mj-text>`.
        language: ISO 639-1 code of the mail's words.
        in_form: the words in form and as text, where they have one.

    Raises:
        InvalidInput: the layout cannot be used.
    """
    links = own_links(content.sender)
    *blocks, footer = content.text.rstrip("\n").split("\n\n")
    made = [form.paragraph(block, links, _STYLE) for block in blocks]
    if in_form is not None:
        said = rich.of_words(*in_form, links)
        made[: len(said.blocks)] = form.written(said, links, _STYLE, _LIST_STYLE)
    own = "" if language == "en" else ' lang="en"'
    end = f'<p{own} style="margin:0;{_WRAPS}">{form.inline(footer, links)}</p>'
    whole = _rendered(layout).replace('lang="und"', f'lang="{html.escape(language)}"')
    title = f"<title>{html.escape(content.subject)}</title>"
    whole = _TITLE.sub(lambda found: title, whole, count=1)
    for slot, words in ((BODY, "\n".join(made)), (FOOTER, end)):
        whole = whole.replace(_TOKENS[slot], words, 1)
    return content.model_copy(update={"html": whole + "\n"})


@lru_cache(maxsize=32)
def _rendered(layout: str) -> str:
    """The layout as HTML, with tokens where the words go."""
    layout = clean(plain(layout))  # what cleaning would change may not leave
    _require_slots(layout)
    if "<!" in layout or "<?" in layout:
        raise InvalidInput("The layout holds a comment or a declaration (<! or <?); take it out.")
    read = _Reader(_in_layout)
    read.feed(layout)
    read.close()
    for slot, token in _TOKENS.items():
        layout = layout.replace(slot, token)
    try:
        made = mrml.to_html(layout.strip(), _NO_INCLUDES, _OPTIONS).content
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The layout is no MJML that can be read: {str(error)[:200]}.") from None
    made = _titled(made)
    if len(made) > LONGEST_PAGE:
        raise InvalidInput(
            f"The layout becomes {len(made):,} characters of HTML; make it {LONGEST_PAGE:,} at most."
        )
    _require_harmless(made)
    if any(made.count(token) != 1 for token in _TOKENS.values()):
        raise InvalidInput(
            f"The layout loses a slot when it is rendered; put {BODY} and {FOOTER} inside <mj-text>."
        )
    return made


def _require_slots(layout: str) -> None:
    size = len(layout.encode("utf-8", "replace"))
    if size > LONGEST:
        raise InvalidInput(f"The layout has {size:,} bytes; give {LONGEST:,} at most.")
    root = _ROOT.match(layout.strip())
    if root is None:
        raise InvalidInput("The layout is no MJML: it must begin with <mjml>.")
    if "lang" in root[0].lower():
        raise InvalidInput(
            "The layout sets a language on <mjml>; leave it out, each mail has its own."
        )
    for slot in SLOTS:
        if layout.count(slot) != 1:
            raise InvalidInput(
                f"The layout has {slot} {layout.count(slot)} times; put it in exactly once."
            )
    if any(token in layout for token in _TOKENS.values()):
        raise InvalidInput("The layout holds the words outrider-slot; take them out.")


def _titled(made: str) -> str:
    return made if _TITLE.search(made) else made.replace("<head>", "<head><title></title>", 1)


def _require_harmless(made: str) -> None:
    """The rendered page once more, as a mail program reads it: what is checked is what is sent."""
    # What stands between these two comments is hidden from Outlook alone.
    shown = _CONDITION.sub("", _REVEALED.sub("", made))
    read = _Reader(_in_page)
    read.feed(shown)
    read.close()


Rule = Callable[[str, dict[str, str]], None]


class _Reader(HTMLParser):
    """Walks markup and asks a rule about each element, and about every style."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(convert_charrefs=True)
        self._rule = rule
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._rule(tag, given)
        for name, value in given.items():
            _require_attribute(tag, name, value)
        if tag not in _VOID and tag != "meta":
            self._open.append(tag)
        if len(self._open) > DEEPEST * 3 or (
            self._rule is _in_layout and len(self._open) > DEEPEST
        ):
            raise InvalidInput(f"The layout nests more than {DEEPEST} elements; make it flatter.")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("style", "mj-style"):
            _require_style(self._open[-1], data)
        if self._rule is _in_layout and any(slot in data for slot in SLOTS):
            if self._open[-1:] != ["mj-text"]:
                raise InvalidInput(
                    f"The layout has a slot outside of <mj-text>: {data.strip()[:60]}."
                )


def _in_layout(tag: str, given: dict[str, str]) -> None:
    if tag not in _BLOCKS | _PROSE:
        raise InvalidInput(
            f"The layout has <{tag}>, which is not allowed; use text, buttons, dividers and columns."
        )


def _in_page(tag: str, given: dict[str, str]) -> None:
    if tag not in _RENDERED:
        raise InvalidInput(f"The layout becomes <{tag}>, which a mail of ours may not hold.")


def _require_attribute(tag: str, name: str, value: str) -> None:
    if _MARKS.search(value):
        raise InvalidInput(
            f"The layout has {value[:60]!r} in {name} of <{tag}>; take the marks out."
        )
    if _ATTRIBUTE.match(name) and not (tag == "meta" and name == "http-equiv"):
        raise InvalidInput(f"The layout has {name} on <{tag}>, which could load or run something.")
    if tag == "meta" and value.strip().lower() == "refresh":
        raise InvalidInput("The layout would lead its reader elsewhere; take the refresh out.")
    if name == "href" and not _LINK.fullmatch(value.strip()):
        raise InvalidInput(f"The layout has the link {value[:60]!r}; give an https address.")
    if name != "href":
        _require_style(tag, value)


def _require_style(where: str, css: str) -> None:
    if _LOADS.search(css):
        raise InvalidInput(f"The layout's style on <{where}> loads something; take it out.")
    if _HIDES.search(css):
        raise InvalidInput(f"The layout's style on <{where}> hides something; take it out.")
